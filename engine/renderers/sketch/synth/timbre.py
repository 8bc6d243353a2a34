"""Timbres: how strong each harmonic of a sound is, from dark to bright.

A timbre is a source (saw, square, drawbars), a low-pass that brightness opens, an optional
overdrive and the formants of a body. It becomes rows of harmonic amplitudes, one per brightness,
for oscillators to read and ensembles to spread. Nothing here moves in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from engine.renderers.sketch.synth.patch import HALF_OPEN, MEZZO_FORTE, Tone
from engine.renderers.sketch.synth.waves import Curve, Cycles, Envelope, draw_cycles, hz

Source = Callable[[Curve], Curve]
"""From harmonic numbers [K] to amplitudes [K]."""

LEVELS = 24
REFERENCE_BRIGHTNESS = 0.6
"""Where a timbre is as loud at every pitch."""

_TOP_HZ = 18_000.0
_MOST_HARMONICS = 480


def saw(harmonics: Curve) -> Curve:
    return 1 / harmonics


def square(harmonics: Curve) -> Curve:
    return np.where(harmonics % 2 == 1, 1 / harmonics, 0.0)


def pulse(width: float) -> Source:
    """A rectangle that is high for `width` of its period: 0.5 is a square."""
    return lambda harmonics: np.sin(np.pi * harmonics * width) / harmonics


def plucked(position: float, tilt: float) -> Source:
    """A string plucked at `position` of its length, each harmonic k weaker by k^-tilt."""
    return lambda harmonics: np.abs(np.sin(np.pi * harmonics * position)) / harmonics**tilt


def power(tilt: float) -> Source:
    """Harmonics that fall as k^-tilt: 1 is a saw, 2 about a voice or a triangle."""
    return lambda harmonics: harmonics**-tilt


def drawbars(levels: dict[int, float]) -> Source:
    """Only the harmonics named, each with its level."""
    return lambda harmonics: np.array([levels.get(int(k), 0.0) for k in harmonics])


@dataclass(frozen=True, slots=True)
class Formant:
    """A resonance of the body or the mouth: `gain_db` at `hz`, gone `width_hz` away."""

    hz: float
    width_hz: float
    gain_db: float


def body_gain(formants: tuple[Formant, ...], frequencies_hz: Curve) -> Curve:
    """The gain of all formants together at each frequency."""
    gain_db = np.zeros_like(frequencies_hz)
    for formant in formants:
        gain_db += formant.gain_db / (1 + ((frequencies_hz - formant.hz) / formant.width_hz) ** 2)
    return 10 ** (gain_db / 20)


def loudness_weight(frequencies_hz: Curve) -> Curve:
    """About the gain of the K-weighting of ITU-R BS.1770-4: a shelf of 4 dB and a rumble filter."""
    treble = (frequencies_hz / 1500.0) ** 2
    shelf = np.sqrt((1 + 2.51 * treble) / (1 + treble))
    return shelf * frequencies_hz**2 / (frequencies_hz**2 + 38.0**2)


def low_pass(frequencies_hz: Curve, cutoff_hz: Curve, poles: float, resonance: float) -> Curve:
    """The magnitude of a low-pass: 6 dB per octave and pole, `resonance` dB up at its cutoff."""
    ratio = frequencies_hz / cutoff_hz
    gain = 1 / np.sqrt(1 + ratio ** (2 * poles))
    if resonance:
        gain = gain * 10 ** (resonance / 20 / (1 + (4 * np.log2(ratio)) ** 2))
    return gain


@dataclass(frozen=True, slots=True)
class Timbre:
    """A source, filtered between `dark_hz` (brightness 0) and `bright_hz` (brightness 1).

    The cutoff moves with the pitch by `follow` (1: a fifth higher, a fifth brighter; the Hz hold
    at middle C). `resonance` is in dB. `drive` overdrives what passed the filter, and `formants`
    colour what comes out of that.
    """

    source: Source = saw
    dark_hz: float = 200.0
    bright_hz: float = 9000.0
    follow: float = 0.4
    poles: float = 2.0
    resonance: float = 0.0
    drive: float = 0.0
    formants: tuple[Formant, ...] = ()

    def cutoff_hz(self, brightness: Curve, base_hz: float) -> Curve:
        moved = (base_hz / float(hz(60))) ** self.follow
        return self.dark_hz * (self.bright_hz / self.dark_hz) ** brightness * moved

    def amplitudes(self, brightness: Curve, base_hz: float, highest_hz: float) -> Curve:
        """Amplitudes [brightness, K] of the harmonics of `base_hz`.

        K is what stays below the top of hearing when the pitch rises to `highest_hz`. At the
        reference brightness the K-weighted power is that of a sine at full level.
        """
        count = int(np.clip(_TOP_HZ / highest_hz, 1, _MOST_HARMONICS))
        levels = np.append(np.atleast_1d(brightness), REFERENCE_BRIGHTNESS)
        harmonics = np.arange(1, count + 1, dtype=np.float64)
        frequencies = harmonics * base_hz
        cutoffs = self.cutoff_hz(levels, base_hz)[:, None]
        rows = self.source(harmonics) * low_pass(frequencies, cutoffs, self.poles, self.resonance)
        if self.drive:
            rows = overdrive(rows, self.drive)
        rows = rows * body_gain(self.formants, frequencies)
        loudness = np.sqrt(np.sum((rows[-1] * loudness_weight(frequencies)) ** 2))
        return rows[:-1] / loudness


def overdrive(rows: Curve, drive: float) -> Curve:
    """Amplitudes after a soft, slightly one-sided clipper driven `drive` times past its knee.

    The clipper works on one cycle drawn sixteen times finer than its highest harmonic, and only
    the harmonics that were there before are kept, so nothing it adds can alias.
    """
    count = rows.shape[1]
    size = max(1024, 1 << (16 * count - 1).bit_length())
    spectra = np.zeros((len(rows), size // 2 + 1), dtype=np.complex64)
    spectra[:, 1 : count + 1] = -0.5j * size * rows
    cycles = scipy.fft.irfft(spectra, n=size, axis=1)
    cycles *= drive / np.max(np.abs(cycles), axis=1, keepdims=True)
    clipped = np.tanh(cycles + 0.15 * drive)
    return np.abs(scipy.fft.rfft(clipped, axis=1))[:, 1 : count + 1].astype(np.float64) * (2 / size)


@lru_cache(maxsize=192)
def cycles_of(timbre: Timbre, pitch: float, highest: float) -> Cycles:
    """The timbre's cycles at a MIDI pitch, safe to be read up to the pitch `highest`."""
    brightness = np.linspace(0.0, 1.0, LEVELS)
    return draw_cycles(timbre.amplitudes(brightness, float(hz(pitch)), float(hz(highest))))


HELD = Envelope()


@dataclass(frozen=True, slots=True)
class Colour:
    """How bright a note is, and how that moves: 0 is the timbre's dark end, 1 its bright end.

    `base` holds at mezzo-forte and a normal cutoff; harder and more open is brighter by
    `by_velocity` and `by_cutoff`. `sweep` is added along `contour`; `wobble` is taken away and
    given back `wobbles_per_beat` times.
    """

    base: float = 0.5
    by_velocity: float = 0.35
    by_cutoff: float = 0.7
    sweep: float = 0.0
    contour: Envelope = HELD
    wobble: float = 0.0
    wobbles_per_beat: float = 2.0

    def level(self, tone: Tone) -> float:
        """The brightness without its movement, not yet clipped."""
        touch = self.by_velocity * (tone.velocity - MEZZO_FORTE)
        return self.base + touch + self.by_cutoff * (tone.cutoff - HALF_OPEN)

    def curve(self, tone: Tone, times: Curve) -> Curve:
        """The brightness, 0 to 1, at control points `times`."""
        brightness = np.full_like(times, self.level(tone))
        if self.sweep:
            brightness += self.sweep * self.contour.curve(times, tone.length_s)
        if self.wobble:
            turns = times * (self.wobbles_per_beat / tone.beat_s)
            brightness -= self.wobble * (0.5 + 0.5 * np.cos(2 * np.pi * turns))
        return np.clip(brightness, 0.0, 1.0)


STILL = Colour()
