"""Slots as they are written into a plan, from genres and what was told of each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.keys import Key
from engine.sets.brief.captions import caption_of
from engine.sets.brief.course import scene_of
from engine.sets.brief.energy_words import SAID, with_energy
from engine.sets.brief.genres import GENRES
from engine.sets.brief.phases import Wanted
from engine.sets.brief.titles import titles
from engine.sets.plan import Slot

_CALMEST, _HOTTEST = 0.05, 1.0
_ROTATIONS = 6


@dataclass(slots=True)
class Told:
    """What was told of one slot. `step` moves the energy that its genre usually has."""

    moods: list[str] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)
    energy: float | None = None
    step: float = 0.0
    tempo: float | None = None
    bpm: float | None = None
    key: Key | None = None
    minutes: float | None = None
    metre: str | None = None
    turn: int = 0
    """Added to how often its genre has come before, so that a slot can be told anew."""


def written(
    genres: Sequence[str],
    told: Sequence[Told],
    wanted: Wanted,
    name: str,
    taken: Collection[str] = (),
) -> tuple[Slot, ...]:
    """A slot for each genre, with a caption and a title of its own, none of those `taken`."""
    spin = random.Random(f"captions\0{name}").randrange(_ROTATIONS)
    turns: Counter[str] = Counter()
    captions = []
    for genre, one in zip(genres, told, strict=True):
        captions.append(_caption(genre, turns[genre] + spin + one.turn, one, wanted))
        turns[genre] += 1
    scenes = [
        scene_of(one.moods) or GENRES[genre].scene for genre, one in zip(genres, told, strict=True)
    ]
    names = titles(scenes, name, taken)
    return tuple(
        Slot.model_validate(
            {
                "title": title,
                "caption": caption,
                "style": genre,
                "energy": _energy(genre, one),
                **_stated(one),
                **_voiced(wanted),
            }
        )
        for genre, one, caption, title in zip(genres, told, captions, names, strict=True)
    )


def _caption(genre: str, turn: int, one: Told, wanted: Wanted) -> str:
    energy = _energy(genre, one)
    moods = [mood for mood in one.moods if energy is None or mood.lower() not in SAID]
    if one.tempo:
        moods.append("slow" if one.tempo < 0 else "fast")
    voice = wanted.voice
    if wanted.instrumental is False:
        voice = voice or "vocals"
    elif wanted.instrumental:
        voice = "instrumental"
    caption = caption_of(
        genre,
        turn,
        moods=[mood for mood in moods if wanted.instrumental is not True or mood != "vocal"],
        instruments=[name for name in one.instruments if name not in wanted.unwanted],
        unwanted=[*wanted.unwanted],
        silent=wanted.instrumental is True,
        voice=voice,
    )
    return with_energy(caption, energy)


def _energy(genre: str, one: Told) -> float | None:
    if not one.step:
        return one.energy
    usual = GENRES[genre].energy if one.energy is None else one.energy
    return round(min(_HOTTEST, max(_CALMEST, usual + one.step)), 3)


def _stated(one: Told) -> dict[str, Any]:
    return {
        "bpm": one.bpm,
        "key": None if one.key is None else str(one.key),
        "minutes": one.minutes,
        "time_signature": one.metre,
    }


def _voiced(wanted: Wanted) -> dict[str, Any]:
    return {"language": wanted.language, "instrumental": wanted.instrumental}
