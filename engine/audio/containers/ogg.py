"""Ogg: pages that carry packets. Vorbis and Opus keep their tags in the second packet.

Layout: RFC 3533 (pages), Vorbis I section 4 (three header packets), RFC 7845 (Opus: two). In both
codecs the first packet has a page of its own, and audio begins on a fresh page after the headers.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engine.audio.containers import MOST_ENTRIES, vorbis_comment
from engine.audio.tags import Tags, texts

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


_CODECS = (
    _Codec(b"\x01vorbis", headers=3, mark=b"\x03vorbis", framing=b"\x01"),
    _Codec(b"OpusHead", headers=2, mark=b"OpusTags", framing=b""),
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
    serial = zlib.crc32(repr(texts(tags)).encode())
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
    if codec is None:
        return Tags()
    headers, _ = _packets(pages, 1)
    if not headers or not headers[0].startswith(codec.mark):
        return Tags()
    return vorbis_comment.decode(headers[0].removeprefix(codec.mark))[1]


def is_cut_off(stream: BinaryIO, size: int) -> bool:
    """Whether the last page of a file of `size` bytes isn't marked as the stream's end."""
    stream.seek(max(0, size - _LONGEST_PAGE))
    tail = stream.read(_LONGEST_PAGE)
    last = tail.rfind(b"OggS")
    return last < 0 or not tail[last + 5 : last + 6] or not tail[last + 5] & _END_OF_STREAM


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
