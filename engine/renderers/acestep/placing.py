"""Sound before and after the model: a source laid out for it, and what it made in its place.

Arrays are float32 [2, samples] at 48 000 Hz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio.splice import Patch, ramp, splice
from engine.audio.windows import Window
from engine.renderers.acestep.frames import samples_in
from engine.renderers.acestep.keeping import hold_of
from engine.renderers.acestep.plan import Plan

Audio = NDArray[np.float32]

_PEAK = np.float32(10.0 ** (-1.0 / 20.0))
"""Where upstream puts the highest sample of what it makes (-1 dBFS)."""
_SILENT = 1e-6
_LEAST_SEAM_S = 0.01
"""A stretch that leaves nothing of what was there still isn't cut in."""


def finished(audio: Audio, source: Audio | None, plan: Plan) -> Audio:
    """What the model made, at its level and in its place."""
    if plan.task == "lego":
        return audio  # whoever lays it over the source brings it to a level
    if plan.task == "extract":
        return audio if np.abs(audio).max() <= _PEAK else at_level(audio)
    if source is None or not plan.stretches:
        return at_level(audio)
    return kept(source, audio, plan)


def laid_out(audio: Audio, plan: Plan) -> Audio:
    """The source where it sounds in the result, silence elsewhere: [2, n] of the whole length."""
    before = samples_in(plan.source_at_s)
    placed = np.zeros((2, samples_in(plan.duration_s)), np.float32)
    fits = min(audio.shape[1], placed.shape[1] - before)
    placed[:, before : before + fits] = audio[:, :fits]
    return placed


def kept(source: Audio, made: Audio, plan: Plan) -> Audio:
    """The source, bit for bit, but for the plan's stretches and a seam beside each of their
    edges."""
    seam_s = max(_LEAST_SEAM_S, hold_of("balanced", plan.strength).seam_s)
    seam, length = samples_in(seam_s), source.shape[1]
    patches = []
    for one in plan.stretches:
        start, end = samples_in(one.start_s), samples_in(one.end_s)
        if length - end > seam:
            end += seam  # so that the seam comes after the stretch
        else:
            end = length
        lead = seam if start else 0
        patches.append(Patch(Window(start, end), made[:, start - lead : end]))
    return splice(source, patches, seam_s, match=False, fade=ramp)


def at_level(audio: Audio) -> Audio:
    """Its highest sample at -1 dBFS, as upstream has it; silence stays silent."""
    highest = float(np.abs(audio).max(initial=0.0))
    return audio if highest < _SILENT else audio * (_PEAK / np.float32(highest))
