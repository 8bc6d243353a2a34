"""The overlay: new sound over a track, at a level against it, without a sample of it changed.

Audio is float32 [2, n] at 48 000 Hz. Knows nothing of who made the new sound or what it plays.
"""

from __future__ import annotations

import numpy as np

from engine.audio.headroom import under_ceiling
from engine.audio.levels import SILENCE_LUFS, Audio, loudness_lufs, true_peak_dbtp
from engine.audio.splice import CEILING_DBTP
from engine.audio.windows import Window

LAYER_LU = (-8.0, -4.0)
"""How loud one part, and a band of five or more, are over a whole mix, against it."""

_BAND = 5
_QUIETEST_LU = -12.0


def balance_lu(count: int, loudness_lu: tuple[float, float]) -> float:
    """How loud so many parts together are, between one alone and a band."""
    one, band = loudness_lu
    return one + (band - one) * min(1.0, (count - 1) / (_BAND - 1))


def level_gain(track: Audio, added: Audio, window: Window, balance_lu: float) -> np.float32:
    """What brings new sound for a window to this loudness against the track there, where a
    passage counts as 12 LU quieter than the whole track at most."""
    under = track[:, window.start : window.end]
    passage_lufs = max(loudness_lufs(under), loudness_lufs(track) + _QUIETEST_LU, SILENCE_LUFS / 2)
    return np.float32(10 ** ((passage_lufs + balance_lu - loudness_lufs(added)) / 20))


def overlaid(track: Audio, added: Audio, window: Window) -> Audio:
    """The track, and over a window of it what is added, which makes way where the sum would be
    above -1 dBTP (see `under_ceiling`)."""
    more = np.zeros_like(track)
    more[:, window.start : window.end] = added
    return under_ceiling(track, more, CEILING_DBTP)


def own_peaks(track: Audio) -> tuple[str, ...]:
    """A word about a track that is above -1 dBTP by itself, if it is."""
    peak_dbtp = true_peak_dbtp(track)
    if peak_dbtp <= CEILING_DBTP:
        return ()
    return (
        f"track: its own peaks reach {peak_dbtp:.1f} dBTP, above {CEILING_DBTP:g}; it is not "
        "touched, so those of the sum may too.",
    )
