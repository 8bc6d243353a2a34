"""A transformer in half the memory: near enough to what it was."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.renderers.acestep.adapters import Adapters
from engine.renderers.acestep.eight_bits import EightBit, squeeze
from tests.acestep.test_adapters import heard, merge, model, write

__all__ = ["model"]


def bytes_of(module: nn.Module) -> int:
    return sum(one.nbytes for one in (*module.parameters(), *module.buffers()))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_layer_is_off_by_half_a_step_at_most(dtype: torch.dtype, bias: bool):
    torch.manual_seed(1)
    exact = nn.Linear(64, 32, bias=bias, dtype=dtype)
    small = EightBit(exact)
    kept = small.weight.float() * small.scale.float()
    step = exact.weight.float().abs().amax(dim=1, keepdim=True) / 127
    assert ((kept - exact.weight.float()).abs() <= 0.51 * step + 0.004 * kept.abs()).all()
    hidden = torch.randn(3, 64, dtype=dtype)
    assert small(hidden).dtype == dtype
    torch.testing.assert_close(small(hidden), exact(hidden), atol=0.05, rtol=0.05)


def test_a_row_of_noughts_stays_noughts():
    exact = nn.Linear(8, 2, bias=False)
    exact.weight.data[0] = 0.0
    assert torch.equal(EightBit(exact)(torch.ones(1, 8))[0, 0], torch.tensor(0.0))


def test_a_squeezed_model_takes_little_memory_and_moves_much_the_same_way(model):
    exact = heard(model)
    before = bytes_of(model.layers)
    squeeze(model)
    assert bytes_of(model.layers) < 0.35 * before  # from four bytes to one, and the scales
    assert not any(isinstance(one, nn.Linear) for one in model.layers.modules())
    near = heard(model)
    assert not torch.equal(near, exact)
    likeness = torch.cosine_similarity(near.flatten(), exact.flatten(), dim=0)
    assert likeness > 0.999


def test_adapters_are_worn_over_eight_bits_too(model, tmp_path: Path):
    written = write(tmp_path, "warm")
    squeeze(model)
    bare = heard(model)
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.05})
    worn = heard(model)
    adapters.unload("warm")
    assert torch.equal(heard(model), bare)
    by_hand = copy.deepcopy(model)
    for path, layer in list(by_hand.named_modules()):
        if isinstance(layer, EightBit):
            plain = nn.Linear(layer.weight.shape[1], layer.weight.shape[0], bias=False)
            plain.weight.data = layer.weight * layer.scale
            by_hand.set_submodule(path, plain)
    merge(by_hand, written, 0.05 * 2.0)
    assert (worn - bare).abs().max() > 0.01
    assert (worn - heard(by_hand)).abs().max() < 1e-4
