"""A heading: one thing that is asked for, and which way it lies from any point, under guidance."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from engine.renderers.acestep.decoder import Condition, Decoder, Memory
from engine.renderers.acestep.guidance import Guidance, Momentum, guide, plain


@dataclass(frozen=True, slots=True, eq=False)
class Heading:
    """Velocities are float32, whatever the decoder counts in."""

    decoder: Decoder
    memory: Memory
    guidance: Guidance
    momentum: Momentum = field(default_factory=Momentum)

    def at(self, latents: Tensor, time: float) -> Tensor:
        """The velocity there; guidance may remember it for the next."""
        if not self.guidance.holds_at(time):
            return self.decoder.velocity(latents, time, self.memory).float()
        asked, free = (one.float() for one in self.decoder.velocities(latents, time, self.memory))
        return guide(self.guidance, asked, free, latents, time, self.momentum)

    def plainly_at(self, latents: Tensor, time: float) -> Tensor:
        """The velocity there by plain guidance, which remembers nothing."""
        if not self.guidance.holds_at(time):
            return self.decoder.velocity(latents, time, self.memory).float()
        asked, free = self.decoder.velocities(latents, time, self.memory)
        return plain(asked.float(), free.float(), self.guidance.scale)


def head_for(
    decoder: Decoder, condition: Condition, guidance: Guidance, momentum: Momentum | None = None
) -> Heading:
    """Works out once what every step towards this condition needs; `momentum` goes on."""
    memory = decoder.remember(condition, guided=guidance.scale > 1.0)
    return Heading(decoder, memory, guidance, momentum or Momentum())
