"""The tempo of every slot: where the energy wants it, in steps that can be mixed.

Whole tempos within the set's range and near what a slot's style usually has. Given tracks may be
played a little faster or slower than they are. Octaves don't count: 87 goes into 174.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from engine.fields import MAX_BPM, MIN_BPM
from engine.sets.solving.paths import cheapest
from engine.sets.solving.places import Place, owners
from engine.sets.theory import MATCHABLE_STEP, SMOOTH_STEP, tempo_step

Range = tuple[float, float]

_ANY_STYLE: Range = (112.0, 126.0)
"""Where nothing hints at a tempo: what a floor is easily moved by."""
_LEEWAY = 0.03
"""How far a style may leave its usual tempos for the sake of its neighbours."""
_RETIMED = 0.03
"""How far a given track is retimed by plan; more is left to those who measure it."""
_MOST_CHOICES = 40
_OFF_TARGET, _OFF_STYLE = 10.0, 30.0
"""For being off by the whole tempo."""
_SMOOTH, _ROUGH, _UNMATCHED = 5.0, 150.0, 8.0
_NOT_MATCHED = 0.1
"""What is left of the price of a step where no beats are matched anyway."""


def planned_tempos(
    places: Sequence[Place], levels: Sequence[float], limits: Range | None
) -> list[float | None]:
    """A tempo for every place, in bpm; None where it can't be known.

    `levels` is the energy of each place, `limits` the slowest and the fastest tempo of the set.
    """
    rows = tuple(places)
    limits = (min(limits), max(limits)) if limits else None
    ranges = [_range(rows, number, limits) for number in range(len(rows))]
    lifts = _lifts(levels)
    choices = [_choices(place, ranges[number], limits) for number, place in enumerate(rows)]

    def price(number: int, bpm: float | None) -> float:
        place = rows[number]
        if bpm is None or place.slot.bpm is not None:
            return 0.0
        slowest, fastest = limits or (bpm, bpm) if place.bpm else ranges[number]
        outside = max(slowest - bpm, bpm - fastest, 0.0)
        target = place.bpm or slowest + lifts[number] * (fastest - slowest)
        return (_OFF_TARGET * abs(bpm - target) + _OFF_STYLE * outside) / target

    def step(number: int, before: float | None, here: float | None) -> float:
        if before is None or here is None:
            return 0.0
        weight = 1.0 if _matches(rows[number - 1], rows[number]) else _NOT_MATCHED
        return weight * _step(before, here)

    return cheapest(choices, price, step, owners(rows, "bpm"))


def _matches(before: Place, here: Place) -> bool:
    """Whether beats are to be matched from one to the other."""
    same_bars = before.beats_per_bar == here.beats_per_bar
    return before.has_beat and here.has_beat and same_bars


@lru_cache(maxsize=65536)
def _step(before: float, here: float) -> float:
    share = abs(tempo_step(before, here).share)
    if share > MATCHABLE_STEP:
        return _UNMATCHED + share
    return _SMOOTH * share + _ROUGH * max(0.0, share - SMOOTH_STEP)


def _range(places: tuple[Place, ...], number: int, limits: Range | None) -> Range:
    """The tempos that a slot's style has, within the set's."""
    usual = _usual(places, number)
    if limits is None:
        return usual or _ANY_STYLE
    if usual is None:
        return limits
    slowest = max(limits[0], usual[0] * (1.0 - MATCHABLE_STEP))
    fastest = min(limits[1], usual[1] * (1.0 + MATCHABLE_STEP))
    return (slowest, fastest) if slowest <= fastest else limits


def _usual(places: tuple[Place, ...], number: int) -> Range | None:
    """What its own style has, or that of the nearest slot of which it is known."""
    by_distance = sorted(range(len(places)), key=lambda other: (abs(other - number), other))
    for other in by_distance:
        place = places[other]
        if place.bpm is not None and other != number and place.has_beat:
            return (place.bpm * (1.0 - SMOOTH_STEP), place.bpm * (1.0 + SMOOTH_STEP))
        if place.hints.tempos_bpm and (place.has_beat or other == number):
            return place.hints.tempos_bpm
    return None


def _lifts(levels: Sequence[float]) -> list[float]:
    """Where in its range each tempo is wanted, 0 to 1: a flat set stays in the middle."""
    middle = (min(levels) + max(levels)) / 2
    spread = max(0.4, max(levels) - min(levels))
    return [0.5 + (level - middle) / spread for level in levels]


def _choices(place: Place, usual: Range, limits: Range | None) -> list[float | None]:
    free = place.is_open and place.slot.bpm is None
    if free and place.bpm is not None and place.slot.kind == "track":
        nearby = _whole(place.bpm * (1.0 - _RETIMED), place.bpm * (1.0 + _RETIMED))
        return [place.bpm, *(bpm for bpm in nearby if bpm != place.bpm)]
    if not free or place.bpm is not None or not place.is_new:
        return [place.bpm]
    slowest, fastest = usual[0] * (1.0 - _LEEWAY), usual[1] * (1.0 + _LEEWAY)
    if limits is not None:
        slowest, fastest = max(slowest, limits[0]), min(fastest, limits[1])
    return list(_whole(slowest, fastest))


def _whole(slowest: float, fastest: float) -> list[float]:
    """Whole tempos from one to the other, or half ones if there is none; thinned out if many."""
    slowest, fastest = max(slowest, MIN_BPM), min(fastest, MAX_BPM)
    whole = [float(bpm) for bpm in range(math.ceil(slowest), math.floor(fastest) + 1)]
    halves = [half / 2 for half in range(math.ceil(slowest * 2), math.floor(fastest * 2) + 1)]
    found = whole or halves or [slowest]
    return found[:: math.ceil(len(found) / _MOST_CHOICES)]
