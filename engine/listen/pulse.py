"""Pulses: at which periods onsets come back, and where within a period they fall.

Finds every period that could be the beat, precisely, and leaves the choice to others: which of
several simultaneous pulses is *the* beat is a question of metre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d

from engine.listen.evidence import FRAMES_PER_S, Curve
from engine.listen.features import FRAME_S

SLOWEST_BPM, FASTEST_BPM = 47.0, 220.0
KNOWN_WITHIN = 0.05
"""A known tempo is searched for this far to either side."""

_LONGEST_LAG_S = 5.0
_PEAK_LAGS_S = (0.15, 2.6)
_PEAKS = 14
_CANDIDATES = 10
# A peak of the autocorrelation is some whole number of tatums, beats or bars.
_RATIOS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2, 3, 4)
_HARMONICS = (1, 2, 3, 4, 6, 8)
_FASTEST_HARMONIC_HZ = 20.0
_PADDING = 16
_SAME, _SAME_REFINED = 0.02, 0.004
_REFINED_WITHIN, _REFINED_STEPS = 0.012, 241
_PHASE_BINS = 48


@dataclass(frozen=True, slots=True)
class Pulse:
    """A period, and the mean autocorrelation over its first eight multiples."""

    period_s: float
    strength: float

    @property
    def bpm(self) -> float:
        return 60.0 / self.period_s


@dataclass(frozen=True, slots=True, eq=False)
class Periodicity:
    """How an onset curve repeats: `echo` is its autocorrelation by lag in frames, 1 at nought;
    `spectrum` its magnitudes, `spectrum_hz` apart."""

    echo: Curve
    spectrum: Curve
    spectrum_hz: float

    def echo_at(self, lag_s: float | Curve) -> Curve:
        places = np.asarray(lag_s) * FRAMES_PER_S
        return np.interp(places, np.arange(len(self.echo)), self.echo)


def measure_periodicity(onset: Curve) -> Periodicity:
    """The echo and the finely sampled spectrum of an onset curve."""
    size = next_fast_len(_PADDING * len(onset), real=True)
    return Periodicity(measure_echo(onset), np.abs(rfft(onset, size)), FRAMES_PER_S / size)


def measure_echo(curve: Curve) -> Curve:
    """Autocorrelation (unbiased) of a curve around nought, by lag in frames, up to 5 s."""
    lags = min(len(curve), round(_LONGEST_LAG_S * FRAMES_PER_S))
    power = np.abs(rfft(curve, next_fast_len(2 * len(curve), real=True))) ** 2
    echo = irfft(power)[:lags] / np.arange(len(curve), len(curve) - lags, -1)
    return gaussian_filter1d(echo / max(echo[0], 1e-12), 1.0)


def find_pulses(periodicity: Periodicity) -> list[Pulse]:
    """Every period that could be a beat, strongest first, each refined."""
    chosen: list[Pulse] = []
    for pulse in sorted(_possible(periodicity), key=lambda one: -one.strength):
        if all(_apart(pulse, other) > _SAME for other in chosen):
            chosen.append(pulse)
        if len(chosen) == _CANDIDATES:
            break
    refined: list[Pulse] = []
    for pulse in chosen:
        pulse = refine(periodicity, pulse, _REFINED_WITHIN)
        if all(_apart(pulse, other) > _SAME_REFINED for other in refined):
            refined.append(pulse)
    return refined


def find_pulse_near(periodicity: Periodicity, bpm: float) -> Pulse:
    """The strongest pulse within `KNOWN_WITHIN` of a known tempo."""
    around = refine(periodicity, Pulse(60.0 / bpm, 0.0), KNOWN_WITHIN)
    return refine(periodicity, around, 0.1 * _REFINED_WITHIN)


def refine(periodicity: Periodicity, pulse: Pulse, within: float) -> Pulse:
    """The pulse at the frequency nearby whose harmonics together are strongest."""
    steps = max(_REFINED_STEPS, round(within * _REFINED_STEPS / _REFINED_WITHIN))
    hz = (1.0 + np.linspace(-within, within, steps | 1)) / pulse.period_s
    bins = np.arange(len(periodicity.spectrum)) * periodicity.spectrum_hz
    total = np.zeros(len(hz))
    for harmonic in _HARMONICS:
        if harmonic / pulse.period_s < _FASTEST_HARMONIC_HZ:
            total += np.interp(hz * harmonic, bins, periodicity.spectrum)
    period_s = 1.0 / float(_peak(hz, total))
    return Pulse(period_s, _strength(periodicity, period_s))


def find_phases(onset: Curve, period_s: float, most: int = 3) -> list[float]:
    """Where within a period most starts, in seconds, likeliest first; at least an eighth apart."""
    places = np.arange(len(onset)) * FRAME_S / period_s % 1.0
    bins = (places * _PHASE_BINS).astype(np.intp) % _PHASE_BINS
    sums = np.bincount(bins, weights=onset, minlength=_PHASE_BINS)
    profile = sums / np.maximum(np.bincount(bins, minlength=_PHASE_BINS), 1)
    profile = gaussian_filter1d(profile, 1.0, mode="wrap")
    peaks = np.flatnonzero((profile >= np.roll(profile, 1)) & (profile > np.roll(profile, -1)))
    chosen: list[int] = []
    for peak in peaks[np.argsort(-profile[peaks])]:
        distances = [min((peak - one) % _PHASE_BINS, (one - peak) % _PHASE_BINS) for one in chosen]
        if min(distances, default=_PHASE_BINS) >= _PHASE_BINS // 8 and len(chosen) < most:
            chosen.append(int(peak))
    return [(one + 0.5) / _PHASE_BINS * period_s for one in chosen]


def _possible(periodicity: Periodicity) -> list[Pulse]:
    echo = periodicity.echo
    first, last = (round(lag * FRAMES_PER_S) for lag in _PEAK_LAGS_S)
    middle = echo[1:-1]
    peaks = 1 + np.flatnonzero((middle > echo[:-2]) & (middle >= echo[2:]) & (middle > 0))
    peaks = peaks[(peaks >= first) & (peaks <= last)]
    peaks = peaks[np.argsort(-echo[peaks])][:_PEAKS]
    periods = np.outer(peaks * FRAME_S, _RATIOS).ravel()
    periods = periods[(periods >= 60.0 / FASTEST_BPM) & (periods <= 60.0 / SLOWEST_BPM)]
    return [Pulse(float(period), _strength(periodicity, period)) for period in periods]


def _strength(periodicity: Periodicity, period_s: float) -> float:
    multiples: Curve = period_s * np.arange(1.0, 9.0)
    multiples = multiples[multiples < len(periodicity.echo) * FRAME_S]
    return float(periodicity.echo_at(multiples).mean()) if len(multiples) else 0.0


def _apart(one: Pulse, other: Pulse) -> float:
    return abs(float(np.log(one.period_s / other.period_s)))


def _peak(places: NDArray[np.float64], values: Curve) -> float:
    """Where the highest value lies, between samples (a parabola through three)."""
    index = int(np.clip(np.argmax(values), 1, len(values) - 2))
    before, here, after = values[index - 1 : index + 2]
    bend = before - 2.0 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(places[index] + np.clip(shift, -1, 1) * (places[1] - places[0]))
