"""The bass player: figures on the roots, walking lines, slides; always under the chords.

Knows the changes and the figures of the style; in key but for chromatic idioms' approaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from numpy.random import Generator

from engine.renderers.sketch.band.arrangement import window
from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.dynamics import cutoff_rides, steady
from engine.renderers.sketch.band.figures import calm_and_full
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.theory.harmony import Chord, ladder, scale_of
from engine.renderers.sketch.theory.rhythm import Event, bars
from engine.renderers.sketch.theory.streams import chance, pick

_FULL_ENERGY = 0.7
"""From here on the fuller of the piece's two figures is played."""
_LOUD, _SOFT = 0.86, 0.74
_SLIDING_STEPS = 4
"""Only notes at least this long slide into the next."""
_KICK_ROOM = 0.2
"""How far a bass dips under the kick even where a style does not pump."""


def play_bass(chart: Chart) -> tuple[Line, ...]:
    seat = chart.ensemble.seat("bass")
    if seat is None:
        return ()
    notes = tuple(_notes(chart))
    line = Line(
        "bass",
        seat.patch,
        notes,
        gain_db=chart.style.bass.gain_db,
        reverb=seat.reverb,
        duck=max(_KICK_ROOM, chart.style.duck),
        cutoff=steady(chart, 0.6),
        rides=cutoff_rides(chart, 0.6, 0.25),
    )
    return (line,) if notes else ()


def _notes(chart: Chart) -> Iterator[Note]:
    rng = chart.stream("bass")
    figures, meter = chart.style.bass.figures, chart.grid.meter
    calm, full = calm_and_full(figures, meter, chart.mood.energy, rng)
    for section in chart.form.sections:
        figure = bars(full if section.energy >= _FULL_ENERGY else calm, meter)
        for bar in window(chart, section, "bass"):
            if chart.style.bass.walking:
                yield from _walk(chart, bar, rng)
            else:
                yield from _play(chart, section, bar, figure[bar % len(figure)], rng)
    root = _low(chart, chart.changes.final.root)
    yield Note(chart.hit, chart.ring, _LOUD, root)


def _play(
    chart: Chart, section: Section, bar: int, events: tuple[Event, ...], rng: Generator
) -> Iterator[Note]:
    grid, style = chart.grid, chart.style
    if bar == section.end - 1 and section.bars >= 4 and chart.style.duck < 0.3:
        events = _turned_around(events, grid.steps_per_bar)
    for event in events:
        if not grid.playable(event.step):
            continue
        start = grid.beat(bar, event.step)
        length = event.length * grid.step_beats * style.bass.gate
        length = min(length, chart.hit - start)
        pitch = _pitch(chart, start, event.mark)
        velocity = _LOUD if grid.strength(event.step) else _SOFT
        glide: float | None = None
        if event.mark == "s":
            glide = pitch + 12.0
        elif event.length >= _SLIDING_STEPS and chance(rng, style.bass.slides):
            glide = float(_low(chart, chart.changes.after(start).root))
        yield Note(start, length, velocity, pitch, glide_to=None if glide == pitch else glide)


def _turned_around(events: tuple[Event, ...], steps: int) -> tuple[Event, ...]:
    """A section's last bar leads on: its last quarter becomes an approach."""
    last = steps - (2 if steps <= 12 else 4)
    kept = [
        Event(event.step, min(event.length, last - event.step), event.mark)
        for event in events
        if event.step < last
    ]
    return (*kept, Event(last, 2, "a"))


def _low(chart: Chart, pitch_class: int) -> int:
    floor = chart.style.bass.low
    return floor + (pitch_class - floor) % 12


def _pitch(chart: Chart, beat: float, mark: str) -> float:
    chord = chart.changes.at(beat)
    if mark == "n":
        return float(_low(chart, chart.changes.after(beat).root))
    if mark == "a":
        return float(_approach(chart, _low(chart, chart.changes.after(beat).root)))
    above = {"3": chord.third, "5": chord.fifth, "7": chord.seventh, "8": 12}.get(mark, 0)
    root = _low(chart, chord.root)
    allowed = ladder(chart.key, chord, borrowed=chart.style.idiom != "diatonic")
    return float(root + above if root + above in allowed else root)


def _approach(chart: Chart, target: int) -> int:
    """The note before a root: a semitone below in chromatic idioms, else the scale step below."""
    if chart.style.idiom == "chromatic":
        return target - 1
    scale = scale_of(chart.key)
    return next(target - step for step in (1, 2, 3) if (target - step) % 12 in scale)


def _walk(chart: Chart, bar: int, rng: Generator) -> Iterator[Note]:
    """Quarters from root to root: chord tones and steps, the last one leading by a semitone.

    In compound time the quarters become the pulse's first and last eighth.
    """
    grid = chart.grid
    compound = grid.meter.division == 3
    steps = [0, 4, 6, 10] if compound else list(range(0, grid.steps_per_bar, grid.steps_per_beat))
    pitch = float(_low(chart, chart.changes.at(grid.beat(bar, 0)).root))
    for place, step in enumerate(steps):
        beat = grid.beat(bar, step)
        chord = chart.changes.at(beat)
        root = _low(chart, chord.root)
        following = chart.changes.at(grid.beat(bar, step + grid.steps_per_beat))
        if place == 0 or chord != chart.changes.at(grid.beat(bar, steps[place - 1])):
            pitch = float(root)
        elif place == len(steps) - 1 or following != chord:
            target = _low(chart, following.root)
            pitch = float(target + pick(rng, (-1, 1)))
        else:
            pitch = float(_stride(chord, root, pitch, rng))
        length = (steps[place + 1] if place + 1 < len(steps) else grid.steps_per_bar) - step
        yield Note(
            beat,
            length * grid.step_beats * chart.style.bass.gate,
            _LOUD if place == 0 else _SOFT,
            pitch,
        )


def _stride(chord: Chord, root: int, pitch: float, rng: Generator) -> float:
    """The next chord tone within a fifth, not the one just played."""
    tones = [root, root + chord.third, root + chord.fifth, root + chord.seventh, root + 12]
    near = [tone for tone in tones if tone != pitch and abs(tone - pitch) <= 7]
    return float(pick(rng, near or tones))
