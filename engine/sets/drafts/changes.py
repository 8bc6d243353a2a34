"""What was changed in a draft of a set, one value for each thing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.text import one_line

LOCKED = " (the slot is locked)"
"""What a change ends with that was made in a slot which planners leave as it is."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Change:
    slot: int | None
    """Its number in the repaired plan, from 1; None: the set as a whole."""
    field: str
    what: str
    """What was changed, as the end of a sentence that begins with the slot and the field."""

    @property
    def text(self) -> str:
        """One sentence: `slot 3: bpm: '128 BPM' was read as 128.`"""
        where = "" if self.slot is None else f"slot {self.slot}: "
        return f"{where}{self.field}: {self.what}."


@dataclass(frozen=True, slots=True)
class Note:
    """A change, as it is found: `place` is where the slot stood in the draft, from 0."""

    place: int | None
    field: str
    what: str


def short(value: object) -> str:
    """The value, short enough for a sentence."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
        value = int(value)
    return one_line(repr(value), _LONGEST)
