"""Beat errors: how far two decks' beats are apart, as heard in the audio of both.

The onsets of both are compared band by band around every beat. Knows no timeline: a deck is
its audio, and beats are samples in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfilt

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio

Curve = NDArray[np.float64]

_HOP = SAMPLE_RATE_HZ // 1_000
_BANDS_HZ = ((30.0, 160.0), (160.0, 800.0), (800.0, 4_000.0), (4_000.0, 14_000.0))
_SMOOTH = 3.0  # hops
_FARTHEST_BEATS = 1.5
_AROUND_BEATS = 4.0
_LEAN = 0.15
"""How much less a peak at the farthest counts than one in the middle."""
_FLOOR = 1e-3  # of a band's mean energy
SURE = 0.25
"""From this correlation on, the strongest peak is taken for the beat."""


@dataclass(frozen=True, slots=True, eq=False)
class Offsets:
    """By how much the incoming deck is late at each beat, and how alike the onsets are there."""

    ms: Curve
    strength: Curve
    """0 to 1."""

    @property
    def sure_ms(self) -> Curve:
        """Where both decks have onsets that can be compared."""
        return self.ms[self.strength >= SURE]


def beat_offsets(out: Audio, into: Audio, beats: Sequence[int]) -> Offsets:
    """The incoming deck's lag behind the outgoing one around each of at least two beats.

    The normalised cross-correlation of the half-wave rectified rise of log energy in four bands,
    over two bars or so, searched up to 1.5 beats away, its peak interpolated by a parabola.
    """
    one, other = _onsets(out), _onsets(into)
    beat = float(np.median(np.diff(beats))) / _HOP
    half = round(min(_AROUND_BEATS * beat, 0.5 * (beats[-1] - beats[0]) / _HOP))
    # Only what lies between the first beat and the last is compared: there both decks play.
    middles = np.clip(np.array(beats) / _HOP, beats[0] / _HOP + half, beats[-1] / _HOP - half)
    reach = round(_FARTHEST_BEATS * beat)
    pairs = [_lag(one, other, round(middle), half, reach) for middle in middles]
    ms, strength = zip(*pairs, strict=True)
    return Offsets(np.array(ms), np.array(strength))


def _onsets(audio: Audio) -> Curve:
    """The rise of each band's energy, [bands, milliseconds]."""
    mono = audio.mean(axis=0, dtype=np.float64)
    rises = []
    for band_hz in _BANDS_HZ:
        filtered = sosfilt(butter(2, band_hz, "band", fs=SAMPLE_RATE_HZ, output="sos"), mono)
        whole = len(filtered) // _HOP * _HOP
        energy = (filtered[:whole].reshape(-1, _HOP) ** 2).sum(axis=1)
        energy = gaussian_filter1d(energy, _SMOOTH)
        level = np.log(energy + _FLOOR * energy.mean() + 1e-12)
        rises.append(np.maximum(0.0, np.diff(level, prepend=level[:1])))
    return np.array(rises)


def _lag(one: Curve, other: Curve, middle: int, half: int, reach: int) -> tuple[float, float]:
    """The lag around a place in ms, and the correlation there."""
    size = 2 * half + 1
    window = np.hanning(size + 2)[1:-1]
    first = _excerpt(one, middle - half, size) * window
    second = _excerpt(other, middle - half - reach, size + 2 * reach)
    length = size + 2 * reach
    spectrum = np.fft.rfft(second, length) * np.fft.rfft(first, length).conj()
    correlation = np.fft.irfft(spectrum, length)[:, : 2 * reach + 1]
    norms = np.sqrt((first**2).sum(axis=1) * (_excerpt(second, reach, size) ** 2 * window).sum(1))
    weights = np.sqrt(norms.clip(0.0))
    total = (correlation * (weights / np.maximum(norms, 1e-12))[:, None]).sum(axis=0)
    total /= max(weights.sum(), 1e-12)
    lags = np.arange(-reach, reach + 1)
    peak = int(np.argmax(total * (1.0 - _LEAN * np.abs(lags) / reach)))
    return float(lags[peak] + _between(total, peak)), float(np.clip(total[peak], 0.0, 1.0))


def _excerpt(curves: Curve, start: int, size: int) -> Curve:
    left, right = max(0, -start), max(0, start + size - curves.shape[1])
    inside = curves[:, max(0, start) : max(0, start + size)]
    return np.pad(inside, ((0, 0), (left, right)))[:, :size]


def _between(curve: Curve, peak: int) -> float:
    """Where a parabola through a peak and its neighbours is highest, from the peak on."""
    if not 0 < peak < len(curve) - 1:
        return 0.0
    before, here, after = curve[peak - 1 : peak + 2]
    bend = before - 2.0 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
