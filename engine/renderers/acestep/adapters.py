"""Adapters: low-rank changes of a transformer's layers, worn at a scale and taken off again.

What an adapter adds runs beside the layer it changes, which stays as it is: several at once simply
add up, at any scale, and without them the model is bit for bit what it was. (Hu et al., "LoRA",
2021; the scale by the root of the rank is Kalajdzievski, "A rank stabilization scaling factor",
2023.) Files are PEFT's, as upstream trains them, with upstream's names for the layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import linear

from engine.errors import InvalidRequest, ModelUnusable, Unsupported
from engine.renderers.acestep.adapter_facts import WEIGHTS, AdapterFacts, facts_of, place_of
from engine.renderers.acestep.eight_bits import EightBit
from engine.renderers.acestep.renames import SEGMENTS, renamed

_KEY = re.compile(r"base_model\.model\.(?P<layer>.+)\.lora_(?P<half>[AB])\.weight")
_FLOATS = (torch.float32, torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True, eq=False)
class LowRank:
    """A layer's change: `up` [out, rank] after `down` [rank, in]."""

    down: Tensor
    up: Tensor


class Change(nn.Module):
    """What one adapter adds to a layer's output, times its scale; it moves with the model."""

    down: Tensor
    up: Tensor

    def __init__(self, change: LowRank, like: Tensor) -> None:
        super().__init__()
        self.scale = 0.0
        self.register_buffer("down", change.down.to(like))
        self.register_buffer("up", change.up.to(like))

    def forward(self, hidden: Tensor) -> Tensor:
        return linear(linear(hidden, self.down), self.up) * self.scale


class Adapted(nn.Module):
    """A layer, and beside it the changes of all adapters that are loaded."""

    def __init__(self, bare: nn.Linear | EightBit) -> None:
        super().__init__()
        self.bare = bare
        self.changes = nn.ModuleList()

    def forward(self, hidden: Tensor) -> Tensor:
        heard = self.bare(hidden)
        for change in self.changes:
            # Adding nought would cost time, and turn -0 into 0.
            if change.scale:
                heard = heard + change(hidden)
        return heard


@dataclass(slots=True, eq=False)
class _Worn:
    """A loaded adapter: the scale it is used at (0: not at all) and its changes by layer."""

    facts: AdapterFacts
    changes: Mapping[str, Change]
    scale: float = 0.0


class Adapters:
    """The adapters of a folder, on `model`: diffusers' transformer, perhaps in eight bits."""

    def __init__(self, model: nn.Module, folder: Path) -> None:
        self._model, self._folder = model, folder
        self._layers = {
            path: layer
            for path, layer in model.named_modules()
            if isinstance(layer, nn.Linear | EightBit)
        }
        self._worn: dict[str, _Worn] = {}

    @property
    def scales(self) -> dict[str, float]:
        """Those in memory, and at which scale each is used; 0: it waits."""
        return {name: worn.scale for name, worn in self._worn.items()}

    def use(self, scales: Mapping[str, float]) -> None:
        """Use exactly these, each at its scale; 1 is as it was trained.

        Loads what isn't in memory or has changed on disk since; others stay there unused. If
        anything is wrong nothing changes. Raises `NotFound`, `InvalidRequest` for a scale that is
        no number, `ModelUnusable` for a file that is damaged or doesn't fit the model, naming the
        tensor, and `Unsupported` for a quantised model.
        """
        for name, scale in scales.items():
            if not isfinite(scale):
                raise InvalidRequest(
                    f"adapter: the scale of {name!r} must be a number, such as 1.0.",
                    field="adapter",
                )
        new = {name: self._read(name) for name in scales if not self._is_current(name)}
        for name, worn in new.items():
            self.unload(name)
            self._put_on(worn.changes)
            self._worn[name] = worn
        for name, worn in self._worn.items():
            worn.scale = scales.get(name, 0.0)
            for change in worn.changes.values():
                change.scale = worn.scale * worn.facts.strength

    def unload(self, name: str) -> None:
        """Forget an adapter, if it is loaded; a layer without any is put back as it was."""
        worn = self._worn.pop(name, None)
        for path, change in worn.changes.items() if worn else ():
            adapted = self._model.get_submodule(path)
            assert isinstance(adapted, Adapted)
            adapted.changes = nn.ModuleList(one for one in adapted.changes if one is not change)
            if not adapted.changes:
                self._model.set_submodule(path, adapted.bare)

    def _is_current(self, name: str) -> bool:
        worn = self._worn.get(name)
        return worn is not None and worn.facts == facts_of(self._folder, name)

    def _put_on(self, changes: Mapping[str, Change]) -> None:
        for path, change in changes.items():
            layer = self._model.get_submodule(path)
            if not isinstance(layer, Adapted):
                layer = Adapted(self._layers[path])
                self._model.set_submodule(path, layer)
            layer.changes.append(change)

    def _read(self, name: str) -> _Worn:
        facts = facts_of(self._folder, name)
        changes = {}
        for path, change in read_changes(place_of(self._folder, name) / WEIGHTS, facts).items():
            self._check(name, path, change)
            changes[path] = Change(change, _computed(self._layers[path]))
        lacking = [path for path in self._targets(facts) if path not in changes]
        if lacking:
            raise _unfit(name, f"it lacks {_key(lacking[0], 'A')}")
        return _Worn(facts, changes)

    def _targets(self, facts: AdapterFacts) -> Iterator[str]:
        """The layers that the adapter's own config says it changes."""
        ends = [f".{renamed(f'{target}.')[:-1]}" for target in facts.targets]
        for path in self._layers:
            if any(f".{path}".endswith(end) for end in ends):
                yield path

    def _check(self, name: str, path: str, change: LowRank) -> None:
        """That the model has this layer, in a format known here and of this size."""
        if path not in self._layers:
            raise _unfit(name, f"there is no layer for its tensor {_key(path, 'A')}")
        layer = self._layers[path]
        if type(layer.weight) not in (nn.Parameter, Tensor) or (
            _computed(layer).dtype not in _FLOATS
        ):
            raise Unsupported(
                f"adapter: {name} needs a model that wasn't quantised elsewhere.", field="adapter"
            )
        weight = layer.weight
        for half, given, wanted in (
            ("A", change.down.shape[1], weight.shape[1]),
            ("B", change.up.shape[0], weight.shape[0]),
        ):
            if given != wanted:
                raise _unfit(name, f"its tensor {_key(path, half)} has {given}, not {wanted} wide")


def _computed(layer: nn.Linear | EightBit) -> Tensor:
    """A tensor in the format, and where, the layer computes."""
    return layer.scale if isinstance(layer, EightBit) else layer.weight


def read_changes(path: Path, facts: AdapterFacts) -> dict[str, LowRank]:
    """The changes in an adapter's file, by diffusers' names of the layers.

    Raises `ModelUnusable`, naming the tensor, for anything in it but pairs of finite floats of the
    rank that the config gives.
    """
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise _unfit(facts.name, "its file is damaged or cut off") from error
    halves: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        named = _KEY.fullmatch(key)
        if not named:
            raise _unfit(facts.name, f"its tensor {key} is no part of a LoRA")
        _check_numbers(facts, key, tensor, rank_at=0 if named["half"] == "A" else 1)
        layer = renamed(f"{named['layer']}.")[:-1]
        halves.setdefault(layer, {})[named["half"]] = tensor
    if not halves:
        raise _unfit(facts.name, "its file is empty")
    for layer, pair in halves.items():
        for half in {"A", "B"} - pair.keys():
            raise _unfit(facts.name, f"it lacks {_key(layer, half)}")
    return {layer: LowRank(pair["A"], pair["B"]) for layer, pair in halves.items()}


def _check_numbers(facts: AdapterFacts, key: str, tensor: Tensor, rank_at: int) -> None:
    if tensor.dtype not in _FLOATS:
        raise _unfit(facts.name, f"its tensor {key} is quantised ({tensor.dtype})")
    if tensor.dim() != 2 or tensor.shape[rank_at] != facts.rank:
        raise _unfit(
            facts.name, f"its tensor {key} is {list(tensor.shape)}, but its rank is {facts.rank}"
        )
    if not bool(tensor.isfinite().all()):
        raise _unfit(facts.name, f"its tensor {key} holds values that aren't numbers")


def _key(path: str, half: str) -> str:
    """What upstream's trainer calls one half of a layer's change."""
    inner = f".{path}."
    for theirs, ours in SEGMENTS.items():
        inner = inner.replace(f".{ours}.", f".{theirs}.")
    return f"base_model.model{inner}lora_{half}.weight"


def _unfit(name: str, reason: str) -> ModelUnusable:
    return ModelUnusable(
        f"adapter {name} can't be used with this model: {reason}.", field="adapter"
    )
