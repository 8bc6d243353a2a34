"""Steps and bars: how a figure written as text becomes moments in time, in any meter.

A figure is a string with one character per step, four steps a beat (six in 6/8); spaces only help
the eye. A letter or digit is an onset, `-` holds it, `.` is silence. What the letters mean is the
business of whoever plays the figure. Nothing here knows pitch or sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.renderers.sketch.score import Meter

FASTEST_STEP_S = 0.064
"""Shorter steps blur into a buzz, so players leave out every other one."""

# Where the eight steps of two straight beats fall among the six of one compound beat: onto the
# three eighths, so that a straight figure keeps its shape and gets a ternary lilt.
_TO_COMPOUND = (0, 1, 2, 2, 4, 4, 4, 5)


@dataclass(frozen=True, slots=True)
class Event:
    """An onset in a bar; `step` and `length` in steps, `mark` is the character that wrote it."""

    step: int
    length: int
    mark: str


Bar = tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where steps lie in time.

    `swing` is where the second of a pair of steps falls within the pair: 0.5 straight, 0.667 a
    triplet. The pairs are of `swing_steps` steps each: 1 swings sixteenths, 2 swings eighths.
    Compound meters lilt by themselves and never swing.
    """

    meter: Meter
    bpm: float
    swing: float = 0.5
    swing_steps: int = 1

    @property
    def steps_per_beat(self) -> int:
        return 2 * self.meter.division

    @property
    def steps_per_bar(self) -> int:
        return self.meter.beats * self.steps_per_beat

    @property
    def step_beats(self) -> float:
        return 1.0 / self.steps_per_beat

    @property
    def beat_s(self) -> float:
        return 60.0 / self.bpm

    def beat(self, bar: int, step: int) -> float:
        """The moment of a step, in beats from the start of the piece, with swing."""
        return self._offsets[step % self.steps_per_bar] + self.meter.beats * (
            bar + step // self.steps_per_bar
        )

    def playable(self, step: int) -> bool:
        """False for the in-between steps of a tempo at which they would blur."""
        return step % 2 == 0 or self.beat_s * self.step_beats >= FASTEST_STEP_S

    def strength(self, step: int) -> int:
        """2 on the downbeat and the middle of a bar of four, 1 on other beats, 0 between."""
        if step % self.steps_per_beat:
            return 0
        beat = step // self.steps_per_beat
        return 2 if beat == 0 or (self.meter.beats == 4 and beat == 2) else 1

    @property
    def _offsets(self) -> tuple[float, ...]:
        return _offsets(self.meter, self.swing, self.swing_steps)


@lru_cache(maxsize=256)
def _offsets(meter: Meter, swing: float, swing_steps: int) -> tuple[float, ...]:
    """The moment of each step of a bar, in beats."""
    per_beat = 2 * meter.division
    steps = range(meter.beats * per_beat)
    if meter.division == 3:
        return tuple(step / per_beat for step in steps)
    pair = 2 * swing_steps
    late = (swing - 0.5) * pair / per_beat
    # Steps before the swung one move in proportion, so their order is kept.
    shifts = [late * min(i, pair - i) / swing_steps for i in range(pair)]
    return tuple(step / per_beat + shifts[step % pair] for step in steps)


@lru_cache(maxsize=4096)
def bars(figure: str, meter: Meter) -> tuple[Bar, ...]:
    """A figure written for 4/4, read for this meter: one tuple of events per bar.

    2/4 takes it in halves, 3/4 the first three beats of each bar, 6/8 puts two straight beats onto
    one compound beat.
    """
    events = _events(figure)
    total = len(figure.replace(" ", ""))
    if meter.signature == "6/8":
        events = tuple(_compound(events))
        total = total * 3 // 4
        size = width = 12
    elif meter.signature == "3/4":
        size, width = 16, 12
    else:
        size = width = 4 * meter.beats
    return tuple(
        tuple(_within(events, start, width, whole=meter.signature != "3/4"))
        for start in range(0, total, size)
    )


@lru_cache(maxsize=4096)
def bars_as_written(figure: str, meter: Meter) -> tuple[Bar, ...]:
    """A figure written for this very meter, cut into its bars."""
    width = meter.beats * 2 * meter.division
    total = len(figure.replace(" ", ""))
    return tuple(
        tuple(_within(_events(figure), start, width, whole=True))
        for start in range(0, total, width)
    )


def _events(figure: str) -> tuple[Event, ...]:
    events: list[Event] = []
    for step, mark in enumerate(figure.replace(" ", "")):
        if mark == "-" and events:
            last = events[-1]
            events[-1] = Event(last.step, step - last.step + 1, last.mark)
        elif mark not in ".-":
            events.append(Event(step, 1, mark))
    return tuple(events)


def _compound(events: tuple[Event, ...]) -> list[Event]:
    moved: dict[int, Event] = {}
    for event in events:
        half, place = divmod(event.step, 8)
        step = half * 6 + _TO_COMPOUND[place]
        moved.setdefault(step, Event(step, max(1, round(event.length * 0.75)), event.mark))
    return list(moved.values())


def _within(events: tuple[Event, ...], start: int, width: int, *, whole: bool) -> list[Event]:
    """The events of one bar, counted from its start; cut at its end unless they stay `whole`."""
    return [
        Event(
            event.step - start,
            event.length if whole else min(event.length, start + width - event.step),
            event.mark,
        )
        for event in events
        if start <= event.step < start + width
    ]
