"""MP3: a bare stream of frames, with an ID3 tag in front of it."""

from __future__ import annotations

import shutil
from typing import BinaryIO

from engine.audio.containers import id3
from engine.audio.tags import Tags

_FIRST_FRAMES = 4096


def copy(source: BinaryIO, target: BinaryIO, tags: Tags) -> None:
    """Copy an MP3 file, the ID3 tag in front replaced."""
    source.seek(id3.length(source.read(id3.HEADER_BYTES)))
    target.write(id3.encode(tags))
    shutil.copyfileobj(source, target, 1 << 20)


tags_in = id3.decode


def states_its_length(stream: BinaryIO) -> bool:
    """Whether the first frame counts the others (a Xing or Info header).

    Without one a reader can only guess from the first frames' bit rate.
    """
    stream.seek(0)
    stream.seek(id3.length(stream.read(id3.HEADER_BYTES)))
    start = stream.read(_FIRST_FRAMES)
    return b"Xing" in start or b"Info" in start or b"VBRI" in start
