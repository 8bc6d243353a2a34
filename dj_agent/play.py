"""The command `dj-agent play`: from a file's path to an exit code.

Brings the pieces together: setlist, toolbox, rendering, display, folder and summary.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from dj_agent.answers import FinishedSet, Job, RendererNote
from dj_agent.display import audience, terminal
from dj_agent.folder import SetFolder
from dj_agent.rendering import Audience, Interrupted, Rendering
from dj_agent.setlist import Setlist, SetlistError, read_setlist
from dj_agent.summary import Delivered, count, summary
from dj_agent.text import slug
from dj_agent.toolbox import NoStudio, Toolbox, ToolFailed, open_toolbox

_DONE, _FAILED, _WRONG_USE, _INTERRUPTED = 0, 1, 2, 130
_OWN_WAIT_S = "1"
"""How long the server in this process waits for a job: it is asked again at once anyway."""
_GOES_ON = "The same command goes on from here."


def play(file: Path, out: Path | None, url: str | None, environ: Mapping[str, str]) -> int:
    """Make the set and say how it went; the exit code."""
    try:
        setlist = read_setlist(file)
    except SetlistError as error:
        complain(*error.problems)
        return _WRONG_USE
    folder = SetFolder(out or Path("sets") / slug(setlist.title))
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        complain(f"{folder.path} can't be used: {error.strerror}.")
        return _FAILED
    _log_to(folder.log)
    performance = _Performance(setlist, folder, url, terminal(environ))
    try:
        return asyncio.run(performance.run(environ))
    except NoStudio as error:
        asked = "renderer" if setlist.renderer else "DJ_RENDERER"
        complain(error.message.replace("DJ_RENDERER", asked))
        return _FAILED if url else _WRONG_USE
    except ToolFailed as error:
        complain(error.message)
        return _FAILED
    except Interrupted as error:
        complain(*filter(None, (error.message, f"Stopped. {_GOES_ON}")))
        return _INTERRUPTED


@dataclass(frozen=True, slots=True)
class _Performance:
    """One playing of a setlist."""

    setlist: Setlist
    folder: SetFolder
    url: str | None
    console: Console

    async def run(self, environ: Mapping[str, str]) -> int:
        """Have the set made, fetch it and sum it up; the exit code.

        Raises `NoStudio`, `ToolFailed` and `Interrupted`.
        """
        renderer = self.setlist.renderer or environ.get("DJ_RENDERER", "").strip() or "auto"
        settings = {**environ, "DJ_RENDERER": renderer, "DJ_WAIT_S": _OWN_WAIT_S}
        async with open_toolbox(self.url, settings, self.setlist.folders) as toolbox:
            renderers = await _renderers(toolbox)
            plan = json.dumps(self.setlist.planned(), ensure_ascii=False)
            with self._audience() as watching:
                job = await Rendering(toolbox, watching).run(plan)
        if job.status != "done" or job.set_made is None:
            complain(*_what_ended(job))
            return _FAILED
        place, trouble = self._fetch(job.set_made)
        done = Delivered(job.set_made, place, job.renderer, job.warnings)
        self.console.print(summary(done, renderers, self.console.width))
        complain(*trouble)
        whole = not any(slot.failed for slot in job.set_made.slots)
        return _DONE if whole and (self.url or not trouble) else _FAILED

    def _audience(self) -> AbstractContextManager[Audience]:
        slots = self.setlist.slots
        made = sum(slot.kind != "track" for slot in slots)
        return audience(self.console, self.setlist.title, len(slots), made)

    def _fetch(self, made: FinishedSet) -> tuple[Path, tuple[str, ...]]:
        """Bring the set into its folder: where it is now, and why it isn't there, if so."""
        source = Path(made.folder)
        if not _is_here(source):
            where = "stays on the studio's computer, in" if self.url else "isn't there any more, in"
            return source, (f"The set {where} {source}.",)
        try:
            self.folder.receive(source, made.files)
        except OSError as error:
            reason = f"The set can't be put into {self.folder.path}: {error.strerror}."
            return source, (f"{reason} It is in {source}.",)
        return self.folder.path, ()


def _is_here(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # somebody else's
        return False


def complain(*sentences: str) -> None:
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))


def _what_ended(job: Job) -> tuple[str, ...]:
    """Why there is no set, and what there is nevertheless."""
    if job.status == "done":
        return ("The studio made something, but no set; is it another version of dj-agent?",)
    if job.status == "cancelled":
        return (f"Somebody stopped the job. {_GOES_ON}",)
    reason = job.error.message if job.error else job.message
    kept = f"{count(len(job.tracks), 'finished track')} kept; the same command goes on from there."
    return (reason, *([kept] if job.tracks else []))


async def _renderers(toolbox: Toolbox) -> tuple[RendererNote, ...]:
    try:
        return (await toolbox.status()).renderers
    except ToolFailed:
        return ()  # worth a line at the end, not worth stopping for


def _log_to(file: Path) -> None:
    """Keep what the server and the libraries complain about out of the picture."""
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
