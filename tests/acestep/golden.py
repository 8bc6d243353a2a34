"""Upstream's own numbers: the cases of the golden folder, and the tiny checkpoints beside them.

A case is a pair `cases/KIND/NAME.json` and `.safetensors` (or the first alone). Whatever lies in
the folder is walked, so more cases run without a change.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.renderers.acestep.finding import Found, find
from engine.renderers.acestep.loading import Models, load

_REPOSITORY = Path(__file__).parents[2]
_BESIDE, _OWN = _REPOSITORY.parent / "shared" / "golden", _REPOSITORY / "tests/golden/acestep"
GOLDEN = Path(os.environ.get("GOLDEN_DIR") or (_BESIDE if _BESIDE.is_dir() else _OWN))
"""The folder that `GOLDEN_DIR` names, the one beside the repository, or the project's own few."""

_PACKED = GOLDEN / "checkpoints.tar.xz"


def _unpacked() -> Path:
    """Where the tiny checkpoints lie; the project's own are packed, and unpacked once a run."""
    if not _PACKED.exists():
        return GOLDEN
    folder = Path(tempfile.mkdtemp(prefix="golden-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with tarfile.open(_PACKED) as archive:
        archive.extractall(folder, filter="data")
    return folder


TINY = _unpacked()
"""The folder of tiny checkpoints: turbo, base and, but for the project's own few, XL."""

needs_xl = pytest.mark.skipif(
    not (TINY / "native-xl-turbo-tiny").is_dir(), reason=f"no XL checkpoint in {GOLDEN}"
)

ENCODED, VELOCITY, FINAL = 1e-5, 2e-5, 1e-4
"""How far float32 may be from upstream's: encoders, one velocity, a whole run.

The recorded velocities are up to 1.1e-5 from the same in float64, so how a processor rounds
decides whether 1e-5 holds."""

_SILENCE = re.compile(r"silence_latent\[:, :(?P<frames>\w+)\] per item")


@dataclass(frozen=True)
class Case:
    """One case: `facts` from its json, `tensors` with every alias resolved."""

    kind: str
    name: str
    path: Path

    @cached_property
    def facts(self) -> dict[str, Any]:
        return json.loads(self.path.read_text(encoding="utf-8"))

    @cached_property
    def tensors(self) -> Mapping[str, Tensor]:
        """What is stored, and what isn't because it equals something else."""
        stored = self.path.with_suffix(".safetensors")
        tensors = load_file(stored) if stored.exists() else {}
        aliases: dict[str, str] = self.facts.get("aliases", {})
        for name, same in aliases.items():
            if silent := _SILENCE.fullmatch(same):
                frames = silent["frames"]
                length = self.facts["T"] if frames == "T" else int(frames)
                silence = self.models.silence[:, :length]
                tensors[name] = silence.expand(self.facts["batch"], -1, -1)
        # An alias may stand for another one.
        waiting = {name: same for name, same in aliases.items() if name not in tensors}
        while waiting:
            ready = {name: same for name, same in waiting.items() if same in tensors}
            assert ready, f"{self.path}: nothing is known of {waiting}"
            tensors.update({name: tensors[same] for name, same in ready.items()})
            waiting = {name: same for name, same in waiting.items() if name not in ready}
        return tensors

    def __contains__(self, tensor: str) -> bool:
        """Whether there is such a tensor; reads none of them."""
        return tensor in self.facts.get("aliases", {}) or tensor in self._stored

    @cached_property
    def _stored(self) -> frozenset[str]:
        stored = self.path.with_suffix(".safetensors")
        if not stored.exists():
            return frozenset()
        with safe_open(stored, framework="pt") as file:
            return frozenset(file.keys())

    @property
    def models(self) -> Models:
        """The checkpoint that the case was made with, in float32."""
        return models(self.facts["model"])

    def __str__(self) -> str:
        return self.name


@cache
def cases(kind: str) -> list[Case]:
    """The cases of a kind, by name."""
    paths = sorted((GOLDEN / "cases" / kind).glob("*.json"))
    return [Case(kind, path.stem, path) for path in paths]


def each(kind: str, *names: str, where: Callable[[Case], bool] = lambda case: True):
    """Parametrises a test over the cases of a kind, as `case`: over those of these names, if any
    are given, for which `where` holds. Where there are none the test is skipped."""
    those = [case for case in cases(kind) if (not names or case.name in names) and where(case)]
    return pytest.mark.parametrize("case", those, ids=str)


def located(name: str) -> Found:
    found = find([TINY], name)
    assert found, f"{GOLDEN} holds no {name}"
    return found


@cache
def models(name: str) -> Models:
    """A tiny checkpoint in float32, loaded once."""
    torch.set_num_threads(1)
    return load(located(name))


def modules_of(these: Models) -> dict[str, nn.Module | None]:
    return {
        "transformer": these.transformer,
        "condition_encoder": these.encoder,
        "audio_tokenizer": these.audio_tokenizer,
        "audio_token_detokenizer": these.detokenizer,
        "vae": these.vae,
        "text_encoder": these.text_encoder,
    }


def export(these: Models, home: Path) -> None:
    """Save a checkpoint as diffusers' and transformers' own tools do."""
    for part, module in modules_of(these).items():
        assert module is not None
        module.save_pretrained(home / part)  # ty: ignore[not-callable]
    these.tokenizer.save_pretrained(home / "tokenizer")
    (home / "model_index.json").write_text("{}")


def distance(one: Tensor, other: Tensor) -> float:
    """The largest difference; shapes must be equal."""
    assert one.shape == other.shape, f"{list(one.shape)} is not {list(other.shape)}"
    return (one.double() - other.double()).abs().max().item()
