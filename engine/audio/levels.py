"""Levels: how loud audio is, how high its true peaks are, and how to bring both to a target.

Loudness is ITU-R BS.1770-4 (K-weighting, 400 ms blocks, two gates), true peak its annex 2 (four
times oversampled). Audio is float32 of shape [2, n] at 48 000 Hz everywhere.

Everything slow is done once per cell of half a millisecond (see `engine.audio.cells`). The
limiter and the search for the right gain then work on cells alone, which are 24 times fewer than
samples. Knows nothing of files, music or renderers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.cells import (
    OVERSHOOT,
    SILENCE_LUFS,
    STEP,
    Audio,
    Curve,
    Energies,
    Peaks,
    cell_energies,
    gated_loudness,
    loudness_of_tenths,
    lufs,
    power_of,
    sample_peaks,
    tenths,
    true_peaks,
)
from engine.audio.limiting import limiter_gain, shaped

__all__ = [
    "SILENCE_DBTP", "SILENCE_LUFS", "Audio", "Curve", "Meter", "gain_reaching", "limit",
    "loudness_and_loudest_lufs", "loudness_lufs", "normalise", "short_term_lufs", "true_peak_dbtp",
]  # fmt: skip

SILENCE_DBTP = -120.0

_SHORT_TERM = 30  # times 100 ms
_MAKE_UP_DB = 12.0  # the most that is added for what the limiter took
_CLOSE_LU = 0.02
_ROUNDS = 8


def loudness_lufs(audio: Audio) -> float:
    """Integrated loudness in LUFS, gated; `SILENCE_LUFS` if nothing passes the absolute gate.

    Audio shorter than one block of 400 ms is measured as one shorter block.
    """
    return gated_loudness(cell_energies(audio))


def short_term_lufs(audio: Audio) -> Curve:
    """Short-term loudness (EBU Tech 3341) in LUFS: one value per 100 ms, each over 3 s, not gated.

    Value i is that of the three seconds from `i * 0.1` s on; of shorter audio there is one value,
    over all of it. None is below `SILENCE_LUFS`.
    """
    return _short_term(cell_energies(audio), audio.shape[1])


def loudness_and_loudest_lufs(audio: Audio) -> tuple[float, float]:
    """`loudness_lufs`, and the most that `short_term_lufs` reaches."""
    energies = cell_energies(audio)
    return gated_loudness(energies), float(_short_term(energies, audio.shape[1]).max())


def _short_term(energies: Curve, samples: int) -> Curve:
    if len(energies) >= _SHORT_TERM * STEP:
        powers = np.convolve(tenths(energies), np.ones(_SHORT_TERM), mode="valid")
        powers /= 3 * SAMPLE_RATE_HZ
    else:
        powers = np.array([energies.sum() / max(1, samples)])
    return lufs(np.maximum(powers, power_of(SILENCE_LUFS)))


class Meter:
    """Loudness and true peak of audio that comes in pieces, in memory that doesn't grow with it
    but by a number for each tenth of a second."""

    def __init__(self) -> None:
        self._energies, self._peaks = Energies(), Peaks(above=0.0)
        self._rest = np.zeros(0)
        self._tenths: list[Curve] = []
        self._highest = 0.0

    def feed(self, audio: Audio, last: bool = False) -> None:
        """Hear a piece [2, n]."""
        cells = np.concatenate([self._rest, self._energies.feed(audio, last)])
        whole = len(cells) // STEP * STEP
        self._tenths.append(tenths(cells))
        self._rest = cells[whole:]
        self._peaks.above = self._highest / OVERSHOOT
        self._highest = max(self._highest, self._peaks.feed(audio, last).max(initial=0.0))

    @property
    def loudness_lufs(self) -> float:
        """Integrated, of all whole tenths of a second so far."""
        heard = np.concatenate(self._tenths) if self._tenths else np.zeros(0)
        return loudness_of_tenths(heard) if len(heard) >= 4 else SILENCE_LUFS

    @property
    def true_peak_dbtp(self) -> float:
        """Of all so far, not below `SILENCE_DBTP`; complete after the last piece."""
        return max(SILENCE_DBTP, 20.0 * float(np.log10(max(self._highest, 1e-9))))


def true_peak_dbtp(audio: Audio) -> float:
    """The highest true peak of both channels in dBTP, not below `SILENCE_DBTP`."""
    peaks = sample_peaks(audio)
    highest = peaks.max(initial=0.0)
    highest = true_peaks(audio, peaks, above=highest / OVERSHOOT).max(initial=0.0)
    return max(SILENCE_DBTP, 20.0 * float(np.log10(max(highest, 1e-9))))


def limit(audio: Audio, ceiling_dbtp: float) -> Audio:
    """A copy whose true peaks stay at or below `ceiling_dbtp`; quieter audio is unchanged.

    The gain starts falling 2 ms ahead of a peak, is the same for both channels, and recovers
    at 60 dB per second.
    """
    peaks = sample_peaks(audio)
    peaks = true_peaks(audio, peaks, above=_amplitude(ceiling_dbtp) / OVERSHOOT)
    return shaped(audio, limiter_gain(peaks, ceiling_dbtp))


def normalise(
    audio: Audio, target_lufs: float, ceiling_dbtp: float, out: Audio | None = None
) -> Audio:
    """The audio at `target_lufs` (within 0.2 LU) whose true peaks stay below `ceiling_dbtp`.

    Peaks that stand in the way are limited. Silence stays silent. Where the two aims exclude
    each other (a few clicks in long silence), the ceiling wins.

    The K-weighted energies are measured once and scaled by the gain, which moves slowly enough,
    so searching for the gain (by secants) takes no further pass over the audio. The result is
    written to `out`, which may be `audio` itself, or to a new array.
    """
    energies = cell_energies(audio)
    quiet_lufs = gated_loudness(energies)
    if quiet_lufs <= SILENCE_LUFS:
        return shaped(audio, np.ones(len(energies) + 1), out)
    heard = sample_peaks(audio)
    amplitude, _ = _through_limiter(energies, heard, target_lufs, ceiling_dbtp)
    near = _amplitude(ceiling_dbtp) / (amplitude * OVERSHOOT)
    peaks = true_peaks(audio, heard, above=near)
    _, curve = _through_limiter(energies, peaks, target_lufs, ceiling_dbtp)
    return shaped(audio, curve, out)


def _through_limiter(
    energies: Curve, peaks: Curve, target_lufs: float, ceiling_dbtp: float
) -> tuple[float, Curve]:
    """The amplitude that reaches the target through the limiter, and the gain curve of both."""

    def curve_at(gain_db: float) -> Curve:
        amplitude = _amplitude(gain_db)
        return amplitude * limiter_gain(peaks * amplitude, ceiling_dbtp)

    def loudness_at(gain_db: float) -> float:
        curve = curve_at(gain_db)
        return gated_loudness(energies * (0.5 * (curve[:-1] + curve[1:])) ** 2)

    gain_db = gain_reaching(target_lufs, gated_loudness(energies), loudness_at)
    return _amplitude(gain_db), curve_at(gain_db)


def gain_reaching(
    target_lufs: float, quiet_lufs: float, loudness_at: Callable[[float], float]
) -> float:
    """The gain in dB at which `loudness_at` it is the target, where it is `quiet_lufs` at 0 dB
    without a limiter. Secants; what the limiter takes is made up for by at most 12 dB."""
    linear_db = target_lufs - quiet_lufs
    gain_db, last_db, last_lufs, slope = linear_db, linear_db, target_lufs, 1.0
    for _ in range(_ROUNDS):
        found_lufs = loudness_at(gain_db)
        if abs(target_lufs - found_lufs) < _CLOSE_LU:
            return gain_db
        if gain_db != last_db:
            slope = max(0.1, (found_lufs - last_lufs) / (gain_db - last_db))
        last_db, last_lufs = gain_db, found_lufs
        gain_db = min(gain_db + (target_lufs - found_lufs) / slope, linear_db + _MAKE_UP_DB)
    return last_db


def _amplitude(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))
