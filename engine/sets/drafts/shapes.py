"""Where in plain values a set is, however it was wrapped.

Knows which values look like a set or a slot; reads no values of fields.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.sets.drafts.spellings import OUTER, fold, set_field, slot_field

_DEEPEST = 6
_TELLING = frozenset({"title", "caption", "track", "cover", "repaint", "extend", "style", "lyrics",
                      "mood", "instruments", "bpm", "key", "energy", "artist"})  # fmt: skip
"""Fields that make a table look like a slot."""
_PLAYED = frozenset({"caption", "track", "cover", "repaint", "extend", "style", "lyrics"})


@dataclass(frozen=True, slots=True)
class Shape:
    """A set as it was found: its own entries, and its slots, as they were written."""

    entries: Mapping[str, object]
    slots: tuple[object, ...]
    is_listed: bool
    """Whether there was a list of slots, rather than one that stands alone."""


def find_set(value: object, depth: int = 0) -> Shape | None:
    """The set in this value, if there is one that has at least one slot-like entry."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return _in_mapping(value, depth)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return _in_list(value, depth)
    return None


def looks_like_slot(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    return bool(_fields(value) & _TELLING)


def _in_mapping(value: Mapping[str, object], depth: int) -> Shape | None:
    found = {name: shape for name, held in value.items() if (shape := find_set(held, depth + 1))}
    for name, held in value.items():
        means_slots = set_field(str(name)) == "slots"
        inner = found.get(name)
        if inner and inner.is_listed and (means_slots or fold(str(name)) in OUTER):
            return Shape({**_but(value, [name]), **inner.entries}, inner.slots, True)
        if means_slots and inner is None and (slots := _as_texts(held)):
            return Shape(_but(value, [name]), slots, True)
    if numbered := {name: held for name, held in value.items() if _is_numbered(name, held)}:
        return Shape(_but(value, numbered), tuple(numbered.values()), True)
    groups = {name: shape for name, shape in found.items() if shape.is_listed}
    if groups:
        slots = tuple(chain.from_iterable(shape.slots for shape in groups.values()))
        return Shape(_but(value, groups), slots, True)
    return Shape({}, (value,), False) if _fields(value) & _PLAYED else None


def _in_list(value: Sequence[object], depth: int) -> Shape | None:
    slots: list[object] = []
    entries: Mapping[str, object] = {}
    holds_slots = False
    for one in value:
        inner = find_set(one, depth + 1)
        if inner and inner.is_listed and not (isinstance(one, Mapping) and _fields(one) & _PLAYED):
            slots.extend(inner.slots)
            entries = entries or inner.entries
            holds_slots = True
        else:
            slots.append(one)
            holds_slots = holds_slots or looks_like_slot(one)
    return Shape(entries, tuple(slots), True) if holds_slots else None


def _fields(value: Mapping[str, object]) -> set[str | None]:
    return {slot_field(str(name)) for name, held in value.items() if held not in (None, "")}


def _but(value: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    return {name: held for name, held in value.items() if name not in names}


def _as_texts(held: object) -> tuple[object, ...]:
    """Slots that are nothing but text: in a list, or line by line."""
    if isinstance(held, str):
        return tuple(line for line in held.splitlines() if line.strip())
    if isinstance(held, Sequence) and any(isinstance(one, str) and one.strip() for one in held):
        return tuple(held)
    return ()


def _is_numbered(name: object, held: object) -> bool:
    """Whether this is a slot under its number, like `"track_1": {...}`."""
    return bool(re.search(r"\d\W*$", str(name))) and looks_like_slot(held)
