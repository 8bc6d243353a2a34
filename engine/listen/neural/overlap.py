"""Running a network over a long mix: pieces of the length it was trained on, one after the other.

Knows rates, levels and seams; nothing of networks. Each piece is brought to the network's rate and
back on its own, so memory holds one piece besides the parts, whatever the length, and a piece's
edges, where resampling rings, are where its weight is lowest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.listen.blocks import blocks
from engine.listen.separation import Audio
from engine.renderers.protocol import Cancelled, Progress

_OVERLAP = Fraction(1, 4)
"""Of a piece, as Demucs has it: with less its seams are heard, more only takes longer."""
_CHUNK = 32 * SAMPLE_RATE_HZ
_QUIETEST = 1e-8


class Network(Protocol):
    """What takes one piece apart."""

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def rate_hz(self) -> int: ...

    @property
    def piece_s(self) -> Fraction:
        """How long a piece is; a whole number of samples at the network's rate and at ours."""
        ...

    def estimate(self, piece: Audio) -> NDArray[np.float32]:
        """[parts, 2, n] from [2, n], n being `piece_s`, at a level of about one."""
        ...


@dataclass(frozen=True, slots=True)
class _Level:
    """What Demucs is fed has mean 0 and deviation 1, both of the whole mix down to one channel."""

    mean: float
    deviation: float


def take_apart(
    audio: Audio, network: Network, progress: Progress, cancelled: Cancelled
) -> Mapping[str, Audio]:
    """Every part that the network knows, each float32 [2, n] like the mix, aligned to the sample.

    The mix is float32 [2, n] at 48 000 Hz. Reports "separating" from 0 towards 1 and asks
    `cancelled` before every piece. Raises `Cancelled`.
    """
    length = audio.shape[1]
    level, piece = _level(audio), int(network.piece_s * SAMPLE_RATE_HZ)
    parts = {part: np.zeros_like(audio) for part in network.parts}
    for start, weight in blocks(length, piece, int(piece * _OVERLAP)):
        if cancelled():
            raise CancelledError("Stopped on request before it was finished.")
        progress("separating", start / length)
        span = slice(start, start + len(weight))
        found = _estimate(audio[:, span], network, level, piece)
        for part, sound in zip(parts.values(), found, strict=True):
            part[:, span] += sound * weight
    return parts


def _estimate(audio: Audio, network: Network, level: _Level, piece: int) -> NDArray[np.float32]:
    """The parts [parts, 2, n] of one piece [2, n], which is padded with silence to full length."""
    padded = np.pad((audio - level.mean) / level.deviation, ((0, 0), (0, piece - audio.shape[1])))
    found = network.estimate(_resampled(padded, SAMPLE_RATE_HZ, network.rate_hz))
    back = np.stack([_resampled(part, network.rate_hz, SAMPLE_RATE_HZ) for part in found])
    scaled = back[..., : audio.shape[1]] * level.deviation + level.mean / len(found)
    return scaled.astype(np.float32)


def _resampled(audio: Audio, from_hz: int, to_hz: int) -> Audio:
    return np.asarray(soxr.resample(audio.T, from_hz, to_hz, "VHQ").T, dtype=np.float32)


def _level(audio: Audio) -> _Level:
    total = squares = 0.0
    for start in range(0, audio.shape[1], _CHUNK):
        mono = audio[:, start : start + _CHUNK].mean(axis=0, dtype=np.float64)
        total += float(mono.sum())
        squares += float(np.vdot(mono, mono))
    length = max(1, audio.shape[1])
    mean = total / length
    return _Level(mean, max(0.0, squares / length - mean**2) ** 0.5 + _QUIETEST)
