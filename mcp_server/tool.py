"""What a tool is: a name, typed arguments, a typed result, and the function that answers.

Knows nothing about particular tools, and of MCP only its wire types.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mcp.types import CallToolResult, TextContent, ToolAnnotations
from mcp.types import Tool as ListedTool
from pydantic import BaseModel

from engine import Studio
from mcp_server import schemas
from mcp_server.views import View

Report = Callable[[float, str], Awaitable[None]]
"""Tells the client how much is done, 0 to 1, and a line about it."""

Hints = tuple[bool, bool, bool]
"""Whether a tool only reads, may destroy something, and does nothing new when called again."""

READS: Hints = (True, False, True)
CREATES: Hints = (False, False, False)
DERIVES: Hints = (False, False, True)
STOPS: Hints = (False, True, True)

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """What a tool may use while it answers one call."""

    studio: Studio
    patience_s: float
    """How long this client waits for an answer."""
    report: Report
    tools: tuple[str, ...]
    """The names of all tools there are."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A result twice, because some hosts show a model only the one and some only the other."""

    result: View
    text: str

    def sent(self) -> CallToolResult:
        return CallToolResult(
            content=[TextContent(type="text", text=self.text)],
            structured_content=self.result.content(),
        )


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    name: str
    title: str
    description: str
    hints: Hints
    arguments: type[A]
    parameters: Mapping[str, str]
    """What each argument means. A field of `arguments` that isn't here can't be passed."""
    result: type[View]
    answer: Callable[[Call, A], Awaitable[Reply]]

    @property
    def schema(self) -> schemas.Schema:
        """The input schema, with everything that is checked."""
        return schemas.parameters(self.arguments, self.parameters)

    def listed(self) -> ListedTool:
        """The tool as clients see it."""
        reads, destroys, repeats = self.hints
        return ListedTool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=schemas.brief(self.schema),
            output_schema=schemas.output(self.result),
            annotations=ToolAnnotations(
                read_only_hint=reads,
                destructive_hint=destroys,
                idempotent_hint=repeats,
                open_world_hint=False,
            ),
        )


AnyTool = Tool[Any]
