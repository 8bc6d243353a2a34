"""Resources: a track's whole recipe, pictures of what was heard, and the guides to writing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from engine import NotFound, Studio, StudioError
from mcp_server.replies import error_text
from prompts import load

R = TypeVar("R")

_GUIDES = {
    "captions": "How to describe music so that it comes out as meant.",
    "lyrics": "How to write lyrics and section tags.",
}


def add_resources(app: MCPServer[Any], studio: Studio) -> None:
    for name, description in _GUIDES.items():
        _add_guide(app, name, description)

    @app.resource(
        "music://track/{track_id}",
        name="track",
        title="Track recipe",
        description="Everything known about a track: request, seed, what was made and measured.",
        mime_type="application/json",
    )
    async def track(track_id: str) -> str:
        found = await _asked(studio.track, track_id)
        return found.model_dump_json(exclude_none=True, indent=1)

    @app.resource(
        "music://track/{track_id}/picture",
        name="track_picture",
        title="Track picture",
        description="Waveform and spectrum of a track with its bars, sections and cues.",
        mime_type="image/png",
    )
    async def track_picture(track_id: str) -> bytes:
        return await _asked(studio.picture, track_id)

    @app.resource(
        "music://picture/{picture_id}",
        name="picture",
        title="Picture of an analysis",
        description="The picture that a result of analyze_track names.",
        mime_type="image/png",
    )
    async def picture(picture_id: str) -> bytes:
        return await _asked(studio.picture, picture_id)


async def _asked(what: Callable[[str], R], name: str) -> R:
    """What the studio has under this id. Raises `ResourceNotFoundError` or `ResourceError`."""
    # Only ids: what could be a path is looked up by the tools alone.
    if not name.replace("_", "").isalnum():
        raise ResourceNotFoundError(f"There is no track or picture {name[:40]!r}.")
    try:
        return await run_sync(what, name)
    except NotFound as error:
        raise ResourceNotFoundError(error_text(error)) from None
    except StudioError as error:
        raise ResourceError(error_text(error)) from None


def _add_guide(app: MCPServer[Any], name: str, description: str) -> None:
    @app.resource(
        f"music://guide/{name}",
        name=f"guide_{name}",
        title=f"Guide: {name}",
        description=description,
        mime_type="text/markdown",
    )
    def guide() -> str:
        return load(f"guide_{name}")
