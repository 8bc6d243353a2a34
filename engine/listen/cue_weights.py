"""How much each cue of a reading counts (see `metre`): a table of data, fitted, not thought up.

The weights of a conditional logit over all readings of a piece, fitted the way
`benchmarks/cues.py` does it to 947 pieces of one minute: sketch pieces at 60 to 180 bpm and
SoundFont tunes, some resampled, filtered, MP3-coded or noisy. Cues with five numbers have one each
for the low, middle and high onsets, the harmony and the bass.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

TABLE: Mapping[str, tuple[float, ...]] = {
    "tempo": (-2.72, 0.23, 0.20, 1.02, 1.43, 0.94, 2.11, 1.93, 1.34, -2.95),
    "echo": (1.85, 2.44, 3.07, 1.65, 1.93),
    "strength": (2.89,),
    "on the beat": (1.93, 0.61, 1.69, -3.34, -0.10),
    "halves": (-0.66, 1.17, 0.51, 2.31, 0.42),
    "swung": (0.70, 1.30, 0.09, 0.24, 1.21),
    "quarters": (0.15, -0.16, 0.26, 0.34, 0.54),
    "thirds": (-0.55, -0.44, -0.43, -1.46, 0.57),
    "beside": (0.21, 0.08, -1.05, 0.44, -0.05),
    "alternation": (-0.70, 0.48, 0.53, 0.16, -0.03),
    "kick and snare": (0.23, -0.17),
    "4: downbeat": (0.90, 0.76, -0.60, 1.82, -0.21),
    "4: third beat": (-0.21, 0.14, -0.87, -1.17, 0.34),
    "4: backbeat": (-0.32, -0.41, 0.60, -0.39, -0.08),
    "4: after the first": (-1.41, -0.78, -0.09, 1.25, -1.33),
    "4: after the second": (-0.51, 0.72, -0.84, -0.34, -0.66),
    "4: upbeat": (-0.07, -0.23, -0.82, 1.29, -0.84),
    "3: downbeat": (1.17, 1.07, -1.16, 3.71, -1.23),
    "3: second beat": (-1.74, 0.04, -0.09, -0.19, 0.04),
    "3: after the first": (0.41, -0.37, 0.68, 3.69, -0.76),
    "3: upbeat": (1.64, 0.26, -0.18, 2.01, -0.12),
    "4: likeness": (1.52, -0.24, 1.83),
    "3: likeness": (2.05, 0.61),
    "3": (-0.48,),
}  # fmt: skip

WEIGHTS = np.concatenate(list(TABLE.values()))
"""In the order in which `metre` writes cues."""

THREE_OR_FOUR: Mapping[str, float] = {
    "belief": 0.73,
    "beats in common": 3.04,
    "echo after three beats, middle": 3.43,
    "echo after three beats, high": 7.56,
    "beside the beat": -2.09,
    "three": -0.97,
}
"""What counts, and how much, for three against four beats in a bar, in the order in which
`three_or_four` writes it: fitted by `benchmarks/three_or_four.py` to 448 pieces and their halves.
"Belief" is the difference that the table above makes."""
