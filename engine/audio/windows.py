"""Windows: stretches of a piece that are to be replaced, where they may lie, and on which lines.

Knows samples and seconds. Beats and bars are moments that somebody else heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import InvalidRequest


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The samples from `start` up to, not including, `end`."""

    start: int
    end: int

    @classmethod
    def from_seconds(cls, start_s: float, end_s: float) -> Window:
        return cls(round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ))

    @property
    def length(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.start / SAMPLE_RATE_HZ:.3f}–{self.end / SAMPLE_RATE_HZ:.3f} s"


def snap(window: Window, lines_s: ArrayLike, length: int) -> Window:
    """The window with both ends on the nearest of these moments, or of the piece's two ends.

    `lines_s` are beats or bar lines in seconds, in any order; none leave the window as it is.
    Where both ends would meet on one line, the window takes the whole span between two lines that
    holds its middle, so it never comes out empty.
    """
    lines = _lines(lines_s, length)
    if len(lines) == 2:
        return window
    start, end = (int(lines[np.abs(lines - edge).argmin()]) for edge in (window.start, window.end))
    if start < end:
        return Window(start, end)
    middle = (window.start + window.end) / 2
    after = int(np.clip(np.searchsorted(lines, middle, side="right"), 1, len(lines) - 1))
    return Window(int(lines[after - 1]), int(lines[after]))


def check_windows(windows: Sequence[Window], length: int, seam: int) -> None:
    """Refuse windows that can't be spliced into `length` samples with seams of `seam` samples.

    Each lies inside the piece, is at least one seam long, and begins at least one seam after the
    one before it has ended; the first begins with the piece or a seam into it. Raises
    `InvalidRequest` naming the window and the fix.
    """
    for window in windows:
        if not 0 <= window.start < window.end <= length:
            raise _wrong(f"{window} isn't inside the piece; it lasts {_seconds(length)}")
        if window.length < seam:
            raise _wrong(f"{window} is shorter than its seam; make it at least {_seconds(seam)}")
        if 0 < window.start < seam:
            raise _wrong(f"{window} begins within a seam of the start; begin at 0 instead")
    for one, other in pairwise(windows):
        if other.start < one.start:
            raise _wrong(f"{other} comes after {one}; list them in the order of time")
        if other.start < one.end:
            raise _wrong(f"{other} overlaps {one}; join them into one")
        if other.start < one.end + seam:
            raise _wrong(f"{other} leaves no {_seconds(seam)} after {one}; join them into one")


def _lines(lines_s: ArrayLike, length: int) -> NDArray[np.int64]:
    """The moments within the piece and its two ends, in samples, each once, in order."""
    lines = np.rint(np.asarray(lines_s, dtype=np.float64) * SAMPLE_RATE_HZ).astype(np.int64)
    inside = lines[(lines > 0) & (lines < length)]
    return np.unique(np.concatenate([[0], inside, [length]]))


def _seconds(samples: int) -> str:
    return f"{samples / SAMPLE_RATE_HZ:.3f} s"


def _wrong(sentence: str) -> InvalidRequest:
    return InvalidRequest(f"windows: {sentence}.", field="windows")
