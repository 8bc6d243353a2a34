"""Raw sound: times, curves, noise, decaying modes and band-limited cycles.

Everything that changes slowly (envelopes, vibrato, filter sweeps) is a control curve: one value
every `HOP` samples, worked out in float64 where it costs nothing, then `spread` to samples as
straight lines. The module knows no instrument and no note.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from engine.audio import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Curve = NDArray[np.float64]

HOP = 32
"""Samples between two values of a control curve (0.67 ms)."""

_BLOCK = 256
_BATCH = 4
"""Blocks per matrix product: small enough that BLAS never wakes a thread, which would spin idly
for longer than the product takes."""

_CHUNK = 16_384
"""Samples read from a table at once: the working arrays then stay in the processor's cache."""

_NOISE_SAMPLES = 1 << 16
_DECAY_60_DB = float(np.log(1000.0))
_RAMP = np.arange(HOP, dtype=np.float32) / HOP
_STEPS = np.arange(HOP, dtype=np.uint32)


def hz(pitch: ArrayLike) -> Curve:
    """The frequency of a MIDI pitch; 69 is A = 440 Hz."""
    return 440.0 * np.exp2((np.asarray(pitch, dtype=np.float64) - 69.0) / 12.0)


def control_times(length: int) -> Curve:
    """Seconds at the control points that span `length` samples, one beyond the end included."""
    return np.arange(-(-length // HOP) + 1, dtype=np.float64) * (HOP / SAMPLE_RATE_HZ)


def spread(curve: ArrayLike, length: int) -> Samples:
    """Straight lines between control points: `length` float32 samples."""
    points = np.asarray(curve, dtype=np.float32)
    lines = np.multiply.outer(np.diff(points), _RAMP)
    lines += points[:-1, None]
    return lines.ravel()[:length]


def soften_edges(audio: Samples, fade_in_s: float = 0.001, fade_out_s: float = 0.005) -> Samples:
    """Fade the first and last moments of `audio` [..., n] in place, so that nothing clicks."""
    length = audio.shape[-1]
    for seconds, edge in ((fade_in_s, slice(None)), (fade_out_s, slice(None, None, -1))):
        width = min(round(seconds * SAMPLE_RATE_HZ), length)
        fade = 0.5 - 0.5 * np.cos(np.pi * np.arange(width) / max(width, 1))
        audio[..., edge][..., :width] *= fade.astype(np.float32)
    return audio


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a level moves while a key is held and after it is let go.

    `attack_s` to the peak, then exponentially towards `sustain` with time constant `decay_s`;
    after the key the level falls by 60 dB in `release_s` and ends at exactly zero.
    """

    attack_s: float = 0.005
    decay_s: float = 0.3
    sustain: float = 1.0
    release_s: float = 0.1

    def curve(self, times: Curve, held_s: float) -> Curve:
        """The level, 0 to 1, at control points `times` for a key held `held_s`.

        An attack longer than half the note is shortened to it: a short note still speaks.
        """
        attack_s = max(min(self.attack_s, held_s / 2), HOP / SAMPLE_RATE_HZ)
        held = np.minimum(times, held_s)
        rise = np.minimum(held / attack_s, 1.0)
        after_attack = np.maximum(held - attack_s, 0.0)
        level = self.sustain + (1 - self.sustain) * np.exp(-after_attack / self.decay_s)
        return level * np.sin(rise * (np.pi / 2)) ** 2 * self.release(times, held_s)

    def release(self, times: Curve, held_s: float) -> Curve:
        """1 while the key is held, then the fall to zero at `held_s + release_s`."""
        gone = np.clip((times - held_s) / self.release_s, 0.0, 1.0)
        return np.exp(-_DECAY_60_DB * gone) * np.minimum(1.0, 4.0 * (1.0 - gone))


def fall(length: int, t60_s: float) -> Samples:
    """An exponential decay from 1 that loses 60 dB in `t60_s`: `length` samples."""
    rate = _DECAY_60_DB / (t60_s * SAMPLE_RATE_HZ)
    blocks = np.exp(-rate * _BLOCK * np.arange(-(-length // _BLOCK))).astype(np.float32)
    steps = np.exp(-rate * np.arange(_BLOCK)).astype(np.float32)
    return np.multiply.outer(blocks, steps).ravel()[:length]


def noise(length: int, low_hz: float, high_hz: float, seed: int = 0) -> Samples:
    """`length` samples of noise between two frequencies, with an RMS of 1.

    It repeats after 1.4 s. The same arguments always give the same noise; each seed starts at
    another place of the same loop.
    """
    loop = _noise_loop(low_hz, high_hz)
    start = (seed * 7919) % _NOISE_SAMPLES
    return np.take(loop, np.arange(start, start + length), mode="wrap")


@lru_cache(maxsize=64)
def _noise_loop(low_hz: float, high_hz: float) -> Samples:
    chance = np.random.Generator(np.random.PCG64(20_231))
    phases = np.exp(2j * np.pi * chance.random(_NOISE_SAMPLES // 2 + 1))
    bins_hz = np.fft.rfftfreq(_NOISE_SAMPLES, 1 / SAMPLE_RATE_HZ)
    gain = 1 / np.sqrt(
        (1 + (low_hz / np.maximum(bins_hz, 1.0)) ** 4) * (1 + (bins_hz / high_hz) ** 8)
    )
    gain[0] = gain[-1] = 0.0
    loop = scipy.fft.irfft((gain * phases).astype(np.complex64))
    loop /= np.sqrt(np.mean(np.square(loop)))
    loop.flags.writeable = False
    return loop


def ring(
    frequencies_hz: ArrayLike, amplitudes: ArrayLike, t60_s: ArrayLike, length: int
) -> Samples:
    """A sum of sines, each starting at phase 0 and losing 60 dB in its own `t60_s`.

    `frequencies_hz` [K] and `t60_s` [K] (or one for all) belong to `amplitudes` [K], giving
    [length], or [channels, K], giving [channels, length]; complex amplitudes set the phase.
    Modes above 20 kHz are left out, so nothing aliases.

    A decaying sine is a power z^n, and z^(bB + j) = z^(bB) z^j: all modes of all blocks of B
    samples are one matrix product, which is some fifty times cheaper than a sine per sample.
    """
    frequencies = np.atleast_1d(np.asarray(frequencies_hz, dtype=np.float64))
    t60 = np.broadcast_to(np.asarray(t60_s, dtype=np.float64), frequencies.shape)
    weights = np.asarray(amplitudes, dtype=np.complex64)
    channels = weights.shape[:-1] if weights.ndim > 1 else ()
    weights = np.broadcast_to(weights, (*(channels or (1,)), frequencies.size))
    heard = frequencies < 20_000.0
    turns = frequencies[heard, None] / SAMPLE_RATE_HZ
    losses = _DECAY_60_DB / (t60[heard, None] * SAMPLE_RATE_HZ)

    batches = -(-length // (_BLOCK * _BATCH))
    starts = _powers(turns, losses, _BLOCK * np.arange(batches * _BATCH))
    steps = _powers(turns, losses, np.arange(_BLOCK))
    struck = (weights[:, heard, None] * starts).transpose(0, 2, 1)
    left = np.concatenate([struck.real, struck.imag], axis=2, dtype=np.float32)
    left = left.reshape(-1, _BATCH, left.shape[2])
    blocks = left @ np.concatenate([steps.imag, steps.real])
    return blocks.reshape(*channels, -1)[..., :length]


def _powers(turns: Curve, losses: Curve, times: NDArray[np.int64]) -> NDArray[np.complex64]:
    """exp((2πi turns - losses) times), zero where it is inaudible.

    Zero, because denormal numbers would slow the product tenfold.
    """
    angles = turns * times
    angles -= np.floor(angles)
    angles = (angles * (2 * np.pi)).astype(np.float32)
    exponents = (losses * times).astype(np.float32)
    sizes = np.exp(-exponents)
    sizes[exponents > 16.0] = 0.0
    powers = np.empty(angles.shape, dtype=np.complex64)
    powers.real = np.cos(angles)
    powers.imag = np.sin(angles)
    powers *= sizes
    return powers


@dataclass(frozen=True, slots=True)
class Cycles:
    """Single cycles of one sound from dark to bright, ready to be read at any speed.

    `table` [levels * size] holds at each place the value (real) and the step to the next place
    (imaginary), so that one look-up is enough to draw the straight line between them.
    """

    table: NDArray[np.complex64]
    levels: int
    size: int

    def read(self, phases: NDArray[np.uint32], brightness: Samples) -> Samples:
        """The sound along `phases` (2^32 is one cycle) and `brightness` (0 to 1 over levels)."""
        audio = np.empty(phases.size, dtype=np.float32)
        for start in range(0, phases.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            audio[part] = self._read(phases[part], brightness[part])
        return audio

    def _read(self, phases: NDArray[np.uint32], brightness: Samples) -> Samples:
        bits = self.size.bit_length() - 1
        places = (phases >> np.uint32(32 - bits)).astype(np.int64)
        between = (phases << np.uint32(bits)).astype(np.float32)
        between *= np.float32(2.0**-32)
        if self.levels == 1:
            return _between(self.table[places], between)
        height = brightness * np.float32(self.levels - 1)
        floors = np.minimum(height.astype(np.int64), self.levels - 2)
        height -= floors
        places += floors * self.size
        lower = _between(self.table[places], between)
        places += self.size
        upper = _between(self.table[places], between)
        upper -= lower
        upper *= height
        upper += lower
        return upper


def _between(values: NDArray[np.complex64], fraction: Samples) -> Samples:
    line = values.imag * fraction
    line += values.real
    return line


def draw_cycles(amplitudes: ArrayLike, phases: ArrayLike = 0.0) -> Cycles:
    """Draw one cycle per row of `amplitudes` [levels, K]: harmonics 1 to K, in `phases` [K].

    A cycle has at least eight places per period of its highest harmonic, which keeps what the
    straight lines between places add below about -70 dB.
    """
    rows = np.atleast_2d(np.asarray(amplitudes, dtype=np.float64))
    levels, harmonics = rows.shape
    size = max(256, 1 << (8 * harmonics - 1).bit_length())
    size = min(size, 4096)
    spectra = np.zeros((levels, size // 2 + 1), dtype=np.complex64)
    spectra[:, 1 : harmonics + 1] = rows * (-0.5j * size * np.exp(1j * np.asarray(phases)))
    values = scipy.fft.irfft(spectra, n=size, axis=1)
    table = np.empty((levels, size), dtype=np.complex64)
    table.real = values
    table.imag = np.roll(values, -1, axis=1) - values
    return Cycles(table.ravel(), levels, size)


def sweep_phases(frequency_hz: Curve, length: int, start: float = 0.0) -> NDArray[np.uint32]:
    """Phases (2^32 is one cycle) of a sound whose frequency follows a control curve.

    Unsigned integers wrap by themselves, so a phase keeps its full precision however long the
    note is. `start` is in cycles.
    """
    turns = 0.5 * (frequency_hz[1:] + frequency_hz[:-1]) * (HOP / SAMPLE_RATE_HZ)
    begins = np.cumsum(turns) - turns + start
    bases = ((begins - np.floor(begins)) * 2.0**32).astype(np.uint64).astype(np.uint32)
    speeds = np.rint(turns * (2.0**32 / HOP)).astype(np.uint32)
    phases = np.multiply.outer(speeds, _STEPS)
    phases += bases[:, None]
    return phases.ravel()[:length]
