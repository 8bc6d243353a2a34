"""Drift: how the tempo of a piece wanders, and the piece straightened out.

Follows a pulse through the piece, whatever its metrical level, and gives the clock on which that
pulse is even. What is counted on the straight clock is then told in seconds again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import oaconvolve

from engine.listen.evidence import FRAMES_PER_S, Curve
from engine.listen.features import FRAME_S

Turning = NDArray[np.complex128]
AnyCurve = TypeVar("AnyCurve", Curve, Turning)

_WINDOW_S, _STEP_S = 8.0, 0.5
_SLOWEST_HZ, _FASTEST_HZ, _SPACING = 0.9, 3.6, 0.004
_HARMONICS = (1, 2, 3, 4, 6)
_RESTLESSNESS = 0.25
"""What a change of tempo by one step of 0.4 % in half a second costs, squared beyond, against a
salience whose mean is 1."""
_FARTHEST_STEP = 4
_PHASE_WINDOW_S = 4.0
_WIDTHS = 4.0
"""So far a Gaussian reaches to either side."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """`moments_s[i]` is when the straight clock shows `i * FRAME_S`."""

    moments_s: Curve

    @property
    def wander_s(self) -> float:
        """How far moments lie from where an even tempo has them: the standard deviation."""
        even = np.arange(len(self.moments_s)) * FRAME_S
        return float(np.std(self.moments_s - np.polyval(np.polyfit(even, self.moments_s, 1), even)))

    def moment(self, straight_s: Curve) -> Curve:
        """Seconds in the piece for seconds of the straight clock (linear beyond both ends)."""
        places = np.arange(len(self.moments_s)) * FRAME_S
        inside = np.interp(straight_s, places, self.moments_s)
        late = np.maximum(straight_s - places[-1], 0.0) + np.minimum(straight_s, 0.0)
        return inside + late


def follow(onset: Curve, steady_hz: float) -> Iterator[Clock]:
    """Clocks on which a pulse of this onset curve is as even as can be; which is best, counts say.

    The pulse is one that stays near `steady_hz`, of which only the slip is followed, or else the
    strongest, wherever its tempo goes. The slip is read from the pulse and its halves, or, as a
    pulse may move to its offbeats where drums drop out, from halves and quarters.
    """
    for tempo_hz in (np.full(len(onset), steady_hz), _tempo_curve(onset)):
        even = np.concatenate([[0.0], np.cumsum(tempo_hz[:-1])]) * FRAME_S
        for multiples in ((1, 2), (2, 4)):
            turns = even
            for multiple in multiples:
                turns = turns + _slip(onset, turns, multiple)
            yield _clock(np.maximum.accumulate(turns))


def _clock(turns: Curve) -> Clock:
    """The clock on which these turns of a pulse are even; it starts and ends with the piece."""
    even = np.arange(len(turns)) * FRAME_S
    straight = (turns - turns[0]) * (even[-1] / (turns[-1] - turns[0]))
    return Clock(np.interp(even, straight, even))


def _tempo_curve(onset: Curve) -> Curve:
    """The frequency of the pulse at each frame (Viterbi over the sum of its harmonics)."""
    hz = np.exp(np.arange(np.log(_SLOWEST_HZ), np.log(_FASTEST_HZ), _SPACING))
    salience = _salience(onset, hz)
    reach = np.arange(-_FARTHEST_STEP, _FARTHEST_STEP + 1)
    cost = _RESTLESSNESS * reach.astype(np.float64) ** 2
    best = salience[0]
    came = np.zeros((len(salience), len(hz)), dtype=np.intp)
    for step in range(1, len(salience)):
        padded = np.pad(best, _FARTHEST_STEP, constant_values=-np.inf)
        options = np.lib.stride_tricks.sliding_window_view(padded, len(reach)) - cost
        chosen = options.argmax(axis=1)
        came[step] = np.arange(len(hz)) + reach[chosen]
        best = options[np.arange(len(hz)), chosen] + salience[step]
    path = [int(best.argmax())]
    for step in range(len(salience) - 1, 0, -1):
        path.append(int(came[step, path[-1]]))
    found = gaussian_filter1d(hz[path[::-1]], 1.0, mode="nearest")
    moments = np.arange(len(salience)) * _STEP_S
    return np.interp(np.arange(len(onset)) * FRAME_S, moments, found)


def _salience(onset: Curve, hz: Curve) -> NDArray[np.float64]:
    """[steps, frequencies]: how strong a pulse of each frequency is around each step."""
    size, step = round(_WINDOW_S * FRAMES_PER_S), round(_STEP_S * FRAMES_PER_S)
    padded = np.pad(onset.astype(np.float32), (size // 2, size // 2 + step))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)
    windows = windows[: len(onset) + step : step] * np.hanning(size).astype(np.float32)
    padding = next_fast_len(4 * size, real=True)
    magnitudes = np.abs(rfft(windows, padding, axis=1))
    magnitudes /= np.maximum(magnitudes.mean(axis=1, keepdims=True), 1e-9)
    salience = np.zeros((len(windows), len(hz)))
    for harmonic in _HARMONICS:
        places = hz * harmonic * padding * FRAME_S
        whole = places.astype(np.intp)
        rest = places - whole
        salience += magnitudes[:, whole] * (1 - rest) + magnitudes[:, whole + 1] * rest
    return salience / len(_HARMONICS)


def _slip(onset: Curve, turns: Curve, multiple: int) -> Curve:
    """How far, in turns, the pulse falls behind this count of turns at each frame, smoothed."""
    spun: Turning = onset * np.exp(-2j * np.pi * multiple * turns)
    width = _PHASE_WINDOW_S * FRAMES_PER_S / 2
    phase = np.unwrap(np.angle(_blurred(spun, width, "symmetric")))
    return _blurred(phase, width / 2, "edge") / (2 * np.pi * multiple)


def _blurred(curve: AnyCurve, width: float, beyond: Literal["symmetric", "edge"]) -> AnyCurve:
    """The curve under a Gaussian of this width in frames, and what is taken to lie beyond its ends.

    What `scipy.ndimage.gaussian_filter1d` gives; for widths of hundreds of frames, many times
    faster.
    """
    reach = math.ceil(_WIDTHS * width)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return oaconvolve(np.pad(curve, reach, mode=beyond), bell / bell.sum(), mode="valid")
