"""What a slot is made of, settled: another slot by its number, or a track or file as it is named.

Knows numbers and titles, and what a track's id and a path look like; looks at no disk and in no
library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from engine.errors import InvalidRequest
from engine.sets.plan import SetPlan
from engine.text import one_line

_WRITE = "name a slot before this one by number or title, a track's id, or a file's path"
_TRACK_ID = "trk_"
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a reference can't be followed, and what to write instead."""

    problem: str
    fix: str


def source_of(plan: SetPlan, slot_number: int) -> int | str | None:
    """What this slot, counted from 1, is made of: an earlier slot's number, or a track's id or a
    file's path as it is written. None for a slot that is made of nothing.

    A title counts before a number that is written as text, and a number before a path. Raises
    `InvalidRequest` (field: the slot's kind) for a reference that can't be followed.
    """
    found = follow(plan, slot_number)
    if isinstance(found, Unclear):
        kind = plan.slots[slot_number - 1].kind
        raise InvalidRequest(
            f"slot {slot_number}: {kind}: {found.problem}; {found.fix}.", field=kind
        )
    return found


def follow(plan: SetPlan, slot_number: int) -> int | str | Unclear | None:
    """As `source_of`, but says what is unclear instead of raising it."""
    ref = plan.slots[slot_number - 1].source
    if not isinstance(ref, str):
        return ref if ref is None else _slot(plan, slot_number, ref)
    name = " ".join(ref.split())
    named = [number for number, slot in enumerate(plan.slots, 1) if slot.title == name]
    before = [number for number in named if number < slot_number]
    if len(before) > 1:
        slots = " and ".join(map(str, before))
        return Unclear(f"slots {slots} have the title {_shown(name)}", "use the number")
    if named:
        return _slot(plan, slot_number, before[0] if before else named[0])
    if name.isascii() and name.isdecimal() and len(name) <= 4:
        return _slot(plan, slot_number, int(name))
    return ref


def is_findable(ref: str) -> bool:
    """Whether this looks like a track's id or a file's path, and not like a mere title."""
    return ref.startswith(_TRACK_ID) or bool(_SUFFIX.search(ref)) or "/" in ref or "\\" in ref


def unknown_title(plan: SetPlan, slot_number: int, name: str) -> Unclear:
    """What to say of a reference that is neither a title nor an id nor a path."""
    before = [slot.title for slot in plan.slots[: slot_number - 1] if slot.title]
    close = get_close_matches(name, before, n=1)
    fix = f"the title that comes closest is {_shown(close[0])}" if close else _WRITE
    return Unclear(f"no slot and no file is called {_shown(name)}", fix)


def _slot(plan: SetPlan, slot_number: int, number: int) -> int | Unclear:
    if number == slot_number:
        return Unclear("is this slot itself", _WRITE)
    if not 1 <= number <= len(plan.slots):
        return Unclear(f"{number} is no slot, they are 1 to {len(plan.slots)}", _WRITE)
    if number > slot_number:
        return Unclear(f"slot {number} comes later", "put it before this one, or name another")
    return number


def _shown(text: str) -> str:
    return f"'{one_line(text, 60)}'"
