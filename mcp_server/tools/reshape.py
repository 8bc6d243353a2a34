"""Tools that make a new track out of one."""

from __future__ import annotations

from anyio.to_thread import run_sync

from engine import AddPartsRequest, CoverRequest, ExtendRequest, RepaintRequest
from engine.requests import ReshapeRequest
from mcp_server.replies import job_reply
from mcp_server.tool import CREATES, Call, Reply, Tool
from mcp_server.views import JobResult
from mcp_server.waiting import watch

_TRACK = {"track": "Track id or file path."}
_SEED = {"seed": "From a result."}


async def _reshape(call: Call, request: ReshapeRequest) -> Reply:
    job = await run_sync(call.studio.submit, request)
    return job_reply(await watch(call, job, call.patience_s))


COVER_TRACK = Tool(
    name="cover_track",
    title="Cover track",
    description="The same music in another style: tempo, form and harmony stay.",
    hints=CREATES,
    arguments=CoverRequest,
    parameters={
        **_TRACK,
        "caption": "The new style.",
        "lyrics": "New lines to sing.",
        "similarity": "0.2: only chords stay; 1: melody and accents too.",
        "mode": "remix, edit: neural only.",
        "adapter": "LoRA by name.",
        **_SEED,
        "quality": "best takes longest.",
    },
    result=JobResult,
    answer=_reshape,
)

REPAINT_SECTION = Tool(
    name="repaint_section",
    title="Repaint section",
    description="New material in a window of a track; all else stays.",
    hints=CREATES,
    arguments=RepaintRequest,
    parameters={
        **_TRACK,
        "start_s": "Of the window.",
        "end_s": "Where it ends.",
        "windows": "Or several.",
        "caption": "Default: like the rest.",
        "lyrics": "To sing.",
        "strength": "0: close to the old; 1: all new.",
        "snap_to_bars": "Move edges to bar lines.",
        **_SEED,
    },
    result=JobResult,
    answer=_reshape,
)

EXTEND_TRACK = Tool(
    name="extend_track",
    title="Extend track",
    description="More music before or after a track.",
    hints=CREATES,
    arguments=ExtendRequest,
    parameters={
        **_TRACK,
        "seconds": "About; whole bars.",
        "side": "Where.",
        "caption": "Default: like the rest.",
        "lyrics": "To sing.",
        **_SEED,
    },
    result=JobResult,
    answer=_reshape,
)

ADD_PARTS = Tool(
    name="add_parts",
    title="Add parts",
    description="New instruments for a track.",
    hints=CREATES,
    arguments=AddPartsRequest,
    parameters={
        **_TRACK,
        "parts": "Which.",
        "mode": "accompany: a band for a solo.",
        "caption": "How they play.",
        "start_s": "Default: the start.",
        "end_s": "Default: the end.",
        **_SEED,
    },
    result=JobResult,
    answer=_reshape,
)
