"""Folding audio of any channel count down to stereo.

Knows in which order the formats keep their speakers, and ITU-R BS.775's coefficients.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SIDE = 2**-0.5  # BS.775-4, table 2: centre and surrounds at -3 dB
_GAINS = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_SIDE, _SIDE),
    "BL": (_SIDE, 0.0),
    "BR": (0.0, _SIDE),
    "SL": (_SIDE, 0.0),
    "SR": (0.0, _SIDE),
    "BC": (0.5, 0.5),
    "LFE": (0.0, 0.0),  # left out, as BS.775 does: what it holds is in the others, or is rumble
}
# WAVE and FLAC order (RFC 9639, table 3), by channel count.
_WAVE = {
    1: "FC",
    2: "FL FR",
    3: "FL FR FC",
    4: "FL FR BL BR",
    5: "FL FR FC BL BR",
    6: "FL FR FC LFE BL BR",
    7: "FL FR FC LFE BC SL SR",
    8: "FL FR FC LFE BL BR SL SR",
}
# Vorbis I, section 4.3.9, where it differs; Opus uses the same (RFC 7845, section 5.1.1.2).
_VORBIS = _WAVE | {
    3: "FL FC FR",
    5: "FL FC FR BL BR",
    6: "FL FC FR BL BR LFE",
    7: "FL FC FR SL SR BC LFE",
    8: "FL FC FR SL SR BL BR LFE",
}
_VORBIS_FORMATS = ("ogg", "opus")


def matrix(channels: int, format: str) -> NDArray[np.float32]:
    """What a frame of `channels` samples is multiplied by to be stereo: shape [channels, 2].

    Scaled so that full scale in every channel is full scale in stereo; mono goes to both sides
    unchanged. More than eight channels have no order that everybody keeps, so they alternate
    between the sides.
    """
    order = (_VORBIS if format in _VORBIS_FORMATS else _WAVE).get(channels)
    speakers = order.split() if order else [("FL", "FR")[n % 2] for n in range(channels)]
    gains = np.array([_GAINS[speaker] for speaker in speakers], dtype=np.float32)
    return gains / gains.sum(axis=0)
