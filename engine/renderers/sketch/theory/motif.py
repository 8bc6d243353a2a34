"""Motifs: short ideas in rhythm and contour, and what a composer does with them.

A motif knows steps of time and steps of a scale, no pitches: the same idea can stand on any chord.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from numpy.random import Generator

from engine.renderers.sketch.theory.rhythm import Grid, bars
from engine.renderers.sketch.theory.streams import chance, pick

# Rhythms in 4/4, a bar each, by character. A motif is made of one or two of the same family.
CELLS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "lyrical": (
        "x--- x-x- x--- --..", "x--- --x- x--- x---", "..x- x-x- x--- --..",
        "x-x- x--- x-x- x---", "x--- ---- ..x- x-x-", "x-x- x-x- x--- ----",
    ),
    "syncopated": (
        "x--x --x- ..x- -x--", "..x- -x-- x--x --..", "x--x --x- -x-- x-x-",
        "x-.x -.x- .x-- ....", "..x- x--x --x- x-..",
    ),
    "anthem": (
        "x--x --x- x--x --x-", "x--- --x- x--x --x-", "x--x --x- ---- x-x-",
        "x--- x--- x--x --x-", "x-x- x--x --x- x---",
    ),
    "driving": (
        "x.x. xx.x .x.x x.x.", "x.xx .xx. x.xx .x..", "x..x ..x. x..x ..x.",
        "xx.x x.xx .xx. x.x.",
    ),
    "riff": (
        "x.xx ..x- x.x- ..x.", "x-.. x.x- ..x- x-..", "x.x. x-.x .x.x x---",
        "..xx x-.. ..xx x-..", "x--x .xx. x--- ....",
    ),
    "sparse": (
        "x--- --x- ---- ....", "..x- -x-- ---- ....", "x--- ..x- ---- ----",
        ".... x-x- x--- --..", "x-x- x--- ---- ....",
    ),
    "triplets": (
        "x--x --x- x--x --x-", "x-x- x-.. x--x --x-", "x--x --x- ---- ....",
        "..x- x--x --x- x-x-",
    ),
    "swing": (
        "x-x- ..x- x-x- x---", "..x- x-x- --x- x-..", "x--- x-x- x-x- ....",
        ".... x-x- x-x- x-x-", "x-x- x-x- ---- ..x-", "..x- --x- x-x- x-x-",
    ),
    "bop": (
        "x-x- x-x- x-x- x-x-", "x-x- x-x- x-x- x---", "..x- x-x- x-x- x-x-",
        "x-x- xxx- x-x- x-..", "x-x- x-x- ..x- x-x-",
    ),
    "runs": (
        "x-xx x-xx x-x- x---", "xxxx x-x- x-xx x---", "x--x x-xx x--- x-x-",
        "..xx x-xx xxxx x---",
    ),
    "drifting": (
        "x--- ---- ---- ----", "x--- ---- x--- ----", ".... x--- ---- ----",
        "x--- --x- ---- ----",
    ),
})  # fmt: skip

_CONTOURS: tuple[tuple[float, ...], ...] = (
    (0.0, 0.6, 1.0, 0.5, 0.0),  # arch
    (0.0, 0.3, 0.7, 1.0),  # rise
    (1.0, 0.6, 0.3, 0.0),  # fall
    (0.5, 0.0, 0.3, 0.8),  # valley
    (0.2, 0.9, 0.3, 1.0, 0.4),  # wave
    (0.0, 1.0, 0.8, 0.6, 0.2),  # leap, then home
)


@dataclass(frozen=True, slots=True)
class Degree:
    """One note of a motif: `step` and `length` in grid steps, `rise` in scale steps."""

    step: int
    length: int
    rise: int


Motif = tuple[Degree, ...]


def invent(
    rng: Generator, families: tuple[str, ...], grid: Grid, size: int, *, widest: int = 5
) -> Motif:
    """A new motif of `size` bars: one or two rhythms of a family along a contour.

    It spans between two and `widest` scale steps.
    """
    cells = CELLS[pick(rng, families)]
    first = pick(rng, cells)
    second = first if chance(rng, 0.4) else pick(rng, cells)
    rhythm = rhythm_of((first, second), grid, size)
    reach = 2 + int(rng.random() * (widest - 1))
    return along(rng, rhythm, pick(rng, _CONTOURS), reach)


def rhythm_of(figures: tuple[str, ...], grid: Grid, size: int) -> list[tuple[int, int]]:
    """The onsets and lengths, in steps, of figures that take turns over `size` bars."""
    written = [bar for figure in figures for bar in bars(figure, grid.meter)]
    width = grid.steps_per_bar
    rhythm = [
        (place * width + event.step, event.length)
        for place in range(size)
        for event in written[place % len(written)]
        if grid.playable(event.step)
    ]
    return rhythm or [(0, grid.steps_per_beat)]


def along(
    rng: Generator, rhythm: list[tuple[int, int]], contour: tuple[float, ...], reach: int
) -> Motif:
    """Give a rhythm a melody: along the contour, mostly by step, now and then astray."""
    motif: list[Degree] = []
    last = max(1, len(rhythm) - 1)
    for place, (step, length) in enumerate(rhythm):
        ideal = reach * _between(contour, place / last)
        astray = 0 if place == 0 else int(pick(rng, (-1, 0, 0, 0, 1)))
        motif.append(Degree(step, length, round(ideal) + astray))
    return tuple(motif)


def contour(rng: Generator) -> tuple[float, ...]:
    return pick(rng, _CONTOURS)


def sequence(motif: Motif, steps: int) -> Motif:
    """The same idea higher or lower."""
    return tuple(replace(note, rise=note.rise + steps) for note in motif)


def invert(motif: Motif) -> Motif:
    """Up becomes down, around the first note."""
    return tuple(replace(note, rise=2 * motif[0].rise - note.rise) for note in motif)


def displace(motif: Motif, steps: int, width: int) -> Motif:
    """The same idea a little later; what falls off the end is left out."""
    return tuple(
        replace(note, step=note.step + steps, length=min(note.length, width - note.step - steps))
        for note in motif
        if note.step + steps < width
    )


def ornament(rng: Generator, motif: Motif, grid: Grid) -> Motif:
    """Long notes get a neighbour on the way to the next."""
    decorated: list[Degree] = []
    for note in motif:
        half = note.length // 2
        if half >= 2 and grid.playable(note.step + half) and chance(rng, 0.6):
            neighbour = note.rise + pick(rng, (-1, 1))
            decorated.append(replace(note, length=half))
            decorated.append(Degree(note.step + half, note.length - half, neighbour))
        else:
            decorated.append(note)
    return tuple(decorated)


def augment(motif: Motif, width: int) -> Motif:
    """Twice as slow; as much of it as fits into `width` steps."""
    return tuple(
        Degree(2 * note.step, min(2 * note.length, width - 2 * note.step), note.rise)
        for note in motif
        if 2 * note.step < width
    )


def cadence(motif: Motif, width: int) -> Motif:
    """The first half of the idea, then one long note to rest on."""
    kept = [note for note in motif if note.step < width // 2]
    rest = Degree(width // 2, width // 2 - width // 8, 0)
    shortened = [replace(note, length=min(note.length, width // 2 - note.step)) for note in kept]
    return (*shortened, rest)


def _between(points: tuple[float, ...], place: float) -> float:
    """The height of a contour at a place from 0 to 1."""
    position = place * (len(points) - 1)
    left = min(math.floor(position), len(points) - 2)
    return points[left] + (points[left + 1] - points[left]) * (position - left)
