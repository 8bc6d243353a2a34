"""What is in a set's folder, as DJ software sees it: the mix, the single tracks, and their cues.

Knows where in a track a DJ would set a marker; how a format spells that is its own module's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.tags import MAX_LINE, Chapter
from engine.keys import Key
from engine.sets.deck import Deck, Grid
from engine.sets.report import SetReport
from engine.sets.timeline import Play, Timeline
from engine.text import one_line

MarkKind = Literal["mix in", "mix out", "first downbeat", "intro end", "drop", "outro start"]

_DJ = "dj-agent"
_SAME_S = 0.001
"""Marks closer than this are one with both names."""
_BY_NEED: tuple[MarkKind, ...] = (
    "mix in", "mix out", "drop", "intro end", "outro start", "first downbeat",
)  # fmt: skip
"""What a mark is that is several, and what to keep where there is room for a few only."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in a track, in seconds from the start of its file."""

    kind: MarkKind
    name: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Single:
    """A track of the set as a file of its own. `grid`, `key` and `bpm` are the file's, before the
    mix stretched or shifted it; `bpm` is None where no tempo holds."""

    slot: int
    title: str
    artist: str
    """Empty where nobody knows."""
    file: str
    """Its name in the folder, with `/` between folders."""
    duration_s: float
    grid: Grid | None
    key: Key | None
    marks: tuple[Mark, ...]
    """In order of time."""
    start_s: float
    """When the mix comes to it."""

    @property
    def bpm(self) -> float | None:
        return self.grid.bpm if self.grid else None


@dataclass(frozen=True, slots=True)
class Contents:
    """`folder` is absolute. `mix` is the mix's name in it."""

    folder: Path
    title: str
    artist: str
    mix: str
    duration_s: float
    tracks: tuple[Single, ...]
    """In the order in which they are played."""


def contents_of(folder: Path, timeline: Timeline, report: SetReport) -> Contents:
    """What the set's folder holds. `report.files` names the mix first.

    A track that has no file in the folder is left out.
    """
    reported = {slot.slot: slot for slot in report.slots}
    tracks = []
    for number, play in enumerate(timeline.plays):
        slot = reported.get(play.deck.slot)
        if slot is None or slot.file is None:
            continue
        made = slot.decision != "given"
        tracks.append(
            Single(
                slot=slot.slot,
                title=one_line(slot.title, MAX_LINE) or f"Track {slot.slot}",
                artist=f"{_DJ} ({report.renderer})" if made else "",
                file=slot.file,
                duration_s=play.deck.duration_s,
                grid=play.deck.grid,
                key=play.deck.key,
                marks=marks(timeline, number),
                start_s=play.start / SAMPLE_RATE_HZ,
            )
        )
    return Contents(
        folder=folder.absolute(),
        title=one_line(report.title, MAX_LINE) or "Untitled",
        artist=_DJ,
        mix=report.files[0],
        duration_s=timeline.samples / SAMPLE_RATE_HZ,
        tracks=tuple(tracks),
    )


def chapters(timeline: Timeline) -> tuple[Chapter, ...]:
    """The mix's chapters: one for each track, from when it is first heard until the next one is."""
    starts = [0.0, *(play.start / SAMPLE_RATE_HZ for play in timeline.plays[1:])]
    ends = [*starts[1:], timeline.samples / SAMPLE_RATE_HZ]
    return tuple(
        Chapter(start, end, play.deck.title)
        for start, end, play in zip(starts, ends, timeline.plays, strict=True)
    )


def marks(timeline: Timeline, number: int) -> tuple[Mark, ...]:
    """Where a DJ would set markers in the track of `timeline.plays[number]`, in order of time.

    Mix in is where the mix begins to play it, mix out where the transition to the next track
    begins. Those at the same moment are one, of the kind that is needed most.
    """
    play = timeline.plays[number]
    found = [Mark("mix in", "Mix in", play.knots[0].source / SAMPLE_RATE_HZ)]
    found += [
        Mark("mix out", "Mix out", source_at(play, join.start) / SAMPLE_RATE_HZ)
        for join in timeline.joins
        if join.number == number
    ]
    found += _heard(play.deck)
    return _apart(found)


def most_needed(marks: tuple[Mark, ...], count: int) -> tuple[Mark, ...]:
    """At most `count` of the marks, in order; all drops but the first go before anything else."""
    drops = [mark for mark in marks if mark.kind == "drop"]
    rank = {mark: _BY_NEED.index(mark.kind) for mark in marks}
    rank |= dict.fromkeys(drops[1:], len(_BY_NEED))
    kept = set(sorted(marks, key=rank.__getitem__)[:count])
    return tuple(mark for mark in marks if mark in kept)


def source_at(play: Play, at: int) -> float:
    """The sample of the source that is heard at that sample of the mix, on or between its ends."""
    at = min(max(at, play.start), play.end)
    after = min(bisect_right([knot.at for knot in play.knots], at), len(play.knots) - 1)
    left, right = play.knots[after - 1], play.knots[after]
    return left.source + (at - left.at) * (right.source - left.source) / (right.at - left.at)


def first_downbeat_s(grid: Grid) -> float:
    """The first bar line in the file."""
    return grid.first_downbeat_s % grid.bar_s


def _heard(deck: Deck) -> Iterator[Mark]:
    """What the music itself says: the same moments as `engine.listen.sections.find_cues`."""
    if deck.grid:
        yield Mark("first downbeat", "First downbeat", first_downbeat_s(deck.grid))
    drops = sum(section.label == "drop" for section in deck.sections)
    drop = 0
    for place, section in enumerate(deck.sections):
        if place > 0 and deck.sections[place - 1].label == "intro":
            yield Mark("intro end", "Intro end", section.start_s)
        if section.label == "drop":
            drop += 1
            yield Mark("drop", f"Drop {drop}" if drops > 1 else "Drop", section.start_s)
        if section.label == "outro" and place > 0:
            yield Mark("outro start", "Outro start", section.start_s)


def _apart(found: list[Mark]) -> tuple[Mark, ...]:
    ordered: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.time_s, _BY_NEED.index(mark.kind))):
        if ordered and mark.time_s - ordered[-1].time_s < _SAME_S:
            first = min(ordered[-1], mark, key=lambda one: _BY_NEED.index(one.kind))
            both = f"{ordered[-1].name}, {mark.name[0].lower()}{mark.name[1:]}"
            ordered[-1] = Mark(first.kind, both, ordered[-1].time_s)
        else:
            ordered.append(mark)
    return tuple(ordered)
