"""The way from where a set was made to where it is kept, in files that say where others lie.

DJ libraries know files by absolute paths only. How the studio spells a set's folder in them is
written down in `engine/sets/exports/locations.py`, and that replacing each spelling of the old
folder by that of the new one is all it takes; a test compares what comes of it here and there.
"""

from __future__ import annotations

import platform
from pathlib import Path, PurePath, PureWindowsPath
from urllib.parse import quote

LIBRARIES = ("rekordbox.xml", "traktor.nml")
"""The files that say where others lie."""

_BOOT_DISK = "Macintosh HD"
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))


def relocated(library: bytes, old: Path, new: Path) -> bytes:
    """A library's file that was written for the folder `old`, as it must be for `new`."""
    text = library.decode()
    for was, becomes in zip(_spellings(old), _spellings(new.absolute()), strict=True):
        text = text.replace(was, becomes)
    return text.encode()


def _spellings(folder: PurePath) -> tuple[str, str, str]:
    """What stands before the name of a file in this folder: in Rekordbox's library, and in two
    places of Traktor's."""
    drive, names = folder.drive, folder.parts[1:]
    start = f"/{drive}" if isinstance(folder, PureWindowsPath) else ""
    uri = f"file://localhost{start}/{quote('/'.join((*names, '')))}"
    volume, directory = map(_escaped, _on_its_volume(drive, names))
    return (
        f'Location="{uri}',
        f'<LOCATION VOLUME="{volume}" VOLUMEID="{volume}" DIR="{directory}',
        f'KEY="{volume}{directory}',
    )


def _on_its_volume(drive: str, names: tuple[str, ...]) -> tuple[str, str]:
    """The disk, as Traktor calls it, and the folder on it: `/:a/:b/:`."""
    if platform.system() == "Darwin":
        on_another = names[:1] == ("Volumes",) and len(names) > 1
        drive, names = (names[1], names[2:]) if on_another else (_BOOT_DISK, names)
    return drive, "/:" + "".join(f"{name}/:" for name in names)


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text
