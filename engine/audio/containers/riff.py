"""WAV: a RIFF file of chunks. Tags go behind the audio, twice: as INFO and as ID3.

Desktop software reads the INFO list; DJ software reads the ID3 chunk, which alone has room for
tempo and key. Layout: Microsoft and IBM, Multimedia Programming Interface 1.0 (1991).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import BinaryIO

from engine.audio.containers import MOST_BYTES, MOST_ENTRIES, id3
from engine.audio.tags import Tags, tags_of, texts
from engine.errors import InvalidRequest

_INFO = {
    "title": b"INAM",
    "artist": b"IART",
    "album": b"IPRD",
    "date": b"ICRD",
    "genre": b"IGNR",
    "tracknumber": b"ITRK",
    "comment": b"ICMT",
}
_FIELDS = {name: field for field, name in _INFO.items()}
_HEAD = 8
_LARGEST = 0xFFFFFFFF
# What writers that can't seek back state instead of a length: 0xFFFFFFFF, or sox's 0x7FFFxxxx.
_UNKNOWN = 0x7FFF0000
_TOLERANCE = 4096  # some writers miscount their headers


def copy(source: BinaryIO, target: BinaryIO, tags: Tags) -> None:
    """Copy a WAV file that has no tags, and append these.

    Raises `InvalidRequest` if it doesn't fit into the 4 GB that the format can address.
    """
    shutil.copyfileobj(source, target, 1 << 20)
    info = b"".join(
        _chunk(_INFO[field], text.encode() + b"\0")
        for field, text in texts(tags).items()
        if field in _INFO
    )
    if id3_tag := id3.encode(tags):
        target.write(_chunk(b"LIST", b"INFO" + info) + _chunk(b"id3 ", id3_tag))
    size = target.tell() - _HEAD
    if size > _LARGEST:
        raise InvalidRequest(
            "format: wav holds four hours at most; use flac for longer audio.", field="format"
        )
    target.seek(4)
    target.write(size.to_bytes(4, "little"))


def tags_in(stream: BinaryIO) -> Tags:
    found: dict[str, str] = {}
    for name, size in _chunks(stream):
        if name.lower() == b"id3 ":
            tags = id3.decode(stream)
            if tags != Tags():
                return tags
        elif name == b"LIST" and size < MOST_BYTES and stream.read(4) == b"INFO":
            found |= _texts(stream.read(size - 4) if size > 4 else b"")
    return tags_of(found)


def is_cut_off(stream: BinaryIO, size: int) -> bool:
    """Whether the header of a RIFF or AIFF file promises clearly more than its `size` in bytes."""
    stream.seek(0)
    head = stream.read(_HEAD)
    promised = int.from_bytes(head[4:], "big" if head.startswith(b"FORM") else "little")
    return promised < _UNKNOWN and promised + _HEAD > size + _TOLERANCE


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each chunk's name and size, with the stream at its content."""
    position = 12
    for _ in range(MOST_ENTRIES):
        stream.seek(position)
        head = stream.read(_HEAD)
        if len(head) < _HEAD:
            return
        size = int.from_bytes(head[4:], "little")
        yield head[:4], size
        position += _HEAD + size + size % 2


def _texts(info: bytes) -> dict[str, str]:
    found, position = {}, 0
    for _ in range(MOST_ENTRIES):
        size = int.from_bytes(info[position + 4 : position + _HEAD], "little")
        text = info[position + _HEAD : position + _HEAD + size].split(b"\0")[0]
        field = _FIELDS.get(info[position : position + 4])
        if field:
            found[field] = text.decode("utf-8", "replace")
        position += _HEAD + size + size % 2
    return found


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)
