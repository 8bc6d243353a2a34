"""What upstream's checkpoints and diffusers' modules call the same tensors.

Data alone; read by `weights` and `loading`. diffusers' own conversions from before its attention
modules got their present names hold upstream's names for those: the same table reads them.
"""

from __future__ import annotations

PARTS = {
    "transformer": "decoder.",
    "condition_encoder": "encoder.",
    "audio_tokenizer": "tokenizer.",
    "audio_token_detokenizer": "detokenizer.",
}
"""diffusers' folder for each part of a pipeline, and how upstream's names of its tensors begin."""

ROOT = {"null_condition_emb": "condition_encoder"}
"""Upstream's tensors that stand outside those parts, and the part where diffusers keeps them."""

SEGMENTS = {
    "q_proj": "to_q",
    "k_proj": "to_k",
    "v_proj": "to_v",
    "o_proj": "to_out.0",
    "q_norm": "norm_q",
    "k_norm": "norm_k",
    "proj_in.1": "proj_in_conv",
    "proj_out.1": "proj_out_conv",
}
"""Upstream's word in the middle of a tensor's name, and diffusers' for it."""

ENCODER_SIZES = {
    "hidden_size": "encoder_hidden_size",
    "intermediate_size": "encoder_intermediate_size",
    "num_attention_heads": "encoder_num_attention_heads",
    "num_key_value_heads": "encoder_num_key_value_heads",
}
"""Sizes that XL's config gives once more for all but the transformer."""

TEXT_PREFIX, TEXT_EXTRA = "model.", frozenset({"lm_head.weight"})
"""A language model's file holds its encoder under this prefix, beside a head that isn't used."""


def renamed(name: str) -> str:
    """diffusers' name for a tensor within its part."""
    inner = f".{name}"
    for ours, theirs in SEGMENTS.items():
        inner = inner.replace(f".{ours}.", f".{theirs}.")
    return inner[1:]
