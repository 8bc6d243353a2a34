"""Ears for the tests of the sketch synthesiser: ask for a sound, and measure what is heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.renderers.sketch.synth.tones import PATCHES, Tone, play

RATE = 48_000
BEAT_S = 0.43

Audio = NDArray[np.floating]


def tone(pitch: float, length_s: float = 1.0, **asked) -> Tone:
    """A mezzo-forte tone of a second, but for what is asked."""
    return replace(Tone(pitch, length_s, velocity=0.7, cutoff=0.7, beat_s=BEAT_S), **asked)


def sound(patch: str, pitch: float, length_s: float = 1.0, **asked) -> Audio:
    return play(patch, tone(pitch, length_s, **asked))


def middle(patch: str) -> int:
    return (PATCHES[patch].low + PATCHES[patch].high) // 2


def spectrum(audio: Audio, padded: int = 1) -> tuple[Audio, Audio]:
    """Frequencies and power of the sum of both channels under a Blackman window."""
    mono = audio.sum(axis=0, dtype=np.float64) if audio.ndim == 2 else audio.astype(np.float64)
    power = np.abs(np.fft.rfft(mono * np.blackman(mono.size), mono.size * padded)) ** 2
    return np.fft.rfftfreq(mono.size * padded, 1 / RATE), power


def heard_pitch(audio: Audio, near: float) -> float:
    """The MIDI pitch in the middle of what sounds within a semitone of `near`."""
    frequencies, power = spectrum(audio, padded=8)
    pitches = 69 + 12 * np.log2(np.maximum(frequencies, 1.0) / 440)
    inside = np.abs(pitches - near) < 1
    return float(np.average(pitches[inside], weights=power[inside]))


def energy(audio: Audio, low_hz: float, high_hz: float) -> float:
    frequencies, power = spectrum(audio)
    return float(power[(frequencies >= low_hz) & (frequencies < high_hz)].sum())


def brightness(audio: Audio) -> float:
    """The root of the mean squared frequency, in Hz: it rises with the treble."""
    return level(np.diff(audio.astype(np.float64))) / level(audio) * RATE / (2 * np.pi)


def level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))


def decibels(ratio: float) -> float:
    return 20 * float(np.log10(max(ratio, 1e-12)))


def span(audio: Audio, start_s: float, end_s: float) -> Audio:
    return audio[:, round(start_s * RATE) : round(end_s * RATE)]
