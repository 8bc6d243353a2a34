"""What every pitched instrument shares: the tone it is asked for, how it bends, what a patch is."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Protocol

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.waves import Curve, Samples

MEZZO_FORTE = 0.7
"""The velocity at which levels are calibrated."""

HALF_OPEN = 0.7
"""The cutoff at which an instrument has its own brightness: the normal setting of a line."""


@dataclass(frozen=True, slots=True)
class Tone:
    """All that a patch needs to know to sound one note; equal tones sound equal.

    `pitch` and `glide_to` are MIDI numbers, `velocity` is 0 to 1, `cutoff` 0 (dark) to 1 (open).
    The key is held for `length_s`, and the release rings on after that. `beat_s` is for movement
    bound to the tempo, `vowel` (a e i o u m) for patches that sing.
    """

    pitch: float
    length_s: float
    velocity: float
    cutoff: float
    beat_s: float
    glide_to: float | None = None
    vowel: str = ""


class Instrument(Protocol):
    def sound(self, tone: Tone) -> Samples:
        """The tone at 48 kHz, its release included: [n] or, in stereo, [2, n]."""
        ...


@dataclass(frozen=True, slots=True)
class Patch:
    """An instrument, calibrated: `gain_db` makes it as loud as every other patch.

    `low` and `high` (MIDI) are where it sounds like itself; it plays outside them too. A key held
    longer than `rings_s` makes no difference, so longer tones are the same tone. `sings` and
    `follows_tempo` say whether vowels and the length of a beat make a difference.
    """

    instrument: Instrument
    gain_db: float
    low: int
    high: int
    rings_s: float = inf
    sings: bool = False
    follows_tempo: bool = False


@dataclass(frozen=True, slots=True)
class Bend:
    """How a player moves the pitch of a note that is meant to be steady.

    The note starts `scoop` semitones off and closes in with the time constant `scoop_s`. Vibrato
    swings by `vibrato` semitones at `vibrato_hz`, coming in `delay_s` after the start.
    """

    scoop: float = 0.0
    scoop_s: float = 0.03
    vibrato: float = 0.0
    vibrato_hz: float = 5.4
    delay_s: float = 0.3

    def curve(self, tone: Tone, times: Curve) -> Curve:
        """The pitch (MIDI) at control points `times`, the tone's own glide included."""
        pitch = tone.pitch + glide(tone, times) + self.scoop * np.exp(-times / self.scoop_s)
        if self.vibrato:
            depth = self.vibrato * np.clip((times - self.delay_s) / 0.35, 0.0, 1.0)
            pitch += depth * np.sin(2 * np.pi * self.vibrato_hz * (times - self.delay_s))
        return pitch


STEADY = Bend()


def glide(tone: Tone, times: Curve) -> Curve:
    """Semitones above the first pitch at `times`: leaving at 30 % of the note, there at 80 %."""
    if tone.glide_to is None:
        return np.zeros_like(times)
    way = np.clip((times / tone.length_s - 0.3) / 0.5, 0.0, 1.0)
    return (tone.glide_to - tone.pitch) * way * way * (3 - 2 * way)


def highest_pitch(tone: Tone) -> float:
    return max(tone.pitch, tone.pitch if tone.glide_to is None else tone.glide_to)


def samples(seconds: float) -> int:
    return max(round(seconds * SAMPLE_RATE_HZ), 1)
