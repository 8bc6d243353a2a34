"""The score: what is played, by whom and when, before any sound is made.

The composer writes it, the synthesiser reads it, and neither knows the other. Time is in beats
from the start of the piece; the tempo is constant, so a beat lasts `60 / bpm` seconds, unless the
score follows a clock. A beat is a quarter note, but in 6/8 it is a dotted quarter: two beats a bar,
three eighths each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.fields import PartName, TimeSignature
from engine.keys import Key
from engine.renderers.sketch.theory.streams import Seed


@dataclass(frozen=True, slots=True)
class Meter:
    """`beats` felt in a bar, each divided in `division` (2: straight, 3: compound, as in 6/8)."""

    signature: TimeSignature
    beats: int
    division: int


METERS: Mapping[str, Meter] = {
    "2/4": Meter("2/4", 2, 2),
    "3/4": Meter("3/4", 3, 2),
    "4/4": Meter("4/4", 4, 2),
    "6/8": Meter("6/8", 2, 3),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One sounding event.

    `pitch` is a MIDI number (60 = middle C, may be fractional) or, for drums and effects, unused;
    `sound` then names the drum or effect. `velocity` is 0 to 1. `glide_to` bends the pitch to
    another MIDI number over the note (808 slides, risers). `vowel` is for the wordless voice.
    """

    start: float
    length: float
    velocity: float
    pitch: float = 60.0
    sound: str = ""
    glide_to: float | None = None
    vowel: str = ""


@dataclass(frozen=True, slots=True)
class Ride:
    """A linear automation of a line's `parameter` between two moments (beats)."""

    parameter: Literal["gain", "cutoff"]
    start: float
    end: float
    from_value: float
    to_value: float


@dataclass(frozen=True, slots=True)
class Line:
    """What one instrument plays through the whole piece.

    `patch` names a sound of `synth/patches`; several lines may belong to one part (pad and lead
    are both `synth`). `gain_db` is relative to the part's normal level, `pan` -1 (left) to 1.
    `reverb` and `delay` are sends, 0 to 1. `duck` is how far (0 to 1) the line dips under each
    kick drum (sidechain). `cutoff` 0 (dark) to 1 (open) is the starting brightness.
    """

    part: PartName
    patch: str
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.0
    delay: float = 0.0
    duck: float = 0.0
    cutoff: float = 0.7
    rides: tuple[Ride, ...] = ()


@dataclass(frozen=True, slots=True)
class FormSection:
    """A stretch of the form: `start` and `bars` in whole bars, `energy` 0 to 1."""

    name: str
    start: int
    bars: int
    energy: float


@dataclass(frozen=True, slots=True)
class Room:
    """The space and the master's colour, chosen by the style.

    `size` 0 (booth) to 1 (cathedral); `delay_beats` is the echo's time; `warmth` 0 (clean) to 1
    (tape: soft saturation and rolled-off top); `noise` 0 to 1 adds vinyl crackle (lo-fi).
    """

    size: float = 0.4
    delay_beats: float = 0.75
    warmth: float = 0.2
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Clock:
    """When beats fall, for music that follows something heard: straight lines between knots.

    `beats` and `moments_s` rise strictly and are at least two; beyond the ends the outer lines go
    on.
    """

    beats: tuple[float, ...]
    moments_s: tuple[float, ...]

    def moment_s(self, beat: float) -> float:
        return _along(beat, self.beats, self.moments_s)

    def beat(self, moment_s: float) -> float:
        return _along(moment_s, self.moments_s, self.beats)


def _along(place: float, places: tuple[float, ...], values: tuple[float, ...]) -> float:
    right = min(max(bisect_right(places, place), 1), len(places) - 1)
    share = (place - places[right - 1]) / (places[right] - places[right - 1])
    return values[right - 1] + share * (values[right] - values[right - 1])


@dataclass(frozen=True, slots=True)
class Score:
    style: str
    bpm: float
    meter: Meter
    key: Key
    samples: int
    """The exact length of the piece at 48 000 Hz; whatever rings on is cut there."""
    seed: Seed
    sections: tuple[FormSection, ...]
    lines: tuple[Line, ...]
    room: Room = field(default_factory=Room)
    warnings: tuple[str, ...] = ()
    """Words of the request that had no effect, and every other thing the listener should know."""
    clock: Clock | None = None
    """None: a steady `bpm` from the first sample on."""

    def moment_s(self, beat: float) -> float:
        """When a beat falls, in seconds from the first sample."""
        return beat * self.beat_s if self.clock is None else self.clock.moment_s(beat)

    def length_s(self, note: Note) -> float:
        """How long a note lasts."""
        if self.clock is None:
            return note.length * self.beat_s
        return self.clock.moment_s(note.start + note.length) - self.clock.moment_s(note.start)

    @property
    def beat_s(self) -> float:
        return 60.0 / self.bpm

    @property
    def bar_s(self) -> float:
        return self.beat_s * self.meter.beats
