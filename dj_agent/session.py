"""A conversation that lasts: its messages, what it took, where the set stands, and its journal.

Everything that changes is written down before it is held here, so that a killed session goes on
from its file. Knows nothing of how a turn goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dj_agent.events import UsageUpdate
from dj_agent.journal import Journal, JournalTrouble, Line
from dj_agent.messages import (
    Message,
    ToolCall,
    ToolResult,
    ToolSpec,
    Usage,
    as_json,
    message_from,
    usage_from,
)
from dj_agent.providers.protocol import ChatProvider
from dj_agent.set_state import SetState
from dj_agent.text import one_line
from dj_agent.tokens import Gauge
from dj_agent.toolbox import OfferedTool, Toolbox, ToolFailed
from prompts import load


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one turn may go. Looked at before each request to the model."""

    steps: int = 25
    """Requests to the model."""
    cost_usd: float | None = 5.0
    """As far as the provider says what it charges; None for no limit."""
    wall_s: float = 7200.0
    """Time, jobs included. A job that is running then goes on without the turn."""
    bad_replies: int = 3
    """So many replies in a row of which no call could be made end the turn."""


@dataclass(slots=True)
class Session:
    """Build it with `open_session`."""

    provider: ChatProvider
    """May be another one from one turn to the next."""
    toolbox: Toolbox
    journal: Journal
    tools: Mapping[str, OfferedTool]
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    """Seconds; only differences count."""
    name: str = ""
    history: tuple[Message, ...] = ()
    usage: Usage = field(default_factory=Usage)
    """All turns together."""
    state: SetState = field(default_factory=SetState)
    turn_start: int = 0
    """Where in the history the present turn begins, or the last one did."""
    gauge: Gauge = field(default_factory=Gauge)
    job_ids: dict[str, str] = field(default_factory=dict)
    """The jobs of the calls that aren't answered yet, by call."""
    _block: str = field(default="", init=False)
    """Where the set stood when the turn began."""

    @property
    def unfinished(self) -> bool:
        """Whether the last turn broke off: `turn(session, None)` goes on with it."""
        if not self.history:
            return False
        last = self.history[-1]
        return last.role != "assistant" or bool(last.tool_calls)

    @property
    def system(self) -> Message:
        return Message("system", load("dj_system"))

    @property
    def sent(self) -> tuple[Message, ...]:
        """What the model is told: the history, with where the set stood when the turn began."""
        before, present = self.history[: self.turn_start], self.history[self.turn_start :]
        if present and present[0].role == "user" and (block := self._block):
            present = (Message("user", f"{block}\n\n{present[0].text}"), *present[1:])
        return (self.system, *before, *present)

    @property
    def used(self) -> UsageUpdate:
        window = max(self.provider.context_tokens, 1)
        return UsageUpdate(
            self.usage.input_tokens,
            self.usage.output_tokens,
            self.usage.cost_usd,
            min(self.filled / window, 1.0),
        )

    @property
    def filled(self) -> int:
        """About how many tokens the next request will be."""
        return self.gauge.tokens(self.sent, self.specs)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec for tool in self.tools.values())

    def begin(self, text: str | None) -> None:
        """A turn begins, with what the person says or where the last one broke off."""
        self._block = self.state.block
        if text is not None:
            self.turn_start = len(self.history)
            self.say(Message("user", text))

    def say(self, message: Message) -> None:
        self.journal.write("message", as_json(message))
        self.history = (*self.history, message)
        for result in message.tool_results:
            self.job_ids.pop(result.call_id, None)

    def spend(self, usage: Usage) -> None:
        self.journal.write("usage", as_json(usage))
        self.usage = _sum(self.usage, usage)

    def calling(self, call: ToolCall) -> None:
        self.journal.write("calling", call.id)

    def began(self, call: ToolCall, job_id: str) -> None:
        """The call is about this job."""
        if self.job_ids.get(call.id) != job_id:
            self.journal.write("job", [call.id, job_id])
            self.job_ids[call.id] = job_id

    def learn(self, call: ToolCall, data: Mapping[str, Any] | None) -> None:
        """What a tool answered, as data."""
        state = self.state.after(call.sendable, data)
        if state != self.state:
            self.journal.write("state", state.model_dump(mode="json", exclude_none=True))
            self.state = state

    def shorten(self, history: Sequence[Message], turn_start: int) -> None:
        """The conversation is this from here on."""
        self.journal.write("shortened", [[as_json(one) for one in history], turn_start])
        self.history, self.turn_start = tuple(history), turn_start

    def rename(self, name: str) -> None:
        """What a person calls it."""
        name = one_line(name, 80)
        self.journal.write("named", name)
        self.name = name

    def close(self) -> None:
        self.journal.close()


async def open_session(
    path: Path, provider: ChatProvider, toolbox: Toolbox, limits: Limits | None = None
) -> Session:
    """The session in the file at `path`, or a new one there.

    Calls that a killed session left without an answer are answered with what became of their jobs.
    Raises `JournalTrouble` and `ToolFailed`.
    """
    tools = {tool.spec.name: tool for tool in await toolbox.tools()}
    session = Session(provider, toolbox, Journal(path), tools, limits or Limits(), name=path.stem)
    try:
        called = _replay(session)
    except JournalTrouble:
        session.close()
        raise
    for call in unanswered(session.history):
        text = await _became(session, call, call.id in called)
        session.say(Message("tool", tool_results=(ToolResult(call.id, call.name, text),)))
    return session


def unanswered(history: Sequence[Message]) -> tuple[ToolCall, ...]:
    """The calls that still have no result. Only the last reply can have such."""
    answered: set[str] = set()
    for message in reversed(history):
        answered |= {result.call_id for result in message.tool_results}
        if message.role == "assistant":
            return tuple(call for call in message.tool_calls if call.id not in answered)
    return ()


def _replay(session: Session) -> set[str]:
    """Bring the session to where its journal ends; the ids of all calls that were made."""
    called: set[str] = set()
    history: list[Message] = []
    for number, line in enumerate(session.journal.lines, 1):
        try:
            _take(session, history, called, line)
        except (ValueError, TypeError) as error:
            raise JournalTrouble(
                f"{session.journal.path}, line {number}: can't be understood; choose another "
                "session."
            ) from error
    session.history = tuple(history)
    session.journal.lines = []
    return called


def _take(session: Session, history: list[Message], called: set[str], line: Line) -> None:
    match line.kind:
        case "message":
            message = message_from(line.data)
            if message.is_from_person:
                session.turn_start = len(history)
            history.append(message)
            for result in message.tool_results:
                session.job_ids.pop(result.call_id, None)
        case "usage":
            session.usage = _sum(session.usage, usage_from(line.data))
        case "calling":
            called.add(str(line.data))
        case "job":
            call_id, job_id = line.data
            session.job_ids[str(call_id)] = str(job_id)
        case "state":
            session.state = SetState.model_validate(line.data)
        case "shortened":
            messages, session.turn_start = line.data
            history[:] = [message_from(one) for one in messages]
        case "named":
            session.name = str(line.data)


async def _became(session: Session, call: ToolCall, made: bool) -> str:
    """What became of a call that a killed session left behind."""
    if not made:
        return "Not called: the DJ was stopped before. Call it again if it is still wanted."
    if job_id := session.job_ids.get(call.id):
        found = await _looked_up(session, call, "get_job", {"job_id": job_id, "wait_s": 0})
        return f"The DJ was stopped while this ran; the job went on. {found}"
    tool = session.tools.get(call.name)
    if tool is None or tool.reads:
        return "The DJ was stopped before this answered. Call it again if it is still wanted."
    newest = await _looked_up(session, call, "search_library", {"limit": 1})
    return (
        "The DJ was stopped while this was called, and it isn't known whether it began. Compare "
        f"with what the studio has before you call it again. {newest}"
    )


async def _looked_up(
    session: Session, call: ToolCall, tool: str, arguments: Mapping[str, Any]
) -> str:
    try:
        answer = await session.toolbox.call(tool, arguments)
    except ToolFailed as error:
        return error.message
    session.learn(call, answer.data)
    return answer.text


def _sum(one: Usage, other: Usage) -> Usage:
    costs = [usage.cost_usd for usage in (one, other) if usage.cost_usd is not None]
    return Usage(
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
        one.cached_tokens + other.cached_tokens,
        sum(costs) if costs else None,
    )
