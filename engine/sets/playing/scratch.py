"""Scratch: numbers too many for memory, laid down in a file without a name and read again."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import StorageFull

Number = TypeVar("Number", bound=np.generic)

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Laid(Generic[Number]):
    """Numbers of one kind in a file in `folder`, which is gone once this is closed."""

    def __init__(self, folder: Path, kind: type[Number]) -> None:
        self._folder = folder
        self._kind = kind
        self._bytes = np.dtype(kind).itemsize
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - `close` closes it

    def append(self, numbers: NDArray[Number]) -> None:
        """Lay down more, in C order. Raises `StorageFull` if the disk has no room for them."""
        try:
            self._file.write(np.ascontiguousarray(numbers).tobytes())
            self._file.flush()
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            raise StorageFull(
                f"The disk has no room to mix in {self._folder}; free some space, or set DJ_HOME "
                "to another disk."
            ) from error

    def read(self, start: int, count: int) -> NDArray[Number]:
        """So many numbers from a place on, fewer at the end."""
        self._file.seek(start * self._bytes)
        data = self._file.read(count * self._bytes)
        return np.frombuffer(data, dtype=self._kind)

    def pieces(self, count: int) -> Iterator[NDArray[Number]]:
        """All of them, so many at a time."""
        start = 0
        while len(some := self.read(start, count)):
            yield some
            start += count

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Laid[Number]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
