"""What a person wants to know of the studio without asking a model: its library, how it is doing.

Knows which tools say so, and the shape of their answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dj_agent.answers import RendererNote, Text, Track
from dj_agent.toolbox import Toolbox, ToolFailed

_TRACKS = 20
"""So many tracks are listed at once."""

A = TypeVar("A", bound=BaseModel)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ListedTrack(Track):
    """A track of the library. `path` is left out of long lists."""

    path: Text | None = None


class Page(_Answer):
    message: Text
    tracks: tuple[ListedTrack, ...]
    total: int


class Queue(_Answer):
    running: int
    queued: int


class StudioStatus(_Answer):
    """What the studio can do now."""

    message: Text
    renderers: tuple[RendererNote, ...]
    device: Text
    queue: Queue
    free_gb: float
    stems: Text
    worker_alive: bool | None = None
    """None from a studio that doesn't say."""


async def library(toolbox: Toolbox, words: str) -> Page:
    """The newest tracks, or those that match. Raises `ToolFailed`."""
    return await _asked(toolbox, "search_library", Page, {"query": words, "limit": _TRACKS})


async def studio_status(toolbox: Toolbox) -> StudioStatus:
    """Raises `ToolFailed`."""
    return await _asked(toolbox, "studio_status", StudioStatus, {})


async def _asked(toolbox: Toolbox, tool: str, answer: type[A], arguments: Mapping[str, Any]) -> A:
    said = await toolbox.call(tool, arguments)
    if said.is_error:
        raise ToolFailed(said.text)
    try:
        return answer.model_validate(said.data)
    except ValidationError as error:
        raise ToolFailed(
            f"The studio's answer to {tool} can't be read; is it another version of dj-agent?"
        ) from error
