"""Tonal balance: what is far out of the ordinary in a mix's spectrum, and the filter against it.

Only the excess beyond a generous tolerance is corrected, so a style keeps its character: a dub
stays heavy and a ballad dark. Knows spectra only, no levels over time.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.synth.waves import Samples

_FRAME = 1 << 14
_FRAMES = 96
_TAPS = 1 << 13

# Octave bands (their centre in Hz) and where finished records of many styles lie in dB, between
# pink noise and the long-term average of popular music (after Pestana et al., AES 135, 2013).
_CENTRES_HZ = np.array([45, 85, 177, 354, 707, 1_414, 2_828, 5_657, 11_314], dtype=np.float64)
_USUAL_DB = np.array([-3.0, 1.0, 0.0, -1.0, -2.5, -5.0, -8.0, -11.0, -15.0])
_TOLERANCE_DB = 5.0
_MOST_DB = 6.0

_BASS_HZ = 100.0
_BASS_SHARE = 0.48
"""The most of all energy that may lie below 100 Hz."""
_MOST_BASS_CUT_DB = 12.0

_RUMBLE_HZ = 24.0

Spectrum = NDArray[np.float64]


def balancing_filter(mix: Samples, warmth: float) -> Samples:
    """The impulse response [n] that removes DC and rumble, balances `mix` and rolls off its top.

    `warmth` 0 to 1 takes up to 4 dB off above 9 kHz, as tape does. Minimum phase, so no transient
    is preceded by its own shadow. A silent mix gets the rumble filter alone.
    """
    bins_hz = scipy.fft.rfftfreq(2 * _FRAME, 1 / SAMPLE_RATE_HZ)
    bins_hz[0] = bins_hz[1] / 8
    gain_db = -4.0 * warmth / (1 + (9_000.0 / bins_hz) ** 4)
    power = _average_power(mix)
    if power.any():
        gain_db += _correction_db(power, bins_hz)
    rumble = 1 / np.sqrt(1 + (_RUMBLE_HZ / bins_hz) ** 8)
    return _minimum_phase(rumble * 10 ** (gain_db / 20))


def _average_power(mix: Samples) -> Spectrum:
    """Mean power of both channels over frames spread evenly through the piece."""
    window = np.hanning(_FRAME).astype(np.float32)
    last = max(0, mix.shape[1] - _FRAME)
    power = np.zeros(_FRAME // 2 + 1)
    for start in np.linspace(0, last, min(_FRAMES, 1 + last // _FRAME)).astype(int):
        spectrum = scipy.fft.rfft(mix[:, start : start + _FRAME] * window[: mix.shape[1]], _FRAME)
        power += (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
    power[0] = 0.0
    return power


def _correction_db(power: Spectrum, bins_hz: Spectrum) -> Spectrum:
    """Gain at `bins_hz` that brings octaves back into tolerance, then the bass into its share."""
    frame_hz = scipy.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE_HZ)
    edges = np.concatenate([[20.0], np.sqrt(_CENTRES_HZ[1:] * _CENTRES_HZ[:-1]), [16_000.0]])
    bands = np.array(
        [power[(frame_hz >= low) & (frame_hz < high)].sum() for low, high in pairwise(edges)]
    )
    away = 10 * np.log10(np.maximum(bands, bands.max() * 1e-8)) - _USUAL_DB
    away -= np.median(away)
    excess = np.sign(away) * np.maximum(np.abs(away) - _TOLERANCE_DB, 0.0)
    wanted = np.clip(-excess, -_MOST_DB, _MOST_DB)
    correction = np.interp(np.log(bins_hz), np.log(_CENTRES_HZ), wanted)

    corrected = power * 10 ** (np.interp(frame_hz, bins_hz, correction) / 10)
    share = corrected[frame_hz < _BASS_HZ].sum() / corrected.sum()
    if share > _BASS_SHARE:
        odds = _BASS_SHARE / (1 - _BASS_SHARE)
        cut = max(10 * np.log10(odds * (1 - share) / share), -_MOST_BASS_CUT_DB)
        correction += cut / (1 + (bins_hz / 150.0) ** 6)
    return correction


def _minimum_phase(magnitude: Spectrum) -> Samples:
    """The causal response of this magnitude that is over soonest, by folding its cepstrum.

    Oppenheim and Schafer: Discrete-Time Signal Processing, 13.5 (homomorphic systems).
    """
    size = 2 * (len(magnitude) - 1)
    cepstrum = scipy.fft.irfft(np.log(np.maximum(magnitude, 1e-5)), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    response = scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum)), size)[:_TAPS]
    response[_TAPS // 2 :] *= np.cos(np.linspace(0, np.pi / 2, _TAPS // 2)) ** 2
    return response.astype(np.float32)
