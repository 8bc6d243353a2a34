"""Renderers: who makes sound, and the choice among those that are here.

Importing this loads none of them: a renderer's package tells its capabilities without its heavy
libraries, and `load` brings those in.
"""

from __future__ import annotations

from engine.errors import Unsupported
from engine.renderers import acestep, sketch
from engine.renderers.protocol import (
    Cancelled,
    Capabilities,
    Progress,
    Rendered,
    Renderer,
    Source,
    Sources,
    Workplace,
)
from engine.requests import CoverRequest, RenderRequest
from engine.results import RendererStatus

__all__ = [
    "NAMES", "Cancelled", "Capabilities", "Progress", "Rendered", "Renderer", "Source", "Sources",
    "Workplace", "choose", "load", "statuses",
]  # fmt: skip

_SKETCH, _ACESTEP = "sketch", "acestep"
NAMES = (_SKETCH, _ACESTEP)


def choose(name: str, request: RenderRequest, workplace: Workplace) -> Capabilities:
    """The renderer called `name` for this request; `auto` takes the best that is ready.

    Raises `Unsupported` if it isn't ready, saying what it lacks, or can't do what is asked for,
    and what `acestep.refined` raises.
    """
    chosen = _capabilities(name, workplace) if name in NAMES else _best(request, workplace)
    if not chosen.ready:
        raise Unsupported(f"renderer: {chosen.name} isn't ready: {chosen.note}", field="renderer")
    if request.task not in chosen.tasks:
        way = chosen.lacks.get(request.task) or f"it can {', '.join(sorted(chosen.tasks))}"
        raise Unsupported(
            f"task: the {chosen.name} renderer can't {request.task}; {way}.", field="task"
        )
    for option in _options(request) - chosen.options:
        value = getattr(request, option) if option == "mode" else "it"
        raise Unsupported(
            f"{option}: the {chosen.name} renderer has no answer to {value}. "
            f"{acestep.capabilities(workplace).note}",
            field=option,
        )
    return acestep.refined(chosen, request, workplace) if chosen.name == _ACESTEP else chosen


def load(name: str, workplace: Workplace) -> Renderer:
    """The renderer itself; this imports what it needs."""
    return sketch.load() if name == _SKETCH else acestep.load(workplace)


def statuses(workplace: Workplace) -> tuple[RendererStatus, ...]:
    """What each renderer is and whether it can be used now."""
    known = [_capabilities(name, workplace) for name in NAMES]
    return tuple(
        RendererStatus(
            name=one.name,
            ready=one.ready,
            tasks=tuple(sorted(one.tasks)),
            adapters=one.adapters,
            note=one.note,
        )
        for one in known
    )


def _capabilities(name: str, workplace: Workplace) -> Capabilities:
    return sketch.capabilities() if name == _SKETCH else acestep.capabilities(workplace)


def _best(request: RenderRequest, workplace: Workplace) -> Capabilities:
    neural = acestep.capabilities(workplace)
    if neural.ready and request.task in neural.tasks:
        return neural
    return sketch.capabilities()


def _options(request: RenderRequest) -> set[str]:
    """What it asks for that not everybody can."""
    asked = {name for name in ("reference", "adapter") if getattr(request, name, None)}
    if isinstance(request, CoverRequest) and request.mode != "cover":
        asked.add("mode")
    return asked
