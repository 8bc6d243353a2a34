"""The comment block of FLAC, Ogg Vorbis and Opus: a vendor's name, then `FIELD=value` in UTF-8.

Layout: Vorbis I specification, section 5 (all numbers are little-endian and 32 bits wide).
"""

from __future__ import annotations

from engine.audio.containers import MOST_ENTRIES
from engine.audio.tags import Tags, tags_of, texts

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


def encode(vendor: bytes, tags: Tags) -> bytes:
    """The block, without the framing bit that Vorbis alone puts behind it."""
    comments = [f"{_NAMES[field]}={text}".encode() for field, text in texts(tags).items()]
    return _sized(vendor) + _number(len(comments)) + b"".join(map(_sized, comments))


def decode(block: bytes) -> tuple[bytes, Tags]:
    """The vendor and the tags. A damaged block gives what can be read of it."""
    vendor, position = _at(block, 0)
    found: dict[str, str] = {}
    count = int.from_bytes(block[position : position + 4], "little")
    position += 4
    for _ in range(min(count, MOST_ENTRIES)):
        comment, position = _at(block, position)
        name, _, text = comment.decode("utf-8", "replace").partition("=")
        field = _FIELDS.get(name.upper())
        if field and text:
            found.setdefault(field, text)
    return vendor, tags_of(found)


def _at(block: bytes, position: int) -> tuple[bytes, int]:
    start = position + 4
    end = start + int.from_bytes(block[position:start], "little")
    return block[start:end], end


def _sized(data: bytes) -> bytes:
    return _number(len(data)) + data


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")
