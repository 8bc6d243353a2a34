"""The energy of a piece: how hard it drives, from nearly nothing (0) to the peak of a night (1).

What a DJ goes by, none of which depends on the level of the file or on its beat grid: how full the
spectrum is, its low middle and its bottom most of all, whether there is a beat, how busy its high
strokes are, and how hard the low end moves. Weighed on pieces of seventeen styles that were
composed at known energies, so that the scale is the same for all pieces, and not relative to the
piece as that of its sections.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from engine.listen.features import FRAME_S as ONSET_FRAME_S
from engine.listen.features import Heard, hear
from engine.listen.texture import FRAME_S, Texture, hear_texture

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]

_LOW_HZ, _BODY_HZ = 160.0, 700.0
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

_FULL, _BODY, _BOTTOM, _BEAT, _PER_STROKE, _DRIVE = 2.6, 0.8, 0.45, 0.6, 0.04, 1.2
_MIDDLE, _STEEPNESS = 2.43, 3.5
"""The weighed sum that is an energy of a half, and how fast energy rises around it."""


def measure_energy(audio: Audio) -> float:
    """How energetic a piece sounds, 0 to 1: float32 [2, n] at 48 000 Hz, finite samples.

    Gain doesn't matter; silence, or no samples at all, is 0.
    """
    return energy_of(hear_texture(audio), hear(audio))


def energy_of(texture: Texture, heard: Heard) -> float:
    """`measure_energy` of what was heard before."""
    whole = texture.power.sum(axis=1)
    level = float(whole.mean())
    if level <= 0.0:
        return 0.0
    sounding = whole > _SILENT * level
    frames = Texture(
        texture.power[sounding] / float(whole[sounding].mean()),
        texture.edges_hz,
        FRAME_S * int(sounding.sum()),
    )
    strokes_hz = _high_strokes(heard) / max(frames.duration_s, 1.0)
    weighed = (
        _FULL * _fullness(frames, 0.0, 20_000.0)
        + _BODY * _fullness(frames, _LOW_HZ, _BODY_HZ)
        + _BOTTOM * _fullness(frames, 0.0, _LOW_HZ)
        + _BEAT * (1.0 - math.exp(-strokes_hz / _BEAT_HZ))
        + _PER_STROKE * min(strokes_hz, _FASTEST_HZ)
        + _DRIVE * _low_drive(frames)
    )
    return round(1.0 / (1.0 + math.exp(-_STEEPNESS * (weighed - _MIDDLE))), 4)


def _fullness(frames: Texture, low_hz: float, high_hz: float) -> float:
    """How loud the bands of a range are, each counted alike, on the average over time."""
    middles = 0.5 * (frames.edges_hz[:-1] + frames.edges_hz[1:])
    bands = frames.power[:, (middles >= low_hz) & (middles < high_hz)]
    return float((bands**_LOUDNESS).mean())


def _high_strokes(heard: Heard) -> int:
    """How many strokes of hats, shakers, snares and the like there are."""
    strokes, _ = find_peaks(
        heard.onsets[2], height=_STROKE, distance=round(_CLOSEST_S / ONSET_FRAME_S)
    )
    return len(strokes)


def _low_drive(frames: Texture) -> float:
    """How fast the amplitude of the lows rises per frame, on the average."""
    amplitude: Curve = np.sqrt(frames.between(0.0, _LOW_HZ))
    return float(np.maximum(np.diff(amplitude), 0.0).mean()) if len(amplitude) > 1 else 0.0
