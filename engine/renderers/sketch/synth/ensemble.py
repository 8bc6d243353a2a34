"""Ensembles: many players of one timbre at once, as in pads, strings, choirs and supersaws.

The whole ensemble at one pitch is drawn once, as the spectrum of a loop in which every harmonic of
every player is one line, so a note costs little more than copying it. The idea is the PADsynth
algorithm of Paul Nasca (ZynAddSubFX), here with one line per player and harmonic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.patch import Tone, highest_pitch, samples
from engine.renderers.sketch.synth.timbre import Colour, Timbre
from engine.renderers.sketch.synth.warp import glided, steady_length
from engine.renderers.sketch.synth.waves import (
    Curve,
    Envelope,
    Samples,
    control_times,
    hz,
    soften_edges,
    spread,
)

_DARK, _BRIGHT = 0.15, 0.95


@dataclass(frozen=True, slots=True)
class Players:
    """Who plays together: `count` players within `cents` of the pitch, `width` 0 to 1 apart.

    Players `in_step` are oscillators: their harmonics keep together and beat like detuned saws.
    Others are people: each harmonic wanders by itself. The loop lasts about `loop_s`.
    """

    count: int = 9
    cents: float = 12.0
    width: float = 1.0
    in_step: bool = False
    loop_s: float = 1.4

    def places(self) -> Curve:
        """Where each player [count] stands between the flattest (-1) and the sharpest (1)."""
        return np.linspace(-1.0, 1.0, self.count)

    def detunings(self) -> Curve:
        """Cents [count], crowded around 0 as the saws of a supersaw are."""
        places = self.places()
        return self.cents * np.sign(places) * np.abs(places) ** 1.4

    def strengths(self) -> Curve:
        """Amplitudes [2, count] that sum to a power of 1 per side.

        The players in tune lead, so a note never fades when the others cancel, and sit in the
        middle; each pair that is equally far off sits on opposite sides.
        """
        places = self.places()
        level = 1 / (1 + 2.5 * np.abs(places))
        pairs = np.abs(np.arange(self.count) - (self.count - 1) / 2).astype(np.int64)
        seats = self.width * np.sign(places) * np.sqrt(np.abs(places)) * (-1.0) ** pairs
        angles = (seats + 1) * np.pi / 4
        sides = level * np.stack([np.cos(angles), np.sin(angles)])
        return sides / np.sqrt(np.mean(np.sum(sides**2, axis=1)))


class Loop(NamedTuple):
    """The ensemble at its darkest [2, n], and what brightness adds to it [2, n]."""

    dark: Samples
    light: Samples


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Players of one timbre under one envelope."""

    timbre: Timbre
    players: Players
    envelope: Envelope
    colour: Colour

    def sound(self, tone: Tone) -> Samples:
        length = samples(tone.length_s + self.envelope.release_s)
        times = control_times(length)
        loop = loop_of(self.timbre, self.players, tone.pitch, highest_pitch(tone))
        brightness = spread(self.colour.curve(tone, times), length)
        level = spread(self.envelope.curve(times, tone.length_s), length)
        reach = steady_length(tone, length)
        audio = glided(_around(loop.light, reach), tone, length) * brightness
        audio += glided(_around(loop.dark, reach), tone, length)
        audio *= level
        return soften_edges(audio)


def _around(loop: Samples, length: int) -> Samples:
    """The first `length` samples of a loop [2, n] played round and round."""
    times = -(-length // loop.shape[1])
    return loop[:, :length] if times == 1 else np.tile(loop, times)[:, :length]


@lru_cache(maxsize=64)
def loop_of(timbre: Timbre, players: Players, pitch: float, highest: float) -> Loop:
    """The players' loop at a MIDI pitch, safe to be read as fast as the pitch `highest`."""
    base_hz = float(hz(pitch))
    length, cycles = _whole_cycles(base_hz, players.loop_s)
    amplitudes = timbre.amplitudes(np.array([_DARK, _BRIGHT]), base_hz, float(hz(highest)))
    detuning = 2 ** (players.detunings() / 1200)
    harmonics = np.arange(1, amplitudes.shape[1] + 1)
    if players.in_step:
        bins = np.multiply.outer(np.rint(cycles * detuning).astype(np.int64), harmonics)
    else:
        bins = np.rint(np.multiply.outer(cycles * detuning, harmonics)).astype(np.int64)
    lines = _phases(players, bins.shape) * (length / 2)
    spectra = np.zeros((2, 2, length // 2 + 1), dtype=np.complex64)
    sides = players.strengths()
    for level, side in np.ndindex(2, 2):
        strengths = lines * amplitudes[level] * sides[side][:, None]
        np.add.at(spectra[level, side], bins, strengths.astype(np.complex64))
    dark, bright = scipy.fft.irfft(spectra, n=length, axis=-1)
    bright -= dark
    return Loop(dark, bright)


def _whole_cycles(base_hz: float, loop_s: float) -> tuple[int, int]:
    """A loop length of about `loop_s` that is quick to transform and holds whole cycles."""
    target = loop_s * SAMPLE_RATE_HZ
    lengths = _QUICK[(target * 0.85 < _QUICK) & (target * 1.15 > _QUICK)]
    turns = lengths * (base_hz / SAMPLE_RATE_HZ)
    best = int(np.argmin(np.abs(turns - np.rint(turns)) / turns))
    return int(lengths[best]), int(np.rint(turns[best]))


def _phases(players: Players, shape: tuple[int, int]) -> NDArray[np.complex128]:
    """A direction for every line [players, harmonics], always the same ones."""
    chance = np.random.Generator(np.random.PCG64(players.count))
    if players.in_step:
        starts = chance.random((shape[0], 1)) * np.arange(1, shape[1] + 1)
    else:
        starts = chance.random(shape)
    return -1j * np.exp(2j * np.pi * starts)


def _products(primes: tuple[int, ...], most: int) -> NDArray[np.int64]:
    """All even numbers up to `most` that have no other prime factors, in order."""
    found = np.array([2], dtype=np.int64)
    for prime in primes:
        powers = prime ** np.arange(int(np.log(most) / np.log(prime)) + 1)
        found = np.multiply.outer(found, powers).ravel()
        found = found[found <= most]
    return np.unique(found)


_QUICK = _products((2, 3, 5, 7), 4 * SAMPLE_RATE_HZ)
"""Lengths that a fast Fourier transform likes."""
