"""Segments: stretches of one tempo each, which together tell where all beats of a piece lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

_CLOSE_S = 0.008
"""Beats may lie this far from an even tempo before a segment is cut in two."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Beats at one tempo: `first_beat_s + k * 60 / bpm` from `start_s` up to `end_s`.

    `first_downbeat_s` is the first beat of a bar at or after `first_beat_s`, even when it falls
    beyond a short segment's end.
    """

    start_s: float
    end_s: float
    bpm: float
    first_beat_s: float
    first_downbeat_s: float
    beats_per_bar: int

    def beats(self) -> Times:
        """The moments of this segment's beats."""
        period_s = 60.0 / self.bpm
        count = max(1, round((self.end_s - self.first_beat_s) / period_s - 1e-6))
        times: Times = self.first_beat_s + np.arange(count + 1.0) * period_s
        return times[times < self.end_s - 1e-6 * period_s]


def cut(
    beats_s: Times, to_downbeat: int, beats_per_bar: int, duration_s: float
) -> tuple[Segment, ...]:
    """Segments through these beats; beat number `to_downbeat` begins the first whole bar."""
    knots = _knots(beats_s, 0, len(beats_s) - 1)
    segments = []
    for place, (first, last) in enumerate(pairwise(knots)):
        period_s = float(beats_s[last] - beats_s[first]) / (last - first)
        ahead = (to_downbeat - first) % beats_per_bar
        segments.append(
            Segment(
                start_s=0.0 if place == 0 else float(beats_s[first]),
                end_s=duration_s if place == len(knots) - 2 else float(beats_s[last]),
                bpm=60.0 / period_s,
                first_beat_s=float(beats_s[first]),
                first_downbeat_s=float(beats_s[first]) + ahead * period_s,
                beats_per_bar=beats_per_bar,
            )
        )
    return tuple(segments)


def _knots(beats_s: Times, first: int, last: int) -> list[int]:
    """The beats between which tempo is even, ends included (Douglas and Peucker, 1973)."""
    if last - first < 2:
        return [first, last]
    straight = np.linspace(beats_s[first], beats_s[last], last - first + 1)
    away = np.abs(beats_s[first : last + 1] - straight)
    farthest = first + int(away.argmax())
    if away.max() <= _CLOSE_S:
        return [first, last]
    return _knots(beats_s, first, farthest)[:-1] + _knots(beats_s, farthest, last)
