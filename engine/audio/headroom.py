"""Headroom: what is added to a track makes way wherever the sum would be too high.

Only the added sound is turned down, never the track.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio, true_peak_dbtp

_OVER = 4
"""Samples between which true peaks are looked for, as in ITU-R BS.1770 annex 2."""
_CELL = 48
_CHUNK_CELLS = 6_000
_AROUND = 4
"""Cells (of 1 ms) over which the gain falls before a peak and is held after it."""
_RELEASE_DB = 80.0 * _CELL / SAMPLE_RATE_HZ
_DEEPEST_DB = -48.0
_MARGIN_DB = 0.1
_ROUNDS = 6


def under_ceiling(track: Audio, added: Audio, ceiling_dbtp: float) -> Audio:
    """`track + added` with true peaks at most at the ceiling, where `track` leaves that open.

    The added sound is ducked by just what each peak of the sum needs: 4 ms ahead, the same on
    both channels, recovering at 80 dB per second. Where the track itself is above the ceiling the
    sum is allowed the track's own highest peak.
    """
    ceiling_db = max(ceiling_dbtp, true_peak_dbtp(track))
    allowed_db = ceiling_db - _MARGIN_DB
    total = track + added
    for _ in range(_ROUNDS):
        over_db = true_peak_dbtp(total) - ceiling_db
        if over_db <= 0.0:
            return total
        added = added * _gain(_need_db(track, added, allowed_db))[: track.shape[1]]
        total = track + added
        allowed_db -= _MARGIN_DB
    return track + added * np.float32(0.0 if true_peak_dbtp(total) > ceiling_db else 1.0)


def _need_db(track: Audio, added: Audio, ceiling_db: float) -> NDArray[np.float64]:
    """How far the added sound must come down in each cell, in dB, 0 or less."""
    ceiling = 10 ** (ceiling_db / 20)
    cells = -(-track.shape[1] // _CELL)
    need = np.zeros(cells)
    for first in range(0, cells, _CHUNK_CELLS):
        last = min(cells, first + _CHUNK_CELLS)
        base, more = (_oversampled(audio, first * _CELL, last * _CELL) for audio in (track, added))
        total = base + more
        over = np.nonzero(np.abs(total) > ceiling)
        side = np.sign(total[over])
        gain = (ceiling - side * base[over]) / np.maximum(side * more[over], 1e-9)
        gain_db = 20 * np.log10(np.clip(gain, 10 ** (_DEEPEST_DB / 20), 1.0))
        np.minimum.at(need, first + over[1] // (_CELL * _OVER), gain_db)
    return need


def _oversampled(audio: Audio, start: int, stop: int) -> Audio:
    """Four times as many samples of a stretch, silence assumed outside the audio."""
    margin = 64
    begin, end = max(0, start - margin), min(audio.shape[1], stop + margin)
    padded = np.pad(audio[:, begin:end], ((0, 0), (begin - start + margin, stop + margin - end)))
    fine = resample_poly(padded, _OVER, 1, axis=1)
    return fine[:, margin * _OVER : (margin + stop - start) * _OVER]


def _gain(need_db: NDArray[np.float64]) -> Audio:
    """The gain of every sample: a running minimum that recovers evenly, then smoothed.

    Averaging over no more than the minimum was taken over can't exceed what is needed.
    """
    width = 2 * _AROUND + 1
    lowered = minimum_filter1d(need_db, 2 * width - 1, mode="nearest")
    slope = _RELEASE_DB * np.arange(len(need_db))
    recovering = np.minimum.accumulate(lowered - slope) + slope
    smooth = uniform_filter1d(np.minimum(recovering, 0.0), width, mode="nearest")
    edges = (np.arange(len(smooth)) + 0.5) * _CELL
    curve = np.interp(np.arange(len(smooth) * _CELL), edges, smooth)
    return (10 ** (curve / 20)).astype(np.float32)
