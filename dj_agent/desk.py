"""The DJ at work: a model, the studio and a conversation, brought together and kept open.

Knows how each is opened, and that two of them take a second to load: they are brought in while the
person is still reading. Shows what it is told to; decides nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

from dj_agent.home import home
from dj_agent.player import Speakers, players
from dj_agent.providers import ChatProvider, Choice, choose

if TYPE_CHECKING:
    from dj_agent.events import Event, UsageUpdate
    from dj_agent.inquiries import ListedTrack, Page
    from dj_agent.journal import Kept
    from dj_agent.session import Session
    from dj_agent.set_state import SetState
    from dj_agent.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    provider: str | None = None
    model: str | None = None
    url: str | None = None
    """A running studio's address, instead of one in this process."""
    max_cost_usd: float | None = None
    """What one turn may cost."""
    goes_on: bool = False
    """With the last conversation, not a new one."""


class Desk:
    """Where a conversation is held. Close it."""

    def __init__(
        self, wanted: Wanted, choice: Choice, console: Console, environ: Mapping[str, str]
    ) -> None:
        self.choice = choice
        self.speakers = Speakers(players(environ))
        self.listed: Sequence[ListedTrack] = ()
        """The tracks that were shown last, for whoever names one by its number."""
        self._wanted = wanted
        self._console = console
        self._environ = environ
        self._folders: list[Path] = []
        self._studio = _Studio()
        self._session: Session | None = None
        self._opening: asyncio.Task[Session] | None = None
        self._goes_on = wanted.goes_on

    # What is shown

    @property
    def width(self) -> int:
        return self._console.width

    def says(self, sentence: str) -> None:
        self._console.print(Text(sentence), soft_wrap=not self._console.is_terminal)

    def shows(self, thing: RenderableType) -> None:
        self._console.print(thing, crop=False)

    # The conversation

    @property
    def state(self) -> SetState:
        """Where the set stands."""
        from dj_agent.set_state import SetState

        return self._session.state if self._session else SetState()

    @property
    def spent(self) -> UsageUpdate | None:
        return self._session.used if self._session else None

    def load(self) -> None:
        """Begin to open everything, without waiting for it."""
        if self._session is None and self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_noticed)

    async def session(self) -> Session:
        """The conversation, once everything is open. Raises `Trouble` and `ProviderError`."""
        if self._session is None:
            self.load()
            opening = self._opening
            assert opening is not None
            try:
                self._session = await asyncio.shield(opening)
            finally:
                if opening.done():  # the next one tries again if this one failed
                    self._opening = None
        return self._session

    async def turn(self, text: str | None) -> AsyncGenerator[Event]:
        """What happens from these words on. Raises `Trouble` and `ProviderError`."""
        session = await self.session()
        from dj_agent.loop import turn

        async with aclosing(turn(session, text)) as events:
            async for event in events:
                yield event

    async def toolbox(self) -> Toolbox:
        return (await self.session()).toolbox

    async def reads(self, folders: Sequence[Path]) -> None:
        """Let the studio in this process read these folders, too, as long as it runs."""
        new = [one for one in folders if not any(one.is_relative_to(it) for it in self._folders)]
        if not new or self._wanted.url:
            return
        self._folders += new
        if self._session or self._opening:
            session = await self.session()
            await self._studio.close()
            session.toolbox = await self._studio.open(None, self._environ, self._folders)

    async def library(self, words: str) -> Page:
        """A page of the library, which is what numbers are of from now on. Raises `Trouble`."""
        toolbox = await self.toolbox()
        from dj_agent.inquiries import library

        page = await library(toolbox, words)
        self.listed = page.tracks
        return page

    async def switch(self, provider: str, model: str | None) -> None:
        """Talk to somebody else from now on. Raises `ProviderError`."""
        choice = await asyncio.to_thread(choose, self._environ, provider, model)
        made = await asyncio.to_thread(provider_of, choice)
        session = await self.session()
        session.provider, self.choice = made, choice

    async def save(self, name: str) -> str:
        """Give the conversation a name; the one that it has."""
        session = await self.session()
        if name:
            session.rename(name)
        return session.name

    async def kept(self) -> Sequence[Kept]:
        """The other conversations, the newest first."""
        session = await self.session()
        from dj_agent.journal import sessions

        found = await asyncio.to_thread(sessions, self._place)
        return [one for one in found if one.path != session.journal.path]

    async def resume(self, name: str) -> None:
        """Go on with the conversation of this name. Raises `Trouble`."""
        from dj_agent.journal import find

        await self._change(find(self._place, name))

    async def clear(self) -> None:
        """Begin a new conversation."""
        await self._change(self._fresh())

    async def compact(self) -> str:
        """Shorten what the model reads; what was done, in a sentence."""
        session = await self.session()
        from dj_agent.compaction import shortened

        done = await shortened(session, at_any_price=True)
        return done or "There is nothing to shorten yet."

    async def close(self) -> None:
        """Stop the music, and close what is open."""
        self.speakers.stop()
        if self._opening and not self._opening.done():
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._session:
            _leave(self._session)
        await self._studio.close()

    # How it is opened

    @property
    def _place(self) -> Path:
        return home(self._environ) / "sessions"

    async def _open(self) -> Session:
        await asyncio.to_thread(import_module, "dj_agent.loop")
        provider = await asyncio.to_thread(provider_of, self.choice)
        toolbox = await self._studio.open(self._wanted.url, self._environ, self._folders)
        from dj_agent.session import Limits, open_session

        limits = Limits()
        if self._wanted.max_cost_usd is not None:
            limits = Limits(cost_usd=self._wanted.max_cost_usd)
        return await open_session(self._first(), provider, toolbox, limits)

    def _first(self) -> Path:
        from dj_agent.journal import sessions

        old = [one for one in sessions(self._place) if one.turns] if self._goes_on else []
        return old[0].path if old else self._fresh()

    def _fresh(self) -> Path:
        """A file that no conversation has yet."""
        from dj_agent.journal import SUFFIX

        id = base = time.strftime("%Y-%m-%d-%H%M%S")
        number = 1
        while (path := self._place / f"{id}{SUFFIX}").exists():
            number += 1
            id = f"{base}-{number}"
        return path

    async def _change(self, path: Path) -> None:
        """Put another conversation in the place of this one."""
        from dj_agent.session import open_session

        old = await self.session()
        if path == old.journal.path:
            return
        self._session = await open_session(path, old.provider, old.toolbox, old.limits)
        self.listed = ()
        _leave(old)


def provider_of(choice: Choice) -> ChatProvider:
    """Whom to talk to: a model, or the few rules that stand in for one."""
    if choice.name == "offline":
        from dj_agent.offline_dj import OfflineDJ

        return OfflineDJ()
    return choice.make()


def _leave(session: Session) -> None:
    """Close the conversation; nothing is kept of one in which nothing was said."""
    session.close()
    if not session.history:
        session.journal.path.unlink(missing_ok=True)


class _Studio:
    """A toolbox that stays open between calls. It is opened and closed by a task of its own, since
    a connection must be closed where it was opened."""

    def __init__(self) -> None:
        self._leaving = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(
        self, url: str | None, environ: Mapping[str, str], folders: Sequence[Path]
    ) -> Toolbox:
        """Raises `Trouble`."""
        self._leaving = asyncio.Event()
        ready: asyncio.Future[Toolbox] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._stay(ready, url, environ, tuple(folders)))
        await asyncio.wait([ready, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            task, self._task = self._task, None
            await task
        return ready.result()

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._leaving.set()
            await asyncio.wait([task])
            _noticed(task)  # a studio that is gone needs no leave

    async def _stay(
        self,
        ready: asyncio.Future[Toolbox],
        url: str | None,
        environ: Mapping[str, str],
        folders: Sequence[Path],
    ) -> None:
        from dj_agent.toolbox import open_toolbox

        async with open_toolbox(url, environ, folders) as toolbox:
            ready.set_result(toolbox)
            await self._leaving.wait()


def _noticed(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
