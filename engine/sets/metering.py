"""A meter for what goes by in blocks: its loudness, its highest true peak and its length."""

from __future__ import annotations

import numpy as np

from engine.audio.cells import STEP, Energies, Peaks, loudness_of_tenths, tenths
from engine.audio.levels import SILENCE_DBTP, SILENCE_LUFS, Audio

_NEVER_HIGHER = 0.25
"""Samples below -12 dBFS aren't looked between: no true peak of a mix at -14 LUFS is there."""


class Meter:
    """Feed it float32 [2, n] at 48 000 Hz, then ask once."""

    def __init__(self) -> None:
        self.samples = 0
        self._energies = Energies()
        self._peaks = Peaks(above=_NEVER_HIGHER)
        self._cells = np.zeros(0)
        self._tenths: list[np.ndarray] = []
        self._highest = 0.0

    def feed(self, block: Audio) -> None:
        self.samples += block.shape[1]
        self._note(block, last=False)

    def read(self) -> tuple[float, float]:
        """Integrated loudness in LUFS and true peak in dBTP of all that was fed."""
        self._note(np.zeros((2, 0), np.float32), last=True)
        heard = np.concatenate([np.zeros(0), *self._tenths])
        loudness = loudness_of_tenths(heard) if len(heard) >= 4 else SILENCE_LUFS
        return loudness, max(SILENCE_DBTP, 20.0 * float(np.log10(max(self._highest, 1e-9))))

    def _note(self, block: Audio, last: bool) -> None:
        cells = np.concatenate([self._cells, self._energies.feed(block, last)])
        whole = len(cells) // STEP * STEP
        self._tenths.append(tenths(cells[:whole]))
        self._cells = cells[whole:]
        self._highest = max(self._highest, self._peaks.feed(block, last).max(initial=0.0))
