"""The mix as a cue sheet: where each track begins.

Syntax: CDRWIN's user guide, appendix A. It has no way to write a quotation mark in a quoted text,
counts at most 99 tracks, and splits a second into 75 frames. Minutes may have more than two digits.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.sets.exports.contents import Contents, Single
from engine.text import one_line

MAX_TRACKS = 99
MAX_TEXT = 80
FRAMES_PER_S = 75

_TYPES = {".mp3": "MP3", ".aiff": "AIFF", ".aif": "AIFF"}
"""Players take WAVE for whatever else they can decode, FLAC too."""


def text(contents: Contents) -> str:
    tracks = contents.tracks
    kind = _TYPES.get(PurePosixPath(contents.mix).suffix.lower(), "WAVE")
    lines = [*_remarks(tracks), f"PERFORMER {_quoted(contents.artist)}"]
    lines += [f"TITLE {_quoted(contents.title)}", f'FILE "{contents.mix}" {kind}']
    for number, track in enumerate(tracks[:MAX_TRACKS], start=1):
        lines += [f"  TRACK {number:02d} AUDIO", f"    TITLE {_quoted(track.title)}"]
        if track.artist:
            lines.append(f"    PERFORMER {_quoted(track.artist)}")
        lines.append(f"    INDEX 01 {clock(track.start_s)}")
    return "\n".join(lines) + "\n"


def clock(time_s: float) -> str:
    """`mm:ss:ff`, to the nearest frame."""
    seconds, frames = divmod(round(time_s * FRAMES_PER_S), FRAMES_PER_S)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _remarks(tracks: tuple[Single, ...]) -> list[str]:
    """What the sheet has no tracks for."""
    if len(tracks) <= MAX_TRACKS:
        return []
    lines = [
        f"REM A cue sheet holds {MAX_TRACKS} tracks; the last one here goes on to the end, over:"
    ]
    for number, track in enumerate(tracks[MAX_TRACKS:], start=MAX_TRACKS + 1):
        lines.append(f"REM TRACK {number} {clock(track.start_s)} {_quoted(track.title)}")
    return lines


def _quoted(text: str) -> str:
    return '"' + one_line(text, MAX_TEXT).replace('"', "'") + '"'
