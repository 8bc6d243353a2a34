"""Small hand-written scores for the tests of the mixdown and the master."""

from __future__ import annotations

import numpy as np

from engine.keys import parse_key
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.score import METERS, Line, Note, Room, Score

RATE = 48_000


def piece(
    *lines: Line, seconds: float = 8.0, bpm: float = 120.0, room: Room | None = None
) -> Score:
    return Score(
        style="test",
        bpm=bpm,
        meter=METERS["4/4"],
        key=parse_key("A minor"),
        samples=round(seconds * RATE),
        seed=1,
        sections=(),
        lines=lines,
        room=room or Room(),
    )


def mixed(*lines: Line, **asked) -> np.ndarray:
    return mixdown(piece(*lines, **asked), lambda stage, done: None, lambda: False)


def strokes(sound: str, *beats: float, velocity: float = 0.8) -> tuple[Note, ...]:
    return tuple(Note(beat, 0.25, velocity, sound=sound) for beat in beats)


def chords(*starts: float, length: float = 4.0, root: float = 57.0) -> tuple[Note, ...]:
    return tuple(
        Note(start, length, 0.7, pitch=root + step) for start in starts for step in (0, 3, 7)
    )


def band(seconds: float = 20.0, room: Room | None = None) -> Score:
    """Drums, bass, stabs, a pad and a lead at 120 bpm, with everything a desk can do in use."""
    beats = range(int(seconds * 2))
    drums = (
        strokes("kick", *beats, velocity=0.9)
        + strokes("clap", *beats[1::2])
        + strokes("hat", *(beat + 0.5 for beat in beats), velocity=0.6)
    )
    bass = tuple(Note(beat + 0.5, 0.4, 0.8, pitch=33) for beat in beats)
    lead = tuple(Note(beat, 0.8, 0.7, pitch=69 + (0, 3, 7, 5)[beat % 4]) for beat in beats)
    return piece(
        Line("drums", "kit_909", drums, reverb=0.05),
        Line("bass", "round_bass", bass, duck=0.6),
        Line("keyboard", "stab", chords(*(b + 0.75 for b in beats), length=0.2), reverb=0.3),
        Line("synth", "warm_pad", chords(*beats[::4]), reverb=0.5, duck=0.8, pan=-0.3),
        Line("synth", "saw_lead", lead, gain_db=-2, reverb=0.3, delay=0.4, pan=0.3),
        Line("fx", "fx", (Note(8, 8, 0.7, sound="riser"), Note(16, 1, 0.8, sound="impact"))),
        seconds=seconds,
        room=room,
    )
