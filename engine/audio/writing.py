"""Writing audio files: whole or not at all, and the same bytes for the same audio and tags.

libsndfile encodes the audio into a file without a name; a container then copies that, with the
tags, into one with a passing name; and only when this one is complete and on the disk does it get
the name that was asked for. Knows nothing of the library or of recipes.
"""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray
from soundfile import SoundFile

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.formats import BY_NAME, Format
from engine.audio.tags import Tags
from engine.durability import sync_folder
from engine.errors import InvalidRequest, RenderFailed, StorageFull

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DRAFT_SUFFIX = ".part"
"""What unfinished files' names end with; whatever is left of them after a crash may go."""

# libsndfile hands a whole write to libvorbis, which puts it on the stack: three minutes at once
# overflow it and end the process (libsndfile issue 1095). A second at a time is safe.
_CHUNK = SAMPLE_RATE_HZ
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write(path: Path, audio: NDArray[np.float32], tags: Tags, format: str) -> None:
    """Write float32 audio of shape [2, n] at 48 000 Hz to `path`, replacing a file that is there.

    Values beyond ±1 are clipped in `flac` and `wav`. The folder must exist. Nothing is ever seen
    at `path` but a complete file, which is on the disk when this returns.

    Raises `InvalidRequest` for an unknown `format` (they are in `FORMATS`), `StorageFull` if the
    disk has no room, and `RenderFailed` for audio that holds infinite values or none at all.
    """
    chosen = BY_NAME.get(format)
    if chosen is None:
        raise InvalidRequest(
            f"format: {format[:20]!r} can't be written; use one of {', '.join(BY_NAME)}.",
            field="format",
        )
    if audio.ndim != 2 or len(audio) != 2:
        raise ValueError(f"audio has the shape {audio.shape}, not [2, samples]")
    if not audio.size:
        raise RenderFailed("The audio is empty; ask for a longer duration.")
    try:
        with (
            tempfile.TemporaryFile(dir=path.parent, buffering=0) as encoded,
            _appearing(path) as target,
        ):
            _encode(audio, chosen, encoded)
            encoded.seek(0)
            chosen.container.copy(encoded, target, tags)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageFull(
            f"The disk has no room for {path.name} in {path.parent}; free some space, or set "
            "DJ_HOME to another disk."
        ) from error


class _Sink(FileIO):
    """A file as libsndfile sees it: one that never fails.

    libsndfile would drop the reason of a failed write, so it is kept here for `_encode` to raise.
    """

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        left = memoryview(data)
        size = len(left)
        while left and self.failure is None:
            try:
                left = left[super().write(left) :]
            except OSError as error:
                self.failure = error
        return size


def _encode(audio: NDArray[np.float32], chosen: Format, file: BinaryIO) -> None:
    with (
        _Sink(file.fileno(), "r+", closefd=False) as sink,
        SoundFile(
            sink,
            "w",
            samplerate=SAMPLE_RATE_HZ,
            channels=2,
            format=chosen.major,
            subtype=chosen.subtype,
            compression_level=chosen.compression,
            bitrate_mode=chosen.bitrate_mode,
        ) as encoder,
    ):
        for start in range(0, audio.shape[1], _CHUNK):
            chunk = audio[:, start : start + _CHUNK]
            if not np.isfinite(chunk).all():
                raise RenderFailed("The audio holds values that are no numbers; try another seed.")
            encoder.write(np.ascontiguousarray(chunk.T, dtype=np.float32))
            if sink.failure:
                break
    if sink.failure:
        raise sink.failure


@contextmanager
def _appearing(path: Path) -> Generator[BinaryIO]:
    """A new file that gets the name `path` once the block is left without an error."""
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
