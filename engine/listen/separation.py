"""What a mix taken apart is: its parts, how they were had, and how well they add up to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]

SILENT_DB = -180.0
"""What nothing at all measures, against the mix."""

_PIECE = 32 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """Parts of one mix, each float32 [2, n], and how they were had.

    `residual_db` is what is left of the mix after them, in dB below the mix; None where the parts
    that were asked for aren't the whole mix. `checkpoint` is the name of a model's weights and the
    start of their SHA-256.
    """

    parts: Mapping[str, Audio]
    method: str
    residual_db: float | None
    checkpoint: str | None = None
    device: str = "cpu"


def residual_db(mix: Audio, parts: Mapping[str, Audio], whole: tuple[str, ...]) -> float | None:
    """The power that the parts leave of the mix, in dB below it; None if they aren't the whole.

    They are if they are all of `whole`, or `drums` and `no_drums`.
    """
    wholes = (whole, ("drums", "no_drums"))
    names = next((names for names in wholes if set(names) <= set(parts)), None)
    return None if names is None else remainder_db(mix, [parts[name] for name in names])


def remainder_db(mix: Audio, parts: Sequence[Audio]) -> float:
    """The power of a mix without these parts, in dB of its own; above 0 if they add to it."""
    power = remainder = 0.0
    for start in range(0, mix.shape[1], _PIECE):
        span = slice(start, start + _PIECE)
        piece = mix[:, span].astype(np.float64)
        left = piece - np.sum([part[:, span] for part in parts], axis=0, dtype=np.float64)
        power += float(np.vdot(piece, piece))
        remainder += float(np.vdot(left, left))
    if power == 0.0 or remainder == 0.0:
        return SILENT_DB
    return max(SILENT_DB, 10.0 * float(np.log10(remainder / power)))
