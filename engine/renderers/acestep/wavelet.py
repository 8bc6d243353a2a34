"""Correction in the wavelet domain: each step's result pushed away from its own estimate.

Slow and fast changes over time are corrected apart, by one level of the Haar transform. Upstream
calls this DCW and leaves it out without a word where its wavelet package is missing; here it is
part of the sampling that is asked for. Tensors are [batch, frames, channels].
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

Mode = Literal["low", "high", "double", "pix"]


@dataclass(frozen=True, slots=True)
class Correction:
    """Upstream's defaults (`generate_audio` at 8567e33)."""

    mode: Mode = "double"
    scale: float = 0.05
    high_scale: float = 0.02

    def apply(self, moved: Tensor, music: Tensor, time: float) -> Tensor:
        """The latents that a step from `time` `moved` to, corrected by its estimate of the `music`.

        Slow changes are corrected in proportion to the time, fast ones to what is left of it.
        """
        if self.mode == "pix":
            return moved + self.scale * (moved - music)
        low, high = haar(moved)
        music_low, music_high = haar(music)
        if self.mode in ("low", "double"):
            low = low + time * self.scale * (low - music_low)
        if self.mode in ("high", "double"):
            scale = self.high_scale if self.mode == "double" else self.scale
            high = high + (1.0 - time) * scale * (high - music_high)
        return from_haar(low, high)[:, : moved.shape[1]]


def haar(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Sums and differences of neighbouring frames over √2; an odd last frame has silence beside
    it."""
    rows = pad(rows, (0, 0, 0, rows.shape[1] % 2))
    even, odd = rows[:, 0::2], rows[:, 1::2]
    return (even + odd) / math.sqrt(2.0), (even - odd) / math.sqrt(2.0)


def from_haar(low: Tensor, high: Tensor) -> Tensor:
    even, odd = (low + high) / math.sqrt(2.0), (low - high) / math.sqrt(2.0)
    return torch.stack([even, odd], dim=2).flatten(1, 2)
