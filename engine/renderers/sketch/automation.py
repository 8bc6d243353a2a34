"""Automation: gains and filters that move along with the piece, as control curves.

Rides come from the score, dips from its kick drums. Control curves have one value every `HOP`
samples; see `synth.waves`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.score import Ride
from engine.renderers.sketch.synth.waves import HOP, Curve

_EARLY_S, _HOLD_S, _RELEASE_S = 0.005, 0.03, 0.22


def dips(kicks: Iterable[tuple[float, float]], length: int) -> Curve:
    """How far the kick drum pushes the others down: 0 to 1 at the control points of `length`.

    `kicks` are (moment in seconds, velocity). The dip is complete when the kick sounds, holds
    for 30 ms and lets go over 220 ms; a soft kick pushes less.
    """
    early, shape = _one_dip()
    curve = np.zeros(-(-length // HOP) + 1)
    for moment, velocity in kicks:
        first = round(moment * SAMPLE_RATE_HZ / HOP) - early
        begin, end = max(first, 0), min(first + len(shape), len(curve))
        if begin < end:
            dip = shape[begin - first : end - first] * min(1.0, 1.2 * velocity)
            np.maximum(curve[begin:end], dip, out=curve[begin:end])
    return curve


@lru_cache(maxsize=1)
def _one_dip() -> tuple[int, Curve]:
    """The control points before the kick, and the dip's shape."""
    early, hold, release = (
        round(seconds * SAMPLE_RATE_HZ / HOP) for seconds in (_EARLY_S, _HOLD_S, _RELEASE_S)
    )
    down = np.sin(np.linspace(0, np.pi / 2, early, endpoint=False)) ** 2
    up = np.cos(np.linspace(0, np.pi / 2, release)) ** 2
    return early, np.concatenate([down, np.ones(hold), up])


def ride_value(rides: Iterable[Ride], start: float, beats: NDArray[np.float64]) -> Curve:
    """The value of a ridden parameter at `beats`: `start` before the first ride, straight lines
    within rides, and after each its last value.
    """
    places, values = [-1.0], [start]
    for ride in sorted(rides, key=lambda ride: ride.start):
        places += [ride.start, ride.start, ride.end]
        values += [values[-1], ride.from_value, ride.to_value]
    return np.interp(beats, places, values)
