"""The split of a finished mix into drums, bass and the rest, by signal processing alone.

Rough and honest: strokes above, kick and bass below, a soft mask for each, and whatever no mask
takes is `other`, so the parts always add up to the mix. Voices and single instruments need a
model that has learned what they sound like; here they are refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.errors import Unsupported
from engine.listen.blocks import blocks
from engine.listen.lows import ROWS, share_lows
from engine.listen.separation import Audio, Separation, residual_db
from engine.listen.spectra import BIN_HZ, sound, spectra
from engine.listen.strokes import stroke_frames, stroke_mask
from engine.renderers.protocol import Cancelled, Progress

PARTS = ("drums", "bass", "no_drums", "other")
"""What can be had without a model. `no_drums` is `bass` and `other` together."""

WHOLE = ("drums", "bass", "other")
"""Together they are the mix."""

METHOD = "signal processing"
_CROSSOVER_HZ = (300.0, 900.0)
"""Below, the lows' model is trusted; above, the strokes' mask; in between, ever less."""
_BLOCK = 32 * SAMPLE_RATE_HZ
"""Enough strokes to learn how each drum sounds, little enough for any memory."""
_OVERLAP = SAMPLE_RATE_HZ


def separate(
    audio: Audio,
    parts: Sequence[str] = WHOLE,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Separation:
    """Take these `PARTS` out of a mix, float32 [2, n] at 48 000 Hz, of any length.

    Reports "separating", from 0 towards 1, and asks `cancelled` before every half minute of audio.
    Besides the parts, memory holds what one block needs, whatever the length. Raises `Unsupported`
    for other parts, `Cancelled`.
    """
    refuse_unknown(parts)
    drums, bass = np.zeros_like(audio), np.zeros_like(audio)
    for start, weight in blocks(audio.shape[1], _BLOCK, _OVERLAP):
        if cancelled and cancelled():
            raise CancelledError("Stopped on request before it was finished.")
        if progress:
            progress("separating", start / audio.shape[1])
        span = slice(start, start + len(weight))
        for part, found in zip((drums, bass), _split(audio[:, span]), strict=True):
            part[:, span] += found * weight
    made = {
        "drums": lambda: drums,
        "bass": lambda: bass,
        "no_drums": lambda: audio - drums,
        "other": lambda: audio - drums - bass,
    }
    separated = {part: made[part]() for part in parts}
    return Separation(separated, METHOD, residual_db(audio, separated, WHOLE))


def refuse_unknown(parts: Sequence[str]) -> None:
    """Raise `Unsupported`, saying what can be had, for a part that only a model can find."""
    for part in parts:
        if part not in PARTS:
            raise Unsupported(
                f"stems: {part!r} can't be taken out of a mix by signal processing; "
                f"ask for {', '.join(PARTS)}.",
                field="stems",
            )


def _split(audio: Audio) -> tuple[Audio, Audio]:
    """Drums and bass of one block."""
    mix, length = spectra(audio), audio.shape[1]
    magnitudes = np.sqrt(np.square(np.abs(mix)).sum(axis=0))
    drums = stroke_mask(magnitudes)
    lows = share_lows(magnitudes, stroke_frames(magnitudes, drums))
    low, high = _CROSSOVER_HZ
    trust = np.clip((high - np.arange(ROWS) * BIN_HZ) / (high - low), 0.0, 1.0).astype(np.float32)
    drums[:, :ROWS] = trust * lows.drums + (1.0 - trust) * drums[:, :ROWS]
    return sound(mix * drums, length), _low_sound(mix, trust * lows.bass, length)


def _low_sound(mix: NDArray[np.complex64], mask: NDArray[np.float32], length: int) -> Audio:
    lows = np.zeros_like(mix)
    np.multiply(mix[..., :ROWS], mask, out=lows[..., :ROWS])
    return sound(lows, length)
