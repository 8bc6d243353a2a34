"""Mixing: a timeline played, deck by deck and join by join, and brought to its loudness.

Everything comes in blocks, so memory doesn't grow with the set. Knows no report and no file format.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio
from engine.audio.splice import crossfade
from engine.sets.playing.ahead import ahead
from engine.sets.playing.crossing import Crossing, Pair, Voice, crossing
from engine.sets.playing.mastering import mastered
from engine.sets.playing.playback import Player
from engine.sets.playing.sources import Crate
from engine.sets.timeline import Timeline

BLOCK = 4 * SAMPLE_RATE_HZ

_SEAM = SAMPLE_RATE_HZ // 50
_MIXING_SHARE = 0.8
"""Of the time that a mix takes, what goes by before its master begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """The surroundings of a bridge: audio from `first` of the mix on, as both decks play it.

    Who makes the bridge puts new audio in the place of `start_s` to `end_s` (of the audio) and
    gives it to `mix` as `replace(seam, audio=...)`, of the same length.
    """

    audio: Audio
    first: int
    start_s: float
    end_s: float


def _nobody(_: float) -> None:
    """Who follows a mix that nobody follows."""


def mix(
    timeline: Timeline,
    scratch: Path,
    bridges: Mapping[int, Seam] | None = None,
    progress: Callable[[float], None] = _nobody,
) -> Iterator[Audio]:
    """The whole set at -14 LUFS with true peaks below -1 dBTP, in blocks of float32 [2, n].

    `bridges` are by the numbers of their joins; a join of that type without one is a cut. The mix
    is laid down in `scratch`, a folder with room for 50 MB a minute, before the first block comes.
    `progress` is told what share is done, 0 to 1, and may raise to stop.

    Raises `AudioUnreadable` for a deck's file that isn't what it was.
    """

    def heard() -> Iterator[Audio]:
        done = 0
        for block in ahead(unmastered(timeline, scratch, bridges or {})):
            done += block.shape[1]
            progress(_MIXING_SHARE * done / timeline.samples)
            yield block

    made = 0
    for block in mastered(heard(), scratch):
        made += block.shape[1]
        progress(_MIXING_SHARE + (1.0 - _MIXING_SHARE) * made / timeline.samples)
        yield block


def unmastered(
    timeline: Timeline, scratch: Path, bridges: Mapping[int, Seam] | None = None
) -> Generator[Audio]:
    """The set as the decks give it, in blocks."""
    with Crate(scratch) as crate:
        yield from Booth(timeline, crate, bridges).play(0, timeline.samples)


def seam(timeline: Timeline, number: int, before_s: float, after_s: float, scratch: Path) -> Seam:
    """What is heard around a join, with so much before its start and after its end, as far as
    the mix goes."""
    join = timeline.joins[number]
    first = max(0, join.start - round(before_s * SAMPLE_RATE_HZ))
    last = min(timeline.samples, join.end + round(after_s * SAMPLE_RATE_HZ))
    with Crate(scratch) as crate:
        audio = np.concatenate(list(Booth(timeline, crate).play(first, last)), axis=1)
    start_s, end_s = ((at - first) / SAMPLE_RATE_HZ for at in (join.start, join.end))
    return Seam(audio, first, start_s, end_s)


@dataclass(slots=True)
class Bridge:
    """Made music in the place of both decks, with seams that end on its lines."""

    pair: Pair
    seam: Seam
    _made: Audio | None = field(default=None, init=False)

    @property
    def first(self) -> int:
        return self.pair.join.start - _SEAM

    @property
    def last(self) -> int:
        return self.pair.join.end

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        if self._made is None:
            self._made = self._sewn()
        return (self._made[:, start - self.first : end - self.first],)

    def _sewn(self) -> Audio:
        """The bridge with the decks faded out of it and into it."""
        place = self.first - self.seam.first
        made = self.seam.audio[:, max(0, place) : place + self.last - self.first].copy()
        if place < 0 or made.shape[1] < self.last - self.first:
            raise ValueError(f"the bridge of join {self.pair.join.number} is too short for it")
        out = self.pair.out.read(self.first, self.first + _SEAM)
        into = self.pair.into.read(self.last - _SEAM, self.last)
        made[:, :_SEAM] = crossfade(out, made[:, :_SEAM])
        made[:, -_SEAM:] = crossfade(made[:, -_SEAM:], into)
        return made


class Booth:
    """All decks of a set, each opened when it is near."""

    def __init__(
        self, timeline: Timeline, crate: Crate, bridges: Mapping[int, Seam] | None = None
    ) -> None:
        self._timeline = timeline
        self._crate = crate
        self._bridges = bridges or {}
        self._voices: dict[int, Voice] = {}

    def play(self, first: int, last: int) -> Iterator[Audio]:
        """The mix from one sample up to another, in blocks."""
        free = first
        for join in self._timeline.joins:
            if join.end <= free:
                continue
            crossed = self.crossing(join.number)
            until = min(last, max(free, crossed.first))
            for start, end in _blocks(free, until):
                yield self.voice(join.number).read(start, end)
            upto = min(last, max(until, crossed.last))
            for start, end in _blocks(until, upto):
                yield sum(crossed.parts(start, end), np.zeros((2, end - start), np.float32))
            free = upto
            if free >= last:
                return
        for start, end in _blocks(free, last):
            yield self.voice(len(self._timeline.plays) - 1).read(start, end)

    def crossing(self, number: int) -> Crossing:
        """How a join sounds. The decks before it are closed."""
        for done in [one for one in self._voices if one < number]:
            del self._voices[done]
        join = self._timeline.joins[number]
        pair = Pair(join, self.voice(number), self.voice(number + 1))
        self._crate.keep_only({voice.player.play.deck.path for voice in self._voices.values()})
        return Bridge(pair, self._bridges[number]) if number in self._bridges else crossing(pair)

    def voice(self, number: int) -> Voice:
        if number not in self._voices:
            play = self._timeline.plays[number]
            self._voices[number] = Voice(Player(play, self._crate.source(play.deck.path)))
        return self._voices[number]


def _blocks(start: int, end: int) -> Iterator[tuple[int, int]]:
    for first in range(start, end, BLOCK):
        yield first, min(first + BLOCK, end)
