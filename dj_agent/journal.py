"""A session's file: one JSON line for everything that happened, written before it is acted on.

Knows lines and files, and that a line may be torn; knows nothing of what is in them but its shape.

A line is handed to the operating system before `write` returns: it survives the death of this
process at any moment, though not that of the machine.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from dj_agent.text import one_line
from dj_agent.trouble import Trouble

SUFFIX = ".jsonl"
VERSION = 1

Kind = Literal["opened", "message", "usage", "calling", "job", "state", "shortened", "named"]
"""What a line records:

    opened      the format's version
    message     a message of the conversation
    usage       what a reply took
    calling     the id of a call that is made now
    job         a call's id, and the id of the job that it began
    state       where the set stands
    shortened   the conversation as it is from here on
    named       what a person calls the session
"""

_KINDS = frozenset(get_args(Kind))


class JournalTrouble(Trouble):
    """A session's file can't be read or written."""


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    data: Any


class Journal:
    """A session's file, open for more lines."""

    def __init__(self, path: Path) -> None:
        """The file at this path, made if there is none. What a crash left of its last line is cut
        off. Raises `JournalTrouble`."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = path.read_bytes() if path.exists() else b""
            self.lines = _parsed(path, written)
            self._file = path.open("ab", buffering=0)
            self._mend(written)
            self._size = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise _unusable(path, error) from error
        if not self.lines:
            self.lines = [Line("opened", VERSION)]
            self.write("opened", VERSION)

    def _mend(self, written: bytes) -> None:
        """End the last line, or cut it off if it is torn."""
        torn = written.rpartition(b"\n")[2]
        if torn and _read(torn):
            self._file.write(b"\n")
        elif torn:
            self._file.truncate(len(written) - len(torn))

    def write(self, kind: Kind, data: Any) -> None:
        """Add a line. Raises `JournalTrouble`, also if somebody else has written meanwhile: two
        conversations in one file would be none."""
        line = _encoded(Line(kind, data))
        try:
            if os.fstat(self._file.fileno()).st_size != self._size:
                raise JournalTrouble(
                    f"Another DJ goes on with the session in {self.path}; leave it to that one."
                )
            self._file.write(line)
        except OSError as error:
            raise _unusable(self.path, error) from error
        self._size += len(line)

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Kept:
    """A session that can be gone on with."""

    path: Path
    name: str
    """What a person calls it, or its id."""
    turns: int
    begins: str
    """The first words that were said in it."""


def sessions(folder: Path) -> tuple[Kept, ...]:
    """The sessions in the folder, the newest first, without those in which nothing was said and
    those that can't be read."""
    paths = [path for path in folder.glob(f"*{SUFFIX}") if path.is_file()]
    paths.sort(key=lambda path: (path.stat().st_mtime, path.name), reverse=True)
    return tuple(kept for path in paths if (kept := _kept(path)) is not None)


def find(folder: Path, name: str) -> Path:
    """The file of the session with this id or name; the newest, if several have it.

    Raises `JournalTrouble` if there is none.
    """
    for kept in sessions(folder):
        if name.strip() in (kept.path.stem, kept.name):
            return kept.path
    raise JournalTrouble(f"There is no session {one_line(name, 80)!r}; /resume lists them.")


def _kept(path: Path) -> Kept | None:
    try:
        lines = _parsed(path, path.read_bytes())
    except (OSError, JournalTrouble):
        return None
    name, said = path.stem, list[str]()
    for line in lines:
        if line.kind == "named":
            name = str(line.data)
        elif line.kind == "message" and line.data.get("role") == "user":
            said.append(str(line.data.get("text", "")))
    return Kept(path, one_line(name, 80), len(said), one_line(said[0], 80)) if said else None


def _encoded(line: Line) -> bytes:
    return json.dumps({"kind": line.kind, "data": line.data}).encode() + b"\n"


def _parsed(path: Path, written: bytes) -> list[Line]:
    """The lines in these bytes, without a last one that is torn."""
    pieces = written.split(b"\n")
    torn = pieces.pop()
    lines = [_line(path, number, piece) for number, piece in enumerate(pieces, 1)]
    if torn and (last := _read(torn)):
        lines.append(last)
    if lines and (lines[0].kind != "opened" or lines[0].data != VERSION):
        raise JournalTrouble(f"{path} is no session of this version; choose another.")
    return lines


def _line(path: Path, number: int, piece: bytes) -> Line:
    if (line := _read(piece)) is None:
        raise JournalTrouble(
            f"{path}, line {number}: can't be read; remove that line, or choose another session."
        )
    return line


def _read(piece: bytes) -> Line | None:
    try:
        found = json.loads(piece)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("kind") not in _KINDS or "data" not in found:
        return None
    if found["kind"] == "message" and not isinstance(found["data"], dict):
        return None
    return Line(found["kind"], found["data"])


def _unusable(path: Path, error: OSError) -> JournalTrouble:
    return JournalTrouble(f"{path} can't be used: {error.strerror}.")
