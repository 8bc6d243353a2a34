"""Loading: a checkpoint's folders → modules of diffusers and transformers, ready to be asked.

Upstream's own files are given diffusers' names in memory, so that both layouts end in the same
modules. No code of a checkpoint is ever run, and nothing but safetensors and one plain tensor is
read.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from diffusers.models.autoencoders.autoencoder_oobleck import AutoencoderOobleck
from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
from diffusers.pipelines.ace_step.modeling_ace_step import (
    AceStepAudioTokenDetokenizer,
    AceStepAudioTokenizer,
    AceStepConditionEncoder,
)
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase, Qwen3Config, Qwen3Model

from engine.errors import ModelUnusable
from engine.renderers.acestep.checkpoints import Checkpoint
from engine.renderers.acestep.decoder import Decoder
from engine.renderers.acestep.finding import Found, described, read_json
from engine.renderers.acestep.renames import (
    ENCODER_SIZES,
    PARTS,
    ROOT,
    TEXT_EXTRA,
    TEXT_PREFIX,
    renamed,
)
from engine.renderers.acestep.weights import (
    Stored,
    fill,
    has_weights,
    read_tensor,
    read_weights,
    weightless,
)

_SILENCE = "silence_latent"
_END = "<|endoftext|>"
_LEAST_SILENCE = 750
"""Frames: what stands for the reference where there is none."""

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """A checkpoint in memory. All modules are on one device and ready for inference."""

    checkpoint: Checkpoint
    version: str | None
    """What the config calls itself."""
    transformer: AceStepTransformer1DModel
    decoder: Decoder
    """Over that transformer."""
    encoder: AceStepConditionEncoder
    audio_tokenizer: AceStepAudioTokenizer | None
    """None where a repository in diffusers' layout leaves it out, as it may the next."""
    detokenizer: AceStepAudioTokenDetokenizer | None
    vae: AutoencoderOobleck
    text_encoder: Qwen3Model
    tokenizer: PreTrainedTokenizerBase
    silence: Tensor
    """Latents of silence: float32 [1, frames, 64]."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where weights go, and in what format."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One module's tensors by diffusers' names, its sizes, and where they come from."""

    stored: Mapping[str, Stored]
    config: Mapping[str, Any]
    folder: Path


def load(
    found: Found,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    vae_dtype: torch.dtype | None = None,
) -> Models:
    """Load a checkpoint onto `device`, in `dtype`; the VAE in its own, if one is given.

    Raises `ModelUnusable`, which names file and tensor, if anything is missing, superfluous,
    damaged, of another shape, or not a number.
    """
    place = _Place(torch.device(device), dtype)
    parts, silence = _native(found) if found.layout == "native" else _diffusers(found)
    config, checkpoint = parts["transformer"].config, described(found)
    transformer = _module(AceStepTransformer1DModel, parts["transformer"], place)
    encoder = _module(AceStepConditionEncoder, parts["condition_encoder"], place)
    encoder.register_buffer(_SILENCE, silence.to(place.device, place.dtype))
    if checkpoint.xl:
        _begin_with_the_special_token(encoder)
    # Upstream quantises in float32 in its XL models alone.
    exact = "quantizer." if checkpoint.xl else None
    return Models(
        checkpoint=checkpoint,
        version=config.get("model_version"),
        transformer=transformer,
        decoder=Decoder(transformer, encoder.null_condition_emb),
        encoder=encoder,
        # Upstream quantises in float32 in its XL models alone.
        audio_tokenizer=_optional(
            AceStepAudioTokenizer, parts.get("audio_tokenizer"), place, exact
        ),
        detokenizer=_optional(
            AceStepAudioTokenDetokenizer, parts.get("audio_token_detokenizer"), place
        ),
        vae=_vae(found.vae, _Place(place.device, vae_dtype or dtype)),
        text_encoder=_text_encoder(found.text_encoder, place),
        tokenizer=_tokenizer(found.tokenizer),
        silence=silence.to(place.device),
    )


def _native(found: Found) -> tuple[dict[str, _Part], Tensor]:
    """The parts of upstream's one file, and its silence."""
    folder = found.folder
    config = read_json(folder / "config.json")
    inner = {
        **config,
        **{ours: config[xls] for ours, xls in ENCODER_SIZES.items() if config.get(xls)},
    }
    # The transformer's own; the encoders alternate by themselves.
    inner.pop("layer_types", None)
    tensors: dict[str, dict[str, Stored]] = {part: {} for part in PARTS}
    for name, stored in read_weights(folder).items():
        part = ROOT.get(name) or next(
            (part for part, prefix in PARTS.items() if name.startswith(prefix)), None
        )
        if part is None:
            raise ModelUnusable(
                f"{stored.file} holds the tensor {name!r}, for which no part of the model has a "
                "place; this is another model than its config.json says, or a newer one."
            )
        tensors[part][renamed(name.removeprefix(PARTS[part]))] = stored
    parts = {
        part: _Part(those, config if part == "transformer" else inner, folder)
        for part, those in tensors.items()
    }
    path = folder / f"{_SILENCE}.pt"
    silence = read_tensor(path)
    return parts, _silence(silence.mT if silence.ndim == 3 else silence, path, config)


def _diffusers(found: Found) -> tuple[dict[str, _Part], Tensor]:
    """The parts in the folders of a pipeline, and the silence among the encoder's tensors."""
    parts: dict[str, _Part] = {}
    for part in PARTS:
        folder = found.folder / part
        if part.startswith("audio_") and not has_weights(folder):
            continue
        stored = {renamed(name): one for name, one in read_weights(folder).items()}
        parts[part] = _Part(stored, read_json(folder / "config.json"), folder)
    encoder = parts["condition_encoder"]
    silence = encoder.stored.get(_SILENCE)
    if silence is None:
        raise ModelUnusable(
            f"{encoder.folder} lacks the tensor {_SILENCE!r}; fetch the model again."
        )
    return parts, _silence(silence.tensor, silence.file, parts["transformer"].config)


def _silence(latents: Tensor, path: Path, config: Mapping[str, Any]) -> Tensor:
    """[1, frames, 64], float32, if that is what it is."""
    channels = config.get("audio_acoustic_hidden_dim", 64)
    shape = list(latents.shape)
    if len(shape) != 3 or shape[0::2] != [1, channels] or shape[1] < _LEAST_SILENCE:
        raise ModelUnusable(
            f"{path} holds silence of {' by '.join(map(str, shape))} values where 1 by at least "
            f"{_LEAST_SILENCE} frames by {channels} channels are needed; fetch the model again."
        )
    return latents.float().contiguous()


def _module(kind: type[M], part: _Part, place: _Place, exact: str | None = None) -> M:
    """A module of the sizes that a config gives, with the weights of a part."""
    sizes = inspect.signature(kind.__init__).parameters.keys() & part.config.keys()
    with weightless():
        module = kind(**{size: part.config[size] for size in sizes})
    stored = dict(part.stored)
    if kind is AceStepConditionEncoder:
        # As long as its file has it; the module expects what the published ones have.
        stored.pop(_SILENCE, None)
        del module.silence_latent
    fill(module, stored, part.folder, device=place.device, dtype=place.dtype, exact=exact)
    return module


def _optional(
    kind: type[M], part: _Part | None, place: _Place, exact: str | None = None
) -> M | None:
    return None if part is None else _module(kind, part, place, exact)


def _begin_with_the_special_token(encoder: AceStepConditionEncoder) -> None:
    """Let the timbre encoder read its learned token before the reference, as XL's was trained to.

    Its first place then gathers what the rest says. diffusers' module has the token and never
    uses it, which is what upstream's 2B models do.
    """
    timbre = encoder.timbre_encoder

    def begin(_module: nn.Module, _heard: tuple[Tensor, ...], embedded: Tensor) -> Tensor:
        token = timbre.special_token.expand(len(embedded), -1, -1)
        return torch.cat([token, embedded], dim=1)

    timbre.embed_tokens.register_forward_hook(begin)


def _vae(folder: Path, place: _Place) -> AutoencoderOobleck:
    part = _Part(read_weights(folder), read_json(folder / "config.json"), folder)
    with warnings.catch_warnings():
        # diffusers' module normalises its weights by a function that torch calls old.
        warnings.filterwarnings("ignore", ".*weight_norm.*is deprecated", FutureWarning)
        return _module(AutoencoderOobleck, part, place)


def _text_encoder(folder: Path, place: _Place) -> Qwen3Model:
    path = folder / "config.json"
    config = read_json(path)
    if config.get("model_type") != "qwen3":
        raise ModelUnusable(
            f"{path} describes a {config.get('model_type')!r} and not the text encoder, a 'qwen3'."
        )
    with weightless():
        encoder = Qwen3Model(Qwen3Config(**config))
    stored = {
        name.removeprefix(TEXT_PREFIX): one
        for name, one in read_weights(folder).items()
        if name not in TEXT_EXTRA
    }
    fill(encoder, stored, folder, device=place.device, dtype=place.dtype)
    return encoder


def _tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The text encoder's, which ends whatever it reads with one more token of its own."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnusable(
            f"{folder} holds no tokenizer that can be read; fetch the model again."
        ) from error
    if not isinstance(tokenizer, PreTrainedTokenizerBase):
        raise ModelUnusable(f"{folder} holds no tokenizer of a known kind; fetch the model again.")
    ids = tokenizer("a").input_ids
    if len(ids) < 2 or ids[-1] != tokenizer.convert_tokens_to_ids(_END):
        raise ModelUnusable(
            f"The tokenizer in {folder} doesn't end what it reads with {_END}, as that of "
            "Qwen3-Embedding does; fetch the model again."
        )
    return tokenizer
