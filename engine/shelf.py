"""The shelf of checkpoints: what of ACE-Step 1.5 was fetched to this machine, and may be removed.

A shelf is a folder of folders, as `engine.renderers.acestep.finding` looks for them: one for each
checkpoint, and beside them those that several share. Each holds, besides a model's files, a list of
what they must be (`dj-agent.json`), written before the first of them: so a fetch goes on with the
commit that it began with, files are checked without a network, and nothing else is ever deleted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from engine.downloads import UNFINISHED
from engine.durability import sync_folder
from engine.errors import DownloadFailed, ModelUnusable
from engine.hub import Hub, Published, is_inside
from engine.models import Digest, Model, ModelFile, is_whole
from engine.renderers.acestep.checkpoints import CHECKPOINTS, SHARED, Checkpoint, Part
from engine.renderers.acestep.finding import Found, find, present, shared_part

LIST = "dj-agent.json"
Here = Literal["yes", "in part", "no"]

# Weights, what describes them, and words. Never code: what runs is in this package.
_TAKEN = re.compile(
    r"""(.*/)?(
        [^/]+\.safetensors(\.index\.json)? | config\.json | generation_config\.json
        | model_index\.json | silence_latent\.pt
        | tokenizer\.json | tokenizer_config\.json | vocab\.json | merges\.txt
        | special_tokens_map\.json | added_tokens\.json | chat_template\.(jinja|json)
    ) | (.*/)?scheduler/scheduler_config\.json""",
    re.VERBOSE,
)
_TERMS = (
    "The authors give the weights under the MIT licence, and Qwen's text encoder under Apache 2.0."
)
_AUTHORS = "ACE-Step"
_PACKAGES = ("torch", "diffusers", "transformers", "safetensors")
_DEEDS = {
    "generate": "makes",
    "cover": "covers",
    "repaint": "repaints",
    "extend": "extends",
    "edit": "edits",
    "add_parts": "adds parts",
    "extract": "extracts stems",
    "complete": "completes",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One folder of the shelf: what must lie in it, and where that comes from."""

    folder: Path
    repository: str
    commit: str
    inner: str
    """The folder within the repository; empty: its root."""
    files: tuple[ModelFile, ...]
    """Named by their paths beneath the folder, in the order in which they are to be fetched."""


@dataclass(frozen=True, slots=True)
class _Line:
    path: str
    size_bytes: Annotated[int, Field(ge=0)]
    digest: Digest


@dataclass(frozen=True, slots=True)
class _List:
    """What is written of a piece. Not who serves it: that is asked anew each time."""

    repository: str
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    folder: str
    files: tuple[_Line, ...]


_LIST: TypeAdapter[_List] = TypeAdapter(_List)


def about(checkpoint: Checkpoint) -> Model:
    """What there is to say of a checkpoint before its files are known."""
    maker = checkpoint.repository.partition("/")[0]
    kind = f"{checkpoint.variant} XL" if checkpoint.xl else checkpoint.variant
    deeds = [deed for ability, deed in _DEEDS.items() if ability in checkpoint.abilities]
    return Model(
        name=checkpoint.name,
        purpose=f"{kind}, {checkpoint.steps} steps: {', '.join(deeds)}",
        terms=_TERMS if maker == _AUTHORS else f"{_TERMS} {maker} converted them; see its page.",
        extra="ace",
        packages=_PACKAGES,
        files=(),
    )


def here(checkpoint: Checkpoint, roots: Sequence[Path]) -> Here:
    """Whether it can be used, wherever it lies; in part: a fetch was begun. Reads no weights."""
    pieces = kept(checkpoint, roots)
    if find(roots, checkpoint.name) and all(map(_is_whole, pieces)):
        return "yes"
    return "in part" if (roots[0] / checkpoint.name / LIST).exists() else "no"


def wanted(checkpoint: Checkpoint, roots: Sequence[Path], hub: Hub) -> tuple[Piece, ...]:
    """What must lie on the shelf, which is the first root, for the checkpoint to be found.

    Nothing if it is found elsewhere. What was begun is wanted as it was begun; the hub is asked
    about the rest. Raises `DownloadFailed`, and `ModelUnusable` for a damaged list.
    """
    shelf = roots[0]
    begun = (shelf / checkpoint.name / LIST).exists()
    if not begun and find(roots, checkpoint.name):
        return ()
    listed = cache(lambda repository, revision: hub.published(repository, revision, is_taken))
    parts: list[Part | Checkpoint] = [
        part
        for part in (SHARED if checkpoint.layout == "native" else ())
        if (shelf / part.name / LIST).exists() or not shared_part(roots, part)
    ]
    pieces = []
    for part in (*parts, checkpoint):
        piece = _read(shelf / part.name, hub)
        if piece is None:
            revision = part.revision if isinstance(part, Checkpoint) else checkpoint.revision
            piece = _piece(shelf / part.name, listed(part.repository, revision), part.folder)
        pieces.append(piece)
    return tuple(pieces)


def kept(checkpoint: Checkpoint, roots: Sequence[Path]) -> tuple[Piece, ...]:
    """What of the checkpoint was put onto the shelf, finished or not, with what it shares."""
    if (own := _read(roots[0] / checkpoint.name, Hub())) is None:
        return ()
    if checkpoint.layout != "native":
        return (own,)
    shared = [_read(roots[0] / part.name, Hub()) for part in SHARED]
    return (*(piece for piece in shared if piece), own)


def removable(checkpoint: Checkpoint, roots: Sequence[Path]) -> tuple[Piece, ...]:
    """What of that nobody else on this machine needs."""
    others = [one for one in present(roots) if one.name != checkpoint.name]
    begun = any(
        (roots[0] / one.name / LIST).exists()
        for one in CHECKPOINTS.values()
        if one.layout == "native" and one is not checkpoint
    )
    own = roots[0] / checkpoint.name
    return tuple(
        piece
        for piece in kept(checkpoint, roots)
        if piece.folder == own or not (begun or any(_uses(other, piece.folder) for other in others))
    )


def enter(piece: Piece) -> None:
    """Write down what must lie in the folder, so that it survives a power cut."""
    lines = tuple(_Line(file.name, file.size_bytes, file.digest) for file in piece.files)
    what = _List(piece.repository, piece.commit, piece.inner, lines)
    piece.folder.mkdir(parents=True, exist_ok=True)
    part = piece.folder / f"{LIST}{UNFINISHED}"
    with part.open("wb") as stream:
        stream.write(_LIST.dump_json(what, indent=2))
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(piece.folder / LIST)
    sync_folder(piece.folder)


def discard(piece: Piece) -> None:
    """Delete what the list names, finished or not, then the list, and folders that are empty."""
    names = [name for file in piece.files for name in (file.name, f"{file.name}{UNFINISHED}")]
    for name in (*names, LIST):
        (piece.folder / name).unlink(missing_ok=True)
    inner = {piece.folder.joinpath(*Path(name).parts[:-1]) for name in names}
    for folder in sorted({piece.folder, *inner}, key=lambda one: -len(one.parts)):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def is_taken(path: str) -> bool:
    """Whether a file of a repository is one that is fetched, by its name."""
    return _TAKEN.fullmatch(path) is not None


def _piece(folder: Path, published: Published, inner: str) -> Piece:
    """Raises `DownloadFailed` if the repository has nothing there."""
    prefix = f"{inner}/" if inner else ""
    files = [
        replace(file, name=file.name.removeprefix(prefix))
        for file in published.files
        if file.name.startswith(prefix)
    ]
    if not any(file.name.endswith(".safetensors") for file in files):
        where = f"{published.repository}/{inner}" if inner else published.repository
        raise DownloadFailed(f"{where} has no weights in safetensors; nothing was fetched.")
    # A folder with a config is taken for a whole one, so that comes last.
    files.sort(key=lambda file: (file.name.endswith("config.json"), file.name))
    return Piece(folder, published.repository, published.commit, inner, tuple(files))


def _read(folder: Path, hub: Hub) -> Piece | None:
    """What was entered for the folder. Raises `ModelUnusable` if the list is damaged."""
    path = folder / LIST
    if not path.exists():
        return None
    try:
        read = _LIST.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise _damaged(path) from error
    if not all(is_inside(line.path) for line in read.files):
        raise _damaged(path)
    return Piece(
        folder,
        read.repository,
        read.commit,
        read.folder,
        tuple(
            ModelFile(
                line.path,
                line.size_bytes,
                line.digest,
                hub.sources(read.repository, read.commit, _joined(read.folder, line.path)),
            )
            for line in read.files
        ),
    )


def _damaged(path: Path) -> ModelUnusable:
    return ModelUnusable(
        f"{path} can't be read; delete it, and fetch the model again: what is here in full will "
        "not be fetched twice."
    )


def _joined(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _is_whole(piece: Piece) -> bool:
    return all(is_whole(piece.folder / file.name, file) for file in piece.files)


def _uses(other: Found, folder: Path) -> bool:
    return folder in (other.vae, other.text_encoder)
