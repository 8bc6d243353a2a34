"""Songs that were written as tool results: the typed view and the text."""

from __future__ import annotations

import json

from engine import one_line
from engine.fields import MAX_CAPTION, MAX_TITLE
from engine.songs import Song
from mcp_server.tool import Reply
from mcp_server.views import View

_TEXT = 300


class SongResult(View):
    """A song to be made. Nothing was made yet."""

    title: str
    caption: str
    lyrics: str
    """Tags alone if it is instrumental."""
    language: str
    instrumental: bool
    bpm: float
    key: str
    time_signature: str
    duration_s: float
    notes: tuple[str, ...] = ()
    """What was chosen, mended, or might be better."""


def song_reply(song: Song) -> Reply:
    """A song plan, and the call that makes it."""
    title = one_line(song.title, MAX_TITLE)
    result = SongResult(
        message=(
            f'Wrote "{title}", {song.duration_s:g} s at {song.bpm:g} bpm. Next: call '
            "generate_music with these arguments, changed as you like."
        ),
        title=title,
        caption=one_line(song.caption, MAX_CAPTION),
        lyrics=song.lyrics,
        language=song.language,
        instrumental=song.instrumental,
        bpm=song.bpm,
        key=song.key,
        time_signature=song.time_signature,
        duration_s=song.duration_s,
        notes=tuple(one_line(note, _TEXT) for note in song.notes),
    )
    arguments = result.model_dump(exclude={"message", "notes", "lyrics"})
    lines = [result.message, *(f"Note: {note}" for note in result.notes), "", result.lyrics, ""]
    lines.append(
        f"Call generate_music with the lyrics above and {json.dumps(arguments, ensure_ascii=False)}"
    )
    return Reply(result, "\n".join(lines))
