"""The calls of one reply: checked, made, watched until their jobs are finished, and answered.

Every call gets its result, whatever happens. Knows nothing of models.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from dj_agent.answers import Job
from dj_agent.events import Event, ToolFinished, ToolProgress, ToolStarted
from dj_agent.journal import JournalTrouble
from dj_agent.messages import Message, ToolCall, ToolResult
from dj_agent.session import Session
from dj_agent.text import one_line
from dj_agent.tokens import CHARACTERS
from dj_agent.toolbox import Answer, ToolFailed

POLL_S = 1.0
"""How long one look at a job waits for its end. No tokens are spent on looking."""
_STOPPING_S = 10.0
"""How long a job may take to stop before it is left to itself."""
_MOST_TEXT = 24_000
"""Characters of a result; fewer for models with small windows."""
_SUMMARY = 160

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Answer
    made: bool
    """Whether the studio took the call."""


@dataclass(slots=True)
class Calls:
    """Makes calls until `deadline` on the session's clock: a job that runs longer is left to
    itself."""

    session: Session
    tell: Tell
    deadline: float
    interrupted: bool = False
    """Whether somebody pressed Ctrl-C meanwhile. All calls are answered nevertheless."""
    refusal: str = ""
    """What the last call that failed was told, for a person."""

    async def run(self, calls: Sequence[ToolCall]) -> bool:
        """Answer the calls in order, those that only read together; whether any was made."""
        any_made = False
        for together in self._groups(calls):
            if self.interrupted:
                outcomes = [_Outcome(_NEVER_CALLED, made=True) for _ in together]
            else:
                outcomes = await self._together(together)
            for call, outcome in zip(together, outcomes, strict=True):
                self._record(call, outcome)
                any_made = any_made or outcome.made
        return any_made

    def _groups(self, calls: Sequence[ToolCall]) -> list[list[ToolCall]]:
        """The calls in order: neighbours that only read together, each of the others alone."""
        groups: list[list[ToolCall]] = []
        for call in calls:
            if groups and self._reads(call) and self._reads(groups[-1][-1]):
                groups[-1].append(call)
            else:
                groups.append([call])
        return groups

    def _reads(self, call: ToolCall) -> bool:
        tool = self.session.tools.get(call.name)
        return tool is not None and tool.reads

    async def _together(self, calls: Sequence[ToolCall]) -> list[_Outcome]:
        tasks = [asyncio.create_task(self._made(call)) for call in calls]
        while pending := [task for task in tasks if not task.done()]:
            try:
                await asyncio.wait(pending)
            except asyncio.CancelledError:
                self.interrupted = True
                uncancel()
                for task in pending:
                    task.cancel()
        # All are asked: asyncio complains of an error that nobody has heard of.
        errors = [task.exception() for task in tasks if not task.cancelled()]
        if error := next(filter(None, errors), None):
            raise error
        return [
            _Outcome(_NEVER_CALLED, made=True) if task.cancelled() else task.result()
            for task in tasks
        ]

    async def _made(self, call: ToolCall) -> _Outcome:
        if fault := self._fault(call):
            return _Outcome(Answer(fault, is_error=True), made=False)
        self.session.calling(call)
        self.tell(ToolStarted(call.id, call.name, call.sendable))
        try:
            answer = await self._answer(call)
        except ToolFailed as error:
            return _Outcome(Answer(error.message, is_error=True), made=False)
        except asyncio.CancelledError:
            uncancel()
            return _Outcome(await self._stopped(call), made=True)
        return _Outcome(answer, made=not answer.is_error)

    def _fault(self, call: ToolCall) -> str:
        """Why the call can't be made, and how it could."""
        tools = self.session.tools
        if call.name not in tools:
            close = get_close_matches(call.name, tools, 1)
            meant = f"; did you mean {close[0]}?" if close else "."
            name = one_line(call.name, 40)
            return f"There is no tool {name!r}{meant} The tools are {', '.join(tools)}."
        if call.arguments is None:
            names = ", ".join(tools[call.name].spec.schema.get("properties", {})) or "nothing"
            return (
                f"The arguments of {call.name} are no JSON object, so it was not called. Write "
                f"them as one, with what you need of: {names}."
            )
        return ""

    async def _answer(self, call: ToolCall) -> Answer:
        """What the tool answers, once its job is finished or the time is up."""

        heard = _Heard(self, call)
        toolbox, clock = self.session.toolbox, self.session.clock
        answer = await toolbox.call(call.name, call.sendable, heard.hear)
        while (job := answer.job) and not job.finished:
            heard.hear(job)
            heard.check()
            if clock() >= self.deadline or (call.name == "get_job" and "wait_s" in call.sendable):
                break
            look = {"job_id": job.job_id, "wait_s": POLL_S}
            answer = await toolbox.call("get_job", look, heard.hear)
        heard.check()
        return answer

    async def _stopped(self, call: ToolCall) -> Answer:
        """What is left of a call that the user cancelled."""
        job_id = self.session.job_ids.get(call.id)
        if job_id is None:
            unsure = "" if self._reads(call) else " If it began, search_library lists its job."
            return Answer(f"Cancelled by the user.{unsure}", is_error=True)
        try:
            answer = await self._cancelled(job_id)
        except ToolFailed as error:
            return Answer(f"Cancelled by the user. {error.message}", is_error=True)
        except asyncio.CancelledError:  # in a hurry
            uncancel()
            text = f"Cancelled by the user. Whether {job_id} stopped isn't known; see get_job."
            return Answer(text, is_error=True)
        return Answer(f"Cancelled by the user. {answer.text}", answer.data, is_error=True)

    async def _cancelled(self, job_id: str) -> Answer:
        """The job once it has stopped: renderers do at their next step. Raises `ToolFailed`."""
        toolbox, clock = self.session.toolbox, self.session.clock
        patience = clock() + _STOPPING_S
        answer = await toolbox.call("cancel_job", {"job_id": job_id})
        while (job := answer.job) and not job.finished and clock() < patience:
            answer = await toolbox.call("get_job", {"job_id": job_id, "wait_s": POLL_S})
        return answer

    def _record(self, call: ToolCall, outcome: _Outcome) -> None:
        """Write the result down, and tell of it."""
        answer = outcome.answer
        self.session.learn(call, answer.data)
        text = self._cut(answer.text)
        result = ToolResult(call.id, call.name, text, answer.is_error)
        self.session.say(Message("tool", tool_results=(result,)))
        failed = answer.is_error or (answer.job is not None and answer.job.status == "failed")
        if not outcome.made:
            self.refusal = summary(text)
        self.tell(ToolFinished(call.id, call.name, not failed, summary(text)))

    def _cut(self, text: str) -> str:
        """At most an eighth of the model's window."""
        window = self.session.provider.context_tokens * CHARACTERS
        most = min(_MOST_TEXT, max(window // 8, 1000))
        if len(text) <= most:
            return text
        return f"{text[:most]}…\n(Cut: {len(text):,} characters in all. Ask for less at once.)"


@dataclass(slots=True)
class _Heard:
    """What was heard of a call's job. News come while others wait for them, so whatever goes wrong
    with it is kept until `check`."""

    calls: Calls
    call: ToolCall
    told: ToolProgress | None = None
    trouble: JournalTrouble | None = None

    def hear(self, job: Job) -> None:
        progress = ToolProgress(self.call.id, _line(job), round(job.progress, 3))
        try:
            self.calls.session.began(self.call, job.job_id)
        except JournalTrouble as error:
            self.trouble = error
        if progress != self.told:
            self.calls.tell(progress)
        self.told = progress

    def check(self) -> None:
        """Raises `JournalTrouble` if the job could not be written down."""
        if self.trouble:
            raise self.trouble


_NEVER_CALLED = Answer("Not called: cancelled by the user.", is_error=True)


def summary(text: str) -> str:
    """A result in one line for a person, without what it says a model should do next."""
    first = text.partition("\n")[0].partition(" Next: ")[0]
    return one_line(first, _SUMMARY)


def uncancel() -> None:
    """The cancellation was heard, and is no more."""
    if task := asyncio.current_task():
        task.uncancel()


def _line(job: Job) -> str:
    words = job.stage or job.status
    return words if job.eta_s is None else f"{words}, about {job.eta_s:.0f} s left"
