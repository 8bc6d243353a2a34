"""Chords: comping in rhythm, pads that hold, arpeggios that break them up.

Knows voicings and figures; whoever plays, one chord leads smoothly into the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.renderers.sketch.band.arrangement import window
from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.dynamics import cutoff_rides, steady
from engine.renderers.sketch.band.figures import calm_and_full, figures_for
from engine.renderers.sketch.band.instruments import Instrument
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.styles.style import Arp, Role
from engine.renderers.sketch.theory.harmony import voice
from engine.renderers.sketch.theory.rhythm import Bar, Event, bars
from engine.renderers.sketch.theory.streams import pick

SHAPES: dict[str, tuple[int, ...]] = {
    "up": (0, 1, 2, 3, 4, 5),
    "down": (5, 4, 3, 2, 1, 0),
    "updown": (0, 1, 2, 3, 4, 3, 2, 1),
    "skip": (0, 2, 1, 3, 2, 4, 3, 1),
}
"""Orders in which an arpeggio runs through its chord's tones, lowest 0."""

_VELOCITIES = {"X": 0.9, "x": 0.76, "o": 0.55, "l": 0.72, "u": 0.72}
_FULL_ENERGY = 0.7
_POWER_RANGE = (40, 58)
"""Where distorted guitars play their fifths; thirds would growl there."""
_COMP_RANGE, _PAD_RANGE = (53, 76), (50, 77)
_LUSH = 0.5
"""From this density on a pad takes a voice more; on the sparse side, one less."""
_DOUBLE_DELAY_BEATS = 0.02
_DOUBLE_PAN = 0.75
_DEFAULT_ARP = Arp((), ("x.x. x.x. x.x. x.x.", "xxxx xxxx xxxx xxxx"))


@dataclass(frozen=True, slots=True)
class _Hand:
    """How many voices a hand plays and where."""

    low: int
    high: int
    size: int


@dataclass(frozen=True, slots=True)
class _Voicings:
    """One voicing for each chord of the changes, each led from the one before."""

    starts: tuple[float, ...]
    voicings: tuple[tuple[int, ...], ...]

    def at(self, beat: float) -> tuple[int, ...]:
        return self.voicings[max(0, bisect_right(self.starts, beat + 1e-6) - 1)]


def play_chords(chart: Chart) -> tuple[Line, ...]:
    """The comping line; doubled left and right where the style does so."""
    seat = chart.ensemble.seat("chords")
    if seat is None:
        return ()
    comp = chart.style.chords
    figures, rng = comp.figures if comp else ("",), chart.stream("comping")
    calm, full = calm_and_full(figures, chart.grid.meter, chart.mood.energy, rng)
    voicings = _lead(chart, _hand(seat, _COMP_RANGE))
    notes: list[Note] = []
    for section in chart.form.sections:
        figure = full if section.energy >= _FULL_ENERGY else calm
        if figure and section.kind != "breakdown":
            notes += _comp(chart, section, bars(figure, chart.grid.meter), voicings)
        else:
            notes += _hold(chart, section, "chords", voicings, 0.66)
    notes += _last(chart, voicings, 0.8)
    line = _line(chart, seat, tuple(notes), gain_db=-2.0, base=0.66, duck=0.8)
    if comp and comp.doubled and seat.patch in comp.patches:
        return _doubled(line)
    return (line,)


def play_pad(chart: Chart) -> tuple[Line, ...]:
    seat = chart.ensemble.seat("pad")
    if seat is None:
        return ()
    hand = _hand(seat, _PAD_RANGE)
    lushness = (chart.mood.density >= _LUSH) - (chart.mood.density <= -_LUSH)
    voicings = _lead(chart, replace(hand, size=hand.size + lushness))
    notes: list[Note] = []
    for section in chart.form.sections:
        notes += _hold(chart, section, "pad", voicings, 0.5 + 0.25 * section.energy)
    notes += _last(chart, voicings, 0.6)
    return (_line(chart, seat, tuple(notes), gain_db=-4.0, base=0.55, duck=1.0),)


def play_arp(chart: Chart) -> tuple[Line, ...]:
    """Broken chords in a steady figure, an octave up in the fullest sections."""
    seat = chart.ensemble.seat("arp")
    if seat is None:
        return ()
    arp = chart.style.arp or _DEFAULT_ARP
    rng = chart.stream("arp")
    shape = SHAPES[pick(rng, arp.shapes)]
    meter = chart.grid.meter
    figure = bars(pick(rng, figures_for(arp.figures, meter, chart.mood.energy)), meter)
    high = min(seat.high, 86)
    low = max(seat.low, 57)
    voicings = _lead(chart, _Hand(low, max(high - 7, low + 14), 3))
    notes: list[Note] = []
    for section in chart.form.sections:
        count = 0
        for bar in window(chart, section, "arp"):
            for event in figure[bar % len(figure)]:
                if not chart.grid.playable(event.step):
                    continue
                start = chart.grid.beat(bar, event.step)
                voicing = voicings.at(start)
                pool = (*voicing, *(pitch + 12 for pitch in voicing))
                pitch = pool[shape[count % len(shape)] % len(pool)]
                accent = 0.08 * chart.grid.strength(event.step)
                length = max(event.length, 1) * chart.grid.step_beats * 0.9
                notes.append(Note(start, length, round(0.58 + accent, 2), float(min(pitch, 96))))
                count += 1
    if not notes:
        return ()
    line = _line(chart, seat, tuple(notes), gain_db=-5.0, base=0.55, duck=0.8)
    return (replace(line, delay=max(line.delay, 0.2)),)


def _hand(seat: Instrument, span: tuple[int, int]) -> _Hand:
    if seat.patch == "crunch_guitar":
        return _Hand(*_POWER_RANGE, 3)
    low = max(seat.low, span[0])
    return _Hand(low, max(min(seat.high, span[1]), low + 14), 4)


def _lead(chart: Chart, hand: _Hand) -> _Voicings:
    previous: tuple[int, ...] = ()
    led: list[tuple[int, ...]] = []
    starts = (*chart.changes.starts, chart.hit)
    chords = (*(span.chord for span in chart.changes.spans), chart.changes.final)
    for chord in chords:
        previous = voice(chord, previous, hand.low, hand.high, hand.size)
        led.append(previous)
    return _Voicings(starts, tuple(led))


def _comp(
    chart: Chart, section: Section, figure: tuple[Bar, ...], voicings: _Voicings
) -> Iterator[Note]:
    gate = chart.style.chords.gate if chart.style.chords else 0.9
    for bar in window(chart, section, "chords"):
        for event in figure[bar % len(figure)]:
            if not chart.grid.playable(event.step):
                continue
            start = chart.grid.beat(bar, event.step)
            length = min(event.length * chart.grid.step_beats * gate, chart.hit - start)
            for pitch in _struck(voicings.at(start), event):
                yield Note(start, length, _VELOCITIES[event.mark], float(pitch))


def _struck(voicing: tuple[int, ...], event: Event) -> tuple[int, ...]:
    if event.mark == "l":
        return voicing[: len(voicing) // 2]
    if event.mark == "u":
        return voicing[len(voicing) // 2 :]
    return voicing


def _hold(
    chart: Chart, section: Section, role: Role, voicings: _Voicings, velocity: float
) -> Iterator[Note]:
    """Each chord held until the next; a tone that both share is tied over, not struck again."""
    velocity = round(velocity * 20) / 20
    held: dict[int, Note] = {}
    for bar in window(chart, section, role):
        for span in chart.changes.bars[bar]:
            voicing = voicings.at(span.start)
            for pitch in [pitch for pitch in held if pitch not in voicing]:
                yield held.pop(pitch)
            for pitch in voicing:
                note = held.get(pitch, Note(span.start, 0.0, velocity, float(pitch)))
                length = span.start + span.length - note.start
                held[pitch] = replace(note, length=length)
    yield from held.values()


def _last(chart: Chart, voicings: _Voicings, velocity: float) -> Iterator[Note]:
    for pitch in voicings.at(chart.hit):
        yield Note(chart.hit, chart.ring, velocity, float(pitch))


def _line(
    chart: Chart,
    seat: Instrument,
    notes: tuple[Note, ...],
    *,
    gain_db: float,
    base: float,
    duck: float,
) -> Line:
    """A chord instrument's line; `duck` is its share of the style's pumping."""
    return Line(
        seat.part,
        seat.patch,
        notes,
        gain_db=gain_db,
        pan=seat.pan,
        reverb=min(1.0, max(0.0, seat.reverb + 0.2 * chart.mood.space)),
        delay=seat.delay,
        duck=round(chart.style.duck * duck, 3),
        cutoff=steady(chart, base),
        rides=cutoff_rides(chart, base, 0.35),
    )


def _doubled(line: Line) -> tuple[Line, ...]:
    """The same part played twice, a moment apart, hard left and right."""
    late = tuple(replace(note, start=note.start + _DOUBLE_DELAY_BEATS) for note in line.notes)
    return (
        replace(line, pan=-_DOUBLE_PAN, gain_db=line.gain_db - 3.0),
        replace(line, pan=_DOUBLE_PAN, gain_db=line.gain_db - 3.0, notes=late),
    )
