"""Tags: what an audio file says about itself, the same for every format.

Knows what the fields mean and how their values are spelled. How each format stores them is in
`engine.audio.containers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import InvalidRequest
from engine.keys import parse_key
from engine.text import clean, one_line

MAX_LINE = 200
MAX_COMMENT = 65_536

FIELDS = ("title", "artist", "album", "date", "genre", "tracknumber", "bpm", "key", "comment")
"""Every field, in the order in which files hold them: the long one last, as some readers give up
on whatever follows a long value."""


MAX_CHAPTERS = 255
"""What one table of contents holds in ID3."""

_LINES = ("title", "artist", "album", "date", "genre")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the file with a title of its own. Files keep its times to the millisecond."""

    start_s: float
    end_s: float
    title: str
    """One line of at most 200 characters."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Empty or None: the file doesn't say. One-line fields hold at most 200 characters."""

    title: str = ""
    artist: str = ""
    album: str = ""
    comment: str = ""
    """Any text up to 65 536 characters; for the studio's own tracks the recipe as JSON."""
    date: str = ""
    """A year, or an ISO 8601 date."""
    genre: str = ""
    tracknumber: int | None = None
    bpm: float | None = None
    key: str = ""
    """As `str(Key)`, for example `F# minor`. Files hold the `F#m` that DJ software looks for."""
    chapters: tuple[Chapter, ...] = ()
    """In order of their starts, at most `MAX_CHAPTERS`. Only ID3 keeps their ends; elsewhere one
    lasts until the next."""


def texts(tags: Tags) -> dict[str, str]:
    """The fields that have a value, in the order of `FIELDS`, as files hold them."""
    values = {
        **{name: one_line(getattr(tags, name), MAX_LINE) for name in _LINES},
        "comment": clean(tags.comment)[:MAX_COMMENT],
        "tracknumber": "" if tags.tracknumber is None else str(tags.tracknumber),
        "bpm": "" if tags.bpm is None else f"{tags.bpm:.6g}",
        "key": short_key(tags.key) if tags.key else "",
    }
    return {name: values[name] for name in FIELDS if values[name]}


def timed(tags: Tags) -> tuple[tuple[int, int, str], ...]:
    """The chapters as files hold them: start and end in milliseconds, and the title.

    Raises `InvalidRequest` for chapters that files can't hold: too many, out of order, or none
    that last at all.
    """
    chapters = tuple(
        (round(one.start_s * 1000), round(one.end_s * 1000), one_line(one.title, MAX_LINE))
        for one in tags.chapters
    )
    starts = [start for start, _, _ in chapters]
    if len(chapters) > MAX_CHAPTERS:
        problem = f"{len(chapters)} are too many; files hold {MAX_CHAPTERS} at most"
    elif starts != sorted(set(starts)) or any(start < 0 for start in starts):
        problem = "each must start after the one before it; put them in order"
    elif any(end <= start for start, end, _ in chapters):
        problem = "each must end after it starts; correct end_s"
    else:
        return chapters
    raise InvalidRequest(f"chapters: {problem}.", field="chapters")


def chapters_of(found: Iterable[tuple[float, float, str]]) -> tuple[Chapter, ...]:
    """The chapters that a file's starts and ends in seconds and titles mean, in order."""
    lasting = sorted((start, end, title) for start, end, title in found if 0.0 <= start < end)
    return tuple(Chapter(start, end, one_line(title, MAX_LINE)) for start, end, title in lasting)[
        :MAX_CHAPTERS
    ]


def tags_of(texts: Mapping[str, str]) -> Tags:
    """The tags that a file's texts mean; what a stranger wrote and can't be understood is left out.

    The inverse of `texts`.
    """
    lines = {name: one_line(texts.get(name, ""), MAX_LINE) for name in _LINES}
    return Tags(
        title=lines["title"],
        artist=lines["artist"],
        album=lines["album"],
        date=lines["date"],
        genre=lines["genre"],
        comment=clean(texts.get("comment", ""))[:MAX_COMMENT],
        tracknumber=_count(texts.get("tracknumber", "")),
        bpm=_tempo(texts.get("bpm", "")),
        key=_key(texts.get("key", "")),
    )


def short_key(key: str) -> str:
    """`F#m`, `Bb`: how files and DJ software write what is `F# minor`, `Bb major` here."""
    tonic, mode = str(parse_key(key)).split()
    return f"{tonic}m" if mode == "minor" else tonic


def _key(text: str) -> str:
    try:
        return str(parse_key(text))
    except InvalidRequest:
        return ""


def _count(text: str) -> int | None:
    number = re.match(r"\s*(\d{1,5})\b", text)  # "3" and "3/12"
    return int(number[1]) if number else None


def _tempo(text: str) -> float | None:
    try:
        bpm = float(text.replace(",", "."))
    except ValueError:
        return None
    return bpm if math.isfinite(bpm) and 0.0 < bpm < 1000.0 else None
