"""Sources: the audio of a deck's file, any stretch of it, without holding all of it.

The library's own files are read where they lie; all others are decoded once into a file without a
name in a scratch folder. Knows nothing of mixes.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile

from engine.audio import SAMPLE_RATE_HZ, files
from engine.audio.levels import Audio
from engine.errors import AudioUnreadable
from engine.sets.playing.scratch import Laid


class Source:
    """One file as float32 [2, n] at 48 000 Hz, as `engine.audio.files.read` would give it.

    Raises `AudioUnreadable` for what isn't audio or is damaged. It is open until `close`.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = path
        self._sound: soundfile.SoundFile | None = None
        self._decoded: Laid[np.float32] | None = None
        header = files.probe(path)
        if (header.format, header.sample_rate_hz, header.channels) == ("flac", SAMPLE_RATE_HZ, 2):
            self._sound = soundfile.SoundFile(path)
            self.samples = self._sound.frames
        else:
            self._decoded, self.samples = _decoded(path, scratch)

    def read(self, start: int, end: int) -> Audio:
        """The samples from `start` up to `end`, silence outside the file."""
        first, last = max(0, min(start, self.samples)), max(0, min(end, self.samples))
        inside = self._inside(first, max(first, last))
        left = min(max(0, first - start), end - start)
        return np.pad(inside, ((0, 0), (left, end - start - left - inside.shape[1])))

    def _inside(self, start: int, end: int) -> Audio:
        if start == end:
            return np.zeros((2, 0), np.float32)
        if self._decoded is not None:
            found = self._decoded.read(2 * start, 2 * (end - start)).reshape(-1, 2).T
        else:
            found = self._frames(start, end).T
        if found.shape[1] < end - start:
            raise AudioUnreadable(f"'{self.path.name}' is damaged: it ends early; get it again.")
        return found

    def _frames(self, start: int, end: int) -> Audio:
        assert self._sound is not None
        try:
            if self._sound.tell() != start:
                self._sound.seek(start)
            found = self._sound.read(end - start, dtype="float32", always_2d=True)
            return np.asarray(found, np.float32)
        except soundfile.LibsndfileError:
            raise AudioUnreadable(
                f"'{self.path.name}' is damaged at {start / SAMPLE_RATE_HZ:.1f} s; get it again."
            ) from None

    def close(self) -> None:
        for file in (self._sound, self._decoded):
            if file is not None:
                file.close()


def _decoded(path: Path, scratch: Path) -> tuple[Laid[np.float32], int]:
    """The whole file as pairs of samples, and how many."""
    samples = 0
    with ExitStack() as unfinished:
        laid = unfinished.enter_context(Laid(scratch, np.float32))
        for block in files.read_blocks(path):
            laid.append(block.T)
            samples += block.shape[1]
        unfinished.pop_all()
    return laid, samples


class Crate:
    """The sources of a set's files, each opened once and only while it is needed."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._open: dict[Path, Source] = {}

    def source(self, path: Path) -> Source:
        if path not in self._open:
            self._open[path] = Source(path, self._scratch)
        return self._open[path]

    def keep_only(self, paths: set[Path]) -> None:
        """Close what isn't among these."""
        for path in [one for one in self._open if one not in paths]:
            self._open.pop(path).close()

    def __enter__(self) -> Crate:
        return self

    def __exit__(self, *_: object) -> None:
        self.keep_only(set())
