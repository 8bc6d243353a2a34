"""What speaks for a beat: five curves over time, made from what was heard.

Onsets in the low, middle and high range, and how much the harmony and the bass change. Knows how
to bend the time of them all; knows nothing of tempo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from engine.listen.features import FRAME_S, LOWEST_PITCH, PITCH_FRAME_S, Heard

Curve = NDArray[np.float64]
Curves = NDArray[np.float64]

LOW, MIDDLE, HIGH, HARMONY, BASS = range(5)
CURVES = 5
FRAMES_PER_S = 1.0 / FRAME_S

_BEFORE_AND_AFTER = round(0.45 / PITCH_FRAME_S)
_LOWEST_CHORD, _HIGHEST_BASS = 48, 52
_LOUDEST = 6.0
_SURROUNDINGS_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """`curves` is float64 [5, frames], frame i at `i * FRAME_S`; `onset` [frames] is all onsets in
    one curve around nought, in which no single stroke or range outshouts the rest. `begins_s` is
    where a bar most likely begins, if that is known."""

    curves: Curves
    onset: Curve
    begins_s: float | None = None

    @property
    def duration_s(self) -> float:
        return self.curves.shape[1] * FRAME_S


def gather(heard: Heard, begins_s: float | None = None) -> Evidence:
    """The five curves of a piece."""
    onsets = heard.onsets.astype(np.float64)
    frames = np.arange(onsets.shape[1]) * FRAME_S
    tones = np.maximum(heard.pitches - np.median(heard.pitches, axis=0), 0.0).astype(np.float64)
    chords = tones[_LOWEST_CHORD - LOWEST_PITCH :]
    chroma = np.stack([chords[pitch_class::12].sum(axis=0) for pitch_class in range(12)])
    moments = np.arange(tones.shape[1]) * PITCH_FRAME_S
    changes = [
        np.interp(frames, moments, _change(chroma)),
        np.interp(frames, moments, _change(tones[: _HIGHEST_BASS - LOWEST_PITCH])),
    ]
    return Evidence(np.vstack([onsets, *changes]), _one_curve(onsets), begins_s)


def bend(evidence: Evidence, moments_s: Curve) -> Evidence:
    """The same evidence on another clock: its frame i is the moment `moments_s[i]` of this one."""
    places = np.arange(evidence.curves.shape[1]) * FRAME_S
    curves = np.stack([np.interp(moments_s, places, curve) for curve in evidence.curves])
    begins_s = evidence.begins_s
    if begins_s is not None:
        begins_s = float(np.interp(begins_s, moments_s, places))
    return Evidence(curves, np.interp(moments_s, places, evidence.onset), begins_s)


def _change(rows: Curves) -> Curve:
    """One minus the cosine between what sounds in the 0.45 s after and before each frame."""
    count, reach = rows.shape[1], _BEFORE_AND_AFTER
    total = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    here = np.arange(count)
    start, end = np.maximum(here - reach, 0), np.minimum(here + 1 + reach, count)
    before = total[:, here] - total[:, start]
    after = total[:, end] - total[:, np.minimum(here + 1, count)]
    lengths = np.sqrt((before**2).sum(axis=0) * (after**2).sum(axis=0))
    change = 1.0 - (before * after).sum(axis=0) / np.maximum(lengths, 1e-9)
    ends = (here < reach) | (here >= count - reach)
    change[ends] = np.median(change)
    return change


def _one_curve(onsets: Curves) -> Curve:
    spread = np.maximum(onsets.std(axis=1, keepdims=True), 1e-9)
    curve = np.minimum(onsets / spread, _LOUDEST).mean(axis=0)
    return curve - uniform_filter1d(curve, round(_SURROUNDINGS_S * FRAMES_PER_S))
