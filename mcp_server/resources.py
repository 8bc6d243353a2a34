"""Resources: a track's whole recipe, and the guides to writing for the renderers."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from engine import NotFound, Studio
from mcp_server.replies import error_text
from prompts import load

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
        # Only ids: what could be a path is looked up by search_library alone.
        if not track_id.replace("_", "").isalnum():
            raise ResourceNotFoundError(f"There is no track {track_id[:40]!r}.")
        try:
            found = await run_sync(studio.track, track_id)
        except NotFound as error:
            raise ResourceNotFoundError(error_text(error)) from None
        return found.model_dump_json(exclude_none=True, indent=1)


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
