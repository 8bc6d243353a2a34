"""When memory runs out: what to try next, and what to say when nothing is left to try.

`after` is the ladder itself, a pure function over a table; `climb` goes up it. Every rung costs
time and gives the same music, but for rounding errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import torch

from engine.errors import OutOfMemory
from engine.hardware import Hardware, release
from engine.renderers.acestep.tiers import Part, Tier

Stage = Literal["encode", "denoise", "decode"]
Made = TypeVar("Made")

_LEAST_SOUNDING, _LEAST_LISTENING = 32, 125
"""Frames: with shorter tiles most of the work would be context."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How to go about a render: what of a tier's choices can still give way."""

    sounding_tile: int
    listening_tile: int
    parked: frozenset[Part] = frozenset()
    autoencoder_on_cpu: bool = False


def first_attempt(tier: Tier) -> Attempt:
    """As the tier has it."""
    return Attempt(tier.sounding_tile, tier.listening_tile, tier.parked)


def _shorter_sounding(attempt: Attempt) -> Attempt:
    return replace(attempt, sounding_tile=_halved(attempt.sounding_tile, _LEAST_SOUNDING))


def _shorter_listening(attempt: Attempt) -> Attempt:
    return replace(attempt, listening_tile=_halved(attempt.listening_tile, _LEAST_LISTENING))


def _halved(tile: int, least: int) -> int:
    return min(tile, max(least, tile // 2))


def _only_decoder_stays(attempt: Attempt) -> Attempt:
    return replace(attempt, parked=attempt.parked | {"text encoder", "autoencoder"})


def _only_autoencoder_stays(attempt: Attempt) -> Attempt:
    return replace(attempt, parked=attempt.parked | {"text encoder", "decoder"})


def _autoencoder_on_cpu(attempt: Attempt) -> Attempt:
    return replace(attempt, autoencoder_on_cpu=True)


def _has_room_to_park(hardware: Hardware) -> bool:
    """Where memory is shared there is nowhere else to be."""
    return hardware.memory == "own"


def _is_no_processor(hardware: Hardware) -> bool:
    return hardware.kind != "cpu"


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing that can give way, and on which hardware that helps (None: on all)."""

    give_way: Callable[[Attempt], Attempt]
    helps: Callable[[Hardware], bool] | None = None


LADDER: dict[Stage, tuple[Rung, ...]] = {
    "encode": (
        Rung(_shorter_listening),
        Rung(_only_autoencoder_stays, _has_room_to_park),
        Rung(_autoencoder_on_cpu, _is_no_processor),
    ),
    "denoise": (Rung(_only_decoder_stays, _has_room_to_park),),
    "decode": (
        Rung(_shorter_sounding),
        Rung(_only_autoencoder_stays, _has_room_to_park),
        Rung(_autoencoder_on_cpu, _is_no_processor),
    ),
}
"""What gives way when a stage runs out of memory, the cheapest first."""


def after(attempt: Attempt, hardware: Hardware, failed: Stage) -> Attempt | None:
    """What to try once `attempt` has run out of memory in a stage; None if nothing is left."""
    for rung in LADDER[failed]:
        following = rung.give_way(attempt)
        if following != attempt and (rung.helps is None or rung.helps(hardware)):
            return following
    return None


def climb(
    first: Attempt, hardware: Hardware, stage: Stage, make: Callable[[Attempt], Made]
) -> tuple[Made, Attempt]:
    """What `make` gives on the first attempt for which the memory is enough, and that attempt.

    Raises `OutOfMemory` when nothing is left to try; every other error passes.
    """
    attempt: Attempt | None = first
    while attempt is not None:
        try:
            return make(attempt), attempt
        except (MemoryError, RuntimeError) as error:
            if not ran_out(error):
                raise
        # Only now, with the error gone, does nobody hold on to what the attempt had allocated.
        release(hardware.device)
        attempt = after(attempt, hardware, stage)
    raise OutOfMemory(_advice(hardware, stage))


def ran_out(error: BaseException) -> bool:
    """Whether an error means that memory ran out; MPS and the processor have no type for it."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error)
    return isinstance(error, RuntimeError) and any(
        mark in said for mark in ("MPS backend out of memory", "DefaultCPUAllocator")
    )


def _advice(hardware: Hardware, stage: Stage) -> str:
    elsewhere = " or close other programs" if hardware.kind == "cpu" else " or set DJ_DEVICE=cpu"
    return (
        f"{hardware.name} has too little memory to {stage} this "
        f"({hardware.total_gb:.0f} GB usable), even in the smallest steps: "
        f"ask for a shorter duration_s, use a smaller checkpoint{elsewhere}."
    )
