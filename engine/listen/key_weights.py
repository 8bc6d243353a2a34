"""How much each thing that is heard speaks for a key: what `key` multiplies its views with.

Found by multinomial logistic regression (L2 penalty 0.1) over the 24 keys, on 393 whole and as many
cropped pieces of four makers: this project's sketches, random functional harmony and loops of a
small band, both played by SoundFonts, and chorales by J. S. Bach, played likewise. Small makers
count for more each. Knows nothing of how views are made.
"""

from __future__ import annotations

import numpy as np

# From the tonic upwards in semitones; rows are the views of `key`.
_MAJOR = (
    1.47, -1.05, 0.16, -1.23, 0.84, 3.18, -3.71, 2.03, -1.30, 1.89, -4.09, 1.83,  # pitch classes
    0.40, -0.96, 1.33, -0.99, -0.12, 0.75, -0.40, 1.38, -0.15, 0.86, -1.47, -0.62,  # bass
    5.37, -0.01, -1.82, -0.21, -2.35, 1.70, -0.26, 3.25, -0.12, -0.47, -2.87, -0.76,  # major triads
    -1.73, -0.01, 1.86, 0.06, 0.84, 0.99, -0.53, -4.41, 0.08, 3.04, 0.08, -1.72,  # minor triads
    1.14, -0.79, 0.00, 0.26, 0.43, 0.03, -0.28, 0.54, -0.39, 0.11, -0.59, -0.47,  # the last bass
)  # fmt: skip
_MINOR = (
    2.64, -5.77, 1.78, 2.93, -2.97, -0.84, -3.47, 3.57, 1.91, -1.69, 1.58, 0.31,  # pitch classes
    1.25, -0.52, -0.91, 0.96, -0.81, 1.23, -0.62, 0.13, 0.62, -1.09, 0.40, -0.65,  # bass
    0.34, -1.71, -1.17, -2.38, -0.28, -2.40, -0.32, 1.27, 2.89, -0.19, 2.64, -0.13,  # major triads
    3.11, -0.34, 1.76, -1.40, -0.41, 1.46, -0.19, 0.14, -0.43, -1.27, -0.90, -0.08,  # minor triads
    1.20, -1.23, 0.78, -0.38, -0.86, -0.13, 0.20, 0.49, -0.30, -0.11, 0.13, 0.21,  # the last bass
)  # fmt: skip

WEIGHTS = np.array(_MAJOR + _MINOR)
"""[120]: the five views of a major key, then those of a minor one."""
