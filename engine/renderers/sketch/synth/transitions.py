"""Transitions: the noise that leads from one section into the next.

Each is a band of noise whose colour and level move over the whole length, or a struck or reversed
cymbal. They have no pitch, so they fit every key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.drums import Colour, Drum, Hiss, Metal, Sweep, loudest
from engine.renderers.sketch.synth.waves import Curve, Samples, soften_edges

_FRAME = 2048
_HOP = _FRAME // 2
_LOOP = 64  # frames of random spectra before they come again: 1.4 s
_BIN_OCTAVES = np.log2(
    np.arange(_FRAME // 2 + 1, dtype=np.float32).clip(0.05) * (SAMPLE_RATE_HZ / _FRAME)
)


@dataclass(frozen=True, slots=True)
class Wind:
    """Noise that moves: `centre_hz` and `level` are functions of progress (0 to 1).

    `octaves` is the half width of the band, `level_db` its loudest 30 ms in dBFS RMS.
    """

    centre_hz: Callable[[Curve], Curve]
    level: Callable[[Curve], Curve]
    octaves: float
    level_db: float

    def blow(self, length: int) -> Samples:
        frames = -(-length // _HOP) + 1
        progress = np.clip(np.arange(frames) * _HOP / length, 0.0, 1.0)
        centre = np.log2(self.centre_hz(progress)) / self.octaves
        heights = _BIN_OCTAVES / np.float32(self.octaves)
        away = np.square(np.square(heights - centre.astype(np.float32)[:, None]))
        shape = self.level(progress).astype(np.float32)[:, None] / (1 + away)
        wind = _shaped_noise(shape, length)
        return wind * (np.float32(10 ** (self.level_db / 20)) / loudest(wind))


def _rising(from_hz: float, to_hz: float) -> Callable[[Curve], Curve]:
    return lambda progress: from_hz * (to_hz / from_hz) ** progress


_IMPACT = Drum(
    (
        Sweep(95, 37, 0.12, 1.6, drive=0.2),
        Hiss(150, 3_500, 1.3, 0.35, width=0.8),
        Metal(500, 12_000, 2.4, 0.5, count=160, plate=17, width=1.0),
    ),
    -11,
)
_CYMBAL = Drum(
    (
        Metal(700, 14_000, 2.4, count=180, plate=18, width=1.0),
        Hiss(3_000, 15_000, 1.8, 0.7, width=0.9),
    ),
    -19,
)
_ROOM = Colour(room=0.8, room_s=0.6)

_RISER = Wind(_rising(350, 9_000), lambda t: 10 ** (1.6 * (t - 1)), 1.3, -19)
_DOWNLIFTER = Wind(_rising(9_000, 260), lambda t: 10 ** (-1.6 * t), 1.3, -20)
_SWEEP = Wind(
    lambda t: 500.0 * 14.0 ** np.sin(np.pi * t), lambda t: np.sin(np.pi * t) ** 2, 0.9, -24
)


@lru_cache(maxsize=2)
def _struck(drum: Drum) -> Samples:
    return drum.strike(1.0, _ROOM, pan=0.0, seed=5)


def _impact(_length: int) -> Samples:
    return _struck(_IMPACT)


def _reversed(length: int) -> Samples:
    cymbal = _struck(_CYMBAL)[:, :length]
    swell = np.zeros((2, length), dtype=np.float32)
    swell[:, length - cymbal.shape[1] :] = cymbal[:, ::-1]
    return soften_edges(swell, fade_in_s=0.05, fade_out_s=0.01)


TRANSITIONS: Mapping[str, Callable[[int], Samples]] = MappingProxyType(
    {
        "riser": _RISER.blow,
        "downlifter": _DOWNLIFTER.blow,
        "impact": _impact,
        "sweep": _SWEEP.blow,
        "reverse": _reversed,
    }
)


def transition(sound: str, velocity: float, length_s: float) -> Samples:
    """The transition at `velocity`, [2, n]: `length_s` long, or as long as an impact rings."""
    length = max(_FRAME, round(length_s * SAMPLE_RATE_HZ))
    audio = TRANSITIONS[sound](length) * np.float32(velocity)
    return soften_edges(audio, fade_in_s=0.0003 if sound == "impact" else 0.01, fade_out_s=0.02)


@lru_cache(maxsize=1)
def _spectra() -> NDArray[np.complex64]:
    chance = np.random.Generator(np.random.PCG64(271_828))
    phases = chance.random((_LOOP, _FRAME // 2 + 1))
    return np.exp(2j * np.pi * phases).astype(np.complex64)


def _shaped_noise(shape: Samples, length: int) -> Samples:
    """Two sides of noise whose magnitude at each frame is a row of `shape` [frames, bins].

    Overlapping frames are windowed by a sine, whose squares add up to one: unrelated noises add
    by power.
    """
    frames = np.arange(len(shape))
    # Either side walks through the same spectra in its own order.
    order = np.stack([frames % _LOOP, (frames * 27 + 13) % _LOOP])
    pieces = scipy.fft.irfft(_spectra()[order] * shape, axis=-1)
    pieces *= np.sin(np.pi * (np.arange(_FRAME, dtype=np.float32) + 0.5) / _FRAME)
    audio = np.zeros((2, len(shape) + 1, _HOP), dtype=np.float32)
    audio[:, :-1] += pieces[..., :_HOP]
    audio[:, 1:] += pieces[..., _HOP:]
    return audio.reshape(2, -1)[:, _HOP : _HOP + length]
