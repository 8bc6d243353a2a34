"""`dj-agent chat`: a conversation with the DJ, in a terminal or over a pipe.

Knows lines, Ctrl-C, and whose turn it is. What is done at the prompt is in `dj_agent.prompting`,
what is shown in `dj_agent.transcript`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from dj_agent.desk import Desk, Wanted
from dj_agent.events import ToolFinished
from dj_agent.home import home
from dj_agent.interrupts import interrupts
from dj_agent.providers import Choice, ProviderError, choose
from dj_agent.silence import unechoed
from dj_agent.transcript import Transcript, screen
from dj_agent.trouble import Trouble

if TYPE_CHECKING:
    from dj_agent.set_state import SetState

DONE, WRONG_USE, INTERRUPTED = 0, 2, 130

_TWICE_S = 2.0
"""Two Ctrl-C within this time leave."""
_TICK_S = 0.5
_OTHERS = "Another: --provider and --model, or /model here. /help says more."
_AND_KEYS = "A key for OpenRouter, Anthropic or Gemini, or Ollama, brings one. /help says more."

Read = Callable[[], Awaitable[str]]
"""The next line. Raises `EOFError` at the end, `KeyboardInterrupt` for Ctrl-C."""


def chat(wanted: Wanted, environ: Mapping[str, str]) -> int:
    """Hold the conversation; the exit code."""
    try:
        choice = choose(environ, wanted.provider, wanted.model)
    except ProviderError as error:
        sys.stderr.write(f"{error.message}\n")
        return WRONG_USE
    console = screen(environ)
    _log_to(environ)
    try:
        return asyncio.run(_held(wanted, choice, console, environ))
    except KeyboardInterrupt:
        return INTERRUPTED


async def _held(
    wanted: Wanted, choice: Choice, console: Console, environ: Mapping[str, str]
) -> int:
    desk = Desk(wanted, choice, console, environ)
    talk = Conversation(desk, Transcript(console), console)
    others = _AND_KEYS if choice.name == "offline" else _OTHERS
    console.print(Text(f"{choice.sentence} {others}", style="dim"))
    if sys.stdin.isatty() and sys.stdout.isatty():
        from dj_agent.prompting import Prompt

        read = Prompt(home(environ)).read
    else:
        read = _piped
    try:
        with unechoed(sys.stdin):
            if wanted.goes_on:
                await talk.go_on()
            return await talk.hold(read)
    finally:
        await desk.close()


@dataclass(slots=True)
class Conversation:
    """Lines in, turns out, until somebody leaves."""

    desk: Desk
    transcript: Transcript
    console: Console
    interrupted_at: float = field(default=float("-inf"))
    leaving: bool = False
    """Whether Ctrl-C was pressed twice."""
    unfinished: bool = False
    """Whether an empty line goes on with a turn that broke off."""

    async def hold(self, read: Read) -> int:
        """Read and answer until the end; the exit code."""
        loading = asyncio.get_running_loop().call_later(0.05, self.desk.load)
        try:
            while not self.leaving:
                try:
                    line = await read()
                except EOFError:
                    return DONE
                except KeyboardInterrupt:
                    return INTERRUPTED
                if not await self.answer(line):
                    return DONE
            return INTERRUPTED
        finally:
            loading.cancel()

    async def answer(self, line: str) -> bool:
        """Do what the line says; whether the conversation goes on."""
        from dj_agent.commands import Leave, is_command, obey

        words = line.strip()
        if words.lower() in ("exit", "quit"):
            return False
        if is_command(words):
            try:
                await self._safely(obey(self.desk, words))
            except Leave:
                return False
        elif words or self.unfinished:
            await self._safely(self._turn(words or None))
            self.unfinished = False
        return True

    async def go_on(self) -> None:
        """Open the conversation that is gone on with, and say where it stood."""
        await self._safely(self._recall())

    async def _recall(self) -> None:
        from dj_agent.commands import recap

        session = await self.desk.session()
        self.transcript.show(session.used)
        self.console.print(Text(recap(session), style="dim"))
        self.unfinished = session.unfinished
        if self.unfinished:
            self.console.print("The last turn broke off; an empty line goes on with it.")

    async def _safely(self, work: Awaitable[None]) -> None:
        """Do it; what goes wrong is a sentence, and Ctrl-C stops it and not us."""
        ticking = asyncio.create_task(self._tick())
        task = asyncio.ensure_future(work)
        try:
            with interrupts(lambda: self._interrupt(task)):
                await asyncio.wait([task])
        finally:
            ticking.cancel()
            task.cancel()
            self.transcript.rest()
        if task.cancelled():
            self.console.print(Text("Stopped.", style="yellow"))
        elif error := task.exception():
            if not isinstance(error, Trouble):
                raise error
            self.console.print(Text(str(error), style="red"))

    def _interrupt(self, task: asyncio.Future[None]) -> None:
        now = time.monotonic()
        self.leaving = self.leaving or now - self.interrupted_at <= _TWICE_S
        self.interrupted_at = now
        task.cancel()

    async def _turn(self, words: str | None) -> None:
        from dj_agent.dropped import read_paths

        self.transcript.begin(self.desk.choice.model or self.desk.choice.name)
        if words is not None:
            typed = read_paths(words)
            await self.desk.reads(typed.folders)
            words = typed.text
        before = self.desk.state
        async with aclosing(self.desk.turn(words)) as events:
            async for event in events:
                self.transcript.show(event)
                if isinstance(event, ToolFinished):
                    self._show_news(before, self.desk.state)
                    before = self.desk.state

    def _show_news(self, before: SetState, now: SetState) -> None:
        """A table of what there is now and wasn't before."""
        from dj_agent.sheets import made_sheet, plan_sheet

        if now.plan and now.plan != before.plan:
            self.transcript.add(plan_sheet(now.plan, self.console.width))
        if now.made and now.made != before.made:
            self.desk.listed = ()
            self.transcript.add(made_sheet(now.made, self.console.width))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.transcript.tick()


async def _piped() -> str:
    """The next line of what is piped in."""
    line = await asyncio.to_thread(sys.stdin.readline)
    if not line:
        raise EOFError
    return line


def _log_to(environ: Mapping[str, str]) -> None:
    """Keep what the server and the libraries complain about out of the conversation."""
    if not sys.stderr.isatty():
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
        return
    folder = home(environ)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        file = logging.FileHandler(folder / "dj-agent.log", encoding="utf-8", delay=True)
        logging.basicConfig(level=logging.WARNING, handlers=[file])
