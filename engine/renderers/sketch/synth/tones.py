"""Playing pitched notes: all patches by name, and the memory of what was played before.

A piece repeats itself, so most notes are found rather than made. Tones are rounded to what an ear
can tell apart before they are made or looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.errors import InvalidRequest
from engine.renderers.sketch.synth.memory import SoundMemory
from engine.renderers.sketch.synth.patch import MEZZO_FORTE, Patch, Tone
from engine.renderers.sketch.synth.patches.bass import BASSES
from engine.renderers.sketch.synth.patches.guitars import GUITARS
from engine.renderers.sketch.synth.patches.keys import KEYS
from engine.renderers.sketch.synth.patches.orchestra import ORCHESTRA
from engine.renderers.sketch.synth.patches.synths import SYNTHS
from engine.renderers.sketch.synth.patches.voices import VOICES, VOWELS
from engine.renderers.sketch.synth.waves import Samples

__all__ = ["PATCHES", "Patch", "Tone", "play"]

PATCHES: Mapping[str, Patch] = {**BASSES, **KEYS, **SYNTHS, **GUITARS, **ORCHESTRA, **VOICES}

_VELOCITY_STEPS = 16
_CUTOFF_STEPS = 32
_PITCH_STEPS = 100
_LENGTH_STEPS = 100
_LOUDER_BY = 1.4
"""Amplitude grows as velocity to this power: 4.3 dB from mezzo-forte to full, 15 dB from 0.2."""

_MEMORY = SoundMemory(256 * 2**20)


def play(patch: str, tone: Tone) -> Samples:
    """The tone on a patch of `PATCHES`: float32 [2, n] at 48 kHz, read-only, release included.

    The level is calibrated: a mezzo-forte chord (velocity 0.7) of any patch, or a single note of
    a bass, is near -20 LUFS. Raises `InvalidRequest` for an unknown patch or vowel.
    """
    if patch not in PATCHES:
        raise InvalidRequest(
            f"There is no patch {patch!r}; use one of {', '.join(sorted(PATCHES))}.", field="patch"
        )
    if tone.vowel and tone.vowel not in VOWELS:
        raise InvalidRequest(
            f"vowel {tone.vowel!r} can't be sung; use one of {', '.join(VOWELS)}.", field="vowel"
        )
    chosen = PATCHES[patch]
    heard = _rounded(chosen, tone)
    return _MEMORY.recall((patch, heard), lambda: _sounded(chosen, heard))


def _rounded(patch: Patch, tone: Tone) -> Tone:
    """The tone as far as an ear can tell it from others on this patch, so that more are equal."""
    glides = tone.glide_to is not None and tone.glide_to != tone.pitch
    longest = tone.length_s if glides else min(tone.length_s, patch.rings_s)
    return Tone(
        pitch=round(tone.pitch * _PITCH_STEPS) / _PITCH_STEPS,
        length_s=max(round(longest * _LENGTH_STEPS), 1) / _LENGTH_STEPS,
        velocity=max(round(tone.velocity * _VELOCITY_STEPS), 1) / _VELOCITY_STEPS,
        cutoff=round(tone.cutoff * _CUTOFF_STEPS) / _CUTOFF_STEPS,
        beat_s=tone.beat_s if patch.follows_tempo else 1.0,
        glide_to=tone.glide_to if glides else None,
        vowel=tone.vowel if patch.sings else "",
    )


def _sounded(patch: Patch, tone: Tone) -> Samples:
    """The calibrated sound, [2, n]; of a sound in the middle both sides are the same memory."""
    touch = (tone.velocity / MEZZO_FORTE) ** _LOUDER_BY
    audio = patch.instrument.sound(tone)
    audio *= np.float32(10 ** (patch.gain_db / 20) * touch)
    return audio if audio.ndim == 2 else np.broadcast_to(audio, (2, audio.size)).view()
