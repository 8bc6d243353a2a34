"""Strokes and tones: what in a spectrogram is struck, and when.

A stroke is brief and wide, a tone is long and narrow; medians along and across the spectrogram
keep one and drop the other (Fitzgerald, "Harmonic/percussive separation using median filtering",
DAFx 2010). That holds above the bass; `engine.listen.lows` knows what to do below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d

from engine.listen.spectra import BIN_HZ

Magnitudes = NDArray[np.float32]
Mask = NDArray[np.float32]

_TONE_FRAMES = 17  # 0.36 s: longer than a stroke, shorter than most notes
_STROKE_BINS = 31  # 363 Hz: wider than a partial, even one that glides
_QUIETEST = np.float32(1e-12)

_STICK_HZ = (1_000.0, 11_700.0)
"""Where the attack of every drum is heard, the deepest kick's included."""
_LOUDNESS = 0.5  # what counts as quiet, in mean magnitudes, to an ear that hears logarithmically
_NEAREST = 5  # frames: no two strokes within 50 ms
_USUAL = 41  # frames: what is usual around a moment
_PROMINENCE = 1.5


def stroke_mask(magnitudes: Magnitudes) -> Mask:
    """How much of each bin is struck, 0 to 1, for magnitudes [frames, bins]."""
    tones = _median_along(magnitudes.T, _TONE_FRAMES).T
    strokes = _median_along(magnitudes, _STROKE_BINS)
    struck = np.square(strokes, out=strokes)
    return struck / (struck + np.square(tones) + _QUIETEST)


def stroke_frames(magnitudes: Magnitudes, mask: Mask) -> NDArray[np.intp]:
    """The frames in which something is struck, in order, from attacks in the treble."""
    low, high = (round(hz / BIN_HZ) for hz in _STICK_HZ)
    struck = magnitudes[:, low:high] * mask[:, low:high]
    usual = float(magnitudes[:, low:high].mean())
    if usual == 0.0:
        return np.zeros(0, dtype=np.intp)
    heard = np.log1p(struck / (usual * _LOUDNESS))
    rises = np.maximum(np.diff(heard, axis=0, prepend=heard[:1]), 0.0).mean(axis=1)
    is_peak = rises == maximum_filter1d(rises, _NEAREST)
    is_peak &= rises > _PROMINENCE * uniform_filter1d(rises, _USUAL)
    return np.flatnonzero(is_peak)


def _median_along(rows: Magnitudes, width: int) -> Magnitudes:
    """The running median of each row. One long row is ten times faster to scipy than many."""
    reach = width // 2
    padded = np.pad(rows, ((0, 0), (reach, reach)), mode="symmetric")
    return median_filter(padded.ravel(), width).reshape(padded.shape)[:, reach:-reach]
