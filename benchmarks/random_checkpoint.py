"""Checkpoints of the real sizes whose weights are random, as upstream lays them on disk.

Speed and memory are those of the real model, because neither depends on what the numbers are; the
sound is noise. Sizes are diffusers' defaults, which are those of ACE-Step 1.5's 2B models, and
Qwen3-Embedding's of 0.6B. Knows nothing of what is measured.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_oobleck import AutoencoderOobleck
from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
from diffusers.pipelines.ace_step.modeling_ace_step import (
    AceStepAudioTokenDetokenizer,
    AceStepAudioTokenizer,
    AceStepConditionEncoder,
)
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.acestep.checkpoints import PARAMETERS_2B, TEXT_ENCODER, VAE
from engine.renderers.acestep.renames import PARTS, ROOT, SEGMENTS
from engine.renderers.acestep.words import Words, prompt

TURBO, BASE = "acestep-v15-turbo", "acestep-v15-base"
LINE = "we keep the lights on all night and dance until the morning comes"
"""What is sung: words that the tokenizer knows."""

_SEED = 2026
_END = "<|endoftext|>"
_SILENT_FRAMES = 15_000
"""600 s."""
_BUILT_IN_THE_MODULE = "silence_latent"
_LAYERS = 24
_CONFIG = {
    "model_type": "acestep",
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": _LAYERS,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "in_channels": 192,
    "audio_acoustic_hidden_dim": 64,
    "patch_size": 2,
    "rope_theta": 1_000_000,
    "rms_norm_eps": 1e-6,
    "attention_bias": False,
    "attention_dropout": 0.0,
    "sliding_window": 128,
    "layer_types": ["sliding_attention", "full_attention"] * (_LAYERS // 2),
    "text_hidden_dim": 1024,
    "timbre_hidden_dim": 64,
    "num_lyric_encoder_hidden_layers": 8,
    "num_timbre_encoder_hidden_layers": 4,
    "num_attention_pooler_hidden_layers": 2,
    "pool_window_size": 5,
    "fsq_dim": 2048,
    "fsq_input_levels": [8, 8, 8, 5, 5, 5],
    "fsq_input_num_quantizers": 1,
}
_MODULES: dict[str, type[nn.Module]] = {
    "transformer": AceStepTransformer1DModel,
    "condition_encoder": AceStepConditionEncoder,
    "audio_tokenizer": AceStepAudioTokenizer,
    "audio_token_detokenizer": AceStepAudioTokenDetokenizer,
}


def lay(root: Path, names: Iterable[str] = (TURBO,)) -> None:
    """Write checkpoints of the 2B size into `root`, with the VAE and the text encoder: 6.3 GB.

    Several of them are one file of weights under several names. Takes 5 GB of memory meanwhile.
    """
    torch.manual_seed(_SEED)
    first, *others = names
    _lay_model(root / first)
    for name in (first, *others):
        folder = root / name
        folder.mkdir(exist_ok=True)
        variant = "turbo" if name == TURBO else "base"
        config = {**_CONFIG, "is_turbo": variant == "turbo", "model_version": variant}
        (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    for name in others:
        for file in ("model.safetensors", "silence_latent.pt"):
            os.link(root / first / file, root / name / file)
    _lay_autoencoder(root / VAE.folder)
    _lay_text_encoder(root / TEXT_ENCODER.folder)


def lyrics_of(tokens: int, tokenizer: PreTrainedTokenizerBase) -> str:
    """So many lines that they come to at least this many tokens."""
    line = len(tokenizer(f"{LINE}\n", add_special_tokens=False).input_ids)
    return "\n".join([LINE] * -(-tokens // line))


def _lay_model(folder: Path) -> None:
    """All modules in one file under upstream's names, and the latents of silence."""
    folder.mkdir(parents=True)
    weights: dict[str, Tensor] = {}
    with _in_bfloat16():
        for part, kind in _MODULES.items():
            for name, tensor in kind().state_dict().items():
                if name != _BUILT_IN_THE_MODULE:
                    weights[_upstream(part, name)] = tensor.contiguous()
    count = sum(tensor.numel() for tensor in weights.values())
    if count != PARAMETERS_2B:
        raise SystemExit(f"{count:,} parameters where the real model has {PARAMETERS_2B:,}")
    save_file(weights, folder / "model.safetensors")
    silence = torch.randn(1, 64, _SILENT_FRAMES).to(torch.bfloat16)
    torch.save(silence, folder / "silence_latent.pt")


def _upstream(part: str, name: str) -> str:
    """What upstream calls a tensor that diffusers has under `name` in a part."""
    if ROOT.get(name) == part:
        return name
    inner = f".{name}"
    for theirs, diffusers in SEGMENTS.items():
        inner = inner.replace(f".{diffusers}.", f".{theirs}.")
    return f"{PARTS[part]}{inner[1:]}"


def _lay_autoencoder(folder: Path) -> None:
    with warnings.catch_warnings():
        # diffusers' module normalises its weights by a function that torch calls old.
        warnings.filterwarnings("ignore", ".*weight_norm.*is deprecated", FutureWarning)
        autoencoder = AutoencoderOobleck(
            downsampling_ratios=[2, 4, 4, 6, 10], sampling_rate=SAMPLE_RATE_HZ
        )
    autoencoder.half().save_pretrained(folder)


def _lay_text_encoder(folder: Path) -> None:
    config = Qwen3Config(
        vocab_size=151_669, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28,
        num_attention_heads=16, num_key_value_heads=8, head_dim=128, tie_word_embeddings=True,
        max_position_embeddings=32_768, use_cache=True,
    )  # fmt: skip
    with _in_bfloat16():
        Qwen3Model(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)


def _tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level, trained on the words that are asked, so that there are about as many tokens as
    the real one makes of them."""
    said = prompt("text2music", Words("warm deep house", LINE, "en", 120, "C minor", "4/4", 10.0))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000, special_tokens=[_END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator([said.text, said.lyrics], trainer)
    end = tokenizer.token_to_id(_END)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {_END}", special_tokens=[(_END, end)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=_END, pad_token=_END)


@contextmanager
def _in_bfloat16() -> Generator[None]:
    """Modules built in here have weights of two bytes from the start."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
