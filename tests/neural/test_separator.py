"""The neural separator with random weights: its file, its parts, and what it says of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.errors import Cancelled, Unsupported
from engine.listen.neural import htdemucs
from engine.listen.neural.separate import METHOD, separate
from engine.models import MODELS
from tests.neural.networks import FULL, SOURCES, TINY, described_file, random_network, write
from tests.sounds import RATE_HZ, music


def unheard(stage: str, fraction: float) -> None:
    pass


def go_on() -> bool:
    return False


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> htdemucs.Demucs:
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    return htdemucs.load(path, write(path, TINY), "cpu")


def test_weights_are_what_they_were_when_they_were_written(tiny: htdemucs.Demucs):
    written = random_network(**TINY).state_dict()
    read = tiny.model.state_dict()
    assert read.keys() == written.keys()
    for name, tensor in read.items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, written[name].half().float()), name
    assert not tiny.model.training


def test_it_takes_a_mix_apart_and_says_how(tiny: htdemucs.Demucs):
    mix = music(4.3)
    result = separate(mix, (), tiny, unheard, go_on)
    assert tuple(result.parts) == SOURCES
    for part in result.parts.values():
        assert part.shape == mix.shape
        assert part.dtype == np.float32
        assert np.isfinite(part).all()
    assert (result.method, result.device) == (METHOD, "cpu")
    assert result.checkpoint is not None
    assert result.checkpoint.startswith("htdemucs@")
    left = mix.astype(np.float64) - sum(result.parts.values())
    expected_db = 10 * np.log10(np.vdot(left, left) / np.vdot(mix, mix))
    assert result.residual_db == pytest.approx(expected_db, abs=0.01)


def test_the_same_mix_gives_the_same_parts(tiny: htdemucs.Demucs):
    mix = music(2.0)
    first, second = (separate(mix, ("drums",), tiny, unheard, go_on) for _ in range(2))
    assert np.array_equal(first.parts["drums"], second.parts["drums"])


def test_a_mix_without_a_part_and_the_part_are_the_mix(tiny: htdemucs.Demucs):
    mix = music(2.0)
    asked = ("vocals", "no_vocals", "drums", "no_drums")
    result = separate(mix, asked, tiny, unheard, go_on)
    assert tuple(result.parts) == asked
    for part in ("vocals", "drums"):
        total = result.parts[part] + result.parts[f"no_{part}"]
        assert np.abs(total - mix).max() < 1e-6


def test_a_part_it_has_not_learned_is_refused(tiny: htdemucs.Demucs):
    with pytest.raises(Unsupported, match="guitar") as refused:
        separate(music(0.1), ("drums", "guitar"), tiny, unheard, go_on)
    assert refused.value.field == "stems"


def test_it_stops_between_pieces(tiny: htdemucs.Demucs):
    heard: list[float] = []
    with pytest.raises(Cancelled):
        separate(music(6.0), (), tiny, lambda _, done: heard.append(done), lambda: len(heard) == 2)
    assert len(heard) == 2


def test_a_damaged_file_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "tiny.safetensors"
    file = write(path, TINY)
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(Unsupported, match="dj-agent models get stems"):
        htdemucs.load(path, file, "cpu")


def test_a_file_of_pickles_is_not_opened(tmp_path: Path):
    path = tmp_path / "tiny.safetensors"
    torch.save({"weight": torch.zeros(3)}, path)
    with pytest.raises(Unsupported, match="no safetensors file"):
        htdemucs.load(path, described_file(path), "cpu")


def test_a_file_that_names_another_class_is_refused(tmp_path: Path):
    path = tmp_path / "tiny.safetensors"
    described = {"klass": "os.system", "args": json.dumps(["true"]), "kwargs": "{}"}
    save_file({"weight": torch.zeros(3)}, path, metadata=described)
    with pytest.raises(Unsupported, match=r"os\.system"):
        htdemucs.load(path, described_file(path), "cpu")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tensors: tensors.pop("encoder.0.conv.weight"), "lacks .*encoder.0.conv.weight"),
        (lambda tensors: tensors.update(horn=torch.zeros(2)), "doesn't know, horn"),
        (lambda tensors: tensors.update({"encoder.0.conv.bias": torch.zeros(3)}), r"\(3,\), not"),
    ],
)
def test_a_tensor_too_few_too_many_or_misshapen_is_named(tmp_path: Path, change, words: str):
    tensors = random_network(**TINY).state_dict()
    change(tensors)
    path = tmp_path / "tiny.safetensors"
    with pytest.raises(Unsupported, match=words):
        htdemucs.load(path, write(path, TINY, tensors), "cpu")


@pytest.mark.slow
def test_the_network_of_the_published_weights_runs(tmp_path: Path):
    model = random_network(**FULL)
    numbers = sum(tensor.numel() for tensor in model.state_dict().values())
    (published,) = MODELS["stems"].files
    assert 0 < published.size_bytes - 2 * numbers < 100_000  # two bytes each, and a header
    path = tmp_path / "full.safetensors"
    network = htdemucs.load(path, write(path, FULL, model.state_dict()), "cpu")
    assert network.piece_s * RATE_HZ == 374_400
    result = separate(music(5.0), (), network, unheard, go_on)
    assert all(np.isfinite(part).all() and part.any() for part in result.parts.values())
