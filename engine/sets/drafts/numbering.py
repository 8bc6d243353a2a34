"""The order of the slots of a draft, and which slots their references mean.

Knows numbers that count from 0 or from 1, titles that were written nearly right, and what becomes
of numbers when slots are left out or moved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from engine.sets.drafts.changes import Note, short
from engine.sets.drafts.drafted_slot import DraftedSlot
from engine.sets.plan import MADE_OF
from engine.sets.references import is_findable

_BEFORE = re.compile(
    r"(?:the\s+)?(?:previous|last|preceding|vorige\w*)(?:\s+(?:slot|track|song|one))?"
)
_CLOSE = 0.8


def first_index(slots: Sequence[DraftedSlot]) -> int | None:
    """From what the slots' own numbers count, 0 or 1; None unless they count all of them."""
    numbers = sorted(slot.index for slot in slots if slot.index is not None)
    for first in (0, 1):
        if numbers and numbers == list(range(first, first + len(slots))):
            return first
    return None


def in_order(slots: Sequence[DraftedSlot]) -> list[DraftedSlot]:
    """The slots in the order of their own numbers, if these count them all, else as written."""
    if first_index(slots) is None:
        return list(slots)
    return sorted(slots, key=lambda slot: slot.index or 0)


def renumbered(slots: Sequence[DraftedSlot], written: Sequence[DraftedSlot]) -> list[DraftedSlot]:
    """The slots with references by the numbers that they have now.

    `written` are those that had something to play, as the draft had them.
    """
    first = first_index(written)
    numbers = [
        ref for slot in slots for kind in MADE_OF if isinstance(ref := slot.values.get(kind), int)
    ]
    shift = 1 if first == 0 or 0 in numbers else 0
    by_number = {
        (slot.place + 1 if first is None or slot.index is None else slot.index + 1 - first): now
        for now, slot in enumerate(slots, 1)
    }
    return [_followed(slot, now, slots, shift, by_number) for now, slot in enumerate(slots, 1)]


def _followed(
    slot: DraftedSlot, now: int, slots: Sequence[DraftedSlot], shift: int, by_number: dict[int, int]
) -> DraftedSlot:
    values, notes = dict(slot.values), list(slot.notes)
    for kind in MADE_OF:
        ref = values.get(kind)
        if ref is None:
            continue
        meant = (
            _number(ref + shift, by_number)
            if isinstance(ref, int)
            else _named(str(ref), now, slots, by_number)
        )
        if meant != ref:
            notes.append(Note(slot.place, kind, f"{short(ref)} is slot {short(meant)} now"))
        values[kind] = meant
    return replace(slot, values=values, notes=tuple(notes))


def _number(number: int, by_number: dict[int, int]) -> int:
    """The slot that had this number; one past the end if it is no more."""
    return by_number.get(number, max(by_number.values(), default=0) + 1)


def _named(
    name: str, now: int, slots: Sequence[DraftedSlot], by_number: dict[int, int]
) -> int | str:
    titles = [str(slot.values.get("title", "")) for slot in slots[: now - 1]]
    wanted = " ".join(name.split())
    same = [number for number, title in enumerate(titles, 1) if title == wanted]
    if len(same) == 1:
        return name
    if same:
        return same[-1]
    if name.isascii() and name.isdecimal() and len(name) <= 4:
        meant = _number(int(name), by_number)
        return name if meant == int(name) else meant
    if _BEFORE.fullmatch(wanted.lower()) and now > 1:
        return now - 1
    if is_findable(name):
        return name
    known = {title.casefold(): number for number, title in enumerate(titles, 1) if title}
    close = get_close_matches(wanted.casefold(), known, n=1, cutoff=_CLOSE)
    return known[close[0]] if close else name
