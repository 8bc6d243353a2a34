"""Steadiness: does a grid hold through the whole piece, and where exactly does it lie?

Speech and noise have a strongest period too; what they don't have is beats that are alike early
and late in the piece.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engine.listen.evidence import FRAMES_PER_S, Curve, Curves
from engine.listen.features import FRAME_S
from engine.listen.metre import PARTS, Reading, divide, running_total

_STRETCH_S = 8.0
_FEWEST_STRETCHES = 3
_NEAR_S = 0.045
_FINE_S = FRAME_S / 4
_SMOOTHING = 1.5
SPEAKING_S = 0.0035
"""How long after it is struck an instrument is heard to start, on average: the mean over drums,
piano, guitar and bass of the sketch renderer (struck when its score says) and of FluidR3 (struck
when the sample's first 5 % are there)."""


def steadiness(curves: Curves, reading: Reading) -> float:
    """How alike the mean bars of different stretches are: 1 the same, 0 unrelated.

    A stretch is 8 s long, or a quarter of a short piece, and at least a bar.
    Of `curves` the onsets count. Which beat begins the bar makes no difference.
    """
    onsets = running_total(curves[:3])
    beats = divide(onsets, reading.period_s, reading.phase_s)
    per_bar = reading.beats_per_bar
    stretch_s = min(_STRETCH_S, curves.shape[1] * FRAME_S / (_FEWEST_STRETCHES + 1))
    per_stretch = per_bar * max(1, round(stretch_s / (reading.period_s * per_bar)))
    count = beats.shape[1] // per_stretch
    if count < _FEWEST_STRETCHES:
        return 0.0
    spread = np.maximum(beats.std(axis=(1, 2), keepdims=True), 1e-9)
    beats = (beats / spread)[:, : count * per_stretch]
    bars = beats.reshape(3, count, -1, per_bar * PARTS).mean(axis=2).transpose(1, 0, 2)
    shapes = (bars - bars.mean(axis=2, keepdims=True)).reshape(count, -1)
    others = (shapes.sum(axis=0) - shapes) / (count - 1)
    size = np.sqrt((shapes**2).sum() * (others**2).sum())
    return float((shapes * others).sum() / max(size, 1e-9))


def settle_phase(onset: Curve, period_s: float, phase_s: float) -> float:
    """The phase to about 2 ms: where all beats laid over each other begin to sound.

    Halfway between the peak of their mean onset and the half-way point of its rise (which is one
    frame early, as a click is spread over two), less what sounds take to speak.
    """
    near = np.arange(-_NEAR_S, _NEAR_S + _FINE_S / 2, _FINE_S)
    count = int((len(onset) * FRAME_S - phase_s) / period_s)
    moments = phase_s + np.arange(count)[:, None] * period_s + near
    laid = np.interp(moments * FRAMES_PER_S, np.arange(len(onset)), onset).mean(axis=0)
    laid = gaussian_filter1d(laid, _SMOOTHING)
    peak = int(laid.argmax())
    foot = max(0, peak - round(4 * FRAME_S / _FINE_S))
    half = 0.5 * (laid[peak] + laid[foot : peak + 1].min())
    below = foot + np.flatnonzero(laid[foot : peak + 1] <= half)
    last = int(below[-1]) if len(below) else peak
    rise = 0.0
    if last < peak:
        rise = (half - laid[last]) / (laid[last + 1] - laid[last])
    edge_s = near[last] + rise * _FINE_S + FRAME_S
    return phase_s + 0.5 * (edge_s + near[peak]) - SPEAKING_S
