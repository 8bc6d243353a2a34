"""Levels: how loud audio is, how high its true peaks are, and how to bring both to a target.

Loudness is ITU-R BS.1770-4 (K-weighting, 400 ms blocks, two gates), true peak its annex 2 (four
times oversampled). Audio is float32 of shape [2, n] at 48 000 Hz everywhere.

Everything slow is done once per cell of half a millisecond: its K-weighted energy and its peak.
The limiter and the search for the right gain then work on cells alone, which are 24 times fewer
than samples. Knows nothing of files, music or renderers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import sosfilt

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]

SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: nothing quieter counts, so nothing measures below it."""
SILENCE_DBTP = -120.0

# BS.1770-4 tables 1 and 2: the head's high shelf, then the revised low-frequency B curve.
_HIGH_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285)
_HIGH_SHELF_POLES = (1.0, -1.69065929318241, 0.73248077421585)
_LOW_CUT, _LOW_CUT_POLES = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)
_K_WEIGHTING = np.array([_HIGH_SHELF + _HIGH_SHELF_POLES, _LOW_CUT + _LOW_CUT_POLES])
_OFFSET_LU = -0.691
_RELATIVE_GATE_LU = -10.0

_CELL = 24
_STEP = SAMPLE_RATE_HZ // 10 // _CELL  # cells in 100 ms, by which the 400 ms blocks advance
_SHORT_TERM = 30  # times 100 ms
_CHUNK = 64 * _STEP * _CELL  # 6.4 s: small enough for the processor's cache

_TAPS = 12  # samples on either side of an interpolated value
_PHASES = (0.25, 0.5, 0.75)
# How far the curve between samples may rise above those around it: 3 dB for the worst sine (at a
# quarter of the sample rate), a little more for chance. Quieter cells need no closer look.
_OVERSHOOT = 1.5

_LOOK_AHEAD = 4  # cells: 2 ms before and after a peak
_RELEASE_DB = 60.0 * _CELL / SAMPLE_RATE_HZ  # per cell: 60 dB per second
# The gain moves a little within the interpolation's reach; this keeps that below the ceiling.
_MARGIN_DB = 0.2

_MAKE_UP_DB = 12.0  # the most that is added for what the limiter took
_CLOSE_LU = 0.02
_ROUNDS = 8


def loudness_lufs(audio: Audio) -> float:
    """Integrated loudness in LUFS, gated; `SILENCE_LUFS` if nothing passes the absolute gate.

    Audio shorter than one block of 400 ms is measured as one shorter block.
    """
    return _gated_loudness(_cell_energies(audio))


def short_term_lufs(audio: Audio) -> Curve:
    """Short-term loudness (EBU Tech 3341) in LUFS: one value per 100 ms, each over 3 s, not gated.

    Value i is that of the three seconds from `i * 0.1` s on; of shorter audio there is one value,
    over all of it. None is below `SILENCE_LUFS`.
    """
    energies = _cell_energies(audio)
    tenths = _tenths(energies)
    if len(tenths) >= _SHORT_TERM:
        powers = np.convolve(tenths, np.ones(_SHORT_TERM), mode="valid") / (3 * SAMPLE_RATE_HZ)
    else:
        powers = np.array([energies.sum() / max(1, audio.shape[1])])
    return _OFFSET_LU + 10.0 * np.log10(np.maximum(powers, _power(SILENCE_LUFS)))


def true_peak_dbtp(audio: Audio) -> float:
    """The highest true peak of both channels in dBTP, not below `SILENCE_DBTP`."""
    peaks = _sample_peaks(audio)
    highest = peaks.max(initial=0.0)
    highest = _true_peaks(audio, peaks, above=highest / _OVERSHOOT).max(initial=0.0)
    return max(SILENCE_DBTP, 20.0 * float(np.log10(max(highest, 1e-9))))


def limit(audio: Audio, ceiling_dbtp: float) -> Audio:
    """A copy whose true peaks stay at or below `ceiling_dbtp`; quieter audio is unchanged.

    The gain starts falling 2 ms ahead of a peak, is the same for both channels, and recovers
    at 60 dB per second.
    """
    peaks = _sample_peaks(audio)
    peaks = _true_peaks(audio, peaks, above=_amplitude(ceiling_dbtp) / _OVERSHOOT)
    return _shaped(audio, _limiter_gain(peaks, ceiling_dbtp))


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
    energies = _cell_energies(audio)
    quiet_lufs = _gated_loudness(energies)
    if quiet_lufs <= SILENCE_LUFS:
        return _shaped(audio, np.ones(len(energies) + 1), out)
    peaks = _sample_peaks(audio)
    amplitude, _ = _search(energies, peaks, target_lufs, ceiling_dbtp)
    near = _amplitude(ceiling_dbtp) / (amplitude * _OVERSHOOT)
    peaks = _true_peaks(audio, peaks, above=near)
    _, curve = _search(energies, peaks, target_lufs, ceiling_dbtp)
    return _shaped(audio, curve, out)


def _search(
    energies: Curve, peaks: Curve, target_lufs: float, ceiling_dbtp: float
) -> tuple[float, Curve]:
    """The amplitude that reaches the target through the limiter, and the gain curve of both.

    Secants; what the limiter takes is made up for by at most `_MAKE_UP_DB`.
    """
    linear_db = target_lufs - _gated_loudness(energies)
    gain_db, last_db, last_lufs, slope = linear_db, linear_db, target_lufs, 1.0
    for _ in range(_ROUNDS):
        amplitude = _amplitude(gain_db)
        curve = amplitude * _limiter_gain(peaks * amplitude, ceiling_dbtp)
        lufs = _gated_loudness(energies * (0.5 * (curve[:-1] + curve[1:])) ** 2)
        if abs(target_lufs - lufs) < _CLOSE_LU:
            break
        if gain_db != last_db:
            slope = max(0.1, (lufs - last_lufs) / (gain_db - last_db))
        last_db, last_lufs = gain_db, lufs
        gain_db = min(gain_db + (target_lufs - lufs) / slope, linear_db + _MAKE_UP_DB)
    return amplitude, curve


def _amplitude(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))


def _chunks(audio: Audio) -> Iterator[tuple[int, Audio]]:
    """Pieces of whole cells and the cell each starts at; the last is padded with silence."""
    for start in range(0, audio.shape[1], _CHUNK):
        chunk = audio[:, start : start + _CHUNK]
        short = -chunk.shape[1] % _CELL
        yield start // _CELL, np.pad(chunk, ((0, 0), (0, short))) if short else chunk


def _cell_count(audio: Audio) -> int:
    return -(-audio.shape[1] // _CELL)


def _cell_energies(audio: Audio) -> Curve:
    """K-weighted energy of both channels in each cell."""
    energies = np.zeros(_cell_count(audio))
    state = np.zeros((2, 2, 2))
    for cell, chunk in _chunks(audio):
        # In float32 the low-frequency stage's rounding noise would be audible to the meter.
        weighted, state = sosfilt(_K_WEIGHTING, chunk.astype(np.float64), zi=state)
        cells = weighted.reshape(2, -1, _CELL)
        energies[cell : cell + cells.shape[1]] = np.einsum("cbi,cbi->b", cells, cells)
    return energies


def _gated_loudness(energies: Curve) -> float:
    tenths = _tenths(energies)
    if len(tenths) >= 4:
        blocks = np.convolve(tenths, np.ones(4), mode="valid") / (4 * _STEP * _CELL)
    else:
        blocks = np.array([energies.sum() / max(1, len(energies) * _CELL)])
    blocks = blocks[blocks > _power(SILENCE_LUFS)]
    if not len(blocks):
        return SILENCE_LUFS
    relative_gate = _power(_lufs(blocks.mean()) + _RELATIVE_GATE_LU)
    return _lufs(blocks[blocks > relative_gate].mean())


def _tenths(energies: Curve) -> Curve:
    """The energies of whole 100 ms."""
    return energies[: len(energies) // _STEP * _STEP].reshape(-1, _STEP).sum(axis=1)


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10.0 * float(np.log10(power))


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - _OFFSET_LU) / 10.0))


def _interpolation() -> Audio:
    """The matrix that turns a cell and its surroundings into the values between its samples.

    A Kaiser-windowed sinc of 24 taps a phase: finer than annex 2's example of 12, for the same
    four times oversampling. Shape [cell + 2 * taps - 1, cell * phases].
    """
    source = np.arange(_CELL + 2 * _TAPS - 1) - (_TAPS - 1)
    target = (np.arange(_CELL)[:, None] + np.array(_PHASES)).ravel()
    distance = target[None, :] - source[:, None]
    window = np.i0(8.0 * np.sqrt(np.clip(1.0 - (distance / _TAPS) ** 2, 0.0, None))) / np.i0(8.0)
    taps = np.sinc(distance) * np.where(np.abs(distance) < _TAPS, window, 0.0)
    return (taps / taps.sum(axis=0)).astype(np.float32)


_INTERPOLATION = _interpolation()


def _sample_peaks(audio: Audio) -> Curve:
    """The highest sample of both channels in each cell."""
    peaks = np.zeros(_cell_count(audio))
    for cell, chunk in _chunks(audio):
        high = np.maximum(chunk.max(axis=0), -chunk.min(axis=0))
        peaks[cell : cell + high.size // _CELL] = high.reshape(-1, _CELL).max(axis=1)
    return peaks


def _true_peaks(audio: Audio, sample_peaks: Curve, above: float) -> Curve:
    """The true peak of each cell whose samples exceed `above`; of the others the sample peak."""
    peaks = sample_peaks.copy()
    loud = np.flatnonzero(peaks > above)
    for first in range(0, len(loud), _CHUNK // _CELL):
        some = loud[first : first + _CHUNK // _CELL]
        peaks[some] = np.maximum(peaks[some], _between_samples(audio, some))
    return peaks


def _between_samples(audio: Audio, cells: NDArray[np.intp]) -> Audio:
    """The highest interpolated value in each of these cells, silence assumed outside the audio."""
    reach = np.arange(len(_INTERPOLATION)) - (_TAPS - 1)
    index = cells[:, None] * _CELL + reach
    inside = (index >= 0) & (index < audio.shape[1])
    around = audio[:, np.where(inside, index, 0)] * inside
    return np.abs(around @ _INTERPOLATION).max(axis=(0, 2))


def _limiter_gain(peaks: Curve, ceiling_dbtp: float) -> Curve:
    """Gain at each border of cells that keeps every cell's peak below the ceiling.

    A constant recovery in decibels is a running minimum of `need - slope * time`, so no loop over
    time is needed; averaging what a minimum of the same width has lowered can't exceed the need.
    """
    ceiling_db = ceiling_dbtp - _MARGIN_DB
    need = np.minimum(0.0, ceiling_db - 20.0 * np.log10(np.maximum(peaks, 1e-9)))
    border = np.minimum(np.append(need, 0.0), np.insert(need, 0, 0.0))
    width = 2 * _LOOK_AHEAD + 1
    lowered = minimum_filter1d(border, width, mode="nearest")
    slope = _RELEASE_DB * np.arange(len(border))
    recovering = np.minimum.accumulate(lowered - slope) + slope
    return 10.0 ** (uniform_filter1d(recovering, width, mode="nearest") / 20.0)


def _shaped(audio: Audio, borders: Curve, out: Audio | None = None) -> Audio:
    """The audio with the gain given at the borders of cells, linear in between."""
    shaped = np.empty_like(audio) if out is None else out
    ramp = np.arange(_CELL, dtype=np.float32) / _CELL
    gains = borders.astype(np.float32)
    for cell, chunk in _chunks(audio):
        count = chunk.shape[1] // _CELL
        left, right = gains[cell : cell + count], gains[cell + 1 : cell + count + 1]
        curve = (left[:, None] + (right - left)[:, None] * ramp).ravel()
        start = cell * _CELL
        target = shaped[:, start : start + chunk.shape[1]]
        np.multiply(chunk[:, : target.shape[1]], curve[: target.shape[1]], out=target)
    return shaped
