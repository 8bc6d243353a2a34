"""Pages: weights that are mapped from their file need memory only while they are used.

What was read of a file stays in memory while there is room, and on a small machine the system has
to guess what may go first. Here it is told. On Linux alone: elsewhere it goes on guessing.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from mmap import PAGESIZE
from pathlib import Path

from torch import Tensor

_DONT_NEED = 4
"""MADV_DONTNEED, as Linux has it."""

Range = tuple[int, int]
"""Addresses, from the first up to, not including, the last."""


def let_go(weights: Iterable[Tensor]) -> None:
    """Give back the pages of weights that are mapped from a file; they are read again when they
    are used.

    Other weights stay. None may have been changed in place, because that would be lost.
    """
    files = list(_mapped_files())
    for weight in weights:
        start = weight.data_ptr()
        end = start + weight.nbytes
        if any(first <= start and end <= last for first, last in files):
            # Its first and last page may hold a part of another weight.
            start, end = -(-start // PAGESIZE) * PAGESIZE, end // PAGESIZE * PAGESIZE
            if start < end:
                place, length = ctypes.c_void_p(start), ctypes.c_size_t(end - start)
                _c_library().madvise(place, length, _DONT_NEED)


def _mapped_files() -> Iterator[Range]:
    """Where files of weights are mapped, privately: `7f00-7f08 rw-p 0 08:01 12 /a.safetensors`."""
    if sys.platform != "linux":
        return
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        addresses, access, *_, name = line.split(maxsplit=5)
        if access.endswith("p") and name.endswith(".safetensors"):
            first, _, last = addresses.partition("-")
            yield int(first, 16), int(last, 16)


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
