"""Writing audio files: whole or not at all, and the same bytes for the same audio and tags.

libsndfile encodes the audio into a file without a name; a container then copies that, with the
tags, into one with a passing name; and only when this one is complete and on the disk does it get
the name that was asked for. Nothing is held in memory but a second of audio. Knows nothing of the
library or of recipes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray
from soundfile import SoundFile

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.drafts import appearing, room_for
from engine.audio.formats import BY_NAME, Format
from engine.audio.tags import Tags
from engine.errors import InvalidRequest, RenderFailed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# libsndfile hands a whole write to libvorbis, which puts it on the stack: three minutes at once
# overflow it and end the process (libsndfile issue 1095). A second at a time is safe.
_CHUNK = SAMPLE_RATE_HZ


def write(path: Path, audio: NDArray[np.float32], tags: Tags, format: str) -> None:
    """Write float32 audio of shape [2, n] at 48 000 Hz to `path`, in all else as `write_blocks`."""
    write_blocks(path, (audio,), tags, format)


def write_blocks(path: Path, blocks: Iterable[NDArray[np.float32]], tags: Tags, format: str) -> int:
    """Write float32 audio that comes in blocks of shape [2, any] at 48 000 Hz to `path`,
    replacing a file that is there. Returns how many samples were written.

    Memory doesn't depend on the length, nor the file on how the audio is cut into blocks. Values
    beyond ±1 are clipped in `flac` and `wav`. The folder must exist. Nothing is ever seen at `path`
    but a complete file, which is on the disk when this returns.

    Raises `InvalidRequest` for an unknown `format` (they are in `FORMATS`) or chapters that no file
    can hold, `StorageFull` if the disk has no room, `RenderFailed` for audio that holds infinite
    values or none at all, and whatever `blocks` raises.
    """
    chosen = BY_NAME.get(format)
    if chosen is None:
        raise InvalidRequest(
            f"format: {format[:20]!r} can't be written; use one of {', '.join(BY_NAME)}.",
            field="format",
        )
    with (
        room_for(path),
        tempfile.TemporaryFile(dir=path.parent, buffering=0) as encoded,
        appearing(path) as target,
    ):
        samples = _encode(_seconds(blocks), chosen, encoded)
        encoded.seek(0)
        chosen.container.copy(encoded, target, tags)
    return samples


def _seconds(blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The same audio in pieces of a second, the last one shorter; each of shape [samples, 2].

    A piece is only good until the next one. Raises `ValueError` for a block of another shape, and
    `RenderFailed` for values that are no numbers.
    """
    piece, filled = np.empty((_CHUNK, 2), dtype=np.float32), 0
    for block in blocks:
        if block.ndim != 2 or len(block) != 2:
            raise ValueError(f"audio has the shape {block.shape}, not [2, samples]")
        position = 0
        while position < block.shape[1]:
            part = block[:, position : position + _CHUNK - filled]
            if not np.isfinite(part).all():
                raise RenderFailed("The audio holds values that are no numbers; try another seed.")
            piece[filled : filled + part.shape[1]] = part.T
            position += part.shape[1]
            filled += part.shape[1]
            if filled == _CHUNK:
                yield piece
                filled = 0
    if filled:
        yield piece[:filled]


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


def _encode(pieces: Iterator[NDArray[np.float32]], chosen: Format, file: BinaryIO) -> int:
    samples = 0
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
        for piece in pieces:
            encoder.write(piece)
            samples += len(piece)
            if sink.failure:
                break
    if sink.failure:
        raise sink.failure
    if not samples:
        raise RenderFailed("The audio is empty; ask for a longer duration.")
    return samples
