"""The lead and its answer: motifs stated, varied and brought back over the form.

Decides which idea stands where; `motif` knows what can be done with one and `pitching` where it
lies on the chords.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine.renderers.sketch.band.arrangement import window
from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.dynamics import cutoff_rides, steady
from engine.renderers.sketch.band.instruments import INSTRUMENTS, Instrument
from engine.renderers.sketch.band.pitching import approached, pitched
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.reading.lyrics import Kind
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.theory.motif import (
    Degree,
    Motif,
    augment,
    cadence,
    displace,
    invent,
    invert,
    ornament,
    sequence,
)
from engine.renderers.sketch.theory.streams import pick

# A phrase of four units. a: the motif; s: in sequence; i: inverted; d: displaced; o: ornamented;
# c: coming to rest; r: silence, in which the counter line answers.
_PLANS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "hook": ("asac", "aoac", "adac", "aasc"),
    "tale": ("aisc", "asoc", "ardc", "arsc"),
    "calm": ("arsc", "arac", "aric"),
})  # fmt: skip
_PLAN_OF: Mapping[Kind, str] = MappingProxyType(
    {"chorus": "hook", "drop": "hook", "theme": "hook", "breakdown": "calm", "bridge": "calm"}
)
_VERSE_LIKE = ("verse", "pre-chorus", "groove", "intro", "outro")
_SOLO_CELLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"swing": ("bop", "swing"), "drifting": ("drifting", "sparse")}
)
_SOLO_REACH = 9
_LONG_BAR_S = 4.0
"""Where bars are longer than this, an idea takes one bar instead of two."""
_SECOND_THEME_BELOW = 3.0
"""Semitones by which verses lie lower than choruses."""
_SINGING_COUNTER = 0.84
"""From this energy on the counter line holds guide tones instead of answering."""
_VOWELS = ("a", "o", "u", "e")


@dataclass(frozen=True, slots=True)
class Themes:
    """The piece's ideas: the hook, a calmer second theme, and the plan of phrase for each."""

    hook: Motif
    second: Motif
    plans: Mapping[str, str]
    size: int
    """How many bars an idea takes."""


def find_themes(chart: Chart) -> Themes:
    """The ideas of the piece, from its seed."""
    rng = chart.stream("melody")
    bar_s = chart.grid.beat_s * chart.grid.meter.beats
    size = 2 if chart.form.unit >= 4 and bar_s <= _LONG_BAR_S else 1
    return Themes(
        hook=invent(rng, chart.style.cells, chart.grid, size),
        second=invent(rng, chart.style.cells, chart.grid, size),
        plans={name: pick(rng, plans) for name, plans in _PLANS.items()},
        size=size,
    )


def play_melody(chart: Chart, *, sung: bool) -> tuple[Line, ...]:
    """The lead line, those of soloists, and the counter line.

    Where lines are `sung` all of them leave room for the voice.
    """
    themes = find_themes(chart)
    counter = chart.ensemble.seat("counter")
    led: dict[Instrument, list[Note]] = {}
    answers: list[Note] = []
    for section in chart.form.sections:
        if sung and section.lines:
            continue
        leader = _leader(chart, section)
        if leader:
            mine = led.setdefault(leader, [])
            mine += _lead(chart, themes, section, leader, tuple(mine))
        if counter and counter != leader:
            answers += _answers(chart, themes, section, counter, tuple(answers))
    lines: list[Line] = []
    for leader, notes in led.items():
        if notes and notes[-1].start >= chart.hit - 4 * chart.grid.meter.beats:
            notes += _home(chart, leader, notes[-1])
        lines += _line(chart, leader, notes, gain_db=-0.5, base=0.6)
    if counter:
        lines += _line(chart, counter, answers, gain_db=-3.0, base=0.55)
    return tuple(lines)


def _leader(chart: Chart, section: Section) -> Instrument | None:
    """Who has the melody: the soloist a tag names; in every second chorus of solos the counter
    instrument; else the lead."""
    if section.soloist:
        return INSTRUMENTS[section.soloist]
    lead, counter = chart.ensemble.seat("lead"), chart.ensemble.seat("counter")
    return counter or lead if section.kind == "solo" and section.turn % 2 == 1 else lead


def _line(
    chart: Chart, seat: Instrument, notes: list[Note], *, gain_db: float, base: float
) -> list[Line]:
    if not notes:
        return []
    if seat.patch == "voice":
        notes = [
            replace(note, vowel=_VOWELS[place % len(_VOWELS)]) for place, note in enumerate(notes)
        ]
    line = Line(
        seat.part,
        seat.patch,
        tuple(notes),
        gain_db=gain_db,
        pan=seat.pan,
        reverb=min(1.0, max(0.0, seat.reverb + 0.2 * chart.mood.space)),
        delay=min(1.0, seat.delay + 0.05),
        duck=round(0.4 * chart.style.duck, 3),
        cutoff=steady(chart, base),
        rides=cutoff_rides(chart, base, 0.3),
    )
    return [line]


def _units(themes: Themes, section: Section, bars: range) -> Iterator[tuple[str, int, int]]:
    """Each unit of a section's melody: what is done, its first bar, and how often the plan ran."""
    plan = themes.plans[_PLAN_OF.get(section.kind, "tale")]
    count = max(1, len(bars) // themes.size)
    for place in range(count):
        bar = bars.start + place * themes.size
        if bar >= bars.stop:
            return
        last = place == count - 1
        turn, index = divmod(place, len(plan))
        yield ("c" if last and count > 1 else plan[index]), bar, turn


def _lead(
    chart: Chart, themes: Themes, section: Section, seat: Instrument, before: tuple[Note, ...]
) -> list[Note]:
    if section.kind == "solo":
        return _solo(chart, themes, section, seat)
    theme = _theme(chart, themes, section)
    anchor = _anchor(seat, section)
    notes: list[Note] = []
    for doing, bar, turn in _units(themes, section, window(chart, section, "lead")):
        if doing == "r":
            continue
        motif = _developed(chart, themes, theme, doing, turn)
        past = (*before, *notes)
        notes += approached(chart, pitched(chart, seat, motif, bar, anchor=anchor, before=past))
    return notes


def _theme(chart: Chart, themes: Themes, section: Section) -> Motif:
    """The idea a section stands on: all grow from the hook but the second theme of verses."""
    width = themes.size * chart.grid.steps_per_bar
    if section.kind in _VERSE_LIKE:
        return themes.second
    if section.kind == "bridge":
        return invert(themes.hook)
    if section.kind == "breakdown":
        return augment(themes.hook, width)
    if section.turn >= 2:
        return ornament(chart.stream("last time"), themes.hook, chart.grid)
    return themes.hook


def _anchor(seat: Instrument, section: Section) -> float:
    middle = (seat.low + seat.high) / 2
    if section.kind in _VERSE_LIKE:
        return middle - _SECOND_THEME_BELOW
    return middle + 2.0 * (section.energy - 0.6)


def _developed(chart: Chart, themes: Themes, motif: Motif, doing: str, turn: int) -> Motif:
    """The motif as a letter of the plan asks; when the plan comes again, ornamented."""
    width = themes.size * chart.grid.steps_per_bar
    rng = chart.stream(f"{doing} {turn}")
    if turn % 2 == 1 and doing == "a":
        return ornament(rng, motif, chart.grid)
    if doing == "s":
        return sequence(motif, pick(rng, (-2, -1, 1, 2)))
    if doing == "i":
        return invert(motif)
    if doing == "d":
        return displace(motif, chart.grid.steps_per_beat // 2, width)
    if doing == "o":
        return ornament(rng, motif, chart.grid)
    if doing == "c":
        return cadence(motif, width)
    return motif


def _solo(chart: Chart, themes: Themes, section: Section, seat: Instrument) -> list[Note]:
    """A new idea every other unit, and the units between spin it on."""
    rng = chart.stream(f"solo {section.start}")
    cells = _SOLO_CELLS.get(chart.style.cells[0], ("runs", *chart.style.cells))
    notes: list[Note] = []
    idea: Motif = ()
    for place, bar in enumerate(range(section.start, section.end, themes.size)):
        if place % 2 == 0:
            idea = invent(rng, cells, chart.grid, themes.size, widest=_SOLO_REACH)
        else:
            idea = sequence(pick(rng, (idea, invert(idea))), pick(rng, (-1, 1, 2)))
        climb = 4.0 * (bar - section.start) / section.bars
        anchor = (seat.low + seat.high) / 2 - 1.0 + climb
        fresh = pitched(chart, seat, idea, bar, anchor=anchor, before=tuple(notes))
        end = float(section.end * chart.grid.meter.beats)
        notes += approached(chart, [note for note in fresh if note.start < end])
    return notes


def _answers(
    chart: Chart, themes: Themes, section: Section, seat: Instrument, before: tuple[Note, ...]
) -> list[Note]:
    """The counter line: in the lead's rests the motif upside down, at its cadences an echo."""
    if section.energy >= _SINGING_COUNTER and section.bars >= 4:
        return _guide(chart, section, seat, before)
    width = themes.size * chart.grid.steps_per_bar
    theme = _theme(chart, themes, section)
    playing = window(chart, section, "counter")
    notes: list[Note] = []
    for doing, bar, _ in _units(themes, section, window(chart, section, "lead")):
        if bar not in playing or doing not in "rc":
            continue
        half = tuple(note for note in theme if note.step < width // 2 - width // 8)
        motif = invert(theme) if doing == "r" else displace(half, width // 2, width)
        anchor = (seat.low + seat.high) / 2 - (0.0 if doing == "r" else 2.0)
        past = (*before, *notes)
        notes += pitched(chart, seat, motif, bar, anchor=anchor, before=past)
    return notes


def _guide(
    chart: Chart, section: Section, seat: Instrument, before: tuple[Note, ...]
) -> list[Note]:
    """Under a full lead the counter line sings long guide tones, a note per chord, by step."""
    playing = window(chart, section, "counter")
    anchor = (seat.low + seat.high) / 2 - 3.0
    notes: list[Note] = []
    for bar in playing:
        for span in chart.changes.bars[bar]:
            length = round(span.length * chart.grid.steps_per_beat)
            step = round((span.start - bar * chart.grid.meter.beats) * chart.grid.steps_per_beat)
            past = (*before, *notes)
            wished = past[-1].pitch if past else anchor
            motif = (Degree(step, length, 0),)
            notes += pitched(chart, seat, motif, bar, anchor=(wished + anchor) / 2, before=past)
    return notes


def _home(chart: Chart, seat: Instrument, last: Note) -> list[Note]:
    """The lead joins the last hit on the tonic nearest to where it was."""
    tonics = [pitch for pitch in range(seat.low, seat.high + 1) if pitch % 12 == chart.key.tonic]
    pitch = min(tonics, key=lambda tonic: abs(tonic - last.pitch))
    return [Note(chart.hit, chart.ring, 0.75, float(pitch))]
