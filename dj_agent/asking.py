"""What each slot of a set asks of the studio: a tool and its arguments.

Pure. Knows how the words of a setlist become arguments, and which seed a slot gets that leaves
its own open.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from dj_agent.setlist import Setlist
from dj_agent.slot import MAX_CAPTION, Kind, Slot

LOOK_UP = "search_library"
GENERATE = "generate_music"
_TOOLS: dict[Kind, str] = {
    "caption": GENERATE,
    "track": LOOK_UP,
    "cover": "cover_track",
    "repaint": "repaint_section",
    "extend": "extend_track",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a slot asks for. `made_of` is the number of the slot whose track is the argument
    `track`, which is known once that one is there."""

    tool: str
    arguments: dict[str, Any]
    made_of: int | None = None


def requests_of(setlist: Setlist) -> tuple[Request, ...]:
    """For each slot what fills it.

    A seed that is left open comes from the set's seed, the slot's own words and what it is made
    of, not from its place or its neighbours: the same file gives the same set, and moving or
    changing one slot leaves the tracks that aren't made of it as they are.
    """
    seen: Counter[str] = Counter()
    requests: list[Request] = []
    for slot in setlist.slots:
        request = _request(slot)
        if request.tool != LOOK_UP:
            words = json.dumps(_words(request, requests), sort_keys=True)
            seen[words] += 1
            seed = _derive(setlist.seed, words, seen[words]) if slot.seed is None else slot.seed
            request.arguments["seed"] = seed
        requests.append(request)
    return tuple(requests)


def _request(slot: Slot) -> Request:
    arguments = {
        name: value for name, value in _ARGUMENTS[slot.kind](slot).items() if value is not None
    }
    source = slot.source
    if isinstance(source, str):
        arguments["track"] = source
    return Request(
        _TOOLS[slot.kind], arguments, made_of=source if isinstance(source, int) else None
    )


def _generate(slot: Slot) -> dict[str, Any]:
    return {
        "caption": _caption(slot),
        "title": slot.title or None,
        "lyrics": slot.lyrics,
        "language": slot.language,
        "instrumental": slot.instrumental,
        "duration_s": slot.duration_s,
        "bpm": slot.bpm,
        "key": slot.key,
        "time_signature": slot.time_signature or ("4/4" if slot.bars else None),
    }


def _look_up(slot: Slot) -> dict[str, Any]:
    return {"track": slot.track}


def _cover(slot: Slot) -> dict[str, Any]:
    return {"caption": _caption(slot), "lyrics": slot.lyrics, "similarity": slot.similarity}


def _repaint(slot: Slot) -> dict[str, Any]:
    return {
        "windows": [span.model_dump() for span in slot.spans],
        "caption": _caption(slot),
        "lyrics": slot.lyrics,
        "strength": slot.strength,
        "snap_to_bars": slot.snap_to_bars,
    }


def _extend(slot: Slot) -> dict[str, Any]:
    return {
        "seconds": slot.seconds,
        "side": slot.side,
        "caption": _caption(slot),
        "lyrics": slot.lyrics,
    }


_ARGUMENTS: dict[Kind, Callable[[Slot], dict[str, Any]]] = {
    "caption": _generate,
    "track": _look_up,
    "cover": _cover,
    "repaint": _repaint,
    "extend": _extend,
}


def _caption(slot: Slot) -> str | None:
    """The caption, after the style if it doesn't name it; None if there is neither."""
    caption = slot.caption or ""
    if slot.style and slot.style.lower() not in caption.lower():
        caption = ", ".join(filter(None, (slot.style, caption)))[:MAX_CAPTION]
    return caption or None


def _words(request: Request, before: Sequence[Request]) -> dict[str, Any]:
    """What is asked for, wherever in the set and on the disk it stands."""
    if request.tool == GENERATE:
        return request.arguments
    source = before[request.made_of - 1].arguments if request.made_of else request.arguments
    origin = source["seed"] if "seed" in source else PurePath(source["track"]).name
    return {**request.arguments, "tool": request.tool, "track": origin}


def _derive(seed: int | None, words: str, repeat: int) -> int:
    digest = hashlib.sha256(f"{seed}\0{words}\0{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
