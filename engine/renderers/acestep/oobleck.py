"""Oobleck laid out for speed: the same network and the same numbers, in less time and memory.

Three things that diffusers' `AutoencoderOobleck` works out at every call are worked out once: the
weights (kept as a length and a direction), the two curves of each Snake, and the order of samples
and channels. A processor's convolutions want the channels of a moment side by side; in any other
order half the time goes into turning them round and back. Sound is [batch, channels, 1, length]
here, because only convolutions in two dimensions know that order.
"""

from __future__ import annotations

import torch
from diffusers.models.autoencoders.autoencoder_oobleck import AutoencoderOobleck, Snake1d
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d
from torch.nn.utils import remove_weight_norm


class Snake(nn.Module):
    """x + sin²(αx) / β for [batch, channels, 1, length] (Ziyin et al., "Neural networks fail to
    learn periodic functions and how to fix it", 2020), α and β being there as logarithms."""

    pitch: Tensor
    depth: Tensor

    def __init__(self, snake: Snake1d) -> None:
        super().__init__()
        pitch, depth = snake.alpha.float().exp(), 1.0 / (snake.beta.float().exp() + 1e-9)
        self.register_buffer("pitch", pitch.unsqueeze(2).to(snake.alpha.dtype))
        self.register_buffer("depth", depth.unsqueeze(2).to(snake.beta.dtype))

    def forward(self, sound: Tensor) -> Tensor:
        return torch.addcmul(sound, self.depth, (sound * self.pitch).sin_().square_())


class Convolution(nn.Module):
    """One of the network's convolutions along the last of two dimensions."""

    def __init__(self, given: nn.Conv1d | nn.ConvTranspose1d, layout: torch.memory_format) -> None:
        super().__init__()
        if hasattr(given, "weight_g"):
            remove_weight_norm(given)
        weight = given.weight.detach().unsqueeze(2)
        self.weight = nn.Parameter(weight.contiguous(memory_format=layout))
        self.bias = given.bias
        self._upwards = isinstance(given, nn.ConvTranspose1d)
        self._stride, self._dilation = (1, given.stride[0]), (1, given.dilation[0])
        self._padding = (0, int(given.padding[0]))

    def forward(self, sound: Tensor) -> Tensor:
        if self._upwards:
            return conv_transpose2d(sound, self.weight, self.bias, self._stride, self._padding)
        return conv2d(sound, self.weight, self.bias, self._stride, self._padding, self._dilation)


def lay_out(autoencoder: AutoencoderOobleck, channels_last: bool) -> AutoencoderOobleck:
    """`autoencoder` with its layers exchanged: both ways it now takes and gives one dimension more.

    `channels_last` pays on processors. Changes the network given, which can be laid out once.
    """
    layout = torch.channels_last if channels_last else torch.contiguous_format
    for parent in list(autoencoder.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, Snake1d):
                setattr(parent, name, Snake(layer))
            elif isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
                setattr(parent, name, Convolution(layer, layout))
    return autoencoder.eval().requires_grad_(False)
