"""Mastering: a mix of any length brought to its loudness under its ceiling, in two passes.

The first lays the mix down in a scratch file and measures it, cell by cell (see
`engine.audio.cells`); the second plays it back through a gain and a limiter. In between the gain
is searched for on what was measured. Knows nothing of decks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.cells import (
    STEP,
    Curve,
    Energies,
    Peaks,
    loudness_of_tenths,
    tenths,
)
from engine.audio.levels import SILENCE_LUFS, Audio, gain_reaching
from engine.audio.limiting import GainCurve, Limiter
from engine.sets.playing.scratch import Laid

MIX_LUFS = -14.0
CEILING_DBTP = -1.0

_BLOCK = 8 * SAMPLE_RATE_HZ
_CELLS = 400 * STEP
"""How many cells are looked at together: 40 s."""


def mastered(blocks: Iterator[Audio], scratch: Path) -> Iterator[Audio]:
    """The blocks [2, n], all together at -14 LUFS and below -1 dBTP, once the last one is known.

    Silence stays silent. Where both aims exclude each other the ceiling wins.
    """
    with (
        Laid(scratch, np.float32) as laid,
        Laid(scratch, np.float64) as energies,
        Laid(scratch, np.float64) as peaks,
    ):
        _lay_down(blocks, laid, energies, peaks)
        gain = np.float32(10.0 ** (_gain_db(energies, peaks) / 20.0))
        limiter = Limiter(CEILING_DBTP)
        waiting = None
        for block in laid.pieces(2 * _BLOCK):
            if waiting is not None:
                yield limiter.feed(waiting)
            waiting = np.ascontiguousarray(block.reshape(-1, 2).T) * gain
        if waiting is not None:
            yield limiter.feed(waiting, last=True)


def _lay_down(blocks: Iterator[Audio], laid: Laid, energies: Laid, peaks: Laid) -> None:
    measured = Energies()
    # The highest samples do for the search; the limiter itself looks between them.
    heard = Peaks(above=np.inf)
    for block in blocks:
        laid.append(block.T)
        energies.append(measured.feed(block))
        peaks.append(heard.feed(block))
    rest = np.zeros((2, 0), np.float32)
    energies.append(measured.feed(rest, last=True))
    peaks.append(heard.feed(rest, last=True))


def _gain_db(energies: Laid, peaks: Laid) -> float:
    quiet = np.concatenate([np.zeros(0), *map(tenths, energies.pieces(_CELLS))])
    quiet_lufs = loudness_of_tenths(quiet) if len(quiet) >= 4 else SILENCE_LUFS
    if quiet_lufs <= SILENCE_LUFS:
        return 0.0
    return gain_reaching(
        MIX_LUFS, quiet_lufs, lambda gain_db: _loudness_at(gain_db, energies, peaks)
    )


def _loudness_at(gain_db: float, energies: Laid, peaks: Laid) -> float:
    """The loudness after this gain and the limiter, in LUFS."""
    amplitude = 10.0 ** (gain_db / 20.0)
    curve, gains, heard = GainCurve(CEILING_DBTP), np.zeros(0), []
    loud = energies.pieces(_CELLS)
    for some in peaks.pieces(_CELLS):
        gains = np.concatenate([gains, curve.feed(some * amplitude)])
        while len(gains) > _CELLS:
            heard.append(tenths(_turned_down(next(loud), gains)))
            gains = gains[_CELLS:]
    gains = np.concatenate([gains, curve.feed(np.zeros(0), last=True)])
    for some in loud:
        heard.append(tenths(_turned_down(some, gains)))
        gains = gains[_CELLS:]
    return loudness_of_tenths(np.concatenate(heard) * amplitude**2)


def _turned_down(energies: Curve, gains: Curve) -> Curve:
    borders = gains[: len(energies) + 1]
    return energies * (0.5 * (borders[:-1] + borders[1:])) ** 2
