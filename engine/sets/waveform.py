"""A picture of a whole mix in a few thousand steps: three bands and how loud it is.

Drawn from a stream of any length in memory that doesn't grow: where it no longer fits, every two
steps become one. Knows nothing of tracks, or of how it will be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, firwin, sosfilt

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import SILENCE_LUFS, short_term_lufs

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]

MAX_STEPS = 4_000
MAX_LOUDNESS_STEPS = 1_000
LOWS_BELOW_HZ, HIGHS_ABOVE_HZ = 200.0, 2_000.0

_CELL = 512
"""Samples of the finest step, 10.7 ms: a kick drum is a shape of its own in a short mix."""
_CELLS = 256
_CHUNK = _CELLS * _CELL
"""Work is done on chunks of this size only, so how the stream was cut can't be seen."""

# Lows and mids are told apart at an eighth of the rate, where that costs next to nothing. What
# would alias lies above 3.6 kHz; the filter leaves a thousandth of it.
_FEWER = 8
_TAPS = 12 * _FEWER
_DECIMATION = firwin(_TAPS, 2_800.0, window=("kaiser", 6.5), fs=SAMPLE_RATE_HZ).astype(np.float32)
_LOW = butter(4, LOWS_BELOW_HZ, "low", fs=SAMPLE_RATE_HZ / _FEWER, output="sos")
_MID = butter(2, (LOWS_BELOW_HZ, HIGHS_ABOVE_HZ), "band", fs=SAMPLE_RATE_HZ / _FEWER, output="sos")
_HIGH = butter(2, HIGHS_ABOVE_HZ, "high", fs=SAMPLE_RATE_HZ, output="sos").astype(np.float32)

_TENTH = SAMPLE_RATE_HZ // 10
_WINDOW = 30
"""Tenths of a second that short-term loudness looks at."""
_PIECE = 300
"""Tenths whose loudness is measured at once."""


@dataclass(frozen=True, slots=True)
class Band:
    """One byte per step: the square root of the amplitude, so that quiet things show.

    A byte b stands for the amplitude (b / 255)², 255 for full scale and all above it.
    """

    peak: bytes
    rms: bytes


@dataclass(frozen=True, slots=True)
class Waveform:
    """A mix in at most `MAX_STEPS` steps of `step_s`; step i begins at `i * step_s`."""

    duration_s: float
    step_s: float
    lows: Band
    """Below 200 Hz."""
    mids: Band
    highs: Band
    """Above 2 kHz."""
    loudness_step_s: float
    loudness_lufs: tuple[float, ...]
    """Short-term loudness (three seconds around each moment), to a tenth."""

    @property
    def steps(self) -> int:
        return len(self.lows.peak)


class WaveformDrawing:
    """Takes a mix as it is made, block by block, and is a `Waveform` at the end.

    The result depends on the samples alone, not on how they were cut into blocks.
    """

    def __init__(self) -> None:
        self._bands = _Bands()
        self._loudness = _Loudness()
        self._chunks = _Gathering(_CHUNK, self._bands.add)
        self._pieces = _Gathering(_PIECE * _TENTH, self._loudness.add)
        self._samples = 0

    def add(self, block: Audio) -> None:
        """Draw the next samples, float32 [2, n]; n may be anything."""
        if block.ndim != 2 or len(block) != 2:
            raise ValueError(f"block has the shape {block.shape}, not [2, samples]")
        self._samples += block.shape[1]
        self._chunks.add(block)
        self._pieces.add(block)

    def finish(self) -> Waveform:
        """The waveform of all that was added. Nothing can be added afterwards."""
        self._chunks.finish()
        self._pieces.finish()
        steps = self._bands.finish(self._samples)
        loudness = self._loudness.finish()
        lows, mids, highs = (Band(_bytes(peak), _bytes(rms)) for peak, rms in steps)
        return Waveform(
            duration_s=self._samples / SAMPLE_RATE_HZ,
            step_s=self._bands.peaks.factor * _CELL / SAMPLE_RATE_HZ,
            lows=lows,
            mids=mids,
            highs=highs,
            loudness_step_s=self._loudness.powers.factor * 0.1,
            loudness_lufs=tuple(round(float(lufs), 1) for lufs in loudness),
        )


class _Gathering:
    """Hands on a stream in blocks of one size; the last is shorter."""

    def __init__(self, size: int, consume: Callable[[Audio], None]) -> None:
        self._held = np.zeros((2, size), dtype=np.float32)
        self._count = 0
        self._consume = consume

    def add(self, block: Audio) -> None:
        size, done = self._held.shape[1], 0
        while done < block.shape[1]:
            taken = min(size - self._count, block.shape[1] - done)
            self._held[:, self._count : self._count + taken] = block[:, done : done + taken]
            self._count, done = self._count + taken, done + taken
            if self._count == size:
                self._consume(self._held)
                self._count = 0

    def finish(self) -> None:
        if self._count:
            self._consume(self._held[:, : self._count])
            self._count = 0


class _Steps:
    """Rows of a value per step, at most `limit` steps; `merge` makes one of two, or of many."""

    def __init__(self, rows: int, limit: int, merge: np.ufunc) -> None:
        self._held = np.zeros((limit, rows))
        self._merge = merge
        self.count = 0
        """Of cells so far."""
        self.factor = 1
        """Cells in a step, a power of two."""

    def add(self, cells: Curve) -> None:
        """The next cells, [rows, n]."""
        limit = len(self._held)
        while self.count + cells.shape[1] > limit * self.factor:
            halved = self._merge(self._held[0::2], self._held[1::2])
            self._held = np.pad(halved, ((0, limit - len(halved)), (0, 0)))
            self.factor *= 2
        index = (self.count + np.arange(cells.shape[1])) // self.factor
        self._merge.at(self._held, index, cells.T)
        self.count += cells.shape[1]

    def values(self) -> Curve:
        """[rows, steps]."""
        return self._held[: -(-self.count // self.factor)].T


class _Bands:
    """Peak and energy of the three bands, [3, steps]."""

    def __init__(self) -> None:
        self.peaks = _Steps(3, MAX_STEPS, np.maximum)
        self._energies = _Steps(3, MAX_STEPS, np.add)
        self._before = np.zeros((2, _TAPS - _FEWER), dtype=np.float32)
        self._low = np.zeros((len(_LOW), 2, 2))
        self._mid = np.zeros((len(_MID), 2, 2))
        self._high = np.zeros((len(_HIGH), 2, 2), dtype=np.float32)

    def add(self, chunk: Audio) -> None:
        chunk = np.pad(chunk, ((0, 0), (0, -chunk.shape[1] % _CELL)))
        fewer = self._decimated(chunk).astype(np.float64)
        lows, self._low = sosfilt(_LOW, fewer, zi=self._low)
        mids, self._mid = sosfilt(_MID, fewer, zi=self._mid)
        highs, self._high = sosfilt(_HIGH, chunk, zi=self._high)
        cells = [band.reshape(2, chunk.shape[1] // _CELL, -1) for band in (lows, mids, highs)]
        self.peaks.add(np.array([_highest(band) for band in cells]))
        # The mean over both channels, in samples, whatever the band's rate.
        self._energies.add(
            np.array(
                [np.einsum("cbi,cbi->b", x, x) * (_CELL / (2 * x.shape[2])) for x in cells],
            )
        )

    def finish(self, samples: int) -> list[tuple[Curve, Curve]]:
        """Peak and RMS of each band per step, as amplitudes; the last step may be shorter."""
        peaks, energies = self.peaks.values(), self._energies.values()
        length = self.peaks.factor * _CELL
        lengths = np.clip(samples - length * np.arange(peaks.shape[1]), 1, length)
        return list(zip(peaks, np.sqrt(energies / lengths), strict=True))

    def _decimated(self, chunk: Audio) -> Audio:
        joined = np.concatenate([self._before, chunk], axis=1)
        self._before = joined[:, -self._before.shape[1] :].copy()
        count = chunk.shape[1] // _FEWER
        parts = joined.reshape(-1, _FEWER) @ _DECIMATION.reshape(-1, _FEWER).T
        parts = parts.reshape(2, -1, _TAPS // _FEWER)
        made = np.zeros((2, count), dtype=np.float32)
        for late in range(_TAPS // _FEWER):
            made += parts[:, late : late + count, late]
        return made


class _Loudness:
    """Short-term power per tenth of a second, each at the middle of its three seconds."""

    def __init__(self) -> None:
        self.powers = _Steps(1, MAX_LOUDNESS_STEPS, np.add)
        self._before = np.zeros((2, 0), dtype=np.float32)
        self._tenths = 0
        self._last = 0.0

    def add(self, piece: Audio) -> None:
        if piece.shape[1] < _TENTH:
            return
        joined = np.concatenate([self._before, piece], axis=1)
        self._tenths += piece.shape[1] // _TENTH
        powers = 10.0 ** (short_term_lufs(joined) / 10.0)
        if not self.powers.count:
            powers = np.pad(powers, (min(_WINDOW, self._tenths) // 2, 0), mode="edge")
        self.powers.add(powers[None, :])
        self._before = joined[:, -(_WINDOW - 1) * _TENTH :].copy()
        self._last = powers[-1]

    def finish(self) -> Curve:
        """LUFS per step; the ends, which have no three seconds around them, as their neighbours."""
        missing = self._tenths - self.powers.count
        if missing > 0:
            self.powers.add(np.full((1, missing), self._last))
        steps = self.powers.values()[0]
        lengths = np.clip(
            self.powers.count - self.powers.factor * np.arange(len(steps)), 1, self.powers.factor
        )
        return np.maximum(10.0 * np.log10(np.maximum(steps / lengths, 1e-12)), SILENCE_LUFS)


def _highest(cells: NDArray[np.floating]) -> Curve:
    return np.maximum(cells.max(axis=(0, 2)), -cells.min(axis=(0, 2))).astype(np.float64)


def _bytes(amplitudes: Curve) -> bytes:
    return np.rint(255.0 * np.sqrt(np.clip(amplitudes, 0.0, 1.0))).astype(np.uint8).tobytes()
