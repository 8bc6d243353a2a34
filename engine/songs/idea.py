"""What an idea asks for: its sound, its story, its scene and the words to sing of.

Reads with the vocabulary of set briefs. Knows nothing of form or rhyme; what the idea leaves open
is chosen by the seed, and said in `notes`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.fields import TimeSignature
from engine.keys import Key
from engine.renderers.sketch.reading.moods import MOODS
from engine.sets.brief import vocabulary as brief_words
from engine.sets.brief.briefed import Asked
from engine.sets.brief.genres import GENRES
from engine.sets.brief.phases import Phase
from engine.sets.brief.reading import folded
from engine.songs import vocabulary as words
from engine.songs.languages import language_of
from engine.songs.phrases import Phrase, phrases_of
from engine.songs.topics import Halves, halves

_METRES: Mapping[str, TimeSignature] = {"2/4": "2/4", "3/4": "3/4", "4/4": "4/4", "6/8": "6/8"}
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SURPRISES = ("pop", "soul", "indie", "synthwave", "folk", "disco", "reggae", "bossa nova",
              "deep house", "country", "trip hop", "rock")  # fmt: skip
_ANY_STORY = ("together", "wonder", "joy", "longing")
"""What an idea may be a story of that doesn't say."""
_GERMAN_ENDINGS = ("es", "er", "en", "em", "e")
_WRITTEN = ("en", "de")
"""The languages that lyrics are written in."""


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea, read. What is None was left open."""

    genre: str
    moods: tuple[str, ...]
    instruments: tuple[str, ...]
    unwanted: tuple[str, ...]
    pace: float
    """Where in the genre's usual tempos: slow (-1) to fast (1)."""
    bpm: tuple[float, float] | None
    key: Key | None
    mode: str
    metre: TimeSignature
    duration_s: float | None
    voice: str
    language: str | None
    """The one that was asked for."""
    written_in: str | None
    """The one that the idea reads like."""
    instrumental: bool | None
    wordless: bool
    """Nobody sings in this genre as a rule, and nobody asked for a song."""
    story: str
    scene: str
    title: str
    topic: str
    phrases: tuple[Phrase, ...]
    lyrics: str = ""
    notes: tuple[str, ...] = ()


def read_idea(text: str, language: str | None, dice: random.Random) -> Idea:
    """The idea in a text; `language` goes before what the text says. Never raises."""
    half = halves(text)
    asked = half.sound
    said = [word.lower().removesuffix("'s") for word in _WORD.findall(text.replace("’", "'"))]
    here = _together(asked)
    kind = next((words.KINDS[word] for word in said if word in words.KINDS), None)
    told = _most(words.STORIES, said)
    if not told and half.topic and not asked.wanted.phases:
        told = dice.choice(_ANY_STORY)
    genre, notes = _genre(asked, said, kind, told, dice)
    story = told or words.GENRE_STORIES.get(genre) or _tempered(genre, dice)
    moods = _moods(here, said, kind)
    wanted = language or asked.wanted.language
    written_in = language_of(text)
    sung = next((one for one in (wanted, written_in) if one), "en")
    sung = sung if sung in _WRITTEN else "en"
    readable = written_in in (None, sung)
    return Idea(
        genre=genre,
        moods=moods or ((words.STORY_MOODS[told],) if told else ()),
        instruments=tuple(dict.fromkeys(here.instruments)),
        unwanted=tuple(asked.wanted.unwanted),
        pace=_pace(here, kind, moods),
        bpm=here.bpm or asked.figures.ends_bpm,
        key=here.key,
        mode=asked.wanted.mode or _mode(moods, story),
        metre=_METRES.get(asked.figures.metre or (kind and kind.metre) or "4/4", "4/4"),
        duration_s=None if asked.figures.minutes is None else 60.0 * asked.figures.minutes,
        voice=asked.wanted.voice,
        language=wanted,
        written_in=written_in,
        instrumental=asked.wanted.instrumental,
        wordless=genre in words.WORDLESS_GENRES and not _asks_for_words(half, said),
        story=story,
        scene=_scene(half, said, genre) or _usual_scene(genre, story),
        title=half.title,
        topic=half.topic,
        phrases=phrases_of(half.topic, sung, dative=half.dative) if readable else (),
        lyrics=asked.figures.lyrics,
        notes=notes,
    )


def _together(asked: Asked) -> Phase:
    """All that is said of the sound, wherever in the song it was to be."""
    whole = Phase()
    for phase in (asked.wanted.everywhere, *asked.wanted.phases, *asked.wanted.places):
        whole.take(phase)
    return whole


def _genre(
    asked: Asked, said: list[str], kind: words.SongKind | None, story: str, dice: random.Random
) -> tuple[str, tuple[str, ...]]:
    """The genre that is named, or that a kind of song or a mood suggests."""
    if asked.wanted.phases:
        named = list(dict.fromkeys(phase.genre for phase in asked.wanted.phases))
        more = f"caption: {named[0]} was taken of {', '.join(named)}; a song has one style."
        return named[0], (more,) if len(named) > 1 else ()
    avoided = set(asked.wanted.avoided)
    if kind is not None and kind.genre not in avoided:
        return kind.genre, ()
    for moods, genre in words.MOOD_GENRES:
        if moods & set(said) and genre not in avoided:
            return genre, (f"caption: no style was named; {genre} suits the mood.",)
    suiting = words.STORY_GENRES.get(story, _SURPRISES)
    genre = dice.choice([one for one in suiting if one not in avoided] or ["pop"])
    return genre, (f"caption: no style was named; {genre} was chosen.",)


def _most(table: Mapping[str, frozenset[str]], said: list[str]) -> str:
    """The entry that most of the words belong to; the earlier one if several do."""
    counts = {name: sum(word in known for word in said) for name, known in table.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _tempered(genre: str, dice: random.Random) -> str:
    """A story for a genre that has none of its own."""
    energy = GENRES[genre].energy
    return (
        "joy"
        if energy >= 0.6
        else "wonder"
        if energy <= 0.3
        else dice.choice(("together", "longing", "leaving"))
    )


def _scene(half: Halves, said: list[str], genre: str) -> str:
    """Where the topic plays, else where the other words say; a genre's name is no place."""
    topic = [word.lower().removesuffix("'s") for word in _WORD.findall(half.topic)]
    named = {word for call in GENRES[genre].calls for word in call.split()}
    others = [word for word in said if word not in named]
    return _most(words.SCENES, topic) or _most(words.SCENES, others)


def _usual_scene(genre: str, story: str) -> str:
    """The genre's scene; nobody misses anybody on a dance floor."""
    scene = GENRES[genre].scene
    loud = scene in ("club", "stage") and story not in ("joy", "defiance")
    return words.QUIET_SCENES[story] if loud else scene


def _moods(here: Phase, said: list[str], kind: words.SongKind | None) -> tuple[str, ...]:
    """The moods that are named, in English, and those of the kind of song."""
    known = [mood for word in said if (mood := _in_english(word)) in MOODS]
    moods = [mood for mood in here.moods if mood in MOODS]
    return tuple(dict.fromkeys((*known, *moods, *(kind.moods if kind else ()))))[:5]


def _in_english(word: str) -> str:
    """A mood as captions know it; German ones are known by their stem."""
    plain = folded(word)
    stems = (plain, *(plain.removesuffix(ending) for ending in _GERMAN_ENDINGS))
    return next((brief_words.MOODS[stem] for stem in stems if stem in brief_words.MOODS), word)


def _pace(here: Phase, kind: words.SongKind | None, moods: tuple[str, ...]) -> float:
    if here.tempo is not None:
        return here.tempo
    pushes = sum(MOODS[mood].tempo for mood in moods if mood in MOODS)
    return max(-1.0, min(1.0, (kind.tempo if kind else 0.0) + pushes))


def _mode(moods: tuple[str, ...], story: str) -> str:
    named = next((MOODS[mood].mode for mood in moods if mood in MOODS and MOODS[mood].mode), None)
    return named or ("minor" if story in words.MINOR_STORIES else "")


def _asks_for_words(half: Halves, said: list[str]) -> bool:
    """Whether the idea wants a song rather than a piece of music."""
    named = words.SONG_WORDS & set(said) - {"music", "musik", "track", "piece"}
    return half.announced or bool(half.sound.figures.lyrics or named)
