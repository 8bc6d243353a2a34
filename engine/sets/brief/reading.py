"""Reads a brief word by word: what is known is named, what isn't is kept as it was written.

Knows the vocabulary and where one term ends and the next begins, misspelt genres included. What
the terms together ask for is `phases`' to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from engine.sets.brief import vocabulary as words
from engine.sets.brief.energy_words import SAID
from engine.sets.brief.figures import FIRST_MARK
from engine.sets.brief.genres import GENRES

Kind = Literal[
    "genre", "place", "glide", "and", "arc", "negator", "voice kind", "voice", "wordless",
    "language", "step", "tempo", "mode", "instrument", "mood", "energy", "mark", "comma", "idle",
    "unknown",
]  # fmt: skip
Term = tuple[str, ...]

_TOKEN = re.compile(
    r"[-=–]+>|→|[^\W_]+(?:['’][^\W_]+)*|[\ue000-\uf8ff]|[&+>#]|\s[-–—]+\s|[,.;:!?()\[\]/\n|]|…"
)
_LONGEST = 5
_ANDS = ("and", "&", "+", "und", "et", "y", "e", "with some", "plus")
_SHORTEST_MISSPELT = 5
_NOT_MISSPELT = frozenset(
    {"horse", "trace", "medal", "disco's", "tracks", "dance", "sound", "round"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared (`plain`), and where it stands in the text."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """A term, what it stands for, and where it is written."""

    kind: Kind
    value: str | float
    start: int
    end: int


def folded(text: str) -> str:
    """Lower case, Latin letters without accents; as long as the text."""
    return "".join(map(_folded, text))


@cache
def _folded(character: str) -> str:
    lower = character.lower()
    base = unicodedata.normalize("NFKD", lower)[:1]
    if character == "’":
        return "'"
    return base if base.isascii() and base else lower if len(lower) == 1 else character


def tokens(text: str) -> list[Token]:
    return [
        Token(found[0].strip() or found[0], found.start(), found.end())
        for found in _TOKEN.finditer(folded(text))
    ]


def read_items(text: str) -> list[Item]:
    """Every term of a text in which figures are marked."""
    every = tokens(text)
    items: list[Item] = []
    place = 0
    while place < len(every):
        item, size = _longest(every, place)
        items.append(item)
        place += size
    return items


def _longest(every: list[Token], place: int) -> tuple[Item, int]:
    first = every[place]
    if ord(first.plain[0]) >= FIRST_MARK and len(first.plain) == 1 and ord(first.plain[0]) < 0xF900:
        return Item("mark", float(ord(first.plain) - FIRST_MARK), first.start, first.end), 1
    lexicon = _lexicon()
    for size in range(min(_LONGEST, len(every) - place), 0, -1):
        term = tuple(token.plain for token in every[place : place + size])
        known = lexicon.get(term)
        if known:
            return Item(*known, first.start, every[place + size - 1].end), size
    for name, size in _misspelt(every, place):
        return Item("genre", name, first.start, every[place + size - 1].end), size
    return Item("unknown", first.plain, first.start, first.end), 1


def _misspelt(every: list[Token], place: int) -> Iterator[tuple[str, int]]:
    """The genre that these words nearly spell: one letter off in a word, the longest first."""
    for size in range(min(_LONGEST, len(every) - place), 0, -1):
        term = tuple(token.plain for token in every[place : place + size])
        for call, name in _calls().items():
            if len(call) == size and _nearly(term, call):
                yield name, size


def _nearly(term: Term, call: Term) -> bool:
    wrong = [(word, right) for word, right in zip(term, call, strict=True) if word != right]
    if len(term) == 1:
        word = term[0]
        if len(word) < _SHORTEST_MISSPELT or word in _NOT_MISSPELT:
            return False
    return (
        len(wrong) == 1
        and wrong[0][0][0] == wrong[0][1][0]
        and len(wrong[0][0]) >= 3
        and _one_off(*wrong[0])
    )


def _one_off(word: str, right: str) -> bool:
    """Whether one letter is missing, added, another, or swapped with its neighbour (F. J. Damerau,
    "A technique for computer detection and correction of spelling errors", 1964)."""
    if abs(len(word) - len(right)) > 1:
        return False
    place = next(
        (i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b),
        min(len(word), len(right)),
    )
    rest, wanted = word[place:], right[place:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )


@cache
def _calls() -> Mapping[Term, str]:
    return {_term(call): genre.name for genre in GENRES.values() for call in genre.calls}


@cache
def _lexicon() -> Mapping[Term, tuple[Kind, str | float]]:
    """Every term and what it is; where two tables have one, the earlier holds."""
    lexicon: dict[Term, tuple[Kind, str | float]] = {
        call: ("genre", name) for call, name in _calls().items()
    }
    tables: tuple[tuple[Kind, Mapping[str, str | float]], ...] = (
        ("place", words.PLACES), ("arc", words.ARCS), ("step", words.STEPS),
        ("voice kind", words.VOICE_KINDS), ("voice", dict.fromkeys(words.VOICES, "")),
        ("wordless", dict.fromkeys(words.WORDLESS, "")), ("language", words.LANGUAGES),
        ("tempo", words.TEMPO_WORDS), ("mode", words.MODES), ("instrument", words.INSTRUMENTS),
        ("instrument", words.FOREIGN_INSTRUMENTS), ("mood", words.MOODS), ("energy", SAID),
        ("negator", dict.fromkeys(words.NEGATORS, "")), ("and", dict.fromkeys(_ANDS, "")),
        ("glide", dict.fromkeys(words.GLIDES, "")), ("idle", dict.fromkeys(words.IDLE, "")),
        ("comma", dict.fromkeys(",.;:!?()[]/\n|-–—…", "")),
    )  # fmt: skip
    for kind, table in tables:
        for term, value in table.items():
            lexicon.setdefault(_term(term), (kind, value))
    return lexicon


def _term(written: str) -> Term:
    return tuple(token.plain for token in tokens(written)) or (written,)
