"""Songs that were written, as tool results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine import one_line
from engine.fields import MAX_CAPTION, MAX_TITLE
from mcp_server.tool import Reply
from mcp_server.views import SongResult

if TYPE_CHECKING:
    from engine.songs import Song

_TEXT = 300


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
