"""The 24 keys: one spelling for each, everything people write for them, and the Camelot wheel.

Knows names and pitch classes; knows nothing about chords, scales or compatibility.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.errors import InvalidRequest

Mode = Literal["major", "minor"]

# The spelling with fewer accidentals, as key signatures are usually printed.
_MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "sharp": 1, "flat": -1}

_NAMED = re.compile(
    r"(?P<letter>[A-Ga-g])\s*[- ]?(?P<accidental>#|♯|b|♭|sharp|flat|)\s*[- ]?"
    r"(?P<mode>major|minor|maj|min|dur|moll|M|m|)"
)
_CAMELOT = re.compile(r"(?P<number>\d{1,2})\s*(?P<letter>[ABab])")


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class, 0 = C) and a mode. `str(key)` is the one form used everywhere."""

    tonic: int
    mode: Mode

    def __str__(self) -> str:
        names = _MAJOR_TONICS if self.mode == "major" else _MINOR_TONICS
        return f"{names[self.tonic]} {self.mode}"

    @property
    def camelot(self) -> str:
        """The code DJs use: `8A` is A minor, `8B` is C major, one step is a fifth."""
        relative_major = self.tonic if self.mode == "major" else self.tonic + 3
        number = (7 * relative_major + 7) % 12 + 1
        return f"{number}{'B' if self.mode == 'major' else 'A'}"


ALL_KEYS = tuple(Key(tonic, mode) for mode in ("major", "minor") for tonic in range(12))
_BY_CAMELOT = {key.camelot: key for key in ALL_KEYS}


def parse_key(text: str) -> Key:
    """Read `A minor`, `F# minor`, `Bb major`, `Am`, `Ebm`, `c-sharp minor`, `8A`; `C` is C major.

    Raises `InvalidRequest` (field `key`) for anything else.
    """
    words = text.strip()
    if camelot := _CAMELOT.fullmatch(words):
        key = _BY_CAMELOT.get(f"{int(camelot['number'])}{camelot['letter'].upper()}")
        if key is not None:
            return key
    if named := _NAMED.fullmatch(_lower_but_m(words)):
        tonic = (_LETTERS[named["letter"].upper()] + _ACCIDENTALS[named["accidental"]]) % 12
        minor = named["mode"] in ("minor", "min", "moll", "m")
        return Key(tonic, "minor" if minor else "major")
    raise InvalidRequest(
        f"key: {text[:40]!r} is not a key; "
        "write it like 'A minor', 'F# minor', 'Bb major' or '8A'.",
        field="key",
    )


def _lower_but_m(words: str) -> str:
    """Lower-case the words, because `m` and `M` alone differ: `Am` is minor, `AM` is major."""
    if words.endswith("M") and len(words) <= 3:
        return words
    return words.lower()
