"""Hearing a track once: what was heard in a file, knowing the same, is remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.library import Library
from engine.listen.analysis import analyse
from engine.listen.readings import Analysis, Detail, Known
from engine.results import Made
from engine.revision import revision

_LISTEN = Path(__file__).parent / "listen"
_WISH_TRUST = 0.8
"""How often a neural renderer is supposed to hit the key that it was asked for."""


def hear(
    sound: Callable[[], NDArray[np.float32]],
    content: str,
    known: Known,
    detail: Detail,
    library: Library,
) -> Analysis:
    """What is heard in the sound of a file whose content is called `content`.

    `sound` gives it, float32 [2, n] at 48 000 Hz, if it wasn't heard before. Raises
    `AudioUnreadable`, and whatever `sound` raises.
    """
    asked = [content, detail, known.model_dump(), revision(_LISTEN)]
    fingerprint = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    if found := library.recall(fingerprint):
        return found
    found = analyse(sound(), known, detail)
    library.remember(fingerprint, found)
    return found


def known_from(made: Made) -> Known:
    """What the making of a track tells of it."""
    known = Known(
        bpm=made.bpm,
        key=made.key,
        time_signature=made.time_signature,
        begins_with_bar=True,
        source="the recipe",
    )
    return known if made.exact else known.model_copy(update={"key_trust": _WISH_TRUST})
