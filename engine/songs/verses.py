"""Lyrics from an idea: couplets dealt from the lines of its scene and its story.

Two lines that rhyme make a couplet, two couplets a quatrain: crossed (ABAB) or paired (AABB). No
line comes twice but in the chorus, which is sung the same each time. Knows no meaning: that lines
go together is because they were written for one scene.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.songs import vocabulary as words
from engine.songs.books import BOOKS, LineBook
from engine.songs.forms import Part
from engine.songs.idea import Idea
from engine.songs.phrases import Phrase, syllables
from engine.songs.rhymes import family

Couplet = tuple[str, str]
Section = tuple[str, tuple[str, ...]]
"""A tag and the lines under it."""

_NEXT_DOOR = {
    "beach": "night", "road": "night", "city": "night", "rain": "city", "night": "city",
    "club": "night", "desert": "road", "forest": "home", "space": "night", "winter": "home",
    "home": "rain", "stage": "night",
}  # fmt: skip
"""Where the lines come from when a song is longer than its scene."""
_PAIRED = frozenset({"country", "folk", "punk", "reggae", "ska", *words.RAPPED})
"""Genres whose verses rhyme in pairs."""
_LONGEST_REFRAIN = 12


@dataclass(frozen=True, slots=True)
class _Words:
    """What a song draws on: its language and its idea."""

    idea: Idea
    language: str
    dice: random.Random

    @property
    def book(self) -> LineBook:
        return BOOKS[self.language]

    @property
    def scene(self) -> str:
        return self.book.elsewhere.get(self.idea.scene, self.idea.scene)


def write_lyrics(
    idea: Idea, form: Sequence[Part], language: str, dice: random.Random
) -> tuple[tuple[Section, ...], str]:
    """The sections with their lines, and the line that the chorus turns on."""
    source = _Words(idea, language, dice)
    refrain = _refrain(source)
    chorus = _chorus(source, refrain)
    couplets = _dealt(source, chorus)
    bridge = _lines(source.book.stories[idea.story][2])
    verses = sum(part.tag == "Verse" for part in form)
    sections: list[Section] = []
    turn = 0
    for part in form:
        tag, lines = part.tag, tuple[str, ...]()
        if part.tag == "Verse":
            turn += 1
            tag = f"Verse {turn}" if verses > 1 else "Verse"
            lines = _verse(source, couplets, part.lines)
        elif part.lines:
            lines = (chorus if part.tag == "Chorus" else bridge)[: part.lines]
        sections.append((tag, lines))
    return tuple(sections), refrain


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines())


# The chorus


def _refrain(source: _Words) -> str:
    """A line made of the idea's main phrase, or of its title, or one of the scene's own."""
    idea, book, dice = source.idea, source.book, source.dice
    if idea.title and 2 <= syllables(idea.title, source.language) <= _LONGEST_REFRAIN:
        return idea.title
    for phrase in idea.phrases[:1]:
        if phrase.kind == "line":
            return phrase.text
        patterns = list(_patterns(book, phrase, idea.story))
        dice.shuffle(patterns)
        made = [pattern.format(it=phrase.text) for pattern in patterns]
        fitting = [one for one in made if syllables(one, source.language) <= _LONGEST_REFRAIN]
        if fitting:
            return fitting[0]
    return dice.choice([hook.strip() for hook in book.hooks[source.scene].split("|")])


def _patterns(book: LineBook, phrase: Phrase, story: str) -> Sequence[str]:
    patterns = book.refrains.get(phrase.kind, {})
    return patterns.get(story) or book.refrains["thing"][story]


def _chorus(source: _Words, refrain: str) -> tuple[str, ...]:
    """Refrain and answer where the refrain has a rhyme, and two lines of the story; else the
    refrain twice, with those lines between."""
    rhyme = family(refrain, source.language)
    answers = [
        line for line in _lines(source.book.answers)
        if rhyme and family(line, source.language) == rhyme and _apart(line, refrain)
    ]  # fmt: skip
    couplets = [
        couplet
        for couplet in _couplets(source, _lines(source.book.stories[source.idea.story][1]))
        if not answers or family(couplet[0], source.language) != rhyme
    ]
    first, second = couplets[0]
    if answers:
        return (refrain, source.dice.choice(answers), first, second)
    return (refrain, first, refrain, second)


def _apart(line: str, other: str) -> bool:
    """Whether two lines end on different words: a word is no rhyme for itself."""
    return line.lower().split()[-1].strip(".,!?") != other.lower().split()[-1].strip(".,!?")


# Verses


def _verse(source: _Words, couplets: Iterator[Couplet], lines: int) -> tuple[str, ...]:
    verse: list[str] = []
    while len(verse) < lines:
        (first, answer), (second, reply) = next(couplets), next(couplets)
        if source.idea.genre in _PAIRED:
            verse += [first, answer, second, reply]
        else:
            verse += [first, second, answer, reply]
    return tuple(verse[:lines])


def _dealt(source: _Words, chorus: Sequence[str]) -> Iterator[Couplet]:
    """Couplets without end: an image of the idea first, then scene and story in turn."""
    book, idea, dice = source.book, source.idea, source.dice
    others = [scene for scene in book.scenes if scene != source.scene]
    dice.shuffle(others)
    others.sort(key=lambda scene: scene != _NEXT_DOOR[source.scene])
    seen = _couplets(source, _lines(book.scenes[source.scene]))
    sung = {family(line, source.language) for line in chorus}
    seen.sort(key=lambda couplet: family(couplet[0], source.language) in sung)
    told = _couplets(source, _lines(book.stories[idea.story][0]))
    spare = [one for scene in others for one in _couplets(source, _lines(book.scenes[scene]))]
    imaged = list(_imaged(source, seen))
    if imaged:
        seen = [one for one in seen if one[1] != imaged[0][1]]
    taken = set(chorus)
    order = [*imaged[:1], *seen[: 2 - len(imaged[:1])]]
    rest = seen[2 - len(imaged[:1]) :]
    while told or rest:
        order += told[:1] + rest[:1]
        told, rest = told[1:], rest[1:]
    while True:
        for couplet in (*order, *spare):
            if not taken & set(couplet):
                yield couplet


def _imaged(source: _Words, seen: Sequence[Couplet]) -> Iterator[Couplet]:
    """An image of the idea, answered by a line of the scene that rhymes with it."""
    for phrase in source.idea.phrases[1:]:
        lines = _lines(source.book.images)
        for line in source.dice.sample(lines, len(lines)):
            rhyme = family(line, source.language)
            for couplet in seen:
                answer = next((one for one in couplet[::-1] if _apart(one, line)), "")
                if answer and family(answer, source.language) == rhyme:
                    yield (line.format(it=phrase.text), answer)


def _couplets(source: _Words, lines: Sequence[str]) -> list[Couplet]:
    """Pairs that rhyme, one for each rhyme, in an order of their own."""
    rhymes: dict[str, list[str]] = {}
    for line in lines:
        rhymes.setdefault(family(line, source.language), []).append(line)
    pairs = []
    for rhyming in rhymes.values():
        chosen = sorted(source.dice.sample(range(len(rhyming)), 2))
        pairs.append((rhyming[chosen[0]], rhyming[chosen[1]]))
    source.dice.shuffle(pairs)
    return pairs
