"""Ways to look at a score, shared by the composer's tests."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.keys import Key
from engine.renderers.sketch.band.instruments import INSTRUMENTS
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.score import Line, Note, Score
from engine.renderers.sketch.styles import STYLES
from engine.requests import GenerateRequest, checked

STYLE_NAMES = tuple(STYLES)
UNPITCHED = ("kit_909", "kit_808", "kit_acoustic", "kit_rock", "kit_jazz", "kit_lofi", "kit_dnb",
             "kit_latin", "fx")  # fmt: skip
_STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@cache
def write(caption: str, seed: int = 1, **asked: object) -> Score:
    return compose(checked(GenerateRequest, caption=caption, **asked), seed)


def pitched(score: Score) -> list[Line]:
    return [line for line in score.lines if line.patch not in UNPITCHED]


def drums(score: Score) -> list[Note]:
    """The notes of both the drummer and the percussionist."""
    return [
        note
        for line in score.lines
        if line.patch in UNPITCHED and line.patch != "fx"
        for note in line.notes
    ]


def part(score: Score, name: str) -> list[Note]:
    return sorted(
        (note for line in score.lines if line.part == name for note in line.notes),
        key=lambda note: (note.start, note.pitch),
    )


def scale(key: Key) -> set[int]:
    return {(key.tonic + step) % 12 for step in _STEPS[key.mode]}


def end(score: Score) -> float:
    return score.samples / 48_000 / score.beat_s


def chord_line(score: Score) -> Line | None:
    """The line that holds or strikes the most notes at once."""
    lines = [line for line in pitched(score) if line.part not in ("bass", "vocals")]
    stacked = [(most_at_once(line), -place, line) for place, line in enumerate(lines)]
    best = max(stacked, default=None, key=lambda entry: entry[:2])
    return best[2] if best and best[0] >= 3 else None


def most_at_once(line: Line) -> int:
    return max(Counter(round(note.start, 3) for note in line.notes).values(), default=0)


def strokes(line: Line) -> list[tuple[int, ...]]:
    """The chords of a line, in order of their onsets."""
    chords: dict[float, list[int]] = {}
    for note in line.notes:
        chords.setdefault(round(note.start, 3), []).append(round(note.pitch))
    return [tuple(sorted(chords[start])) for start in sorted(chords)]


def fingerprint(score: Score) -> NDArray[np.float64]:
    """What tells styles apart: drums and bass over the bar, instruments, tempo, chord qualities.

    Each group is scaled so that groups weigh about alike.
    """
    return np.concatenate(
        [
            *(0.7 * _onsets(_sounding(score, group), score) for group in _GROUPS),
            0.9 * _onsets(part(score, "bass"), score),
            0.35 * np.array([any(line.patch == p for line in score.lines) for p in _patches()]),
            [2.5 * np.log2(score.bpm / 100)],
            0.9 * _qualities(score),
        ]
    )


_GROUPS = (
    ("kick",), ("snare", "clap", "rim"), ("hat", "hat_open", "shaker"),
    ("ride", "brush", "hat_pedal"), ("conga_low", "conga_high", "conga_slap", "clave", "timbale"),
)  # fmt: skip


def _sounding(score: Score, group: tuple[str, ...]) -> list[Note]:
    return [note for note in drums(score) if note.sound in group]


def _onsets(notes: list[Note], score: Score) -> NDArray[np.float64]:
    """Hits per bar on each of sixteen places of the bar, over the whole piece."""
    bars = sum(section.bars for section in score.sections)
    beats = score.meter.beats
    places = np.array([round((note.start % beats) / beats * 16) % 16 for note in notes], dtype=int)
    return np.minimum(np.bincount(places, minlength=16) / bars, 1.5)


@cache
def _patches() -> tuple[str, ...]:
    return (*INSTRUMENTS, *UNPITCHED)


def _qualities(score: Score) -> NDArray[np.float64]:
    """How often each interval class is heard within the strokes of the chord line."""
    line = chord_line(score)
    counts = np.zeros(7)
    for stroke in strokes(line) if line else ():
        for low, high in pairwise(stroke):
            distance = (high - low) % 12
            counts[min(distance, 12 - distance)] += 1
    return 2 * counts / max(1.0, counts.sum())
