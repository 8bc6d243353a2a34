"""Loading checkpoints: whole ones alike from every layout, broken ones not at all."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
from diffusers.pipelines.ace_step.modeling_ace_step import (
    AceStepAudioTokenDetokenizer,
    AceStepAudioTokenizer,
    AceStepConditionEncoder,
)
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import ModelUnusable
from engine.renderers.acestep.checkpoints import CHECKPOINTS, PARAMETERS_2B, PARAMETERS_XL
from engine.renderers.acestep.conditions import asked_by
from engine.renderers.acestep.finding import Found, find
from engine.renderers.acestep.loading import Models, load
from engine.renderers.acestep.weights import weightless
from engine.renderers.acestep.words import Words, prompt
from tests.acestep.golden import TINY, export, located, models, modules_of, needs_xl

TURBO, XL, TEXT = "native-turbo-tiny", "native-xl-turbo-tiny", "Qwen3-Embedding-tiny"
SOME = "decoder.layers.1.mlp.up_proj.weight"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of checkpoints that may be broken: a turbo with what it shares."""
    for name in (TURBO, "vae", TEXT):
        shutil.copytree(TINY / name, tmp_path / name)
    return tmp_path


def loaded(home: Path, name: str = TURBO) -> Models:
    found = find([home], name)
    assert found
    return load(found)


def changed(file: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    """Write the file anew with other tensors."""
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    change(tensors)
    save_file(tensors, file)


def assert_alike(one: Models, other: Models) -> None:
    """Every parameter and every table of one is bit by bit that of the other."""
    assert torch.equal(one.silence, other.silence)
    for (part, ours), theirs in zip(
        modules_of(one).items(), modules_of(other).values(), strict=True
    ):
        assert ours is not None
        assert theirs is not None
        mine = dict([*ours.named_parameters(), *ours.named_buffers()])
        yours = dict([*theirs.named_parameters(), *theirs.named_buffers()])
        assert mine.keys() == yours.keys()
        for name, tensor in mine.items():
            assert torch.equal(tensor, yours[name]), f"{part}: {name}"


def shard(folder: Path) -> None:
    """Split the one file into three and an index, as the large checkpoints are published."""
    single = folder / "model.safetensors"
    tensors = load_file(single)
    single.unlink()
    index = {}
    for number in range(3):
        name = f"model-0000{number + 1}-of-00003.safetensors"
        some = {key: tensors[key].clone() for key in sorted(tensors)[number::3]}
        save_file(some, folder / name)
        index.update(dict.fromkeys(some, name))
    written = {"metadata": {}, "weight_map": index}
    (folder / "model.safetensors.index.json").write_text(json.dumps(written))


@pytest.mark.parametrize(
    ("larger", "parameters"),
    [
        ({}, PARAMETERS_2B),
        (
            {
                "hidden_size": 2560,
                "intermediate_size": 9728,
                "num_hidden_layers": 32,
                "num_attention_heads": 32,
                "encoder_hidden_size": 2048,
            },
            PARAMETERS_XL,
        ),
    ],
    ids=["2B", "XL"],
)
def test_modules_of_the_published_sizes_have_as_many_parameters_as_the_table_says(
    larger: dict[str, Any], parameters: int
):
    with weightless():
        modules = [
            AceStepTransformer1DModel(**larger),
            AceStepConditionEncoder(),
            AceStepAudioTokenizer(),
            AceStepAudioTokenDetokenizer(),
        ]
    count = sum(one.numel() for module in modules for one in module.parameters())
    assert count == parameters


@pytest.mark.parametrize("name", [TURBO, "native-base-tiny", pytest.param(XL, marks=needs_xl)])
def test_a_checkpoint_saved_in_diffusers_layout_loads_as_the_same(name: str, tmp_path: Path):
    native = models(name)
    export(native, tmp_path / name)
    found = find([tmp_path], name)
    assert found
    assert found.layout == "diffusers"
    again = load(found)
    assert_alike(native, again)
    assert again.checkpoint.variant == native.checkpoint.variant
    assert again.checkpoint.xl == native.checkpoint.xl
    asked = prompt("text2music", Words("Deep house"))
    assert torch.equal(asked_by(again, asked), asked_by(native, asked))


def test_shards_hold_what_one_file_holds(home: Path):
    shard(home / TURBO)
    assert_alike(models(TURBO), loaded(home))


def test_attention_under_upstreams_names_is_read_in_diffusers_layout_too(tmp_path: Path):
    export(models(TURBO), tmp_path / TURBO)
    file = tmp_path / TURBO / "transformer" / "diffusion_pytorch_model.safetensors"
    old = {name.replace(".to_q.", ".q_proj."): one for name, one in load_file(file).items()}
    save_file(old, file)
    assert_alike(models(TURBO), loaded(tmp_path))


def test_a_repository_without_an_audio_tokenizer_loads_without_one(tmp_path: Path):
    export(models(TURBO), tmp_path / TURBO)
    for part in ("audio_tokenizer", "audio_token_detokenizer"):
        shutil.rmtree(tmp_path / TURBO / part)
    bare = loaded(tmp_path)
    assert bare.audio_tokenizer is None
    assert bare.detokenizer is None


def test_a_text_encoder_stored_as_a_language_model_loads_as_the_same(home: Path):
    file = home / TEXT / "model.safetensors"
    whole = {f"model.{name}": one for name, one in load_file(file).items()}
    whole["lm_head.weight"] = whole["model.embed_tokens.weight"].clone()
    save_file(whole, file)
    assert_alike(models(TURBO), loaded(home))


def test_weights_are_in_the_format_that_is_asked_for_and_tables_are_not():
    small = load(located(TURBO), dtype=torch.bfloat16, vae_dtype=torch.float32)
    for part, module in modules_of(small).items():
        assert module is not None
        expected = torch.float32 if part == "vae" else torch.bfloat16
        assert {parameter.dtype for parameter in module.parameters()} == {expected}
        assert not any(one.requires_grad for one in module.parameters())
        assert not module.training
    assert small.decoder.dtype == torch.bfloat16
    assert small.silence.dtype == torch.float32
    frequencies = dict(small.text_encoder.named_buffers())["rotary_emb.inv_freq"]
    assert frequencies.dtype == torch.float32


@needs_xl
def test_xl_quantises_in_float32_and_the_smaller_ones_in_their_own_format():
    for name, expected in ((XL, torch.float32), (TURBO, torch.bfloat16)):
        tokenizer = load(located(name), dtype=torch.bfloat16).audio_tokenizer
        assert tokenizer
        assert tokenizer.quantizer.project_in.weight.dtype == expected
        assert tokenizer.audio_acoustic_proj.weight.dtype == torch.bfloat16


def test_loading_draws_no_random_number_that_stays(home: Path):
    torch.manual_seed(1)
    one = loaded(home)
    torch.manual_seed(2)
    assert_alike(one, loaded(home))


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (SOME, "layers.1.mlp.up_proj.weight"),
        ("decoder.layers.0.self_attn.q_proj.weight", "layers.0.self_attn.to_q.weight"),
        ("encoder.text_projector.weight", "text_projector.weight"),
        ("null_condition_emb", "null_condition_emb"),
        ("tokenizer.quantizer.project_in.bias", "quantizer.project_in.bias"),
        ("detokenizer.special_tokens", "special_tokens"),
    ],
)
def test_a_missing_tensor_is_named(home: Path, tensor: str, said: str):
    changed(home / TURBO / "model.safetensors", lambda tensors: tensors.pop(tensor))
    with pytest.raises(ModelUnusable, match="lacks the tensor") as refused:
        loaded(home)
    assert f"{home / TURBO} lacks the tensor {said!r} of" in refused.value.message


@pytest.mark.parametrize("tensor", ["decoder.layers.9.mlp.up_proj.weight", "encoder.more", "stray"])
def test_a_superfluous_tensor_is_named(home: Path, tensor: str):
    file = home / TURBO / "model.safetensors"
    changed(file, lambda tensors: tensors.update({tensor: torch.zeros(2)}))
    with pytest.raises(ModelUnusable, match=tensor) as refused:
        loaded(home)
    assert str(file) in refused.value.message


def test_a_tensor_of_another_shape_is_named_with_both_shapes(home: Path):
    file = home / TURBO / "model.safetensors"
    changed(file, lambda tensors: tensors.update({SOME: torch.zeros(3, 64)}))
    with pytest.raises(ModelUnusable, match=r"\[3, 64\].*\[128, 64\]") as refused:
        loaded(home)
    assert SOME in refused.value.message
    assert str(file) in refused.value.message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    ("file", "tensor"),
    [
        (f"{TURBO}/model.safetensors", SOME),
        (f"{TEXT}/model.safetensors", "norm.weight"),
        ("vae/diffusion_pytorch_model.safetensors", "decoder.conv1.weight_v"),
    ],
)
def test_a_value_that_is_no_number_is_named(home: Path, file: str, tensor: str, value: float):
    changed(home / file, lambda tensors: tensors[tensor].view(-1)[3:4].fill_(value))
    with pytest.raises(ModelUnusable, match="aren't numbers") as refused:
        loaded(home)
    assert tensor in refused.value.message
    assert str(home / file) in refused.value.message


WEIGHTS = [
    f"{TURBO}/model.safetensors",
    f"{TEXT}/model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
]


@pytest.mark.parametrize("file", [*WEIGHTS, f"{TURBO}/silence_latent.pt"])
@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_truncated_file_is_named(home: Path, file: str, kept: float):
    path = home / file
    os.truncate(path, int(path.stat().st_size * kept))
    with pytest.raises(ModelUnusable, match="fetch the model again") as refused:
        loaded(home)
    assert str(path) in refused.value.message


@pytest.mark.parametrize("file", [*WEIGHTS, f"{TURBO}/silence_latent.pt", f"{TURBO}/config.json"])
def test_a_file_of_something_else_is_named(home: Path, file: str):
    (home / file).write_bytes(b"<html>Not found</html>" * 50)
    with pytest.raises(ModelUnusable, match="fetch the model again") as refused:
        loaded(home)
    assert str(home / file) in refused.value.message


def test_a_pickle_that_would_run_code_is_refused_and_not_run(home: Path, tmp_path: Path):
    trace = tmp_path / "ran"

    class Harmful:
        def __reduce__(self):
            return os.mkdir, (str(trace),)

    def plainly(what: object, file: Path) -> None:
        file.write_bytes(pickle.dumps(what, protocol=2))

    for write in (plainly, torch.save):
        write(Harmful(), home / TURBO / "silence_latent.pt")
        with pytest.raises(ModelUnusable, match="silence_latent"):
            loaded(home)
        assert not trace.exists()


@pytest.mark.parametrize(
    "shape", [(1, 64, 700), (64, 1000), (2, 64, 1000), (1, 32, 1000), (64000,)]
)
def test_silence_of_another_shape_is_refused(home: Path, shape: tuple[int, ...]):
    torch.save(torch.zeros(shape), home / TURBO / "silence_latent.pt")
    with pytest.raises(ModelUnusable, match="silence"):
        loaded(home)


def test_a_missing_shard_is_named(home: Path):
    shard(home / TURBO)
    lost = home / TURBO / "model-00002-of-00003.safetensors"
    lost.unlink()
    with pytest.raises(ModelUnusable, match=lost.name):
        loaded(home)


def test_an_index_that_leads_out_of_its_folder_is_refused(home: Path):
    shard(home / TURBO)
    index = home / TURBO / "model.safetensors.index.json"
    index.write_text(index.read_text().replace("model-00001", "../other-00001"))
    with pytest.raises(ModelUnusable, match="doesn't lie beside it"):
        loaded(home)


def test_a_tensor_in_two_shards_is_refused(home: Path):
    shard(home / TURBO)
    for number in (1, 2):
        file = home / TURBO / f"model-0000{number}-of-00003.safetensors"
        changed(file, lambda tensors: tensors.update({"twice": torch.zeros(1)}))
    with pytest.raises(ModelUnusable, match="twice"):
        loaded(home)


def test_a_tokenizer_that_lost_its_ending_is_refused(home: Path):
    file = home / TEXT / "tokenizer.json"
    without = {**json.loads(file.read_text(encoding="utf-8")), "post_processor": None}
    file.write_text(json.dumps(without), encoding="utf-8")
    with pytest.raises(ModelUnusable, match="endoftext"):
        loaded(home)


def test_a_folder_that_holds_another_model_than_its_name_says_is_taken_for_what_it_holds(
    home: Path,
):
    promised = "acestep-v15-base"
    shutil.copytree(home / TURBO, home / "acestep-v15-turbo")
    (home / TURBO).rename(home / promised)
    assert loaded(home, "acestep-v15-turbo").checkpoint is CHECKPOINTS["acestep-v15-turbo"]
    assert loaded(home, promised).checkpoint.variant == "turbo"


def test_a_folder_without_a_tokenizer_is_refused(home: Path):
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"):
        (home / TEXT / file).unlink()
    with pytest.raises(ModelUnusable, match="tokenizer"):
        loaded(home)


def test_another_kind_of_text_encoder_is_refused(home: Path):
    file = home / TEXT / "config.json"
    file.write_text(file.read_text().replace('"qwen3"', '"llama"'))
    with pytest.raises(ModelUnusable, match="llama"):
        loaded(home)


def test_parts_may_lie_anywhere_if_they_are_named(home: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(home / TEXT, elsewhere)
    found = Found(TURBO, "native", home / TURBO, home / "vae", elsewhere, elsewhere)
    assert_alike(models(TURBO), load(found))
