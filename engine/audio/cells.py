"""Cells: what the meters and the limiter know of audio, once per half a millisecond.

Everything slow is done once per cell of 24 samples: its K-weighted energy and its peak. Both are
read from audio that comes whole or in pieces. Loudness is ITU-R BS.1770-4 (K-weighting, 400 ms
blocks, two gates), true peak its annex 2 (four times oversampled). Knows nothing of gains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]

SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: nothing quieter counts, so nothing measures below it."""

CELL = 24
STEP = SAMPLE_RATE_HZ // 10 // CELL
"""Cells in 100 ms, by which the 400 ms blocks advance."""
CHUNK = 64 * STEP * CELL
"""6.4 s: small enough for the processor's cache."""

OVERSHOOT = 1.5
"""How far the curve between samples may rise above those around it: 3 dB for the worst sine (at a
quarter of the sample rate), a little more for chance. Quieter cells need no closer look."""

# BS.1770-4 tables 1 and 2: the head's high shelf, then the revised low-frequency B curve.
_HIGH_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285)
_HIGH_SHELF_POLES = (1.0, -1.69065929318241, 0.73248077421585)
_LOW_CUT, _LOW_CUT_POLES = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)
_K_WEIGHTING = np.array([_HIGH_SHELF + _HIGH_SHELF_POLES, _LOW_CUT + _LOW_CUT_POLES])
_OFFSET_LU = -0.691
_RELATIVE_GATE_LU = -10.0

_TAPS = 12  # samples on either side of an interpolated value
_PHASES = (0.25, 0.5, 0.75)


class Energies:
    """The K-weighted energy of both channels in each cell, of audio that comes in pieces."""

    def __init__(self) -> None:
        self._state = np.zeros((2, 2, 2))
        self._rest = np.zeros((2, 0), np.float32)

    def feed(self, audio: Audio, last: bool = False) -> Curve:
        """The energies of the cells that this piece [2, n] completes; after the last piece also
        of the one that silence completes."""
        waiting = np.concatenate([self._rest, audio], axis=1) if self._rest.size else audio
        short = -waiting.shape[1] % CELL
        if last and short:
            waiting = np.pad(waiting, ((0, 0), (0, short)))
        whole = waiting.shape[1] // CELL * CELL
        self._rest = waiting[:, whole:].copy()
        found = [np.zeros(0)]
        for start in range(0, whole, CHUNK):
            # In float32 the low-frequency stage's rounding noise would be audible to the meter.
            chunk = waiting[:, start : min(start + CHUNK, whole)].astype(np.float64)
            weighted, self._state = sosfilt(_K_WEIGHTING, chunk, zi=self._state)
            cells = weighted.reshape(2, -1, CELL)
            found.append(np.einsum("cbi,cbi->b", cells, cells))
        return np.concatenate(found)


class Peaks:
    """The peak of each cell, of audio that comes in pieces.

    It is the true peak where a sample exceeds `above`, which may be changed between pieces, and
    the highest sample elsewhere.
    """

    def __init__(self, above: float) -> None:
        self.above = above
        self._waiting = np.zeros((2, CELL), np.float32)

    def feed(self, audio: Audio, last: bool = False) -> Curve:
        """The peaks of the cells that this piece [2, n] completes: those with enough samples
        after them to look between, or after the last piece all."""
        self._waiting = np.concatenate([self._waiting, audio], axis=1)
        known = self._waiting.shape[1] - CELL
        ready = -(-known // CELL) if last else max(0, (known - _TAPS) // CELL)
        heard = sample_peaks(self._waiting)
        peaks = true_peaks(self._waiting, heard, self.above)[1 : 1 + ready]
        self._waiting = self._waiting[:, ready * CELL :].copy()
        return peaks


def cell_energies(audio: Audio) -> Curve:
    """The K-weighted energy of both channels in each cell of [2, n]."""
    return Energies().feed(audio, last=True)


def gated_loudness(energies: Curve) -> float:
    """Integrated loudness in LUFS of what has these energies in its cells."""
    if len(energies) >= 4 * STEP:
        return loudness_of_tenths(tenths(energies))
    return _gated(np.array([energies.sum() / max(1, len(energies) * CELL)]))


def loudness_of_tenths(energies: Curve) -> float:
    """Integrated loudness in LUFS of what has these energies in its tenths of a second, at least
    four of them."""
    return _gated(np.convolve(energies, np.ones(4), mode="valid") / (4 * STEP * CELL))


def tenths(energies: Curve) -> Curve:
    """The energies of whole 100 ms, from those of cells."""
    return energies[: len(energies) // STEP * STEP].reshape(-1, STEP).sum(axis=1)


def lufs(power: Curve) -> Curve:
    return _OFFSET_LU + 10.0 * np.log10(power)


def power_of(lufs: float) -> float:
    return float(10.0 ** ((lufs - _OFFSET_LU) / 10.0))


def sample_peaks(audio: Audio) -> Curve:
    """The highest sample of both channels in each cell."""
    peaks = np.zeros(-(-audio.shape[1] // CELL))
    for start in range(0, audio.shape[1], CHUNK):
        chunk = audio[:, start : start + CHUNK]
        high = np.maximum(chunk.max(axis=0), -chunk.min(axis=0))
        high = np.pad(high, (0, -len(high) % CELL)).reshape(-1, CELL).max(axis=1)
        peaks[start // CELL : start // CELL + len(high)] = high
    return peaks


def true_peaks(audio: Audio, heard: Curve, above: float) -> Curve:
    """The true peak of each cell whose samples exceed `above`; of the others the sample peak."""
    peaks = heard.copy()
    loud = np.flatnonzero(peaks > above)
    for first in range(0, len(loud), CHUNK // CELL):
        some = loud[first : first + CHUNK // CELL]
        peaks[some] = np.maximum(peaks[some], _between_samples(audio, some))
    return peaks


def _gated(powers: Curve) -> float:
    powers = powers[powers > power_of(SILENCE_LUFS)]
    if not len(powers):
        return SILENCE_LUFS
    relative_gate = powers.mean() * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
    return float(lufs(powers[powers > relative_gate].mean()))


def _interpolation() -> Audio:
    """The matrix that turns a cell and its surroundings into the values between its samples.

    A Kaiser-windowed sinc of 24 taps a phase: finer than annex 2's example of 12, for the same
    four times oversampling. Shape [cell + 2 * taps - 1, cell * phases].
    """
    source = np.arange(CELL + 2 * _TAPS - 1) - (_TAPS - 1)
    target = (np.arange(CELL)[:, None] + np.array(_PHASES)).ravel()
    distance = target[None, :] - source[:, None]
    window = np.i0(8.0 * np.sqrt(np.clip(1.0 - (distance / _TAPS) ** 2, 0.0, None))) / np.i0(8.0)
    taps = np.sinc(distance) * np.where(np.abs(distance) < _TAPS, window, 0.0)
    return (taps / taps.sum(axis=0)).astype(np.float32)


_INTERPOLATION = _interpolation()


def _between_samples(audio: Audio, cells: NDArray[np.intp]) -> Audio:
    """The highest interpolated value in each of these cells, silence assumed outside the audio."""
    reach = np.arange(len(_INTERPOLATION)) - (_TAPS - 1)
    index = cells[:, None] * CELL + reach
    inside = (index >= 0) & (index < audio.shape[1])
    around = audio[:, np.where(inside, index, 0)] * inside
    return np.abs(around @ _INTERPOLATION).max(axis=(0, 2))
