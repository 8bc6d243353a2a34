"""Everything that is wrong with a plan, found at once, each thing with its slot, field and fix.

Knows which values go together; what each may hold is the plan's own to say. Changes nothing and
never raises, loads nothing heavy.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.sets.facts import TrackFacts
from engine.sets.linting.faults import Fault
from engine.sets.linting.known import known_of
from engine.sets.linting.neighbour_faults import neighbour_faults
from engine.sets.linting.set_faults import set_faults
from engine.sets.linting.slot_faults import slot_faults
from engine.sets.plan import SetPlan

__all__ = ["Fault", "lint"]


def lint(plan: SetPlan, facts: Mapping[int, TrackFacts] | None = None) -> tuple[Fault, ...]:
    """The faults of the set, then those of each slot in order.

    `facts` are known about the track that a slot is, or that it is made of, by the slot's number
    from 1. An open field is never a fault: `engine.sets.solving.solve` fills it in.
    """
    known = known_of(plan, facts or {})
    of_slots = [
        fault
        for number in range(1, len(plan.slots) + 1)
        for found in (
            slot_faults(plan, number, known[number - 1]),
            neighbour_faults(plan, number, known),
        )
        for fault in found
    ]
    faults = [*set_faults(plan, known), *of_slots]
    return tuple(sorted(faults, key=lambda fault: fault.slot or 0))
