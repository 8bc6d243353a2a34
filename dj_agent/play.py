"""The command `dj-agent play`: from a file's path to an exit code.

Brings the pieces together: setlist, folder, toolbox, performance and display.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from dj_agent.answers import RendererNote
from dj_agent.display import audience, terminal
from dj_agent.folder import SetFolder
from dj_agent.perform import Ending, Performance, opening
from dj_agent.record import SetRecord
from dj_agent.setlist import SetlistError, read_setlist
from dj_agent.summary import summary
from dj_agent.text import slug
from dj_agent.toolbox import NoStudio, Toolbox, ToolFailed, open_toolbox

_EXIT_CODES: Mapping[Ending, int] = {"done": 0, "failed": 1, "interrupted": 130}
_FAILED, _WRONG_USE = 1, 2
_OWN_WAIT_S = "1"
"""How long the server in this process waits for a job: it is asked again at once anyway."""


def play(file: Path, out: Path | None, url: str | None, environ: Mapping[str, str]) -> int:
    """Make the set and say how it went; the exit code."""
    try:
        setlist = read_setlist(file)
    except SetlistError as error:
        _complain(*error.problems)
        return _WRONG_USE
    folder = SetFolder(out or Path("sets") / slug(setlist.title))
    ours = "" if url else environ.get("DJ_RENDERER", "").strip()
    renderer = setlist.renderer or ours or "auto"
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        record = opening(setlist, folder, renderer)
    except OSError as error:
        _complain(f"{folder.path} can't be used: {error.strerror}.")
        return _FAILED
    _log_to(folder.log)
    try:
        ending = asyncio.run(_perform(record, folder, url, environ))
    except NoStudio as error:
        asked = "renderer" if setlist.renderer else "DJ_RENDERER"
        _complain(error.message.replace("DJ_RENDERER", asked))
        return _FAILED if url else _WRONG_USE
    if ending == "interrupted":
        _complain("Stopped. The same command goes on from here.")
    return _EXIT_CODES[ending]


async def _perform(
    record: SetRecord, folder: SetFolder, url: str | None, environ: Mapping[str, str]
) -> Ending:
    settings = {**environ, "DJ_RENDERER": record.renderer, "DJ_WAIT_S": _OWN_WAIT_S}
    files = [Path(slot.asked["track"]) for slot in record.slots if "track" in slot.asked]
    sources = {file.parent for file in files if file.is_absolute()}
    console = terminal(environ)
    async with open_toolbox(url, settings, sorted(sources)) as toolbox:
        renderers = await _renderers(toolbox)
        with audience(console, record) as watching:
            performance = Performance(record, toolbox, folder, watching)
            ending = await performance.run()
    record = performance.record
    console.print(summary(record, folder.playlist(record), renderers, console.width))
    if performance.trouble:
        _complain(performance.trouble)
    return ending


async def _renderers(toolbox: Toolbox) -> tuple[RendererNote, ...]:
    try:
        return (await toolbox.status()).renderers
    except ToolFailed:
        return ()  # worth a line at the end, not worth stopping for


def _log_to(file: Path) -> None:
    """Keep what the server and the libraries complain about out of the picture."""
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _complain(*sentences: str) -> None:
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
