"""The checkpoints of ACE-Step 1.5 that are known: where they come from and what they can do.

A table that grows by rows, and the only place for such facts; what a folder on disk really holds
is read from its own config by `loading`. Nobody who wrote this has the files: sizes are what model
cards, upstream's documents and third parties report, to a few per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.errors import NotFound

Layout = Literal["native", "diffusers"]
"""Upstream's folder (one file for all but VAE and text encoder), or one folder for each part."""
Variant = Literal["turbo", "sft", "base"]
Ability = Literal[
    "generate", "cover", "repaint", "extend", "edit", "add_parts", "extract", "complete"
]

_TURBO: frozenset[Ability] = frozenset({"generate", "cover", "repaint", "extend"})
_SFT: frozenset[Ability] = frozenset({*_TURBO, "edit"})
# Upstream's server offers these for sft too; its documents and its UI say base alone.
_BASE: frozenset[Ability] = frozenset({*_SFT, "add_parts", "extract", "complete"})
ABILITIES: dict[Variant, frozenset[Ability]] = {"turbo": _TURBO, "sft": _SFT, "base": _BASE}


@dataclass(frozen=True, slots=True)
class Part:
    """Something that several checkpoints share."""

    name: str
    repository: str
    folder: str
    """Within the repository, and beside the checkpoints."""
    size_bytes: int
    memory_gb: float
    """In bfloat16."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A transformer with its encoders, and how it is meant to be used."""

    name: str
    repository: str
    folder: str
    """Within the repository; empty: its root."""
    layout: Layout
    variant: Variant
    xl: bool
    steps: int
    shift: float
    """How much of the schedule is spent near noise; 1 is even."""
    guidance: float
    """The scale; 1: the model is distilled and is asked once a step."""
    size_bytes: int
    """On disk, without shared parts; those are included where the layout is diffusers'."""
    memory_gb: float
    """Of its weights in bfloat16, without shared parts, by upstream's table."""
    revision: str = "main"
    """No commit could be looked up to pin."""

    @property
    def abilities(self) -> frozenset[Ability]:
        return ABILITIES[self.variant]


# Sizes: diffusion_pytorch_model.safetensors 337 MB and the text encoder 1.19 GB as the hub's pages
# show them; memory is upstream's gpu_config, for these and for the transformers (4.7, XL 9.0).
VAE = Part("vae", "ACE-Step/Ace-Step1.5", "vae", 337_000_000, 0.33)
TEXT_ENCODER = Part(
    "Qwen3-Embedding-0.6B", "ACE-Step/Ace-Step1.5", "Qwen3-Embedding-0.6B", 1_190_000_000, 1.2
)
SHARED = (VAE, TEXT_ENCODER)

PARAMETERS_2B, PARAMETERS_XL = 2_393_872_518, 4_987_310_726
"""Of all modules in one file. The first is a third party's count for base too; the second makes
the sums that are reported of XL's files (19.95 GB, its transformer alone 8.34 GB in two bytes)."""
# bfloat16; XL's are float32 in four shards.
_SIZE_2B, _SIZE_XL = 2 * PARAMETERS_2B, 4 * PARAMETERS_XL
# Transformer 8.34, condition encoder 1.22, text encoder 1.19, VAE 0.34 GB, as a third party's list
# of files has it; another one reports 14.4 GB for xl-turbo.
_SIZE_XL_DIFFUSERS = 11_100_000_000
# "About 6.3 GB" for conversions of the 2B models, by their pages: the audio tokenizer is in that.
_SIZE_2B_DIFFUSERS = 6_300_000_000

_STEPS: dict[Variant, int] = {"turbo": 8, "sft": 50, "base": 50}
_GUIDANCE: dict[Variant, float] = {"turbo": 1.0, "sft": 7.0, "base": 7.0}
# Upstream's library defaults to 1 and its server to 3; 3 is what its documents advise for turbo.
_SHIFT: dict[Variant, float] = {"turbo": 3.0, "sft": 1.0, "base": 1.0}


def _native(
    name: str, variant: Variant, *, repository: str = "", shift: float | None = None
) -> Checkpoint:
    """As upstream publishes them: each in the root of its own repository, but for the first."""
    xl = "-xl-" in name
    return Checkpoint(
        name=name,
        repository=repository or f"ACE-Step/{name}",
        folder=name if repository else "",
        layout="native",
        variant=variant,
        xl=xl,
        steps=_STEPS[variant],
        shift=shift or _SHIFT[variant],
        guidance=_GUIDANCE[variant],
        size_bytes=_SIZE_XL if xl else _SIZE_2B,
        memory_gb=9.0 if xl else 4.7,
    )


def _diffusers(name: str, variant: Variant, organisation: str) -> Checkpoint:
    xl = "-xl-" in name
    return Checkpoint(
        name=name,
        repository=f"{organisation}/{name}",
        folder="",
        layout="diffusers",
        variant=variant,
        xl=xl,
        steps=_STEPS[variant],
        shift=_SHIFT[variant],
        guidance=_GUIDANCE[variant],
        size_bytes=_SIZE_XL_DIFFUSERS if xl else _SIZE_2B_DIFFUSERS,
        memory_gb=9.0 if xl else 4.7,
    )


_KNOWN = (
    _native("acestep-v15-turbo", "turbo", repository="ACE-Step/Ace-Step1.5"),
    _native("acestep-v15-turbo-shift1", "turbo", shift=1.0),
    _native("acestep-v15-turbo-shift3", "turbo", shift=3.0),
    # Trained for shifts from 1 to 5; that 3 suits it best is an assumption.
    _native("acestep-v15-turbo-continuous", "turbo"),
    _native("acestep-v15-sft", "sft"),
    _native("acestep-v15-base", "base"),
    _native("acestep-v15-xl-turbo", "turbo"),
    _native("acestep-v15-xl-sft", "sft"),
    _native("acestep-v15-xl-base", "base"),
    # The authors' conversions. The turbo's list of files shows no audio tokenizer, without which
    # covers and audio codes can't be had.
    _diffusers("acestep-v15-xl-turbo-diffusers", "turbo", "ACE-Step"),
    _diffusers("acestep-v15-xl-sft-diffusers", "sft", "ACE-Step"),
    _diffusers("acestep-v15-xl-base-diffusers", "base", "ACE-Step"),
    # By others; the authors have none of the 2B models.
    _diffusers("acestep-v15-turbo-diffusers", "turbo", "Runware"),
    _diffusers("acestep-v15-base-diffusers", "base", "Runware"),
)
CHECKPOINTS: dict[str, Checkpoint] = {checkpoint.name: checkpoint for checkpoint in _KNOWN}


def named(name: str) -> Checkpoint:
    """The checkpoint of this name. Raises `NotFound`, naming those there are."""
    if name not in CHECKPOINTS:
        raise NotFound(f"There is no checkpoint {name!r}; there are: {', '.join(CHECKPOINTS)}.")
    return CHECKPOINTS[name]


def unlisted(name: str, *, layout: Layout, turbo: bool, xl: bool) -> Checkpoint:
    """What can be said of somebody's own checkpoint, by its name and its config.

    Only a name with `base` in it is taken for base, because others can't add or extract parts.
    """
    variant: Variant = "turbo" if turbo else "base" if "base" in name.lower() else "sft"
    return Checkpoint(
        name=name,
        repository="",
        folder="",
        layout=layout,
        variant=variant,
        xl=xl,
        steps=_STEPS[variant],
        shift=_SHIFT[variant],
        guidance=_GUIDANCE[variant],
        size_bytes=0,
        memory_gb=9.0 if xl else 4.7,
    )


def able(ability: Ability) -> tuple[str, ...]:
    """The checkpoints that can do it, the smallest first."""
    those = [one for one in _KNOWN if ability in one.abilities]
    return tuple(one.name for one in sorted(those, key=lambda one: one.size_bytes))


def download_bytes(checkpoint: Checkpoint) -> int:
    """About how much there is to fetch to use a checkpoint, if nothing is there yet."""
    shared = sum(part.size_bytes for part in SHARED) if checkpoint.layout == "native" else 0
    return checkpoint.size_bytes + shared
