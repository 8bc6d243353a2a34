"""Audio to test with, and what to measure in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000


def music(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Two different sides with sharp edges, so that a shift by one sample shows."""
    random = np.random.default_rng(seed)
    samples = round(seconds * RATE_HZ)
    time_s = np.arange(samples) / RATE_HZ
    tone = 0.3 * np.sin(2 * np.pi * 220 * time_s)
    noise = np.repeat(random.uniform(-0.6, 0.6, (2, samples // 4 + 1)), 4, axis=1)[:, :samples]
    return (np.stack([tone, -0.5 * tone]) + noise * (time_s % 0.25 < 0.03)).astype(np.float32)


def lag(before: NDArray[np.float32], after: NDArray[np.float32]) -> int:
    """By how many samples `after` is late."""
    samples = before.shape[1]
    spectrum = np.fft.rfft(after[0], 2 * samples) * np.fft.rfft(before[0], 2 * samples).conj()
    shift = int(np.fft.irfft(spectrum).argmax())
    return shift if shift < samples else shift - 2 * samples


def level_db(audio: NDArray[np.float32]) -> float:
    """The mean power, in dB of full scale."""
    return float(10 * np.log10(np.mean(np.square(audio, dtype=np.float64))))
