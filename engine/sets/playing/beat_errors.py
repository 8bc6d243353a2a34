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
_SMOOTH = 2.5  # hops
_FARTHEST_BEATS = 1.0 + 1 / 6
_AROUND_BEATS = 4.0
_NEAR_BEATS = 1 / 6
_SLIPPED = 1.5
"""Music repeats itself every beat: a peak further off than a sixth of one is only believed if it
is so much higher over the whole join, and if both decks play enough there to be `SURE`."""
_FLOOR = 0.05  # of a band's mean energy: it is the sharp part of a stroke that gives the time
SURE = 0.3
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
    over two bars or so, searched up to a beat away, its peak interpolated by a parabola. All
    beats together say whether the decks are whole beats apart; each says how far it is from that.
    """
    one, other = _onsets(out), _onsets(into)
    beat = float(np.median(np.diff(beats))) / _HOP
    half = round(min(_AROUND_BEATS * beat, 0.5 * (beats[-1] - beats[0]) / _HOP))
    # Only what lies between the first beat and the last is compared: there both decks play.
    middles = np.clip(np.array(beats) / _HOP, beats[0] / _HOP + half, beats[-1] / _HOP - half)
    reach = round(_FARTHEST_BEATS * beat)
    curves = np.array([_likeness(one, other, round(at), half, reach) for at in middles])
    near = round(_NEAR_BEATS * beat)
    slip = _slip(curves.mean(axis=0), near)
    found = [_peak(curve, slip, near) for curve in curves]
    ms = np.array([place - reach for place, _ in found])
    return Offsets(ms, np.array([height for _, height in found]))


def _slip(curve: Curve, near: int) -> int:
    """Where the highest believable peak is in a curve whose middle is no lag."""
    middle = len(curve) // 2
    here = middle - near + int(np.argmax(curve[middle - near : middle + near + 1]))
    highest = int(np.argmax(curve))
    return highest if curve[highest] > max(SURE, _SLIPPED * curve[here]) else here


def _peak(curve: Curve, slip: int, near: int) -> tuple[float, float]:
    """The place of the highest peak around a slip, and its height; 0 if there is none.

    Between there and as far as is looked a peak counts ever less, at last half: off-beats that
    happen to fit are mostly there.
    """
    start, end = max(0, slip - near), min(len(curve) - 1, slip + near)
    lean = 1.0 - 0.5 * ((np.arange(start, end + 1) - slip) / near) ** 2
    peak = start + int(np.argmax(curve[start : end + 1] * lean))
    if peak in (start, end):
        return float(peak), 0.0
    return peak + _between(curve, peak), float(np.clip(curve[peak], 0.0, 1.0))


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


def _likeness(one: Curve, other: Curve, middle: int, half: int, reach: int) -> Curve:
    """The correlation of the onsets around a place, for every lag from -reach to reach."""
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
    return total / max(weights.sum(), 1e-12)


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
