"""What a turn tells whoever watches it, as frozen values.

Three kinds of them come from the model as they are and are defined with the conversation:
`TextDelta`, `ThinkingDelta` and `Notice`. The last event of every turn is its only `TurnEnded`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dj_agent.messages import Notice, TextDelta, ThinkingDelta

__all__ = [
    "Event",
    "Notice",
    "Reason",
    "TextDelta",
    "ThinkingDelta",
    "ToolFinished",
    "ToolProgress",
    "ToolStarted",
    "TurnEnded",
    "UsageUpdate",
]

Reason = Literal[
    "done",
    "max_steps",
    "max_cost",
    "max_wall",
    "interrupted",
    "provider_error",
    "bad_calls",
]
"""Why a turn ended: the model had no more to do, or something stopped it."""


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool is called now."""

    id: str
    """The call's; the events of the same call have the same."""
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolProgress:
    """A tool is on its way."""

    id: str
    line: str
    """A few words for a person, like `rendering slot 2 of 5`."""
    progress: float = 0.0
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A call is answered. Calls that could not be made are answered, too, without a `ToolStarted`
    before."""

    id: str
    name: str
    ok: bool
    summary: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class UsageUpdate:
    """What the conversation took so far, all of its turns together."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    """As far as providers say; None if none does."""
    context_share: float = 0.0
    """How much of the model's window the conversation fills, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The end of a turn."""

    reason: Reason
    sentence: str = ""
    """Why, and what to do, for a person; nothing if it is `done`."""


Event = (
    TextDelta
    | ThinkingDelta
    | Notice
    | ToolStarted
    | ToolProgress
    | ToolFinished
    | UsageUpdate
    | TurnEnded
)
