"""Drums, bass, vocals and the rest of any mix, by a network that has learned how they sound."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import Unsupported
from engine.listen.neural.htdemucs import Demucs
from engine.listen.neural.overlap import take_apart
from engine.listen.separation import Audio, Separation, residual_db
from engine.renderers.protocol import Cancelled, Progress

METHOD = "a neural separator"


def separate(
    audio: Audio, parts: Sequence[str], network: Demucs, progress: Progress, cancelled: Cancelled
) -> Separation:
    """Take these parts out of a mix, float32 [2, n] at 48 000 Hz; none: all the network knows.

    `no_drums` and `no_vocals` are the mix without them. Raises `Unsupported` for a part that the
    network doesn't know, `Cancelled`, and `MemoryError` where the device has too little.
    """
    wanted = tuple(parts) or network.parts
    refuse_unknown(wanted, network.parts)
    found = take_apart(audio, network, progress, cancelled)
    separated = {
        part: found[part] if part in found else audio - found[part.removeprefix("no_")]
        for part in wanted
    }
    return Separation(
        separated,
        METHOD,
        residual_db(audio, separated, network.parts),
        checkpoint=network.checkpoint,
        device=network.device,
    )


def refuse_unknown(wanted: Sequence[str], known: Sequence[str]) -> None:
    """Raise `Unsupported` for a part that is neither known nor the mix without a known one."""
    for part in wanted:
        if part not in known and part.removeprefix("no_") not in known:
            raise Unsupported(
                f"stems: {part} can't be told apart; ask for {', '.join(known)}.",
                field="stems",
            )
