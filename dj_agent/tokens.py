"""About how many tokens a request has.

Four characters each, corrected by what the last replies were counted as: no tokenizer fits all
models. Knows nothing of who counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dj_agent.messages import Message, ToolSpec

CHARACTERS = 4
_LEAST, _MOST = 0.5, 3.0
"""How far a count may correct the estimate: a server that counts wrongly must not stop the show."""
_PER_MESSAGE = 16
"""Characters of what surrounds a message."""


def characters(messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> int:
    """How many characters a model reads."""
    return sum(map(_of_message, messages)) + sum(map(_of_tool, tools))


def _of_message(message: Message) -> int:
    size = _PER_MESSAGE + len(message.text)
    size += sum(len(call.name) + len(call.raw) + _PER_MESSAGE for call in message.tool_calls)
    size += sum(len(result.text) + _PER_MESSAGE for result in message.tool_results)
    if message.extra:
        size += len(json.dumps(message.extra.fields))
    return size


def _of_tool(tool: ToolSpec) -> int:
    return len(tool.name) + len(tool.description) + len(json.dumps(tool.schema))


@dataclass(slots=True)
class Gauge:
    """An estimate that learns from every count."""

    scale: float = 1.0

    def tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> int:
        return round(characters(messages, tools) / CHARACTERS * self.scale)

    def correct(self, messages: Sequence[Message], tools: Sequence[ToolSpec], counted: int) -> None:
        """Such a request was counted as so many tokens; 0 if nobody counted."""
        guessed = characters(messages, tools) / CHARACTERS
        if counted > 0 and guessed > 0:
            self.scale = min(max(counted / guessed, _LEAST), _MOST)
