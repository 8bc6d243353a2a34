"""The front end of listening: what the ear passes on, computed once per piece.

Knows onsets (how much starts to sound at each moment, low, middle and high) and pitches (how
strong each semitone is). Knows nothing of beats, keys or sections.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly

from engine.audio import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Samples = NDArray[np.float32]

RATE_HZ = SAMPLE_RATE_HZ // 2
HOP = 128
FRAME_S = HOP / RATE_HZ
"""5.33 ms between frames of onset strength."""
PITCH_HOP = 1024
PITCH_FRAME_S = PITCH_HOP / RATE_HZ
LOWEST_PITCH, HIGHEST_PITCH = 28, 100
"""MIDI numbers of the first and last row of `pitches`: E1 to E7."""

_WINDOW = 1024
_EDGE = 2 * HOP
_BANDS = 36
_LOWEST_HZ, _HIGHEST_HZ = 30.0, 11_000.0
_LOW_HZ, _HIGH_HZ = 160.0, 2_500.0
"""Where the low rows (kick, bass) end and the high rows (hats, cymbals) begin."""
_USUAL_S = 6.0
_QUIET = 0.1
"""A band whose usual level is below this share of the mean over all bands counts as that loud, so
that the hiss of an empty band is not taken for music."""
_PITCH_WINDOW = 4096
_CHUNK = 4096
_SOUND = 1e-3
"""60 dB below full scale: less isn't a sound yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One piece, as far as the ear goes.

    `mono` is float32 [n] at `RATE_HZ`. `onsets` is float32 [3, frames]: how much starts in the
    low, middle and high range, relative to the usual level there; frame i is the moment
    `i * FRAME_S`. `pitches` is float32 [pitches, pitch frames]: the square root of the amplitude
    of each semitone from `LOWEST_PITCH`, around the moment `j * PITCH_FRAME_S`.
    """

    duration_s: float
    mono: Samples
    onsets: NDArray[np.float32]
    pitches: NDArray[np.float32]

    @property
    def onset(self) -> NDArray[np.float32]:
        """Onset strength over the whole range, [frames]."""
        return self.onsets.mean(axis=0)

    @property
    def first_sound_s(self) -> float:
        """When it begins to sound; 0 if it never does."""
        return float((np.abs(self.mono) > _SOUND).argmax()) / RATE_HZ if len(self.mono) else 0.0


def hear(audio: Audio) -> Heard:
    """Listen to a piece: float32 [2, n] at 48 000 Hz, of any length, finite samples."""
    mono = resample_poly(audio.mean(axis=0, dtype=np.float32), 1, 2).astype(np.float32)
    return Heard(
        duration_s=audio.shape[1] / SAMPLE_RATE_HZ,
        mono=mono,
        onsets=_onsets(mono),
        pitches=_pitches(mono),
    )


def _onsets(mono: Samples) -> NDArray[np.float32]:
    """Rises of the square root of each band's amplitude, summed over three ranges.

    The window is asymmetric: its young side rises as the square of time over exactly two hops, so
    that the square root of a click's amplitude rises linearly, its onset is spread over two hops
    whatever its level, and its centre of gravity is exact.
    """
    bands, edges = _band_matrix()
    ahead = _EDGE // 2 + HOP // 2  # the frame of a moment ends this many samples after it
    frames = _frames(mono, _WINDOW, HOP, ahead)
    window = _onset_window()
    levels = np.concatenate(
        [np.sqrt(np.sqrt(np.abs(rfft(chunk * window)) ** 2 @ bands)) for chunk in frames]
    )
    usual = uniform_filter1d(levels, round(_USUAL_S / FRAME_S), axis=0, mode="nearest")
    usual = np.maximum(usual, _QUIET * max(float(levels.mean()), 1e-6))
    rises = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0.0) / usual
    return np.stack([part.mean(axis=1) for part in np.split(rises, edges, axis=1)])


def _onset_window() -> Samples:
    """From the oldest to the youngest sample: a long fall backwards, a short square rise."""
    old = np.sin(0.5 * np.pi * np.arange(1, _WINDOW - _EDGE + 1) / (_WINDOW - _EDGE)) ** 2
    young = (np.arange(_EDGE, 0, -1) / _EDGE) ** 2
    return np.concatenate([old, young]).astype(np.float32)


def _band_matrix() -> tuple[NDArray[np.float32], list[int]]:
    """[bins, bands] mean power, and the two bands where the middle and the high range begin.

    Bands are equally wide on the mel scale (O'Shaughnessy), triangular, at least one bin each.
    """
    bins_hz = np.fft.rfftfreq(_WINDOW, 1.0 / RATE_HZ)
    mels = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), _BANDS + 2)
    borders = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    borders[1:-1] = np.maximum(borders[1:-1], np.arange(1, _BANDS + 1) * bins_hz[1] * 1.01)
    below, centre, above = borders[:-2], borders[1:-1], borders[2:]
    hz = bins_hz[:, None]
    rising, falling = (hz - below) / (centre - below), (above - hz) / (above - centre)
    weights = np.clip(np.minimum(rising, falling), 0.0, None)
    weights /= np.maximum(weights.sum(axis=0), 1e-9)
    edges = [int(np.searchsorted(centre, limit)) for limit in (_LOW_HZ, _HIGH_HZ)]
    return weights.astype(np.float32), edges


def _mel(hz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hz / 700.0))


def _pitches(mono: Samples) -> NDArray[np.float32]:
    bins = np.fft.rfftfreq(_PITCH_WINDOW, 1.0 / RATE_HZ)
    semitones = 69.0 + 12.0 * np.log2(np.maximum(bins, 1.0) / 440.0)
    wanted = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)
    # Low semitones are closer together than bins: there a row takes what lies between two bins.
    width = np.maximum(1.0, np.gradient(semitones))[:, None]
    near = np.clip(1.0 - np.abs(semitones[:, None] - wanted) / width, 0.0, None)
    near = (near / np.maximum(near.sum(axis=0), 1e-9)).astype(np.float32)
    window = np.hanning(_PITCH_WINDOW).astype(np.float32)
    frames = _frames(mono, _PITCH_WINDOW, PITCH_HOP, _PITCH_WINDOW // 2)
    levels = [np.sqrt(np.abs(rfft(chunk * window)) @ near) for chunk in frames]
    return np.concatenate(levels).T.copy()


def _frames(mono: Samples, size: int, hop: int, ahead: int) -> Iterator[Samples]:
    """Chunks [some, size] of frames; frame i ends `ahead` samples after sample `i * hop`."""
    count = len(mono) // hop + 1
    padded = np.pad(mono, (size - ahead, ahead + hop))
    every = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    for start in range(0, count, _CHUNK):
        yield every[start : start + _CHUNK]
