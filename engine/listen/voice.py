"""Where somebody may be speaking or singing: a guess, second by second.

Voices glide from tone to tone and most instruments don't, so it measures how much of what sounds
between 300 and 3500 Hz glides evenly. That finds speech, rap and lively singing over a band. It
misses voices that hold their tones or lie far below the band, and takes for voices what also
glides: slide guitars, portamento leads, strings with much vibrato, sirens and risers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import resample_poly

from engine.audio import SAMPLE_RATE_HZ
from engine.listen.readings import Stretch, VocalActivity

Audio = NDArray[np.float32]
Curve = NDArray[np.float64]
Spectra = NDArray[np.float32]

_DECIMATION = 4
_RATE_HZ = SAMPLE_RATE_HZ // _DECIMATION
_WINDOW, _HOP = 2048, 512
_FRAME_S = _HOP / _RATE_HZ
_CHUNK = 1024
_LOWEST_HZ, _HIGHEST_HZ = 300.0, 3500.0
_FAINT = 0.05
"""Peaks below this share of a frame's highest are left out."""
_REACH = 2  # bins that a peak may move between two frames of 43 ms
_JUMP, _BEND, _GLIDE = 70.0, 20.0, 10.0
"""In cents between frames: more than the first is another tone; a glide that changes its speed by
the second is noise; slower than the third is a tone that is held."""
_AROUND_S = 1.5
_USUAL = 0.5
"""How much of what the piece's fuller seconds hold is added to every second, so that the hiss and
the tails of quiet ones aren't taken for voices."""
_EVEN, _SOFT = 0.07, 0.015
"""At this share of gliding sound it is as likely a voice as not; measured on speech over music."""
_LIKELY = 0.5


def vocal_likelihood(audio: Audio) -> Curve:
    """How likely a voice is heard in each second of float32 audio [2, n] at 48 000 Hz: [seconds].

    The last value stands for what is left of a second.
    """
    gliding, held = _motion(audio)
    seconds = max(1, -(-audio.shape[1] // SAMPLE_RATE_HZ))
    middles = (np.arange(seconds) + 0.5) / _FRAME_S
    reach = _AROUND_S / _FRAME_S
    sums = np.pad(np.cumsum(np.stack([gliding, held]), axis=1), ((0, 0), (1, 0)))
    last = sums.shape[1] - 1
    starts = np.clip(np.round(middles - reach), 0, last).astype(int)
    ends = np.clip(np.round(middles + reach), 0, last).astype(int)
    gliding, held = (sums[:, ends] - sums[:, starts]) / np.maximum(ends - starts, 1)
    usual = _USUAL * float(np.quantile(gliding + held, 0.75))
    share = gliding / (gliding + held + usual + 1e-9)
    return 1.0 / (1.0 + np.exp((_EVEN - share) / _SOFT))


def find_vocals(audio: Audio) -> VocalActivity:
    """The stretches in which a voice is likelier than not, in whole seconds, and their share."""
    duration_s = audio.shape[1] / SAMPLE_RATE_HZ
    likely = vocal_likelihood(audio) >= _LIKELY
    edges = np.flatnonzero(np.diff(likely.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    where = tuple(
        Stretch(start_s=float(first), end_s=round(min(float(last), duration_s), 3))
        for first, last in edges
    )
    total_s = sum(stretch.end_s - stretch.start_s for stretch in where)
    return VocalActivity(share=round(total_s / max(duration_s, 1e-9), 2), where=where)


def _motion(audio: Audio) -> tuple[Curve, Curve]:
    """The amplitude of what glides and of what is held, per frame."""
    mono = resample_poly(audio.mean(axis=0, dtype=np.float32), 1, _DECIMATION).astype(np.float32)
    padded = np.pad(mono, (_WINDOW // 2, _WINDOW))
    every = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    every = every[: len(mono) // _HOP + 1]
    window = np.hanning(_WINDOW).astype(np.float32)
    gliding, held = np.zeros(len(every)), np.zeros(len(every))
    for start in range(1, len(every) - 1, _CHUNK):
        end = min(start + _CHUNK, len(every) - 1)
        spectra = np.abs(rfft(every[start - 1 : end + 1] * window, axis=1))
        gliding[start:end], held[start:end] = _glides(*_peaks(spectra))
    return gliding, held


def _peaks(spectra: Spectra) -> tuple[Spectra, Spectra]:
    """For each bin of the range: the amplitude of the peak there, or nought, and where it is in
    cents, placed between bins by a parabola."""
    first = int(_LOWEST_HZ * _WINDOW / _RATE_HZ)
    last = int(_HIGHEST_HZ * _WINDOW / _RATE_HZ)
    levels = np.log(spectra[:, first - 1 : last + 2] + 1e-6)
    left, middle, right = levels[:, :-2], levels[:, 1:-1], levels[:, 2:]
    peak = (middle > left) & (middle >= right)
    shift = np.where(peak, 0.5 * (left - right) / (left - 2.0 * middle + right - 1e-9), 0.0)
    cents = 1200.0 * np.log2(first + np.arange(middle.shape[1]) + shift)
    heights = np.exp(middle) * peak
    heights[heights < _FAINT * heights.max(axis=1, keepdims=True)] = 0.0
    return heights, cents


def _glides(heights: Spectra, cents: Spectra) -> tuple[Curve, Curve]:
    """Of every frame but the first and the last: how much glides and how much is held."""
    forth = _moves(heights[1:-1], cents[1:-1], heights[2:], cents[2:])
    back = _moves(heights[1:-1], cents[1:-1], heights[:-2], cents[:-2])
    followed = (np.abs(forth) < _JUMP) & (np.abs(back) < _JUMP)
    forth, back = np.where(followed, forth, 0.0), np.where(followed, back, 0.0)
    even = followed & (np.abs(forth + back) < _BEND)
    glides = np.abs(forth - back) > 2.0 * _GLIDE
    amplitudes = heights[1:-1] * even
    return (amplitudes * glides).sum(axis=1), (amplitudes * ~glides).sum(axis=1)


def _moves(heights: Spectra, cents: Spectra, others: Spectra, places: Spectra) -> Spectra:
    """How far each peak is from the nearest one of another frame, in cents; infinite if none."""
    nearest = np.full(heights.shape, np.inf, dtype=np.float32)
    for shift in range(-_REACH, _REACH + 1):
        there, place = np.roll(others, -shift, axis=1), np.roll(places, -shift, axis=1)
        distance = np.where((there > 0.0) & (heights > 0.0), place - cents, np.inf)
        nearest = np.where(np.abs(distance) < np.abs(nearest), distance, nearest)
    return nearest
