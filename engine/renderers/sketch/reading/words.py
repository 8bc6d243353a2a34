"""Reads a caption: what style, mood, instruments and tempo it asks for, and what it asks in vain.

Knows the vocabulary, not the music: it neither picks notes nor settles what was left open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from engine.keys import Key
from engine.renderers.sketch.reading.facts import read_facts
from engine.renderers.sketch.reading.instrument_words import KITS, PLAIN, PLAYERS
from engine.renderers.sketch.reading.moods import MOODS, Mood, blend
from engine.renderers.sketch.reading.vocabulary import CALLINGS, ORDINARY, PARTS, TEMPI, UNVOICED
from engine.renderers.sketch.score import PartName

Register = Literal["low", "high", ""]

_LONGEST_TERM = 4
_LENDERS = 2
"""How many styles beside the first one lend instruments."""
_NEGATORS = {"no": "or", "not": "or", "without": "and", "minus": "and", "sans": "and"}
_LESS: dict[str, tuple[PartName, ...]] = {
    "drumless": ("drums", "percussion"),
    "beatless": ("drums", "percussion"),
    "bassless": ("bass",),
}
_FLAVOURS = {"jazzy": "jazz", "funky": "disco", "housey": "house", "trancey": "trance",
             "poppy": "pop", "rocky": "rock", "latin flavoured": "latin", "dubby": "reggae",
             "trappy": "trap"}  # fmt: skip
"""Adjectives that never lead: the style they name only lends its instruments."""
_REGISTERS: dict[str, Register] = {
    "female": "high", "woman": "high", "soprano": "high", "girl": "high", "male": "low",
    "man": "low", "baritone": "low", "deep voice": "low", "child": "high", "tenor": "low",
}  # fmt: skip
_SHOWN = 12
"""How many words without effect are named in the warning."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a caption asks for. Everything may be empty; `warnings` say what could not be had."""

    styles: tuple[str, ...] = ()
    groove: str = ""
    kit: str = ""
    mood: Mood = field(default_factory=Mood)
    wanted: tuple[str, ...] = ()
    """Patches and drum sounds, in the order of the words."""
    wanted_parts: frozenset[PartName] = frozenset()
    unwanted: frozenset[str] = frozenset()
    """Patches and drum sounds to leave out."""
    unwanted_parts: frozenset[PartName] = frozenset()
    sings: bool | None = None
    register: Register = ""
    bpm: float | None = None
    key: Key | None = None
    signature: str | None = None
    warnings: tuple[str, ...] = ()


def read_caption(caption: str) -> Brief:
    """The brief in a caption. Never raises; what it can't read becomes a warning."""
    facts = read_facts(caption)
    reading = _Reading()
    reading.read(facts.rest)
    return reading.brief(facts.bpm, facts.key, facts.signature, facts.warnings)


def plain(text: str) -> str:
    """Lower case without accents and hyphens, `and` for `&`, punctuation kept as commas."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    folded = re.sub(r"[-‐‑_/'’`]", " ", folded)
    folded = re.sub(r"\s[n&+]\s|&|\+", " and ", folded)
    return re.sub(r"[^\w\s#]+", " , ", folded)


class _Reading:
    """One pass over a caption's words, longest known term first."""

    def __init__(self) -> None:
        self.styles: list[str] = []
        self.flavours: list[str] = []
        self.groove = self.kit = ""
        self.moods: list[Mood] = []
        self.wanted: list[str] = []
        self.wanted_parts: set[PartName] = set()
        self.unwanted: set[str] = set()
        self.unwanted_parts: set[PartName] = set()
        self.sings: bool | None = None
        self.register: Register = ""
        self.signature: str | None = None
        self.warnings: list[str] = []
        self.idle: list[str] = []
        self._terms: tuple[Callable[[str], bool], ...] = (
            self._calling, self._special, self._kit, self._unvoiced, self._player, self._part,
            self._mood, self._tempo,
        )  # fmt: skip

    def read(self, text: str) -> None:
        words = plain(text).split()
        place, negator = 0, ""
        while place < len(words):
            if words[place] in _NEGATORS:
                negator, place = words[place], place + 1
                continue
            term, size = self._longest(words, place)
            if not term:
                negator = negator if self._pass_over(words[place]) else ""
                place += 1
                continue
            place += size
            if not negator:
                self._take(term)
            elif self._leave_out(term) and not _goes_on(words[place : place + 1], negator):
                negator = ""

    def brief(
        self, bpm: float | None, key: Key | None, signature: str | None, said: tuple[str, ...]
    ) -> Brief:
        styles = list(dict.fromkeys(self.styles + self.flavours))
        if len(styles) > 1 + _LENDERS:
            spare = ", ".join(styles[1 + _LENDERS :])
            self.warnings.append(f"caption: too many styles for one piece; left out: {spare}.")
        return Brief(
            styles=tuple(styles[: 1 + _LENDERS]),
            groove=self.groove,
            kit=self.kit,
            mood=blend(self.moods),
            wanted=tuple(name for name in dict.fromkeys(self.wanted) if name not in self.unwanted),
            wanted_parts=frozenset(self.wanted_parts - self.unwanted_parts),
            unwanted=frozenset(self.unwanted),
            unwanted_parts=frozenset(self.unwanted_parts),
            sings=self.sings,
            register=self.register,
            bpm=bpm,
            key=key,
            signature=signature or self.signature,
            warnings=(*said, *dict.fromkeys(self.warnings), *self._idle_words()),
        )

    def _longest(self, words: list[str], place: int) -> tuple[str, int]:
        for size in range(min(_LONGEST_TERM, len(words) - place), 0, -1):
            term = " ".join(words[place : place + size])
            for spelling in (term, term.removesuffix("s")):
                if spelling in _LEXICON:
                    return spelling, size
        return "", 1

    def _take(self, term: str) -> None:
        for take in self._terms:
            if take(term):
                return

    def _leave_out(self, term: str) -> bool:
        """Take a term as unwanted; False for a mood, which only describes what follows."""
        if term in PARTS:
            self.unwanted_parts.update(PARTS[term])
            if "vocals" in PARTS[term]:
                self.sings = False
        elif term in PLAYERS:
            self.unwanted.add(PLAYERS[term])
            if PLAYERS[term] == "voice":
                self.sings = False
                self.unwanted_parts.update(("vocals", "backing_vocals"))
        return term not in MOODS

    def _pass_over(self, word: str) -> bool:
        """Skip a word that names nothing; True if a negation reaches beyond it."""
        if word == ",":
            return False
        if word not in ORDINARY:
            self.idle.append(word)
        return True

    def _calling(self, term: str) -> bool:
        if term in _FLAVOURS:
            self.flavours.append(_FLAVOURS[term])
            return True
        calling = CALLINGS.get(term)
        if calling is None:
            return False
        if calling.style:
            leads = not self.styles
            self.styles.append(calling.style)
            self.groove = calling.groove if leads else self.groove
        if calling.near:
            self.warnings.append(
                f"caption: '{term}' is not among the styles here; {calling.style}, "
                "the nearest, is played."
            )
        self.read(calling.implies)
        return True

    def _special(self, term: str) -> bool:
        if term == "waltz time":
            self.signature = "3/4"
        elif term in _LESS:
            self.unwanted_parts.update(_LESS[term])
        elif term == "instrumental":
            self.sings = False
        elif term in _REGISTERS:
            self.register = _REGISTERS[term]
        elif term in ("major", "minor"):
            self.moods.insert(0, Mood("major" if term == "major" else "minor"))
        else:
            return False
        return True

    def _kit(self, term: str) -> bool:
        if term not in KITS:
            return False
        self.kit = KITS[term]
        return True

    def _unvoiced(self, term: str) -> bool:
        if term not in UNVOICED:
            return False
        nearest = UNVOICED[term]
        if nearest:
            self.wanted.append(nearest)
            plays = f"the {nearest.replace('_', ' ')} plays instead"
        else:
            plays = "it is left out"
        if nearest == "voice":
            self.sings = True if self.sings is None else self.sings
        self.warnings.append(f"caption: there is no voice for '{term}'; {plays}.")
        return True

    def _player(self, term: str) -> bool:
        if term not in PLAYERS:
            return False
        patch = PLAYERS[term]
        if patch == "voice":
            self.sings = True if self.sings is None else self.sings
            for word in term.split():
                self.register = _REGISTERS.get(word, self.register)
        self.wanted.append(patch)
        return True

    def _part(self, term: str) -> bool:
        if term not in PARTS and term not in PLAIN:
            return False
        self.wanted_parts.update(PARTS.get(term, ()))
        return True

    def _mood(self, term: str) -> bool:
        if term not in MOODS:
            return False
        self.moods.append(MOODS[term])
        return True

    def _tempo(self, term: str) -> bool:
        if term not in TEMPI:
            return False
        self.moods.append(Mood(tempo=TEMPI[term]))
        return True

    def _idle_words(self) -> tuple[str, ...]:
        words = list(dict.fromkeys(self.idle))
        if not words:
            return ()
        more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
        return (f"caption: these words had no effect: {', '.join(words[:_SHOWN])}{more}.",)


def _goes_on(following: list[str], negator: str) -> bool:
    """Whether "no drums …" reaches over the next word: or, nor; and `and` after "without"."""
    reach = {"or", "nor"} | ({"and"} if _NEGATORS[negator] == "and" else set())
    return bool(following) and following[0] in reach


_LEXICON = frozenset(
    {*CALLINGS, *_FLAVOURS, *_LESS, *_REGISTERS, *KITS, *UNVOICED, *PLAYERS, *PARTS, *PLAIN}
    | {*MOODS, *TEMPI, "waltz time", "instrumental", "major", "minor"}
)
