"""Gliding with finished sound, for instruments that can't move the pitch while they make it."""

from __future__ import annotations

import numpy as np

from engine.renderers.sketch.synth.patch import Tone, glide, highest_pitch
from engine.renderers.sketch.synth.waves import HOP, Samples, control_times


def steady_length(tone: Tone, length: int) -> int:
    """How many samples of the steady sound `glided` may read for `length` samples."""
    rise = highest_pitch(tone) - tone.pitch
    return int(length * 2 ** (rise / 12)) + HOP + 2


def glided(audio: Samples, tone: Tone, length: int) -> Samples:
    """`audio` [..., m] of the tone's first pitch, read along its glide: [..., length].

    A tone without a glide is returned as it is. Between two samples it draws a straight line,
    which dulls the very top of the sound while it moves.
    """
    if tone.glide_to is None:
        return audio[..., :length]
    speeds = np.exp2(glide(tone, control_times(length)) / 12)
    begins = np.concatenate([[0.0], np.cumsum(0.5 * HOP * (speeds[1:] + speeds[:-1]))])
    lines = begins[:-1, None] + np.multiply.outer(np.diff(begins), np.arange(HOP) / HOP)
    places = lines.ravel()[:length]
    whole = places.astype(np.int64)
    fraction = (places - whole).astype(np.float32)
    read = audio[..., whole + 1] - audio[..., whole]
    read *= fraction
    read += audio[..., whole]
    return read
