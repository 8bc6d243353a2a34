"""Conditions: words, a timbre and a source as the transformer is given them.

`hidden` says what to make: lyrics, timbre and text, one token after the other. `context` says frame
by frame what is there already, and where something new is wanted. One prompt at a time: a batch is
of takes that ask for the same.

Latents are [batch, frames, 64] at 25 frames a second, masks and windows [batch, frames].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from engine.renderers.acestep.decoder import Condition
from engine.renderers.acestep.frames import frame_at
from engine.renderers.acestep.loading import Models
from engine.renderers.acestep.words import MOST_LYRIC_TOKENS, MOST_TEXT_TOKENS, Prompt

LEAST_FRAMES = 128
"""Shorter ones are made longer by silence, as upstream does."""
TIMBRE_FRAMES = 750
"""30 s: how much of a reference is heard."""

MaskMode = Literal["explicit", "auto"]
"""Whether the mask says where something new is wanted, or leaves that to the model."""
_MODELS_CHOICE = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A prompt as the text encoder understands it: float [1, tokens, width] each."""

    text: Tensor
    lyrics: Tensor
    """Each token by itself; what it means among the others is for the lyric encoder."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A prompt as ids [1, tokens]."""

    text: Tensor
    lyrics: Tensor


def tokens_of(models: Models, prompt: Prompt) -> Tokens:
    """The ids of a prompt, cut where upstream cuts them."""

    def ids(words: str, most: int) -> Tensor:
        # As upstream: the text's own end, then one more that the tokenizer appends.
        found = models.tokenizer(words, truncation=True, max_length=most, return_tensors="pt")
        return found["input_ids"]

    return Tokens(ids(prompt.text, MOST_TEXT_TOKENS), ids(prompt.lyrics, MOST_LYRIC_TOKENS))


@torch.inference_mode()
def encoded(models: Models, tokens: Tokens) -> Encoded:
    """What the text encoder makes of a prompt."""
    encoder = models.text_encoder
    text = encoder(input_ids=tokens.text.to(encoder.device), use_cache=False).last_hidden_state
    return Encoded(text, encoder.embed_tokens(tokens.lyrics.to(encoder.device)))


@torch.inference_mode()
def hidden_of(models: Models, words: Encoded, timbre: Sequence[Tensor] = ()) -> Tensor:
    """Lyrics, timbre and text as one sequence [1, tokens, width].

    `timbre` are latents [1, frames, 64] of references, each of as many frames; without any, the
    model hears silence, as it was trained to.
    """
    heard = torch.cat(list(timbre)) if timbre else silence(models, TIMBRE_FRAMES)
    weight = models.encoder.text_projector.weight
    text, lyrics = (one.to(weight.device, weight.dtype) for one in (words.text, words.lyrics))
    sequence, _ = models.encoder(
        text_hidden_states=text,
        text_attention_mask=_all_of(text),
        lyric_hidden_states=lyrics,
        lyric_attention_mask=_all_of(lyrics),
        refer_audio_acoustic_hidden_states_packed=heard.to(weight.device, weight.dtype),
        refer_audio_order_mask=torch.zeros(len(heard), dtype=torch.long, device=weight.device),
    )
    return sequence


def asked_by(models: Models, prompt: Prompt, timbre: Sequence[Tensor] = ()) -> Tensor:
    """What a prompt asks for, with a timbre: `hidden_of` from the words on."""
    return hidden_of(models, encoded(models, tokens_of(models, prompt)), timbre)


def asked_later(
    models: Models, first: Prompt, later: Prompt, timbre: Sequence[Tensor] = ()
) -> Tensor:
    """What a second prompt asks for, to which a run goes over from the first.

    Upstream pads the second text to the length of the first, and to pad by less than nothing is to
    cut: a longer one loses its last token, as a rule the end that the tokenizer appended. We do
    the same, but never pad.
    """
    most = tokens_of(models, first).text.shape[1]
    tokens = tokens_of(models, later)
    return hidden_of(models, encoded(models, replace(tokens, text=tokens.text[:, :most])), timbre)


def condition(hidden: Tensor, source: Tensor, mask: Tensor) -> Condition:
    """What is asked for, over what is there: source latents, and the mask that `mask_of` makes."""
    source = source.float()
    marks = mask.to(source).unsqueeze(-1).expand(-1, -1, source.shape[-1])
    return Condition(hidden, torch.cat([source, marks.expand(len(source), -1, -1)], dim=-1))


def silence(models: Models, frames: int) -> Tensor:
    """Latents of silence [1, frames, 64]: the context of music made from nothing."""
    known = models.silence
    return known.repeat(1, -(-frames // known.shape[1]), 1)[:, :frames]


def lengthened(models: Models, latents: Tensor) -> Tensor:
    """At least 128 frames, the lacking ones silence from its start on."""
    lacking = LEAST_FRAMES - latents.shape[1]
    if lacking <= 0:
        return latents
    return torch.cat(
        [latents, silence(models, lacking).to(latents).expand(len(latents), -1, -1)], 1
    )


def window_of(start_s: float, end_s: float, frames: int) -> Tensor:
    """Bool [1, frames], true from `start_s` to `end_s`, over one frame at least."""
    start = min(max(frame_at(start_s), 0), frames - 1)
    end = min(max(frame_at(end_s), start + 1), frames)
    places = torch.arange(frames)
    return ((places >= start) & (places < end)).unsqueeze(0)


def emptied(models: Models, source: Tensor, window: Tensor) -> Tensor:
    """A source whose window is silent: the context of a repaint."""
    quiet = silence(models, source.shape[1]).to(source)
    return torch.where(window.to(source.device).unsqueeze(-1), quiet, source)


def mask_of(frames: int, window: Tensor | None = None, mode: MaskMode = "explicit") -> Tensor:
    """Float [1, frames]: 1 where something new is wanted, which is everywhere without a window.

    `auto` is 2 on every frame: upstream kept its masks as bool for a while, where that was 1.
    """
    if mode == "auto":
        return torch.full((1, frames), _MODELS_CHOICE)
    return torch.ones(1, frames) if window is None else window.float()


def _all_of(hidden: Tensor) -> Tensor:
    return torch.ones(hidden.shape[:2], dtype=torch.long, device=hidden.device)
