"""The wordless singer: a note for every syllable of the lyrics, a phrase for every line.

The voice has vowels but no consonants, so the words themselves are not heard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.instruments import Instrument
from engine.renderers.sketch.band.pitching import pitched
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.reading.syllables import sung_vowels
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.theory.motif import Degree, Motif, along, contour

FASTEST_SYLLABLE_S = 0.085
_BREATH = 0.82
"""How much of a line's time is sung; the rest is breath."""
_CHORUS_LIKE = ("chorus", "drop", "theme")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A line of text: its vowels, its first step within the section and the steps it may fill."""

    vowels: tuple[str, ...]
    step: int
    room: int


def sing(chart: Chart, language: str) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The vocal line, and a warning if some lines had no room."""
    seat = chart.ensemble.singer
    notes: list[Note] = []
    left_out = 0
    for section in chart.form.sections:
        phrases, missed = _phrases(chart, section, language)
        left_out += missed
        for place, phrase in enumerate(phrases):
            notes += _phrase(chart, seat, section, place, phrase, tuple(notes))
    warnings: tuple[str, ...] = ()
    if left_out:
        lines = "line" if left_out == 1 else "lines"
        warnings = (
            f"lyrics: no time to sing {left_out} {lines}; give a longer duration or fewer lines.",
        )
    if not notes:
        return (), warnings
    line = Line(
        "vocals",
        "voice",
        tuple(notes),
        gain_db=0.5,
        reverb=seat.reverb,
        delay=seat.delay,
        cutoff=0.65,
    )
    return (line,), warnings


def _phrases(chart: Chart, section: Section, language: str) -> tuple[list[_Phrase], int]:
    """A section's lines laid out evenly, and how many found no room."""
    lines = [vowels for line in section.lines if (vowels := sung_vowels(line, language))]
    total = section.bars * chart.grid.steps_per_bar
    pace = _fastest_pace(chart)
    for count in range(len(lines), 0, -1):
        room = _room(chart, total, count)
        if all(len(vowels) * pace <= _sung_steps(room) for vowels in lines[:count]):
            placed = [
                _Phrase(vowels, place * room, room) for place, vowels in enumerate(lines[:count])
            ]
            return placed, len(lines) - count
    return [], len(lines)


def _fastest_pace(chart: Chart) -> int:
    """The fewest steps a syllable may take at this tempo."""
    return max(1, math.ceil(FASTEST_SYLLABLE_S / (chart.grid.beat_s * chart.grid.step_beats)))


def _sung_steps(room: int) -> int:
    return max(1, int(room * _BREATH)) if room else 0


def _room(chart: Chart, total: int, count: int) -> int:
    """The steps of each of `count` lines: whole bars or beats if possible, never uneven."""
    room = total // count
    for line in (chart.grid.steps_per_bar, chart.grid.steps_per_beat):
        if room >= line:
            return room - room % line
    return room


def _phrase(
    chart: Chart,
    seat: Instrument,
    section: Section,
    place: int,
    phrase: _Phrase,
    before: tuple[Note, ...],
) -> list[Note]:
    """One line as notes. Lines in the same place of like sections share their contour."""
    rng = chart.stream(f"singing {section.kind} {place % 4}")
    rhythm = _rhythm(chart, phrase)
    motif: Motif = along(rng, rhythm, contour(rng), 3 + place % 3)
    lift = 2.0 if section.kind in _CHORUS_LIKE else -1.0
    anchor = (seat.low + seat.high) / 2 - 2.0 + lift
    moved = tuple(Degree(note.step + phrase.step, note.length, note.rise) for note in motif)
    notes = pitched(chart, seat, moved, section.start, anchor=anchor, before=before)
    return [replace(note, vowel=vowel) for note, vowel in zip(notes, phrase.vowels, strict=True)]


def _rhythm(chart: Chart, phrase: _Phrase) -> list[tuple[int, int]]:
    """Syllables at a speaking pace from the line's start; spare time goes to the last one.

    Every third syllable or so is held twice as long where there is room, for a lilt.
    """
    count = len(phrase.vowels)
    room = _sung_steps(phrase.room)
    pace = max(1, min(chart.grid.steps_per_beat, room // count))
    if pace > 2 and chart.grid.meter.division == 2:
        pace = max(_fastest_pace(chart), 2 if count > 3 else 4)
    spare = room - pace * count
    rhythm: list[tuple[int, int]] = []
    step = 0
    for place in range(count):
        held = pace if place % 3 == 2 and spare >= 2 * pace and place < count - 1 else 0
        spare -= held
        rhythm.append((step, pace + held))
        step += pace + held
    last_step, last_length = rhythm[-1]
    rhythm[-1] = (last_step, last_length + max(0, min(spare, 2 * chart.grid.steps_per_beat)))
    return rhythm
