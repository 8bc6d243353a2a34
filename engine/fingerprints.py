"""Fingerprints of requests: equal for what would make the same thing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from engine.library import TRACK_ID
from engine.requests import GenerateRequest, RenderSetRequest, Request


def fingerprint(request: Request, performer: str, revision: str) -> str:
    """Equal for requests that would make the same thing (for an open seed: the same kind)."""
    what = {"request": request.model_dump(mode="json"), "by": [performer, revision]}
    if states := [_state_of_file(ref) for ref in _refs(request)]:
        what["files"] = states
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _refs(request: Request) -> list[str]:
    """The files outside the library that a request names, by their paths."""
    match request:
        case RenderSetRequest():
            named = [slot.track or slot.source for slot in request.plan.slots]
        case GenerateRequest():
            named = [request.reference]
        case _:
            named = [request.track]
    return [ref for ref in named if isinstance(ref, str) and not ref.startswith(TRACK_ID)]


def _state_of_file(path: str) -> list[int] | None:
    """What tells a file outside the library from another one that takes its place."""
    try:
        facts = Path(path).stat()
    except OSError:  # it was there a moment ago; whoever reads it says so
        return None
    return [facts.st_size, facts.st_mtime_ns]
