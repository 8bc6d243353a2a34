"""How much fits: from a device's memory to how long, in how many bits, and how laid out.

Decided before anything is loaded. Data and one function; knows no torch. Sizes are GiB and assume
two bytes per number: where models are computed in float32 a device counts as half as large. Takes
are always made one after the other: in company a take would differ in its last bits from what the
same recipe gives alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.hardware import Hardware, Memory

Part = Literal["text encoder", "decoder", "autoencoder"]
Weights = Literal["none", "8 bits", "whole"]
"""In which form a transformer fits: not at all, with weights in 8 bits, or as it is."""

_NOTHING: frozenset[Part] = frozenset()
_BESIDES_THE_DECODER: frozenset[Part] = frozenset({"text encoder", "autoencoder"})
_ALL: frozenset[Part] = frozenset({"text encoder", "decoder", "autoencoder"})


@dataclass(frozen=True, slots=True)
class Tier:
    """What goes on a device with up to so much memory."""

    name: str
    up_to_gb: float
    longest_s: int
    """The longest music."""
    parked: frozenset[Part]
    """The models that wait in the machine's memory while they have nothing to do."""
    usual: Weights
    """How the transformer of a 2B checkpoint fits."""
    large: Weights
    """How that of an XL checkpoint does."""
    sounding_tile: int
    """Latent frames that the autoencoder decodes at a time."""
    listening_tile: int
    """Latent frames whose sound it encodes at a time."""

    def weights(self, *, xl: bool) -> Weights:
        """How a checkpoint's transformer fits."""
        return self.large if xl else self.usual


_ENDLESS = float("inf")

# Upstream's table in its newest form. Its limits are those that cards report as they are sold: one
# of 8 GB reports a little less. Tiles: upstream's sizes for so much memory. Upstream keeps all
# weights in 8 bits up to 20 GB; here only those are that don't fit as they were trained.
_OWN = (
    Tier("4 GB", 4, 360, _ALL, "8 bits", "none", 128, 375),
    Tier("6 GB", 6, 600, _ALL, "8 bits", "none", 256, 375),
    Tier("8 GB", 8, 600, _ALL, "whole", "none", 256, 375),
    Tier("12 GB", 12, 600, _ALL, "whole", "none", 512, 750),
    Tier("under 16 GB", 15.5, 600, _BESIDES_THE_DECODER, "whole", "8 bits", 512, 750),
    Tier("16 GB", 20, 600, _BESIDES_THE_DECODER, "whole", "8 bits", 512, 750),
    Tier("24 GB", 24, 480, _NOTHING, "whole", "whole", 1024, 750),
    Tier("over 24 GB", _ENDLESS, 600, _NOTHING, "whole", "whole", 1536, 750),
)  # fmt: skip

# A Mac's graphics may use about three quarters of its memory, and there is nowhere to park.
_UNIFIED = (
    Tier("Mac of 8 GB", 6, 120, _NOTHING, "8 bits", "none", 128, 375),
    Tier("Mac of 16 GB", 12.5, 480, _NOTHING, "whole", "none", 256, 375),
    Tier("Mac of 24 GB", 18.5, 600, _NOTHING, "whole", "whole", 512, 750),
    Tier("Mac of 36 GB", 28, 600, _NOTHING, "whole", "whole", 512, 750),
    Tier("larger Mac", _ENDLESS, 600, _NOTHING, "whole", "whole", 1024, 750),
)

# Upstream puts every processor into its lowest tier. With main memory to spare length is free.
_MAIN = (
    Tier("processor, 8 GB", 6.5, 240, _NOTHING, "whole", "none", 128, 375),
    Tier("processor, 16 GB", 12.5, 480, _NOTHING, "whole", "none", 256, 750),
    Tier(
        "processor", _ENDLESS, 600, _NOTHING, "whole", "whole", 512, 750
    ),
)  # fmt: skip

TIERS: dict[Memory, tuple[Tier, ...]] = {"own": _OWN, "unified": _UNIFIED, "main": _MAIN}


def tier_of(hardware: Hardware) -> Tier:
    """The tier of a device, by all the memory it has: what is free changes from day to day, and
    with the tile would change the last bits of the same song."""
    counted = hardware.total_gb * 2 / hardware.bytes_per_number
    return next(tier for tier in TIERS[hardware.memory] if counted <= tier.up_to_gb)
