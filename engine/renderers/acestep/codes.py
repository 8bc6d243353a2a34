"""Audio codes: five numbers a second that say roughly what music sounds like.

Latents become codes and codes become hints: latents again, coarser, that a transformer is given
to follow. As text, codes are what the planning language model writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import torch
from torch import Tensor

from engine.errors import Unsupported
from engine.renderers.acestep.checkpoints import able
from engine.renderers.acestep.loading import Models

CODES = 64_000
"""How many different ones there are: 8 · 8 · 8 · 5 · 5 · 5."""
FRAMES_PER_CODE = 5

_WRITTEN = re.compile(r"<\|audio_code_(\d+)\|>")


def parse_codes(text: str) -> tuple[int, ...]:
    """The codes in a text, those too high taken for the highest, as upstream does."""
    return tuple(min(int(number), CODES - 1) for number in _WRITTEN.findall(text))


def write_codes(codes: Iterable[int]) -> str:
    """Codes as text, as `parse_codes` reads it."""
    return "".join(f"<|audio_code_{code}|>" for code in codes)


@torch.inference_mode()
def codes_of(models: Models, latents: Tensor) -> Tensor:
    """The codes [batch, frames / 5, rounded up] of latents [batch, frames, 64].

    Frames that lack for the last code are silence. Raises `Unsupported` for a checkpoint that came
    without its tokenizer.
    """
    tokenizer = models.audio_tokenizer
    if tokenizer is None:
        raise _without_codes(models)
    weight = tokenizer.audio_acoustic_proj.weight
    _, codes = tokenizer.tokenize(latents.to(weight.device, weight.dtype), models.silence)
    return codes.squeeze(-1)


@torch.inference_mode()
def hints_of(models: Models, codes: Tensor) -> Tensor:
    """Latents [batch, 5 · codes, 64], float32, of codes [batch, codes].

    Raises `Unsupported` for a checkpoint that came without its tokenizer.
    """
    tokenizer, detokenizer = models.audio_tokenizer, models.detokenizer
    if tokenizer is None or detokenizer is None:
        raise _without_codes(models)
    weight = detokenizer.embed_tokens.weight
    quantised = tokenizer.quantizer.get_output_from_indices(codes.to(weight.device).unsqueeze(-1))
    return detokenizer(quantised.to(weight.dtype)).float()


def quantised(models: Models, latents: Tensor) -> Tensor:
    """Latents [batch, frames, 64] as their codes tell them, float32, as many frames."""
    return hints_of(models, codes_of(models, latents))[:, : latents.shape[1]]


def _without_codes(models: Models) -> Unsupported:
    others = [name for name in able("cover") if not name.endswith("-diffusers")]
    return Unsupported(
        f"The files of {models.checkpoint.name} came without the audio tokenizer that this task "
        f"needs; use a checkpoint that has it, like {others[0]}."
    )
