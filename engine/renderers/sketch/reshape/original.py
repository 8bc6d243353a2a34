"""The original: the track that is reshaped, in the terms of a chart.

Knows time, form, harmony and the notes worth keeping; not how they came to be known, and nothing
of sound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.audio import SAMPLE_RATE_HZ
from engine.keys import Key
from engine.renderers.sketch.band.chart import Changes, lay_changes
from engine.renderers.sketch.compose import Plan
from engine.renderers.sketch.form import Form, Section
from engine.renderers.sketch.score import Clock, Line, Note
from engine.renderers.sketch.theory.harmony import Chord
from engine.renderers.sketch.theory.rhythm import Grid

_ON_THE_LINE = 0.02
"""Bars; what is nearer to a bar line than this is on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """A track in the terms of a chart.

    Beat 0 is the first bar line at or before the first sample, so `clock` may place it before
    0 s. `kept` are the notes of each role that a cover may keep, `accents` how much each step of
    the grid stands out, 0 to 1, from beat 0 on.
    """

    grid: Grid
    clock: Clock
    key: Key
    form: Form
    changes: Changes
    samples: int
    kept: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    accents: tuple[float, ...] = ()
    first_bar: int = 0
    """The bar with which the music begins, after silence."""
    last_bar: int = 0
    """The bar line up to which it goes on at full strength."""
    tuning_cents: float = 0.0
    """How far the track lies above A = 440 Hz."""
    timed: bool = True
    """False: no beat was heard, and bars are only a way to count time."""
    plan: Plan | None = None
    """Who plays and how, where that is known."""
    lines: tuple[Line, ...] = ()
    """Every note, where that is known."""
    said: tuple[str, ...] = ()
    """What the listener should know about how all this came to be known."""

    @property
    def lead_s(self) -> float:
        """How long beat 0 is before the first sample."""
        return max(0.0, -self.clock.moment_s(0.0))

    @property
    def duration_s(self) -> float:
        return self.samples / SAMPLE_RATE_HZ

    def bar_s(self, bar: int) -> float:
        """When a bar begins, in seconds; bars go on before and after the track."""
        return self.clock.moment_s(float(bar * self.grid.meter.beats))

    def bar_at(self, moment_s: float) -> float:
        """The place of a moment, in bars from beat 0."""
        return self.clock.beat(moment_s) / self.grid.meter.beats

    def bar_length_s(self, bar: int) -> float:
        return self.bar_s(bar + 1) - self.bar_s(bar)

    def chords(self) -> list[tuple[Chord, ...]]:
        """The chords of each bar up to the last line of the form or of the music."""
        bars = [tuple(span.chord for span in bar) for bar in self.changes.bars]
        return bars + bars[-1:] * (max(self.form.bars, self.last_bar) - len(bars))


def steady_clock(grid: Grid) -> Clock:
    """Beat 0 on the first sample and a constant tempo."""
    beats = float(grid.meter.beats)
    return Clock((0.0, beats), (0.0, beats * grid.beat_s))


def later(clock: Clock, seconds: float) -> Clock:
    """The same beats, each so much later."""
    return replace(clock, moments_s=tuple(moment + seconds for moment in clock.moments_s))


def whole_bars(bars: float) -> int:
    """How many bar lines a place in bars has reached."""
    return math.floor(bars + _ON_THE_LINE)


def extended(original: Original, before: list[Section], after: list[Section]) -> Original:
    """The same music with sections put before bar 0 or after its last line, chords going on.

    The bars of the new sections are counted from 0; chords before come from the first phrase,
    those after from the phrase that ends at `last_bar`. Time is still the track's own, so the
    clock's beats move on by the bars put before, and moments do not.
    """
    unit = max(1, min(original.form.unit, 8, original.last_bar or 1))
    ahead, behind = _length(before), _length(after)
    chords = original.chords()[: original.last_bar or None] if after else original.chords()
    first, last = chords[:unit], chords[-unit:]
    bars = [
        *(first[(bar - ahead) % len(first)] for bar in range(ahead)),
        *chords,
        *(last[bar % len(last)] for bar in range(behind)),
    ]
    beats = original.grid.meter.beats
    shift = float(ahead * beats)
    own = _until(original.form.sections, original.last_bar) if after else original.form.sections
    sections = (
        *before,
        *_moved(own, ahead),
        *_moved(tuple(after), ahead + original.last_bar),
    )
    end = sections[-1].end
    ring = original.form.end - original.form.bars * beats
    return replace(
        original,
        form=replace(original.form, sections=sections, end=end * beats + ring),
        changes=lay_changes(bars, beats, original.changes.final),
        clock=replace(original.clock, beats=tuple(beat + shift for beat in original.clock.beats)),
        lines=tuple(moved(line, shift) for line in original.lines),
    )


def moved(line: Line, beats: float) -> Line:
    """A line that much later, with its rides."""
    return replace(
        line,
        notes=tuple(replace(note, start=note.start + beats) for note in line.notes),
        rides=tuple(
            replace(ride, start=ride.start + beats, end=ride.end + beats) for ride in line.rides
        ),
    )


def _length(sections: list[Section]) -> int:
    return sections[-1].end if sections else 0


def _moved(sections: tuple[Section, ...], bars: int) -> tuple[Section, ...]:
    return tuple(replace(section, start=section.start + bars) for section in sections)


def _until(sections: tuple[Section, ...], bar: int) -> tuple[Section, ...]:
    """The sections before a bar line; the last goes on up to it."""
    kept = [section for section in sections if section.start < bar]
    return (*kept[:-1], replace(kept[-1], bars=bar - kept[-1].start)) if kept else ()
