"""From a slot to the request that fills it, with a seed that is its own.

A seed that is left open comes from the set's seed and the slot's own request, not from its place
or its neighbours: the same plan gives the same set, and moving or changing one slot leaves the
tracks that aren't made of it as they are.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from engine.fields import MAX_CAPTION, MAX_SEED
from engine.requests import (
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RenderRequest,
    RepaintRequest,
    checked,
)
from engine.sets.brief import with_energy
from engine.sets.plan import SetPlan, Slot

_ANY_TRACK = "trk_"


def request_of(slot: Slot, seed: int | None, source: str = _ANY_TRACK) -> RenderRequest | None:
    """What fills the slot; None for a track that is there already.

    `source` is the id or path of what the slot is made of, if it is. Raises `InvalidRequest` for
    values that don't go together.
    """
    said = {"title": slot.title, "seed": seed}
    match slot.kind:
        case "track":
            return None
        case "caption":
            return checked(GenerateRequest, **said, **_generate(slot))
        case "cover":
            more = _given(slot, "lyrics", "language", "similarity")
            caption = _caption(slot) or "the same music"
            return checked(CoverRequest, **said, track=source, caption=caption, **more)
        case "repaint":
            more = _given(slot, "lyrics", "windows", "strength", "snap_to_bars")
            return checked(RepaintRequest, **said, track=source, caption=_caption(slot), **more)
        case "extend":
            more = _given(slot, "lyrics", "seconds", "side")
            return checked(ExtendRequest, **said, track=source, caption=_caption(slot), **more)


def seeds(plan: SetPlan) -> dict[int, int]:
    """The seed of every slot that is made, by its number."""
    seen: Counter[str] = Counter()
    found: dict[int, int] = {}
    for number, slot in enumerate(plan.slots, 1):
        request = request_of(slot, None)
        if request is None:
            continue
        words = f"{request.model_dump_json()}\0{slot.source}"
        seen[words] += 1
        own = derived(plan.seed or 0, words, seen[words])
        found[number] = own if slot.seed is None else slot.seed
    return found


def derived(*parts: object) -> int:
    """A seed that follows from these."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % (MAX_SEED + 1)


def first_made(plan: SetPlan) -> RenderRequest | None:
    """The request of the first slot that has to be made; None if all are there."""
    requests = (request_of(slot, 0) for slot in plan.slots)
    return next((request for request in requests if request is not None), None)


def _generate(slot: Slot) -> dict[str, Any]:
    return {
        "caption": with_energy(_caption(slot), slot.energy),
        "duration_s": None if slot.duration_s is None else round(slot.duration_s, 6),
        "bpm": slot.bpm,
        "key": slot.key,
        "time_signature": slot.time_signature or ("4/4" if slot.bars else None),
        **_given(slot, "lyrics", "language", "instrumental"),
    }


def _given(slot: Slot, *names: str) -> dict[str, Any]:
    values = {name: getattr(slot, name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, "", ())}


def _caption(slot: Slot) -> str:
    """The caption, after the style if it doesn't name it."""
    if slot.style and slot.style.lower() not in slot.caption.lower():
        return ", ".join(filter(None, (slot.style, slot.caption)))[:MAX_CAPTION]
    return slot.caption
