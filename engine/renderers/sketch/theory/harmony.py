"""Scales, chords written as Roman numerals, and voicings that lead smoothly from one to the next.

Knows pitch only: neither when a chord sounds nor who plays it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import StudioError
from engine.keys import Key

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_PENTATONIC = {"major": (0, 2, 4, 7, 9), "minor": (0, 3, 5, 7, 10)}
_NUMERALS = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_NUMERAL = re.compile(r"(?P<accidental>[b#]?)(?P<numeral>[iv]+|[IV]+)(?P<quality>.*)")

# Semitones above the root, bass upwards. Upper-case numerals take the first table.
_MAJOR_QUALITIES = {
    "": (0, 4, 7), "5": (0, 7), "6": (0, 4, 7, 9), "69": (0, 4, 7, 9, 14), "7": (0, 4, 7, 10),
    "9": (0, 4, 7, 10, 14), "13": (0, 4, 10, 14, 21), "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14), "maj7#11": (0, 4, 7, 11, 18), "add9": (0, 4, 7, 14),
    "sus2": (0, 2, 7), "sus4": (0, 5, 7), "7sus4": (0, 5, 7, 10), "9sus4": (0, 5, 7, 10, 14),
    "7b9": (0, 4, 7, 10, 13), "7alt": (0, 4, 8, 10, 15), "7#11": (0, 4, 7, 10, 18),
}  # fmt: skip
_MINOR_QUALITIES = {
    "": (0, 3, 7), "5": (0, 7), "6": (0, 3, 7, 9), "7": (0, 3, 7, 10), "9": (0, 3, 7, 10, 14),
    "11": (0, 3, 7, 10, 17), "add9": (0, 3, 7, 14), "maj7": (0, 3, 7, 11), "sus4": (0, 5, 7),
    "dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "7b5": (0, 3, 6, 10),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chord:
    """A root (pitch class) and the semitones above it, bass upwards."""

    root: int
    intervals: tuple[int, ...]

    @property
    def classes(self) -> tuple[int, ...]:
        """Its pitch classes, root first, without repeats."""
        return tuple(dict.fromkeys((self.root + interval) % 12 for interval in self.intervals))

    def interval(self, *wanted: int, otherwise: int) -> int:
        """The first of the wanted semitones above the root that the chord holds."""
        held = {interval % 12 for interval in self.intervals}
        return next((interval for interval in wanted if interval in held), otherwise)

    @property
    def third(self) -> int:
        return self.interval(4, 3, 5, 2, otherwise=7)

    @property
    def fifth(self) -> int:
        return self.interval(7, 6, 8, otherwise=7)

    @property
    def seventh(self) -> int:
        return self.interval(10, 11, 9, otherwise=12)


@lru_cache(maxsize=2048)
def read_chord(text: str, tonic: int) -> Chord:
    """A chord from a numeral such as `ii7`, `bVImaj7` or `V7alt`, in the key of this tonic.

    Numerals count from the major scale whatever the mode, so the sixth of minor is `bVI`.
    """
    found = _NUMERAL.fullmatch(text)
    qualities = _MINOR_QUALITIES if found and found["numeral"].islower() else _MAJOR_QUALITIES
    if not found or found["numeral"].lower() not in _NUMERALS or found["quality"] not in qualities:
        raise StudioError(f"harmony: {text!r} is not a chord; write it like 'ii7' or 'bVImaj7'.")
    bend = {"b": -1, "#": 1, "": 0}[found["accidental"]]
    root = (tonic + _NUMERALS[found["numeral"].lower()] + bend) % 12
    return Chord(root, qualities[found["quality"]])


def read_progression(text: str, key: Key) -> tuple[tuple[Chord, ...], ...]:
    """Bars of chords from text: bars are divided by `|`, chords within a bar by spaces."""
    return tuple(
        tuple(read_chord(chord, key.tonic) for chord in bar.split()) for bar in text.split("|")
    )


def scale_of(key: Key) -> frozenset[int]:
    return frozenset((key.tonic + step) % 12 for step in SCALES[key.mode])


@lru_cache(maxsize=1024)
def ladder(
    key: Key, chord: Chord, *, pentatonic: bool = False, borrowed: bool = False
) -> tuple[int, ...]:
    """The MIDI pitches a melody may use over a chord, upwards through the whole range.

    The key's scale without the notes that grate against a borrowed chord (a semitone from one of
    its foreign notes), so the melody never fights the harmony; with the foreign notes themselves
    only where the idiom takes `borrowed` ones.
    """
    steps = _PENTATONIC[key.mode] if pentatonic else SCALES[key.mode]
    scale = {(key.tonic + step) % 12 for step in steps}
    foreign = set(chord.classes) - scale_of(key)
    clashing = {(note + shift) % 12 for note in foreign for shift in (-1, 1)}
    allowed = scale - (clashing - set(chord.classes)) | (foreign if borrowed else set())
    return tuple(pitch for pitch in range(24, 109) if pitch % 12 in allowed)


def voice(
    chord: Chord, previous: tuple[int, ...], low: int, high: int, size: int
) -> tuple[int, ...]:
    """`size` pitches of a chord within [low, high], as near to the previous voicing as possible.

    Of all inversions, close and with the second voice from the top dropped an octave, the one with
    the least total movement wins; without a previous voicing, the one around the middle.
    """
    return _voice(chord, previous, low, high, size)


@lru_cache(maxsize=8192)
def _voice(
    chord: Chord, previous: tuple[int, ...], low: int, high: int, size: int
) -> tuple[int, ...]:
    middle = (low + high) / 2

    def effort(pitches: tuple[int, ...]) -> float:
        outside = sum(max(0, low - pitch, pitch - high) for pitch in pitches)
        centre = abs(sum(pitches) / len(pitches) - middle)
        if not previous:
            return 50 * outside + centre
        pairs = zip(pitches, previous, strict=True)
        return 50 * outside + sum(abs(a - b) for a, b in pairs) + 0.3 * centre

    return min(_voicings(chord, low, size), key=effort)


def _voicings(chord: Chord, low: int, size: int) -> list[tuple[int, ...]]:
    classes = _essential(chord, size)
    found = []
    for octave in range(3):
        for turn in range(len(classes)):
            base = low + 12 * octave - 6
            pitches: list[int] = []
            for place in range(size):
                note = classes[(turn + place) % len(classes)]
                floor = pitches[-1] + 1 if pitches else base
                pitches.append(floor + (note - floor) % 12)
            found.append(tuple(pitches))
            dropped = tuple(sorted((*pitches[:-2], pitches[-2] - 12, pitches[-1])))
            if size >= 4 and len(set(dropped)) == size:
                found.append(dropped)
    return found


def _essential(chord: Chord, size: int) -> tuple[int, ...]:
    """At most `size` pitch classes: the fifth goes first, then the root (the bass has it)."""
    classes = list(chord.classes)
    for spare in ((chord.root + chord.fifth) % 12, chord.root):
        if len(classes) > size and spare in classes:
            classes.remove(spare)
    return tuple(sorted(classes[:size]))
