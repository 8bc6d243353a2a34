"""An MCP client that checks every answer against what the server promised."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import jsonschema
from mcp import Client
from mcp.types import CallToolResult, Implementation, TextContent, Tool

from engine import Studio
from mcp_server.app import build_app

ERAS = {"handshake": ("legacy", "2025-11-25"), "stateless": ("auto", "2026-07-28")}
"""How a client opens a connection, and the protocol version that this leads to."""


ON_A_TRACK: dict[str, dict[str, Any]] = {
    "analyze_track": {"detail": "full"},
    "separate_stems": {},
    "cover_track": {"caption": "reggae", "seed": 1},
    "repaint_section": {"start_s": 2, "end_s": 4, "seed": 1},
    "extend_track": {"seconds": 4, "seed": 1},
    "add_parts": {"parts": ["bass"], "seed": 1},
}
"""The tools that work on a track, with what they are asked besides it."""


@dataclass(frozen=True)
class Host:
    """A connected client."""

    client: Client
    tools: Mapping[str, Tool]

    async def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        """The answer to a call, once it is shown to keep the server's promises."""
        result = await self.client.call_tool(tool, arguments)
        if result.is_error:
            assert result.structured_content is None
        else:
            schema = self.tools[tool].output_schema
            assert schema is not None
            jsonschema.validate(result.structured_content, schema)
        return result

    async def data(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that succeeds."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, text(result)
        assert result.structured_content is not None
        return result.structured_content

    async def refusal(self, tool: str, /, **arguments: Any) -> str:
        """The text of a call that is refused."""
        result = await self.call(tool, **arguments)
        assert result.is_error, text(result)
        return text(result)


@asynccontextmanager
async def connected(
    studio: Studio, era: str = "stateless", *, name: str = "test", **options: Any
) -> AsyncGenerator[Host]:
    """A client of a server over this studio, in this process."""
    info = Implementation(name=name, version="1")
    mode, version = ERAS[era]
    app = build_app(studio)
    async with Client(app, mode=mode, client_info=info, **options) as client:
        assert client.protocol_version == version
        listed = await client.list_tools()
        yield Host(client, {tool.name: tool for tool in listed.tools})


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def strings(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def tokens(value: object) -> float:
    """About how many tokens a model reads: four characters each."""
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return len(value if isinstance(value, str) else compact) / 4
