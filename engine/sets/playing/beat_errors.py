"""Beat errors: how far two decks' beats are apart, as heard in the audio of both.

The onsets of both are compared band by band around every beat. Knows no timeline: a deck is
its audio, and beats are samples in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_AROUND_BEATS = 6.0
_NEAR_BEATS = 1 / 6
_SLIPPED, _SURE_SLIP = 1.5, 0.5
"""Music repeats itself every beat, and one drummer's third beat may be like another's second: a
peak further off than a sixth of a beat is only believed if it is so much higher over the whole
join, and as high as between two decks that play nearly the same."""
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

    Onsets are the half-wave rectified rise of log energy in four bands. The correlation of both
    decks' over all of the beats, searched up to a beat away, says whether they are whole beats
    apart. Each beat says how far it is from that: the three bars around it are folded into a single
    beat, so that two drummers who seldom strike at the same moments can be compared too, and the
    peak of the correlation is interpolated by a parabola.
    """
    one, other = _onsets(out), _onsets(into)
    places = np.round(np.array(beats) / _HOP).astype(int)
    beat = float(np.median(np.diff(places)))
    near = round(_NEAR_BEATS * beat)
    # Only what lies between the first beat and the last is compared: there both decks play.
    whole = _likeness(one, other, places[0], places[-1], round(_FARTHEST_BEATS * beat))
    slip = _slip(whole, near)
    first, second = (_by_beat(onsets, places, round(beat)) for onsets in (one, other))
    found = [
        _peak(_folded_likeness(first, second, weights), slip, near)
        for weights in _around(len(places))
    ]
    return Offsets(*np.array(found).T)


def _slip(curve: Curve, near: int) -> int:
    """The lag of the highest believable peak in a curve whose middle is no lag."""
    middle = len(curve) // 2
    here = middle - near + int(np.argmax(curve[middle - near : middle + near + 1]))
    highest = int(np.argmax(curve))
    believed = curve[highest] > max(_SURE_SLIP, _SLIPPED * curve[here])
    return (highest if believed else here) - middle


def _peak(curve: Curve, slip: int, near: int) -> tuple[float, float]:
    """The lag of the highest peak around a slip, and its height; 0 if there is none.

    `curve` begins at no lag and goes around. Between the slip and as far as is looked a peak
    counts ever less, at last half: off-beats that happen to fit are mostly there.
    """
    lags = np.arange(-near, near + 1)
    around = curve.take(slip + lags, mode="wrap")
    peak = int(np.argmax(around * (1.0 - 0.5 * (lags / near) ** 2)))
    if abs(lags[peak]) == near:
        return float(slip + lags[peak]), 0.0
    height = float(np.clip(around[peak], 0.0, 1.0))
    return float(slip + lags[peak] + _between(around, peak)), height


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


def _likeness(one: Curve, other: Curve, start: int, end: int, reach: int) -> Curve:
    """The correlation of the onsets from a place to another, for lags from -reach to reach."""
    size = end - start + 1
    window = np.hanning(size + 2)[1:-1]
    first = _excerpt(one, start, size) * window
    second = _excerpt(other, start - reach, size + 2 * reach)
    correlation = _correlation(first, second)[:, : 2 * reach + 1]
    norms = np.sqrt((first**2).sum(axis=1) * (_excerpt(second, reach, size) ** 2 * window).sum(1))
    return _together(correlation, norms)


def _by_beat(onsets: Curve, places: NDArray[np.int_], size: int) -> NDArray[np.float64]:
    """What follows each beat but the last, [beats - 1, bands, size]."""
    return np.array([_excerpt(onsets, int(place), size) for place in places[:-1]])


def _around(count: int) -> Iterator[Curve]:
    """For each of so many beats the weights of what lies between beats, highest around it."""
    reach = min(_AROUND_BEATS, 0.5 * (count - 1))
    for middle in np.clip(np.arange(count), reach, count - 1 - reach):
        away = np.abs(np.arange(count - 1) + 0.5 - middle) / (reach + 0.5)
        yield 0.5 + 0.5 * np.cos(np.pi * away.clip(0.0, 1.0))


def _folded_likeness(one: Curve, other: Curve, weights: Curve) -> Curve:
    """The correlation of two decks' onsets within a beat, for every lag from none to a beat."""
    first, second = (np.tensordot(weights, onsets, 1) for onsets in (one, other))
    first -= first.mean(axis=1, keepdims=True)
    second -= second.mean(axis=1, keepdims=True)
    norms = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return _together(_correlation(first, second), norms)


def _correlation(one: Curve, other: Curve) -> Curve:
    """The circular correlation of two curves by band, for every lag of the longer one."""
    length = other.shape[1]
    spectrum = np.fft.rfft(other, length) * np.fft.rfft(one, length).conj()
    return np.fft.irfft(spectrum, length)


def _together(correlation: Curve, norms: Curve) -> Curve:
    """The normalised correlation of all bands, of which those with more onsets count more."""
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
