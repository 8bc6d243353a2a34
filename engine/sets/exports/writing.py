"""Writing everything that other software reads of a set into its folder."""

from __future__ import annotations

import re
from pathlib import Path

from engine.audio.drafts import appearing, room_for
from engine.sets.exports import cue, m3u8, rekordbox, timeline_json, traktor
from engine.sets.exports.contents import contents_of
from engine.sets.exports.locations import REKORDBOX, TRAKTOR
from engine.sets.report import SetReport
from engine.sets.timeline import Timeline
from engine.text import one_line

_MOST_BYTES = 200
"""Of a name; with an extension it stays under the 255 that file systems take."""
# Reserved on Windows whatever the extension; sets travel on USB sticks.
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')


def write_exports(folder: Path, timeline: Timeline, report: SetReport) -> tuple[str, ...]:
    """Write the playlist, the cue sheet, both DJ libraries and `timeline.json` into the folder.

    Each appears whole or not at all, and is the same for the same folder, timeline and report.
    `report.files[0]` is the mix's name in the folder, `report.slots[…].file` a single track's.
    Returns the names of what was written, those first that most software reads. Raises
    `StorageFull`.
    """
    contents = contents_of(folder, timeline, report)
    name = file_name(report.title)
    texts = {
        f"{name}.m3u8": m3u8.text(contents),
        f"{name}.cue": cue.text(contents),
        REKORDBOX: rekordbox.text(contents),
        TRAKTOR: traktor.text(contents),
        "timeline.json": timeline_json.text(timeline, report),
    }
    for file, text in texts.items():
        path = folder / file
        with room_for(path), appearing(path) as draft:
            draft.write(text.encode(errors="replace"))
    return tuple(texts)


def file_name(title: str) -> str:
    """The title as a file name that every system takes, without an extension; never empty."""
    line = one_line(title, 80).encode()[:_MOST_BYTES].decode(errors="ignore")
    name = _FORBIDDEN.sub("-", line).strip(" .-")
    return f"_{name}" if _RESERVED.match(name) else name or "Untitled"
