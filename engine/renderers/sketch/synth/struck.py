"""Struck and plucked instruments: sounds that are set going once and then ring out.

A string, bar or tine is a set of modes, each a decaying sine; the hand decides how strongly each
one starts. Mode ratios of bars are those of Fletcher and Rossing, The Physics of Musical
Instruments (2nd edition, chapters 2 and 19).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from engine.renderers.sketch.synth.oscillator import Tremolo
from engine.renderers.sketch.synth.patch import Tone, samples
from engine.renderers.sketch.synth.timbre import (
    REFERENCE_BRIGHTNESS,
    STILL,
    Colour,
    Formant,
    body_gain,
    loudness_weight,
    low_pass,
)
from engine.renderers.sketch.synth.warp import glided, steady_length
from engine.renderers.sketch.synth.waves import (
    Curve,
    Envelope,
    Samples,
    control_times,
    fall,
    hz,
    noise,
    ring,
    soften_edges,
    spread,
)

_MIDDLE_C_HZ = 261.63
_TOP_HZ = 16_000.0


class Modes(NamedTuple):
    """Frequencies, amplitudes and 60 dB decay times [K] of what can ring."""

    hz: Curve
    amplitudes: Curve
    t60_s: Curve


class Resonator(Protocol):
    def modes(self, base_hz: float) -> Modes: ...


@dataclass(frozen=True, slots=True)
class String:
    """A stretched string, plucked or hit at `position` of its length.

    Harmonic k starts as k^-tilt and lasts `t60_s` at middle C, less the higher the string (by
    `shortening`) and halved at `damping_hz`. `stiffness` stretches the harmonics (the B of piano
    strings, at middle C). `unison` cents give each note a second, beating string.
    """

    t60_s: float
    position: float = 0.15
    tilt: float = 0.8
    shortening: float = 0.5
    damping_hz: float = 3000.0
    stiffness: float = 0.0
    unison: float = 0.0
    most: int = 64

    def modes(self, base_hz: float) -> Modes:
        height = base_hz / _MIDDLE_C_HZ
        k = np.arange(1, min(self.most, int(_TOP_HZ / base_hz) + 1) + 1, dtype=np.float64)
        stretch = self.stiffness * height
        frequencies = k * base_hz * np.sqrt((1 + stretch * k**2) / (1 + stretch))
        amplitudes = np.abs(np.sin(np.pi * k * self.position)) / k**self.tilt
        lasting = self.t60_s * height**-self.shortening
        t60 = lasting / (1 + frequencies / self.damping_hz)
        if not self.unison:
            return Modes(frequencies, amplitudes, t60)
        beside = frequencies * 2 ** (self.unison / 1200)
        return Modes(
            np.concatenate([frequencies, beside]),
            np.concatenate([0.6 * amplitudes, 0.4 * amplitudes]),
            np.concatenate([0.7 * t60, 1.4 * t60]),
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, bell or tine: each mode's ratio to the pitch, amplitude and 60 dB time at middle C."""

    ratios: tuple[float, ...]
    levels: tuple[float, ...]
    t60_s: tuple[float, ...]
    shortening: float = 0.5

    def modes(self, base_hz: float) -> Modes:
        height = base_hz / _MIDDLE_C_HZ
        return Modes(
            base_hz * np.array(self.ratios),
            np.array(self.levels),
            np.array(self.t60_s) * height**-self.shortening,
        )


@dataclass(frozen=True, slots=True)
class Knock:
    """The noise of the stroke itself: a band of noise, `level` relative to the tone."""

    low_hz: float
    high_hz: float
    level: float
    t60_s: float


@dataclass(frozen=True, slots=True)
class Hand:
    """How hard the mallet, finger or plectrum is: a low-pass from `dark_hz` to `bright_hz`.

    `follow` is how far it moves with the pitch, as in `Timbre`.
    """

    dark_hz: float = 400.0
    bright_hz: float = 8000.0
    follow: float = 0.3
    poles: float = 2.0

    def gain(self, brightness: float, base_hz: float, frequencies_hz: Curve) -> Curve:
        moved = (base_hz / _MIDDLE_C_HZ) ** self.follow
        cutoff = self.dark_hz * (self.bright_hz / self.dark_hz) ** brightness * moved
        return low_pass(frequencies_hz, np.array(cutoff), self.poles, 0.0)


@dataclass(frozen=True, slots=True)
class Struck:
    """A resonator, the hand that sets it going, and the body that it sounds through."""

    resonator: Resonator
    hand: Hand = Hand()
    colour: Colour = STILL
    formants: tuple[Formant, ...] = ()
    knocks: tuple[Knock, ...] = ()
    damper_s: float = 0.15
    attack_s: float = 0.001
    width: float = 0.0
    tremolo: Tremolo | None = None

    def sound(self, tone: Tone) -> Samples:
        base_hz = float(hz(tone.pitch))
        modes = self._set_going(tone, base_hz)
        ringing_s = min(tone.length_s + self.damper_s, float(np.max(modes.t60_s)))
        length = samples(ringing_s)
        audio = ring(modes.hz, self._sides(modes), modes.t60_s, steady_length(tone, length))
        audio = glided(audio, tone, length)
        for place, knock in enumerate(self.knocks):
            hit = noise(length, knock.low_hz, knock.high_hz, seed=round(tone.pitch * 8) + place)
            hit *= fall(length, knock.t60_s) * np.float32(knock.level)
            audio += hit
        times = control_times(length)
        if ringing_s > tone.length_s:
            damper = Envelope(release_s=self.damper_s).release(times, tone.length_s)
            audio *= spread(damper, length)
        if self.tremolo:
            audio = self.tremolo.apply(audio, times)
        return soften_edges(audio, fade_in_s=self.attack_s)

    def _set_going(self, tone: Tone, base_hz: float) -> Modes:
        """The modes as this stroke starts them, as loud at every pitch."""
        modes = self.resonator.modes(base_hz)
        body = modes.amplitudes * body_gain(self.formants, modes.hz)
        usual = body * self.hand.gain(REFERENCE_BRIGHTNESS, base_hz, modes.hz)
        loudness = np.sqrt(np.sum((usual * loudness_weight(modes.hz)) ** 2))
        brightness = float(np.clip(self.colour.level(tone), 0.0, 1.0))
        struck = body * self.hand.gain(brightness, base_hz, modes.hz) / loudness
        return Modes(modes.hz, struck, modes.t60_s)

    def _sides(self, modes: Modes) -> Curve:
        """Amplitudes [K], or [2, K] when the instrument is wide: its modes lean left and right."""
        if not self.width:
            return modes.amplitudes
        lean = 0.5 * self.width * np.sin(2.4 * np.arange(modes.hz.size))
        return np.stack([modes.amplitudes * (1 + lean), modes.amplitudes * (1 - lean)])
