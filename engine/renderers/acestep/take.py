"""A take: from a plan and a source's latents to the latents of the music.

Composes what the plan asks for out of conditions, schedule and driver. Knows neither audio nor
files nor devices' memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.renderers.acestep.checkpoints import Checkpoint
from engine.renderers.acestep.codes import quantised
from engine.renderers.acestep.conditions import (
    LEAST_FRAMES,
    asked_by,
    asked_later,
    condition,
    emptied,
    lengthened,
    mask_of,
    silence,
    window_of,
)
from engine.renderers.acestep.decoder import Condition
from engine.renderers.acestep.denoise import (
    Asked,
    Sampling,
    Start,
    Watch,
    denoise,
    mixed,
    noise_of,
)
from engine.renderers.acestep.edit import Edit, edit
from engine.renderers.acestep.frames import frames_in
from engine.renderers.acestep.guidance import Guidance
from engine.renderers.acestep.keeping import Keeping, hold_of
from engine.renderers.acestep.loading import Models
from engine.renderers.acestep.plan import Plan
from engine.renderers.acestep.schedule import Schedule, base_schedule, turbo_schedule
from engine.renderers.acestep.wavelet import Correction
from engine.renderers.acestep.words import prompt
from engine.requests import Turn

_SALT = 0x9E3779B9
"""Sets the noise that is drawn on the way apart from the noise at the start."""
_TOLD_WHERE = ("repaint", "lego")
"""The tasks that have a window upstream. Of others, a stretch is cut out of the result."""


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """Everything that a run needs, worked out: the text encoder may go before it begins."""

    sampling: Sampling
    asked: Asked
    frames: int
    keeping: Keeping | None = None
    source: Tensor | None = None
    edits: Condition | None = None
    """For a flow edit: the source as its own words have it."""


def prepare(
    models: Models, plan: Plan, source: Tensor | None, timbre: Sequence[Tensor] = ()
) -> Ready:
    """Work out what the plan asks for. `source` are latents [1, frames, 64] of the whole result's
    length, silent where the source doesn't sound; None for music from nothing. `timbre` are
    latents [1, 750, 64] of what it is to sound like.

    Raises `Unsupported` where the checkpoint came without what the task needs.
    """
    frames = max(LEAST_FRAMES, frames_in(plan.duration_s))
    if source is not None:
        source = lengthened(models, source)[:, :frames]
    sampling = sampling_for(models.checkpoint, plan)
    first = asked_by(models, prompt(plan.task, plan.words, plan.parts), timbre)
    window = _window(plan, frames)
    context, mask = _context(models, plan, source, window, frames)
    keeping = None
    if window is not None and source is not None:
        hold = hold_of("balanced", plan.strength)
        keeping = Keeping(window, source, hold)
    return Ready(
        sampling,
        _asked(models, plan, condition(first, context, mask)),
        frames,
        keeping,
        source,
        _edits(models, plan, context, mask),
    )


def make(models: Models, ready: Ready, plan: Plan, watch: Watch) -> Tensor:
    """The latents of one take, float32 [frames, 64]. Raises `Cancelled` between two steps."""
    draw = _drawing(plan.turns[-1].seed ^ _SALT, ready.frames)
    if ready.edits is not None and ready.source is not None:
        way = Edit(ready.sampling.schedule, ready.sampling.guidance, start=plan.skipped)
        words = (ready.edits, ready.asked.first)
        made = edit(models.decoder, ready.source, words, way, draw, watch)
    else:
        start = Start(noise_for(plan.turns, ready.frames))
        made = denoise(
            models.decoder, start, ready.asked, ready.sampling,
            keeping=ready.keeping, draw=draw, watch=watch,
        )  # fmt: skip
    if plan.task == "lego":
        made = _alone(models, made, ready)
    return made[0, : frames_in(plan.duration_s)]


def noise_for(turns: Sequence[Turn], frames: int) -> Tensor:
    """The noise of a first take, turned towards that of each later one: [1, frames, 64]."""
    first, *later = turns
    noise = noise_of([first.seed], frames)
    for turn in later:
        noise = mixed(noise, noise_of([turn.seed], frames), turn.variance)
    return noise


def sampling_for(checkpoint: Checkpoint, plan: Plan) -> Sampling:
    """Upstream's way for a variant: turbo without guidance, corrected; others guided."""
    turbo = checkpoint.variant == "turbo"
    return Sampling(
        schedule_for(checkpoint, plan.steps),
        guidance=Guidance(checkpoint.guidance),
        correction=Correction() if turbo else None,
        turbo=turbo,
    )


def schedule_for(checkpoint: Checkpoint, steps: int) -> Schedule:
    make_one = turbo_schedule if checkpoint.variant == "turbo" else base_schedule
    return make_one(steps, checkpoint.shift)


def _window(plan: Plan, frames: int) -> Tensor | None:
    """Where the model is told to make something new, [1, frames]; None: everywhere."""
    if not plan.stretches or plan.task not in _TOLD_WHERE:
        return None
    windows = [window_of(one.start_s, one.end_s, frames) for one in plan.stretches]
    return torch.stack(windows).any(dim=0)


def _context(
    models: Models, plan: Plan, source: Tensor | None, window: Tensor | None, frames: int
) -> tuple[Tensor, Tensor]:
    """What is there, and the mask of where it isn't."""
    if source is None or plan.edits:
        return silence(models, frames), mask_of(frames)
    if plan.task == "cover":
        source = quantised(models, source)
    elif plan.task == "repaint" and window is not None:
        source = emptied(models, source, window)
    return source, mask_of(frames, window)


def _alone(models: Models, made: Tensor, ready: Ready) -> Tensor:
    """A new part without the source, which is put back around its window to be heard there."""
    if ready.keeping is None:
        return made
    quiet = silence(models, ready.frames).to(made)
    return torch.where(ready.keeping.window.to(made.device).unsqueeze(-1), made, quiet)


def _asked(models: Models, plan: Plan, first: Condition) -> Asked:
    """A cover that follows its source only so far goes on as music from nothing."""
    if plan.follow >= 1.0 or plan.task not in ("cover", "cover-nofsq"):
        return Asked(first)
    frames = first.context.shape[1]
    hidden = asked_later(models, prompt(plan.task, plan.words), prompt("text2music", plan.words))
    after = condition(hidden, silence(models, frames), mask_of(frames))
    return Asked(first, after, plan.follow)


def _edits(models: Models, plan: Plan, context: Tensor, mask: Tensor) -> Condition | None:
    if plan.edits is None:
        return None
    return condition(asked_by(models, prompt(plan.task, plan.edits)), context, mask)


def _drawing(seed: int, frames: int) -> Callable[[], Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(1, frames, 64, generator=generator)
