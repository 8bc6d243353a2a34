"""A set's folder: a copy of what the studio made, where its owner wants it.

Every file appears whole or not at all. They are copies: DJ programs write their own tags into what
they play, and through a hard link they would write into the library. A list says which of the files
are from here, so that the next run can clear away what it no longer has, and nothing else.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from dj_agent.answers import FileName
from dj_agent.drafts import put
from dj_agent.relocation import LIBRARIES, relocated

LIST = "dj-agent.json"


class _Listed(BaseModel):
    """The files that were put into the folder."""

    files: tuple[FileName, ...] = ()


class SetFolder:
    """Where a set is put. `log` is only there if something went wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "play.log"

    def receive(self, source: Path, names: Sequence[str]) -> None:
        """Make this folder's files those of `source` with these names; other people's stay.

        What is here already is left as it is. Files that say where others lie say where they lie
        here. Raises `OSError`.
        """
        if self.path.resolve() == source.resolve():
            return
        self._clear(set(self._listed()) - set(names))
        listed = _Listed(files=tuple(names)).model_dump_json(indent=2)
        put(self.path / LIST, lambda draft: draft.write_text(f"{listed}\n", encoding="utf-8"))
        for name in names:
            if name in LIBRARIES:
                self._rewrite(source, name)
            else:
                self._copy(source / name, name)

    def _copy(self, file: Path, name: str) -> None:
        if self._holds(name, file.stat().st_size) and filecmp.cmp(file, self.path / name, False):
            return
        put(self.path / name, lambda draft: shutil.copyfile(file, draft))

    def _rewrite(self, source: Path, name: str) -> None:
        text = relocated((source / name).read_bytes(), source, self.path)
        if self._holds(name, len(text)) and (self.path / name).read_bytes() == text:
            return
        put(self.path / name, lambda draft: draft.write_bytes(text))

    def _holds(self, name: str, size: int) -> bool:
        here = self.path / name
        return here.is_file() and here.stat().st_size == size

    def _listed(self) -> tuple[str, ...]:
        """What an earlier run put here; nothing if its list can't be read."""
        try:
            return _Listed.model_validate_json((self.path / LIST).read_bytes()).files
        except (OSError, ValidationError):
            return ()

    def _clear(self, names: set[str]) -> None:
        """Remove these files, and folders in which nothing is left."""
        for name in sorted(names):
            file = self.path / name
            if file.is_file() or file.is_symlink():
                file.unlink()
            folder = file.parent
            while folder != self.path and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent
