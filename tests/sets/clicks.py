"""Clicks: is a seam of a mix sharper than the beats of both its decks?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.sets.deck import Grid
from engine.sets.timeline import Timeline

RATE = 48_000
AROUND = 30 * RATE
WIDTH = RATE // 100
GRIDLESS_BEAT_S = 0.5

Audio = NDArray[np.float32]
Moments = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two decks meet, and the beats of the one before and of the other after, in samples."""

    start: int
    swap: int
    end: int
    before: Moments
    after: Moments


def sharpest_seam(audio: Audio, meetings: Sequence[Meeting]) -> float:
    """The sharpest corner within 10 ms of a meeting's start, swap or end, against what the
    sharpest near the beats of both decks add up to.

    Two sounds together have no sharper corner than both, so above 1 is a click. Levels don't
    matter.
    """
    corners = np.abs(np.diff(audio.astype(np.float64), n=2, axis=1)).max(axis=0)

    def sharpest(moments: Sequence[int] | Moments) -> float:
        near = [corners[max(0, at - WIDTH) : at + WIDTH] for at in moments]
        return max((float(one.max(initial=0.0)) for one in near), default=0.0)

    return max(
        sharpest((one.start, one.swap, one.end))
        / max(1e-9, sharpest(one.before) + sharpest(one.after))
        for one in meetings
    )


def meetings_of(timeline: Timeline) -> list[Meeting]:
    beats = [
        _beats(np.array([(knot.at, knot.source) for knot in play.knots]), play.deck.grid)
        for play in timeline.plays
    ]
    moments = [(join.start, join.swap, join.end) for join in timeline.joins]
    return list(_meetings(moments, beats))


def meetings_in(timeline_json: Path) -> list[Meeting]:
    """The same, from the file that lies beside a mix."""
    told = json.loads(timeline_json.read_text())
    beats = [
        _beats(np.array(play["knots"]) * RATE, Grid(**play["grid"]) if play["grid"] else None)
        for play in told["plays"]
    ]
    places = ("start_s", "swap_s", "end_s")
    moments = [tuple(round(join[one] * RATE) for one in places) for join in told["joins"]]
    return list(_meetings(moments, beats))


def _beats(knots: NDArray[np.float64], grid: Grid | None) -> Moments:
    """Where a mix has the beats of a deck, whose knots are of (mix, source)."""
    first_s, beat_s = (grid.first_downbeat_s, grid.beat_s) if grid else (0.0, GRIDLESS_BEAT_S)
    first, beat = first_s * RATE, beat_s * RATE
    (_, begins), (_, ends) = knots[0], knots[-1]
    inside = np.arange(np.ceil((begins - first) / beat), (ends - first) / beat) * beat + first
    return np.interp(inside, knots[:, 1], knots[:, 0]).astype(np.int64)


def _meetings(moments: Sequence[Sequence[int]], beats: Sequence[Moments]) -> Iterator[Meeting]:
    for (start, swap, end), (out, into) in zip(moments, pairwise(beats), strict=True):
        before = out[(out < start - WIDTH) & (out > start - AROUND)]
        after = into[(into > end + WIDTH) & (into < end + AROUND)]
        yield Meeting(start, swap, end, before, after)
