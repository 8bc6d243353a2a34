"""The two halves of an idea: what the song is about, and how it is to sound.

"A slow reggae song about my cat, 80 bpm" is about "my cat"; the rest says how. Where nothing says
"about", what the vocabulary of briefs doesn't know is the topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.renderers.sketch.reading.moods import MOODS
from engine.sets.brief import vocabulary as brief_words
from engine.sets.brief.briefed import Asked, read_brief
from engine.sets.brief.energy_words import SAID
from engine.sets.brief.genres import GENRES
from engine.sets.brief.reading import folded
from engine.songs import vocabulary as words

_SONGS = "|".join(sorted(words.SONG_WORDS, key=len, reverse=True))
_LANGUAGES = "|".join(sorted(brief_words.LANGUAGES, key=len, reverse=True))
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{1,80})[\"”“»]")
_CALLED = re.compile(
    r"\b(?:called|titled|named|namens|entitled)\s+((?:[A-ZÄÖÜ][\w'’]*|of|the|to|and|in|on|a)"
    r"(?:\s+(?:[A-ZÄÖÜ][\w'’]*|of|the|to|and|in|on|a))*)"
)
_CALLING = re.compile(r"\b(?:called|titled|named|namens|entitled|mit dem titel)\s*:?\s*$", re.I)
_ABOUT = re.compile(r"\b(?P<word>about|über|ueber)\s+", re.I)
_SONG_FOR = re.compile(
    rf"\b(?:{_SONGS})\s+(?P<word>for|of|on|für|von|an)\s+(?!\d)"
    r"|\b(?:ode|letter|goodbye|farewell|tribute|homage)\s+(?P<to>to|an)\s+",
    re.I,
)
_END = re.compile(
    r"[,;.!?\n()\[\]]|\s[-–—]\s|\b(?:at|around|bei|um)\s+\d|\b(?:in\s+)?[2346]/[48]\b"
    r"|\bin\s+[A-G](?:#|b)?\s?(?:minor|major|moll|dur|m\b)"
    rf"|\b(?:in|auf)\s+(?:{_LANGUAGES})\b"
    r"|\b\d+(?:[.,]\d+)?\s*-?\s*(?:bpm|s|secs?|seconds?|m|mins?|minutes?|minuten?|sekunden?)\b"
    r"|\b(?:sung|gesungen|instrumental)\b|\bin the style\b|\b(?:with|mit)\s+(?:an?\s+)?"
    rf"(?:\w+\s+)?(?:{'|'.join(sorted(brief_words.INSTRUMENTS, key=len, reverse=True))}|"
    rf"{'|'.join(sorted(brief_words.VOICES, key=len, reverse=True))})\b",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ASKING_TEXT = (
    "write make give create compose sing play surprise please let want need i'd like me us a an "
    "the some schreib schreibe mach bitte ein eine einen something anything with for about and in "
    "hi hey thanks nice good cool great beautiful new best i im i'm you can could would to do it "
    "that this one more kid just another mir uns was schönes gutes etwas lied könntest kannst du "
    "on very really kind style feel vibe mood lyrics vocals instrumental überrasch mich lustiges"
)
_ASKING = frozenset(_ASKING_TEXT.split())
_MOOD_WORDS = (
    frozenset({*MOODS, *SAID, *brief_words.MOODS, *brief_words.TEMPO_WORDS}) - words.NOUN_MOODS
)
_COUNTED = re.compile(
    r"\b\d+\s+(?=[^\W\d_]+s\b)(?!(?:beats|bars|bpms|secs|seconds|mins|minutes|minutos|hours|"
    r"songs|tracks|verses|horas)\b)",
    re.I,
)
"""A number of things, as in 99 balloons: no tempo."""


@dataclass(frozen=True, slots=True)
class Halves:
    """An idea in two, and its title if it names one."""

    topic: str
    sound: Asked
    """The rest, read as a brief."""
    title: str = ""
    dative: bool = False
    """German: the topic stands in the dative."""
    announced: bool = False
    """The idea said that this is a song about something."""


def halves(idea: str) -> Halves:
    """The topic and the sound of an idea. Never raises."""
    if re.search(r"\blyrics\b\s*:?\s*[\"“„«]", idea, re.I):
        return Halves("", read_brief(idea))
    title, rest = _titled(idea)
    found = _ABOUT.search(rest) or _SONG_FOR.search(rest)
    if not found:
        rest = _COUNTED.sub("", rest)
        asked = read_brief(rest)
        return Halves(_imagery(rest, asked), asked, title)
    end = _END.search(rest, found.end())
    stop = end.start() if end else len(rest)
    topic = rest[found.end() : stop].strip()
    word = (found.groupdict().get("word") or "").lower()
    sound = read_brief(f"{rest[: found.start()]} , {rest[stop:]}")
    return Halves(topic, sound, title, dative=word == "von", announced=True)


def _titled(idea: str) -> tuple[str, str]:
    """The title that an idea gives, and the idea without it."""
    for pattern in (_QUOTED, _CALLED):
        if found := pattern.search(idea):
            title = " ".join(found[1].split()).strip(" .,")
            before = _CALLING.sub(" ", idea[: found.start()])
            if title:
                return title, f"{before} , {idea[found.end() :]}"
    return "", idea


def _imagery(rest: str, asked: Asked) -> str:
    """What is neither style nor mood nor a request: the first phrase that has enough words."""
    phases = (asked.wanted.everywhere, *asked.wanted.phases, *asked.wanted.places)
    read = [mood for phase in phases for mood in phase.moods]
    segments = [one for one in re.split(r"[,;.!?\n()\[\]]|\s[-–—]\s", rest) if one.strip()]
    genres = {phase.genre for phase in phases if phase.genre}
    plain = [one for one in segments if not _has_sound(one, genres, asked)]
    candidates = [stripped for one in (*plain, *read) if (stripped := _stripped(one))]
    longer = [one for one in candidates if " " in one]
    return (longer or candidates or [""])[0]


def _has_sound(segment: str, genres: set[str], asked: Asked) -> bool:
    """Whether a segment speaks of style, instruments, voices or figures, or leaves them out."""
    text = folded(segment).strip()
    if text.partition(" ")[0] in brief_words.NEGATORS:
        return True
    calls = [folded(call) for name in genres for call in GENRES[name].calls]
    instruments = (*asked.wanted.everywhere.instruments, *asked.wanted.unwanted)
    named = (*calls, *instruments, *brief_words.VOICES)
    return any(letter.isdigit() for letter in text) or any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in named
    )


def _stripped(segment: str) -> str:
    """A segment without the asking, the moods and the kinds of song around its matter."""
    found = [word for word in segment.split() if _WORD.search(word)]

    def empty(word: str) -> bool:
        plain = folded(word.strip(".,;:!?\"'()"))
        return (
            plain in _ASKING or plain in _MOOD_WORDS or plain in words.SONG_WORDS
            or plain in words.KINDS
        )  # fmt: skip

    if found and found[0].lower() in words.LINE_STARTS and not _asks(found):
        return " ".join(found)
    content = [place for place, word in enumerate(found) if not empty(word)]
    if not content:
        return ""
    first = content[0]
    if first and found[first - 1].lower() in words.DETERMINERS | words.GERMAN_DETERMINERS:
        first -= 1
    return " ".join(found[first : content[-1] + 1])


def _asks(found: list[str]) -> bool:
    """Whether a sentence is said to the studio rather than sung."""
    plain = {folded(word.strip(".,;:!?\"'()")) for word in found}
    asking = {"want", "need", "write", "make", "compose", "generate", "create", "please", "like"}
    return bool(plain & (asking | words.SONG_WORDS | {"schreib", "bitte", "will", "möchte"}))
