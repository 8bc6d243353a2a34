"""References: what of a track is heard of its timbre.

Three excerpts of ten seconds, one from each third. Upstream draws where they lie; here it is the
middle, so that all takes hear the same and it is encoded once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ

EXCERPTS, EXCERPT = 3, 10 * SAMPLE_RATE_HZ
_SILENT = 1e-6


def excerpts(audio: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """30 s of a track, float32 [2, n] to [2, 1_440_000]; None if it is silent.

    A track that is shorter than that is repeated first.
    """
    if not audio.size or float(np.abs(audio).max()) < _SILENT:
        return None
    whole = EXCERPTS * EXCERPT
    if audio.shape[1] < whole:
        audio = np.tile(audio, -(-whole // audio.shape[1]))[:, :whole]
    third = audio.shape[1] // EXCERPTS
    starts = [place * third + (third - EXCERPT) // 2 for place in range(EXCERPTS)]
    return np.concatenate([audio[:, start : start + EXCERPT] for start in starts], axis=1)
