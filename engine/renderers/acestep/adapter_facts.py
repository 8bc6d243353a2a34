"""Adapters as they lie in their folder: which there are, and what each says of itself.

An adapter is a folder as PEFT writes it: `adapter_config.json` and `adapter_model.safetensors`.
Reads the first alone, so that asking what there is costs next to nothing; knows no torch.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from engine.errors import ModelUnusable, NotFound, StudioError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

_NAME = re.compile(r"\w[\w .+-]{0,99}")
_CHANGES_THE_MEANING = (
    "use_dora", "lora_bias", "use_qalora", "use_bdlora", "rank_pattern", "alpha_pattern",
    "modules_to_save", "target_parameters", "layer_replication", "trainable_token_indices",
    "alora_invocation_tokens",
)  # fmt: skip
"""PEFT's options under which the numbers stand for something else than a plain low-rank change."""


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """What an adapter's config says. One with a `problem` can't be used, and that is why."""

    name: str
    size_bytes: int = 0
    changed_ns: int = 0
    """When its weights were written, in nanoseconds since 1970."""
    rank: int = 0
    strength: float = 0.0
    """What PEFT multiplies the change with: alpha / rank, or alpha / √rank where it says so."""
    targets: tuple[str, ...] = ()
    """How the names of the layers end that it changes: all of them; empty if that isn't said."""
    problem: str | None = None


def available(folder: Path) -> tuple[AdapterFacts, ...]:
    """The adapters in a folder, by name; none if there is no such folder."""
    return tuple(_facts_or_problem(folder, name) for name in _names(folder))


def facts_of(folder: Path, name: str) -> AdapterFacts:
    """What the adapter of this name says of itself.

    Raises `NotFound`, naming those there are, also for a name that leads out of the folder;
    `ModelUnusable` if it is of a kind that this engine doesn't know or isn't complete.
    """
    place = place_of(folder, name)
    config = _config(place / CONFIG)
    rank, alpha = _rank_and_alpha(name, config)
    _refuse_other_kinds(name, config)
    if not (place / WEIGHTS).is_file():
        raise ModelUnusable(f"adapter {name}: there is no {WEIGHTS}, the only format that is read.")
    targets, weights = config.get("target_modules"), (place / WEIGHTS).stat()
    partial = config.get("layers_to_transform") is not None or config.get("exclude_modules")
    return AdapterFacts(
        name=name,
        size_bytes=weights.st_size,
        changed_ns=weights.st_mtime_ns,
        rank=rank,
        strength=alpha / (sqrt(rank) if config.get("use_rslora") else rank),
        targets=tuple(map(str, targets)) if isinstance(targets, list) and not partial else (),
    )


def place_of(folder: Path, name: str) -> Path:
    """The folder of the adapter of this name. Raises `NotFound`."""
    names = _names(folder)
    if name not in names:
        there = ", ".join(names) or "none"
        raise NotFound(f"adapter: there is no {name!r}; there are: {there}.", field="adapter")
    return folder / name


def _names(folder: Path) -> list[str]:
    """What lies in the folder itself, every link followed, and looks like an adapter."""
    if not folder.is_dir():
        return []
    inside = folder.resolve()
    return sorted(
        one.name
        for one in folder.iterdir()
        if _NAME.fullmatch(one.name) and one.resolve().parent == inside and (one / CONFIG).is_file()
    )


def _facts_or_problem(folder: Path, name: str) -> AdapterFacts:
    try:
        return facts_of(folder, name)
    except StudioError as error:
        return AdapterFacts(name, problem=error.message)


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"adapter {path.parent.name}: {CONFIG} can't be read.") from error
    if not isinstance(config, dict):
        raise ModelUnusable(f"adapter {path.parent.name}: {CONFIG} holds no settings.")
    return config


def _refuse_other_kinds(name: str, config: dict[str, Any]) -> None:
    if config.get("peft_type") != "LORA":
        raise ModelUnusable(f"adapter {name} is a {config.get('peft_type')!r}; only LORA is known.")
    other = [option for option in _CHANGES_THE_MEANING if config.get(option)]
    if config.get("bias", "none") != "none":
        other.append("bias")
    if other:
        raise ModelUnusable(
            f"adapter {name} was trained with {', '.join(other)}, which is not known here; "
            "train it as a plain LoRA."
        )


def _rank_and_alpha(name: str, config: dict[str, Any]) -> tuple[int, float]:
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or not isinstance(alpha, int | float) or rank < 1:
        raise ModelUnusable(f"adapter {name}: {CONFIG} must give r and lora_alpha as numbers.")
    return rank, float(alpha)
