"""Sketch: the embedded composer and synthesiser. No downloads, numpy and scipy only.

    request → compose → Score → mixdown → master → Rendered

It writes real music (form, harmony, parts) and plays it on its own instruments. It is exact in
tempo, key, bars and stems, and always labelled a sketch. Importing this package is cheap; `load`
brings in the libraries.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from engine.renderers.protocol import Capabilities, Renderer

_NOTE = (
    "The embedded composer and synthesiser: nothing to download, exact tempo, key and bars, "
    "a wordless lead voice; a sketch of the music, not a neural recording."
)


def capabilities() -> Capabilities:
    return Capabilities("sketch", _revision(), frozenset({"generate"}), _NOTE)


def load() -> Renderer:
    from engine.renderers.sketch.renderer import SketchRenderer

    return SketchRenderer(_revision())


@cache
def _revision() -> str:
    """A hash of this package's source: any change of it may change the bytes it makes."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
