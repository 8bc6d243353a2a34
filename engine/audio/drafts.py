"""A new file that appears whole or not at all, whatever is in it."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.durability import sync_folder
from engine.errors import StorageFull

DRAFT_SUFFIX = ".part"
"""What unfinished files' names end with; whatever is left of them after a crash may go."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def appearing(path: Path) -> Generator[BinaryIO]:
    """A new file that gets the name `path` once the block is left without an error.

    It is on the disk by then, and replaces a file that is there. The folder must exist.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}{DRAFT_SUFFIX}")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def room_for(path: Path) -> Generator[None]:
    """Raises `StorageFull` if the block fails because the disk has no room for `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageFull(
            f"The disk has no room for {path.name} in {path.parent}; free some space, or set "
            "DJ_HOME to another disk."
        ) from error
