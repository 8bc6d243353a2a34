"""Outboard: the room, the echo and the filter that all lines of a mix share.

All are linear, so the parts of a piece put through them one by one add up to the whole piece put
through them at once. They run block by block and remember what rings on into the next block.
Nothing here knows lines or parts.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft
from scipy.signal import butter, sosfilt

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.waves import Samples

_LONGEST_ROOM = (1 << 17) - 1
_ROOM_SEED = 1_770

# Each band of the room's sound (from Hz, to Hz) and how its decay compares with the whole room's:
# air and walls swallow the top first.
_ROOM_BANDS = ((180, 600, 1.1), (600, 2_000, 1.0), (2_000, 6_000, 0.75), (6_000, 14_000, 0.45))
_REFLECTIONS = 9


@lru_cache(maxsize=8)
def room_response(size: float) -> Samples:
    """A room's impulse response as middle and side, [2, n]; `size` 0 (booth) to 1 (cathedral).

    Diffuse noise that decays faster in higher bands, after a pre-delay and a few early
    reflections. Left and right each have an energy of 1, so a send of 1 is as loud as the source.
    """
    t60_s = 0.3 + 0.9 * size + 2.3 * size**2
    length = min(int(1.1 * t60_s * SAMPLE_RATE_HZ), _LONGEST_ROOM)
    chance = np.random.Generator(np.random.PCG64(_ROOM_SEED))
    response = _diffuse(length, t60_s, chance)
    moments = (0.004 + 0.09 * size * chance.random((2, _REFLECTIONS)) ** 1.5) * SAMPLE_RATE_HZ
    strengths = chance.uniform(-2.0, 2.0, (2, _REFLECTIONS)) * np.abs(response).max()
    for side in (0, 1):
        response[side, moments[side].astype(int)] += strengths[side].astype(np.float32)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True))
    response *= np.sqrt(np.array([[0.6], [0.4]], dtype=np.float32))
    pre_delay = int((0.004 + 0.02 * size) * SAMPLE_RATE_HZ)
    response = np.pad(response, ((0, 0), (pre_delay, 0)))[:, :_LONGEST_ROOM]
    response.flags.writeable = False
    return response


def _diffuse(length: int, t60_s: float, chance: np.random.Generator) -> Samples:
    times = np.arange(length, dtype=np.float32) / SAMPLE_RATE_HZ
    spectrum = scipy.fft.rfft(chance.standard_normal((2, length), dtype=np.float32))
    bins_hz = scipy.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ)
    tail = np.zeros((2, length), dtype=np.float32)
    for low_hz, high_hz, lasts in _ROOM_BANDS:
        inside = (bins_hz >= low_hz) & (bins_hz < high_hz)
        tail += scipy.fft.irfft(spectrum * inside, length) * np.exp(times * (-6.91 / t60_s / lasts))
    tail *= 1 - np.exp(times / -0.012)
    tail[:, -480:] *= np.linspace(1, 0, 480, dtype=np.float32)
    return tail


class Convolver:
    """Convolution with `responses` [channels, n], `block` samples at a time, by overlap-add.

    A response may be as long as a block plus one sample.
    """

    def __init__(self, responses: Samples, block: int) -> None:
        self._block = block
        self._size = scipy.fft.next_fast_len(block + responses.shape[1] - 1, real=True)
        self._spectra = scipy.fft.rfft(responses, self._size)
        self._tail = np.zeros((len(responses), self._size - block), dtype=np.float32)

    def process(self, audio: Samples) -> Samples:
        """The next block [channels, block] from mono [block] or as many channels."""
        if not audio.any() and not self._tail.any():
            return np.zeros((len(self._tail), self._block), dtype=np.float32)
        wet = scipy.fft.irfft(scipy.fft.rfft(audio, self._size) * self._spectra, self._size)
        wet[:, : self._tail.shape[1]] += self._tail
        rest = wet[:, self._block :]
        self._tail.fill(0.0)
        self._tail[:, : rest.shape[1]] = rest
        return wet[:, : self._block]


class Echo:
    """Repeats every `delay` samples, in turn left and right, each softer and darker."""

    _FEEDBACK = np.float32(0.45)

    def __init__(self, delay: int) -> None:
        self._loop = np.zeros((2, max(delay, 1)), dtype=np.float32)
        self._place = 0
        self._before = np.zeros((2, 1), dtype=np.float32)

    def process(self, mono: Samples) -> Samples:
        """The repeats [2, n] that sound while `mono` [n] comes in."""
        repeats = np.empty((2, len(mono)), dtype=np.float32)
        done = 0
        while done < len(mono):
            count = min(self._loop.shape[1] - self._place, len(mono) - done)
            slot = self._loop[:, self._place : self._place + count]
            repeats[:, done : done + count] = slot
            slot[:] = self._darker(slot[::-1])
            slot[0] += mono[done : done + count]
            self._place = (self._place + count) % self._loop.shape[1]
            done += count
        return repeats

    def _darker(self, repeat: Samples) -> Samples:
        """Averages of neighbouring samples: -3 dB at 12 kHz, and again with every repeat."""
        dark = np.concatenate([self._before, repeat[:, :-1]], axis=1)
        self._before = repeat[:, -1:].copy()
        dark += repeat
        dark *= self._FEEDBACK / 2
        return dark


class HighPass:
    """A second-order Butterworth high-pass over `channels`."""

    def __init__(self, cutoff_hz: float, channels: int) -> None:
        self._filter = butter(2, cutoff_hz, "highpass", fs=SAMPLE_RATE_HZ, output="sos")
        self._state = np.zeros((1, channels, 2))

    def process(self, block: Samples) -> Samples:
        """The next block, [channels, n]; float64 inside, for a low cutoff needs the digits."""
        passed, self._state = sosfilt(self._filter, block.astype(np.float64), zi=self._state)
        return passed.astype(np.float32)
