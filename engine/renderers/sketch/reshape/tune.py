"""The tune of a track as it is heard: the most prominent pitch of each step, as notes.

A guess at what a listener would hum, good enough to be played again by another instrument. Knows
the semitones' strengths over time; nothing of voices or instruments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from engine.keys import Key
from engine.listen.features import LOWEST_PITCH, PITCH_FRAME_S, Heard
from engine.renderers.sketch.score import Clock, Note
from engine.renderers.sketch.theory.harmony import scale_of
from engine.renderers.sketch.theory.rhythm import Grid

_LOW, _HIGH = 60, 88
"""Where tunes lie, in MIDI pitches."""
_STAY, _LEAP = 0.35, 0.05
"""What a change of pitch costs, and each semitone of it, in units of a clear pitch's strength."""
_FOREIGN = 0.25
_REST = 0.45
"""A step whose best pitch stands out less than this is a rest."""
_VELOCITY = 0.76


def heard_tune(heard: Heard, clock: Clock, grid: Grid, key: Key) -> tuple[Note, ...]:
    """The tune in notes of half a beat or longer (a third in compound time).

    The path through the pitches that is strongest in sum, when moving costs something (Viterbi);
    pitches outside the key must be clearer to be taken.
    """
    step = 1.0 / grid.meter.division
    strength = _strength(heard, clock, step)
    if not strength.size:
        return ()
    scale = scale_of(key)
    foreign = np.array([_FOREIGN * (p % 12 not in scale) for p in range(_LOW, _HIGH + 1)])
    path = _path(strength - foreign)
    clear = strength[np.arange(len(path)), path] >= _REST
    return _notes(path, clear, step)


def _strength(heard: Heard, clock: Clock, step: float) -> NDArray[np.float64]:
    """How much each pitch stands out in each step, [steps, pitches]; about 1 where it is clear."""
    rows = heard.pitches[_LOW - LOWEST_PITCH : _HIGH + 1 - LOWEST_PITCH].astype(np.float64)
    rows = np.maximum(rows - median_filter(rows, size=(9, 1), mode="nearest"), 0.0)
    steps = max(0, int(clock.beat(heard.duration_s) / step))
    edges_s = np.array([clock.moment_s(place * step) for place in range(steps + 1)])
    edges = np.clip(np.round(edges_s / PITCH_FRAME_S).astype(int), 0, rows.shape[1])
    summed = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    widths = np.maximum(np.diff(edges), 1)
    means = ((summed[:, edges[1:]] - summed[:, edges[:-1]]) / widths).T
    clear = float(np.percentile(means.max(axis=1), 75)) if steps else 0.0
    return np.minimum(means / clear, 2.0) if clear else np.zeros((0, len(rows)))


def _path(gain: NDArray[np.float64]) -> NDArray[np.intp]:
    """The pitch of each step on the best path through `gain` [steps, pitches]."""
    count = gain.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    cost = np.where(apart == 0, 0.0, _STAY + _LEAP * apart)
    total = gain[0].copy()
    came = np.zeros(gain.shape, dtype=np.intp)
    for place in range(1, len(gain)):
        ways = total[None, :] - cost
        came[place] = ways.argmax(axis=1)
        total = ways.max(axis=1) + gain[place]
    path = np.zeros(len(gain), dtype=np.intp)
    path[-1] = int(total.argmax())
    for place in range(len(gain) - 1, 0, -1):
        path[place - 1] = came[place, path[place]]
    return path


def _notes(path: NDArray[np.intp], clear: NDArray[np.bool_], step: float) -> tuple[Note, ...]:
    """Steps of the same pitch in a row are one note."""
    notes: list[Note] = []
    start = 0
    for place in range(1, len(path) + 1):
        if place < len(path) and path[place] == path[start] and clear[place] == clear[start]:
            continue
        if clear[start]:
            length = (place - start) * step
            notes.append(Note(start * step, 0.95 * length, _VELOCITY, float(_LOW + path[start])))
        start = place
    return tuple(notes)
