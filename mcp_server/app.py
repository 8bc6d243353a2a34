"""The MCP server: strict, short schemas in front of the tools, one clear sentence per error.

Of the SDK's tool layer only the wire stays. Its own argument checks let unknown arguments pass
without a word and answer wrong ones with pydantic's error page, so both are done here.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, TextContent
from mcp.types import Tool as ListedTool

from engine import NotFound, Studio, StudioError, one_line
from mcp_server.checks import checked_arguments
from mcp_server.prompts import add_prompts
from mcp_server.replies import error_text
from mcp_server.resources import add_resources
from mcp_server.tool import AnyTool, Call, Reply
from mcp_server.tools import TOOLS
from mcp_server.waiting import patience_s
from prompts import load

NAME = "dj-agent"

_logger = logging.getLogger("mcp_server")
_audit = logging.getLogger("mcp_server.audit")


def build_app(studio: Studio, tools: Sequence[AnyTool] = TOOLS) -> StudioServer:
    """The server over this studio, which stays the caller's to close."""
    app = StudioServer(studio, tools)
    add_resources(app, studio)
    add_prompts(app)
    return app


class StudioServer(MCPServer[Any]):
    """An MCP server whose tools are `Tool` records."""

    def __init__(self, studio: Studio, tools: Sequence[AnyTool]) -> None:
        super().__init__(
            NAME,
            title="DJ Agent music studio",
            instructions=load("server_instructions"),
            version=version("dj-agent"),
            log_level="WARNING",
        )
        self._studio = studio
        self._tools = {tool.name: tool for tool in tools}
        self._listed = [tool.listed() for tool in tools]

    async def list_tools(self) -> list[ListedTool]:
        return self._listed

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult:
        """Answer one call. Whatever goes wrong comes back as a tool error the model can read."""
        started = time.monotonic()
        client = _client(context)
        entry: dict[str, Any] = {
            "tool": one_line(name, 40),
            "client": client,
            "outcome": "detached",
        }
        try:
            reply = await self._answer(name, arguments, self._call(context, client))
            entry |= {"outcome": reply.result.outcome, **reply.result.ids}
            return reply.sent()
        except StudioError as error:
            entry["outcome"] = error.code
            return _refused(error_text(error))
        except Exception:
            _logger.exception("%s failed", entry["tool"])
            entry["outcome"] = "crashed"
            return _refused(
                f"{entry['tool']} failed inside the studio, which is a bug; try once more, "
                "and if it fails again see the server's log."
            )
        finally:
            entry["ms"] = round(1000 * (time.monotonic() - started))
            _audit.info(json.dumps(entry))

    async def _answer(self, name: str, arguments: dict[str, Any], call: Call) -> Reply:
        """Check the arguments and let the tool answer. Raises `StudioError`."""
        tool = self._tools.get(name)
        if tool is None:
            raise NotFound(
                f"There is no tool {one_line(name, 40)!r}; the tools are {', '.join(self._tools)}."
            )
        return await tool.answer(call, checked_arguments(tool, arguments))

    def _call(self, context: Context[Any, Any] | None, client: str | None) -> Call:
        async def report(progress: float, line: str) -> None:
            if context is not None:
                await context.report_progress(progress, 1.0, line)

        return Call(
            studio=self._studio,
            patience_s=patience_s(self._studio.settings, client),
            report=report,
            tools=tuple(self._tools),
        )


def _client(context: Context[Any, Any] | None) -> str | None:
    """What the client calls itself: `claude-code`, `claude-ai`, `cursor-vscode`, …"""
    params = context.session.client_params if context is not None else None
    return one_line(params.client_info.name, 40) if params is not None else None


def _refused(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
