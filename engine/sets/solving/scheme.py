"""A plan worked out: energy, tempo and key of every place, then lengths and transitions.

Lengths and transitions are found together: a transition needs room in its tracks and takes time
off the mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.keys import Key
from engine.sets.plan import SetPlan
from engine.sets.solving.lengths import Lengths, bar_s, planned_lengths
from engine.sets.solving.places import Place
from engine.sets.solving.tempos import planned_tempos
from engine.sets.solving.tones import planned_keys
from engine.sets.transitions import Choice, Side, choose, taken_s

_ROUNDS = 5
"""How often lengths and transitions are chosen anew for each other."""
_LONG_INTRO_FROM, _LONG_INTRO = 80, 16.0
_SHORT_INTRO_FROM, _SHORT_INTRO = 40, 8.0
"""New tracks of so many bars are taken to begin and end with so many for mixing."""
_DROP_AT = 0.5
"""How far into a new track that builds up its first drop comes."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A row of each kind of value, one for every place."""

    places: tuple[Place, ...]
    energies: tuple[float, ...]
    tempos: tuple[float | None, ...]
    """In bpm; None where it can't be known."""
    keys: tuple[Key | None, ...]
    lengths: Lengths
    choices: tuple[Choice, ...] = ()
    """How each place leads into the next; one fewer than places."""

    def is_unheard(self, number: int) -> bool:
        """Whether it has a beat, as far as one can tell, whose tempo nobody knows yet."""
        place = self.places[number]
        return place.has_beat and place.facts is None and self.tempos[number] is None


def worked_out(
    plan: SetPlan, places: Sequence[Place], levels: Sequence[float], allow_bridge: bool
) -> Scheme:
    """The scheme of a plan whose order is settled; `levels` are its arc."""
    energies = tuple(
        level if place.slot.energy is None else place.slot.energy
        for place, level in zip(places, levels, strict=True)
    )
    tempos = planned_tempos(places, energies, plan.bpm)
    keys = planned_keys(places, energies, plan.seed or 0)
    mix_s = None if plan.minutes is None else plan.minutes * 60.0
    scheme = Scheme(
        tuple(places), energies, tuple(tempos), tuple(keys),
        planned_lengths(places, tempos, mix_s, 0.0),
    )  # fmt: skip
    for _ in range(_ROUNDS):
        choices, taken = _led(scheme, allow_bridge)
        if choices == scheme.choices:
            break
        lengths = planned_lengths(places, tempos, mix_s, taken)
        scheme = replace(scheme, lengths=lengths, choices=choices)
    return scheme


def _led(scheme: Scheme, allow_bridge: bool) -> tuple[tuple[Choice, ...], float]:
    """How each place leads into the next, and what that takes off the mix, in seconds."""
    choices: list[Choice] = []
    taken = 0.0
    for number in range(len(scheme.places) - 1):
        out, into = _side(scheme, number, at_end=True), _side(scheme, number + 1, at_end=False)
        wish = scheme.places[number].slot.transition
        choice = choose(out, into, wish, allow_bridge=allow_bridge)
        choices.append(choice)
        taken += taken_s(choice.type, choice.bars, out, into)
    return tuple(choices), taken


def _side(scheme: Scheme, number: int, *, at_end: bool) -> Side:
    """A place as it is planned, at its start or its end."""
    place, bpm = scheme.places[number], scheme.tempos[number]
    bars = scheme.lengths.durations_s[number] / bar_s(place, bpm)
    has_grid = place.has_beat and bpm is not None
    hints, facts = place.hints, place.facts
    vocals = hints.ends_sung if at_end else hints.starts_sung
    energy = scheme.energies[number]
    if place.slot.kind == "track":
        vocals = facts.vocals if facts else None
        energy = energy if facts is None or facts.energy is None else facts.energy
    drops = hints.drops and has_grid and place.facts is None
    return Side(
        bars=bars,
        bpm=bpm,
        beats_per_bar=place.beats_per_bar,
        has_grid=has_grid,
        key=scheme.keys[number],
        vocals=vocals,
        energy=energy,
        edge_bars=_intro_bars(bars) if drops and not vocals else 0.0,
        has_drop=drops,
        drop_after_bars=round(bars * _DROP_AT) if drops else 0.0,
    )


def _intro_bars(bars: float) -> float:
    if bars >= _LONG_INTRO_FROM:
        return _LONG_INTRO
    return _SHORT_INTRO if bars >= _SHORT_INTRO_FROM else 0.0
