"""What DJs know of keys, tempos and the energy of a night, as functions of values.

Keys go by the Camelot wheel: twelve numbers a fifth apart, letters A (minor) and B (major). Knows
nothing of slots or tracks; which of two wrongs is the smaller is for those who plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from engine.keys import ALL_KEYS, Key
from engine.sets.plan import ArcName
from engine.sets.report import KeyRelation

MATCHABLE_STEP = 0.06
"""How far two tempos may be apart, as a share, for their beats to be matched."""
SMOOTH_STEP = 0.03
"""What nobody hears as a change of tempo."""
COMPATIBLE: tuple[KeyRelation, ...] = ("same", "adjacent", "relative")
_OCTAVES = (1.0, 2.0, 0.5)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class TempoStep:
    """From one tempo to another, octaves left out: `into * ratio` is `share` faster than `out`."""

    ratio: float
    """0.5, 1 or 2: what the incoming tempo is counted as."""
    share: float

    @property
    def matchable(self) -> bool:
        return abs(self.share) <= MATCHABLE_STEP + _ROUNDING


@lru_cache(maxsize=1024)
def key_relation(out: Key | None, into: Key | None) -> KeyRelation:
    """How the key of a track stands to that of the one before it, on the Camelot wheel.

    `adjacent` and `relative` are one step away; `diagonal` is 7B to 8A or back; `boost` is a whole
    tone (+2) or a semitone (+7) up, which lifts a floor but does not blend.
    """
    if out is None or into is None:
        return "unknown"
    step = (_number(into) - _number(out)) % 12
    if out.mode == into.mode:
        if step == 0:
            return "same"
        if step in (1, 11):
            return "adjacent"
        return "boost" if step in (2, 7) else "clash"
    if step == 0:
        return "relative"
    return "diagonal" if step == (1 if out.mode == "major" else 11) else "clash"


def compatible(out: Key | None, into: Key | None) -> bool:
    """Whether two known keys may sound together: the same, adjacent or relative."""
    return key_relation(out, into) in COMPATIBLE


def compatible_keys(key: Key) -> tuple[Key, ...]:
    """The four keys that a key mixes with, itself first."""
    close = [other for other in ALL_KEYS if key_distance(key, other) == 1]
    return (key, *sorted(close, key=lambda other: (other.mode != key.mode, _number(other))))


def key_distance(one: Key, other: Key) -> int:
    """Steps on the wheel, letters counting one: a metric from 0 to 7; up to 1 is compatible."""
    round_way = (_number(one) - _number(other)) % 12
    return min(round_way, 12 - round_way) + (one.mode != other.mode)


def shifted(key: Key, semitones: int) -> Key:
    """The key after its track is shifted in pitch; a semitone is seven steps on the wheel."""
    return Key((key.tonic + semitones) % 12, key.mode)


def rescuing_shifts(out: Key, into: Key) -> tuple[int, ...]:
    """By which of 0, 1 and -1 semitones the incoming track may be shifted to be compatible."""
    return tuple(shift for shift in (0, 1, -1) if compatible(out, shifted(into, shift)))


def rises(out: Key, into: Key) -> bool:
    """Whether the wheel turns clockwise, by a fifth up: to dancers that is a lift."""
    return (_number(into) - _number(out)) % 12 == 1


def tempo_step(out_bpm: float, into_bpm: float) -> TempoStep:
    """The step between two tempos under that octave which brings them closest."""
    ratio = min(_OCTAVES, key=lambda octave: abs(math.log(into_bpm * octave / out_bpm)))
    return TempoStep(ratio, into_bpm * ratio / out_bpm - 1.0)


def matchable(out_bpm: float, into_bpm: float) -> bool:
    """Whether the beats of two tempos can be laid over each other, octaves left out."""
    return tempo_step(out_bpm, into_bpm).matchable


def _number(key: Key) -> int:
    return int(key.camelot[:-1])


DEFAULT_ARC: ArcName = "journey"
"""Warm up, take off, breathe, peak and come down: what a night does if nobody says otherwise."""

_ANCHORS: dict[ArcName, tuple[tuple[float, float], ...]] = {
    "build": ((0.0, 0.3), (0.6, 0.62), (1.0, 0.95)),
    "wind_down": ((0.0, 0.9), (0.4, 0.6), (1.0, 0.2)),
    "peak": ((0.0, 0.35), (0.65, 1.0), (1.0, 0.45)),
    "journey": ((0.0, 0.25), (0.35, 0.72), (0.48, 0.55), (0.77, 1.0), (1.0, 0.3)),
    "static": ((0.0, 0.6), (1.0, 0.62)),
}
"""Places in the set, 0 to 1, and the energy there; between them it goes straight."""
_SHORT: dict[ArcName, dict[int, tuple[float, ...]]] = {
    "build": {1: (0.6,), 2: (0.4, 0.85)},
    "wind_down": {1: (0.55,), 2: (0.85, 0.35)},
    "peak": {1: (0.85,), 2: (0.5, 1.0)},
    "wave": {1: (0.6,), 2: (0.45, 0.8), 4: (0.4, 0.8, 0.5, 0.9)},
    "journey": {1: (0.65,), 2: (0.4, 0.9), 3: (0.3, 1.0, 0.4), 4: (0.3, 0.7, 1.0, 0.4)},
    "static": {1: (0.6,)},
}
"""Sets of too few slots for the shape, by hand."""
_SLOTS_PER_WAVE = 4
_LAST_BIT = 4
"""Levels are rounded to so many decimals, and differ by at least one of the last."""


def arc_levels(arc: ArcName, count: int) -> tuple[float, ...]:
    """The energy of each of `count` slots, 0 to 1, all different so that they can be ranked.

    The turning points of a shape fall on slots, so its peak is heard however few there are.
    """
    if count in _SHORT[arc]:
        return _SHORT[arc][count]
    anchors = _wave(count) if arc == "wave" else _ANCHORS[arc]
    places: list[int] = []
    for number, (place, _) in enumerate(anchors):
        latest = count - len(anchors) + number
        earliest = places[-1] + 1 if places else 0
        places.append(min(latest, max(earliest, math.floor(place * (count - 1) + 0.5))))
    heights = [height for _, height in anchors]
    return _all_different([_between(places, heights, slot) for slot in range(count)])


def _wave(count: int) -> tuple[tuple[float, float], ...]:
    """A crest about every four slots, each a little higher than the one before."""
    crests = max(1, math.floor(count / _SLOTS_PER_WAVE + 0.5))
    turns = 2 * crests
    return tuple(
        (turn / turns, (0.78 if turn % 2 else 0.4) + 0.2 * turn / turns)
        for turn in range(turns + 1)
    )


def _between(places: list[int], heights: list[float], slot: int) -> float:
    after = next(number for number, place in enumerate(places) if place >= slot)
    if places[after] == slot:
        return heights[after]
    way = (slot - places[after - 1]) / (places[after] - places[after - 1])
    return heights[after - 1] + way * (heights[after] - heights[after - 1])


def _all_different(levels: list[float]) -> tuple[float, ...]:
    unit = 10**_LAST_BIT
    taken: list[int] = []
    for level in levels:
        rounded = round(level * unit)
        while rounded in taken:
            rounded -= 1
        taken.append(rounded)
    return tuple(rounded / unit for rounded in taken)
