"""The lows: who of kick drum, bass and others is heard in each bin below a kilohertz.

Down here a kick is as narrow as a note and a plucked bass as brief as a kick, so medians don't
part them. What does: drums start where a stick is heard and sound alike each time, a bass has
partials in a row and stays on them. Each is a non-negative factor of the spectrogram and they are
fitted together (Lee and Seung, "Algorithms for non-negative matrix factorization", NIPS 2000, with
the Kullback-Leibler divergence; strokes as in Smaragdis, "Non-negative matrix factor
deconvolution", ICA 2004). Partials stay where a comb allows them, strokes where attacks were heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from engine.listen.spectra import BIN_HZ

Matrix = NDArray[np.float32]

ROWS = 100
"""Bins that are modelled: up to 1.17 kHz, where a slapped bass still has partials."""

_INAUDIBLE = 2  # bins, up to 18 Hz: an offset or a rumble, and neither drum nor bass
_EXPONENT = 1.2  # of the magnitudes that are fitted: between amplitude, which adds, and power
_BASS_HZ = (31.0, 200.0)  # the lowest string of a five-string bass to the highest it plays often
_PARTIALS = 20
_DRUMS = 3  # sounds: kick, snare and whatever else there is
_STROKE = 10  # frames, 0.21 s: most of what a kick rings, less than until the next stroke
_AHEAD = 2  # frames in which a stroke is seen before it is struck, as frames overlap
_ROUNDS = 40
_CALM_ROUNDS = 30  # in these, tones must last; then they may have their attacks
_SHORTEST_TONE = 5  # frames
_BURST = 1.3  # how far a tone may rise above what lasts of it
_GROUPING_ROUNDS = 8
_TINY = np.float32(1e-6)


@dataclass(frozen=True, slots=True, eq=False)
class Lows:
    """Shares of the power in each low bin, float32 [frames, ROWS]; others have the rest."""

    drums: Matrix
    bass: Matrix


def share_lows(magnitudes: Matrix, strokes: NDArray[np.intp]) -> Lows:
    """Who is heard in the low bins of `magnitudes` [frames, bins], with `strokes` struck in it.

    `strokes` are frame numbers. Deterministic; the cost is linear in the number of frames.
    """
    heard = np.asarray(magnitudes[:, :ROWS].T, dtype=np.float32) ** np.float32(_EXPONENT)
    heard[:_INAUDIBLE] = 0.0
    level = float(heard.mean())
    if level == 0.0:
        return Lows(*np.zeros((2, *magnitudes[:, :ROWS].shape), dtype=np.float32))
    combs, tones = _combs(), _tones()
    heard = np.asarray(heard / level + _TINY, dtype=np.float32)
    models = _fit(heard, np.hstack([combs, tones]), strokes)
    drums, bass, others = (
        model ** np.float32(2.0 / _EXPONENT)
        for model in (models.drums, models.tones(0, combs.shape[1]), models.tones(combs.shape[1]))
    )
    whole = drums + bass + others + _TINY**2
    shares = np.stack([drums / whole, bass / whole])
    shares[:, :_INAUDIBLE] = 0.0
    return Lows(*shares.transpose(0, 2, 1))


@dataclass(slots=True, eq=False)
class _Factors:
    """The spectrogram as sums of products: tones of fixed pitch, and strokes that unfold in time.

    `shapes` [rows, tones] and `levels` [tones, frames]; `sounds` [rows, drums * _STROKE] and
    `hits` [drums, frames], each of which sets off its drum's sound.
    """

    shapes: Matrix
    levels: Matrix
    sounds: Matrix
    hits: Matrix

    def tones(self, first: int, last: int | None = None) -> Matrix:
        return self.shapes[:, first:last] @ self.levels[first:last]

    @property
    def drums(self) -> Matrix:
        return self.sounds @ _unfolded(self.hits)

    def missing(self, heard: Matrix) -> Matrix:
        """By what factor each bin is louder than the model says."""
        return heard / (self.tones(0) + self.drums + _TINY)


def _fit(heard: Matrix, shapes: Matrix, strokes: NDArray[np.intp]) -> _Factors:
    """Multiplicative updates, each factor in its turn."""
    allowed = shapes > 0.0
    sounds, hits = _first_guess(heard, strokes)
    fit = _Factors(shapes, np.maximum(shapes.T @ heard, _TINY), sounds, hits)
    for turn in range(_ROUNDS):
        fit.levels *= (fit.shapes.T @ fit.missing(heard)) / _column(fit.shapes.sum(axis=0))
        if turn < _CALM_ROUNDS:
            fit.levels = np.minimum(fit.levels, _BURST * _lasting(fit.levels) + _TINY)
        answer = fit.sounds.T @ fit.missing(heard)
        fit.hits *= _folded(answer) / _column(fit.sounds.sum(axis=0).reshape(_DRUMS, -1).sum(1))
        struck = _unfolded(fit.hits)
        fit.sounds *= (fit.missing(heard) @ struck.T) / (struck.sum(axis=1) + _TINY)
        if turn % 4 == 3:
            answer = fit.missing(heard) @ fit.levels.T
            fit.shapes = fit.shapes * allowed * answer / (fit.levels.sum(axis=1) + _TINY)
            loud = fit.shapes.sum(axis=0) + _TINY
            fit.shapes, fit.levels = fit.shapes / loud, fit.levels * _column(loud)
    return fit


def _column(values: Matrix) -> Matrix:
    return values[:, None] + _TINY


def _lasting(levels: Matrix) -> Matrix:
    """What of each row lasts for the shortest tone: its morphological opening."""
    return maximum_filter1d(minimum_filter1d(levels, _SHORTEST_TONE), _SHORTEST_TONE)


def _unfolded(hits: Matrix) -> Matrix:
    """Each row once per frame of a stroke, later by that frame: [drums * _STROKE, frames]."""
    drums, frames = hits.shape
    unfolded = np.zeros((drums, _STROKE, frames), dtype=np.float32)
    for late in range(min(_STROKE, frames)):
        unfolded[:, late, late:] = hits[:, : frames - late]
    return unfolded.reshape(-1, frames)


def _folded(answer: Matrix) -> Matrix:
    """The transpose of `_unfolded`: the frames of each stroke, added up at its start."""
    by_frame = answer.reshape(_DRUMS, _STROKE, -1)
    frames = by_frame.shape[2]
    folded = np.zeros((_DRUMS, frames), dtype=np.float32)
    for late in range(min(_STROKE, frames)):
        folded[:, : frames - late] += by_frame[:, late, late:]
    return folded


def _first_guess(heard: Matrix, strokes: NDArray[np.intp]) -> tuple[Matrix, Matrix]:
    """Sounds and hits to start from: what strokes add to the moment before, in groups alike.

    Hits stay nought where they are nought here: away from strokes.
    """
    frames = heard.shape[1]
    starts = strokes[(strokes > _AHEAD + 1) & (strokes < frames - _STROKE)] - _AHEAD
    sounds = np.zeros((_DRUMS, ROWS, _STROKE), dtype=np.float32)
    hits = np.zeros((_DRUMS, frames), dtype=np.float32)
    if len(starts) >= _DRUMS:
        added = np.stack(
            [np.maximum(heard[:, s : s + _STROKE] - heard[:, s - 2 : s - 1], 0.0) for s in starts]
        )
        group, centres = _grouped(np.sqrt(added).reshape(len(starts), -1))
        sounds = np.maximum(np.square(centres).reshape(sounds.shape), 1e-4)
        hits[:, starts] = 0.07
        hits[group, starts] = 0.7
        hits = maximum_filter1d(hits, 3)
    return sounds.transpose(1, 0, 2).reshape(ROWS, -1).astype(np.float32), hits


def _grouped(strokes: Matrix) -> tuple[NDArray[np.intp], Matrix]:
    """Each stroke's group and the groups' medians: k-means that begins with soft, middle, loud."""
    group = np.zeros(len(strokes), dtype=np.intp)
    for number, some in enumerate(np.array_split(np.argsort(strokes.sum(axis=1)), _DRUMS)):
        group[some] = number
    centres = np.zeros((_DRUMS, strokes.shape[1]), dtype=np.float32)
    for _ in range(_GROUPING_ROUNDS):
        for number in range(_DRUMS):
            if (group == number).any():
                centres[number] = np.median(strokes[group == number], axis=0)
        group = np.stack([np.square(strokes - c).sum(axis=1) for c in centres]).argmin(axis=0)
    return group, centres


def _combs() -> Matrix:
    """A bass note every half semitone, [ROWS, notes]: partials that fall off as a saw's do."""
    low, high = _BASS_HZ
    pitches = low * 2.0 ** (np.arange(int(24 * np.log2(high / low)) + 1) / 24)
    order = np.arange(1, _PARTIALS + 1)
    partials = _line(np.outer(pitches, order)) / order
    return _unit(partials.sum(axis=2))


def _tones() -> Matrix:
    """A single partial every semitone above the bass, [ROWS, tones]: everybody else's."""
    low, high = _BASS_HZ[1], ROWS * BIN_HZ
    return _unit(_line(low * 2.0 ** (np.arange(int(12 * np.log2(high / low))) / 12)))


def _line(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """The main lobe that a Hann window makes of a steady tone: [ROWS, *hz.shape]."""
    bins = np.arange(ROWS).reshape(-1, *(1,) * hz.ndim)
    off = np.abs(bins - hz / BIN_HZ)
    lobe = 0.5 * np.sinc(off - 1.0) + np.sinc(off) + 0.5 * np.sinc(off + 1.0)
    return np.where(off < 2.0, np.abs(lobe), 0.0)


def _unit(shapes: NDArray[np.float64]) -> Matrix:
    return (shapes / (shapes.sum(axis=0) + 1e-9)).astype(np.float32)
