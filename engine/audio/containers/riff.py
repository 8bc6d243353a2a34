"""WAV: a RIFF file of chunks. Tags go behind the audio, twice: as INFO and as ID3.

Desktop software reads the INFO list; DJ software reads the ID3 chunk, which alone has room for
tempo and key. Chapters are neither's, but cue points with a label and a length, as editors make
them; ffmpeg would mix them up with those of an ID3 tag.
Layout: Microsoft and IBM, Multimedia Programming Interface 1.0 (1991); beyond 4 GB, EBU Tech 3306:
the same with another name and a chunk in front that has the lengths in 64 bits.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.containers import MOST_BYTES, MOST_ENTRIES, id3
from engine.audio.tags import Tags, chapters_of, tags_of, texts, timed

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
_LENGTHS = _HEAD + 28
"""Bytes of the chunk that has the lengths in RF64,"""
_LOOK_THERE = b"\xff" * 4
"""and what stands where they are in RIFF."""
_LARGEST = 0xFFFFFFFF
# What writers that can't seek back state instead of a length: 0xFFFFFFFF, or sox's 0x7FFFxxxx.
_UNKNOWN = 0x7FFF0000
_TOLERANCE = 4096  # some writers miscount their headers


def copy(source: BinaryIO, target: BinaryIO, tags: Tags) -> None:
    """Copy a WAV file that has no tags, and append these.

    One that is longer than RIFF's 32 bits can say becomes an RF64 file, its tags in front.
    """
    about = _about(tags)
    size = source.seek(0, os.SEEK_END) + len(about) - _HEAD
    if size > _LARGEST:
        target.write(_long_head(source, size, about))
        shutil.copyfileobj(source, target, 1 << 20)
    else:
        target.write(b"RIFF" + _number(size))
        source.seek(_HEAD)
        shutil.copyfileobj(source, target, 1 << 20)
        target.write(about)


def tags_in(stream: BinaryIO) -> Tags:
    found: dict[str, str] = {}
    tags, regions = Tags(), _Regions()
    for name, size in _chunks(stream):
        if name.lower() == b"id3 ":
            tags = id3.decode(stream) if tags == Tags() else tags
        elif name == b"fmt ":
            regions.rate_hz = int.from_bytes(stream.read(8)[4:], "little")
        elif name == b"cue " and size < MOST_BYTES:
            regions.add_points(stream.read(size))
        elif name == b"LIST" and size < MOST_BYTES:
            kind, content = stream.read(4), stream.read(size - 4) if size > 4 else b""
            if kind == b"INFO":
                found |= _texts(content)
            elif kind == b"adtl":
                regions.add_notes(content)
    tags = tags_of(found) if tags == Tags() else tags
    return replace(tags, chapters=tags.chapters or chapters_of(regions.in_seconds()))


@dataclass(slots=True)
class _Regions:
    """Cue points that have a length, by their numbers in the file."""

    rate_hz: int = 0
    starts: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)

    def add_points(self, content: bytes) -> None:
        for at in range(4, min(len(content), 4 + 24 * MOST_ENTRIES), 24):
            self.starts[_number_at(content, at)] = _number_at(content, at + 20)

    def add_notes(self, content: bytes) -> None:
        for name, note in _parts(content):
            if name == b"labl":
                self.labels[_number_at(note, 0)] = note[4:].split(b"\0")[0].decode(errors="replace")
            elif name == b"ltxt":
                self.lengths[_number_at(note, 0)] = _number_at(note, 4)

    def in_seconds(self) -> Iterator[tuple[float, float, str]]:
        for number, length in self.lengths.items():
            start = self.starts.get(number)
            if start is not None and self.rate_hz:
                end = (start + length) / self.rate_hz
                yield start / self.rate_hz, end, self.labels.get(number, "")


def is_cut_off(stream: BinaryIO, size: int) -> bool:
    """Whether the header of a RIFF or AIFF file promises clearly more than its `size` in bytes."""
    stream.seek(0)
    head = stream.read(_HEAD)
    promised = int.from_bytes(head[4:], "big" if head.startswith(b"FORM") else "little")
    return promised < _UNKNOWN and promised + _HEAD > size + _TOLERANCE


def _about(tags: Tags) -> bytes:
    """The chunks that aren't audio."""
    info = b"".join(
        _chunk(_INFO[name], text.encode() + b"\0")
        for name, text in texts(tags).items()
        if name in _INFO
    )
    id3_tag = id3.encode(replace(tags, chapters=()))
    texts_twice = _chunk(b"LIST", b"INFO" + info) + _chunk(b"id3 ", id3_tag) if id3_tag else b""
    return texts_twice + _cue_chunks(tags)


def _cue_chunks(tags: Tags) -> bytes:
    """Where each chapter starts, then what each is called, then how long each is, in samples.

    In this order: ffmpeg reads no labels behind the first length.
    """
    chapters = timed(tags)
    if not chapters:
        return b""
    points, labels, lengths = _number(len(chapters)), b"", b""
    for number, (start, end, title) in enumerate(chapters, start=1):
        at, until = (time * SAMPLE_RATE_HZ // 1000 for time in (start, end))
        points += _number(number) + _number(at) + b"data" + bytes(8) + _number(at)
        labels += _chunk(b"labl", _number(number) + title.encode() + b"\0")
        lengths += _chunk(b"ltxt", _number(number) + _number(until - at) + b"rgn " + bytes(8))
    return _chunk(b"cue ", points) + _chunk(b"LIST", b"adtl" + labels + lengths)


def _long_head(source: BinaryIO, size: int, about: bytes) -> bytes:
    """All that comes before the audio in an RF64 file that would have `size` bytes as a RIFF file.
    Afterwards the stream stands at the audio.

    The tags are in here, as ffmpeg doesn't look behind the audio of such files.
    """
    frame = 1
    for name, _ in _chunks(source):
        if name == b"fmt ":
            frame = int.from_bytes(source.read(16)[12:14], "little")
        if name == b"data":
            break
    start = source.tell()
    length = source.seek(0, os.SEEK_END) - start
    source.seek(12)
    format = source.read(start - _HEAD - 12)
    source.seek(start)
    lengths = (size + _LENGTHS, length, length // frame)
    return (
        b"RF64"
        + _LOOK_THERE
        + b"WAVE"
        + _chunk(b"ds64", b"".join(n.to_bytes(8, "little") for n in lengths) + _number(0))
        + format
        + about
        + b"data"
        + _LOOK_THERE
    )


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
    return {
        _FIELDS[name]: text.split(b"\0")[0].decode("utf-8", "replace")
        for name, text in _parts(info)
        if name in _FIELDS
    }


def _parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks in a list's content."""
    position = 0
    for _ in range(MOST_ENTRIES):
        size = _number_at(content, position + 4)
        start = position + _HEAD
        if start > len(content):
            return
        yield content[position : position + 4], content[start : start + size]
        position = start + size + size % 2


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + _number(len(data)) + data + bytes(len(data) % 2)


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _number_at(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")
