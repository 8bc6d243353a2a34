"""A set's folder: the tracks in order, a playlist, and `set.json`.

Every file appears whole or not at all. Tracks are copies: DJ programs write their own tags into
what they play, and through a hard link they would write into the library.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePath

from pydantic import ValidationError

from dj_agent.record import SetRecord, SlotRecord
from dj_agent.text import file_name

RECORD = "set.json"


class SetFolder:
    """Where a set is put. `log` is only there if something went wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "play.log"

    def read(self) -> SetRecord | None:
        """The record of an earlier run; None if there is none that can be read."""
        try:
            return SetRecord.model_validate_json((self.path / RECORD).read_bytes())
        except (OSError, ValidationError):
            return None

    def holds(self, slot: SlotRecord) -> bool:
        """Whether the slot's track is here."""
        return slot.file is not None and (self.path / slot.file).is_file()

    def add(self, source: Path, name: str) -> None:
        """Copy a track here under this name. Raises `OSError`."""
        target = self.path / name
        if target.exists() and target.samefile(source):
            return
        self._put(target, lambda file: shutil.copyfile(source, file))

    def rename(self, names: dict[str, str]) -> None:
        """Give files new names all at once, so that two may swap theirs."""
        moving = {old: new for old, new in names.items() if old != new}
        for old in moving:
            (self.path / old).replace(self.path / f".{old}.moving")
        for old, new in moving.items():
            (self.path / f".{old}.moving").replace(self.path / new)

    def write(self, record: SetRecord) -> None:
        """Write the playlist and the record as they are now. Raises `OSError`."""
        text = json.dumps(
            record.model_dump(mode="json", exclude_none=True), indent=2, ensure_ascii=False
        )
        playlist = "\n".join(_playlist(record)) + "\n"
        self._put(self.playlist(record), lambda file: file.write_text(playlist, encoding="utf-8"))
        self._put(self.path / RECORD, lambda file: file.write_text(text + "\n", encoding="utf-8"))

    def playlist(self, record: SetRecord) -> Path:
        return self.path / f"{file_name(record.title)}.m3u8"

    def _put(self, target: Path, fill: Callable[[Path], object]) -> None:
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".", suffix=".part")
        os.close(handle)
        draft = Path(name)
        try:
            fill(draft)
            draft.chmod(0o644)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def name_for(number: int, title: str, file: str) -> str:
    """`01 - Golden Hour.flac`: a track's name in the folder, with the extension of `file`."""
    return f"{number:02d} - {file_name(title)}{PurePath(file).suffix.lower()}"


def _playlist(record: SetRecord) -> list[str]:
    """Extended M3U: relative names, so that the folder can be moved or put on a stick."""
    lines = ["#EXTM3U", f"#PLAYLIST:{record.title}"]
    for slot in record.slots:
        if slot.track and slot.file:
            lines += [f"#EXTINF:{round(slot.track.duration_s)},{slot.title}", slot.file]
    return lines
