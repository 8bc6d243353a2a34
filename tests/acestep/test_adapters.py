"""Adapters: trained elsewhere, worn at a scale, taken off without a trace."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import InvalidRequest, ModelUnusable, NotFound, Unsupported
from engine.renderers.acestep.adapter_facts import available, facts_of
from engine.renderers.acestep.adapters import Adapters
from engine.renderers.acestep.decoder import Condition, Decoder

LAYERS, WIDTH, KEYS = 2, 64, 32
OURS = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "o_proj": "to_out.0"}
ROWS = {"q_proj": WIDTH, "k_proj": KEYS, "v_proj": KEYS, "o_proj": WIDTH}
Tensors = dict[str, Tensor]


@pytest.fixture
def model() -> AceStepTransformer1DModel:
    torch.manual_seed(0)
    return AceStepTransformer1DModel(
        hidden_size=WIDTH, intermediate_size=96, num_hidden_layers=LAYERS, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16, encoder_hidden_size=WIDTH, sliding_window=16,
        layer_types=["sliding_attention", "full_attention"],
    ).eval()  # fmt: skip


def heard(model: AceStepTransformer1DModel) -> Tensor:
    """One velocity of the model, with everything in it that an adapter can change."""
    draw = torch.Generator().manual_seed(1)
    decoder = Decoder(model, torch.randn(1, 1, WIDTH, generator=draw))
    condition = Condition(
        torch.randn(1, 7, WIDTH, generator=draw), torch.randn(1, 24, 128, generator=draw)
    )
    memory = decoder.remember(condition, guided=True)
    latents = torch.randn(1, 24, 64, generator=draw)
    return torch.cat(decoder.velocities(latents, 0.7, memory))


def tensors(rank: int, seed: int) -> Tensors:
    """A random adapter for all attention, named as upstream's trainer names it."""
    draw = torch.Generator().manual_seed(seed)
    return {
        f"base_model.model.layers.{layer}.{attention}.{name}.lora_{half}.weight": torch.randn(
            (rank, WIDTH) if half == "A" else (ROWS[name], rank), generator=draw
        )
        for layer in range(LAYERS)
        for attention in ("self_attn", "cross_attn")
        for name in OURS
        for half in "AB"
    }


def write(folder: Path, name: str, *, rank: int = 4, seed: int = 2, **config: Any) -> Tensors:
    """An adapter as PEFT saves it: alpha twice the rank, as upstream trains."""
    written = tensors(rank, seed)
    rewrite(folder, name, written)
    settings = {
        "peft_type": "LORA", "r": rank, "lora_alpha": 2 * rank, "bias": "none",
        "use_rslora": False, "use_dora": False, "lora_dropout": 0.1, "modules_to_save": None,
        "rank_pattern": {}, "alpha_pattern": {}, "layers_to_transform": None,
        "target_modules": sorted(OURS), **config,
    }  # fmt: skip
    (folder / name / "adapter_config.json").write_text(json.dumps(settings))
    return written


def rewrite(folder: Path, name: str, written: Tensors) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    save_file(written, folder / name / "adapter_model.safetensors")


def merge(model: AceStepTransformer1DModel, written: Tensors, factor: float) -> None:
    """W + factor · B · A, by hand."""
    for key, down in written.items():
        if ".lora_A." not in key:
            continue
        path = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        stem, _, name = path.rpartition(".")
        up = written[key.replace("lora_A", "lora_B")]
        layer = model.get_submodule(f"{stem}.{OURS[name]}")
        assert isinstance(layer, torch.nn.Linear)
        layer.weight.data += factor * up @ down


def test_an_adapter_does_what_merging_it_by_hand_does(model, tmp_path: Path):
    written = write(tmp_path, "warm")
    bare = heard(model)
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.05})
    worn = heard(model)
    adapters.unload("warm")
    merge(model, written, 0.05 * 2.0)
    assert (worn - bare).abs().max() > 0.01
    assert (worn - heard(model)).abs().max() < 1e-5


@pytest.mark.parametrize(
    ("config", "factor"),
    [({"lora_alpha": 4}, 1.0), ({"lora_alpha": 32}, 8.0), ({"use_rslora": True}, 4.0)],
)
def test_alpha_is_honoured(model, tmp_path: Path, config: dict[str, Any], factor: float):
    written = write(tmp_path, "warm", **config)
    assert facts_of(tmp_path, "warm").strength == factor
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.02})
    worn = heard(model)
    adapters.unload("warm")
    merge(model, written, 0.02 * factor)
    assert (worn - heard(model)).abs().max() < 1e-5


def test_two_at_once_add_up_whatever_their_ranks(model, tmp_path: Path):
    warm, harsh = write(tmp_path, "warm", rank=4), write(tmp_path, "harsh", rank=8, seed=3)
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.05, "harsh": -0.02})
    worn = heard(model)
    adapters.unload("harsh")
    adapters.unload("warm")
    merge(model, warm, 0.05 * 2.0)
    merge(model, harsh, -0.02 * 2.0)
    assert (worn - heard(model)).abs().max() < 1e-5


def test_what_is_not_used_leaves_no_trace_while_it_waits_or_when_it_is_gone(model, tmp_path: Path):
    write(tmp_path, "warm")
    bare, weights = heard(model), {k: v.clone() for k, v in model.state_dict().items()}
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.0})
    assert torch.equal(heard(model), bare)
    adapters.use({"warm": 1.0})
    worn = heard(model)
    assert not torch.equal(worn, bare)
    adapters.use({})
    assert adapters.scales == {"warm": 0.0}
    assert torch.equal(heard(model), bare)
    adapters.use({"warm": 1.0})
    assert torch.equal(heard(model), worn)
    adapters.unload("warm")
    assert adapters.scales == {}
    assert torch.equal(heard(model), bare)
    left = model.state_dict()
    assert left.keys() == weights.keys()
    assert all(torch.equal(left[name], weights[name]) for name in weights)


def test_taking_one_of_two_off_leaves_the_other(model, tmp_path: Path):
    write(tmp_path, "warm")
    write(tmp_path, "harsh", seed=3)
    adapters = Adapters(model, tmp_path)
    adapters.use({"warm": 0.1})
    alone = heard(model)
    adapters.use({"warm": 0.1, "harsh": 0.1})
    assert not torch.equal(heard(model), alone)
    adapters.unload("harsh")
    assert torch.equal(heard(model), alone)


def test_an_adapter_takes_on_the_models_dtype_and_moves_with_it(model, tmp_path: Path):
    write(tmp_path, "warm")
    adapters = Adapters(model.bfloat16(), tmp_path)
    adapters.use({"warm": 0.1})
    layer = model.get_submodule("layers.0.self_attn.to_q")
    assert {tensor.dtype for tensor in layer.state_dict().values()} == {torch.bfloat16}
    model.double()
    assert {tensor.dtype for tensor in layer.state_dict().values()} == {torch.float64}


FIRST = "base_model.model.layers.0.self_attn.q_proj.lora_A.weight"
OTHER = "base_model.model.layers.1.cross_attn.o_proj.lora_B.weight"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({OTHER: None}, OTHER),
        ({OTHER: None, OTHER.replace("_B", "_A"): None}, OTHER.replace("_B", "_A")),
        ({FIRST: torch.zeros(3, WIDTH)}, FIRST),
        ({FIRST: torch.zeros(4, WIDTH + 1)}, FIRST),
        ({OTHER: torch.zeros(WIDTH - 1, 4)}, OTHER),
        ({FIRST: torch.zeros(4, WIDTH, dtype=torch.int8)}, "quantised"),
        ({FIRST: torch.full((4, WIDTH), torch.nan)}, FIRST),
        ({FIRST: torch.zeros(4)}, FIRST),
        ({"base_model.model.layers.0.self_attn.q_proj.lora_magnitude_vector": torch.ones(64)},
         "lora_magnitude_vector"),
        ({"base_model.model.layers.9.self_attn.q_proj.lora_A.weight": torch.zeros(4, WIDTH),
          "base_model.model.layers.9.self_attn.q_proj.lora_B.weight": torch.zeros(WIDTH, 4)},
         "layers.9"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_by_the_tensors_name(
    model, tmp_path: Path, change: dict[str, Tensor | None], says: str
):
    changed = {**write(tmp_path, "warm"), **change}
    rewrite(tmp_path, "warm", {key: one for key, one in changed.items() if one is not None})
    bare, adapters = heard(model), Adapters(model, tmp_path)
    with pytest.raises(ModelUnusable) as caught:
        adapters.use({"warm": 1.0})
    assert says in caught.value.message
    assert adapters.scales == {}
    assert torch.equal(heard(model), bare)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"peft_type": "LOKR"}, "LOKR"),
        ({"use_dora": True}, "use_dora"),
        ({"rank_pattern": {"layers.0": 8}}, "rank_pattern"),
        ({"bias": "all"}, "bias"),
        ({"r": 0}, "r and lora_alpha"),
        ({"lora_alpha": None}, "r and lora_alpha"),
        ({"r": 8, "lora_alpha": 16}, "its rank is 8"),
    ],
)
def test_a_kind_that_means_something_else_is_refused(
    model, tmp_path: Path, config: dict[str, Any], says: str
):
    write(tmp_path, "warm", **config)
    with pytest.raises(ModelUnusable) as caught:
        Adapters(model, tmp_path).use({"warm": 1.0})
    assert says in caught.value.message


def test_a_file_that_was_cut_off_is_refused(model, tmp_path: Path):
    write(tmp_path, "warm")
    file = tmp_path / "warm" / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ModelUnusable, match="cut off"):
        Adapters(model, tmp_path).use({"warm": 1.0})


def test_an_adapter_for_some_layers_only_need_not_hold_the_others(model, tmp_path: Path):
    written = write(tmp_path, "warm", layers_to_transform=[1])
    rewrite(tmp_path, "warm", {key: one for key, one in written.items() if "layers.1" in key})
    bare, adapters = heard(model), Adapters(model, tmp_path)
    adapters.use({"warm": 0.1})
    assert not torch.equal(heard(model), bare)


@pytest.mark.parametrize("name", ["", ".", "..", "../warm", "warm/../warm", "/etc", "cold", "a\0"])
def test_a_name_that_is_not_there_or_leads_elsewhere_is_refused(model, tmp_path: Path, name: str):
    write(tmp_path, "warm")
    write(tmp_path / "inner", "secret")
    with pytest.raises(NotFound, match="warm") as caught:
        Adapters(model, tmp_path / "inner" if name == "../warm" else tmp_path).use({name: 1.0})
    assert caught.value.field == "adapter"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_out_of_the_folder_is_not_followed(model, tmp_path: Path):
    write(tmp_path / "elsewhere", "secret")
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "door").symlink_to(tmp_path / "elsewhere" / "secret")
    with pytest.raises(NotFound):
        Adapters(model, tmp_path / "adapters").use({"door": 1.0})


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_a_scale_must_be_a_number(model, tmp_path: Path, scale: float):
    write(tmp_path, "warm")
    with pytest.raises(InvalidRequest, match="scale"):
        Adapters(model, tmp_path).use({"warm": scale})


def test_a_quantised_model_takes_none(model, tmp_path: Path):
    write(tmp_path, "warm")
    layer = model.get_submodule("layers.0.self_attn.to_q")
    layer.weight = torch.nn.Parameter(layer.weight.to(torch.int8), requires_grad=False)
    with pytest.raises(Unsupported, match="quantised"):
        Adapters(model, tmp_path).use({"warm": 1.0})


def test_all_that_are_there_are_listed_with_what_is_wrong_with_them(tmp_path: Path):
    write(tmp_path, "warm", rank=4)
    write(tmp_path, "odd", use_dora=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "adapter_config.json").write_text("{")
    broken, odd, warm = available(tmp_path)
    assert (broken.name, odd.name, warm.name) == ("broken", "odd", "warm")
    assert "adapter_config.json" in (broken.problem or "")
    assert "use_dora" in (odd.problem or "")
    assert (warm.problem, warm.rank, warm.strength) == (None, 4, 2.0)
    assert warm.size_bytes > 1000
    assert warm.targets == tuple(sorted(OURS))
    assert available(tmp_path / "nowhere") == ()
