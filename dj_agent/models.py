"""`dj-agent models`: which models there are, and fetching, checking and removing them.

Knows terminals and questions. Models belong to this machine and not to the studio that clients
see: no tool fetches one, so no client can fill a disk. That is why this module goes to the engine
past MCP, the only one that does.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from dj_agent.display import terminal
from engine.downloads import Arrived, fetch
from engine.errors import StudioError
from engine.models import (
    MODELS,
    Model,
    folder_of,
    is_intact,
    lacking,
    megabytes,
    missing_files,
    named,
)
from engine.settings import Settings

DONE, FAILED = 0, 1


def models(action: str, name: str | None, yes: bool, environ: Mapping[str, str]) -> int:
    """Do it with the model of this name, in the studio's folder; the exit code.

    `yes` answers the question before fetching or removing.
    """
    console = terminal(environ)
    try:
        home = Settings.read(environ).home
        if action == "list" or name is None:
            return _list(console, home)
        return {"get": _get, "verify": _verify, "remove": _remove}[action](
            console, named(name), home, yes
        )
    except StudioError as error:
        console.print(error.message, style="red", soft_wrap=True)
        return FAILED


def _list(console: Console, home: Path) -> int:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("Name", "Size", "Here", "For"):
        table.add_column(title, no_wrap=title != "For")
    for model in MODELS.values():
        missing = missing_files(model, home)
        here = "yes" if not missing else "no" if len(missing) == len(model.files) else "in part"
        table.add_row(model.name, megabytes(model.size_bytes), here, model.purpose)
    console.print(table)
    console.print(f"They lie in {home / 'models'}.", style="dim", soft_wrap=True)
    return DONE


def _get(console: Console, model: Model, home: Path, yes: bool) -> int:
    """Fetch what is missing, once its size and terms have been shown and agreed to."""
    folder = folder_of(model, home)
    wanted = [file for file in model.files if not is_intact(folder / file.name, file)]
    if wanted:
        size = megabytes(sum(file.size_bytes for file in wanted))
        console.print(f"{model.name}: {model.purpose}.", soft_wrap=True)
        console.print(model.terms, soft_wrap=True)
        if not _agreed(console, f"Fetch {size} into {folder}?", yes):
            return FAILED
    for file in wanted:
        with _watched(console, file.name, file.size_bytes) as arrived:
            fetch(file, folder, arrived)
    console.print(f"{model.name} is here, and its files are what they must be.")
    if needed := lacking(model, home):
        console.print(f"Before it can be used: {needed}.", soft_wrap=True)
    return DONE


def _verify(console: Console, model: Model, home: Path, _: bool) -> int:
    """Read every file. What is damaged stays where it is."""
    folder, bad = folder_of(model, home), 0
    for file in model.files:
        intact = is_intact(folder / file.name, file)
        bad += not intact
        there = (folder / file.name).exists()
        console.print(f"{file.name}: {'intact' if intact else 'damaged' if there else 'not here'}")
    if bad:
        console.print(f"Fetch {model.name} again with `dj-agent models get {model.name}`.")
    return FAILED if bad else DONE


def _remove(console: Console, model: Model, home: Path, yes: bool) -> int:
    """Delete the model's files, finished or not, and its folder unless it holds something else."""
    folder = folder_of(model, home)
    names = [name for file in model.files for name in (file.name, f"{file.name}.part")]
    found = [folder / name for name in names if (folder / name).exists()]
    if not found:
        console.print(f"{model.name} isn't here.")
        return DONE
    size = megabytes(sum(path.stat().st_size for path in found))
    if not _agreed(console, f"Delete {size} in {folder}?", yes):
        return FAILED
    for path in found:
        path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    console.print(f"{model.name} is gone; {size} are free again.")
    return DONE


def _agreed(console: Console, question: str, yes: bool) -> bool:
    if yes:
        console.print(question.replace("?", "."), soft_wrap=True)
        return True
    if not sys.stdin.isatty():
        console.print(f"{question} Nobody is there to ask; add --yes.", soft_wrap=True)
        return False
    return console.input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


@contextmanager
def _watched(console: Console, name: str, size_bytes: int) -> Generator[Arrived]:
    """A bar for one file that is on its way."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(name, total=size_bytes)
        yield lambda have: bars.update(task, completed=have)
