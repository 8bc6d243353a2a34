"""The texture of a piece over time: how loud each range of the spectrum is.

Knows bands on the mel scale, 43 ms at a time. Knows nothing of pitches, beats or sections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import resample_poly

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Bands = NDArray[np.float64]

_DECIMATION = 2
_RATE_HZ = SAMPLE_RATE_HZ // _DECIMATION
_WINDOW, _HOP = 2048, 1024
FRAME_S = _HOP / _RATE_HZ
BANDS = 24
_LOWEST_HZ, _HIGHEST_HZ = 30.0, 11_000.0
_CHUNK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """`power` is [frames, `BANDS`]: mean power per band of the middle of the stereo image; frame i
    is the moment `i * FRAME_S`. `edges_hz` [`BANDS` + 1] divides the bands."""

    power: Bands
    edges_hz: NDArray[np.float64]
    duration_s: float

    def between(self, low_hz: float, high_hz: float) -> NDArray[np.float64]:
        """The power of the bands whose middle lies in a range, [frames]."""
        middles = 0.5 * (self.edges_hz[:-1] + self.edges_hz[1:])
        return self.power[:, (middles >= low_hz) & (middles < high_hz)].sum(axis=1)


def hear_texture(audio: Audio) -> Texture:
    """The texture of a piece: float32 [2, n] at 48 000 Hz, of any length, finite samples."""
    mono = audio.mean(axis=0, dtype=np.float32)
    slow = resample_poly(mono, 1, _DECIMATION).astype(np.float32) if len(mono) else mono
    count = len(slow) // _HOP + 1
    padded = np.pad(slow, (_WINDOW // 2, _WINDOW))
    every = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW).astype(np.float32) * np.float32(np.sqrt(8.0 / 3.0) / _WINDOW)
    edges_hz = _edges_hz()
    bins = np.searchsorted(np.fft.rfftfreq(_WINDOW, 1.0 / _RATE_HZ), edges_hz)
    power = np.zeros((count, BANDS))
    for start in range(0, count, _CHUNK):
        spectra = np.abs(rfft(every[start : min(start + _CHUNK, count)] * window, axis=1)) ** 2
        sums = np.add.reduceat(spectra, bins, axis=1)[:, :-1]
        power[start : start + len(sums)] = sums
    return Texture(power, edges_hz, audio.shape[1] / SAMPLE_RATE_HZ)


def _edges_hz() -> NDArray[np.float64]:
    """Equally far apart on the mel scale (D. O'Shaughnessy, Speech Communication, 1987), but at
    least two bins."""
    mels = np.linspace(*(2595.0 * np.log10(1.0 + hz / 700.0) for hz in (_LOWEST_HZ, _HIGHEST_HZ)),
                       BANDS + 1)  # fmt: skip
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return np.maximum(edges, _LOWEST_HZ + 2.0 * _RATE_HZ / _WINDOW * np.arange(BANDS + 1))
