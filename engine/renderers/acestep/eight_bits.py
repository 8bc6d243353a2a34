"""Eight bits: a transformer's large weights in half the memory, near enough.

Each row of a weight is rounded to 127 steps either way of its largest number and spread out again
when it is needed; what is computed stays in the model's own format. (Weights alone, a scale for
each row, as upstream's `int8_weight_only` has it.)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

_STEPS = 127.0


class EightBit(nn.Module):
    """A linear layer whose weight [out, in] is kept as int8, with a scale [out, 1]."""

    weight: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, exact: nn.Linear) -> None:
        super().__init__()
        weight = exact.weight.detach()
        largest = weight.float().abs().amax(dim=1, keepdim=True)
        scale = (largest / _STEPS).clamp_min(torch.finfo(torch.float32).tiny)
        self.register_buffer("weight", (weight.float() / scale).round().to(torch.int8))
        self.register_buffer("scale", scale.to(weight.dtype))
        self.register_buffer("bias", None if exact.bias is None else exact.bias.detach())

    def forward(self, hidden: Tensor) -> Tensor:
        return linear(hidden, self.weight.to(self.scale.dtype) * self.scale, self.bias)


def squeeze(model: nn.Module) -> None:
    """Keep all linear layers within `model.layers` so, one after the other."""
    for path, layer in list(model.named_modules()):
        if path.startswith("layers.") and isinstance(layer, nn.Linear):
            model.set_submodule(path, EightBit(layer))
