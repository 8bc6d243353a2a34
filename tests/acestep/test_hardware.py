"""What there is to compute on, what fits on it, and what happens when it doesn't."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
import torch

from engine import dtype_probe
from engine.errors import BY_CODE, InvalidRequest, OutOfMemory, Unsupported
from engine.hardware import Hardware, Memory, cuda_dtype, look
from engine.renderers.acestep.ladder import (
    LADDER,
    Attempt,
    Stage,
    after,
    climb,
    first_attempt,
    ran_out,
)  # fmt: skip
from engine.renderers.acestep.tiers import TIERS, Weights, tier_of
from engine.settings import Settings

TIGHT = Hardware("cuda:0", "A card", 8.0, 7.0, "own", "bfloat16")
PROCESSOR = Hardware("cpu", "A processor", 12.0, 12.0, "main", "float32")
OTHERS = {"encode": {"text encoder", "decoder"}, "decode": {"text encoder", "decoder"},
          "denoise": {"text encoder", "autoencoder"}}  # fmt: skip
WEIGHTS = get_args(Weights)


@pytest.fixture
def probes(tmp_path: Path) -> Path:
    return tmp_path / "home" / "processors.json"


@pytest.mark.parametrize(
    ("gigabytes", "name", "longest_s", "usual", "large"),
    [
        (3.9, "4 GB", 360, "8 bits", "none"),
        (5.8, "6 GB", 600, "8 bits", "none"),
        (7.9, "8 GB", 600, "whole", "none"),
        (11.9, "12 GB", 600, "whole", "none"),
        (15.0, "under 16 GB", 600, "whole", "8 bits"),
        (15.7, "16 GB", 600, "whole", "8 bits"),
        (23.6, "24 GB", 480, "whole", "whole"),
        (80.0, "over 24 GB", 600, "whole", "whole"),
    ],
)
def test_every_fake_memory_has_upstreams_tier(
    probes: Path, gigabytes: float, name: str, longest_s: int, usual: str, large: str
):
    remember(probes, bfloat16=0.1, float32=0.9)
    found = look("cpu", gigabytes, probes)
    assert (found.total_gb, found.memory) == (gigabytes, "own")
    assert found.free_gb <= gigabytes
    tier = tier_of(found)
    assert (tier.name, tier.longest_s) == (name, longest_s)
    assert (tier.usual, tier.large) == (usual, large)


@pytest.mark.parametrize("memory", TIERS)
def test_more_memory_never_means_less(memory: Memory):
    tiers = TIERS[memory]
    assert tiers[-1].up_to_gb == float("inf")
    for less, more in pairwise(tiers):
        assert less.up_to_gb < more.up_to_gb
        assert less.sounding_tile <= more.sounding_tile
        assert less.listening_tile <= more.listening_tile
        assert less.parked >= more.parked
        assert WEIGHTS.index(less.usual) <= WEIGHTS.index(more.usual)
        assert WEIGHTS.index(less.large) <= WEIGHTS.index(more.large) <= WEIGHTS.index(more.usual)


@pytest.mark.parametrize("memory", ["unified", "main"])
def test_where_memory_is_shared_nothing_is_parked(memory: Memory):
    assert not any(tier.parked for tier in TIERS[memory])


def test_float32_needs_twice_the_memory():
    card = Hardware("cuda:0", "A card", 23.6, 23.0, "own", "float32")
    assert tier_of(card).name == "12 GB"


def test_cards_from_before_ampere_compute_in_float32_where_it_fits():
    assert cuda_dtype((8, 0), 80.0) == cuda_dtype((12, 0), 8.0) == "bfloat16"
    assert cuda_dtype((7, 5), 24.0) == "float32"
    assert cuda_dtype((7, 5), 6.0) == "bfloat16"


def test_the_processor_is_there_and_says_how_much_memory_it_has(probes: Path):
    found = look("cpu", None, probes)
    assert found.device == found.kind == "cpu"
    assert found.name
    assert 0.1 < found.free_gb <= found.total_gb < 100_000
    assert found.memory == "main"
    assert tier_of(found) in TIERS["main"]


@pytest.mark.parametrize("asked", ["tpu", "cuda:99", "cpu:1", "cpu:", "cuda:-1", ""])
def test_a_device_that_is_not_there_is_refused_by_the_settings_name(asked: str):
    with pytest.raises(Unsupported, match="DJ_DEVICE") as caught:
        look(asked)
    assert caught.value.field == "DJ_DEVICE"


@pytest.mark.parametrize("size", ["a lot", "0", "-8", "nan"])
def test_a_fake_memory_that_is_no_size_is_refused_by_the_settings_name(size: str):
    assert Settings.read({"ACESTEP_FAKE_VRAM_GB": "7.5"}).fake_vram_gb == 7.5
    assert Settings.read({}).fake_vram_gb is None
    with pytest.raises(InvalidRequest, match="ACESTEP_FAKE_VRAM_GB"):
        Settings.read({"ACESTEP_FAKE_VRAM_GB": size})


def remember(probes: Path, **seconds: float) -> None:
    """Let the file say that this very processor has been measured."""
    look("cpu", None, probes)
    (key,) = json.loads(probes.read_text())
    probes.write_text(json.dumps({key: seconds, "another processor": {}}))


@pytest.mark.parametrize(
    ("bfloat16", "float32", "dtype"),
    [(0.1, 0.4, "bfloat16"), (0.4, 0.1, "float32"), (0.09, 0.1, "float32")],
)
def test_a_processor_is_measured_once_and_then_remembered(
    probes: Path, monkeypatch: pytest.MonkeyPatch, bfloat16: float, float32: float, dtype: str
):
    remember(probes, bfloat16=bfloat16, float32=float32)
    monkeypatch.setattr(dtype_probe, "measure", lambda dtype: pytest.fail("measured again"))
    assert look("cpu", None, probes).dtype == dtype


def test_what_is_measured_is_written_down_beside_what_was(probes: Path):
    probes.parent.mkdir()
    probes.write_text(json.dumps({"another processor": {"bfloat16": 1.0, "float32": 1.0}}))
    found = look("cpu", None, probes)
    known = json.loads(probes.read_text())
    assert len(known) == 2
    (times,) = (known[key] for key in known if torch.__version__ in key)
    assert 0.0 < times["bfloat16"] < 10.0
    quicker = times["bfloat16"] * 1.25 <= times["float32"]
    assert found.dtype == ("bfloat16" if quicker else "float32")


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 3}'])
def test_a_damaged_memory_of_measurements_is_measured_anew(probes: Path, damage: str):
    remember(probes, bfloat16=0.1, float32=0.9)
    probes.write_text(damage)
    look("cpu", None, probes)
    assert any(torch.__version__ in key for key in json.loads(probes.read_text()))


def rungs(hardware: Hardware, stage: Stage, first: Attempt) -> list[Attempt]:
    """All attempts of a stage that never succeeds."""
    tried: list[Attempt] = []

    def fail(attempt: Attempt) -> None:
        tried.append(attempt)
        raise MemoryError

    with pytest.raises(OutOfMemory) as caught:
        climb(first, hardware, stage, fail)
    assert "duration_s" in caught.value.message
    assert hardware.name in caught.value.message
    return tried


def test_decoding_tries_shorter_tiles_then_parks_the_others_then_uses_the_processor():
    first = Attempt(sounding_tile=128, listening_tile=750)
    tried = rungs(TIGHT, "decode", first)
    assert [one.sounding_tile for one in tried] == [128, 64, 32, 32, 32]
    assert [one.parked for one in tried] == [frozenset()] * 3 + [OTHERS["decode"]] * 2
    assert [one.autoencoder_on_cpu for one in tried] == [False] * 4 + [True]
    assert {one.listening_tile for one in tried} == {750}


def test_encoding_listens_to_less_at_a_time():
    tried = rungs(TIGHT, "encode", Attempt(512, 750))
    assert [one.listening_tile for one in tried] == [750, 375, 187, 125, 125, 125]
    assert {one.sounding_tile for one in tried} == {512}


def test_denoising_parks_the_others():
    tried = rungs(TIGHT, "denoise", Attempt(512, 750))
    assert [one.parked for one in tried] == [frozenset(), OTHERS["denoise"]]


def test_a_processor_has_nowhere_to_go_but_smaller():
    tried = rungs(PROCESSOR, "decode", Attempt(64, 750))
    assert [one.sounding_tile for one in tried] == [64, 32]
    assert not any(one.parked or one.autoencoder_on_cpu for one in tried)
    assert after(Attempt(32, 125), PROCESSOR, "denoise") is None


@pytest.mark.parametrize("memory", TIERS)
@pytest.mark.parametrize("stage", LADDER)
def test_every_tier_starts_a_ladder_that_ends(memory: Memory, stage: Stage):
    device = "cpu" if memory == "main" else "cuda:0"
    hardware = Hardware(device, "A device", 8.0, 8.0, memory, "bfloat16")
    for tier in TIERS[memory]:
        attempt = first_attempt(tier)
        tried = []
        while attempt:
            assert attempt not in tried
            tried.append(attempt)
            attempt = after(attempt, hardware, stage)
        assert len(tried) < 12


def test_the_last_error_says_what_else_to_compute_on_only_where_there_is_something():
    def fail(attempt: Attempt) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(OutOfMemory, match="DJ_DEVICE=cpu"):
        climb(Attempt(32, 125), TIGHT, "denoise", fail)
    with pytest.raises(OutOfMemory) as caught:
        climb(Attempt(32, 125), PROCESSOR, "denoise", fail)
    assert "DJ_DEVICE" not in caught.value.message
    assert BY_CODE[caught.value.code] is OutOfMemory


def test_the_first_attempt_that_fits_is_kept():
    def make(attempt: Attempt) -> str:
        if attempt.sounding_tile > 128:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return f"decoded by {attempt.sounding_tile}"

    made, attempt = climb(Attempt(512, 750), PROCESSOR, "decode", make)
    assert made == "decoded by 128"
    assert attempt.sounding_tile == 128


def test_memory_that_torch_itself_runs_out_of_is_recognised():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**55)
    assert ran_out(caught.value)
    assert ran_out(RuntimeError("MPS backend out of memory (MPS allocated: 20.14 GiB)"))


def test_other_errors_pass():
    def break_down(attempt: Attempt) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        climb(Attempt(512, 750), PROCESSOR, "decode", break_down)
    assert not ran_out(ValueError("DefaultCPUAllocator"))
