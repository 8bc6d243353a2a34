"""The decoder: which way, and how fast, noisy latents move towards music.

Runs diffusers' `AceStepTransformer1DModel` layer by layer, so that what stays the same over a whole
run is computed once: the keys and values of the condition in every layer, the embedding of
t - r (always nought), positions and masks. Knows nothing of steps, guidance or noise.

Without a condition the model sees the one learned null token in every place. Attention over equal
tokens is that token's value, whatever is asked, so a free half of a batch needs no attention to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from diffusers.models.transformers.ace_step_transformer import (
    AceStepAttention,
    AceStepTransformer1DModel,
    AceStepTransformerBlock,
)
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What is asked for. `hidden` [1 or batch, tokens, width]: lyrics, timbre, text, all attended
    to. `context` [1 or batch, frames, 128]: source latents, then the mask over 64 channels."""

    hidden: Tensor
    context: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """A condition as each layer sees it; `free` holds what each layer adds for the null token."""

    keys: Sequence[Tensor]
    values: Sequence[Tensor]
    free: Sequence[Tensor]
    context: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """What one call shares among its layers."""

    cosine: Tensor
    sine: Tensor
    near: Tensor | None
    """The mask of layers that attend to their surroundings only; None if all is near."""
    time: Tensor


class Decoder:
    """`model` with its learned null token [1, 1, width]; both on one device, of one dtype."""

    def __init__(self, model: AceStepTransformer1DModel, null: Tensor) -> None:
        # Its own copy, so that whoever it came from may be moved away.
        self._model, self._null = model, null.detach().clone()
        self._reach = int(cast(Mapping[str, int], model.config)["sliding_window"])
        self._layers = cast(list[AceStepTransformerBlock], list(model.layers))

    @property
    def device(self) -> torch.device:
        """Where the model is now; it may be moved between two runs."""
        return self._model.scale_shift_table.device

    @property
    def dtype(self) -> torch.dtype:
        return self._model.scale_shift_table.dtype

    @torch.inference_mode()
    def remember(self, condition: Condition, *, guided: bool) -> Memory:
        """Work out once what every step needs of a condition."""
        embedded = self._model.condition_embedder(condition.hidden.to(self.device, self.dtype))
        keys, values, free = [], [], []
        null = self._model.condition_embedder(self._null.to(embedded)) if guided else None
        for layer in self._layers:
            attention = layer.cross_attn
            heads = (attention.kv_heads, attention.head_dim)
            keys.append(attention.norm_k(attention.to_k(embedded).unflatten(-1, heads)))
            values.append(attention.to_v(embedded).unflatten(-1, heads))
            if null is not None:
                value = attention.to_v(null).unflatten(-1, heads)
                shared = value.repeat_interleave(attention.heads // attention.kv_heads, dim=2)
                free.append(attention.to_out[0](shared.flatten(2)))
        return Memory(keys, values, free, condition.context.to(self.device, self.dtype))

    @torch.inference_mode()
    def velocity(self, latents: Tensor, time: float, memory: Memory) -> Tensor:
        """[batch, frames, 64], like `latents`: noise minus music, as what is asked for has it."""
        return self._run(latents.to(self.dtype), time, memory, free=0)

    @torch.inference_mode()
    def velocities(self, latents: Tensor, time: float, memory: Memory) -> tuple[Tensor, Tensor]:
        """The same, and that with nothing asked for; needs a memory that is `guided`."""
        twice = torch.cat([latents, latents]).to(self.dtype)
        asked, free = self._run(twice, time, memory, free=len(latents)).chunk(2)
        return asked, free

    def _run(self, latents: Tensor, time: float, memory: Memory, free: int) -> Tensor:
        model, frames = self._model, latents.shape[1]
        context = memory.context.expand(len(latents) - free, -1, -1)
        context = torch.cat([context, context[:free]])
        hidden = torch.cat([context, latents], dim=-1)
        hidden = pad(hidden, (0, 0, 0, -frames % model.patch_size))
        # In a row: of a transposed batch every linear layer copies its weights, and a guided step
        # takes nine times as long.
        hidden = model.proj_in_conv(hidden.transpose(1, 2)).transpose(1, 2).contiguous()
        embedding, shifts = self._time(time)
        frame = _Frame(*self._positions(hidden.shape[1]), time=shifts)
        for number in range(len(self._layers)):
            hidden = self._layer(number, hidden, frame, memory, free)
        shift, scale = (model.scale_shift_table + embedding.unsqueeze(1)).chunk(2, dim=1)
        hidden = (model.norm_out(hidden) * (1 + scale) + shift).type_as(hidden)
        return model.proj_out_conv(hidden.transpose(1, 2)).transpose(1, 2)[:, :frames]

    def _time(self, time: float) -> tuple[Tensor, Tensor]:
        """The embedding of t and of t - r = 0, and what they do to each layer."""
        now = torch.tensor([time], device=self.device, dtype=self.dtype)
        embedding, shifts = self._model.time_embed(now)
        still, unmoved = self._model.time_embed_r(torch.zeros_like(now))
        return embedding + still, shifts + unmoved

    def _positions(self, length: int) -> tuple[Tensor, Tensor, Tensor | None]:
        """Cosines and sines of rotary positions, [length, channels of a head], and who is near."""
        model, reach = self._model, self._reach
        channels = torch.arange(0, model.head_dim, 2, dtype=torch.float32) / model.head_dim
        places = torch.arange(length, dtype=torch.float32)
        angles = torch.outer(places, 1.0 / model.rope_theta**channels).repeat(1, 2)
        near = (places[:, None] - places).abs() <= reach if length > reach + 1 else None
        return (
            angles.cos().to(self.device, self.dtype),
            angles.sin().to(self.device, self.dtype),
            None if near is None else near.to(self.device),
        )

    def _layer(
        self, number: int, hidden: Tensor, frame: _Frame, memory: Memory, free: int
    ) -> Tensor:
        layer = self._layers[number]
        shift, scale, gate, shift_out, scale_out, gate_out = (
            layer.scale_shift_table + frame.time
        ).chunk(6, dim=1)
        normed = (layer.self_attn_norm(hidden) * (1 + scale) + shift).type_as(hidden)
        near = frame.near if self._model.layer_types[number] == "sliding_attention" else None
        hidden = (hidden + _to_itself(layer.self_attn, normed, frame, near) * gate).type_as(hidden)
        asked = len(hidden) - free
        normed = layer.cross_attn_norm(hidden[:asked]).type_as(hidden)
        heard = _to_memory(layer.cross_attn, normed, memory.keys[number], memory.values[number])
        if free:
            heard = torch.cat([heard, memory.free[number].expand(free, heard.shape[1], -1)])
        hidden = hidden + heard
        normed = (layer.mlp_norm(hidden) * (1 + scale_out) + shift_out).type_as(hidden)
        return (hidden + layer.mlp(normed) * gate_out).type_as(hidden)


def _to_itself(
    attention: AceStepAttention, hidden: Tensor, frame: _Frame, near: Tensor | None
) -> Tensor:
    heads = (-1, attention.head_dim)
    query = attention.norm_q(attention.to_q(hidden).unflatten(-1, heads))
    key = attention.norm_k(attention.to_k(hidden).unflatten(-1, heads))
    value = attention.to_v(hidden).unflatten(-1, heads)
    query, key = (_turned(one, frame) for one in (query, key))
    return attention.to_out[0](_attend(query, key, value, near))


def _to_memory(attention: AceStepAttention, hidden: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    query = attention.norm_q(attention.to_q(hidden).unflatten(-1, (-1, attention.head_dim)))
    count = len(query)
    return attention.to_out[0](
        _attend(query, keys.expand(count, -1, -1, -1), values.expand(count, -1, -1, -1), None)
    )


def _turned(heads: Tensor, frame: _Frame) -> Tensor:
    """Rotary positions (Su et al., arXiv 2104.09864), a channel's partner half the width away."""
    first, second = heads.float().chunk(2, dim=-1)
    across = torch.cat([-second, first], dim=-1)
    cosine, sine = (one[None, :, None] for one in (frame.cosine, frame.sine))
    return (heads.float() * cosine + across * sine).to(heads.dtype)


def _attend(query: Tensor, key: Tensor, value: Tensor, near: Tensor | None) -> Tensor:
    """[batch, length, heads, size] → [batch, length, width]; heads may share keys and values."""
    query, key, value = (one.transpose(1, 2) for one in (query, key, value))
    heard = scaled_dot_product_attention(query, key, value, attn_mask=near, enable_gqa=True)
    return heard.transpose(1, 2).flatten(2)
