"""A plan from a draft: what was meant is read, what can't be is left open, and each change is told.

Reads the set and its slots, puts them in order, and mends what doesn't go together. A valid plan
comes back as it is; what is locked is touched only where it is invalid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from engine.errors import InvalidRequest
from engine.fields import MAX_SLOTS
from engine.sets.drafts.changes import Change, Note
from engine.sets.drafts.drafted_set import DraftedSet, read_set
from engine.sets.drafts.drafted_slot import DraftedSlot, read_slot
from engine.sets.drafts.mending import Mended, mend
from engine.sets.drafts.numbering import first_index, in_order, renumbered
from engine.sets.drafts.reading_values import scale_of
from engine.sets.drafts.shapes import Shape, find_set
from engine.sets.drafts.spellings import slot_field
from engine.sets.plan import SetPlan, Slot

__all__ = ["Change", "Repaired", "repair"]

_MOST_READ = 2000


@dataclass(frozen=True, slots=True)
class Repaired:
    plan: SetPlan
    changes: tuple[Change, ...]
    """Empty for a draft that was a valid plan."""


def repair(draft: object) -> Repaired:
    """The valid plan that this draft means: plain values as `engine.sets.draft` reads them, or a
    plan.

    Raises `InvalidRequest` (field `plan`) if there is no slot in it with anything to play.
    """
    shape = find_set(draft.model_dump() if isinstance(draft, SetPlan) else draft)
    if shape is None:
        raise _nothing_to_play()
    around = read_set(shape.entries)
    slots, notes = _read_slots(shape, around)
    notes = [*around.notes, *notes]
    mended = mend(
        Mended(
            slots=tuple(_validated(slot, notes) for slot in slots),
            places=tuple(slot.place for slot in slots),
            values=around.values,
        )
    )
    if not mended.slots:
        raise _nothing_to_play()
    return Repaired(mended.plan, _changes([*notes, *mended.notes], mended.places))


def _read_slots(shape: Shape, around: DraftedSet) -> tuple[list[DraftedSlot], list[Note]]:
    """The slots in order, with references by their numbers, and notes of what became of them."""
    entries = shape.slots[:_MOST_READ]
    scale = scale_of([*_energies(entries), around.shared.get("energy")])
    read = [read_slot(entry, place, around.shared, scale) for place, entry in enumerate(entries)]
    written = [slot for slot in read if slot is not None]
    notes = [
        Note(None, "slots", f"entry {place + 1} had nothing to play, and was left out")
        for place, slot in enumerate(read)
        if slot is None
    ]
    ordered = in_order(written)
    if ordered != written:
        notes.append(Note(None, "slots", "put in the order of their own numbers"))
    elif first_index(written) is None and any(slot.index is not None for slot in written):
        notes.append(
            Note(None, "slots", "their own numbers don't count them; the order is as written")
        )
    if len(ordered) > MAX_SLOTS:
        notes.append(
            Note(None, "slots", f"{len(shape.slots)} are too many; the first {MAX_SLOTS} are kept")
        )
    kept = renumbered(ordered[:MAX_SLOTS], written)
    if around.count is not None and around.count != len(kept):
        notes.append(
            Note(None, "slots", f"{around.count} were announced, and there are {len(kept)}")
        )
    return kept, [*notes, *(note for slot in kept for note in slot.notes)]


def _energies(entries: tuple[object, ...]) -> list[object]:
    return [
        value
        for entry in entries
        if isinstance(entry, Mapping)
        for name, value in entry.items()
        if slot_field(str(name)) == "energy"
    ]


def _validated(drafted: DraftedSlot, notes: list[Note]) -> Slot:
    """The slot; what it still refuses to hold is left out."""
    values: dict[str, Any] = dict(drafted.values)
    while True:
        try:
            return Slot.model_validate(values)
        except ValidationError as error:
            refused = str(error.errors(include_url=False)[0]["loc"][0])
        except InvalidRequest as error:
            refused = error.field if error.field in values else "windows"
        del values[refused]
        notes.append(Note(drafted.place, refused, "won't do; left out"))


def _changes(notes: list[Note], places: tuple[int, ...]) -> tuple[Change, ...]:
    """The notes by the numbers that slots have now, the set's own first; those of slots that are
    gone are left out."""
    numbers = {place: number for number, place in enumerate(places, 1)}
    changes = [
        Change(None if note.place is None else numbers[note.place], note.field, note.what)
        for note in notes
        if note.place is None or note.place in numbers
    ]
    return tuple(sorted(dict.fromkeys(changes), key=lambda change: change.slot or 0))


def _nothing_to_play() -> InvalidRequest:
    return InvalidRequest(
        "plan: no slot in it has anything to play; give each slot a caption, like "
        '{"slots": [{"caption": "warm deep house"}]}, or a track.',
        field="plan",
    )
