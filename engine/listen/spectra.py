"""Spectra of short frames, and the way back to sound.

Frames are 85 ms long and a quarter of that apart, and every sample lies in four of them: row i is
centred on sample `(i - 1) * HOP`. Knows nothing of what is heard in them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal.windows import hann

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Spectra = NDArray[np.complex64]

FRAME = 4096
HOP = FRAME // 4
BIN_HZ = SAMPLE_RATE_HZ / FRAME
FRAME_S = HOP / SAMPLE_RATE_HZ

_LEAD = FRAME - HOP
_WINDOW = hann(FRAME, sym=False).astype(np.float32)
_OVERLAP_GAIN = np.float32(1.5)  # four squared Hann windows on top of each other


def spectra(audio: Audio) -> Spectra:
    """The spectra of each channel: [channels, frames, bins] from [channels, n]."""
    beyond = -audio.shape[1] % HOP + _LEAD
    padded = np.pad(audio, ((0, 0), (_LEAD, beyond)))
    every = np.lib.stride_tricks.sliding_window_view(padded, FRAME, axis=1)[:, ::HOP]
    return np.asarray(rfft(every * _WINDOW), dtype=np.complex64)


def sound(spectra: Spectra, length: int) -> Audio:
    """The audio [channels, length] whose `spectra` these are, by weighted overlap and add."""
    pieces = irfft(spectra, FRAME) * (_WINDOW / _OVERLAP_GAIN)
    channels, frames, _ = pieces.shape
    padded = np.zeros((channels, (frames + 3) * HOP), dtype=np.float32)
    quarters = padded.reshape(channels, frames + 3, HOP)
    for quarter, part in enumerate(np.split(pieces, FRAME // HOP, axis=2)):
        quarters[:, quarter : quarter + frames] += part
    return padded[:, _LEAD : _LEAD + length]
