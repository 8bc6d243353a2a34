"""Sketch: the embedded composer and synthesiser. No downloads, numpy and scipy only.

    request → compose → Score → mixdown → master → Rendered

It writes real music (form, harmony, parts) and plays it on its own instruments. It is exact in
tempo, key, bars and stems, and always labelled a sketch. It also covers, repaints and extends
tracks and adds parts to them (`reshape`): its own by their notes, others by what is heard.
Importing this package is cheap; `load` brings in the libraries.
"""

from __future__ import annotations

from pathlib import Path

from engine.renderers.protocol import Capabilities, Renderer
from engine.revision import revision

_HERE = Path(__file__).parent

_TASKS = ("generate", "cover", "repaint", "extend", "add_parts")
_NOTE = (
    "Embedded composer and synthesiser: exact tempo, key and bars, a wordless voice; a sketch, "
    "not a recording."
)


def capabilities() -> Capabilities:
    return Capabilities("sketch", revision(_HERE), frozenset(_TASKS), _NOTE)


def load() -> Renderer:
    from engine.renderers.sketch.renderer import SketchRenderer

    return SketchRenderer(revision(_HERE))
