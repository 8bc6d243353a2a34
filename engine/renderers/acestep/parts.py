"""Parts: each made by itself to what sounds already, and laid over the source.

The model gives a part alone, as loud as it likes. It is brought to a level against the source and
makes way for it; the source itself is never touched. Knows plans and sound, not models.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio, loudness_lufs
from engine.audio.overlay import LAYER_LU, balance_lu, level_gain, overlaid, own_peaks
from engine.audio.windows import Window
from engine.errors import Unsupported
from engine.fields import PartName
from engine.renderers.acestep.plan import Plan
from engine.renderers.protocol import Progress, Source, step_of

Take = Callable[[Plan, Source, int, Progress], Audio]
"""Makes one part of a plan alone, float32 [2, n]; its number sets its chance apart."""

_QUIETEST_LUFS = -50.0
"""Nobody hears a part below this as one; levelled, it would be noise."""
_FADE_IN, _FADE_OUT = SAMPLE_RATE_HZ // 100, SAMPLE_RATE_HZ // 20
"""Short enough to keep an attack, long enough not to click: 10 and 50 ms within the window."""


def layered(
    plan: Plan, source: Source, take: Take, progress: Progress
) -> tuple[Audio, tuple[str, ...]]:
    """The source with the plan's parts over its stretch, one after the other, each heard by the
    next, and what is to be said of them.

    Raises `Unsupported` if the model left all of them silent.
    """
    window = window_of(plan, source.audio)
    count = len(plan.parts)
    # So many parts of one loudness are as loud together as they should be.
    each_lu = balance_lu(count, LAYER_LU) - 10.0 * math.log10(count)
    total, silent = source.audio, list[PartName]()
    for number, part in enumerate(plan.parts):
        heard, told = replace(source, audio=total), step_of(progress, number, count)
        alone = take(replace(plan, parts=(part,)), heard, number, told)
        added = faded(alone[:, window.start : window.end], window, source.audio.shape[1])
        if loudness_lufs(added) < _QUIETEST_LUFS:
            silent.append(part)
            continue
        gain = level_gain(source.audio, added, window, each_lu)
        total = overlaid(total, added * gain, window)
    if len(silent) == count:
        raise Unsupported(
            f"parts: the model left {', '.join(silent)} silent here; try another seed or caption.",
            field="parts",
        )
    said = [f"parts: the model left {part} silent here." for part in silent]
    return total, (*own_peaks(source.audio), *said)


def window_of(plan: Plan, audio: Audio) -> Window:
    """The samples of the plan's stretch, or all of them."""
    length = audio.shape[1]
    if not plan.stretches:
        return Window(0, length)
    (one,) = plan.stretches
    window = Window.from_seconds(one.start_s, one.end_s)
    return Window(window.start, min(window.end, length))


def faded(added: Audio, window: Window, length: int) -> Audio:
    """Sound for a window, faded in and out where that doesn't begin or end with the track."""
    shaped = added.copy()
    if window.start:
        shaped[:, :_FADE_IN] *= np.linspace(0.0, 1.0, _FADE_IN, dtype=np.float32)
    if window.end < length:
        shaped[:, -_FADE_OUT:] *= np.linspace(1.0, 0.0, _FADE_OUT, dtype=np.float32)
    return shaped
