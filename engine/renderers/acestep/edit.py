"""Flow edit: a source turned into what other words describe, without inverting it first.

Kulikov et al., "FlowEdit" (arXiv 2412.08629), as upstream runs it: at each time the source is
noised afresh, and the latents move by the difference of what the new and the old words say about
it. After a last share of the steps they go on as ordinary denoising towards the new words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from engine.renderers.acestep.decoder import Condition, Decoder
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.guidance import Guidance
from engine.renderers.acestep.heading import head_for
from engine.renderers.acestep.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Edit:
    """From which share of the steps on and up to which the source is edited, and over how many
    draws of noise each step is averaged. A later start stays nearer to the source."""

    schedule: Schedule
    guidance: Guidance
    start: float = 0.0
    end: float = 1.0
    draws: int = 1


def edit(
    decoder: Decoder,
    source: Tensor,
    words: tuple[Condition, Condition],
    plan: Edit,
    draw: Callable[[], Tensor],
    watch: Watch | None = None,
) -> Tensor:
    """The latents [batch, frames, 64] of `source`, described by the first of the `words`, as the
    second describe them. `draw` gives fresh noise of their shape. Raises `Cancelled`."""
    watch = watch or Watch()
    old, new = (head_for(decoder, condition, plan.guidance) for condition in words)
    source = source.to(decoder.device).float()
    total = plan.schedule.steps
    first, last = int(total * plan.start), int(total * plan.end)
    edited, moving = source, None
    for step, (time, after) in enumerate(pairwise(plan.schedule.times)):
        watch.check()
        if first <= step < last:
            changes = []
            for _ in range(plan.draws):
                noised = (1.0 - time) * source + time * draw().to(source.device)
                away = new.at(edited + noised - source, time) - old.at(noised, time)
                changes.append(away)
            edited = edited - (time - after) * torch.stack(changes).mean(dim=0)
        elif step >= last:
            if moving is None:
                noised = (1.0 - time) * source + time * draw().to(source.device)
                moving = edited + noised - source
            moving = moving - (time - after) * new.at(moving, time)
        watch.tell(step + 1, total)
    return edited if moving is None else moving
