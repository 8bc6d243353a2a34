"""Pictures of what was heard: PNG files in one folder, each named by the job that drew it.

Knows where they lie and how they get there whole; how they are drawn is in
`engine.listen.picture`.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from engine.durability import sync_folder
from engine.errors import StorageFull

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NAME_LENGTH = 32
"""Of a fingerprint's hex digits: as good as all of them."""


def picture_name(fingerprint: str) -> str:
    """What the picture is called that a job with this fingerprint draws."""
    return fingerprint[:_NAME_LENGTH]


class Pictures:
    """The pictures of the studio in `home`."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "pictures"

    def has(self, name: str) -> bool:
        return self._file(name).is_file()

    def read(self, name: str) -> bytes | None:
        """The PNG file's content, None if there is no such picture."""
        if len(name) != _NAME_LENGTH or not name.isalnum():
            return None
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, name: str, png: bytes, drafts: Path) -> None:
        """Put a picture here; in `drafts`, on the same disk, it lies until it is complete.

        Raises `StorageFull`; then nothing of it is left.
        """
        draft = drafts / f"{name}.png"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(png)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._file(name))
        except OSError as error:
            draft.unlink(missing_ok=True)
            if error.errno not in _NO_ROOM:
                raise
            raise StorageFull(
                "The library's disk has no room for a picture; free some space, or set DJ_HOME to "
                "another disk."
            ) from error
        sync_folder(self.folder)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.png"
