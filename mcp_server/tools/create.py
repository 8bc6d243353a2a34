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
    description="Make a track from a caption. Returns tracks, or a running job for get_job.",
    hints=CREATES,
    arguments=GenerateRequest,
    parameters={
        "caption": "The style, then mood, instruments, movement.",
        "title": "Default: from the caption.",
        "lyrics": "Lines under tags like [Verse]; tags alone shape the form.",
        "language": "Of the lyrics, like en.",
        "instrumental": "Default: true without lyrics.",
        "duration_s": "Length.",
        "bpm": "Tempo.",
        "key": "Like A minor, Bb major, 8A.",
        "time_signature": "Metre.",
        "variations": "How many takes.",
        "reference": "Track to sound like.",
        "variation_of": "Track to take again.",
        "variance": "How much changes; default 0.3.",
        "adapter": "LoRA: name or name:0.5.",
        "seed": "From a result: the same again.",
        "quality": "best takes longest.",
    },
    result=JobResult,
    answer=_generate,
)
