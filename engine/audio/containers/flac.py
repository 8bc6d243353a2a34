"""FLAC: `fLaC`, metadata blocks, audio frames. The tags are one of the blocks.

Layout: RFC 9639, section 8.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import BinaryIO

from engine.audio.containers import MOST_ENTRIES, vorbis_comment
from engine.audio.tags import Tags

_STREAM, _COMMENT, _LAST = 0, 4, 0x80


def copy(source: BinaryIO, target: BinaryIO, tags: Tags) -> None:
    """Copy a FLAC file, its comment block replaced."""
    vendor, blocks = b"", []
    for kind, body in _blocks(source):
        if kind == _COMMENT:
            vendor, _ = vorbis_comment.decode(body)
        else:
            blocks.append((kind, body))
    blocks.insert(1, (_COMMENT, vorbis_comment.encode(vendor, tags)))  # STREAMINFO comes first
    target.write(b"fLaC")
    for number, (kind, body) in enumerate(blocks, start=1):
        last = _LAST if number == len(blocks) else 0
        target.write(bytes([kind | last]) + len(body).to_bytes(3, "big") + body)
    shutil.copyfileobj(source, target, 1 << 20)


def tags_in(stream: BinaryIO) -> Tags:
    duration_s = 0.0
    for kind, body in _blocks(stream):
        if kind == _STREAM:
            duration_s = _duration_s(body)
        if kind == _COMMENT:
            return vorbis_comment.decode(body, duration_s)[1]
    return Tags()


def _duration_s(stream_info: bytes) -> float:
    """20 bits of sample rate, eight of channels and depth, 36 of samples; 0 if it isn't said."""
    facts = int.from_bytes(stream_info[10:18], "big")
    rate_hz, samples = facts >> 44, facts & (1 << 36) - 1
    return samples / rate_hz if rate_hz else 0.0


def _blocks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The metadata blocks; afterwards the stream stands at the first audio frame."""
    stream.read(4)
    for _ in range(MOST_ENTRIES):
        head = stream.read(4)
        if not head:
            return
        yield head[0] & ~_LAST, stream.read(int.from_bytes(head[1:], "big"))
        if head[0] & _LAST:
            return
