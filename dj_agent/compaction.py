"""Making room in a conversation that fills its model's window.

First what tools answered long ago becomes one line each; if that isn't enough, all but the last
exchanges become a summary, written by the model itself. A call is never parted from its result,
and a summary is never summarised: it stays until there are too many.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from dj_agent.messages import FROM_PROGRAM, Finished, Message, ToolCall, ToolResult
from dj_agent.providers.errors import ProviderError
from dj_agent.session import Session
from dj_agent.text import one_line
from dj_agent.tokens import CHARACTERS, characters
from prompts import load

FULL = 0.8
"""The share of the window from which on room is made."""
MARK = f"{FROM_PROGRAM}earlier, in short]"
"""What a summary begins with."""

_KEPT_EXCHANGES = (2, 1)
"""So many of the last exchanges stay, the present one among them: fewer if need be."""
_KEPT_RESULTS = 3
"""Of the present turn, so many of the last results stay whole in any case."""
_LINE, _WORDS = 200, 120
_MOST_SUMMARY = 2500
_SUMMARIES_SHARE = 0.1
"""Of the window, for all summaries together; the oldest make way."""
_LOG_SHARE = 0.5
"""Of the window, for what is summarised at once."""


async def shortened(session: Session, at_any_price: bool = False) -> str | None:
    """Make room if the conversation needs it, or `at_any_price`; what was done, in a sentence.

    None if nothing was to be done, or nothing could be.
    """
    if not (at_any_price or _is_full(session)):
        return None
    before = characters(session.history)
    _shrink(session)
    for exchanges in _KEPT_EXCHANGES:
        if at_any_price or _is_full(session):
            await _summarise(session, exchanges)
            at_any_price = False
    after = characters(session.history)
    if after >= before:
        return None
    return f"The conversation was shortened by {1 - after / before:.0%} to fit the model's window."


def _is_full(session: Session) -> bool:
    return session.filled >= FULL * session.provider.context_tokens


def _shrink(session: Session) -> None:
    """One line for every old result, and for long arguments."""
    history, start = session.history, session.turn_start
    results = [n for n, message in enumerate(history) if message.role == "tool"]
    whole = set(results[-_KEPT_RESULTS:])
    shorter = [
        message if n in whole or (n >= start and message.role != "tool") else _shrunk(message)
        for n, message in enumerate(history)
    ]
    if tuple(shorter) != history:
        session.shorten(shorter, start)


def _shrunk(message: Message) -> Message:
    if message.role == "tool":
        return replace(message, tool_results=tuple(map(_short_result, message.tool_results)))
    calls = tuple(map(_short_call, message.tool_calls))
    # What only its model can read repeats the arguments; without it they are told from ours.
    extra = message.extra if calls == message.tool_calls else None
    return replace(message, tool_calls=calls, extra=extra)


def _short_result(result: ToolResult) -> ToolResult:
    line = one_line(result.text, _LINE)
    return result if len(line) >= len(result.text) else replace(result, text=line)


def _short_call(call: ToolCall) -> ToolCall:
    if len(call.raw) <= 2 * _LINE:
        return call
    if call.arguments is None:
        return ToolCall(call.id, call.name, None, one_line(call.raw, _LINE))
    arguments = {name: _short_value(value) for name, value in call.arguments.items()}
    return ToolCall.written(call.id, call.name, json.dumps(arguments, ensure_ascii=False))


def _short_value(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= _WORDS else one_line(text, _WORDS)


async def _summarise(session: Session, exchanges: int) -> None:
    """A summary for all but so many of the last exchanges."""
    history = session.history
    cut = _cut(history, session.turn_start, exchanges)
    old = [message for message in history[:cut] if not _is_summary(message)]
    if not old:
        return
    summary = await _summary(session, old)
    kept = [message for message in history[:cut] if _is_summary(message)]
    kept.append(Message("user", f"{MARK}\n{summary}"))
    room = _SUMMARIES_SHARE * session.provider.context_tokens * CHARACTERS
    while len(kept) > 1 and characters(kept) > room:
        del kept[0]
    session.shorten([*kept, *history[cut:]], session.turn_start - cut + len(kept))


def _cut(history: Sequence[Message], turn_start: int, exchanges: int) -> int:
    """Where the last exchanges begin, the present turn among them."""
    starts = [n for n, message in enumerate(history[: turn_start + 1]) if message.is_from_person]
    return starts[-exchanges:][0] if starts else 0


def _is_summary(message: Message) -> bool:
    return message.role == "user" and message.text.startswith(MARK)


async def _summary(session: Session, old: Sequence[Message]) -> str:
    """What the model makes of the messages; if it makes nothing, what the person said in them."""
    room = int(_LOG_SHARE * session.provider.context_tokens * CHARACTERS)
    asked = (Message("system", load("dj_compact")), Message("user", _log(old)[-room:]))
    text = ""
    try:
        async with aclosing(session.provider.stream(asked, ())) as parts:
            async for part in parts:
                if isinstance(part, Finished):
                    session.spend(part.usage)
                    text = "" if part.message.tool_calls else part.message.text
                    break
    except ProviderError:
        text = ""
    return text.strip()[:_MOST_SUMMARY] or _words_of_the_person(old)


def _log(messages: Sequence[Message]) -> str:
    """The messages as text: so no call can be parted from its result."""
    lines: list[str] = []
    for message in messages:
        if message.text.strip():
            lines.append(f"{message.role}: {message.text.strip()}")
        lines += [f"call: {call.name} {one_line(call.raw, _LINE)}" for call in message.tool_calls]
        lines += [f"result: {one_line(result.text, _LINE)}" for result in message.tool_results]
    return "\n".join(lines)


def _words_of_the_person(messages: Sequence[Message]) -> str:
    said = [one_line(one.text, _WORDS) for one in messages if one.is_from_person]
    return "The person said: " + " / ".join(said)[-_MOST_SUMMARY:]
