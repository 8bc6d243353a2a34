"""The models that the studio can use: what their files are, where they lie, whether they are here.

A table that grows by rows. Nothing here fetches or loads anything: files come by
`engine.downloads`, when a person asks for them, and are read by whoever uses the model. Which bytes
they must be is written down, so it doesn't matter who delivered them: here, or, for checkpoints of
ACE-Step, in what `engine.shelf` keeps beside them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

_CHUNK = 2**20

DigestKind = Literal["sha256", "git"]
"""SHA-256 of the bytes, or what git calls a file: SHA-1 of a word, their number and the bytes."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is left of a file's bytes when all of them are mixed: equal only if they are."""

    kind: DigestKind
    hex: str

    @classmethod
    def of(cls, path: Path, kind: DigestKind = "sha256") -> Digest:
        """The digest of a file that is there."""
        # Git's is no protection against somebody who can make two files with one SHA-1; it is all
        # that a hub says of small files, and those hold no code.
        mixed = hashlib.sha256() if kind == "sha256" else hashlib.sha1(usedforsecurity=False)
        if kind == "git":
            mixed.update(b"blob %d\0" % path.stat().st_size)
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                mixed.update(chunk)
        return cls(kind, mixed.hexdigest())


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: the bytes it must hold, and who has it, best source first."""

    name: str
    """Also a path beneath the model's folder, with slashes."""
    size_bytes: int
    digest: Digest
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be fetched by its name."""

    name: str
    purpose: str
    """What it is for, and which it is."""
    terms: str
    """Under what conditions its files may be used, in one sentence."""
    extra: str
    """The optional dependencies that it needs."""
    packages: tuple[str, ...]
    """What those bring, as it is imported."""
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


def _hugging_face(repository: str, revision: str, file: str) -> str:
    return f"https://huggingface.co/{repository}/resolve/{revision}/{file}"


_KNOWN = (
    # Size and hash are those that several projects have pinned for this revision of the authors'
    # repository. The terms are the author's words in facebookresearch/demucs, issues 327 and 508;
    # the model card said MIT for a while and says nothing now.
    Model(
        name="stems",
        purpose="drums, bass, vocals and the rest out of any mix (Hybrid Transformer Demucs)",
        terms=(
            "The authors provide these weights for scientific purposes; the code's MIT licence "
            "does not cover them."
        ),
        extra="stems",
        packages=("torch", "demucs", "safetensors"),
        files=(
            ModelFile(
                name="955717e8.safetensors",
                size_bytes=84_025_440,
                digest=Digest(
                    "sha256", "d9fa14133cfcc034a6758923bb3a8ca9f8dfd0b582134643bbf83f72c17576dd"
                ),
                urls=(
                    _hugging_face(
                        "adefossez/HTDemucs",
                        "bf35a81b663819a8255c8fefee17f9d812b786b5",
                        "955717e8.safetensors",
                    ),
                ),
            ),
        ),
    ),
)
MODELS: dict[str, Model] = {model.name: model for model in _KNOWN}


def uninstalled(model: Model) -> str | None:
    """How to install what the model needs besides its files; None if that is here."""
    if all(find_spec(package) for package in model.packages):
        return None
    return f"install the extra with `uv sync --extra {model.extra}`"


def folder_of(model: Model, home: Path) -> Path:
    """Where the model's files lie, in the studio's folder."""
    return home / "models" / model.name


def missing_files(model: Model, home: Path) -> tuple[ModelFile, ...]:
    """Those of the model's files that aren't there in full length. Reads none of them."""
    folder = folder_of(model, home)
    return tuple(file for file in model.files if not is_whole(folder / file.name, file))


def lacking(model: Model, home: Path) -> str | None:
    """What must be done before the model can be used, as commands; None if nothing."""
    steps = [step] if (step := uninstalled(model)) else []
    if files := missing_files(model, home):
        size = sum(file.size_bytes for file in files)
        steps.append(
            f"fetch the weights ({megabytes(size)}) with `dj-agent models get {model.name}`"
        )
    return " and ".join(steps) or None


def is_whole(path: Path, file: ModelFile) -> bool:
    """Whether a file of the right length is there. Doesn't read it."""
    return path.is_file() and path.stat().st_size == file.size_bytes


def is_intact(path: Path, file: ModelFile) -> bool:
    """Whether these are the bytes that are expected."""
    return is_whole(path, file) and Digest.of(path, file.digest.kind) == file.digest


def megabytes(size_bytes: int) -> str:
    """A size for people."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
