"""Tools that watch and stop jobs."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from pydantic import BaseModel, ConfigDict, Field

from mcp_server.replies import job_reply
from mcp_server.tool import READS, STOPS, Call, Reply, Tool
from mcp_server.views import AnyResult, JobResult
from mcp_server.waiting import watch

_STOPPING_S = 5.0
"""A renderer stops at its next step; waiting this long shows that it did."""

_JobId = Annotated[str, Field(max_length=100)]


class GetJob(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    job_id: _JobId = ""
    wait_s: Annotated[float, Field(ge=0)] | None = None


class CancelJob(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    job_id: Annotated[_JobId, Field(min_length=1)]


async def _get(call: Call, wanted: GetJob) -> Reply:
    job = await run_sync(call.studio.job, wanted.job_id or None)
    asked_s = call.patience_s if wanted.wait_s is None else wanted.wait_s
    return job_reply(await watch(call, job, min(asked_s, call.patience_s)))


async def _cancel(call: Call, wanted: CancelJob) -> Reply:
    job = await run_sync(call.studio.cancel, wanted.job_id)
    return job_reply(await watch(call, job, min(_STOPPING_S, call.patience_s)))


GET_JOB = Tool(
    name="get_job",
    title="Get job",
    description="Wait for a job. Call again while it is running.",
    hints=READS,
    arguments=GetJob,
    parameters={
        "job_id": "Default: the newest.",
        "wait_s": "Seconds at most. Default: as long as is safe.",
    },
    result=AnyResult,
    answer=_get,
)

CANCEL_JOB = Tool(
    name="cancel_job",
    title="Cancel job",
    description="Stop a job; finished tracks stay.",
    hints=STOPS,
    arguments=CancelJob,
    parameters={"job_id": "The job to stop."},
    result=JobResult,
    answer=_cancel,
)
