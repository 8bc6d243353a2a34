"""Tools that listen: what a track is, and what it is made of."""

from __future__ import annotations

from anyio.to_thread import run_sync

from engine import AnalyzeRequest, SeparateRequest
from mcp_server.replies import job_reply
from mcp_server.tool import DERIVES, READS, Call, Reply, Tool
from mcp_server.views import JobResult, ListeningResult
from mcp_server.waiting import watch

_TRACK = {"track": "Track id or file path."}


async def _listen(call: Call, request: AnalyzeRequest | SeparateRequest) -> Reply:
    job = await run_sync(call.studio.submit, request)
    return job_reply(await watch(call, job, call.patience_s))


ANALYZE_TRACK = Tool(
    name="analyze_track",
    title="Analyze track",
    description="Hear tempo, beat grid, key, loudness, faults; full adds the form.",
    hints=READS,
    arguments=AnalyzeRequest,
    parameters={
        **_TRACK,
        "detail": "full: sections, cues, voice, a picture.",
        "bpm": "If known.",
        "key": "If known.",
        "time_signature": "If known.",
    },
    result=ListeningResult,
    answer=_listen,
)

SEPARATE_STEMS = Tool(
    name="separate_stems",
    title="Separate stems",
    description="Take a track apart: exact for sketches, else estimated.",
    hints=DERIVES,
    arguments=SeparateRequest,
    parameters={**_TRACK, "stems": "Default: those that add up to the mix."},
    result=JobResult,
    answer=_listen,
)
