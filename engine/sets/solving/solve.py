"""Filling in a plan: everything that is open gets a value that goes with all that is written.

Stage by stage, each a function of frozen values: order, energy, tempo, key, then length and
transitions together, because a transition needs room and takes time. Locked slots and whatever is
written stay as they are. The same plan gives the same set; another seed gives other keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.sets.facts import TrackFacts
from engine.sets.plan import SetPlan, Slot, Transition
from engine.sets.solving.order import arranged, reordered
from engine.sets.solving.places import places_of
from engine.sets.solving.scheme import Scheme, worked_out
from engine.sets.solving.shortfalls import shortfalls
from engine.sets.theory import DEFAULT_ARC, arc_levels


@dataclass(frozen=True, slots=True)
class Solved:
    plan: SetPlan
    """Filled in, its order settled (`kept`)."""
    order: tuple[int, ...]
    """For every slot the number, from 1, that it had in the plan as given."""
    duration_s: float
    """How long the mix will be, by what is known."""
    notes: tuple[str, ...]
    """One sentence each about what could not be had."""


def solve(plan: SetPlan, facts: Mapping[int, TrackFacts], *, allow_bridge: bool = False) -> Solved:
    """The plan with everything filled in that was open and can be known.

    `facts` go by the numbers, from 1, of the slots that play a track or are made of a file. A file
    without facts keeps its tempo, its key and the transitions beside it open: they are chosen when
    it has been heard. Without an arc the set goes like `DEFAULT_ARC`. `allow_bridge`: new music may
    be planned over seams that blend badly.

    Raises `InvalidRequest` where a slot is made of one that comes later or isn't there.
    """
    places = places_of(plan, facts)
    levels = arc_levels(plan.arc or DEFAULT_ARC, len(places))
    order = tuple(range(len(places)))
    if plan.order == "free":
        order = arranged(places, levels)
        plan = reordered(plan, places, order)
        facts = {new: facts[old + 1] for new, old in enumerate(order, 1) if old + 1 in facts}
        places = places_of(plan, facts)
    scheme = worked_out(plan, places, levels, allow_bridge)
    arc_is_all = plan.arc or all(slot.energy is None for slot in plan.slots)
    slots = tuple(_filled(scheme, number) for number in range(len(places)))
    filled = {"slots": slots, "arc": plan.arc or (DEFAULT_ARC if arc_is_all else None)}
    return Solved(
        plan=plan.model_copy(update=filled),
        order=tuple(old + 1 for old in order),
        duration_s=scheme.lengths.mix_s,
        notes=shortfalls(scheme, plan.minutes),
    )


def _filled(scheme: Scheme, number: int) -> Slot:
    """The slot with all that is known of it now; the tempo and key of a file stay its own."""
    place = scheme.places[number]
    slot, key = place.slot, scheme.keys[number]
    if not place.is_open:
        return slot
    found = {
        "energy": scheme.energies[number],
        "bpm": scheme.tempos[number],
        "key": None if key is None else str(key),
        "bars": scheme.lengths.bars[number],
    }
    update: dict[str, object] = {
        name: value
        for name, value in found.items()
        if value is not None and getattr(slot, name) is None
    }
    if number < len(scheme.choices):
        transition = _transition(slot.transition or Transition(), scheme, number)
        update["transition"] = transition if transition != Transition() else slot.transition
    return slot.model_copy(update=update)


def _transition(written: Transition, scheme: Scheme, number: int) -> Transition:
    """What is written, and what was chosen for the rest; open where a track is yet to be heard."""
    choice = scheme.choices[number]
    if scheme.is_unheard(number) or scheme.is_unheard(number + 1):
        return written
    if written.type not in (None, choice.type):
        return written
    return Transition.model_validate(
        {"type": choice.type, "bars": written.bars or choice.bars or None}
    )
