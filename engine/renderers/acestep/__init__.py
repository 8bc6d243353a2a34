"""ACE-Step 1.5: a neural renderer, on checkpoints that lie on this machine.

    request → plan → conditions → denoising → sound → Rendered

Module classes are diffusers' and transformers'; the driver is ours, equal to upstream's number by
number. Importing this package is cheap; `load` brings in torch. Nothing is ever fetched here.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from engine.errors import ModelUnusable
from engine.models import megabytes
from engine.renderers.acestep.adapter_facts import available, facts_of
from engine.renderers.acestep.checkpoints import (
    CHECKPOINTS,
    Ability,
    Checkpoint,
    able,
    download_bytes,
    named,
)
from engine.renderers.acestep.finding import Found, described, present
from engine.renderers.acestep.plan import ability_of, require
from engine.renderers.protocol import OPTIONS, Capabilities, Renderer, Workplace
from engine.requests import CoverRequest, GenerateRequest, RenderRequest
from engine.revision import revision

_HERE = Path(__file__).parent
_PACKAGES = ("torch", "diffusers", "transformers", "safetensors")
_TASKS: dict[str, Ability] = {
    "generate": "generate",
    "cover": "cover",
    "repaint": "repaint",
    "extend": "extend",
    "add_parts": "add_parts",
    "separate": "extract",
}
"""Those of a request's tasks that this renderer knows, and what each takes."""
_FIRST = next(iter(CHECKPOINTS.values()))


def capabilities(workplace: Workplace) -> Capabilities:
    """What the checkpoints here can do; without any, what would have to be there."""
    checkpoints = present(workplace.checkpoints)
    installed = all(find_spec(package) for package in _PACKAGES)
    facts = [described(found) for found in checkpoints]
    can = {ability for one in facts for ability in one.abilities}
    return Capabilities(
        name="acestep",
        revision=f"{revision(_HERE)}-{_fingerprint(checkpoints)}",
        tasks=frozenset(task for task, ability in _TASKS.items() if ability in can),
        note=_note([one.name for one in facts], installed),
        ready=installed and bool(checkpoints),
        options=frozenset(OPTIONS),
        adapters=tuple(one.name for one in available(_adapters(workplace)) if not one.problem),
        lacks={
            task: _way(None if ability in can else named(able(ability)[0]), installed)
            for task, ability in _TASKS.items()
            if not installed or ability not in can
        },
    )


def refined(chosen: Capabilities, request: RenderRequest, workplace: Workplace) -> Capabilities:
    """The renderer as it is for this request: with the adapters that it names, whose files are a
    part of the revision.

    Raises `Unsupported` if no checkpoint here can do it, `NotFound` for an adapter that isn't
    here and `ModelUnusable` for one that is no use.
    """
    here = [described(found) for found in present(workplace.checkpoints)]
    ability = ability_of(request)
    require(ability, next((one for one in here if ability in one.abilities), here[0]))
    asked = request.adapter if isinstance(request, GenerateRequest | CoverRequest) else ()
    folder = _adapters(workplace)
    worn = [facts_of(folder, one.name) for one in asked]
    if not worn:
        return chosen
    files = " ".join(f"{one.name} {one.changed_ns} {one.size_bytes}" for one in worn)
    return replace(chosen, revision=f"{chosen.revision}-{_short(files)}")


def load(workplace: Workplace) -> Renderer:
    """The renderer on the workplace's device. Raises `ModelUnusable` without a checkpoint."""
    checkpoints = present(workplace.checkpoints)
    if not checkpoints:
        raise ModelUnusable(_note([], True))
    from engine.hardware import look
    from engine.renderers.acestep.renderer import AceStepRenderer

    probes = workplace.home / "probes.json"
    hardware = look(workplace.device, workplace.fake_vram_gb, probes)
    return AceStepRenderer(checkpoints, hardware, revision(_HERE), _adapters(workplace))


def _adapters(workplace: Workplace) -> Path:
    return workplace.adapters or workplace.home / "adapters"


def _fingerprint(checkpoints: tuple[Found, ...]) -> str:
    """Another set of checkpoints may give the same request to another one."""
    return _short(" ".join(str(found.folder) for found in checkpoints))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _note(names: list[str], installed: bool) -> str:
    if names and installed:
        return f"ACE-Step 1.5, neural music and singing; here: {', '.join(names)}."
    return f"Neural music, singing: {_way(None if names else _FIRST, installed)}."


def _way(checkpoint: Checkpoint | None, installed: bool) -> str:
    """The commands that bring a checkpoint, and what runs it."""
    steps = [] if installed else ["install the extra with `uv sync --extra ace`"]
    if checkpoint:
        name, size = checkpoint.name, megabytes(download_bytes(checkpoint))
        steps.append(f"fetch {name} ({size}) with `dj-agent models get {name}`")
    return " and ".join(steps)
