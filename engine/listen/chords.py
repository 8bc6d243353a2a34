"""The chord of each bar: a root and a quality, enough to arrange new music on.

A bar is compared with the 24 major and minor triads, helped by what usually is true of songs:
chords belong to the key, the bass plays the root, and a harmony that comes round every few bars
is the same each time it does (M. Mauch et al., Using Musical Structure to Enhance Automatic Chord
Transcription, ISMIR 2009), so that bars of drums alone take theirs from where it is heard. One
chord a bar: quicker changes are heard as their sum. Knows nothing of how a chord is voiced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.keys import Key, parse_key
from engine.listen.chroma import Audio, Chroma, Pitches, chroma_of_bars, hear_pitches
from engine.listen.grid import Grid
from engine.listen.key import read_key

Quality = Literal["maj", "min", "7", "maj7", "min7"]

INTERVALS: dict[Quality, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
}  # fmt: skip
"""Semitones above the root."""

_TRIADS: tuple[Quality, ...] = ("maj", "min")
_ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_SUFFIXES: dict[Quality, str] = {"maj": "", "min": "m", "7": "7", "maj7": "maj7", "min7": "m7"}
# Harmonic minor beside natural minor: its dominant is as usual as the plain one.
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}

_CONTRAST = 1.5
"""An exponent that lowers the weaker tones of a bar: passing notes and reverberation."""
_FULL = 1.0
"""Bars below this share of a full one count for less."""
_BASS, _FOREIGN, _HOME = 0.3, 0.1, 0.01
"""What the root in the bass is worth, what each tone outside the key costs, and the tonic's lead
where nothing else is heard; all relative to a perfect triad, which is worth one."""
_CYCLES = (2, 3, 4, 6, 8, 12, 16)
_LONGER_CYCLE = 0.03
"""A longer cycle must repeat better than a shorter one by this correlation."""
_FORGETTING = 0.8
"""How much less a repeat four bars further away counts."""
_SEVENTH = 0.6
"""A seventh this loud beside the triad belongs to the chord."""
_SHARPNESS = 9.0


@dataclass(frozen=True, slots=True)
class Chord:
    """`root` is a pitch class, 0 = C. `confidence` is how likely the root is right, 0 to 1."""

    root: int
    quality: Quality
    confidence: float

    @property
    def name(self) -> str:
        """`Am7`, `F`, `G7`, …"""
        return _ROOTS[self.root] + _SUFFIXES[self.quality]


def chords_per_bar(audio: Audio, grid: Grid) -> tuple[Chord, ...]:
    """One chord for each bar of the grid, as in `bar_chroma`; none without a grid."""
    pitches = hear_pitches(audio)
    key = read_key(pitches).key
    return read_chords(pitches, grid, parse_key(key) if key else None)


def read_chords(pitches: Pitches, grid: Grid, key: Key | None) -> tuple[Chord, ...]:
    """`chords_per_bar` for pitches that were heard before, in a key that is known."""
    chroma, bass = chroma_of_bars(pitches, grid)
    if not len(chroma):
        return ()
    # Differences of running sums: what is nought can come out a hair below it.
    tones = _weighted(np.maximum(chroma, 0.0) ** _CONTRAST)
    heard = _repeated(np.hstack([tones, _weighted(bass)]))
    scores = _fit(heard[:, :12]) + _BASS * np.tile(_centred(heard[:, 12:]), 2)
    if key is not None:
        scores = scores + _likings(key)
    likely = np.exp(_SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
    likely /= likely.sum(axis=1, keepdims=True)
    return tuple(
        _chord(int(shares.argmax()), shares, tones)
        for shares, tones in zip(likely, heard[:, :12], strict=True)
    )


def _chord(place: int, shares: NDArray[np.float64], tones: NDArray[np.float64]) -> Chord:
    triad, root = _TRIADS[place // 12], place % 12
    return Chord(
        root=root,
        quality=_with_seventh(triad, np.roll(tones, -root)),
        confidence=round(float(shares[root] + shares[root + 12]), 3),
    )


def _with_seventh(triad: Quality, tones: NDArray[np.float64]) -> Quality:
    """The triad's quality, or that of its seventh chord if the seventh is heard as well."""
    enough = _SEVENTH * float(tones[list(INTERVALS[triad])].mean())
    small, large = float(tones[10]), float(tones[11])
    if enough <= 0.0 or max(small, large) < enough:
        return triad
    if triad == "min":
        return "min7" if small >= large else "min"
    return "7" if small >= large else "maj7"


def _weighted(chroma: Chroma) -> Chroma:
    """Each bar at length one, but bars with little sound shorter."""
    lengths = np.linalg.norm(chroma, axis=1, keepdims=True)
    full = _FULL * float(np.quantile(lengths, 0.9))
    return chroma / np.maximum(lengths, full + 1e-9)


def _centred(chroma: Chroma) -> Chroma:
    return chroma - chroma.mean(axis=1, keepdims=True)


def _fit(tones: Chroma) -> NDArray[np.float64]:
    """How well each of the 24 triads fits each bar: [bars, 24], nought on average."""
    triads = np.zeros((24, 12))
    for place in range(24):
        steps = INTERVALS[_TRIADS[place // 12]]
        triads[place, [(place + step) % 12 for step in steps]] = len(steps) ** -0.5
    return _centred(tones @ triads.T)


def _likings(key: Key) -> NDArray[np.float64]:
    """What the key says for or against each triad, [24]."""
    scale = {(key.tonic + step) % 12 for step in _SCALES[key.mode]}
    likings = np.array(
        [
            -_FOREIGN * sum((root + step) % 12 not in scale for step in INTERVALS[triad])
            for triad in _TRIADS
            for root in range(12)
        ]
    )
    likings[key.tonic + 12 * _TRIADS.index("maj" if key.mode == "major" else "min")] += _HOME
    return likings


def _repeated(bars: Chroma) -> Chroma:
    """Each bar with its repeats added, in so far as the piece is a cycle of so many bars."""
    likeness, cycle = _cycle(bars)
    total = bars.copy()
    for turn in range(1, (len(bars) - 1) // cycle + 1 if cycle else 1):
        distance = turn * cycle
        weight = likeness**2 * _FORGETTING ** (distance / 4)
        total[distance:] += weight * bars[:-distance]
        total[:-distance] += weight * bars[distance:]
    return total


def _cycle(bars: Chroma) -> tuple[float, int]:
    """After how many bars the harmony comes round, and how alike (correlation) it then is.

    Nought and nought if it never does.
    """
    varying = bars - bars.mean(axis=0)
    best = (0.0, 0)
    for cycle in _CYCLES:
        if 2 * cycle > len(bars):
            break
        one, other = varying[:-cycle], varying[cycle:]
        energy = float(np.sqrt((one**2).sum() * (other**2).sum()))
        likeness = float((one * other).sum()) / (energy + 1e-9)
        if likeness > best[0] + _LONGER_CYCLE:
            best = (likeness, cycle)
    return best
