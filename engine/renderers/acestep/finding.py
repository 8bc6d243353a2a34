"""Where checkpoints lie: in folders of them, and in the cache that Hugging Face's tools share.

Looks at names, at which files there are, and into configs. Needs no torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import ModelUnusable
from engine.models import megabytes
from engine.renderers.acestep.checkpoints import (
    CHECKPOINTS,
    TEXT_ENCODER,
    VAE,
    Checkpoint,
    Layout,
    Part,
    download_bytes,
    named,
    unlisted,
)

_TEXT_ENCODERS = "Qwen3-Embedding-*"


@dataclass(frozen=True, slots=True)
class Found:
    """A checkpoint on disk: the folders of its parts. Also built by hand for other places."""

    name: str
    layout: Layout
    folder: Path
    """The transformer's with its encoders; all of it where the layout is diffusers'."""
    vae: Path
    text_encoder: Path
    tokenizer: Path
    """That of the text encoder's words."""


def find(roots: Sequence[Path], name: str) -> Found | None:
    """The checkpoint of this name, if it lies, with all that it needs, in or beneath a root.

    A root is a folder of checkpoints, a repository of them, a checkpoint itself, or a cache of
    Hugging Face (`models--ORGANISATION--NAME/snapshots/REVISION`). Earlier ones come first. A name
    that isn't in the table is looked for as a folder.
    """
    known = CHECKPOINTS.get(name)
    for folder in _places(roots, name, known):
        if _is_diffusers(folder):
            return _diffusers(folder, name)
        if _is_native(folder):
            vae, text = (shared_part(roots, part, folder) for part in (VAE, TEXT_ENCODER))
            if vae and text:
                return Found(name, "native", folder, vae, text, text)
    return None


def present(roots: Sequence[Path]) -> tuple[Found, ...]:
    """Every checkpoint that is here, those of the table first and in its order."""
    known = [found for name in CHECKPOINTS if (found := find(roots, name))]
    taken = {one.folder for one in known}
    others = [
        found
        for root in roots
        if root.is_dir()
        for folder in sorted(root.iterdir())
        if folder not in taken
        and (_is_native(folder) or _is_diffusers(folder))
        and (found := find([root], folder.name))
    ]
    return (*known, *others)


def described(found: Found) -> Checkpoint:
    """What the table says, if the folder holds what its name promises; else what can be said.

    Reads the transformer's config. Raises `ModelUnusable` if it can't be read.
    """
    place = found.folder / "transformer" if found.layout == "diffusers" else found.folder
    config = read_json(place / "config.json")
    turbo = bool(config.get("is_turbo")) or config.get("model_version") == "turbo"
    width = config.get("encoder_hidden_size")
    xl = width is not None and width != config.get("hidden_size")
    known = CHECKPOINTS.get(found.name)
    if known and (known.variant == "turbo", known.xl) == (turbo, xl):
        return known
    return unlisted(found.name, layout=found.layout, turbo=turbo, xl=xl)


def read_json(path: Path) -> dict[str, Any]:
    """Raises `ModelUnusable`."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"{path} can't be read ({error}); fetch the model again.") from error
    if not isinstance(values, dict):
        raise ModelUnusable(f"{path} doesn't describe a model; fetch it again.")
    return values


def require(roots: Sequence[Path], name: str) -> Found:
    """The checkpoint of this name. Raises `ModelUnusable` with its size and how to get it, and
    `NotFound` for a name that nobody knows."""
    if found := find(roots, name):
        return found
    size = megabytes(download_bytes(named(name)))
    raise ModelUnusable(
        f"The model {name} isn't here, or not all of it; fetch it (about {size}) with "
        f"`dj-agent models get {name}`."
    )


def _places(roots: Sequence[Path], name: str, known: Checkpoint | None) -> Iterator[Path]:
    """Folders where the checkpoint may lie, the likeliest first."""
    for root in roots:
        yield root / name
        if root.name == name:
            yield root
        if known:
            for snapshot in _snapshots(root, known.repository):
                yield snapshot / known.folder
            if _named_after(root, known.repository):
                yield root / known.folder


def shared_part(roots: Sequence[Path], part: Part, beside: Path | None = None) -> Path | None:
    """Where the nearest one lies: beside a checkpoint, within it, then beneath the roots."""
    places = [beside.parent, beside] if beside else []
    for root in roots:
        places += [root, *_snapshots(root, part.repository)]
    for place in places:
        exact = place / part.folder
        others = sorted(place.glob(_TEXT_ENCODERS)) if part is TEXT_ENCODER else []
        for one in (exact, *others):
            if (one / "config.json").is_file():
                return one
    return None


def _snapshots(cache: Path, repository: str) -> list[Path]:
    """What the cache holds of a repository, its main revision first, then the newest."""
    home = cache / f"models--{repository.replace('/', '--')}"
    revisions = [one for one in (home / "snapshots").glob("*") if one.is_dir()]
    main = home / "refs" / "main"
    current = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    return sorted(revisions, key=lambda one: (one.name != current, -one.stat().st_mtime))


def _named_after(root: Path, repository: str) -> bool:
    return root.name == repository.partition("/")[2]


def _is_native(folder: Path) -> bool:
    return (
        (folder / "config.json").is_file()
        and (folder / "silence_latent.pt").is_file()
        and any(folder.glob("*.safetensors*"))
    )


def _is_diffusers(folder: Path) -> bool:
    parts = ("transformer", "condition_encoder", "vae", "text_encoder")
    return all((folder / part / "config.json").is_file() for part in parts)


def _diffusers(folder: Path, name: str) -> Found:
    words = folder / "tokenizer"
    text = folder / "text_encoder"
    return Found(name, "diffusers", folder, folder / "vae", text, words if words.is_dir() else text)
