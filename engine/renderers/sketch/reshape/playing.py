"""Playing: new lines become sound at the original's own time, all of it or a stretch.

Knows when beats fall in the track; not why the notes are what they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import SILENCE_LUFS, loudness_lufs
from engine.errors import Cancelled as CancelledError
from engine.renderers.protocol import Cancelled, Progress
from engine.renderers.sketch.master import master
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.reshape.original import Original, later
from engine.renderers.sketch.score import Line, Note, Score
from engine.renderers.sketch.synth.waves import Samples

_RUN_UP_S = 6.0
"""How much is played before a stretch, so that what rings into it is there."""
_EDGE_S = 0.004
_MOST_DB = 12.0
_IN_TUNE_CENTS = 4.0
"""Less than this nobody hears."""

MIXING, MASTERING = 0.1, 0.8
"""How much of the work is done when these stages begin."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a piece is played: who hears of its progress, and who may stop it."""

    progress: Progress
    cancelled: Cancelled

    def part(self, start: float, end: float) -> Stage:
        """The same, for work that is only this part of the whole."""
        return Stage(
            lambda stage, done: self.progress(stage, start + (end - start) * done), self.cancelled
        )


def play(score: Score, original: Original, span: tuple[int, int], stage: Stage) -> Samples:
    """The unmastered mix of a score between two samples of the track, [2, end - start].

    `score` is in the original's beats. A stretch that begins in mid-music fades in over 4 ms.
    """
    start, end = span
    from_s, to_s = start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ
    zero_s = max(-original.lead_s, from_s - _RUN_UP_S)
    ahead = round((from_s - zero_s) * SAMPLE_RATE_HZ)
    clock = later(original.clock, ahead / SAMPLE_RATE_HZ - from_s)
    lines = tuple(
        _tuned(_between(line, original, zero_s, to_s), original.tuning_cents)
        for line in score.lines
    )
    heard = replace(
        score, samples=ahead + end - start, clock=clock,
        lines=tuple(line for line in lines if line.notes),
    )  # fmt: skip
    mix = mixdown(heard, stage.progress, stage.cancelled)[:, ahead:]
    if ahead:
        edge = min(round(_EDGE_S * SAMPLE_RATE_HZ), mix.shape[1])
        mix[:, :edge] *= np.linspace(0.0, 1.0, edge, dtype=np.float32)
    return mix


def finish(score: Score, original: Original, span: tuple[int, int], stage: Stage) -> Samples:
    """The same, mastered."""
    mix = play(score, original, span, stage.part(MIXING, MASTERING))
    if stage.cancelled():
        raise CancelledError("Stopped on request before it was finished.")
    stage.progress("mastering", MASTERING)
    return master(mix, score.room)


def as_loud_as(old: Samples, new: Samples) -> np.float32:
    """The gain that brings `new` to the loudness of `old`, by 12 dB at most; 1 for silence."""
    levels = loudness_lufs(old), loudness_lufs(new)
    if min(levels) <= SILENCE_LUFS:
        return np.float32(1.0)
    gain_db = min(_MOST_DB, max(-_MOST_DB, levels[0] - levels[1]))
    return np.float32(10 ** (gain_db / 20))


def _between(line: Line, original: Original, from_s: float, to_s: float) -> Line:
    """The line without what begins before or after a stretch; what is held into it begins there."""
    begin = original.clock.beat(from_s)
    end = original.clock.beat(to_s)
    return replace(line, notes=tuple(_held(note, begin) for note in line.notes
                                     if note.start < end and _sounds(note, begin)))  # fmt: skip


def _tuned(line: Line, cents: float) -> Line:
    """The line in the track's own tuning."""
    if abs(cents) < _IN_TUNE_CENTS:
        return line
    by = cents / 100.0
    return replace(line, notes=tuple(
        replace(note, pitch=note.pitch + by,
                glide_to=None if note.glide_to is None else note.glide_to + by)
        for note in line.notes
    ))  # fmt: skip


def _sounds(note: Note, begin: float) -> bool:
    return note.start >= begin or (not note.sound and note.start + note.length > begin)


def _held(note: Note, begin: float) -> Note:
    if note.start >= begin or math.isclose(note.start, begin):
        return note
    return replace(note, start=begin, length=note.start + note.length - begin)
