"""The comment block of FLAC, Ogg Vorbis and Opus: a vendor's name, then `FIELD=value` in UTF-8.

Layout: Vorbis I specification, section 5 (all numbers are little-endian and 32 bits wide), and
Xiph's Chapter Extension: `CHAPTER000=00:00:00.000` and `CHAPTER000NAME=title`, which has no ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from engine.audio.containers import MOST_ENTRIES
from engine.audio.tags import Tags, chapters_of, tags_of, texts, timed

# FLAC and Xiph name the first six; tempo and key are as Mixxx, Traktor and Rekordbox name them.
_NAMES = {
    "title": "TITLE",
    "artist": "ARTIST",
    "album": "ALBUM",
    "date": "DATE",
    "genre": "GENRE",
    "tracknumber": "TRACKNUMBER",
    "bpm": "BPM",
    "key": "INITIALKEY",
    "comment": "COMMENT",
}
_FIELDS = {name: field for field, name in _NAMES.items()} | {"DESCRIPTION": "comment"}
_CHAPTER = re.compile(r"CHAPTER(\d{3})(NAME)?")
_TIME = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)")


def encode(vendor: bytes, tags: Tags) -> bytes:
    """The block, without the framing bit that Vorbis alone puts behind it."""
    comments = [f"{_NAMES[field]}={text}".encode() for field, text in texts(tags).items()]
    for number, (start, _, title) in enumerate(timed(tags)):
        comments.append(f"CHAPTER{number:03d}={_clock(start)}".encode())
        comments.append(f"CHAPTER{number:03d}NAME={title}".encode())
    return _sized(vendor) + _number(len(comments)) + b"".join(map(_sized, comments))


def decode(block: bytes, duration_s: float = 0.0) -> tuple[bytes, Tags]:
    """The vendor and the tags. A damaged block gives what can be read of it.

    The last chapter ends at `duration_s`; those that start there or later are left out.
    """
    vendor, position = _at(block, 0)
    found: dict[str, str] = {}
    marked: dict[str, str] = {}
    count = int.from_bytes(block[position : position + 4], "little")
    position += 4
    for _ in range(min(count, MOST_ENTRIES)):
        comment, position = _at(block, position)
        name, _, text = comment.decode("utf-8", "replace").partition("=")
        field = _FIELDS.get(name.upper())
        if field and text:
            found.setdefault(field, text)
        if _CHAPTER.fullmatch(name.upper()):
            marked.setdefault(name.upper(), text)
    return vendor, replace(tags_of(found), chapters=chapters_of(_chapters(marked, duration_s)))


def _chapters(marked: dict[str, str], duration_s: float) -> list[tuple[float, float, str]]:
    starts = sorted(
        (int(time[1]) * 3600 + int(time[2]) * 60 + float(time[3]), marked.get(f"{name}NAME", ""))
        for name, text in marked.items()
        if not name.endswith("NAME") and (time := _TIME.fullmatch(text.strip()))
    )
    starts = [(start, title) for start, title in starts if start < duration_s]
    bounds = [*(start for start, _ in starts), duration_s]
    return [
        (start, end, title)
        for (start, end), (_, title) in zip(pairwise(bounds), starts, strict=True)
    ]


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _at(block: bytes, position: int) -> tuple[bytes, int]:
    start = position + 4
    end = start + int.from_bytes(block[position:start], "little")
    return block[start:end], end


def _sized(data: bytes) -> bytes:
    return _number(len(data)) + data


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")
