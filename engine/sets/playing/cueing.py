"""Cueing: both decks of a join by themselves, as a DJ hears them in the headphones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio
from engine.sets.playing.crossing import Crossing, Pair, Voice
from engine.sets.playing.mixing import Booth
from engine.sets.playing.sources import Crate
from engine.sets.timeline import Join, Timeline

_AROUND = 4 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Cued:
    """A join from four seconds before it to four after, from `first` of the mix on.

    All audio is float32 [2, n] of one length: the decks at their level, silent where they don't
    play, and what the mix has of each.
    """

    join: Join
    first: int
    decks: tuple[Audio, Audio]
    parts: tuple[Audio, Audio]

    def at(self, moment: int) -> int:
        """Where a sample of the mix is in the audio."""
        return moment - self.first


def cue(timeline: Timeline, number: int, scratch: Path) -> Cued:
    """Both decks of a join. Raises `AudioUnreadable` for a file that isn't what it was."""
    join = timeline.joins[number]
    first = max(0, join.start - _AROUND)
    last = min(timeline.samples, join.end + _AROUND)
    with Crate(scratch) as crate:
        booth = Booth(timeline, crate)
        crossed = booth.crossing(number)
        pair = Pair(join, booth.voice(number), booth.voice(number + 1))
        decks = (_alone(pair.out, first, last), _alone(pair.into, first, last))
        parts = _parts(crossed, decks, first)
    return Cued(join, first, decks, parts)


def _alone(voice: Voice, first: int, last: int) -> Audio:
    play = voice.player.play
    start, end = max(first, play.start), min(last, play.end)
    audio = np.zeros((2, last - first), np.float32)
    audio[:, start - first : end - first] = voice.read(start, end)
    return audio


def _parts(crossed: Crossing, decks: tuple[Audio, Audio], first: int) -> tuple[Audio, Audio]:
    out, into = decks[0].copy(), decks[1].copy()
    start, end = max(0, crossed.first - first), crossed.last - first
    into[:, :start] = 0.0
    out[:, end:] = 0.0
    out[:, start:end], into[:, start:end] = crossed.parts(start + first, end + first)
    return out, into
