"""One turn: ask the model, make the calls that it wants, tell it what they gave, until it is done.

Whatever a model does, a turn ends in one `TurnEnded`, every call has its result, and the history
can be sent to any provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from dj_agent.calls import Calls, Tell, uncancel
from dj_agent.compaction import shortened
from dj_agent.events import Event, Notice, Reason, TextDelta, ThinkingDelta, TurnEnded
from dj_agent.messages import FROM_PROGRAM, Finished, Message, ToolCall, ToolResult
from dj_agent.providers.errors import ContextOverflow, CutOff, EmptyReply, ProviderError
from dj_agent.session import Session, unanswered

CUT_OFF = (
    f"{FROM_PROGRAM}your reply was longer than it may be, so none of its calls was made. "
    "Answer again, shorter: one call at a time, and less in it.]"
)


async def turn(session: Session, text: str | None) -> AsyncGenerator[Event]:
    """What happens from these words of the person until the model is done, as it happens.

    None goes on with a turn that broke off. Cancelling the task that reads this (Ctrl-C) stops the
    reply or the job and is answered by the last events, not passed on; a second time it doesn't
    wait for the job to stop. Close the generator if you stop reading early. Raises
    `JournalTrouble`.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    work = asyncio.create_task(_Turn(session, events.put_nowait).run(text))
    work.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while True:
            try:
                event = await events.get()
            except asyncio.CancelledError:
                uncancel()
                work.cancel()
                continue
            if event is None:
                break
            yield event
    finally:
        while not work.done():
            work.cancel()
            await asyncio.wait([work])
    work.result()


@dataclass(slots=True)
class _Turn:
    """A turn under way."""

    session: Session
    tell: Tell
    steps: int = 0
    bad_replies: int = 0
    began_at: float = 0.0
    cost_before_usd: float = 0.0
    partial: list[str] = field(default_factory=list)
    """The text of the reply that is coming in."""
    forgiven: set[str] = field(default_factory=set)
    """What went wrong since the last good reply and was tried again."""

    async def run(self, text: str | None) -> None:
        """Raises `JournalTrouble`."""
        session = self.session
        self.began_at = session.clock()
        self.cost_before_usd = session.usage.cost_usd or 0.0
        session.begin(text)
        try:
            ended = await self._steps()
        except asyncio.CancelledError:
            uncancel()
            ended = _ended("interrupted")
        finally:
            _answer_all(session)
        self._settle(ended)
        self.tell(session.used)
        self.tell(ended)

    async def _steps(self) -> TurnEnded:
        while True:
            if reason := self._limit():
                return _ended(reason)
            try:
                reply = await self._reply()
            except ProviderError as error:
                return TurnEnded("provider_error", error.message)
            if reply is None:
                continue
            if reply.stop == "filtered":
                return TurnEnded("provider_error", _WITHHELD)
            if not reply.message.tool_calls:
                if reply.stop == "length":
                    self.tell(Notice("The reply was cut off at the most that the model may write."))
                return _ended("done")
            calls = Calls(self.session, self.tell, self._deadline)
            made = await calls.run(reply.message.tool_calls)
            if calls.interrupted:
                return _ended("interrupted")
            self.bad_replies = 0 if made else self.bad_replies + 1
            if self.bad_replies >= self.session.limits.bad_replies:
                return TurnEnded("bad_calls", f"{_SENTENCES['bad_calls']} {calls.refusal}")

    @property
    def _deadline(self) -> float:
        return self.began_at + self.session.limits.wall_s

    def _limit(self) -> Reason | None:
        """The limit that is reached, if one is."""
        limits, spent = self.session.limits, self.session.usage.cost_usd or 0.0
        if self.steps >= limits.steps:
            return "max_steps"
        if limits.cost_usd is not None and spent - self.cost_before_usd >= limits.cost_usd:
            return "max_cost"
        if self.session.clock() >= self._deadline:
            return "max_wall"
        return None

    async def _reply(self) -> Finished | None:
        """The model's next reply, written down; None if it is to be asked again.

        Raises `ProviderError`.
        """
        await self._make_room(at_any_price=False)
        self.steps += 1
        try:
            reply = await self._heard()
        except EmptyReply as error:
            self._forgive("empty", error)
            self.tell(Notice("The model answered with nothing. Asking again.", restarts=True))
            return None
        except ContextOverflow as error:
            self._forgive("overflow", error)
            if not await self._make_room(at_any_price=True):
                raise
            return None
        self.session.spend(reply.usage)
        self.tell(self.session.used)
        return self._judged(reply)

    def _judged(self, reply: Finished) -> Finished | None:
        """The reply, written down. Raises `ProviderError` if nothing can be done with it."""
        message = reply.message
        if reply.stop == "filtered":
            reply = replace(reply, message=Message("assistant", message.text))
        elif message.says_nothing:
            self._forgive("empty", EmptyReply(_EMPTY.format(model=self.session.provider.model)))
            self.tell(Notice("The model answered with nothing. Asking again.", restarts=True))
            return None
        elif reply.stop == "length" and message.tool_calls:
            self._forgive("length", CutOff(_TOO_LONG.format(model=self.session.provider.model)))
            self.tell(Notice("The reply was cut off in the middle of a call. Asking again."))
            if message.text.strip():
                self.session.say(Message("assistant", message.text))
            self.session.say(Message("user", CUT_OFF))
            self.partial.clear()
            return None
        self.forgiven.clear()
        if not reply.message.says_nothing:
            self.session.say(reply.message)
            self.partial.clear()
        return reply

    def _forgive(self, what: str, error: ProviderError) -> None:
        """Let it pass once in a row. Raises the error the second time."""
        if what in self.forgiven:
            raise error
        self.forgiven.add(what)

    async def _heard(self) -> Finished:
        """The reply as it comes, told piece by piece. Raises `ProviderError`."""
        session = self.session
        sent, specs = session.sent, session.specs
        self.partial.clear()
        async with aclosing(session.provider.stream(sent, specs)) as parts:
            async for part in parts:
                match part:
                    case TextDelta():
                        self.partial.append(part.text)
                        self.tell(part)
                    case ThinkingDelta():
                        self.tell(part)
                    case Notice():
                        if part.restarts:
                            self.partial.clear()
                        self.tell(part)
                    case Finished():
                        session.gauge.correct(sent, specs, part.usage.input_tokens)
                        return replace(part, message=_sound(part.message, session.history))
        raise CutOff("The reply ended in the middle; ask again.")

    async def _make_room(self, at_any_price: bool) -> bool:
        """Shorten the conversation if it fills too much of the window; whether it is shorter."""
        done = await shortened(self.session, at_any_price)
        if done is not None:
            self.tell(Notice(done))
        return done is not None

    def _settle(self, ended: TurnEnded) -> None:
        """Let the history end with a reply, or with why there is none."""
        if not self.session.unfinished:
            return
        said = "".join(self.partial).strip()
        note = f"{FROM_PROGRAM}the reply stopped here. {ended.sentence or _SENTENCES['done']}]"
        self.session.say(Message("assistant", f"{said}\n\n{note}" if said else note))


def _answer_all(session: Session) -> None:
    for call in unanswered(session.history):
        result = ToolResult(call.id, call.name, "No answer: the turn ended before.", is_error=True)
        session.say(Message("tool", tool_results=(result,)))


def _sound(message: Message, history: tuple[Message, ...]) -> Message:
    """The message as an assistant's, with ids that no other call has."""
    taken = {call.id for one in history for call in one.tool_calls}
    calls: list[ToolCall] = []
    for call in message.tool_calls:
        if not call.id or call.id in taken:
            fresh = next(one for n in range(len(taken) + 1) if (one := f"call_{n}") not in taken)
            call = replace(call, id=fresh)
        taken.add(call.id)
        calls.append(call)
    extra = message.extra if tuple(calls) == message.tool_calls else None
    return Message("assistant", message.text, tuple(calls), extra=extra)


def _ended(reason: Reason) -> TurnEnded:
    return TurnEnded(reason, _SENTENCES.get(reason, ""))


_SENTENCES: dict[str, str] = {
    "interrupted": "Stopped on request; what was finished is kept.",
    "max_steps": "That took as many steps as one turn may; say go on to continue.",
    "max_cost": "That cost as much as one turn may; say go on to continue.",
    "max_wall": "That took as long as one turn may. A job that is running goes on; say go on to "
    "look at it.",
    "bad_calls": "No call of the last replies worked; say it in other words, or choose another "
    "model. The last one was told:",
}
_WITHHELD = "The provider withheld the reply; say it differently, or choose another model."
_EMPTY = "{model} answered with nothing twice; say it in other words, or choose another model."
_TOO_LONG = "{model} wrote more than it may twice; ask for less at once, or choose another model."
