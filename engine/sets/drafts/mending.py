"""What lint finds to be wrong in a plan, put right, until it finds no error any more.

Touches only the fields that faults name, and drops a slot only if nothing is left in it to play.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.fields import MAX_BPM, MIN_BPM
from engine.sets.drafts.changes import LOCKED, Note, short
from engine.sets.drafts.slot_mending import Limits, mended
from engine.sets.lint import lint
from engine.sets.linting.faults import Fault
from engine.sets.linting.known import Known, known_of
from engine.sets.linting.set_faults import can_fill, most_minutes
from engine.sets.plan import MADE_OF, SetPlan, Slot

_MOST_ROUNDS = 100
_OPEN = {"minutes": None, "bars": None}


@dataclass(frozen=True, slots=True)
class Mended:
    """`places` says for each slot where it stood in the draft."""

    slots: tuple[Slot, ...]
    places: tuple[int, ...]
    values: dict[str, object]
    """What else the plan holds."""
    notes: tuple[Note, ...] = ()

    @property
    def plan(self) -> SetPlan:
        return SetPlan.model_validate({**self.values, "slots": self.slots})


def mend(draft: Mended) -> Mended:
    """The same with nothing in it that lint calls an error; it may have no slots left."""
    for _ in range(_MOST_ROUNDS):
        if not draft.slots:
            return draft
        plan = draft.plan
        faults = [fault for fault in lint(plan) if fault.severity == "error"]
        of_slots = {fault.slot: fault for fault in reversed(faults) if fault.slot is not None}
        if of_slots:
            draft = _slots_mended(draft, of_slots.values())
        elif faults:
            draft = _set_mended(draft, plan, faults[0])
        elif opened := _lengths_opened(draft, plan):
            draft = opened
        else:
            return draft
    return draft


def _slots_mended(draft: Mended, faults: Iterable[Fault]) -> Mended:
    """After one fault of each of these slots is mended."""
    plan = draft.plan
    known = known_of(plan, {})
    slots: list[Slot | None] = list(plan.slots)
    notes = list(draft.notes)
    for fault in faults:
        number = fault.slot or 1
        slot = plan.slots[number - 1]
        changed, done = mended(slot, fault, _limits(plan, number, known))
        slots[number - 1] = changed
        if changed is None:
            notes.append(
                Note(None, "slots", f"{_called(slot, draft.places[number - 1])} had {done}")
            )
        else:
            locked = LOCKED if slot.locked else ""
            notes.append(
                Note(draft.places[number - 1], fault.field, f"{fault.problem}; {done}{locked}")
            )
    return _without_gaps(draft, slots, notes)


def _limits(plan: SetPlan, number: int, known: tuple[Known, ...]) -> Limits:
    source = known[number - 1].source
    tracks = [one.bars for one in known[number - 1 : number + 1] if one.bars is not None]
    return Limits(
        tempos=(min(plan.bpm), max(plan.bpm)) if plan.bpm else (MIN_BPM, MAX_BPM),
        source_s=source.duration_s if source else None,
        transition_bars=min(tracks, default=math.inf) / 2,
    )


def _without_gaps(draft: Mended, slots: Sequence[Slot | None], notes: list[Note]) -> Mended:
    """The draft with these slots, references by number following those that remain."""
    numbers = {
        old: new
        for new, old in enumerate(
            (number for number, slot in enumerate(slots, 1) if slot is not None), 1
        )
    }
    kept: list[Slot] = []
    for place, slot in zip(draft.places, slots, strict=True):
        if slot is None:
            continue
        for kind in MADE_OF:
            ref = getattr(slot, kind)
            if isinstance(ref, int) and 1 <= ref <= len(slots) and numbers.get(ref) != ref:
                slot = slot.model_copy(update={kind: numbers.get(ref)})
                if ref not in numbers:
                    notes.append(Note(place, kind, "what it was made of had nothing to play"))
        kept.append(slot)
    places = tuple(
        place for place, slot in zip(draft.places, slots, strict=True) if slot is not None
    )
    return replace(draft, slots=tuple(kept), places=places, notes=tuple(notes))


def _set_mended(draft: Mended, plan: SetPlan, fault: Fault) -> Mended:
    """After the set's own fault is mended."""
    value: object = None
    if fault.field == "bpm" and plan.bpm:
        value = (plan.bpm[1], plan.bpm[0])
    elif fault.field == "minutes":
        most = math.floor(most_minutes(known_of(plan, {})) * 100) / 100
        value = most if (plan.minutes or 0.0) > most else None
    done = "left open" if value is None else f"now {short(value)}"
    note = Note(None, fault.field, f"{fault.problem}; {done}")
    return replace(draft, values={**draft.values, fault.field: value}, notes=(*draft.notes, note))


def _lengths_opened(draft: Mended, plan: SetPlan) -> Mended | None:
    """The draft with open lengths, if those it has don't come near the minutes asked for.

    Locked slots keep theirs. Where the minutes can't be reached in any case they are what opens.
    """
    if not any(fault.field == "minutes" and fault.slot is None for fault in lint(plan)):
        return None
    slots = tuple(
        slot if slot.locked or slot.kind != "caption" else slot.model_copy(update=_OPEN)
        for slot in plan.slots
    )
    if slots == plan.slots:
        return None
    known = known_of(plan.model_copy(update={"slots": slots}), {})
    if not can_fill(plan.minutes or 0.0, known):
        note = Note(
            None, "minutes", f"{short(plan.minutes)} can't be filled by these slots; left open"
        )
        return replace(draft, values={**draft.values, "minutes": None}, notes=(*draft.notes, note))
    note = Note(
        None,
        "minutes",
        f"the lengths of the slots were far from {short(plan.minutes)}; they are open now",
    )
    return replace(draft, slots=slots, notes=(*draft.notes, note))


def _called(slot: Slot, place: int) -> str:
    return f"{short(slot.title)}, entry {place + 1}," if slot.title else f"entry {place + 1}"
