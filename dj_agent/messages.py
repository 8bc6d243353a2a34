"""What is said to a language model and what it answers, as frozen values.

Knows neither servers nor their formats: adapters in `dj_agent.providers` turn these values into
requests, and streams into these values. A journal keeps them as JSON.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

V = TypeVar("V")

Role = Literal["system", "user", "assistant", "tool"]

Stop = Literal["done", "tool_calls", "length", "filtered"]
"""Why a reply ended: it was finished, it wants tools, it ran out of room, or it was withheld."""

FROM_PROGRAM = "[From the program: "
"""What messages begin with that neither a person nor the model wrote."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants to have called."""

    id: str
    """Unique in its conversation; the result refers to it."""
    name: str
    """As the model wrote it: such a tool need not exist."""
    arguments: dict[str, Any] | None
    """None if what the model wrote is no JSON object; `raw` is what it wrote."""
    raw: str

    @classmethod
    def written(cls, id: str, name: str, raw: str) -> ToolCall:
        """The call with these arguments as the model wrote them. No text means no arguments."""
        return cls(id, name, _object(raw), mended(raw))

    @property
    def sendable(self) -> dict[str, Any]:
        """The arguments as a server can be told of them: none where they were no JSON object."""
        return {} if self.arguments is None else self.arguments


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What became of a call. `name` is the tool's: some servers pair by it and not by id."""

    call_id: str
    name: str
    text: str
    is_error: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", mended(self.text))


@dataclass(frozen=True, slots=True)
class Extra:
    """What came with a reply and only the model that wrote it can read: signatures, reasoning.

    Echoed untouched to the same model by the same provider, and to nobody else.
    """

    wire: str
    """The format that `fields` is in, by the name of its adapter."""
    provider: str
    model: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One step of a conversation. Results are in messages of the role `tool`, calls and extra in
    those of the role `assistant`."""

    role: Role
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    extra: Extra | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", mended(self.text))

    @property
    def is_from_person(self) -> bool:
        """Whether a person said it, and not the program in their place."""
        return self.role == "user" and not self.text.startswith(FROM_PROGRAM)

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing in it that a model could be told."""
        return not (self.text.strip() or self.tool_calls or self.tool_results)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that the model may call. `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply took. Zeros where the server doesn't count."""

    input_tokens: int = 0
    """All of the prompt, what was cached included."""
    output_tokens: int = 0
    cached_tokens: int = 0
    """So much of the prompt was read from a cache."""
    cost_usd: float | None = None
    """As the provider charged it; None if it doesn't say."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """The next piece of what the model thinks, which is no part of its reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The model has begun to write a call; the arguments come with `Finished`."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the person, not from the model: a wait, a change of provider, a warning."""

    text: str
    restarts: bool = False
    """Whether the reply begins anew: the pieces before this one are no part of it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a reply, and the whole of it."""

    message: Message
    usage: Usage = field(default_factory=Usage)
    stop: Stop = "done"


Part = TextDelta | ThinkingDelta | ToolCallStarted | Notice | Finished


def as_json(value: Message | Usage) -> dict[str, Any]:
    """The value as JSON has it."""
    return _adapter(type(value)).dump_python(value, mode="json")


def message_from(data: object) -> Message:
    """The message that `as_json` wrote. Raises `ValueError` if it isn't one."""
    return _adapter(Message).validate_python(data)


def usage_from(data: object) -> Usage:
    """The usage that `as_json` wrote. Raises `ValueError` if it isn't one."""
    return _adapter(Usage).validate_python(data)


@cache
def _adapter(kind: type[V]) -> TypeAdapter[V]:
    from pydantic import TypeAdapter  # no prompt has to wait for it

    return TypeAdapter(kind)


def mended(text: str) -> str:
    """The text as UTF-8 can hold it: halves of a character joined, and a lone half replaced.

    JSON escapes characters beyond the first 65,536 as two halves, and servers cut between them.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def mended_within(value: Any) -> Any:
    """The JSON value with all its texts mended."""
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [mended_within(one) for one in value]
    if isinstance(value, dict):
        return {mended(key): mended_within(one) for key, one in value.items()}
    return value


def _object(raw: str) -> dict[str, Any] | None:
    try:
        found = json.loads(raw.strip() or "{}", parse_constant=_refused, parse_float=_finite)
        return mended_within(found) if isinstance(found, dict) else None
    except (ValueError, RecursionError):
        return None


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _refused(number)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
