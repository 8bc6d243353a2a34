"""The energy of a piece: how hard it drives, from nearly nothing (0) to the peak of a night (1).

Four things that a DJ goes by, none of which depends on the level of the file or on its beat grid:
how full the spectrum is, whether there is a beat at all, how busy its high strokes are, and how
hard the low end moves. Weighed on pieces of seventeen styles that were composed at known energies,
so the scale is the same for all pieces, and not relative to the piece as that of its sections.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from engine.listen.features import FRAME_S as ONSET_FRAME_S
from engine.listen.features import hear
from engine.listen.texture import FRAME_S, Texture, hear_texture

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]

_LOW_HZ = 160.0
_SILENT = 1e-5
"""Frames with less than this share of the piece's mean power aren't counted: 50 dB below it."""
_LOUDNESS = 0.15
"""The exponent by which power becomes loudness: half of Stevens's 0.3 (on sound pressure, 1955),
so that quiet bands count."""
_STROKE = 0.1
"""A high onset counts from this strength on, against the usual level of its bands."""
_CLOSEST_S = 0.04
_FASTEST_HZ = 9.0
_BEAT_HZ = 2.0
"""So many high strokes per second are as good as a beat."""

_FULL, _BEAT, _PER_STROKE, _DRIVE, _NOUGHT = 2.4, 0.3, 0.085, 1.3, 1.12
_STEEPNESS = 4.5


def measure_energy(audio: Audio) -> float:
    """How energetic a piece sounds, 0 to 1: float32 [2, n] at 48 000 Hz, finite samples.

    Gain doesn't matter; silence, or no samples at all, is 0.
    """
    texture = hear_texture(audio)
    whole = texture.power.sum(axis=1)
    level = float(whole.mean())
    if level <= 0.0:
        return 0.0
    sounding = whole > _SILENT * level
    relative = texture.power / float(whole[sounding].mean())
    strokes_hz = _high_strokes(audio) / max(FRAME_S * int(sounding.sum()), 1.0)
    weighed = (
        _FULL * float((relative[sounding] ** _LOUDNESS).mean())
        + _BEAT * (1.0 - math.exp(-strokes_hz / _BEAT_HZ))
        + _PER_STROKE * min(strokes_hz, _FASTEST_HZ)
        + _DRIVE * _low_drive(texture, level)
        - _NOUGHT
    )
    return round(1.0 / (1.0 + math.exp(-_STEEPNESS * (weighed - 0.5))), 4)


def _high_strokes(audio: Audio) -> int:
    """How many strokes of hats, shakers, snares and the like there are."""
    high = hear(audio).onsets[2]
    strokes, _ = find_peaks(high, height=_STROKE, distance=round(_CLOSEST_S / ONSET_FRAME_S))
    return len(strokes)


def _low_drive(texture: Texture, level: float) -> float:
    """How fast the amplitude of the lows rises per frame, on the average, against the level."""
    amplitude: Curve = np.sqrt(texture.between(0.0, _LOW_HZ) / level)
    return float(np.maximum(np.diff(amplitude), 0.0).mean()) if len(amplitude) > 1 else 0.0
