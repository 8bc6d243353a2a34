"""Guidance: what is asked for weighed against nothing asked for.

Each variant turns the velocities of both into one. `cfg` is Ho and Salimans (arXiv 2207.12598),
`apg` Sadat et al. (arXiv 2410.02416), the three `adg` variants turn the estimate of the music away
from the unconditional one by an angle. Tensors are [batch, frames, channels].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, normalize

Variant = Literal["apg", "cfg", "adg", "adg_w_norm", "adg_wo_clip"]

# Upstream's constants: acestep/models/base/apg_guidance.py at 8567e33.
MOMENTUM, NORM_THRESHOLD = -0.75, 2.5
_TURN_MORE = _SMALL = 1e-3


@dataclass(frozen=True, slots=True)
class Guidance:
    """How strongly, in which way, and at which times (both ends included) guidance is used."""

    scale: float = 1.0
    variant: Variant = "apg"
    start: float = 0.0
    end: float = 1.0

    def holds_at(self, time: float) -> bool:
        return self.scale > 1.0 and self.start <= time <= self.end


UNGUIDED = Guidance()


@dataclass(frozen=True, slots=True)
class _Angular:
    """How far `adg` may turn, and whether each channel keeps its norm over time."""

    farthest: float
    keeps_norm: bool = False


_ANGULAR = {
    "adg": _Angular(3.14 / 6),
    "adg_w_norm": _Angular(3.14 / 3, keeps_norm=True),
    "adg_wo_clip": _Angular(float("inf")),
}


@dataclass(slots=True)
class Momentum:
    """What `apg` remembers from step to step; one for each run."""

    average: Tensor | None = field(default=None)

    def update(self, difference: Tensor) -> Tensor:
        past = 0.0 if self.average is None else MOMENTUM * self.average
        self.average = difference + past
        return self.average


def guide(
    guidance: Guidance,
    asked: Tensor,
    free: Tensor,
    latents: Tensor,
    time: float,
    momentum: Momentum,
) -> Tensor:
    """One velocity out of the `asked` and the `free` one, at these latents and this time."""
    if guidance.variant == "cfg":
        return plain(asked, free, guidance.scale)
    if guidance.variant == "apg":
        return apg(asked, free, guidance.scale, momentum)
    return adg(asked, free, latents, time, guidance.scale, _ANGULAR[guidance.variant])


def plain(asked: Tensor, free: Tensor, scale: float) -> Tensor:
    return free + scale * (asked - free)


def apg(asked: Tensor, free: Tensor, scale: float, momentum: Momentum) -> Tensor:
    """The part of the difference at right angles to `asked`, its norm over time limited."""
    difference = momentum.update(asked - free)
    norm = difference.norm(p=2, dim=1, keepdim=True)
    difference = difference * torch.clamp(NORM_THRESHOLD / norm, max=1.0)
    exact = _exact(difference)
    direction = normalize(_exact(asked), dim=1)
    along = (exact * direction).sum(dim=1, keepdim=True) * direction
    return asked + (scale - 1.0) * (exact - along).to(asked.dtype)


def adg(
    asked: Tensor, free: Tensor, latents: Tensor, time: float, scale: float, form: _Angular
) -> Tensor:
    """Frame by frame, the estimate of the music turned away from the unconditional one."""
    at = _exact(latents)
    music, other = at - time * _exact(asked), at - time * _exact(free)
    weight = max(scale - 1.0, 0.0) + _TURN_MORE
    angle = torch.acos(cosine_similarity(music, other, dim=-1).clamp(-1.0, 1.0)).unsqueeze(-1)
    turn = (weight * angle).clamp(-form.farthest, form.farthest)
    share = (music * other).sum(-1, keepdim=True) / (other * other).sum(-1, keepdim=True)
    sine = torch.sin(angle)
    grown = torch.where(sine > _SMALL, torch.sin(turn) / sine.clamp_min(_SMALL), weight)
    turned = torch.cos(turn) * music + grown * (music - share * other)
    if form.keeps_norm:
        turned = turned * (music.norm(dim=1, keepdim=True) / turned.norm(dim=1, keepdim=True))
    return ((at - turned) / time).to(asked.dtype)


def _exact(tensor: Tensor) -> Tensor:
    """In double precision, which Apple's GPUs don't have."""
    return tensor.float() if tensor.device.type == "mps" else tensor.double()
