"""Songs: an idea or a lyric to all that a song is made from, without a language model."""

from __future__ import annotations

from engine.songs.song import Song, SongWishes
from engine.songs.writing import write_song

__all__ = ["Song", "SongWishes", "write_song"]
