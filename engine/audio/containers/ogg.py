"""Ogg: pages that carry packets. Vorbis and Opus keep their tags in the second packet.

Layout: RFC 3533 (pages), Vorbis I section 4 (three header packets), RFC 7845 (Opus: two). In both
codecs the first packet has a page of its own, and audio begins on a fresh page after the headers.
"""

from __future__ import annotations

import itertools
import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engine.audio.containers import MOST_ENTRIES, vorbis_comment
from engine.audio.tags import Tags, texts, timed

_CONTINUED, _END_OF_STREAM = 1, 4
_NO_PACKET_ENDS = b"\xff" * 8
_LONGEST_PAGE = 27 + 255 + 255 * 255
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Codec:
    magic: bytes
    headers: int
    """Packets before the audio."""
    mark: bytes
    """What the comment packet begins with,"""
    framing: bytes
    """and what it ends with."""
    rate_hz: slice
    """Where the first packet says how many samples a second the pages count,"""
    skipped: slice
    """and how many of them come before the audio."""

    def duration_s(self, first: bytes, granule: int) -> float:
        rate_hz = int.from_bytes(first[self.rate_hz], "little") or _OPUS_RATE_HZ
        return (granule - int.from_bytes(first[self.skipped], "little")) / rate_hz


_OPUS_RATE_HZ = 48_000
_NOWHERE = slice(0, 0)
_CODECS = (
    _Codec(b"\x01vorbis", 3, b"\x03vorbis", b"\x01", rate_hz=slice(12, 16), skipped=_NOWHERE),
    _Codec(b"OpusHead", 2, b"OpusTags", b"", rate_hz=_NOWHERE, skipped=slice(10, 12)),
)


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: bytes
    number: int
    lacing: bytes
    """The packets' lengths: 255 says that the packet goes on, less ends it."""
    body: bytes

    def encode(self, serial: int) -> bytes:
        head = b"OggS\0" + bytes([self.flags]) + self.granule + serial.to_bytes(4, "little")
        head += self.number.to_bytes(4, "little")
        rest = bytes([len(self.lacing)]) + self.lacing + self.body
        return head + _checksum(head + bytes(4) + rest).to_bytes(4, "little") + rest


def copy(source: BinaryIO, target: BinaryIO, tags: Tags) -> None:
    """Copy an Ogg Vorbis or Opus file with one stream, its comment packet replaced.

    The stream's serial number, which libsndfile draws at random, is derived from the tags instead,
    so that the same audio and tags give the same bytes.
    """
    pages = _pages(source)
    first = next(pages)
    codec = _codec(first)
    if codec is None:
        raise ValueError("not an Ogg Vorbis or Opus stream")
    headers, pages_before = _packets(pages, codec.headers - 1)
    vendor, _ = vorbis_comment.decode(headers[0].removeprefix(codec.mark))
    headers[0] = codec.mark + vorbis_comment.encode(vendor, tags) + codec.framing
    serial = _serial(tags)
    target.write(first.encode(serial))
    number = 0
    for page in _paged(headers):
        number += 1
        target.write(page.encode(serial))
    shift = number - pages_before
    for page in pages:
        moved = _Page(page.flags, page.granule, page.number + shift, page.lacing, page.body)
        target.write(moved.encode(serial))


def tags_in(stream: BinaryIO) -> Tags:
    pages = _pages(stream)
    first = next(pages, None)
    codec = _codec(first) if first else None
    if first is None or codec is None:
        return Tags()
    headers, _ = _packets(pages, 1)
    if not headers or not headers[0].startswith(codec.mark):
        return Tags()
    block = headers[0].removeprefix(codec.mark)
    _, tags = vorbis_comment.decode(block, math.inf)
    if not tags.chapters:
        return tags
    return vorbis_comment.decode(block, codec.duration_s(first.body, _last_granule(stream)))[1]


def is_cut_off(stream: BinaryIO, size: int) -> bool:
    """Whether the last page of a file of `size` bytes isn't marked as the stream's end."""
    tail = _tail(stream, size)
    last = tail.rfind(b"OggS")
    return last < 0 or not tail[last + 5 : last + 6] or not tail[last + 5] & _END_OF_STREAM


def _last_granule(stream: BinaryIO) -> int:
    """How many samples the last page counts from the start; 0 if there is no such page."""
    tail = _tail(stream, stream.seek(0, os.SEEK_END))
    last = tail.rfind(b"OggS")
    return int.from_bytes(tail[last + 6 : last + 14], "little") if last >= 0 else 0


def _tail(stream: BinaryIO, size: int) -> bytes:
    stream.seek(max(0, size - _LONGEST_PAGE))
    return stream.read(_LONGEST_PAGE)


def _serial(tags: Tags) -> int:
    chapters = timed(tags)
    return zlib.crc32(repr((texts(tags), chapters) if chapters else texts(tags)).encode())


def _codec(first: _Page) -> _Codec | None:
    return next((codec for codec in _CODECS if first.body.startswith(codec.magic)), None)


def _pages(stream: BinaryIO) -> Iterator[_Page]:
    """The pages from here to the end of the file, or to the first thing that is no page."""
    while (head := stream.read(27)).startswith(b"OggS") and len(head) == 27:
        lacing = stream.read(head[26])
        yield _Page(
            flags=head[5],
            granule=head[6:14],
            number=int.from_bytes(head[18:22], "little"),
            lacing=lacing,
            body=stream.read(sum(lacing)),
        )


def _packets(pages: Iterator[_Page], count: int) -> tuple[list[bytes], int]:
    """The next `count` packets (fewer if the file ends), and on how many pages they were."""
    packets: list[bytes] = []
    begun, used = bytearray(), 0
    for page in itertools.islice(pages, MOST_ENTRIES):
        used += 1
        position = 0
        for length in page.lacing:
            begun += page.body[position : position + length]
            position += length
            if length < 255:
                packets.append(bytes(begun))
                begun.clear()
        if len(packets) >= count:
            break
    return packets, used


def _paged(packets: list[bytes]) -> Iterator[_Page]:
    """Header packets on as few pages as they need, numbered from 1."""
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets)
    data = b"".join(packets)
    flags = position = 0
    for number, start in enumerate(range(0, len(lacing), 255), start=1):
        laced = lacing[start : start + 255]
        size = sum(laced)
        ends = any(length < 255 for length in laced)
        granule = bytes(8) if ends else _NO_PACKET_ENDS
        yield _Page(flags, granule, number, laced, data[position : position + size])
        position += size
        flags = _CONTINUED if laced[-1] == 255 else 0


def _checksum(page: bytes) -> int:
    """Ogg's CRC: zlib's polynomial with every byte mirrored, and neither end inverted."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
