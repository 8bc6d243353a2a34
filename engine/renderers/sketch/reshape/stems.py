"""Exact stems of the sketch's own tracks: the parts as they were played, before the master."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.renderers.protocol import Source
from engine.renderers.sketch.compose import perform
from engine.renderers.sketch.mixdown import stems
from engine.renderers.sketch.reshape.own import recomposed
from engine.renderers.sketch.synth.waves import Samples

_CEILING = 0.98


def exact_stems(source: Source, revision: str) -> Mapping[str, Samples] | None:
    """Each part of a track alone, [2, n]; None if it is not one of this revision's own, uncut.

    They add up to the mix before the master. All have the same gain, which keeps the loudest from
    clipping in a file.
    """
    original = recomposed(source, revision)
    if original is None or original.plan is None:
        return None
    parts = stems(perform(original.plan))
    peak = max(float(np.abs(audio).max()) for audio in parts.values())
    gain = np.float32(min(1.0, _CEILING / peak) if peak else 1.0)
    return {part: audio * gain for part, audio in parts.items()}
