"""Crossings: what both decks sound like in each kind of transition.

A crossing takes two decks over from its `first` sample to before its `last`, and gives each deck's
part of the mix apart, so that it can be measured. Everywhere else a deck is only turned up or
down. Gains are power-complementary: where two strangers meet, the sum is as loud as each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio
from engine.sets.playing.bands import REACH, Gains, equalised, swept
from engine.sets.playing.meeting import echo_beat_s
from engine.sets.playing.playback import BEYOND, Player, mix_at
from engine.sets.timeline import Join, Play

CUT = SAMPLE_RATE_HZ // 200
"""5 ms: from one to the other without a click."""

_SWAP_BEATS = 0.5
_DUCK_DB = -9.0
_DUCK_RAMP = SAMPLE_RATE_HZ // 4
_FADED_SWAP = SAMPLE_RATE_HZ // 4
_SWEEP_HZ = (10.0, 200.0, 60_000.0)
_SWEEP_BEATS = 1.0
"""The lowest octaves go by in a beat, so that only one deck has a bass."""
_FADED_HZ = (20.0, 60_000.0)
_RISER_HZ = (20.0, 1_800.0)
_ECHO_DECAY = 0.68
_ECHO_HZ = (250.0, 7_000.0)
_ECHO_DARKER = 0.8


@dataclass(frozen=True, slots=True)
class Voice:
    """A deck as the mix hears it: played, and brought to its level."""

    player: Player

    @property
    def play(self) -> Play:
        return self.player.play

    def read(self, start: int, end: int) -> Audio:
        gain = np.float32(10.0 ** (self.play.gain_db / 20.0))
        return self.player.read(start, end) * gain

    def around(self, start: int, end: int) -> Audio:
        """The same with what a filter needs on either side."""
        return self.read(start - REACH, end + REACH)


class Crossing(Protocol):
    @property
    def first(self) -> int: ...

    @property
    def last(self) -> int: ...

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        """What the outgoing and the incoming deck add to the mix, each [2, end - start]."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """The two decks of a join."""

    join: Join
    out: Voice
    into: Voice

    @property
    def beat(self) -> float:
        """A beat at the join's start, in samples; half a second where none is known."""
        join, grid = self.join, self.out.play.deck.grid
        if join.bars and grid:
            return (join.end - join.start) / (join.bars * grid.beats_per_bar)
        return echo_beat_s(self.out.play.deck, self.into.play.deck) * SAMPLE_RATE_HZ


def crossing(pair: Pair) -> Crossing:
    """How the two decks of a join go over into each other, by its type."""
    kind = pair.join.type
    if kind == "blend":
        return Blend(pair)
    if kind == "filter":
        return Sweep(pair)
    if kind == "fade":
        return Fade(pair)
    if kind in ("echo_out", "drop_in"):
        return Stop(pair)
    return Cut(pair)


@dataclass(frozen=True, slots=True)
class Blend:
    """Highs and mids change over by and by, the bass at once."""

    pair: Pair

    @property
    def first(self) -> int:
        return self.pair.join.start

    @property
    def last(self) -> int:
        return self.pair.join.end

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        join, moments = self.pair.join, np.arange(start, end)
        along = (moments - join.start) / max(1, join.end - join.start)
        swap = (join.swap - join.start) / max(1, join.end - join.start)
        middle = swap if 0.0 < swap < 1.0 else 0.5
        high = _plateau(along, 0.65 * middle, middle + 0.3 * (1.0 - middle))
        mid = _plateau(along, 0.8 * middle, middle + 0.3 * (1.0 - middle))
        low = _ramp(moments, *self._swap())
        duck = self._duck(moments)
        leaving = Gains(_falling(low), _falling(mid) * duck, _falling(high))
        coming = Gains(_rising(low), _rising(mid), _rising(high))
        return (
            equalised(self.pair.out.around(start, end), leaving),
            equalised(self.pair.into.around(start, end), coming),
        )

    def _swap(self) -> tuple[float, float]:
        """From when to when the bass changes hands: just before its line, so that the beat on
        the line is the incoming deck's; where the join begins with it, just after."""
        join, width = self.pair.join, _SWAP_BEATS * self.pair.beat
        start = float(join.swap) if join.swap == join.start else join.swap - width
        return start, start + width

    def _duck(self, moments: NDArray[np.int64]) -> NDArray[np.float32]:
        """The outgoing deck's mids make way where both sing."""
        gain_db = np.zeros(len(moments))
        for start, end in voices_together(self.pair.join, self.pair.out.play, self.pair.into.play):
            away = np.maximum(start - moments, moments - end).clip(0, _DUCK_RAMP) / _DUCK_RAMP
            gain_db = np.minimum(gain_db, _DUCK_DB * (1.0 - away))
        return (10.0 ** (gain_db / 20.0)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A cutoff rises through the spectrum: below it is the incoming deck, above it the outgoing."""

    pair: Pair

    @property
    def first(self) -> int:
        return self.pair.join.start

    @property
    def last(self) -> int:
        return self.pair.join.end

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        cutoffs_hz = self._cutoffs_hz(np.arange(start, end))
        out = swept(self.pair.out.around(start, end), start, cutoffs_hz, "above")
        into = swept(self.pair.into.around(start, end), start, cutoffs_hz, "below")
        return out, into

    def _cutoffs_hz(self, moments: NDArray[np.int64]) -> NDArray[np.float64]:
        join = self.pair.join
        swapped = join.start + _SWEEP_BEATS * self.pair.beat
        if join.bars:
            points, cutoffs_hz = (join.start, swapped, join.end), _SWEEP_HZ
        else:
            points, cutoffs_hz = (join.start, join.end), _FADED_HZ
        return np.exp(np.interp(moments, points, np.log(cutoffs_hz)))


@dataclass(frozen=True, slots=True)
class Fade:
    """One fades out while the other fades in; only the bass goes over at once, in the middle."""

    pair: Pair

    @property
    def first(self) -> int:
        return self.pair.join.start

    @property
    def last(self) -> int:
        return self.pair.join.end

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        moments, swap = np.arange(start, end), self.pair.join.swap
        ramp = _ramp(moments, self.first, self.last)
        low = _ramp(moments, swap - _FADED_SWAP, swap + _FADED_SWAP)
        level, other = _falling(ramp), _rising(ramp)
        leaving = Gains(_falling(low), level, level)
        coming = Gains(_rising(low), other, other)
        return (
            equalised(self.pair.out.around(start, end), leaving),
            equalised(self.pair.into.around(start, end), coming),
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """From one to the other on a line."""

    pair: Pair

    @property
    def first(self) -> int:
        return self.pair.join.swap - CUT

    @property
    def last(self) -> int:
        return self.pair.join.swap

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        ramp = _ramp(np.arange(start, end), self.first, self.last)
        out, into = self.pair.out.read(start, end), self.pair.into.read(start, end)
        return out * _falling(ramp), into * _rising(ramp)


@dataclass(slots=True)
class Stop:
    """The outgoing deck stops on its line, and its last beat rings on, ever darker.

    Before a drop that beat is also thinned out by a filter.
    """

    pair: Pair
    _ring: Audio | None = field(default=None, init=False)

    @property
    def first(self) -> int:
        join = self.pair.join
        return join.swap - (round(self.pair.beat) if join.type == "drop_in" else CUT)

    @property
    def last(self) -> int:
        return self.pair.join.end

    def parts(self, start: int, end: int) -> tuple[Audio, ...]:
        line = self.pair.join.swap
        ramp = _ramp(np.arange(start, end), line - CUT, line)
        out = self._leaving(start, end) * _falling(ramp)
        if end > line:
            if self._ring is None:
                self._ring = self._echoes()
            first = max(start, line)
            out[:, first - start :] += self._ring[:, first - line : end - line]
        return out, self.pair.into.read(start, end) * _rising(ramp)

    def _leaving(self, start: int, end: int) -> Audio:
        if self.pair.join.type != "drop_in":
            return self.pair.out.read(start, end)
        moments = np.arange(start, end)
        span = (self.first, self.pair.join.swap)
        cutoffs_hz = np.exp(np.interp(moments, span, np.log(_RISER_HZ)))
        return swept(self.pair.out.around(start, end), start, cutoffs_hz, "above")

    def _echoes(self) -> Audio:
        """The last beat before the line, over and over from the line on, until the join ends."""
        line, length = self.pair.join.swap, self.pair.join.end - self.pair.join.swap
        beat = self.pair.beat
        apart = 0.5 * beat if self.pair.join.type == "drop_in" else beat
        last = self.pair.out.read(line - round(apart), line)
        edge = _rising(_ramp(np.arange(last.shape[1]), 0, CUT))
        spectrum = np.fft.rfft(last * edge * edge[::-1], 2 * last.shape[1])
        hertz = np.fft.rfftfreq(2 * last.shape[1], 1.0 / SAMPLE_RATE_HZ)
        thin = (hertz / _ECHO_HZ[0]) ** 4
        ring = np.zeros((2, length), np.float32)
        for count in range(int(length / apart)):
            dark = (hertz / (_ECHO_HZ[1] * _ECHO_DARKER**count)) ** 4
            share = np.sqrt(thin / (1.0 + thin) / (1.0 + dark)) * _ECHO_DECAY ** (count + 1)
            echo = np.fft.irfft(spectrum * share, axis=1).astype(np.float32)
            place = round(count * apart)
            kept = min(echo.shape[1], length - place)
            ring[:, place : place + kept] += echo[:, :kept]
        return ring * _falling(_ramp(np.arange(length), length - apart, length))


def voices_together(join: Join, out: Play, into: Play) -> list[tuple[int, int]]:
    """From when to when in the mix both decks sing, within the join, in samples."""
    both = [
        (max(one[0], other[0], join.start), min(one[1], other[1], join.end))
        for one in _sung(out)
        for other in _sung(into)
    ]
    return [(start, end) for start, end in both if start < end]


def _sung(play: Play) -> list[tuple[int, int]]:
    moments = [(stretch.start_s, stretch.end_s) for stretch in play.deck.vocals]
    return [
        (
            round(mix_at(play, start_s * SAMPLE_RATE_HZ)),
            round(mix_at(play, end_s * SAMPLE_RATE_HZ)),
        )
        for start_s, end_s in moments
    ]


def _ramp(moments: NDArray[np.int64], start: float, end: float) -> NDArray[np.float64]:
    """0 before `start`, 1 from `end` on, a smooth step between."""
    place = np.clip((moments - start) / max(1.0, end - start), 0.0, 1.0)
    return place * place * (3.0 - 2.0 * place)


def _plateau(along: NDArray[np.float64], there: float, on: float) -> NDArray[np.float64]:
    """From 0 to a half by `there`, which is held until `on`, and to 1 by the end."""
    first = np.clip(along / there, 0.0, 1.0)
    second = np.clip((along - on) / (1.0 - on), 0.0, 1.0)
    return 0.5 * (first * first * (3.0 - 2.0 * first) + second * second * (3.0 - 2.0 * second))


def _rising(share: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.sin(0.5 * np.pi * share).astype(np.float32)


def _falling(share: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.cos(0.5 * np.pi * share).astype(np.float32)


assert REACH <= BEYOND
