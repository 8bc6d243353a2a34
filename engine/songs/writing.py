"""An idea, or lyrics, become a song plan: all that `generate_music` is to be called with.

Written by rules, not by a language model: it reads, counts and rhymes, and understands nothing. The
same wishes give the same song.
"""

from __future__ import annotations

import random
from dataclasses import replace

from engine.fields import (
    MAX_BPM,
    MAX_DURATION_S,
    MAX_TITLE,
    MIN_BPM,
    MIN_DURATION_S,
)
from engine.keys import Key
from engine.requests import GenerateRequest, checked
from engine.sets.brief.captions import caption_of
from engine.sets.brief.genres import GENRES
from engine.sets.brief.titles import titles
from engine.sets.usual_tempos import USUAL_TEMPOS
from engine.songs.forms import Beat, form_of
from engine.songs.idea import Idea, read_idea
from engine.songs.languages import language_of
from engine.songs.linting import enough_s, lint, shortened
from engine.songs.song import Song, SongWishes
from engine.songs.structure import has_lines, read_stanzas, written
from engine.songs.verses import write_lyrics
from engine.songs.vocabulary import RAPPED
from engine.text import clean, one_line, title_of

BY_RULES = (
    "lyrics: written by rules, not by a language model; send lyrics of your own for better ones."
)
_WRITTEN = ("en", "de")
_TONICS = {"major": (0, 2, 4, 5, 7, 9, 10), "minor": (9, 11, 0, 2, 4, 6, 7)}
"""Keys that singers and players like."""
_MINOR_ENERGY = 0.75
_LONG_TITLE = 40
_SLOWEST, _FASTEST = 0.1, 0.9
_COMPOUND = 2.0 / 3.0
"""A beat of 6/8 is a dotted one, so there are fewer of them in a minute."""


def write_song(wishes: SongWishes) -> Song:
    """The song that is wished for, with everything filled in.

    Raises `InvalidRequest` for a language or a duration that no request takes.
    """
    wishes = _checked(wishes)
    dice = random.Random(f"{' '.join(wishes.idea.split()).casefold()}\0{wishes.seed}")
    idea = read_idea(wishes.idea, wishes.language, dice)
    given = wishes.lyrics or idea.lyrics
    beat = _beat(idea, dice)
    key = idea.key or _key(idea, dice)
    asked_s = (
        float(wishes.duration_s) if wishes.duration_s is not None else _within(idea.duration_s)
    )
    instrumental = wishes.instrumental
    if instrumental is None:
        instrumental = _unsung(idea, given)
    draft = Song(
        title="",
        caption=_caption(idea, dice, instrumental=instrumental),
        lyrics="",
        bpm=beat.bpm,
        key=str(key),
        time_signature=idea.metre,
        duration_s=asked_s or 0.0,
        language=idea.language or "unknown",
        instrumental=instrumental,
        notes=idea.notes,
    )
    song = (
        _with_given(draft, given, idea, beat) if given else _with_written(draft, idea, beat, dice)
    )
    song.request()  # a plan that could not be made is a defect here, so it shows here
    return song


def _unsung(idea: Idea, given: str) -> bool:
    """Whether nobody sings, where nobody said."""
    if given:
        return not has_lines(given)
    return idea.wordless if idea.instrumental is None else idea.instrumental


def _checked(wishes: SongWishes) -> SongWishes:
    """The wishes as a request would take them."""
    language = (wishes.language or "").strip() or "unknown"
    request = checked(
        GenerateRequest, caption="song", language=language, duration_s=wishes.duration_s
    )
    return replace(
        wishes,
        idea=clean(wishes.idea).strip(),
        lyrics=clean(wishes.lyrics).strip(),
        language=None if request.language == "unknown" else request.language,
    )


def _with_written(draft: Song, idea: Idea, beat: Beat, dice: random.Random) -> Song:
    """The song with lyrics of ours, or with tags alone."""
    asked_s = draft.duration_s or None
    form, duration_s = form_of(idea.genre, beat, asked_s, instrumental=draft.instrumental)
    if draft.instrumental:
        sections = tuple((part.tag, ()) for part in form)
        name = titles([idea.scene], f"{draft.caption}\0{dice.random()}")[0]
        title = idea.title or _titled(idea) or name
        by_genre = f"instrumental: {idea.genre} has no voice as a rule; set it to false for lyrics."
        return replace(
            draft,
            lyrics=written(sections),
            duration_s=duration_s,
            title=_cut(title),
            notes=(*draft.notes, *([by_genre] if idea.wordless and not idea.instrumental else ())),
        )
    wanted = idea.language or idea.written_in or "en"
    language = wanted if wanted in _WRITTEN else "en"
    sections, refrain = write_lyrics(idea, form, language, dice)
    notes = [BY_RULES, *draft.notes]
    if language != wanted:
        notes.append(
            "language: lyrics are written in English and German only, so these are English; send "
            f"lyrics in '{wanted}' to have it sung."
        )
    elif idea.topic and idea.written_in in _WRITTEN and idea.written_in != language:
        notes.append(
            "lyrics: the idea's own words aren't in them; write the idea in the language that is "
            "to be sung."
        )
    return replace(
        draft,
        lyrics=written(sections),
        duration_s=duration_s,
        language=language,
        title=_cut(
            idea.title or _titled(idea) or (refrain if language == "de" else _capital(refrain))
        ),
        notes=tuple(notes),
    )


def _with_given(draft: Song, given: str, idea: Idea, beat: Beat) -> Song:
    """The song with the lyrics that were sent, word for word."""
    stanzas, mended = read_stanzas(given)
    stanzas, cut = shortened(stanzas)
    sung = "\n".join(line for one in stanzas for line in one.lines)
    language = idea.language or language_of(sung) or idea.written_in or "unknown"
    needed_s = min(MAX_DURATION_S, max(MIN_DURATION_S, enough_s(stanzas, beat, language)))
    duration_s = draft.duration_s or float(-int(-needed_s // 1))
    notes = [*draft.notes, *cut, *mended]
    if draft.instrumental and sung:
        notes.append("instrumental: true, so the lines aren't sung; only the tags shape the form.")
    elif not draft.instrumental and not sung:
        notes.append("lyrics: there are only tags; put lines under them, or leave lyrics out.")
    else:
        notes += lint(stanzas, beat, duration_s, language)
    lines = [line for one in stanzas if one.kind == "Chorus" for line in one.lines]
    first = (lines or sung.splitlines() or [""])[0].strip(" .,;:!?-–—\"'")
    return replace(
        draft,
        lyrics=written([(one.tag, one.lines) for one in stanzas]),
        duration_s=duration_s,
        language=language,
        title=_cut(idea.title or _titled(idea) or _short(first) or idea.genre.title()),
        notes=tuple(dict.fromkeys(notes)),
    )


def _beat(idea: Idea, dice: random.Random) -> Beat:
    """The tempo that is stated, else one of the genre's usual ones, where the mood wants it."""
    if idea.bpm is not None:
        bpm = 0.5 * sum(idea.bpm)
    else:
        low, high = USUAL_TEMPOS[idea.genre]
        place = 0.5 + 0.45 * idea.pace + 0.2 * (dice.random() - 0.5)
        bpm = low + (high - low) * min(_FASTEST, max(_SLOWEST, place))
        bpm = round(bpm * (_COMPOUND if idea.metre == "6/8" else 1.0))
    return Beat(float(min(MAX_BPM, max(MIN_BPM, bpm))), idea.metre, idea.genre in RAPPED)


def _key(idea: Idea, dice: random.Random) -> Key:
    mode = idea.mode or ("minor" if GENRES[idea.genre].energy >= _MINOR_ENERGY else "major")
    if mode == "minor":
        return Key(dice.choice(_TONICS["minor"]), "minor")
    return Key(dice.choice(_TONICS["major"]), "major")


def _caption(idea: Idea, dice: random.Random, *, instrumental: bool) -> str:
    pace = "slow" if idea.pace <= -0.7 else "fast" if idea.pace >= 0.7 else ""
    imagery = [idea.topic] if instrumental and 0 < len(idea.topic) <= 60 else []
    return caption_of(
        idea.genre,
        dice.randrange(15),
        moods=[*idea.moods, *([pace] if pace else []), *imagery],
        instruments=[one for one in idea.instruments if one not in idea.unwanted],
        unwanted=idea.unwanted,
        silent=instrumental,
        voice="instrumental" if instrumental else idea.voice or "vocals",
    )


def _within(duration_s: float | None) -> float | None:
    if duration_s is None:
        return None
    return min(MAX_DURATION_S, max(MIN_DURATION_S, duration_s))


def _titled(idea: Idea) -> str:
    """A title of the idea's own words."""
    if not idea.phrases or (idea.language or idea.written_in) == "de":
        return ""  # German phrases are in another case than a title
    return _capital(idea.phrases[0].text.removeprefix("all the "))


def _capital(text: str) -> str:
    small = ("a", "an", "the", "of", "and", "at", "on", "in", "to", "for", "by", "from", "with")
    return " ".join(
        word if place and word.lower() in small else word[:1].upper() + word[1:]
        for place, word in enumerate(text.split())
    )


def _short(line: str) -> str:
    """A line as a title: its first clause, if all of it would be long."""
    return _capital(line) if len(line) <= _LONG_TITLE else title_of(line)


def _cut(title: str) -> str:
    return one_line(title, MAX_TITLE)
