"""`dj-agent models`: which models there are; fetching, checking, unloading and removing them.

Knows terminals and questions. Models belong to this machine and not to the studio that clients
see: no tool fetches one, so no client can fill a disk. That is why this module goes to the engine
past MCP, the only one that does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dj_agent.bars import watched
from dj_agent.display import terminal
from engine import Studio, shelf
from engine.downloads import UNFINISHED, check_room, fetch, remaining_bytes
from engine.errors import NotFound, StudioError
from engine.hub import Hub
from engine.models import (
    MODELS,
    Model,
    ModelFile,
    folder_of,
    is_intact,
    megabytes,
    missing_files,
    uninstalled,
)
from engine.renderers.acestep.checkpoints import CHECKPOINTS, Checkpoint, download_bytes
from engine.renderers.acestep.finding import find
from engine.settings import Settings

DONE, FAILED = 0, 1

Placed = Sequence[tuple[Path, ModelFile]]
"""Files, each with the folder that it belongs into."""


@dataclass(frozen=True, slots=True)
class _Counter:
    """Where a person is served: what they see, what they have answered, what is kept where."""

    console: Console
    yes: bool
    settings: Settings
    hub: Hub

    def says(self, sentence: str) -> None:
        self.console.print(sentence, soft_wrap=True)

    def agreed(self, question: str) -> bool:
        if self.yes:
            self.says(question.replace("?", "."))
            return True
        if not sys.stdin.isatty():
            self.says(f"{question} Nobody is there to ask; add --yes.")
            return False
        return self.console.input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def models(action: str, name: str | None, yes: bool, environ: Mapping[str, str]) -> int:
    """Do it with the model of this name, on this machine; the exit code.

    `yes` answers the question before fetching or removing.
    """
    console = terminal(environ)
    try:
        at = _Counter(console, yes, Settings.read(environ), Hub.read(environ))
        if name is None:
            return _unload(at) if action == "unload" else _list(at)
        if name in MODELS:
            return _ON_MODELS[action](at, MODELS[name])
        if name in CHECKPOINTS:
            return _ON_CHECKPOINTS[action](at, CHECKPOINTS[name])
        known = ", ".join((*MODELS, *CHECKPOINTS))
        raise NotFound(f"There is no model {name!r}; there are: {known}.")
    except StudioError as error:
        console.print(error.message, style="red", soft_wrap=True)
        return FAILED


def _list(at: _Counter) -> int:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("Name", "Size", "Here", "For"):
        table.add_column(title, no_wrap=title != "For")
    home, roots = at.settings.home, at.settings.checkpoints
    for model in MODELS.values():
        missing = missing_files(model, home)
        here = "yes" if not missing else "no" if len(missing) == len(model.files) else "in part"
        table.add_row(model.name, megabytes(model.size_bytes), here, model.purpose)
    for one in CHECKPOINTS.values():
        pieces = shelf.kept(one, roots)
        known = sum(file.size_bytes for _, file in _placed(pieces))
        size = megabytes(known) if known else f"~{megabytes(download_bytes(one))}"
        table.add_row(one.name, size, shelf.here(one, roots), shelf.about(one).purpose)
    at.console.print(table)
    places = f"{home / 'models'}"
    if not roots[0].is_relative_to(places):
        places += f" and {roots[0]}"
    at.console.print(f"Those that are fetched lie in {places}.", style="dim", soft_wrap=True)
    return DONE


def _unload(at: _Counter) -> int:
    """Free the memory that loaded models take, which the worker does by itself after a while."""
    with closing(Studio(at.settings)) as studio:
        status = studio.status()
        if not status.worker_alive:
            at.says("No model is in memory.")
            return DONE
        if status.running and not at.agreed("A job is running and would begin again. Stop it?"):
            return FAILED
        if not studio.unload():
            at.says("The worker is still busy with one step; try again in a minute.")
            return FAILED
    at.says("No model is in memory now; the next job loads what it needs.")
    return DONE


def _get(at: _Counter, model: Model) -> int:
    return _fetch(at, model, [(folder_of(model, at.settings.home), file) for file in model.files])


def _get_checkpoint(at: _Counter, checkpoint: Checkpoint) -> int:
    roots = at.settings.checkpoints
    model, pieces = shelf.about(checkpoint), shelf.wanted(checkpoint, roots, at.hub)
    if not pieces and (found := find(roots, checkpoint.name)):
        at.says(f"{model.name} is here already: {found.folder}.")
        return _told_what_else(at, model)
    return _fetch(at, model, _placed(pieces), pieces)


def _fetch(at: _Counter, model: Model, placed: Placed, pieces: Sequence[shelf.Piece] = ()) -> int:
    """Fetch what is missing, once its origin, size and terms have been shown and agreed to."""
    missing = [(folder, file) for folder, file in placed if not is_intact(folder / file.name, file)]
    if missing:
        size_bytes = sum(remaining_bytes(file, folder) for folder, file in missing)
        place = os.path.commonpath([folder for folder, _ in missing])
        at.says(f"{model.name}: {model.purpose}.")
        for piece in pieces:
            at.says(f"{piece.folder.name}: {piece.repository} at {piece.commit[:12]}.")
        at.says(model.terms)
        if not at.agreed(f"Fetch {megabytes(size_bytes)} into {place}?"):
            return FAILED
        check_room(missing[0][0], size_bytes, model.name)
        for piece in pieces:
            shelf.enter(piece)
        names = [(_shown(one, placed), one[1].size_bytes) for one in missing]
        with watched(at.console, names) as watch:
            for index, (folder, file) in enumerate(missing):
                fetch(file, folder, watch(index))
    at.says(f"{model.name} is here, and its files are what they must be.")
    return _told_what_else(at, model)


def _told_what_else(at: _Counter, model: Model) -> int:
    if needed := uninstalled(model):
        at.says(f"Before it can be used: {needed}.")
    return DONE


def _verify(at: _Counter, model: Model) -> int:
    folder = folder_of(model, at.settings.home)
    return _compare(at, model.name, [(folder, file) for file in model.files])


def _verify_checkpoint(at: _Counter, checkpoint: Checkpoint) -> int:
    roots = at.settings.checkpoints
    if pieces := shelf.kept(checkpoint, roots):
        return _compare(at, checkpoint.name, _placed(pieces))
    _disown(at, checkpoint, "so what its files must be isn't known")
    return FAILED


def _compare(at: _Counter, name: str, placed: Placed) -> int:
    """Read every file. What is damaged stays where it is."""
    bad = 0
    for folder, file in placed:
        path = folder / file.name
        intact = is_intact(path, file)
        bad += not intact
        found = "intact" if intact else "damaged" if path.exists() else "not here"
        at.says(f"{_shown((folder, file), placed)}: {found}")
    if bad:
        at.says(f"Fetch {name} again with `dj-agent models get {name}`.")
    return FAILED if bad else DONE


def _remove(at: _Counter, model: Model) -> int:
    """Delete the model's files, finished or not, and its folder unless it holds something else."""
    folder = folder_of(model, at.settings.home)

    def clear() -> None:
        for path in _paths(placed):
            path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()

    placed = [(folder, file) for file in model.files]
    if not _paths(placed):
        at.says(f"{model.name} isn't here.")
        return DONE
    return _delete(at, model.name, placed, clear)


def _remove_checkpoint(at: _Counter, checkpoint: Checkpoint) -> int:
    """Delete what was fetched for it and nothing else needs."""
    roots = at.settings.checkpoints
    if not shelf.kept(checkpoint, roots):
        found = _disown(at, checkpoint, "so it stays; delete it yourself")
        return FAILED if found else DONE
    pieces = shelf.removable(checkpoint, roots)

    def clear() -> None:
        for piece in pieces:
            shelf.discard(piece)

    return _delete(at, checkpoint.name, _placed(pieces), clear)


def _delete(at: _Counter, name: str, placed: Placed, clear: Callable[[], None]) -> int:
    size = megabytes(sum(path.stat().st_size for path in _paths(placed)))
    folders = sorted({str(folder) for folder, _ in placed})
    if not at.agreed(f"Delete {size} in {', '.join(folders)}?"):
        return FAILED
    clear()
    at.says(f"{name} is gone; {size} are free again.")
    return DONE


def _disown(at: _Counter, checkpoint: Checkpoint, therefore: str) -> bool:
    """Say that it isn't here, or that it is, but wasn't fetched by this command; whether it is."""
    found = find(at.settings.checkpoints, checkpoint.name)
    if found:
        at.says(f"{found.folder} wasn't fetched by `dj-agent models get`, {therefore}.")
    else:
        at.says(f"{checkpoint.name} isn't here.")
    return found is not None


def _placed(pieces: Iterable[shelf.Piece]) -> list[tuple[Path, ModelFile]]:
    return [(piece.folder, file) for piece in pieces for file in piece.files]


def _shown(one: tuple[Path, ModelFile], placed: Placed) -> str:
    """A file's name, with its folder's if there are several."""
    folder, file = one
    return f"{folder.name}/{file.name}" if any(folder != it for it, _ in placed) else file.name


def _paths(placed: Placed) -> list[Path]:
    """What is there of the files, finished or not."""
    names = [
        (folder, name) for folder, file in placed for name in (file.name, file.name + UNFINISHED)
    ]
    return [folder / name for folder, name in names if (folder / name).exists()]


_ON_MODELS = {"get": _get, "verify": _verify, "remove": _remove}
_ON_CHECKPOINTS = {
    "get": _get_checkpoint,
    "verify": _verify_checkpoint,
    "remove": _remove_checkpoint,
}
