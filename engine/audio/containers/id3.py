"""ID3v2 tags: written as 2.4 in UTF-8, read as 2.3 and 2.4.

Layout: id3.org's id3v2.4.0-structure, id3v2.4.0-frames and, for chapters, id3v2-chapters-1.0: a
frame for each, which holds frames itself, and one that lists them in order. Tags that use
unsynchronisation, extended headers, compression or encryption are left to libsndfile, which knows
the common fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from engine.audio.containers import MOST_BYTES, MOST_ENTRIES
from engine.audio.tags import Tags, chapters_of, tags_of, texts, timed

HEADER_BYTES = 10

_FRAMES = {
    "title": b"TIT2",
    "artist": b"TPE1",
    "album": b"TALB",
    "date": b"TDRC",
    "genre": b"TCON",
    "tracknumber": b"TRCK",
    "bpm": b"TBPM",
    "key": b"TKEY",
    "comment": b"COMM",
}
_FIELDS = {frame: field for field, frame in _FRAMES.items()} | {b"TYER": "date"}
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_READ = (b"ID3\x03", b"ID3\x04")
_UTF_8 = b"\x03"
_LANGUAGE, _NO_DESCRIPTION = b"eng", b"\0"
_FOOTER = 0x10
_CHAPTER, _CONTENTS = b"CHAP", b"CTOC"
_TOP_AND_ORDERED = b"\x03"
_NO_OFFSETS = b"\xff" * 8
"""A chapter is found by its times alone, not by bytes in the file."""


def encode(tags: Tags) -> bytes:
    """A whole ID3v2.4 tag; nothing for empty tags, as a tag must have a frame."""
    frames = b"".join(_frame(field, text) for field, text in texts(tags).items())
    frames += _chapter_frames(timed(tags))
    return b"ID3\x04\0\0" + _synchsafe(len(frames)) + frames if frames else b""


def decode(stream: BinaryIO) -> Tags:
    """The tags of the ID3v2 tag that begins here; empty ones if none does."""
    head = stream.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES or head[:4] not in _READ or head[5] & ~_FOOTER:
        return Tags()
    data = stream.read(min(_unsynchsafe(head[6:10]), MOST_BYTES))
    found: dict[str, str] = {}
    chapters: list[tuple[float, float, str]] = []
    for frame, body in _frames(data, version=head[3]):
        field = _FIELDS.get(frame)
        if field and (text := _text(body, long=frame == b"COMM")):
            found.setdefault(field, text)
        if frame == _CHAPTER:
            chapters.append(_chapter(body, version=head[3]))
    return replace(tags_of(found), chapters=chapters_of(chapters))


def length(head: bytes) -> int:
    """The bytes of the tag whose first ten are `head`; 0 if none begins here."""
    if len(head) < HEADER_BYTES or not head.startswith(b"ID3"):
        return 0
    footer = HEADER_BYTES if head[5] & _FOOTER else 0
    return HEADER_BYTES + _unsynchsafe(head[6:10]) + footer


def _frame(field: str, text: str) -> bytes:
    about = _LANGUAGE + _NO_DESCRIPTION if field == "comment" else b""
    return _framed(_FRAMES[field], _UTF_8 + about + text.encode())


def _framed(name: bytes, body: bytes) -> bytes:
    return name + _synchsafe(len(body)) + bytes(2) + body


def _chapter_frames(chapters: tuple[tuple[int, int, str], ...]) -> bytes:
    """The table of contents, then each chapter; nothing if there are none."""
    if not chapters:
        return b""
    names = [f"ch{number}".encode() + b"\0" for number in range(len(chapters))]
    listed = bytes([len(names)]) + b"".join(names)
    frames = _framed(_CONTENTS, b"toc\0" + _TOP_AND_ORDERED + listed)
    for name, (start, end, title) in zip(names, chapters, strict=True):
        times = start.to_bytes(4, "big") + end.to_bytes(4, "big")
        frames += _framed(_CHAPTER, name + times + _NO_OFFSETS + _frame("title", title))
    return frames


def _chapter(body: bytes, version: int) -> tuple[float, float, str]:
    """Start and end in seconds, and the title."""
    _, _, rest = body.partition(b"\0")
    inner = dict(_frames(rest[16:], version))
    start, end = (int.from_bytes(rest[at : at + 4], "big") / 1000 for at in (0, 4))
    return start, end, _text(inner.get(_FRAMES["title"], b""), long=False)


def _frames(data: bytes, version: int) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    for _ in range(MOST_ENTRIES):
        if data[position : position + 1] <= b"\0":  # the end, or padding
            return
        name, size, flags = (
            data[position : position + 4],
            data[position + 4 : position + 8],
            data[position + 8 : position + 10],
        )
        start = position + 10
        position = start + (_unsynchsafe(size) if version == 4 else int.from_bytes(size, "big"))
        if not flags[1:].strip(b"\0"):  # neither compressed, encrypted nor grouped
            yield name, data[start:position]


def _text(body: bytes, *, long: bool) -> str:
    """A frame's text. A `long` one has a language and a description first; only those without a
    description are meant for people, the others are players' own notes."""
    if not body or body[0] >= len(_ENCODINGS):
        return ""
    text = body[4 if long else 1 :].decode(_ENCODINGS[body[0]], "replace")
    if long:
        description, _, text = text.partition("\0")
        if description.strip("\ufeff"):
            return ""
    return text.lstrip("\ufeff").rstrip("\0").replace("\0", " / ")


def _synchsafe(value: int) -> bytes:
    """28 bits in four bytes of seven, so that no byte looks like the start of an MP3 frame."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def _unsynchsafe(data: bytes) -> int:
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value
