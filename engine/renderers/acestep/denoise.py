"""Denoising: from noise to the latents of music, step by step.

The driver: it asks the decoder for a direction at each moment of the schedule and goes there. The
order within a step is upstream's: guidance, limits, the step, correction, and what is kept of a
source. Tensors are [batch, frames, 64]; all of a batch ask for the same and differ in their noise
alone, because the decoder attends to padding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from engine.errors import Cancelled as CancelledError
from engine.renderers.acestep.decoder import Condition, Decoder
from engine.renderers.acestep.guidance import UNGUIDED, Guidance
from engine.renderers.acestep.heading import Heading, head_for
from engine.renderers.acestep.keeping import Keeping
from engine.renderers.acestep.schedule import Schedule
from engine.renderers.acestep.wavelet import Correction

Solver = Literal["euler", "heun", "sde"]
Draw = Callable[[], Tensor]
"""Fresh noise of the latents' shape."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to go from noise to music. `norm_limit` is how long a velocity may be against the
    latents (0: any length), `inertia` the share of the last velocity in each (0: none)."""

    schedule: Schedule
    solver: Solver = "euler"
    guidance: Guidance = UNGUIDED
    norm_limit: float = 0.0
    inertia: float = 0.0
    correction: Correction | None = None
    turbo: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is asked for in the first `share` of the steps, and `after` them (None: the same)."""

    first: Condition
    after: Condition | None = None
    share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """`noise`, of which the music is made, and `latents` to start from where they aren't it."""

    noise: Tensor
    latents: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a run: told after each step how many are done, and asked whether to stop."""

    stepped: Callable[[int, int], None] | None = None
    cancelled: Callable[[], bool] | None = None

    def check(self) -> None:
        """Raise `Cancelled` if the run is to stop."""
        if self.cancelled and self.cancelled():
            raise CancelledError("Stopped on request before it was finished.")

    def tell(self, done: int, total: int) -> None:
        if self.stepped:
            self.stepped(done, total)


def noise_of(seeds: Sequence[int], frames: int, channels: int = 64) -> Tensor:
    """One generator for each seed, drawn on the CPU, so that every device starts alike."""
    return torch.cat(
        [
            torch.randn(1, frames, channels, generator=torch.Generator().manual_seed(seed))
            for seed in seeds
        ]
    )


def mixed(noise: Tensor, other: Tensor, variance: float) -> Tensor:
    """Noise turned by a share of a right angle towards other noise: a retake."""
    angle = torch.tensor(variance * torch.pi / 2)
    return torch.cos(angle) * noise + torch.sin(angle) * other


def denoise(
    decoder: Decoder,
    start: Start,
    asked: Asked,
    sampling: Sampling,
    *,
    keeping: Keeping | None = None,
    draw: Draw | None = None,
    watch: Watch | None = None,
) -> Tensor:
    """The latents of the music: float32, of the shape of the noise, on the decoder's device.

    `draw` gives the fresh noise of the stochastic solver. Raises `Cancelled` between two steps.
    """
    watch = watch or Watch()
    run = _Run(decoder, sampling, asked)
    keeping = keeping.to(decoder.device) if keeping else None
    noise = start.noise.to(decoder.device)
    latents = noise if start.latents is None else start.latents.to(decoder.device)
    total = sampling.schedule.steps
    times = sampling.schedule.times
    for step, (time, after) in enumerate(pairwise(times)):
        watch.check()
        last = step == total - 1
        latents = run.step(step, latents, (time, after), draw)
        if keeping and step < keeping.steps(total) and not (last and sampling.turbo):
            latents = keeping.put_back(latents, noise, after)
        watch.tell(step + 1, total)
    return keeping.blend(latents) if keeping and not keeping.hold.loose else latents


class _Run:
    """One way through a schedule: what is remembered from step to step."""

    def __init__(self, decoder: Decoder, sampling: Sampling, asked: Asked) -> None:
        self._decoder, self._sampling, self._asked = decoder, sampling, asked
        self._switch = int(sampling.schedule.steps * asked.share) if asked.after else None
        self._heading: Heading | None = None
        self._last: Tensor | None = None

    def step(
        self, number: int, latents: Tensor, times: tuple[float, float], draw: Draw | None
    ) -> Tensor:
        sampling, (time, after) = self._sampling, times
        heading = self._heading_at(number)
        velocity = self._limited(heading.at(latents, time), latents)
        last = number == sampling.schedule.steps - 1
        music = latents - time * velocity
        if sampling.turbo and last:
            return music
        if sampling.solver == "sde" and draw:
            after = sampling.schedule.sde_times[number + 1]
            moved = after * draw().to(latents.device) + (1.0 - after) * music
        elif sampling.solver == "heun":
            there = heading.plainly_at(latents - (time - after) * velocity, after)
            moved = latents - (time - after) * 0.5 * (velocity + there)
        else:
            moved = latents - (time - after) * velocity
        return sampling.correction.apply(moved, music, time) if sampling.correction else moved

    def _heading_at(self, number: int) -> Heading:
        """Towards what is asked for at this step; what was remembered is let go at the switch."""
        if self._heading is None or number == self._switch:
            later = self._switch is not None and number >= self._switch
            condition = self._asked.after if later and self._asked.after else self._asked.first
            momentum = self._heading.momentum if self._heading else None
            guidance = self._sampling.guidance
            self._heading = head_for(self._decoder, condition, guidance, momentum)
        return self._heading

    def _limited(self, velocity: Tensor, latents: Tensor) -> Tensor:
        sampling = self._sampling
        if sampling.norm_limit > 0.0:
            length = velocity.norm(dim=(1, 2), keepdim=True)
            most = sampling.norm_limit * latents.norm(dim=(1, 2), keepdim=True)
            velocity = velocity * (most / length.clamp_min(1e-12)).clamp(max=1.0)
        if sampling.inertia > 0.0 and self._last is not None:
            velocity = sampling.inertia * self._last + (1.0 - sampling.inertia) * velocity
        self._last = velocity
        return velocity
