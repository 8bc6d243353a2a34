"""How much fits: from a device's memory to how long, how many at once, and how laid out.

Decided before anything is loaded. Data and one function; knows no torch. Sizes are GiB and assume
two bytes per number: where models are computed in float32 a device counts as half as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.hardware import Hardware, Memory

Part = Literal["text encoder", "decoder", "autoencoder"]
Large = Literal["no", "squeezed", "yes"]
"""Whether XL checkpoints fit: not at all, with everything else parked and 8-bit weights, or so."""

_NOTHING: frozenset[Part] = frozenset()
_BESIDES_THE_DECODER: frozenset[Part] = frozenset({"text encoder", "autoencoder"})
_ALL: frozenset[Part] = frozenset({"text encoder", "decoder", "autoencoder"})


@dataclass(frozen=True, slots=True)
class Reach:
    """The longest music, and how many takes at once."""

    longest_s: int
    batch: int


@dataclass(frozen=True, slots=True)
class Tier:
    """What goes on a device with up to so much memory."""

    name: str
    up_to_gb: float
    alone: Reach
    planned: Reach
    """With the language model that plans in memory too."""
    parked: frozenset[Part]
    """The models that wait in the machine's memory while they have nothing to do."""
    int8: bool
    """Whether 8-bit weights are a good idea."""
    large: Large
    sounding_tile: int
    """Latent frames that the autoencoder decodes at a time."""
    listening_tile: int
    """Latent frames whose sound it encodes at a time."""


_ENDLESS = float("inf")

# Upstream's table in its newest form. Its limits are those that cards report as they are sold: one
# of 8 GB reports a little less. Tiles: upstream's sizes for so much memory.
_OWN = (
    Tier("4 GB", 4, Reach(360, 1), Reach(240, 1), _ALL, True, "no", 128, 375),
    Tier("6 GB", 6, Reach(600, 1), Reach(480, 1), _ALL, True, "no", 256, 375),
    Tier("8 GB", 8, Reach(600, 2), Reach(480, 2), _ALL, True, "no", 256, 375),
    Tier("12 GB", 12, Reach(600, 4), Reach(480, 2), _ALL, True, "no", 512, 750),
    Tier(
        "under 16 GB", 15.5, Reach(600, 4), Reach(480, 4), _BESIDES_THE_DECODER, True, "squeezed",
        512, 750,
    ),
    Tier(
        "16 GB", 20, Reach(600, 8), Reach(480, 4), _BESIDES_THE_DECODER, True, "squeezed",
        512, 750,
    ),
    Tier("24 GB", 24, Reach(480, 8), Reach(480, 8), _NOTHING, False, "yes", 1024, 750),
    Tier("over 24 GB", _ENDLESS, Reach(600, 8), Reach(600, 8), _NOTHING, False, "yes", 1536, 750),
)  # fmt: skip

# A Mac's graphics may use about three quarters of its memory. There is nowhere to park, and no
# 8-bit arithmetic. Above 180 s upstream makes one take at a time; so do we below 32 GB in all.
_UNIFIED = (
    Tier("Mac of 8 GB", 6, Reach(120, 1), Reach(60, 1), _NOTHING, False, "no", 128, 375),
    Tier("Mac of 16 GB", 12.5, Reach(480, 1), Reach(240, 1), _NOTHING, False, "no", 256, 375),
    Tier("Mac of 24 GB", 18.5, Reach(600, 1), Reach(480, 1), _NOTHING, False, "yes", 512, 750),
    Tier("Mac of 36 GB", 28, Reach(600, 2), Reach(480, 2), _NOTHING, False, "yes", 512, 750),
    Tier("larger Mac", _ENDLESS, Reach(600, 8), Reach(600, 4), _NOTHING, False, "yes", 1024, 750),
)

# Upstream puts every processor into its lowest tier. With main memory to spare length is free, but
# takes at once are not: a processor makes two of them no faster than one after the other.
_MAIN = (
    Tier("processor, 8 GB", 6.5, Reach(240, 1), Reach(120, 1), _NOTHING, False, "no", 128, 375),
    Tier("processor, 16 GB", 12.5, Reach(480, 1), Reach(240, 1), _NOTHING, False, "no", 256, 750),
    Tier(
        "processor", _ENDLESS, Reach(600, 1), Reach(600, 1), _NOTHING, False, "yes", 512, 750
    ),
)  # fmt: skip

TIERS: dict[Memory, tuple[Tier, ...]] = {"own": _OWN, "unified": _UNIFIED, "main": _MAIN}


def tier_of(hardware: Hardware) -> Tier:
    """The tier of a device, by all the memory it has: what is free changes from day to day, and
    with the tile would change the last bits of the same song."""
    counted = hardware.total_gb * 2 / hardware.bytes_per_number
    return next(tier for tier in TIERS[hardware.memory] if counted <= tier.up_to_gb)
