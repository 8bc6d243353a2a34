"""Oscillators: synthesisers, winds and voices, whose spectrum and pitch move while they sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.renderers.sketch.synth.patch import (
    STEADY,
    Bend,
    Instrument,
    Tone,
    highest_pitch,
    samples,
)
from engine.renderers.sketch.synth.timbre import HELD, STILL, Colour, Timbre, cycles_of
from engine.renderers.sketch.synth.waves import (
    Curve,
    Envelope,
    Samples,
    control_times,
    hz,
    noise,
    soften_edges,
    spread,
    sweep_phases,
)

_VIBRATO_ROOM = 1.0
"""Semitones that the pitch may rise above the note without losing its top harmonics."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One of the oscillators that sound together, `cents` off and `pan` -1 (left) to 1."""

    cents: float = 0.0
    pan: float = 0.0
    level: float = 1.0


def unison(cents: tuple[float, ...], width: float = 0.0) -> tuple[Voice, ...]:
    """Voices at these detunings, in turn to the left and right; an odd first one in the middle."""
    level = len(cents) ** -0.5
    sides = [0.0] * (len(cents) % 2) + [-width, width] * (len(cents) // 2)
    return tuple(Voice(off, side, level) for off, side in zip(cents, sides, strict=True))


@dataclass(frozen=True, slots=True)
class Breath:
    """Noise that the player makes: air through the whole note and a burst at its start.

    Levels are relative to the tone's full level.
    """

    low_hz: float
    high_hz: float
    air: float = 0.0
    burst: float = 0.0
    burst_s: float = 0.03

    def sound(self, tone: Tone, level: Curve, times: Curve, length: int) -> Samples:
        shape = self.air * level + self.burst * np.exp(-times / self.burst_s) * np.sqrt(level)
        hiss = noise(length, self.low_hz, self.high_hz, seed=round(tone.pitch * 8))
        hiss *= spread(shape, length)
        return hiss


@dataclass(frozen=True, slots=True)
class Tremolo:
    """The level swings by `depth` at `hz`; with `pan`, from side to side."""

    depth: float
    hz: float
    pan: bool = False

    def apply(self, audio: Samples, times: Curve) -> Samples:
        """`audio` [n] with its swing: [n], or [2, n] when it pans."""
        swing = 0.5 * self.depth * np.sin(2 * np.pi * self.hz * times)
        left = spread(1 - self.depth / 2 + swing, audio.shape[-1])
        if not self.pan:
            return audio * left
        return audio * np.stack([left, (2 - self.depth) - left])


@dataclass(frozen=True, slots=True)
class Oscillator:
    """Detuned voices of one timbre under one envelope."""

    timbre: Timbre
    envelope: Envelope = HELD
    colour: Colour = STILL
    bend: Bend = STEADY
    voices: tuple[Voice, ...] = (Voice(),)
    breath: Breath | None = None
    tremolo: Tremolo | None = None

    def sound(self, tone: Tone) -> Samples:
        length = samples(tone.length_s + self.envelope.release_s)
        times = control_times(length)
        level = self.envelope.curve(times, tone.length_s)
        audio = self._voices(tone, times, length)
        audio *= spread(level, length)
        if self.breath:
            audio += self.breath.sound(tone, level, times, length)
        if self.tremolo:
            audio = self.tremolo.apply(audio, times)
        return soften_edges(audio)

    def _voices(self, tone: Tone, times: Curve, length: int) -> Samples:
        room = _VIBRATO_ROOM + max(self.bend.scoop, 0.0)
        cycles = cycles_of(self.timbre, tone.pitch, highest_pitch(tone) + room)
        brightness = spread(self.colour.curve(tone, times), length)
        frequency = hz(self.bend.curve(tone, times))
        wide = any(voice.pan for voice in self.voices)
        audio = np.zeros((2, length) if wide else length, dtype=np.float32)
        for place, voice in enumerate(self.voices):
            start = place / 9  # fundamentals start nearly together, harmonics do not
            speed = frequency * 2 ** (voice.cents / 1200)
            played = cycles.read(sweep_phases(speed, length, start), brightness)
            played *= np.float32(voice.level)
            audio += _pan(played, voice.pan) if wide else played
        return audio


def _pan(audio: Samples, pan: float) -> Samples:
    """Equal-power panning: [n] to [2, n], unity gain in the middle."""
    angle = (pan + 1) * np.pi / 4
    sides = np.array([[np.cos(angle)], [np.sin(angle)]], dtype=np.float32)
    return audio * (sides * np.float32(2**0.5))


@dataclass(frozen=True, slots=True)
class Singer:
    """A choice of instruments by vowel; a tone without one is sung on `a`."""

    vowels: Mapping[str, Instrument]

    def sound(self, tone: Tone) -> Samples:
        return self.vowels[tone.vowel or "a"].sound(tone)
