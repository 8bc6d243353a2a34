"""The drummer and the percussionist: groove, dynamics, fills, rolls and the last hit.

Knows the kit and the arrangement; knows nothing about pitch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from engine.renderers.sketch.band.arrangement import window
from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.fills import FILLS, Fill
from engine.renderers.sketch.band.instruments import PERCUSSION
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.theory.rhythm import Event, bars, bars_as_written
from engine.renderers.sketch.theory.streams import chance, pick

_VELOCITIES = {"X": 1.0, "x": 0.82, "o": 0.56, "g": 0.3, "?": 0.36, "r": 0.5}
_CENT = 20
"""Velocities are kept to twentieths, so that equal hits can share one rendering."""

# At what energy each drum joins; a style's own `layers` go before.
_JOINS: Mapping[str, float] = {
    "kick": 0.0, "snare": 0.25, "clap": 0.25, "rim": 0.3, "hat": 0.2, "hat_open": 0.4,
    "hat_pedal": 0.2, "ride": 0.6, "crash": 0.3, "brush": 0.1, "snare_ghost": 0.5,
    "tom_low": 0.5, "tom_mid": 0.5, "tom_high": 0.5, "shaker": 0.35, "tambourine": 0.5,
    "conga_low": 0.4, "conga_high": 0.4, "conga_slap": 0.4, "bongo_low": 0.45,
    "bongo_high": 0.45, "cowbell": 0.5, "clave": 0.35, "timbale": 0.55,
}  # fmt: skip
_SOFTER = 0.3
"""How much softer the drummer plays in the calmest mood."""
_FASTEST_ROLL_S = 0.04
_QUIET_KINDS = ("breakdown",)
_QUIET_DRUMS = frozenset({"hat", "hat_pedal", "ride", "brush", "shaker", "tambourine"})
_CRASH_ENERGY = 0.55
_ENTERING, _LEAVING = 0.15, 0.2
"""The energy an intro starts from and an outro ends at, below which only a few drums play."""


@dataclass(frozen=True, slots=True)
class _Hit:
    step: int
    sound: str
    velocity: float
    shift: float = 0.0
    """Steps by which it comes later."""


def play_drums(chart: Chart) -> tuple[Line, ...]:
    """The drum line and the percussion line, as far as somebody plays them."""
    ensemble = chart.ensemble
    if not ensemble.kit:
        return ()
    notes = list(_notes(chart))
    lines = []
    for part, patch in (("drums", ensemble.kit_patch), ("percussion", "kit_latin")):
        if part in ensemble.parts_out:
            continue
        mine = tuple(note for note in notes if (note.sound in PERCUSSION) == (part == "percussion"))
        if mine and part == "drums":
            lines.append(Line("drums", patch, mine, reverb=0.08))
        elif mine:
            lines.append(Line("percussion", patch, mine, gain_db=-2.0, pan=0.2, reverb=0.15))
    return tuple(lines)


def _notes(chart: Chart) -> Iterator[Note]:
    kit = chart.ensemble.kit
    rng = chart.stream("drums")
    scatter = (kit.looseness if kit else 0.0) / chart.grid.beat_s
    for section, bar in chart.bars():
        for hit in _bar(chart, section, bar, rng):
            if hit.sound not in chart.ensemble.silent:
                yield from _sound(chart, bar, hit, scatter, rng)
    if chart.ensemble.drums_play:
        for sound, velocity in (("kick", 1.0), ("crash", 0.85)):
            if sound not in chart.ensemble.silent:
                yield Note(chart.hit, chart.ring, velocity, sound=sound)


def _sound(chart: Chart, bar: int, hit: _Hit, scatter: float, rng: Generator) -> Iterator[Note]:
    start = chart.grid.beat(bar, hit.step) + hit.shift * chart.grid.step_beats
    if scatter:
        late = float(rng.normal()) * scatter
        start = max(0.0, start + max(-2 * scatter, min(2 * scatter, late)))
    spread = 0.05 if scatter else 0.02
    velocity = hit.velocity + spread * (2.0 * float(rng.random()) - 1.0)
    velocity = min(1.0, max(0.1, round(velocity * _CENT) / _CENT))
    yield Note(start, chart.grid.step_beats, velocity, sound=hit.sound)


def _bar(chart: Chart, section: Section, bar: int, rng: Generator) -> list[_Hit]:
    drums = bar in window(chart, section, "drums")
    percussion = bar in window(chart, section, "percussion") or (drums and _hand_led(chart))
    if section.kind == "build" and drums:
        return _roll(chart, section, bar)
    energy = _energy(chart, section, bar)
    hits = [
        hit
        for hit in _groove(chart, bar, energy, rng)
        if (percussion if hit.sound in PERCUSSION else drums)
    ]
    if section.kind in _QUIET_KINDS:
        hits = [hit for hit in hits if hit.sound in _QUIET_DRUMS]
    elif drums and chart.phrase_end(section, bar) and energy >= 0.3:
        hits = _filled(chart, hits, section, bar, rng)
    elif drums and bar % 4 == 3:
        hits = _varied(chart, hits, rng)
    opens = bar == section.start and section.energy >= _CRASH_ENERGY and section.kind != "breakdown"
    if drums and opens:
        hits.append(_Hit(0, "crash", 0.8))
    return hits


def _energy(chart: Chart, section: Section, bar: int) -> float:
    """The drummer's energy in a bar: an intro builds up to it, an outro falls from it."""
    progress = (bar - section.start) / max(1, section.bars)
    if section.kind == "intro" and section.bars >= 4:
        return _ENTERING + (section.energy + 0.1 - _ENTERING) * (progress + 1 / section.bars)
    if section.kind == "outro" and section.bars >= 4:
        return section.energy + 0.1 + (_LEAVING - section.energy - 0.1) * progress
    return section.energy + 0.15 * chart.mood.density


def _groove(chart: Chart, bar: int, energy: float, rng: Generator) -> Iterator[_Hit]:
    """The drums of a bar that have joined at this energy; the groove's first never rests."""
    for place, (sound, pattern) in enumerate(_rows(chart)):
        if place == 0 or energy >= _joins(chart, sound):
            yield from _struck(chart, pattern[bar % len(pattern)], sound, energy, rng)


def _rows(chart: Chart) -> Iterator[tuple[str, tuple[tuple[Event, ...], ...]]]:
    ensemble, meter = chart.ensemble, chart.grid.meter
    if ensemble.groove:
        for sound, figure in ensemble.groove.rows.items():
            yield sound, bars_as_written(figure, meter)
    for sound, figure in (ensemble.added or {}).items():
        yield sound, bars(figure, meter)


def _hand_led(chart: Chart) -> bool:
    """Whether the groove's first voice is percussion, which then plays whenever drums do."""
    groove = chart.ensemble.groove
    return groove is not None and next(iter(groove.rows)) in PERCUSSION


def _joins(chart: Chart, sound: str) -> float:
    kit = chart.ensemble.kit
    if chart.ensemble.added and sound in chart.ensemble.added:
        return 0.2
    return kit.layers.get(sound, _JOINS[sound]) if kit else 1.0


def _struck(
    chart: Chart, events: tuple[Event, ...], sound: str, energy: float, rng: Generator
) -> Iterator[_Hit]:
    loudness = 0.86 + 0.14 * min(1.0, energy) + _SOFTER * min(0.0, chart.mood.energy)
    for event in events:
        if not chart.grid.playable(event.step) and sound != "kick":
            continue
        if event.mark == "?" and not chance(rng, 0.5):
            continue
        yield from _stroke(chart, event, 0, sound, loudness)


def _stroke(chart: Chart, event: Event, start: int, sound: str, loudness: float) -> Iterator[_Hit]:
    """One hit, or the two of a roll where the tempo leaves time for them."""
    velocity = _VELOCITIES[event.mark] * loudness
    yield _Hit(start + event.step, sound, velocity)
    if event.mark == "r" and chart.grid.beat_s * chart.grid.step_beats >= 2 * _FASTEST_ROLL_S:
        yield _Hit(start + event.step, sound, 0.8 * velocity, shift=0.5)


def _varied(chart: Chart, hits: list[_Hit], rng: Generator) -> list[_Hit]:
    """A small change every fourth bar: a pushed kick, a lifted hat, or a breath."""
    last_beat = chart.grid.steps_per_bar - chart.grid.steps_per_beat
    change = pick(rng, ("kick", "hat", "breath", "none"))
    if change == "kick" and any(hit.sound == "kick" for hit in hits):
        return [*hits, _Hit(last_beat + chart.grid.steps_per_beat // 2, "kick", 0.6)]
    if change == "hat" and any(hit.sound == "hat" for hit in hits):
        return [*hits, _Hit(last_beat + chart.grid.steps_per_beat // 2, "hat_open", 0.55)]
    if change == "breath":
        return [hit for hit in hits if hit.step < last_beat or hit.sound not in ("hat", "shaker")]
    return hits


def _filled(
    chart: Chart, hits: list[_Hit], section: Section, bar: int, rng: Generator
) -> list[_Hit]:
    """The bar with a fill in its last half; intros and outros keep theirs for their end."""
    kit = chart.ensemble.kit
    name = pick(rng, kit.fills if kit else ("none",))
    if section.kind in ("intro", "outro") and bar + 1 < section.end:
        return _varied(chart, hits, rng)
    fill: Fill = FILLS[name]
    start = chart.grid.steps_per_bar - (6 if chart.grid.meter.division == 3 else 8)
    kept = [hit for hit in hits if hit.step < start or hit.sound not in fill.clears]
    for sound, figure in fill.rows.items():
        for event in bars(figure, chart.grid.meter)[0]:
            if chart.grid.playable(event.step):
                kept += _stroke(chart, event, start, sound, 1.0)
    return kept


def _roll(chart: Chart, section: Section, bar: int) -> list[_Hit]:
    """A build: kick and snare in ever shorter steps, louder and louder, then half a bar of air."""
    grid = chart.grid
    beat, half = grid.steps_per_beat, grid.steps_per_bar // 2
    last = bar + 1 == section.end
    hits: list[_Hit] = []
    for step in range(grid.steps_per_bar):
        progress = (bar - section.start + step / grid.steps_per_bar) / section.bars
        every = beat if progress < 0.5 else max(1, beat // 2) if progress < 0.8 else 1
        if step % every == 0 and grid.playable(step):
            hits.append(_Hit(step, "snare", 0.3 + 0.55 * progress))
        if step % beat == 0 and progress < 0.8:
            hits.append(_Hit(step, "kick", 0.8))
    if last and section.bars > 1:
        hits = [hit for hit in hits if hit.step < half or hit.sound == "snare"]
    return hits
