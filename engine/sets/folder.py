"""A set's folder: the mix, the single tracks, and all that goes with them.

It is filled under a passing name and appears whole. Tracks are copies: DJ programs write their own
tags into what they play, and through a link they would write into the library.
"""

from __future__ import annotations

import shutil
from pathlib import Path, PurePath

from engine.durability import sync_folder
from engine.sets.exports import relocate
from engine.sets.exports.writing import file_name

TRACKS = "tracks"


class SetFolder:
    """The folder that is to be at `place`. Until it is complete it lies in `drafts`, and beside it
    a folder for scratch files."""

    def __init__(self, place: Path, drafts: Path, title: str) -> None:
        self.title = title
        self.place = place
        self.path = drafts / place.name
        self.scratch = drafts / "scratch"
        for folder in (self.path / TRACKS, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

    def add(self, track: Path, number: int, title: str) -> str:
        """Copy a slot's track here; its name in the folder."""
        name = f"{TRACKS}/{number:02d} - {file_name(title)}{PurePath(track).suffix.lower()}"
        shutil.copyfile(track, self.path / name)
        return name

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def appear(self) -> None:
        """Give the folder its name, in the place of one that has it."""
        shutil.rmtree(self.scratch)
        self.place.parent.mkdir(parents=True, exist_ok=True)
        old = self.place.with_name(f".{self.place.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.place.exists():
            self.place.rename(old)
        self.path.rename(self.place)
        relocate(self.place, self.path)
        sync_folder(self.place.parent)
        shutil.rmtree(old, ignore_errors=True)
