"""The chart: what every player of the piece reads. Form, changes, ensemble, tempo and colour.

Players are functions from a chart to lines; they see nothing else, and not each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from numpy.random import Generator

from engine.keys import Key
from engine.renderers.sketch.band.ensemble import Ensemble
from engine.renderers.sketch.form import Form, Section
from engine.renderers.sketch.reading.lyrics import Kind
from engine.renderers.sketch.reading.moods import Mood
from engine.renderers.sketch.styles.style import Style
from engine.renderers.sketch.theory.harmony import SCALES, Chord, read_progression
from engine.renderers.sketch.theory.rhythm import Grid
from engine.renderers.sketch.theory.streams import Seed, pick, stream

# Which of the piece's progressions a kind of section is built on; the others take the first.
_PROGRESSION_OF: dict[Kind, int] = {"chorus": 1, "bridge": 2, "breakdown": 0, "pre-chorus": 2}
_ONE_PROGRESSION_FORMS = ("jazz", "techno")


@dataclass(frozen=True, slots=True)
class Span:
    """A chord from `start` for `length` beats."""

    start: float
    length: float
    chord: Chord


@dataclass(frozen=True, slots=True)
class Changes:
    """The chords of the piece in order, without gaps; `bars` holds those of each bar."""

    bars: tuple[tuple[Span, ...], ...]
    spans: tuple[Span, ...]
    starts: tuple[float, ...]
    final: Chord
    """The chord of the last hit: home."""

    def at(self, beat: float) -> Chord:
        return self.spans[max(0, bisect_right(self.starts, beat + 1e-6) - 1)].chord

    def after(self, beat: float) -> Chord:
        """The chord that follows the one at this moment; at the end, home."""
        place = bisect_right(self.starts, beat + 1e-6)
        return self.spans[place].chord if place < len(self.spans) else self.final


@dataclass(frozen=True, slots=True)
class Chart:
    style: Style
    grid: Grid
    key: Key
    form: Form
    changes: Changes
    ensemble: Ensemble
    mood: Mood
    seed: Seed

    def stream(self, subject: str) -> Generator:
        return stream(self.seed, subject)

    @property
    def hit(self) -> float:
        """The moment of the last hit, in beats."""
        return float(self.form.bars * self.grid.meter.beats)

    @property
    def ring(self) -> float:
        """How long the last hit rings, in beats."""
        return self.form.end - self.hit

    def bars(self) -> Iterator[tuple[Section, int]]:
        """Every played bar with its section, in order."""
        for section in self.form.sections:
            for bar in range(section.start, section.end):
                yield section, bar

    def phrase_end(self, section: Section, bar: int) -> bool:
        """Whether a bar is the last of a phrase or of its section."""
        size = max(4, self.form.unit)
        return bar + 1 == section.end or (bar + 1 - section.start) % size == 0


def write_changes(style: Style, grid: Grid, key: Key, form: Form, seed: Seed) -> Changes:
    """The chords of every bar: one progression per kind of section, each from its start."""
    rng = stream(seed, "harmony")
    texts = style.in_minor if key.mode == "minor" else style.in_major
    order = [int(i) for i in rng.permutation(len(texts))]
    hold = pick(rng, style.bars_per_chord) if form.bars >= 16 else 1
    bars: list[tuple[Chord, ...]] = []
    for section in form.sections:
        turn = 0 if style.form in _ONE_PROGRESSION_FORMS else _PROGRESSION_OF.get(section.kind, 0)
        progression = read_progression(texts[order[turn % len(order)]], key)
        hold_here = hold if section.bars >= hold * len(progression) else 1
        bars += [progression[bar // hold_here % len(progression)] for bar in range(section.bars)]
    return lay_changes(bars, grid.meter.beats, _home(texts, key))


def lay_changes(chords: Iterable[tuple[Chord, ...]], beats: int, final: Chord) -> Changes:
    """Changes from the one or two chords of each bar, in bars of `beats`."""
    bars = tuple(_bar(place * beats, beats, bar) for place, bar in enumerate(chords))
    spans = _merged([span for bar in bars for span in bar])
    return Changes(bars, spans, tuple(span.start for span in spans), final)


def _bar(start: int, beats: int, chords: tuple[Chord, ...]) -> tuple[Span, ...]:
    """A bar's chords on whole beats; where they can't share evenly, the first is longer."""
    if len(chords) == 1:
        return (Span(float(start), float(beats), chords[0]),)
    first = (beats + 1) // 2
    return (
        Span(float(start), float(first), chords[0]),
        Span(float(start + first), float(beats - first), chords[1]),
    )


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].chord == span.chord:
            span = Span(merged[-1].start, merged[-1].length + span.length, span.chord)
            merged.pop()
        merged.append(span)
    return tuple(merged)


def _home(texts: tuple[str, ...], key: Key) -> Chord:
    """The tonic chord in the style's own colour: the first of its chords that is built on it."""
    tonic = (chord for text in texts for bar in read_progression(text, key) for chord in bar)
    plain = Chord(key.tonic, (0, SCALES[key.mode][2], 7))
    return next((chord for chord in tonic if chord.root == key.tonic), plain)
