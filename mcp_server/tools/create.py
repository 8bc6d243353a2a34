"""Tools that make music."""

from __future__ import annotations

from anyio.to_thread import run_sync

from engine import GenerateRequest
from mcp_server.replies import job_reply
from mcp_server.tool import CREATES, Call, Reply, Tool
from mcp_server.views import JobResult
from mcp_server.waiting import watch


async def _generate(call: Call, request: GenerateRequest) -> Reply:
    job = await run_sync(call.studio.submit, request)
    return job_reply(await watch(call, job, call.patience_s))


GENERATE_MUSIC = Tool(
    name="generate_music",
    title="Generate music",
    description=(
        "Make a new track from a caption. What is left out is chosen to suit the style. "
        "Returns the finished tracks, or a running job for get_job."
    ),
    hints=CREATES,
    arguments=GenerateRequest,
    parameters={
        "caption": "What to hear: style first, then mood, instruments, movement.",
        "title": "Default: from the caption.",
        "lyrics": "Lines to sing under tags like [Verse], [Chorus]; tags alone shape the form.",
        "language": "Of the lyrics, like en, de, ja.",
        "instrumental": "Default: true unless there are lines to sing.",
        "duration_s": "Length in seconds.",
        "bpm": "Tempo.",
        "key": "Like A minor, F# minor, Bb major, 8A.",
        "time_signature": "Metre.",
        "variations": "How many takes.",
        "reference": "Track id or path: sound like it.",
        "variation_of": "Track id: another take of it.",
        "variance": "How much of that take changes; default 0.3.",
        "adapter": "LoRA by name from studio_status, or name:0.5.",
        "seed": "From an earlier result: the same music again.",
        "quality": "best takes longest.",
    },
    result=JobResult,
    answer=_generate,
)
