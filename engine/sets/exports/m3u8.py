"""The single tracks as a playlist: extended M3U in UTF-8.

Names are relative, so the folder can be moved, copied or put on a stick.
"""

from __future__ import annotations

from engine.sets.exports.contents import Contents, Single


def text(contents: Contents) -> str:
    lines = ["#EXTM3U", f"#PLAYLIST:{contents.title}"]
    for track in contents.tracks:
        lines += [f"#EXTINF:{round(track.duration_s)},{_shown(track)}", _entry(track.file)]
    return "\n".join(lines) + "\n"


def _shown(track: Single) -> str:
    return f"{track.artist} - {track.title}" if track.artist else track.title


def _entry(file: str) -> str:
    """A line that begins with `#` would be a remark."""
    return f"./{file}" if file.startswith("#") else file
