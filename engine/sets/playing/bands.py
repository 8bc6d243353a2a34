"""Bands: a deck's lows, mids and highs turned up and down, and filters that sweep.

The bands are split without delay and add up to what was split, so a flat equaliser is the
identity. Audio is float32 [2, n] at 48 000 Hz. Knows nothing of decks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, oaconvolve

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio

LOW_HZ, HIGH_HZ = 200.0, 2_500.0
"""Where the lows end and the highs begin."""

_LOW_TAPS = firwin(1_401, LOW_HZ, window=("kaiser", 5.7), fs=SAMPLE_RATE_HZ).astype(np.float32)
_HIGH_TAPS = firwin(201, HIGH_HZ, window=("kaiser", 5.7), fs=SAMPLE_RATE_HZ).astype(np.float32)

FRAME = 4_096
"""A sweeping filter looks at so many samples at a time."""
_HOP = FRAME // 4
_WINDOW = np.hanning(FRAME + 1)[:-1].astype(np.float32)
_OVERLAP = 1.5  # what the squared windows add up to
_HERTZ = np.fft.rfftfreq(FRAME, 1.0 / SAMPLE_RATE_HZ)

REACH = max(len(_LOW_TAPS) // 2, FRAME + _HOP)
"""How much audio on either side both kinds of filter need."""


@dataclass(frozen=True, slots=True)
class Gains:
    """A gain for every sample of each band, all of one length."""

    low: NDArray[np.float32]
    mid: NDArray[np.float32]
    high: NDArray[np.float32]


def lows(audio: Audio) -> Audio:
    """What lies below 200 Hz in `audio`, which has `REACH` more on either side than is returned."""
    return _within(audio, _LOW_TAPS)


def equalised(audio: Audio, gains: Gains) -> Audio:
    """The bands of `audio` at these gains; it has `REACH` more on either side than they have."""
    dark, dull = lows(audio), _within(audio, _HIGH_TAPS)
    made = audio[:, REACH:-REACH] * gains.high
    made += dull * (gains.mid - gains.high)
    made += dark * (gains.low - gains.mid)
    return made


def _within(audio: Audio, taps: NDArray[np.float32]) -> Audio:
    spare = REACH - len(taps) // 2
    inner = audio[:, spare : audio.shape[1] - spare]
    return oaconvolve(inner, taps[None, :], mode="valid", axes=1).astype(np.float32)


def swept(
    audio: Audio, start: int, cutoffs_hz: NDArray[np.float64], side: Literal["below", "above"]
) -> Audio:
    """What of `audio` is below or above a cutoff that moves: 12 dB an octave, without delay.

    `audio` begins `REACH` before the sample `start` and ends as much after the last that is
    returned. `cutoffs_hz` has a value for each sample returned. Both sides of one sweep have the
    power of the whole together.
    """
    length = audio.shape[1] - 2 * REACH
    # Frames lie on a raster of the mix, so that a stretch is the same in whatever blocks it comes.
    first = (start - FRAME) // _HOP + 1
    last = (start + length - 1) // _HOP
    places = np.arange(first, last + 1) * _HOP - (start - REACH)
    frames = audio[:, places[:, None] + np.arange(FRAME)] * _WINDOW
    middles = np.clip(places + FRAME // 2 - REACH, 0, length - 1)
    ratio = (_HERTZ / cutoffs_hz[middles][:, None]) ** 4
    share = ratio / (1.0 + ratio) if side == "above" else 1.0 / (1.0 + ratio)
    spectra = np.fft.rfft(frames, axis=2) * np.sqrt(share)
    frames = np.fft.irfft(spectra, FRAME, axis=2) * (_WINDOW / _OVERLAP)
    made = np.zeros_like(audio)
    for number, place in enumerate(places):
        made[:, place : place + FRAME] += frames[:, number]
    return made[:, REACH:-REACH]
