"""Tools that look: at the library, at the studio itself."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio.to_thread import run_sync
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine import InvalidRequest
from mcp_server.replies import page_reply, status_reply, track_reply
from mcp_server.tool import READS, Call, Reply, Tool
from mcp_server.views import Library, Status

_RECENT_JOBS = 5

_Bpm = Annotated[float, Field(ge=1, le=1000)]


class SearchLibrary(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    query: Annotated[str, Field(max_length=200)] = ""
    track: Annotated[str, Field(max_length=1024)] = ""
    bpm_min: _Bpm | None = None
    bpm_max: _Bpm | None = None
    key: Annotated[str, Field(max_length=20)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0

    @model_validator(mode="after")
    def _agrees(self) -> SearchLibrary:
        if self.track and self.filtered:
            raise InvalidRequest(
                "track: names one track already; leave out query, bpm_min, bpm_max and key.",
                field="track",
            )
        if self.bpm_min and self.bpm_max and self.bpm_min > self.bpm_max:
            raise InvalidRequest(
                f"bpm_min: {self.bpm_min:g} is above bpm_max, {self.bpm_max:g}; swap them.",
                field="bpm_min",
            )
        return self

    @property
    def filtered(self) -> bool:
        return bool(self.query or self.bpm_min or self.bpm_max or self.key)


class StudioStatus(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


async def _search(call: Call, wanted: SearchLibrary) -> Reply:
    if wanted.track:
        return track_reply(await run_sync(call.studio.track, wanted.track))
    find = partial(
        call.studio.search,
        wanted.query,
        bpm_min=wanted.bpm_min,
        bpm_max=wanted.bpm_max,
        key=wanted.key or None,
        limit=wanted.limit,
        offset=wanted.offset,
    )
    page = await run_sync(find)
    jobs = () if wanted.offset else await run_sync(call.studio.jobs, _RECENT_JOBS)
    return page_reply(page, jobs, wanted.filtered)


async def _status(call: Call, _: StudioStatus) -> Reply:
    status = await run_sync(call.studio.status)
    return status_reply(
        status, call.tools, wait_s=call.patience_s, queue_limit=call.studio.settings.queue_limit
    )


SEARCH_LIBRARY = Tool(
    name="search_library",
    title="Search library",
    description="Find tracks, newest first; newest jobs.",
    hints=READS,
    arguments=SearchLibrary,
    parameters={
        "query": "Words of title, caption, style.",
        "track": "One track, by id or path.",
        "bpm_min": "Slowest.",
        "bpm_max": "Fastest.",
        "key": "Like 8A.",
        "limit": "Tracks a page.",
        "offset": "The last next_offset.",
    },
    result=Library,
    answer=_search,
)

STUDIO_STATUS = Tool(
    name="studio_status",
    title="Studio status",
    description="What the studio can do now, limits, folders.",
    hints=READS,
    arguments=StudioStatus,
    parameters={},
    result=Status,
    answer=_status,
)
