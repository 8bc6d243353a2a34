"""The shape of a set: its tempi, its arc, and a walk through keys of one mode."""

from __future__ import annotations

import random

from engine.keys import ALL_KEYS, Key
from engine.sets.brief.course import Course
from engine.sets.brief.figures import Figures, Range
from engine.sets.brief.genres import GENRES
from engine.sets.brief.phases import Wanted
from engine.sets.plan import ArcName
from engine.sets.theory import DEFAULT_ARC
from engine.sets.usual_tempos import USUAL_TEMPOS

_CALM, _HOT = 0.45, 0.7
_SLOPE = 0.15
"""By how much the genres' usual energy must rise or fall for the set to build or wind down."""
_TEMPO_SHARE = 0.4
"""The part of a genre's usual tempos that is slow, and the part that is fast."""
_LEFT_OPEN = 5
"""One key in so many is left to the solver where a mode was only said to be the rule."""


def set_bpm(figures: Figures, wanted: Wanted) -> Range | None:
    """The slowest and the fastest tempo, if the words fix them for the whole set."""
    said = wanted.everywhere.bpm
    local = [phase.bpm for phase in (*wanted.phases, *wanted.places) if phase.bpm]
    if said is None and local and len(local) >= len(wanted.phases):
        said = (min(map(min, local)), max(map(max, local)))
    for ends in (figures.ends_bpm, *local) if said or figures.ends_bpm else ():
        said = _around(said, ends)
    if said is not None:
        return (min(said), max(said))
    tempo = wanted.everywhere.tempo
    if tempo and len(wanted.phases) == 1:
        low, high = USUAL_TEMPOS[wanted.phases[0].genre]
        step = _TEMPO_SHARE * (high - low)
        return (low, low + step) if tempo < 0 else (high - step, high)
    return None


def _around(said: Range | None, ends: Range | None) -> Range | None:
    both = [*(said or ()), *(ends or ())]
    return (min(both), max(both)) if both else None


def arc_of(
    wanted: Wanted, course: Course | None, count: int
) -> tuple[ArcName | None, tuple[str, ...]]:
    """How the energy goes, by what was said, else by the ends, else by the genres."""
    said = list(dict.fromkeys(wanted.arcs))
    if len(said) > 1 and "wind_down" in said and set(said) & {"build", "peak"}:
        return "peak", ()
    if said:
        return said[0], ()
    start, middle, end = (_said_energy(wanted, place) for place in ("start", "middle", "end"))
    if middle is not None and middle >= _HOT:
        return "peak", ()
    if end is not None and end < _CALM:
        return ("wind_down" if start is not None and start >= _HOT else "journey"), ()
    if end is not None and end >= _HOT:
        return "build", ()
    if count < 3 or course is None:
        return None, ()
    if wanted.everywhere.energy is not None:
        return "static", ("arc: one energy was said for all of it; static was chosen.",)
    energies = [GENRES[genre].energy for genre in (course.genres[0], course.genres[-1])]
    rise = energies[1] - energies[0]
    arc = "build" if rise > _SLOPE else "wind_down" if rise < -_SLOPE else DEFAULT_ARC
    return arc, (f"arc: none was said; {arc.replace('_', ' ')} was chosen.",)


def _said_energy(wanted: Wanted, place: str) -> float | None:
    phases = (*wanted.places, *wanted.phases)
    said = [phase.energy for phase in phases if phase.place == place]
    return next((energy for energy in said if energy is not None), None)


def key_walk(
    mode: str, count: int, start: Key | None, dice: random.Random
) -> tuple[Key | None, ...]:
    """Keys of one mode, each the one before it or a step up the Camelot wheel; some are open."""
    wheel = sorted(
        (key for key in ALL_KEYS if key.mode == mode), key=lambda key: int(key.camelot[:-1])
    )
    first = start if start in wheel else dice.choice(wheel)
    place = wheel.index(first)
    keys: list[Key | None] = []
    for number in range(count):
        keys.append(None if number % _LEFT_OPEN == _LEFT_OPEN - 1 else wheel[place % len(wheel)])
        place += number % 2
    return tuple(keys)
