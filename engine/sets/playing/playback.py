"""Playback: a deck's stay in the mix as audio, at the tempo and pitch that its knots ask for.

A stay is played in pieces of one rate each. At rate 1 a piece is the source itself, sample by
sample; close to it the source is resampled, which shifts its pitch by less than two cents and
leaves no trace; otherwise it is stretched (Signalsmith), pitch kept or shifted. Where pieces meet
there is a crossfade that ends on the line, so that the beat there is whole.

Where pieces begin and end depends on the stay alone, so any part of it, asked for in any order,
is the same samples. Knows one deck at a time, and nothing of gains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import soxr
from python_stretch.Signalsmith import Stretch

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio
from engine.audio.splice import crossfade
from engine.sets.playing.sources import Source
from engine.sets.timeline import Play

BEYOND = SAMPLE_RATE_HZ // 2
"""How far before and after a stay its deck can be heard."""

_VARISPEED = 1e-3
"""Within this of rate 1 the source is resampled instead of stretched."""
_PIECE = 20 * SAMPLE_RATE_HZ
_SEAM = SAMPLE_RATE_HZ // 50
_CONTEXT = SAMPLE_RATE_HZ // 4
"""What is stretched on either side of a piece, so that it begins and ends settled."""
_KEPT = 45 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class _Piece:
    """The samples of the mix from `start`, which is `source` there, up to `end`, at one rate."""

    start: int
    end: int
    source: float
    rate: float
    fades_in: bool
    """Whether it takes over from the piece before it, in the seam before its start."""


class Player:
    """A stay that can be listened to anywhere between `BEYOND` before it and after it."""

    def __init__(self, play: Play, source: Source) -> None:
        self.play = play
        self._source = source
        self._pieces = _pieces(play)
        self._starts = [piece.start for piece in self._pieces]
        self._made: OrderedDict[int, Audio] = OrderedDict()

    def read(self, start: int, end: int) -> Audio:
        """What the deck plays from `start` up to `end` of the mix, float32 [2, end - start]."""
        heard = np.zeros((2, max(0, end - start)), np.float32)
        number = max(0, bisect_right(self._starts, start) - 1)
        while number < len(self._pieces) and self._pieces[number].start < end:
            piece = self._pieces[number]
            first, last = max(start, piece.start), min(end, piece.end)
            if first < last:
                audio = self._piece(number)
                heard[:, first - start : last - start] = audio[
                    :, first - piece.start : last - piece.start
                ]
            number += 1
        return heard

    def _piece(self, number: int) -> Audio:
        """A piece, the last moments of which fade into the piece after it."""
        piece, audio = self._pieces[number], self._own(number)
        audio = audio[:, audio.shape[1] - (piece.end - piece.start) :]
        if number + 1 == len(self._pieces) or not self._pieces[number + 1].fades_in:
            return audio
        seam = min(_SEAM, piece.end - piece.start)
        after = self._own(number + 1)[:, _SEAM - seam : _SEAM]
        return np.concatenate([audio[:, :-seam], crossfade(audio[:, -seam:], after)], axis=1)

    def _own(self, number: int) -> Audio:
        """What a piece plays at its rate, with a seam before its start if it fades in."""
        if number not in self._made:
            piece = self._pieces[number]
            lead = _SEAM if piece.fades_in else 0
            self._made[number] = self._sounding(piece, piece.start - lead, piece.end)
            while sum(audio.shape[1] for audio in self._made.values()) > _KEPT:
                self._made.popitem(last=False)
        return self._made[number]

    def _sounding(self, piece: _Piece, start: int, end: int) -> Audio:
        """Samples of the mix as this piece's rate has them."""
        semitones = self.play.deck.semitones
        place = piece.source + (start - piece.start) * piece.rate
        if piece.rate == 1.0 and not semitones:
            first = round(place)
            return self._source.read(first, first + end - start)
        first = int(place - _CONTEXT)
        last = int(place + (end - start) * piece.rate) + _CONTEXT
        source = np.ascontiguousarray(self._source.read(first, last))
        if abs(piece.rate - 1.0) < _VARISPEED and not semitones:
            made = _resampled(source, piece.rate)
        else:
            made = _stretched(source, piece.rate, semitones)
        offset = round((place - first) / piece.rate)
        return made[:, offset : offset + end - start].copy()


def solo(play: Play, source: Source) -> Audio:
    """All of a deck's stay by itself, without gain: float32 [2, play.end - play.start]."""
    return Player(play, source).read(play.start, play.end)


def source_at(play: Play, at: float) -> float:
    """Where in its source a deck is at a sample of the mix, also a little beyond its stay."""
    ends = [knot.at for knot in play.knots]
    place = min(max(1, bisect_right(ends, at)), len(ends) - 1)
    before, after = play.knots[place - 1], play.knots[place]
    rate = (after.source - before.source) / (after.at - before.at)
    return before.source + (at - before.at) * rate


def mix_at(play: Play, source: float) -> float:
    """When in the mix a deck is at a sample of its source, also a little beyond its stay."""
    ends = [knot.source for knot in play.knots]
    place = min(max(1, bisect_right(ends, source)), len(ends) - 1)
    before, after = play.knots[place - 1], play.knots[place]
    rate = (after.source - before.source) / (after.at - before.at)
    return before.at + (source - before.source) / rate


def _pieces(play: Play) -> list[_Piece]:
    """The stay and what lies beyond it, cut at its knots and, where that is long, at bar lines."""
    pieces: list[_Piece] = []
    last = len(play.knots) - 2
    for number, (one, other) in enumerate(pairwise(play.knots)):
        rate = (other.source - one.source) / (other.at - one.at)
        if abs(rate - 1.0) * (other.at - one.at) < 0.5:
            rate = 1.0
        start = one.at - (BEYOND if number == 0 else 0)
        end = other.at + (BEYOND if number == last else 0)
        for first, until in pairwise(_cuts(play, one.at, start, end, rate)):
            place = one.source + (first - one.at) * rate
            exact = bool(pieces) and pieces[-1].rate == rate == 1.0 and not play.deck.semitones
            pieces.append(_Piece(first, until, place, rate, fades_in=bool(pieces) and not exact))
    return pieces


def _cuts(play: Play, line: int, start: int, end: int, rate: float) -> list[int]:
    """From `start` to `end` by pieces of whole bars, counted from a line."""
    grid = play.deck.grid
    bar = grid.bar_s * SAMPLE_RATE_HZ / rate if grid else _PIECE / 8
    step = max(1, round(_PIECE / bar)) * bar
    inner = [round(line + count * step) for count in range(1, int((end - line) / step) + 1)]
    return [start, *(cut for cut in inner if cut < end - bar), end]


def _stretched(source: Audio, rate: float, semitones: int) -> Audio:
    stretch = Stretch()
    stretch.preset(2, SAMPLE_RATE_HZ)
    stretch.setTimeFactor(rate)
    if semitones:
        stretch.setTransposeSemitones(semitones)
    return np.asarray(stretch.process(source), np.float32)


def _resampled(source: Audio, rate: float) -> Audio:
    made = soxr.resample(source.T, SAMPLE_RATE_HZ * rate, SAMPLE_RATE_HZ, quality="VHQ")
    return np.ascontiguousarray(made.T)
