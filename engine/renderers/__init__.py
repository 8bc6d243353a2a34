"""Renderers: who makes sound, and the choice among those that are here.

Importing this loads none of them: a renderer's package tells its capabilities without its heavy
libraries, and `load` brings those in.
"""

from __future__ import annotations

from engine.errors import Unsupported
from engine.renderers import sketch
from engine.renderers.protocol import (
    Cancelled,
    Capabilities,
    Progress,
    Rendered,
    Renderer,
    Source,
)
from engine.requests import RenderRequest
from engine.results import RendererStatus

__all__ = [
    "Cancelled", "Capabilities", "Progress", "Rendered", "Renderer", "Source", "choose", "load",
    "statuses",
]  # fmt: skip

_BY_NAME = {"sketch": sketch}


def choose(name: str, request: RenderRequest) -> Capabilities:
    """The renderer called `name` for this request; `auto` takes the best that is ready.

    Raises `Unsupported` if it can't do the request's task.
    """
    chosen = _BY_NAME["sketch" if name == "auto" else name].capabilities()
    if request.task not in chosen.tasks:
        raise Unsupported(
            f"task: the {chosen.name} renderer can't {request.task}; "
            f"it can {', '.join(sorted(chosen.tasks))}.",
            field="task",
        )
    return chosen


def load(name: str) -> Renderer:
    """The renderer itself; this imports what it needs."""
    return _BY_NAME[name].load()


def statuses() -> tuple[RendererStatus, ...]:
    """What each renderer is and whether it can be used now."""
    known = [module.capabilities() for module in _BY_NAME.values()]
    return tuple(
        RendererStatus(name=one.name, ready=True, tasks=tuple(sorted(one.tasks)), note=one.note)
        for one in known
    )
