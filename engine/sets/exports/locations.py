"""Where files are, as DJ libraries spell it, and how to correct it when a set's folder has moved.

Rekordbox and Traktor know files by absolute paths only, so `rekordbox.xml` and `traktor.nml` are
right in one place. Wherever the path of a file in the set's folder stands in them, it begins with
the folder's in one of three spellings, and nothing else in them looks like that. So moving a set
needs no parser: in both files replace each spelling of the old folder with that of the new one.

    rekordbox  Location="file://localhost/a/b%20c/
    traktor    <LOCATION VOLUME="" VOLUMEID="" DIR="/:a/:b c/:
               KEY="/:a/:b c/:

The first is the absolute path, each name in it percent-encoded as UTF-8 (all but letters, digits
and `_.-~`; a Windows drive keeps its colon: `file://localhost/C:/a/`), a `/` before and behind each
name. The others have `/:` there, and `&`, `<`, `>` and `"` in names as `&amp;`, `&lt;`, `&gt;` and
`&quot;`. The volume is the drive on Windows (`VOLUME="C:" VOLUMEID="C:"`, `KEY="C:/:a/:`), on a Mac
the disk (`/Volumes/X/a` is `a` on `X`, all else is on `Macintosh HD`), elsewhere empty.
"""

from __future__ import annotations

import platform
from pathlib import Path, PurePath, PureWindowsPath
from urllib.parse import quote

from engine.audio.drafts import appearing, room_for

REKORDBOX, TRAKTOR = "rekordbox.xml", "traktor.nml"

_BOOT_DISK = "Macintosh HD"
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))


def relocate(folder: Path, old: PurePath) -> None:
    """Correct the locations in a set's folder that was written at `old`, an absolute path.

    Files that aren't there, or that know nothing of `old`, stay as they are. Raises `StorageFull`.
    """
    spellings = tuple(zip(_spellings(old), _spellings(folder.absolute()), strict=True))
    for name in (REKORDBOX, TRAKTOR):
        path = folder / name
        if not path.is_file():
            continue
        before = path.read_text(encoding="utf-8")
        after = before
        for was, becomes in spellings:
            after = after.replace(was, becomes)
        if after != before:
            with room_for(path), appearing(path) as file:
                file.write(after.encode())


def uri(folder: PurePath, name: str = "") -> str:
    """The URI of a file in the folder, or what the URIs of all its files begin with."""
    drive, names = _names(folder)
    start = f"/{drive}" if drive and not drive.startswith("/") else drive
    place = quote("/".join((*names, name)), safe="/", errors="surrogateescape")
    return f"file://localhost{start}/{place}"


def volume_and_directory(folder: PurePath) -> tuple[str, str]:
    """Traktor's name of the disk, and the folder on it: `/:a/:b/:`."""
    drive, names = _names(folder)
    if platform.system() == "Darwin" and not drive:
        on_another = names[:1] == ("Volumes",) and len(names) > 1
        drive, names = (names[1], names[2:]) if on_another else (_BOOT_DISK, names)
    return drive, "/:" + "".join(f"{name}/:" for name in names)


def _names(folder: PurePath) -> tuple[str, tuple[str, ...]]:
    """The drive, if there is one, and the names of the folders on the way."""
    drive = folder.drive.replace("\\", "/") if isinstance(folder, PureWindowsPath) else ""
    return drive, folder.parts[1:]


def _spellings(folder: PurePath) -> tuple[str, ...]:
    volume, directory = (_escaped(text) for text in volume_and_directory(folder))
    return (
        f'Location="{uri(folder)}',
        f'<LOCATION VOLUME="{volume}" VOLUMEID="{volume}" DIR="{directory}',
        f'KEY="{volume}{directory}',
    )


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text
