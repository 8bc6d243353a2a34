"""The verbs: which request is served by what, once it is known what the source is made of."""

from __future__ import annotations

from engine.errors import Cancelled as CancelledError
from engine.renderers.protocol import Source
from engine.renderers.sketch.reshape.cover import cover
from engine.renderers.sketch.reshape.extend import extend
from engine.renderers.sketch.reshape.heard import listened
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.reshape.own import recomposed
from engine.renderers.sketch.reshape.parts import add_parts
from engine.renderers.sketch.reshape.playing import Stage
from engine.renderers.sketch.reshape.repaint import repaint
from engine.renderers.sketch.reshape.result import Reshaped
from engine.requests import (
    AddPartsRequest,
    CoverRequest,
    ExtendRequest,
    RepaintRequest,
    ReshapeRequest,
)

_HEARD = 0.15
"""How much of the work is done once the source is known."""


def reshape(request: ReshapeRequest, source: Source, revision: str, stage: Stage) -> Reshaped:
    """Make a new track out of one. `revision` is this renderer's.

    Raises `Unsupported` for what can't be had and `Cancelled` when it was stopped.
    """
    stage.progress("listening", 0.0)
    original = recomposed(source, revision) or listened(source, request.seed or 0)
    if stage.cancelled():
        raise CancelledError("Stopped on request before it was finished.")
    rest = stage.part(_HEARD, 1.0)
    rest.progress("composing", 0.0)
    return _serve(request, original, source, rest)


def _serve(request: ReshapeRequest, original: Original, source: Source, stage: Stage) -> Reshaped:
    match request:
        case CoverRequest():
            return cover(request, original, stage)
        case RepaintRequest():
            return repaint(request, original, source.audio, stage)
        case ExtendRequest():
            return extend(request, original, source.audio, stage)
        case AddPartsRequest():
            return add_parts(request, original, source.audio, stage)
