"""The split of a finished mix into drums, bass and the rest, by signal processing alone.

Rough and honest: strokes above, kick and bass below, a soft mask for each, and whatever no mask
takes is `other`, so the parts always add up to the mix. Voices and single instruments need a
model that has learned what they sound like; here they are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.errors import Unsupported
from engine.listen.lows import ROWS, share_lows
from engine.listen.spectra import BIN_HZ, sound, spectra
from engine.listen.strokes import stroke_frames, stroke_mask
from engine.renderers.protocol import Cancelled, Progress

Audio = NDArray[np.float32]

PARTS = ("drums", "bass", "no_drums", "other")
"""What can be had without a model. `no_drums` is `bass` and `other` together."""

METHOD = "signal processing"
SILENT_DB = -180.0
"""What nothing at all measures, against the mix."""

_WHOLES = (("drums", "bass", "other"), ("drums", "no_drums"))
_CROSSOVER_HZ = (300.0, 900.0)
"""Below, the lows' model is trusted; above, the strokes' mask; in between, ever less."""
_BLOCK = 32 * SAMPLE_RATE_HZ
"""Enough strokes to learn how each drum sounds, little enough for any memory."""
_OVERLAP = SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """Parts of one mix, each float32 [2, n], how they were had, and how well they add up to it.

    `residual_db` is what is left of the mix after them, in dB below the mix; None where the parts
    that were asked for aren't the whole mix.
    """

    parts: Mapping[str, Audio]
    method: str
    residual_db: float | None


def separate(
    audio: Audio,
    parts: Sequence[str] = ("drums", "bass", "other"),
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
    for start, block in _blocks(audio.shape[1]):
        if cancelled and cancelled():
            raise CancelledError("Stopped on request before it was finished.")
        if progress:
            progress("separating", start / audio.shape[1])
        span = slice(start, start + len(block))
        for part, found in zip((drums, bass), _split(audio[:, span]), strict=True):
            part[:, span] += found * block
    made = {
        "drums": lambda: drums,
        "bass": lambda: bass,
        "no_drums": lambda: audio - drums,
        "other": lambda: audio - drums - bass,
    }
    separated = {part: made[part]() for part in parts}
    return Separation(separated, METHOD, residual_db(audio, separated))


def refuse_unknown(parts: Sequence[str]) -> None:
    """Raise `Unsupported`, naming what is needed, for a part that only a model can find."""
    for part in parts:
        if part not in PARTS:
            raise Unsupported(
                f"parts: {part!r} can't be taken out of a mix by signal processing; install the "
                f"extra 'stems' for a neural separator, or ask for {', '.join(PARTS)}.",
                field="parts",
            )


def residual_db(mix: Audio, parts: Mapping[str, Audio]) -> float | None:
    """The power that the parts leave of the mix, in dB below it; None if they aren't the whole.

    They are if they are `drums`, `bass` and `other`, or `drums` and `no_drums`.
    """
    whole = next((names for names in _WHOLES if set(names) <= set(parts)), None)
    if whole is None:
        return None
    power = remainder = 0.0
    for start in range(0, mix.shape[1], _BLOCK):
        span = slice(start, start + _BLOCK)
        block = mix[:, span].astype(np.float64)
        left = block - np.sum([parts[name][:, span] for name in whole], axis=0, dtype=np.float64)
        power += float(np.vdot(block, block))
        remainder += float(np.vdot(left, left))
    if power == 0.0 or remainder == 0.0:
        return SILENT_DB
    return max(SILENT_DB, 10.0 * float(np.log10(remainder / power)))


def _blocks(length: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Where each block starts, and its weight at each sample; neighbours fade into each other.

    The last block is a full one too, or the only one.
    """
    step = _BLOCK - _OVERLAP
    starts = [*range(0, max(0, length - _BLOCK), step), max(0, length - _BLOCK)]
    rise = (np.arange(_OVERLAP, dtype=np.float32) + 0.5) / _OVERLAP
    for number, start in enumerate(starts if length else ()):
        weight = np.ones(min(_BLOCK, length), dtype=np.float32)
        if number:
            done = starts[number - 1] + _BLOCK - start  # what the block before has covered
            weight[: done - _OVERLAP] = 0.0
            weight[done - _OVERLAP : done] = rise
        if number < len(starts) - 1:
            weight[-_OVERLAP:] = 1.0 - rise
        yield start, weight


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
