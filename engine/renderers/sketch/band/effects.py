"""Risers, impacts, sweeps and swells: what announces a section.

Only for styles that have them; knows the form and nothing about pitch.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.score import Line, Note

_PEAKS = ("drop", "chorus")
_RISER_BARS = 8
_HOT = 0.7


def play_effects(chart: Chart) -> tuple[Line, ...]:
    if not chart.style.effects or "fx" in chart.ensemble.parts_out:
        return ()
    notes = tuple(sorted(_notes(chart), key=lambda note: (note.start, note.sound)))
    return (Line("fx", "fx", notes, gain_db=-4.0, reverb=0.3),) if notes else ()


def _notes(chart: Chart) -> Iterator[Note]:
    beats = chart.grid.meter.beats
    sections = chart.form.sections
    for before, section in pairwise(sections):
        start = float(section.start * beats)
        if section.kind in _PEAKS:
            yield from _announce(before, start, beats)
            if section.energy >= _HOT:
                length = min(2.0 * beats, chart.form.end - start)
                yield Note(start, length, 0.8, sound="impact")
        elif section.kind == "breakdown":
            yield Note(start, float(min(4, section.bars) * beats), 0.7, sound="downlifter")
        elif section.energy > before.energy:
            length = float(min(2, before.bars) * beats)
            yield Note(start - length, length, 0.55, sound="sweep")
        else:
            yield Note(start - beats, float(beats), 0.5, sound="reverse")


def _announce(before: Section, start: float, beats: int) -> Iterator[Note]:
    """What leads into a peak: a riser over a build or breakdown, a reversed cymbal elsewhere."""
    if before.kind in ("build", "breakdown", "pre-chorus"):
        length = float(min(_RISER_BARS, max(1, before.bars)) * beats)
        yield Note(start - length, length, 0.75, sound="riser")
    yield Note(start - beats, float(beats), 0.6, sound="reverse")
