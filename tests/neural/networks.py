"""Networks to test with: random weights in the public file format, and one that does nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from demucs.htdemucs import HTDemucs
from numpy.typing import NDArray
from safetensors.torch import save_file

from engine.models import Digest, Model, ModelFile

SOURCES = ("drums", "bass", "other", "vocals")
TINY = {
    "sources": list(SOURCES), "channels": 8, "nfft": 1024, "t_layers": 1, "t_heads": 2,
    "segment": Fraction(3, 2),
}  # fmt: skip
# What differs from the class's own defaults in the published `htdemucs`.
FULL = {
    "sources": list(SOURCES), "dconv_mode": 3, "bottom_channels": 512, "t_dropout": 0.02,
    "multi_freqs": [], "segment": Fraction(39, 5),
}  # fmt: skip


def random_network(**options: Any) -> HTDemucs:
    torch.manual_seed(7)
    return HTDemucs(**options).eval()


def write(
    path: Path, options: dict[str, Any], tensors: dict[str, torch.Tensor] | None = None
) -> ModelFile:
    """A file like the published one: half precision, and what to build in the metadata."""
    if tensors is None:
        tensors = random_network(**options).state_dict()
    described = {
        "klass": "demucs.htdemucs.HTDemucs",
        "args": "[]",
        "kwargs": json.dumps(options, default=_fraction),
    }
    halves = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(halves, path, metadata=described)
    return described_file(path)


def described_file(path: Path, *urls: str) -> ModelFile:
    return ModelFile(path.name, path.stat().st_size, Digest.of(path), urls)


def model_of(file: ModelFile, *packages: str) -> Model:
    return Model("stems", "to test with", "Do as you like.", "stems", packages, (file,))


def _fraction(value: Fraction) -> dict[str, Any]:
    return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}


@dataclass(frozen=True, slots=True)
class Echo:
    """A network that hears the whole mix in its first part, and nothing in the others."""

    parts: tuple[str, ...] = ("all", "nothing")
    rate_hz: int = 44_100
    piece_s: Fraction = Fraction(39, 5)

    def estimate(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        assert piece.shape == (2, self.piece_s * self.rate_hz)
        assert piece.dtype == np.float32
        return np.stack([piece, *[np.zeros_like(piece)] * (len(self.parts) - 1)])
