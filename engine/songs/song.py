"""What a song is asked for with, and what it is once it is written.

A song holds the arguments of `GenerateRequest` that make the music, so that it can be handed on as
it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.fields import TimeSignature
from engine.requests import GenerateRequest, checked


@dataclass(frozen=True, slots=True)
class SongWishes:
    """What the song is to be. Everything may be left out: then it is a surprise."""

    idea: str = ""
    """What it is about and how it sounds, in words."""
    lyrics: str = ""
    """Lines to keep; empty: they are written."""
    language: str | None = None
    """A code like `de`, which goes before what the idea says."""
    instrumental: bool | None = None
    duration_s: float | None = None
    seed: int | None = None
    """None: drawn from the idea, so the same idea is the same song."""


@dataclass(frozen=True, slots=True)
class Song:
    """A song plan: what to call `generate_music` with, and what is to be known about it."""

    title: str
    caption: str
    lyrics: str
    """Lines under section tags; tags alone if it is instrumental."""
    bpm: float
    key: str
    time_signature: TimeSignature
    duration_s: float
    language: str
    instrumental: bool
    notes: tuple[str, ...] = ()
    """What was chosen, mended or might be better, a sentence each."""

    def request(self, **more: object) -> GenerateRequest:
        """The request that makes it; `more` are other fields of it, such as a seed."""
        return checked(
            GenerateRequest,
            title=self.title,
            caption=self.caption,
            lyrics=self.lyrics,
            bpm=self.bpm,
            key=self.key,
            time_signature=self.time_signature,
            duration_s=self.duration_s,
            language=self.language,
            instrumental=self.instrumental,
            **more,
        )
