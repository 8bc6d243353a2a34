"""What an idea is about, as phrases that a line can hold: its topic and its other images.

Finds noun phrases by determiners and prepositions, without knowing what a word means. Text that
could not be sung as it is (figures, signs, very long words) gives no phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.renderers.sketch.reading.syllables import sung_vowels
from engine.songs import vocabulary as words

PhraseKind = Literal["thing", "doing", "place", "dative", "line"]
_MOST_SYLLABLES, _MOST_IN_LINE = 7, 12
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_LONGEST_WORD = 14
_MOST_IMAGES = 3
_GERMAN_TIES = ("nach", "in", "im", "am", "aus", "auf", "und")
_TIES = ("of", "in", "at", "on", "by", "from", "with", "and")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as they are sung after a preposition. `place`: one can be at it; `dative`: German, in
    that case; `line`: a sentence that is a refrain as it stands."""

    text: str
    kind: PhraseKind = "thing"


@dataclass(frozen=True, slots=True)
class _Chunk:
    link: str
    """The preposition before it, or nothing."""
    words: tuple[str, ...]
    tied: bool = True
    """Nothing was left out between it and the one before."""

    @property
    def text(self) -> str:
        return " ".join((self.link, *self.words)).strip()


def phrases_of(topic: str, language: str, *, dative: bool = False) -> tuple[Phrase, ...]:
    """The main phrase of a topic in English or German, and others; none if it holds none."""
    if any(letter.isdigit() for letter in topic) or not topic.strip():
        return ()
    found = [_cased(word.replace("’", "'"), language) for word in _WORD.findall(topic)]
    if not found or any(len(word) > _LONGEST_WORD for word in found[:4]):
        return ()
    if found[0].lower() in words.LINE_STARTS and len(found) > 2:
        line = " ".join(topic.split()).strip(" .,;:!?-–—\"'")
        if syllables(line, language) <= _MOST_IN_LINE:
            return (Phrase(line[:1].upper() + line[1:], "line"),)
    if language == "de":
        return _german(found, dative=dative)
    return _english(found)


def _cased(word: str, language: str) -> str:
    """English days and months with their capital, however they were typed."""
    return word.capitalize() if language == "en" and word in words.CALENDAR else word


def syllables(text: str, language: str) -> int:
    return len(sung_vowels(text, language))


def _english(found: list[str]) -> tuple[Phrase, ...]:
    if _is_doing(found[0]):
        main = _grown(_chunks(found[1:]), found[0])
        others = _images(_chunks(found[1:]), main)
        return (Phrase(main, "doing"), *others)
    chunks = _chunks(found)
    if not chunks:
        return ()
    main_chunk = next((one for one in chunks if _names(one)), None)
    if main_chunk is None:
        return ()
    place = chunks.index(main_chunk)
    main = _grown(chunks[place + 1 :], " ".join(main_chunk.words))
    kind: PhraseKind = "place" if main_chunk.words[-1].lower() in words.PLACE_WORDS else "thing"
    return (Phrase(_definite(main), kind), *_images(chunks, main))


def _is_doing(word: str) -> bool:
    lower = word.lower()
    return lower.endswith("ing") and len(lower) > 4 and lower not in words.NOUNS_IN_ING


def _chunks(found: list[str]) -> list[_Chunk]:
    """Runs of words between prepositions, determiners, verbs that are known and little words."""
    chunks: list[_Chunk] = []
    link, run, skipping, tied = "", list[str](), False, True
    for word in (*found, "."):
        lower = word.lower()
        is_link = lower in words.PREPOSITIONS or lower == "and"
        begins = lower in words.DETERMINERS
        ends = is_link or begins or lower in words.STOPPERS or word == "." or _is_doing(word)
        if ends and run:
            if begins and len(run) > 2 and run[0].lower() in words.DETERMINERS:
                run.pop()  # a girl meets | a boy: the last word was a verb
            bare = run[0].lower() in words.DETERMINERS and len(run) == 1
            if not bare:
                chunks.append(_Chunk(link, tuple(run), tied))
            link, run, tied = "", [], True
        if is_link:
            link, skipping = lower, False
        elif begins:
            run, skipping = [word], False
        elif ends:
            link, skipping, tied = "", True, False
        elif not skipping:
            run.append(word)
    return [one for one in chunks if len(one.words) <= 5]


def _names(chunk: _Chunk) -> bool:
    alone = chunk.words[0].lower() if len(chunk.words) == 1 else ""
    return alone not in words.NEVER_THINGS | words.ABSTRACT


def _grown(following: list[_Chunk], text: str) -> str:
    """The phrase with what hangs on it, as long as it stays short."""
    doing = _is_doing(text.split()[0])
    for chunk in following:
        longer = f"{text} {chunk.text}"
        hangs = chunk.tied and (doing or chunk.link in _TIES)
        if not hangs or syllables(longer, "en") > _MOST_SYLLABLES:
            break
        text = longer
    return text


def _definite(text: str) -> str:
    """A refrain knows what it sings of: `a robot` is the robot, `robots` are all the robots."""
    first, _, rest = text.partition(" ")
    if first.lower() in ("a", "an") and rest:
        return f"the {rest}"
    if first.lower() in words.DETERMINERS:
        return f"{first.lower()} {rest}"
    last = text.split()[-1]
    if last.endswith("s") and not last.endswith(("ss", "us", "is")) and text.islower():
        return f"all the {text}"
    named = any(word[0].isupper() for word in text.split())
    bare = named or len(text.split()) == 1 or last.endswith(words.ABSTRACT_ENDINGS)
    return text if bare else f"the {text}"


def _images(chunks: list[_Chunk], main: str) -> tuple[Phrase, ...]:
    images = []
    for chunk in chunks:
        text = " ".join(chunk.words)
        if (
            text in main
            or chunk.words[-1].lower() in words.NEVER_THINGS
            or syllables(text, "en") > 5
        ):
            continue
        known = chunk.words[0].lower() in words.DETERMINERS
        named = any(word[0].isupper() for word in chunk.words)
        plural = chunk.words[-1].endswith("s")
        if chunk.link in ("for", "to", "like") and not known:
            continue
        if known or named or plural:
            images.append(Phrase(text))
        elif chunk.link in words.PREPOSITIONS:
            images.append(Phrase(f"the {text}"))
    return tuple(images[:_MOST_IMAGES])


def _german(found: list[str], *, dative: bool) -> tuple[Phrase, ...]:
    run: list[str] = []
    for word in found:
        lower = word.lower()
        again = lower in words.GERMAN_DETERMINERS and any(one[0].isupper() for one in run)
        if again or (lower in words.GERMAN_STOPPERS and not (run and lower in _GERMAN_TIES)):
            break
        run.append(word)
    while run and (not run[-1][0].isupper() or _too_long(run)):
        run.pop()
    if not run:
        return ()
    text = " ".join(run)
    if run[0].lower() in words.GERMAN_DETERMINERS:
        text = text[0].lower() + text[1:]
    return (Phrase(text, "dative" if dative else "thing"),)


def _too_long(run: list[str]) -> bool:
    return len(run) > 6 or syllables(" ".join(run), "de") > _MOST_SYLLABLES + 2
