"""The fields of a slot or a set as they were written, under whatever names.

Sorts what was written by what it means and notes what is read differently from how it was written.
Knows nothing of single fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from engine.sets.drafts.changes import Note, short
from engine.sets.drafts.spellings import INNER, fold
from engine.text import one_line

T = TypeVar("T")
_DEEPEST = 3


@dataclass(slots=True)
class WrittenFields:
    """`held` has for every meaning the names and values that were written, the best name first."""

    place: int | None
    held: dict[str, list[tuple[str, object]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    quiet: set[str] = field(default_factory=set)
    """Meanings of which nothing is noted, because they weren't written here."""

    def note(self, name: str, what: str) -> None:
        self.notes.append(Note(self.place, name, what))

    def add(self, entries: Mapping[str, object], meaning: Callable[[str], str | None]) -> None:
        """Take in what was written; fields that nobody knows are noted as left out."""
        for name, value, is_inner in _flat(entries, meaning):
            meant = meaning(name)
            if meant is None:
                self.note(one_line(name, 40), "is no field; left out")
            elif meant not in self.held:
                self.held[meant] = [(name, value)]
            elif not is_inner:
                self.held[meant].append((name, value))
        for meant, ways in self.held.items():
            ways.sort(key=lambda way: way[0] != meant)

    def has(self, name: str) -> bool:
        return name in self.held

    def pop(self, name: str) -> object:
        """What was written under this meaning, without a word about it."""
        ways = self.held.pop(name, None)
        return ways[0][1] if ways else None

    def read(self, name: str, reading: Callable[[object], T | None]) -> T | None:
        """What is meant by the first way of writing this field that means something."""
        for written, raw in self.held.pop(name, ()):
            value = reading(raw)
            if value is None or value == "":
                self.note(name, f"{short(raw)} can't be that; left out")
                continue
            if name in self.quiet:
                return value
            if fold(written) != fold(name):
                self.note(name, f"{one_line(written, 40)} {short(raw)} was read as {short(value)}")
            elif not _same(raw, value):
                self.note(name, f"{short(raw)} was read as {short(value)}")
            return value
        return None


def is_empty(value: object) -> bool:
    return (
        value is None or value in ("", [], {}, ()) or (isinstance(value, str) and not value.strip())
    )


def _flat(
    entries: Mapping[str, object], meaning: Callable[[str], str | None], depth: int = 0
) -> Iterator[tuple[str, object, bool]]:
    """Names and values, those in tables that mean nothing by themselves at the end."""
    inner: list[Mapping[str, object]] = []
    for name, value in entries.items():
        if is_empty(value):
            continue
        is_table = isinstance(value, Mapping)
        meant = meaning(str(name))
        if is_table and (meant in (None, "track", "kind", "index") or fold(str(name)) in INNER):
            inner.append(value)
        else:
            yield str(name), value, depth > 0
    if depth < _DEEPEST:
        for table in inner:
            yield from _flat(table, meaning, depth + 1)


def _same(raw: object, value: object) -> bool:
    """Whether what is meant is what was written."""
    if isinstance(raw, bool) != isinstance(value, bool) or isinstance(raw, str) != isinstance(
        value, str
    ):
        return False
    if isinstance(raw, Mapping) and isinstance(value, Mapping):
        return {name: held for name, held in raw.items() if held is not None} == value
    if isinstance(raw, list | tuple) and isinstance(value, list | tuple):
        return list(raw) == list(value)
    return raw == value
