"""Pitches for a motif: the singer's sense of where to go on these chords.

Chord tones on strong beats and long notes, steps rather than leaps, leaps turned back, always in
range and in key.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.instruments import Instrument
from engine.renderers.sketch.score import Note
from engine.renderers.sketch.theory.harmony import Chord, ladder
from engine.renderers.sketch.theory.motif import Motif
from engine.renderers.sketch.theory.streams import chance

_WIDEST = 9
"""Semitones: a major sixth is the largest leap."""
_LEAP = 4
_FOREIGN, _ASTRAY, _FURTHER, _RESTLESS, _STUCK = 9.0, 0.45, 6.0, 4.0, 2.5
"""What it costs to leave the chord on a strong beat, each semitone beyond a leap, to go on in the
direction of a leap, to leap again, and to repeat a note a third time."""
_STRONG_VELOCITY, _WEAK_VELOCITY = 0.82, 0.7
_APPROACH_CHANCE = 0.3


def pitched(
    chart: Chart,
    seat: Instrument,
    motif: Motif,
    bar: int,
    *,
    anchor: float,
    before: tuple[Note, ...] = (),
) -> list[Note]:
    """The motif's notes from a bar on, around the MIDI pitch `anchor`.

    `before` are the line's last notes, from which the first one continues.
    """
    grid = chart.grid
    scale_step = 12 / (5 if chart.style.pentatonic else 7)
    past = [note.pitch for note in before[-2:]]
    notes: list[Note] = []
    for degree in motif:
        start = grid.beat(bar, degree.step)
        length = grid.beat(bar, degree.step + degree.length) - start
        if start >= chart.hit or length <= 0:
            continue
        chord = chart.changes.at(start)
        strength = grid.strength(degree.step % grid.steps_per_bar)
        strong = strength == 2 or degree.length >= grid.steps_per_beat
        wished = anchor + degree.rise * scale_step
        pitch = _choose(chart, seat, chord, wished, past, strong)
        velocity = _STRONG_VELOCITY if strength else _WEAK_VELOCITY
        notes.append(Note(start, min(length * 0.95, chart.hit - start), velocity, pitch))
        past = [*past[-1:], pitch]
    return notes


def approached(chart: Chart, notes: list[Note]) -> list[Note]:
    """Some weak notes lean into the next from a semitone away, as jazz players do."""
    if chart.style.idiom != "chromatic":
        return notes
    rng = chart.stream(f"approaches {notes[0].start if notes else 0}")
    leaning = list(notes)
    for place in range(1, len(notes) - 1):
        note, following = notes[place], notes[place + 1]
        weak = note.start % 1.0 > 0.1 and note.length < 0.6
        if weak and chance(rng, _APPROACH_CHANCE):
            side = -1 if leaning[place - 1].pitch <= following.pitch else 1
            if abs(following.pitch + side - leaning[place - 1].pitch) > _LEAP:
                continue
            leaning[place] = Note(note.start, note.length, note.velocity, following.pitch + side)
    return leaning


def _choose(
    chart: Chart,
    seat: Instrument,
    chord: Chord,
    wished: float,
    past: list[float],
    strong: bool,
) -> float:
    """The pitch of the chord's ladder with the least cost."""
    idiom = chart.style.idiom
    rungs = ladder(
        chart.key, chord, pentatonic=chart.style.pentatonic, borrowed=idiom != "diatonic"
    )
    low, high = seat.low, seat.high
    wished = min(max(wished, low + 1), high - 1)
    if past:
        low, high = max(low, int(past[-1]) - _WIDEST), min(high, int(past[-1]) + _WIDEST)
    near = rungs[bisect_left(rungs, low) : bisect_right(rungs, high)]
    if not near:
        return float(min(rungs, key=lambda pitch: abs(pitch - wished)))
    tones = chord.classes
    leap = past[-1] - past[-2] if len(past) == 2 else 0.0

    def cost(pitch: int) -> float:
        total = abs(pitch - wished)
        if strong and pitch % 12 not in tones:
            total += _FOREIGN
        if past:
            move = pitch - past[-1]
            total += _ASTRAY * max(0.0, abs(move) - _LEAP)
            if abs(leap) > _LEAP:
                total += _FURTHER * (move * leap > 0) + _RESTLESS * (abs(move) > _LEAP)
            if move == 0 and leap == 0 and len(past) == 2:
                total += _STUCK
        return total

    return float(min(near, key=cost))
