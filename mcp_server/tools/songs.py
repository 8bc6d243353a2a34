"""The tool that writes songs."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from pydantic import BaseModel, ConfigDict, Field

from engine.fields import Seed
from mcp_server.songs import song_reply
from mcp_server.tool import READS, Call, Reply, Tool
from mcp_server.views import SongResult


class WriteSong(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    idea: Annotated[str, Field(max_length=2000)] = ""
    lyrics: Annotated[str, Field(max_length=20_000)] = ""
    language: str | None = None
    instrumental: bool | None = None
    duration_s: float | None = None
    """Its limits are the request's to tell; here they would only lengthen the tool list."""
    seed: Seed | None = None


async def _write(_call: Call, wanted: WriteSong) -> Reply:
    # Its words are only loaded by those who write.
    from engine.songs import SongWishes, write_song

    return song_reply(await run_sync(write_song, SongWishes(**dict(wanted))))


WRITE_SONG = Tool(
    name="write_song",
    title="Write song",
    description="Write a song from an idea, or check lyrics.",
    hints=READS,
    arguments=WriteSong,
    parameters={
        "idea": "What it is about.",
        "lyrics": "Yours, kept.",
        "language": "Like en.",
        "instrumental": "No singing.",
        "duration_s": "Length.",
        "seed": "From a result.",
    },
    result=SongResult,
    answer=_write,
)
