"""The master: one coloured, glued and loud record out of the mix.

In order: gentle compression, soft saturation, rumble filter and tonal balance, the noise of the
medium, then loudness and true peak. It hears the finished mix only and knows nothing of parts.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import uniform_filter1d

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import normalise
from engine.renderers.sketch.balance import balancing_filter
from engine.renderers.sketch.outboard import Convolver
from engine.renderers.sketch.score import Room
from engine.renderers.sketch.synth.waves import HOP, Curve, Samples, control_times, noise, spread

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0

_BLOCK = 1 << 16
_CELL = 480  # 10 ms, over which the compressor measures
_GLUE_CELLS = 12  # it follows the mean of 120 ms
_GLUE_SLOPE = 1 - 1 / 1.7
_MOST_GLUE_DB = 4.0
_RECORD_RMS = 0.15  # where the loud parts of a mix meet the saturation
_FADE = 240

_CRACKLES_PER_S = 7.0
_REVOLUTION_S = 60 / (100 / 3)  # a record turns 33 1/3 times a minute, and scratches come again


def master(mix: Samples, room: Room) -> Samples:
    """The finished piece: [2, n] at -14 LUFS (within 0.5 LU), true peaks at most -1 dBTP.

    `room` gives the warmth and the noise of the medium. A silent mix stays silent. Where a piece
    is so sparse that both can't be had, it is quieter and the peaks hold.
    """
    cells = _cell_power(mix)
    loud = _loud_power(cells)
    if loud == 0.0:
        return mix.copy()
    drive = np.float32((1 + 0.8 * room.warmth) * _RECORD_RMS / np.sqrt(loud))
    glue = _glue(cells, loud, mix.shape[1])
    response = balancing_filter(mix, room.warmth)
    equaliser = Convolver(np.stack([response, response]), _BLOCK)
    vinyl = _vinyl() * np.float32(room.noise) if room.noise else None

    record = np.empty_like(mix)
    for start in range(0, mix.shape[1], _BLOCK):
        block = mix[:, start : start + _BLOCK]
        length = block.shape[1]
        if length < _BLOCK:
            block = np.pad(block, ((0, 0), (0, _BLOCK - length)))
        gain = spread(glue[start // HOP : (start + _BLOCK) // HOP + 1], _BLOCK)
        coloured = equaliser.process(np.tanh(block * (drive * gain)))
        if vinyl is not None:
            coloured += np.take(vinyl, np.arange(start, start + _BLOCK), axis=1, mode="wrap")
        record[:, start : start + length] = coloured[:, :length]
    fade = min(_FADE, record.shape[1])
    record[:, -fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return normalise(record, TARGET_LUFS, CEILING_DBTP, out=record)


def _cell_power(mix: Samples) -> Curve:
    """Mean power of both channels in each whole cell, and of what is left as the last one."""
    whole = mix.shape[1] // _CELL
    cells = mix[:, : whole * _CELL].reshape(2, whole, _CELL)
    power = np.einsum("cbi,cbi->b", cells, cells) / (2 * _CELL)
    rest = mix[:, whole * _CELL :]
    return np.append(power, np.square(rest).mean() if rest.size else power[-1:].sum())


def _loud_power(cells: Curve) -> float:
    """Mean power of what isn't quiet: of the cells within 20 dB of the mean of all."""
    heard = cells[cells > cells.mean() / 100]
    return float(heard.mean()) if heard.size else 0.0


def _glue(cells: Curve, loud: float, length: int) -> Curve:
    """The compressor's gain at the control points of `length` samples, one block beyond included.

    It listens a little ahead, has a soft knee around the loud parts' level, and takes 4 dB at
    most.
    """
    level_db = 10 * np.log10(np.maximum(uniform_filter1d(cells, _GLUE_CELLS), loud * 1e-6) / loud)
    over_db = 2.0 * np.log1p(np.exp((level_db + 1.0) / 2.0))
    gain = 10 ** (-np.minimum(_GLUE_SLOPE * over_db, _MOST_GLUE_DB) / 20)
    centres_s = (np.arange(len(cells)) + 0.5) * (_CELL / SAMPLE_RATE_HZ)
    return np.interp(control_times(length + _BLOCK), centres_s, gain)


@lru_cache(maxsize=1)
def _vinyl() -> Samples:
    """Four revolutions of a worn record, [2, n]: hiss, and crackles that each side hears apart."""
    length = round(4 * _REVOLUTION_S * SAMPLE_RATE_HZ)
    chance = np.random.Generator(np.random.PCG64(33_333))
    surface = np.stack([noise(length, 300.0, 9_000.0, seed) for seed in (7, 8)])
    surface *= np.float32(0.0016)
    click = np.exp(np.arange(160, dtype=np.float32) / -14.0)
    for start in chance.integers(0, length - 200, int(_CRACKLES_PER_S * 4 * _REVOLUTION_S)):
        tone = np.cos(np.arange(160, dtype=np.float32) * np.float32(chance.uniform(0.15, 0.7)))
        size = 0.012 * chance.lognormal(0.0, 0.7)
        sides = chance.uniform(0.2, 1.0, (2, 1)).astype(np.float32)
        surface[:, start : start + 160] += np.float32(size) * sides * click * tone
    return surface
