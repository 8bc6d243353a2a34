"""How much each cue of a reading counts (see `metre`): a table of data, fitted, not thought up.

The weights of a conditional logit over all readings of a piece, fitted the way
`benchmarks/cues.py` does it to 1490 pieces of one minute: sketch pieces at 60 to 180 bpm and
SoundFont tunes, some resampled, filtered, MP3-coded or noisy. Cues with five numbers have one each
for the low, middle and high onsets, the harmony and the bass.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

TABLE: Mapping[str, tuple[float, ...]] = {
    "tempo": (-3.04, 0.71, 0.31, 0.08, 1.87, 2.72, 1.59, 4.26, 0.01, -4.75),
    "echo": (2.90, 2.10, 3.96, 1.62, 2.12),
    "strength": (2.61,),
    "on the beat": (2.23, 1.22, 1.66, -5.05, -0.01),
    "halves": (-0.40, 1.03, 0.90, 1.56, 1.86),
    "swung": (0.92, 1.24, 0.50, -0.49, 0.12),
    "quarters": (-0.03, 0.22, 0.04, -1.32, 4.00),
    "thirds": (-0.33, -0.64, -0.61, -0.12, 0.40),
    "beside": (0.52, -0.04, -1.22, 0.98, 0.15),
    "alternation": (-0.75, 0.38, 0.68, 0.04, -0.00),
    "kick and snare": (0.32, -0.34),
    "4: downbeat": (0.94, 0.89, -1.23, 1.96, -0.34),
    "4: third beat": (-0.41, 0.22, -0.48, -1.03, 0.34),
    "4: backbeat": (-0.25, -0.50, 0.70, -0.56, -0.00),
    "4: after the first": (-1.16, -0.55, -0.52, 0.37, -0.44),
    "4: after the second": (-0.97, 0.72, -0.29, -0.48, -0.03),
    "4: upbeat": (0.11, -0.20, -0.47, 0.13, -0.16),
    "3: downbeat": (1.17, 1.36, -0.96, 3.77, -1.32),
    "3: second beat": (-1.90, -0.35, 0.03, 0.20, 0.02),
    "3: after the first": (0.45, 0.14, 0.53, 3.14, -0.58),
    "3: upbeat": (1.46, 0.89, -0.35, 2.21, 0.16),
    "4: likeness": (1.90, 0.17, 2.39),
    "3: likeness": (2.99, -0.54),
    "3": (-0.50,),
}  # fmt: skip

WEIGHTS = np.concatenate(list(TABLE.values()))
"""In the order in which `metre` writes cues."""
