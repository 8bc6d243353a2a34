"""The limiter: a gain that is down before a peak comes, for audio that comes whole or in pieces.

Works on cells (see `engine.audio.cells`), so its curve has one point for each half millisecond.
Knows nothing of loudness.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.cells import CELL, CHUNK, OVERSHOOT, Audio, Curve, Peaks

_LOOK_AHEAD = 4  # cells: 2 ms before and after a peak
_WIDTH = 2 * _LOOK_AHEAD + 1
_RELEASE_DB = 60.0 * CELL / SAMPLE_RATE_HZ  # per cell: 60 dB per second
# The gain moves a little within the interpolation's reach; this keeps that below the ceiling.
_MARGIN_DB = 0.2


class GainCurve:
    """Gain at each border of cells that keeps every cell's peak below the ceiling, for peaks that
    come in pieces.

    A constant recovery in decibels is a running minimum of `need - slope * time`, so no loop over
    time is needed; averaging what a minimum of the same width has lowered can't exceed the need.
    """

    def __init__(self, ceiling_dbtp: float) -> None:
        self._ceiling_db = ceiling_dbtp - _MARGIN_DB
        self._need = 0.0  # of the cell before
        self._borders = np.zeros(0)
        self._recovering = np.zeros(0)

    def feed(self, peaks: Curve, last: bool = False) -> Curve:
        """The gains that these peaks settle: after the last ones, one more than there were peaks
        in all; before that they are some cells behind."""
        need = self._ceiling_db - 20.0 * np.log10(np.maximum(peaks, 1e-9))
        need = np.concatenate([[self._need], np.minimum(0.0, need), [0.0] * last])
        self._need = float(need[-1])
        borders = np.minimum(need[:-1], need[1:])
        self._borders = _held(self._borders, borders, last)
        if len(self._borders) < _WIDTH:
            return np.zeros(0)
        lowered = minimum_filter1d(self._borders, _WIDTH)[_LOOK_AHEAD:-_LOOK_AHEAD]
        self._borders = self._borders[1 - _WIDTH :]
        self._recovering = _held(self._recovering, self._recovered(lowered), last)
        if len(self._recovering) < _WIDTH:
            return np.zeros(0)
        smooth = uniform_filter1d(self._recovering, _WIDTH)[_LOOK_AHEAD:-_LOOK_AHEAD]
        self._recovering = self._recovering[1 - _WIDTH :]
        return 10.0 ** (smooth / 20.0)

    def _recovered(self, lowered: Curve) -> Curve:
        """What was lowered, rising no faster than the release, also from what came before."""
        before = self._recovering[-1:]
        slope = _RELEASE_DB * np.arange(len(before) + len(lowered))
        joined = np.concatenate([before, lowered])
        return (np.minimum.accumulate(joined - slope) + slope)[len(before) :]


def _held(before: Curve, more: Curve, last: bool) -> Curve:
    """A curve that goes on, its ends held for as long as the filters look beyond them."""
    if not len(before) and len(more):
        before = np.repeat(more[:1], _LOOK_AHEAD)
    joined = np.concatenate([before, more])
    return np.concatenate([joined, np.repeat(joined[-1:], _LOOK_AHEAD)]) if last else joined


class Limiter:
    """A limiter for audio that comes in pieces; together they come out as `levels.limit` has it."""

    def __init__(self, ceiling_dbtp: float) -> None:
        self._peaks = Peaks(above=10.0 ** (ceiling_dbtp / 20.0) / OVERSHOOT)
        self._curve = GainCurve(ceiling_dbtp)
        self._gains = np.zeros(0)
        self._waiting = np.zeros((2, 0), np.float32)

    def feed(self, audio: Audio, last: bool = False) -> Audio:
        """What of [2, n] and of that before it is settled: all but the last 5 ms or so, and after
        the last piece everything."""
        self._waiting = np.concatenate([self._waiting, audio], axis=1)
        gains = self._curve.feed(self._peaks.feed(audio, last), last)
        self._gains = np.concatenate([self._gains, gains])
        cells = max(0, len(self._gains) - 1)
        ready = self._waiting[:, : cells * CELL]
        limited = shaped(ready, self._gains)
        self._waiting = self._waiting[:, cells * CELL :].copy()
        self._gains = self._gains[cells:]
        return limited


def limiter_gain(peaks: Curve, ceiling_dbtp: float) -> Curve:
    """Gain at each border of cells with these peaks that keeps them below the ceiling."""
    return GainCurve(ceiling_dbtp).feed(peaks, last=True)


def shaped(audio: Audio, borders: Curve, out: Audio | None = None) -> Audio:
    """The audio with the gain given at the borders of cells, linear in between."""
    made = np.empty_like(audio) if out is None else out
    ramp = np.arange(CELL, dtype=np.float32) / CELL
    gains = borders.astype(np.float32)
    for start in range(0, audio.shape[1], CHUNK):
        chunk = audio[:, start : start + CHUNK]
        first, count = start // CELL, -(-chunk.shape[1] // CELL)
        left, right = gains[first : first + count], gains[first + 1 : first + count + 1]
        curve = (left[:, None] + (right - left)[:, None] * ramp).ravel()[: chunk.shape[1]]
        np.multiply(chunk, curve, out=made[:, start : start + chunk.shape[1]])
    return made
