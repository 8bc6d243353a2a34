"""What the adapters' streams have in common: text in pieces, ids of calls, and how a reply ends.

Knows no format.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dj_agent.messages import Finished, Message, Stop, Usage, mended
from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.errors import BadReply, CutOff, EmptyReply


class Pieces:
    """Text as it comes. Half a character at the end of a piece waits for its other half."""

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._held = ""

    def add(self, piece: object) -> str:
        """What can be shown now that this piece is here, too. What is no text is nothing."""
        if not isinstance(piece, str):
            return ""
        text, self._held = self._held + piece, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return self._show(mended(text))

    def rest(self) -> str:
        """What is left to be shown at the end."""
        text, self._held = mended(self._held), ""
        return self._show(text)

    def _show(self, text: str) -> str:
        self._shown.append(text)
        return text

    @property
    def text(self) -> str:
        return "".join(self._shown)


class CallIds:
    """The ids of the calls in a conversation, and new ones for calls that come without."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._taken = {call.id for message in messages for call in message.tool_calls}

    def admit(self, id: object) -> str:
        """The id itself if it is one and new, else another."""
        id = mended(id) if isinstance(id, str) else ""
        if not id or id in self:
            id = next(one for n in range(len(self._taken) + 1) if (one := f"call_{n}") not in self)
        self._taken.add(id)
        return id

    def __contains__(self, id: str) -> bool:
        return id in self._taken


def finished(at: Endpoint, message: Message, usage: Usage, stop: Stop) -> Finished:
    """The end of the reply. Raises `EmptyReply` if it is the end of nothing: that isn't a turn, and
    asking again usually helps."""
    if stop == "done" and not message.tool_calls and not message.text.strip():
        raise EmptyReply(f"{at.model} answered with nothing; ask again, or choose another model.")
    return Finished(message, usage, stop)


def echo(at: Endpoint, wire: str, message: Message) -> dict[str, Any]:
    """The message's extra fields if it was this model that wrote it, by this wire; else none: no
    other can read them, and some refuse them."""
    extra = message.extra
    if extra is None or (extra.wire, extra.provider, extra.model) != (wire, at.name, at.model):
        return {}
    return extra.fields


def cut_off(at: Endpoint) -> CutOff:
    """The stream ended before the reply did."""
    return CutOff(f"The reply of {at.label} ended in the middle; ask again.")


def unreadable(at: Endpoint) -> BadReply:
    """What came is not in the format."""
    return BadReply(
        f"What {at.label} answered at {at.address} can't be read; check the address and try again."
    )


def count(value: Any) -> int:
    """A number of tokens, where a server may leave it out or write null."""
    return value if isinstance(value, int) and value > 0 else 0


def part_of(value: Any, name: str) -> Any:
    """The value under this name if the value is an object; servers leave out, and write null."""
    return value.get(name) if isinstance(value, dict) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing of what is no list, or in it no object."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: Any, name: str) -> str:
    """The text under this name, if there is one."""
    text = part_of(value, name)
    return text if isinstance(text, str) else ""


def name_of(value: Any) -> str:
    """The name of a tool that the object has."""
    return mended(text_of(value, "name"))


def cost_of(usage: Any) -> float | None:
    """OpenRouter's price of the reply, in either format; others don't say."""
    cost = part_of(usage, "cost")
    return float(cost) if isinstance(cost, int | float) else None
