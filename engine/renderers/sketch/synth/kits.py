"""Eight drum kits and the transitions: one stroke from its name.

Every kit can play every sound. The drums themselves are tables in `machines`, `drumsets` and
`percussion`, how a drum makes sound is in `drums`, and how a riser does in `transitions`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from engine.renderers.sketch.synth.drums import Colour, Drum
from engine.renderers.sketch.synth.drumsets import ACOUSTIC, JAZZ, LATIN, LOFI, ROCK
from engine.renderers.sketch.synth.machines import BREAKS, TR_808, TR_909
from engine.renderers.sketch.synth.memory import SoundMemory
from engine.renderers.sketch.synth.transitions import TRANSITIONS, transition
from engine.renderers.sketch.synth.waves import Samples

_STEPS = 16
"""Velocities told apart; two strokes of the same step share one sound in memory."""

_MEMORY = SoundMemory(96 * 2**20)

FX = "fx"
"""The patch of transitions."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Drums by name, and how they were recorded.

    `width` scales how far apart they stand; `level_db` makes up for quieter strokes, so that a
    pattern of any kit is about as loud as one of the 909.
    """

    drums: Mapping[str, Drum]
    colour: Colour = field(default_factory=Colour)
    width: float = 1.0
    level_db: float = 0.0


PLACES = MappingProxyType(
    {
        "hat": 0.2,
        "hat_open": 0.2,
        "hat_pedal": 0.2,
        "ride": -0.35,
        "crash": 0.3,
        "clap": 0.05,
        "rim": -0.15,
        "tom_high": -0.4,
        "tom_mid": 0.0,
        "tom_low": 0.4,
        "shaker": -0.45,
        "tambourine": 0.5,
        "conga_low": 0.3,
        "conga_high": 0.15,
        "conga_slap": 0.2,
        "bongo_low": -0.25,
        "bongo_high": -0.4,
        "cowbell": -0.2,
        "clave": 0.35,
        "timbale": -0.3,
    }
)
"""Pan of each drum as the audience sees the kit; what isn't named stands in the middle."""


def hit(kit: str, sound: str, velocity: float, length_s: float) -> Samples:
    """One stroke or transition: float32 [2, n] at 48 000 Hz, read-only, shared with equal ones.

    `velocity` is 0 to 1. A drum rings as long as it does; a transition (`kit` is "fx") lasts
    `length_s`, except the impact, which dies away. Raises `KeyError` for a kit or sound that
    isn't there.
    """
    step = max(1, min(_STEPS, round(velocity * _STEPS)))
    if kit == FX:
        length_s = round(length_s, 3)
        return _MEMORY.recall(
            (sound, step, length_s), lambda: transition(sound, step / _STEPS, length_s)
        )
    return _MEMORY.recall((kit, sound, step), lambda: _stroke(KITS[kit], sound, step))


def _stroke(kit: Kit, sound: str, step: int) -> Samples:
    # A stroke of another velocity is another stroke: its noise is not the same.
    seed = zlib.crc32(sound.encode()) % 4096 + step
    pan = PLACES.get(sound, 0.0) * kit.width
    audio = kit.drums[sound].strike(step / _STEPS, kit.colour, pan, seed)
    return audio * np.float32(10 ** (kit.level_db / 20))


KITS: Mapping[str, Kit] = MappingProxyType(
    {
        "kit_909": Kit(TR_909, Colour(drive=0.15)),
        "kit_808": Kit(TR_808, width=0.7),
        "kit_acoustic": Kit(ACOUSTIC, Colour(drive=0.2, room=0.45, room_s=0.3), level_db=1.5),
        "kit_rock": Kit(ROCK, Colour(drive=0.25, room=0.8, room_s=0.5)),
        "kit_jazz": Kit(JAZZ, Colour(top_hz=15_000, room=0.55, room_s=0.4), width=0.8, level_db=4),
        "kit_lofi": Kit(
            LOFI, Colour(drive=0.5, top_hz=6_500, room=0.25, room_s=0.15), width=0.5, level_db=3
        ),
        "kit_dnb": Kit(BREAKS, Colour(drive=0.35, room=0.3, room_s=0.12)),
        "kit_latin": Kit(LATIN, Colour(room=0.4, room_s=0.35), width=1.2, level_db=2.5),
    }
)

SOUNDS: tuple[str, ...] = tuple(TR_909)
"""What every kit can play."""

CHOKED_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {"hat_open": frozenset({"hat", "hat_open", "hat_pedal"})}
)
"""A pair of cymbals is one instrument: what silences what."""

TRANSITION_SOUNDS: tuple[str, ...] = tuple(TRANSITIONS)
