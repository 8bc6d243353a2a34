"""Counting: from the beats that are heard in a track to bars and a clock through all of it.

Knows moments only; nothing of what sounds there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.errors import Unsupported
from engine.listen.grid import Grid
from engine.listen.segments import Segment
from engine.renderers.sketch.score import METERS, Clock, Meter

_FREE_BAR_S = 4.0
_NEARBY_BEATS = 32
_SAME_S = 0.02
"""Beats and downbeats that are nearer than this are the same."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A track's bars: when they begin, and which of them begin with a heard downbeat."""

    clock: Clock
    downbeats: tuple[int, ...]
    """The bar that each heard downbeat begins, counted from beat 0."""


def uncounted(duration_s: float) -> Grid:
    """Bars of four seconds from the first sample on, for what has no beat."""
    beats_s = np.arange(0.0, duration_s, _FREE_BAR_S / 4)
    segment = Segment(0.0, duration_s, 240 / _FREE_BAR_S, 0.0, 0.0, 4)
    return Grid(
        bpm=240 / _FREE_BAR_S, alternatives=(), confidence=0.0, beats_per_bar=4,
        time_signature="4/4", segments=(segment,), beats_s=beats_s, downbeats_s=beats_s[::4],
    )  # fmt: skip


def meter_of(found: Grid) -> Meter:
    """Raises `Unsupported` for a metre that the sketch does not play."""
    beats = found.beats_per_bar or 4
    signature = found.time_signature or {2: "2/4", 3: "3/4", 4: "4/4", 6: "6/8"}.get(beats, "")
    if signature not in METERS:
        raise Unsupported(
            f"track: it is heard in {beats} beats a bar; sketch plays {', '.join(METERS)}.",
            field="track",
        )
    return METERS[signature]


def count_bars(found: Grid, meter: Meter, bpm: float) -> Bars:
    """Bars through the whole track: those heard, and as many before and after as fit.

    Between two downbeats lie as many whole bars as come nearest, so a hole in the grid is
    bridged; where all beats of a bar are heard, each is a knot of the clock.
    """
    bar_s = meter.beats * 60.0 / bpm
    downbeats_s = found.downbeats_s if len(found.downbeats_s) else found.beats_s[:1]
    bars = [max(0, math.ceil(downbeats_s[0] / bar_s - 0.02))]
    for earlier_s, later_s in pairwise(downbeats_s):
        bars.append(bars[-1] + max(1, round((later_s - earlier_s) / bar_s)))
    beats: list[float] = []
    moments_s: list[float] = []
    borders_s = [*downbeats_s, np.inf]
    for bar, start_s, end_s in zip(bars, borders_s, borders_s[1:], strict=False):
        inside = (found.beats_s >= start_s - _SAME_S) & (found.beats_s < end_s - _SAME_S)
        heard_s = found.beats_s[inside]
        last = math.isinf(end_s)
        if len(heard_s) != meter.beats and not (last and 0 < len(heard_s) < meter.beats):
            heard_s = np.array([start_s])
        beats += [float(bar * meter.beats + place) for place in range(len(heard_s))]
        moments_s += heard_s.tolist()
    ends = _outwards(beats, moments_s, found.bpm)
    knots = [ends[0], *zip(beats, moments_s, strict=True), ends[1]]
    clock = Clock(tuple(beat for beat, _ in knots), tuple(moment_s for _, moment_s in knots))
    return Bars(clock, tuple(bars))


def _outwards(
    beats: list[float], moments_s: list[float], bpm: float | None
) -> tuple[tuple[float, float], tuple[float, float]]:
    """A knot a beat before the first and one after the last, from which a clock goes on.

    At the one tempo that holds throughout or, where none does, at that of the last beats there.
    """
    some = min(_NEARBY_BEATS, len(beats) - 1)
    first_s = last_s = 60.0 / (bpm or 120.0)
    if bpm is None and some:
        first_s = (moments_s[some] - moments_s[0]) / (beats[some] - beats[0])
        last_s = (moments_s[-1] - moments_s[-1 - some]) / (beats[-1] - beats[-1 - some])
    return (beats[0] - 1.0, moments_s[0] - first_s), (beats[-1] + 1.0, moments_s[-1] + last_s)
