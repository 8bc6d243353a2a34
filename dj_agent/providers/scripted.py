"""A provider that says what it is told to: for tests, and for demos without a key.

A script is a JSON list of replies. Each may have `thinking`, `text`, `calls` (a list of `name` and
`arguments`; text instead of an object stands for what a model wrote), `stop`, `usage`, and `error`:
the name of one of our errors, which the reply then ends in.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from dj_agent.messages import (
    Finished,
    Message,
    Part,
    Stop,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallStarted,
    ToolSpec,
    Usage,
)
from dj_agent.providers import errors
from dj_agent.providers.errors import BadReply, Misconfigured, ProviderError

Reply = Sequence[Part | ProviderError]
"""What comes, in order. An error is raised when its turn comes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the provider was asked."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]


class Scripted:
    """Gives the replies one after the other, and keeps what it was asked."""

    name = "scripted"

    def __init__(self, replies: Sequence[Reply], model: str = "script") -> None:
        self._replies = list(replies)
        self.model = model
        self.context_tokens = 32_000
        self.requests: list[Request] = []

    @classmethod
    def read(cls, path: Path) -> Scripted:
        """The provider of the script in this file. Raises `Misconfigured`."""
        try:
            found = _SCRIPT.validate_json(path.read_bytes())
        except OSError:
            raise Misconfigured(f"There is no script {path}; name one with DJ_MODEL.") from None
        except ValidationError as error:
            wrong = error.errors()[0]
            where = ".".join(str(step) for step in wrong["loc"])
            raise Misconfigured(f"{path.name}: {where}: {wrong['msg']}.") from None
        return cls([list(_parts(number, one)) for number, one in enumerate(found)], path.name)

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        """The parts of the next reply. Raises what the script says, and `BadReply` at its end."""
        number = len(self.requests)
        self.requests.append(Request(tuple(messages), tuple(tools)))
        if number >= len(self._replies):
            raise BadReply(f"The script has only {len(self._replies)} replies; add another.")
        for part in self._replies[number]:
            if isinstance(part, ProviderError):
                raise part
            yield part


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    arguments: dict[str, Any] | str = {}


class _Usage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    thinking: str = ""
    text: str = ""
    calls: tuple[_Call, ...] = ()
    stop: Stop | None = None
    usage: _Usage = _Usage()
    error: (
        Literal[
            "AuthRefused",
            "NoCredit",
            "ModelUnknown",
            "ContextOverflow",
            "Filtered",
            "RateLimited",
            "Overloaded",
            "Unreachable",
            "TimedOut",
            "CutOff",
            "EmptyReply",
        ]
        | None
    ) = None


_SCRIPT = TypeAdapter(list[_Reply])


def _parts(number: int, reply: _Reply) -> Iterator[Part | ProviderError]:
    """The reply as a stream of words."""
    yield from (ThinkingDelta(word) for word in _words(reply.thinking))
    yield from (TextDelta(word) for word in _words(reply.text))
    calls = []
    for n, call in enumerate(reply.calls):
        written = call.arguments
        raw = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
        calls.append(ToolCall.written(f"call_{number}_{n}", call.name, raw))
    yield from (ToolCallStarted(call.id, call.name) for call in calls)
    if reply.error:
        kind = cast(type[ProviderError], getattr(errors, reply.error))
        yield kind(f"The script says {reply.error}.")
        return
    message = Message("assistant", reply.text, tuple(calls))
    usage = Usage(**reply.usage.model_dump())
    yield Finished(message, usage, reply.stop or ("tool_calls" if calls else "done"))


def _words(text: str) -> list[str]:
    """The text in words, each with the space before it."""
    words = text.split(" ")
    return [word for word in (words[0], *(f" {word}" for word in words[1:])) if word]
