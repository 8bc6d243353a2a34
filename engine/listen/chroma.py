"""Pitch classes over time: what sounds, and what lies at the bottom of it.

Knows spectral peaks and how to fold them into twelve pitch classes, in the tuning that the piece
itself keeps. Knows nothing of chords, keys or bars.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import resample_poly

from engine.audio import SAMPLE_RATE_HZ
from engine.listen.grid import Grid

Audio = NDArray[np.float32]
Chroma = NDArray[np.float64]
"""[frames or bars, 12]; column 0 is C."""

_DECIMATION = 4
_RATE_HZ = SAMPLE_RATE_HZ // _DECIMATION
_WINDOW = 8192  # 0.68 s: tells semitones apart down to the E of a bass guitar
_HOP = 2048
FRAME_S = _HOP / _RATE_HZ
_CHUNK = 256

_LOWEST_HZ, _HIGHEST_HZ = 38.0, 2000.0
_TREBLE_HZ, _BASS_HZ = 100.0, 180.0
"""Chords are heard above the one, the bass below the other."""
_FAINT = 2e-4
"""Peaks below this share of the piece's highest one (74 dB) are noise."""
_HARMONICS, _DECAY = 4, 0.6
"""A peak also counts, ever less, for the tones whose second to fourth harmonic it could be: the
harmonic weighting of E. Gómez, Tonal Description of Music Audio Signals (2006), section 3.4."""


@dataclass(frozen=True, slots=True, eq=False)
class Pitches:
    """A piece as pitch classes. Frame i is the moment `i * FRAME_S`, its window centred there.

    `chroma` and `bass` are [frames, 12], each a sum of amplitudes. `tuning_cents` is how far the
    piece lies above A = 440 Hz, within half a semitone.
    """

    chroma: Chroma
    bass: Chroma
    tuning_cents: float

    @property
    def duration_s(self) -> float:
        return len(self.chroma) * FRAME_S


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    """Spectral peaks: the frame of each, its frequency and its amplitude."""

    frames: NDArray[np.intp]
    hertz: NDArray[np.float64]
    amplitudes: NDArray[np.float64]
    frame_count: int

    def where(self, wanted: NDArray[np.bool_]) -> _Peaks:
        return _Peaks(
            self.frames[wanted], self.hertz[wanted], self.amplitudes[wanted], self.frame_count
        )


def hear_pitches(audio: Audio) -> Pitches:
    """The pitch classes of a piece: float32 [2, n] at 48 000 Hz, of any length, finite samples."""
    peaks = _peaks(audio)
    tuning = _tuning(peaks)
    return Pitches(
        chroma=_folded(peaks.where(peaks.hertz > _TREBLE_HZ), tuning, _HARMONICS),
        bass=_folded(peaks.where(peaks.hertz < _BASS_HZ), tuning, 1),
        tuning_cents=100.0 * tuning,
    )


def bar_chroma(audio: Audio, grid: Grid) -> Chroma:
    """How strong each pitch class is in each bar: [bars, 12], the strongest of a bar is 1.

    Bars go from each downbeat to the next, the last one to the end of the audio. Silent bars
    are nought.
    """
    chroma, _ = chroma_of_bars(hear_pitches(audio), grid)
    return chroma / np.maximum(chroma.max(axis=1, keepdims=True), 1e-9)


def chroma_of_bars(pitches: Pitches, grid: Grid) -> tuple[Chroma, Chroma]:
    """The mean chroma and bass of each bar, [bars, 12] each."""
    lines = np.append(grid.downbeats_s, max(pitches.duration_s, *grid.downbeats_s[-1:], 0.0))
    if len(lines) < 2:
        return np.zeros((0, 12)), np.zeros((0, 12))
    return mean_between(pitches.chroma, lines), mean_between(pitches.bass, lines)


def mean_between(chroma: Chroma, lines_s: NDArray[np.float64]) -> Chroma:
    """The mean of frames between each two of the lines: [lines - 1, 12].

    By integration, so that a frame on a line counts for both sides in part.
    """
    total = np.vstack([np.zeros(12), np.cumsum(chroma, axis=0)])
    places = np.clip(lines_s / FRAME_S + 0.5, 0, len(chroma))
    whole = np.floor(places).astype(int)
    part = (places - whole)[:, None]
    following = np.minimum(whole + 1, len(chroma))
    sums = total[whole] * (1 - part) + total[following] * part
    return np.diff(sums, axis=0) / np.maximum(np.diff(places), 1e-9)[:, None]


def _peaks(audio: Audio) -> _Peaks:
    """The local maxima of every spectrum, placed between bins by a parabola through the logarithm
    of three (J. O. Smith, Spectral Audio Signal Processing, section 5.7)."""
    first = int(_LOWEST_HZ * _WINDOW / _RATE_HZ)
    last = int(_HIGHEST_HZ * _WINDOW / _RATE_HZ)
    found = []
    for start, spectra in _spectra(audio):
        levels = np.log(spectra[:, first - 1 : last + 2] + 1e-9)
        left, middle, right = levels[:, :-2], levels[:, 1:-1], levels[:, 2:]
        frames, bins = np.nonzero((middle > left) & (middle >= right))
        a, b, c = (side[frames, bins].astype(np.float64) for side in (left, middle, right))
        shift = 0.5 * (a - c) / (a - 2.0 * b + c - 1e-12)
        hertz = (first + bins + shift) * _RATE_HZ / _WINDOW
        found.append((start + frames, hertz, np.exp(b - 0.25 * (a - c) * shift)))
    frames, hertz, amplitudes = (np.concatenate(column) for column in zip(*found, strict=True))
    peaks = _Peaks(frames, hertz, amplitudes, _frame_count(audio))
    floor = max(_FAINT * float(amplitudes.max(initial=0.0)), 1e-3)
    return peaks.where(amplitudes > floor)


def _frame_count(audio: Audio) -> int:
    return max(1, -(-audio.shape[1] // (_HOP * _DECIMATION)))


def _spectra(audio: Audio) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Chunks of amplitude spectra [some, bins] and the frame at which each chunk starts."""
    mono = audio.mean(axis=0, dtype=np.float32)
    slow = resample_poly(mono, 1, _DECIMATION).astype(np.float32) if len(mono) else mono
    padded = np.pad(slow, (_WINDOW // 2, _WINDOW))
    every = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW).astype(np.float32)
    count = _frame_count(audio)
    for start in range(0, count, _CHUNK):
        frames = every[start : min(start + _CHUNK, count)]
        yield start, np.abs(rfft(frames * window, axis=1))


def _tuning(peaks: _Peaks) -> float:
    """In semitones: the mean direction of the peaks' distances to the nearest semitone."""
    clear = peaks.hertz > _BASS_HZ
    semitones = 12.0 * np.log2(peaks.hertz[clear] / 440.0)
    around = np.sum(np.sqrt(peaks.amplitudes[clear]) * np.exp(2j * np.pi * semitones))
    return float(np.angle(around)) / (2.0 * np.pi)


def _folded(peaks: _Peaks, tuning: float, harmonics: int) -> Chroma:
    """Amplitudes per frame and pitch class; peaks far from every semitone count less."""
    pitches = 69.0 + 12.0 * np.log2(peaks.hertz / 440.0) - tuning
    folded = np.zeros(peaks.frame_count * 12)
    for harmonic in range(1, harmonics + 1):
        fundamental = pitches - 12.0 * np.log2(harmonic)
        nearest = np.round(fundamental)
        centred = np.cos(np.pi * (fundamental - nearest)) ** 2
        cells = peaks.frames * 12 + nearest.astype(np.intp) % 12
        weights = peaks.amplitudes * centred * _DECAY ** (harmonic - 1)
        folded += np.bincount(cells, weights, minlength=len(folded))
    return folded.reshape(-1, 12)
