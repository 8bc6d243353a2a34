"""What a slot is made of, as people write it: another slot, by number or title, or a file.

Knows how a name is settled and says what is unclear about it. Knows nothing of what is done with
the source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from dj_agent.text import clean, one_line

RESHAPES = ("cover", "repaint", "extend")
"""The fields of a slot that name its source."""
_WRITE = "the number or title of a slot before this one, or the path of an audio file"
_TRACK_ID = "trk_"


@dataclass(frozen=True, slots=True)
class Unclear:
    """A reference that can't be followed, and the sentence about it."""

    problem: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reference stands: in which slot of which set, in which folder."""

    slot: int
    titles: Sequence[str]
    folder: Path

    def follow(self, ref: object) -> object:
        """The slot's number, or the file's absolute path or a track's id as they are."""
        if isinstance(ref, int) and not isinstance(ref, bool):
            return self._slot(ref)
        if not isinstance(ref, str) or not (name := one_line(ref, 1024)):
            return Unclear(f"{one_line(repr(ref), 40)} won't do; write {_WRITE}")
        named = [number for number, title in enumerate(self.titles, 1) if title == name]
        file = file_beside(name, self.folder)
        if len(named) > 1:
            slots = " and ".join(map(str, named))
            return Unclear(f"slots {slots} have the title {_shown(name)}; use the number")
        if named and file:
            return Unclear(
                f"{_shown(name)} is slot {named[0]} and a file; use the slot's number, or write "
                f"{_shown(f'./{name}')} for the file"
            )
        if named:
            return self._slot(named[0])
        if file or name.startswith(_TRACK_ID):
            return file or name
        return self._slot(int(name)) if name.isdecimal() else Unclear(self._unknown(name))

    def _slot(self, number: int) -> int | Unclear:
        if number == self.slot:
            return Unclear("is this slot itself; name one before it, or a file")
        if not 1 <= number <= len(self.titles):
            return Unclear(f"the slots are 1 to {len(self.titles)}; name one before this")
        if number > self.slot:
            return Unclear(f"slot {number} comes later; put it before this one, or name another")
        return number

    def _unknown(self, name: str) -> str:
        before = [title for title in self.titles[: self.slot - 1] if title]
        close = get_close_matches(name, before, n=1)
        fix = f"the title that comes closest is {_shown(close[0])}" if close else f"write {_WRITE}"
        return f"no slot and no file is called {_shown(name)}; {fix}"


def settled(slots: object, folder: Path) -> object:
    """The slots as they were read, each reference replaced by what it means, or by `Unclear`.

    Whatever isn't a slot or a reference stays as it is.
    """
    if not isinstance(slots, Sequence) or isinstance(slots, str):
        return slots
    titles = [_title(slot) for slot in slots]
    return [
        _followed(slot, _Place(number, titles, folder)) if isinstance(slot, Mapping) else slot
        for number, slot in enumerate(slots, 1)
    ]


def file_beside(ref: str, folder: Path) -> str | None:
    """The absolute path of the file that `ref` names from `folder`, if there is one."""
    try:
        path = folder / Path(ref).expanduser()
        return str(path.resolve()) if path.is_file() else None
    except (OSError, RuntimeError):  # a name that no disk can hold, or nobody's home
        return None


def _followed(slot: Mapping[str, object], place: _Place) -> dict[str, object]:
    found = {name: place.follow(slot[name]) for name in RESHAPES if name in slot}
    return {**slot, **found}


def _title(slot: object) -> str:
    title = slot.get("title") if isinstance(slot, Mapping) else None
    return " ".join(clean(title).split()) if isinstance(title, str) else ""


def _shown(text: str) -> str:
    return f"'{one_line(text, 60)}'"
