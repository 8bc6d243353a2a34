"""What is known of each slot before it is made: tempo, key, metre, length and voices.

From what the plan says, from the facts of tracks that are there, and from what a slot is made of.
Whatever is open or unknown is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.errors import InvalidRequest
from engine.fields import MAX_DURATION_S, MAX_SOURCE_S
from engine.keys import Key, parse_key
from engine.sets.facts import TrackFacts
from engine.sets.linting.kinds import has_lines
from engine.sets.plan import SetPlan, Slot
from engine.sets.references import follow
from engine.sets.theory import tempo_step


@dataclass(frozen=True, slots=True)
class Known:
    """A slot as it will play, as far as that is known."""

    bpm: float | None = None
    key: Key | None = None
    beats_per_bar: int | None = None
    duration_s: float | None = None
    most_s: float = MAX_SOURCE_S
    """How long it can be at most."""
    vocals: bool | None = None
    source: Known | None = None
    """The track that the slot is, or what it is made of, before it is retimed or changed."""

    @property
    def bars(self) -> float | None:
        if self.bpm is None or self.duration_s is None:
            return None
        return self.duration_s * self.bpm / 60.0 / (self.beats_per_bar or 4)


def known_of(plan: SetPlan, facts: Mapping[int, TrackFacts]) -> tuple[Known, ...]:
    """What is known of every slot, in order; `facts` go by the numbers of the slots."""
    known: list[Known] = []
    for number, slot in enumerate(plan.slots, 1):
        source = None
        ref = follow(plan, number)
        if isinstance(ref, int):
            source = known[ref - 1]
        elif number in facts:
            source = _of_track(facts[number])
        known.append(_of_slot(slot, source))
    return tuple(known)


def slot_key(slot: Slot) -> Key | None:
    if slot.key is None:
        return None
    try:
        return parse_key(slot.key)
    except InvalidRequest:
        return None


def _of_track(facts: TrackFacts) -> Known:
    return Known(
        bpm=facts.bpm,
        key=facts.key,
        beats_per_bar=facts.beats_per_bar,
        duration_s=facts.duration_s,
        most_s=facts.duration_s,
        vocals=facts.vocals,
    )


def _of_slot(slot: Slot, source: Known | None) -> Known:
    sings = True if has_lines(slot.lyrics) else False if slot.instrumental else None
    own = Known(bpm=slot.bpm, key=slot_key(slot), vocals=sings)
    if slot.kind == "caption":
        length_s = slot.duration_s
        most_s = MAX_DURATION_S if length_s is None else length_s
        return replace(own, beats_per_bar=slot.beats_per_bar, duration_s=length_s, most_s=most_s)
    if source is None:
        return own
    return Known(
        bpm=own.bpm or source.bpm,
        key=own.key or source.key,
        beats_per_bar=source.beats_per_bar,
        duration_s=_length_s(slot, source, source.duration_s),
        most_s=_length_s(slot, source, source.most_s) or MAX_SOURCE_S,
        vocals=own.vocals or source.vocals,
        source=source,
    )


def _length_s(slot: Slot, source: Known, source_s: float | None) -> float | None:
    """How long the source is in this slot: with what is added, at the slot's tempo."""
    if source_s is None:
        return None
    added_s = (slot.seconds or 0.0) if slot.kind == "extend" else 0.0
    speed = tempo_step(slot.bpm, source.bpm) if slot.bpm and source.bpm else None
    return (source_s + added_s) * (1.0 + speed.share if speed else 1.0)
