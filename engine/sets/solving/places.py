"""The slots of a plan with all that is known of each before planning: a row of frozen values.

Settles what comes from where: written in the slot, known of its track, said in its caption, or
taken over from what it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.keys import Key, parse_key
from engine.sets.facts import TrackFacts
from engine.sets.plan import SetPlan, Slot
from engine.sets.references import source_of
from engine.sets.solving.hints import Hints, hints_of

Field = Literal["bpm", "key"]


@dataclass(frozen=True, slots=True)
class Place:
    """A slot. `facts` are those of its track, or of the file that it is made of."""

    slot: Slot
    hints: Hints
    facts: TrackFacts | None = None
    source: int | None = None
    """The place, from 0, of the slot that it is made of."""
    beats_per_bar: int = 4

    @property
    def is_open(self) -> bool:
        """Whether planners may fill in what it leaves open."""
        return not self.slot.locked

    @property
    def is_new(self) -> bool:
        """Whether it is made from words alone."""
        return self.slot.kind == "caption"

    @property
    def bpm(self) -> float | None:
        """The tempo that is settled before planning, but for what is taken over from a slot."""
        if self.slot.bpm is not None:
            return self.slot.bpm
        if self.is_new:
            return self.hints.bpm
        return self.facts.bpm if self.facts else None

    @property
    def key(self) -> Key | None:
        """Like `bpm`."""
        if self.slot.key is not None:
            return parse_key(self.slot.key)
        if self.is_new:
            return self.hints.key
        return self.facts.key if self.facts else None

    @property
    def has_beat(self) -> bool:
        """Whether its beats could be matched if its tempo is known."""
        if self.facts is None or self.slot.kind == "cover":
            return self.hints.beat
        return self.bpm is not None


def places_of(plan: SetPlan, facts: Mapping[int, TrackFacts]) -> tuple[Place, ...]:
    """The plan's slots in order; `facts` by number, from 1."""
    places: list[Place] = []
    for number, slot in enumerate(plan.slots, 1):
        source = _source(plan, number)
        hints = hints_of(slot)
        if source is not None and slot.kind != "cover":
            hints = places[source].hints
        known = facts.get(number) if source is None and slot.kind != "caption" else None
        beats = slot.beats_per_bar
        if slot.time_signature is None and source is not None:
            beats = places[source].beats_per_bar
        elif slot.time_signature is None and known and known.beats_per_bar:
            beats = known.beats_per_bar
        places.append(Place(slot, hints, known, source, beats))
    return tuple(places)


def owners(places: tuple[Place, ...], field: Field) -> tuple[int, ...]:
    """For every place the one whose tempo or key it has: itself, or the one it is made of."""
    found: list[int] = []
    for number, place in enumerate(places):
        own = place.source is None or getattr(place.slot, field) is not None
        found.append(number if own else found[place.source or 0])
    return tuple(found)


def _source(plan: SetPlan, number: int) -> int | None:
    """The place, from 0, of the earlier slot that this one is made of."""
    ref = source_of(plan, number)
    return ref - 1 if isinstance(ref, int) and 1 <= ref < number else None
