"""Weights that are mapped from a file: given back, and there again when they are used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from engine.renderers.acestep.pages import let_go

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone is told")

ROWS = 4096
SIZE_BYTES = 2 * ROWS * ROWS


def mapped(path: Path) -> nn.Linear:
    """A layer whose weight, 32 MB, lies in a file."""
    weight = torch.arange(ROWS * ROWS, dtype=torch.int16).view(torch.bfloat16).view(ROWS, ROWS)
    save_file({"weight": weight, "bias": torch.ones(3)}, path)
    layer = nn.Linear(1, 1, bias=False)
    with safe_open(path, framework="pt") as file:
        layer.weight = nn.Parameter(file.get_tensor("weight"), requires_grad=False)
    return layer


def bits(layer: nn.Linear) -> torch.Tensor:
    return layer.weight.view(torch.int16)


def resident_bytes() -> int:
    """What this process has of files in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssFile:")[2].split()[0]) * 1024


def test_what_is_let_go_takes_no_memory_and_is_the_same_when_it_comes_back(tmp_path: Path):
    layer = mapped(tmp_path / "model.safetensors")
    total = int(bits(layer).sum(dtype=torch.int64))
    full = resident_bytes()
    let_go(layer.parameters())
    assert full - resident_bytes() > 0.9 * SIZE_BYTES
    assert int(bits(layer).sum(dtype=torch.int64)) == total
    assert resident_bytes() > full - 0.1 * SIZE_BYTES


def test_weights_of_its_own_stay_as_they_are():
    layer = nn.Linear(512, 512)
    before = layer.weight.clone()
    let_go(layer.parameters())
    assert torch.equal(layer.weight, before)
