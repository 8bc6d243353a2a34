"""What drums are made of: layers of swept tones, ringing modes, metal and noise.

A drum is a stack of layers and is struck at a velocity. The module knows how such things sound
and decay; which drums make a kit is written in `kits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import scipy.fft

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.waves import (
    Samples,
    control_times,
    fall,
    noise,
    ring,
    soften_edges,
    sweep_phases,
)

LONGEST_S = 3.0
_LEVEL_WINDOW = int(0.03 * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke: how many samples it may ring, how hard it is (0 to 1), whose noise it has."""

    length: int
    velocity: float
    seed: int


class Layer(Protocol):
    @property
    def t60_s(self) -> float:
        """When the layer has lost 60 dB."""
        ...

    @property
    def touch(self) -> float:
        """Its level is velocity to this power beyond the drum's: what only hard strokes bring."""
        ...

    def sound(self, stroke: Stroke) -> Samples:
        """As many samples as the stroke asks for, [2, n] or mono [n]."""
        ...


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sine that falls from `start_hz` to `end_hz` with time constant `bend_s`.

    The skin of a kick, a tom or a conga. `drive` above 0 bends the wave towards a square, which
    makes a low drum audible on small loudspeakers.
    """

    start_hz: float
    end_hz: float
    bend_s: float
    t60_s: float
    level: float = 1.0
    drive: float = 0.0
    touch: float = 0.0

    def sound(self, stroke: Stroke) -> Samples:
        length = stroke.length
        bend = np.exp(-control_times(length) / self.bend_s)
        phases = sweep_phases(self.end_hz + (self.start_hz - self.end_hz) * bend, length)
        wave = np.sin(phases.astype(np.float32) * np.float32(2 * np.pi / 2**32))
        wave *= fall(length, self.t60_s)
        if self.drive:
            wave = np.tanh(wave * np.float32(1 + 4 * self.drive))
        return wave * np.float32(self.level)


@dataclass(frozen=True, slots=True)
class Modes:
    """Fixed partials that ring: a drum's shell, wood, a bell. Higher ones die sooner.

    `levels` belong to `hz`; if there are fewer, the rest follow as 1/n.
    """

    hz: tuple[float, ...]
    t60_s: float
    level: float = 1.0
    levels: tuple[float, ...] = ()
    damping: float = 0.5
    touch: float = 0.0

    def sound(self, stroke: Stroke) -> Samples:
        given = len(self.levels)
        levels = [*self.levels, *(1 / (1 + n) for n in range(given, len(self.hz)))]
        frequencies = np.array(self.hz)
        t60 = self.t60_s * (frequencies.min() / frequencies) ** self.damping
        return ring(frequencies, self.level * np.array(levels), t60, stroke.length)


@dataclass(frozen=True, slots=True)
class Metal:
    """A plate: `count` unrelated partials between two frequencies, other phases on either side.

    `plate` names the piece of metal: the same number is the same cymbal in every stroke.
    """

    low_hz: float
    high_hz: float
    t60_s: float
    level: float = 1.0
    count: int = 90
    damping: float = 0.5
    plate: int = 1
    width: float = 0.6
    touch: float = 0.0

    def sound(self, stroke: Stroke) -> Samples:
        chance = np.random.Generator(np.random.PCG64(self.plate))
        span = np.sort(chance.random(self.count))
        frequencies = self.low_hz * (self.high_hz / self.low_hz) ** span
        t60 = self.t60_s * (self.low_hz / frequencies) ** self.damping
        levels = chance.uniform(0.3, 1.0, self.count) * (self.level / np.sqrt(self.count))
        levels *= np.minimum(1.0, 0.1 + 4 * span)  # no single low partial that sings on alone
        apart = self.width * chance.random(self.count)
        hand = np.random.Generator(np.random.PCG64([self.plate, stroke.seed]))
        begins = hand.random(self.count)
        phases = 2j * np.pi * np.stack([begins, begins + apart])
        return ring(frequencies, levels * np.exp(phases), t60, stroke.length)


@dataclass(frozen=True, slots=True)
class Hiss:
    """Noise between two frequencies: snare wires, a stick's click, air.

    It swells for `attack_s`, then decays; `bursts` are the moments (s) at which it is struck
    again, as hands that don't clap quite together. `width` 0 is mono, 1 two unrelated sides.
    """

    low_hz: float
    high_hz: float
    t60_s: float
    level: float = 1.0
    attack_s: float = 0.0
    bursts: tuple[float, ...] = (0.0,)
    width: float = 0.0
    touch: float = 0.0

    def sound(self, stroke: Stroke) -> Samples:
        length, seed = stroke.length, 2 * stroke.seed
        envelope = self._envelope(length) * np.float32(self.level)
        middle = noise(length, self.low_hz, self.high_hz, seed) * envelope
        if not self.width:
            return middle
        side = noise(length, self.low_hz, self.high_hz, seed + 1) * envelope
        middle *= np.float32(np.cos(self.width * np.pi / 4))
        side *= np.float32(np.sin(self.width * np.pi / 4))
        return np.stack([middle + side, middle - side])

    def _envelope(self, length: int) -> Samples:
        envelope = np.zeros(length, dtype=np.float32)
        # All but the last burst are cut short by the next one.
        tails = [0.06] * (len(self.bursts) - 1) + [self.t60_s]
        for moment, t60_s in zip(self.bursts, tails, strict=True):
            start = min(int(moment * SAMPLE_RATE_HZ), length)
            np.maximum(envelope[start:], fall(length - start, t60_s), out=envelope[start:])
        swell = min(int(self.attack_s * SAMPLE_RATE_HZ), length)
        envelope[:swell] *= np.linspace(0.0, 1.0, swell, dtype=np.float32) ** 2
        return envelope


@dataclass(frozen=True, slots=True)
class Colour:
    """What a kit's recording adds: overdrive, a rolled-off top, and the room's first reflections.

    `drive` and `room` 0 to 1, `top_hz` the -3 dB point, `room_s` how long the room takes to lose
    60 dB.
    """

    drive: float = 0.0
    top_hz: float = 20_000.0
    room: float = 0.0
    room_s: float = 0.3

    def on(self, hit: Samples) -> Samples:
        """The coloured hit [2, n]; as long as the hit and the room need."""
        if self.drive:
            peak = np.float32(np.abs(hit).max())
            push = np.float32(1 + 3 * self.drive) / peak
            hit = np.tanh(hit * push) / push
        if not self.room and self.top_hz >= 20_000.0:
            return hit
        tail = int(self.room_s * SAMPLE_RATE_HZ) if self.room else 256
        size = scipy.fft.next_fast_len(hit.shape[1] + tail, real=True)
        response = _recording(self, size)
        return scipy.fft.irfft(scipy.fft.rfft(hit, size) * response, size)[:, : hit.shape[1] + tail]


@lru_cache(maxsize=32)
def _recording(colour: Colour, size: int) -> np.ndarray:
    bins_hz = scipy.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ)
    response = np.ones((2, len(bins_hz)), dtype=np.complex64)
    if colour.room:
        length = min(int(colour.room_s * SAMPLE_RATE_HZ), size)
        tail = np.stack([noise(length, 150.0, 6_000.0, seed) for seed in (101, 202)])
        tail *= fall(length, colour.room_s)
        tail[:, : int(0.004 * SAMPLE_RATE_HZ)] = 0.0
        tail *= np.float32(0.5 * colour.room) / np.sqrt(np.square(tail).sum(1, keepdims=True))
        # A small room has no reverberation in the lows, which also keeps them in the middle.
        high_pass = 1 / np.sqrt(1 + (250.0 / np.maximum(bins_hz, 1.0)) ** 8)
        response += scipy.fft.rfft(tail, size) * high_pass.astype(np.float32)
    return response / np.sqrt(1 + (bins_hz / colour.top_hz) ** 6).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Drum:
    """Layers struck together. `level_db` is the loudest 30 ms at full velocity, in dBFS RMS."""

    layers: tuple[Layer, ...]
    level_db: float = 0.0

    def strike(self, velocity: float, colour: Colour, pan: float, seed: int) -> Samples:
        """The drum struck at `velocity` (0 to 1): [2, n], softly cut when it has died away."""
        longest_s = max(layer.t60_s for layer in self.layers)
        length = int(min(1.1 * longest_s + 0.02, LONGEST_S) * SAMPLE_RATE_HZ)
        stroke = Stroke(length, velocity, seed)
        hit = np.zeros((2, length), dtype=np.float32)
        for layer in self.layers:
            hit += layer.sound(stroke) * np.float32(velocity**layer.touch)
        hit = soften_edges(colour.on(hit), fade_in_s=0.0003, fade_out_s=0.02)
        hit *= np.float32(10 ** (self.level_db / 20) * velocity**1.5) / loudest(hit)
        angle = (pan + 1) * np.pi / 4
        hit *= np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]], dtype=np.float32)
        return hit


def loudest(hit: Samples) -> np.float32:
    """RMS of the loudest 30 ms, both channels averaged."""
    power = np.concatenate([[0.0], np.cumsum(np.square(hit).mean(axis=0, dtype=np.float64))])
    window = min(_LEVEL_WINDOW, len(power) - 1)
    return np.float32(np.sqrt((power[window:] - power[:-window]).max() / _LEVEL_WINDOW))
