"""Keeping: what of a source stays as it is while a window of it is made anew.

Three means, by how much should stay: early steps are given the source's own course outside the
window; at the end the latents outside are the source's, with a ramp beside each edge; and so are
the samples (`engine.audio.splice`). Latents are [batch, frames, channels].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

Mode = Literal["conservative", "balanced", "aggressive"]

_LONGEST_RAMP, _LONGEST_SEAM_S = 25, 0.05


@dataclass(frozen=True, slots=True)
class Hold:
    """How firmly the source holds: the share of steps in which it is put back outside the window,
    the frames of ramp beside each edge, and the seam in seconds."""

    steps: float
    ramp: int
    seam_s: float

    @property
    def loose(self) -> bool:
        """Whether the latents outside the window are left as the model makes them."""
        return self.steps == 0.0 and self.ramp == 0


def hold_of(mode: Mode, strength: float) -> Hold:
    """Upstream's table: `balanced` goes from the one extreme at 0 to the other at `strength` 1."""
    if mode == "conservative":
        return Hold(1.0, _LONGEST_RAMP, _LONGEST_SEAM_S)
    if mode == "aggressive":
        return Hold(0.0, 0, 0.0)
    kept = 1.0 - min(max(strength, 0.0), 1.0)
    return Hold(kept, round(_LONGEST_RAMP * kept), _LONGEST_SEAM_S * kept)


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """`window` is bool [batch, frames], true where new material goes; `source` is what stays."""

    window: Tensor
    source: Tensor
    hold: Hold

    def to(self, device: torch.device) -> Keeping:
        return replace(self, window=self.window.to(device), source=self.source.to(device))

    def steps(self, total: int) -> int:
        """In how many of the first steps the source is put back."""
        return round(self.hold.steps * total)

    def put_back(self, moved: Tensor, noise: Tensor, time: float) -> Tensor:
        """Outside the window the source at this time, under the noise that all started from."""
        held = time * noise + (1.0 - time) * self.source
        return torch.where(self.window.unsqueeze(-1), moved, held)

    def blend(self, made: Tensor) -> Tensor:
        """Outside the window the source, in linear ramps just outside each edge."""
        share = ramped(self.window, self.hold.ramp).to(made.dtype).unsqueeze(-1)
        return share * made + (1.0 - share) * self.source


def ramped(window: Tensor, frames: int) -> Tensor:
    """1 in the window, falling to 0 over so many frames outside each of its edges: [batch, frames].

    A frame that is i away from the window gets 1 - i / (frames + 1).
    """
    places = torch.arange(window.shape[1], device=window.device)
    far = torch.full(window.shape, float(window.shape[1]), device=window.device)
    for row, inside in enumerate(window):
        edges = places[inside]
        if len(edges):
            far[row] = (places[:, None] - edges).abs().min(dim=1).values.float()
    return (1.0 - far / (frames + 1)).clamp(0.0, 1.0)
