"""Weights: tensors in safetensors files, and putting them into a module, every one of them.

A module is built without weights and is given those of a file: what lacks, is too much, has
another shape or isn't a number ends in a sentence that names file and tensor. Nothing is ever
filled in. Knows no model.
"""

from __future__ import annotations

import pickle
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from engine.errors import ModelUnusable
from engine.renderers.acestep.finding import read_json
from engine.renderers.acestep.pages import let_go

_ALIGNMENT, _SMALL = 64, 2**20
"""Bytes: a processor's widest vector, and what is cheap to copy."""
STEMS = ("model", "diffusion_pytorch_model")
"""What files of weights are called: upstream's and transformers' way, and diffusers'."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A tensor as it lies in a file, under the name that it has there."""

    tensor: Tensor
    name: str
    file: Path


@contextmanager
def weightless() -> Generator[None]:
    """Modules built in here have parameters without content, and buffers as they should be.

    torch's own device `meta` would leave tables that no file holds, like rotary frequencies,
    without content too. For one thread: every module built meanwhile is concerned.
    """

    def emptied(_module: nn.Module, _name: str, parameter: nn.Parameter | None):
        if parameter is None:
            return None
        return nn.Parameter(parameter.detach().to("meta"), requires_grad=False)

    hook = register_module_parameter_registration_hook(emptied)
    try:
        yield
    finally:
        hook.remove()


def has_weights(folder: Path) -> bool:
    """Whether there is a file of weights, or an index of several."""
    return _weight_file(folder) is not None


def read_weights(folder: Path) -> dict[str, Stored]:
    """All tensors of a folder by their names, from one file or from those its index names.

    They are mapped from disk, so that reading costs memory only while they are looked at. Raises
    `ModelUnusable` for a file that is missing or damaged and for values that aren't finite.
    """
    path = _weight_file(folder)
    if path is None:
        raise ModelUnusable(
            f"{folder} holds neither model.safetensors nor diffusion_pytorch_model.safetensors; "
            "fetch the model again."
        )
    if path.suffix == ".safetensors":
        return _tensors(path)
    found: dict[str, Stored] = {}
    for shard in _shards(path):
        for name, stored in _tensors(folder / shard).items():
            if name in found:
                raise ModelUnusable(
                    f"{stored.file} holds {name!r}, and so does {found[name].file.name}; "
                    "fetch the model again."
                )
            found[name] = stored
    return found


def read_tensor(path: Path) -> Tensor:
    """The one tensor in a file of torch's own. Raises `ModelUnusable` if it is anything else."""
    try:
        tensor = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise ModelUnusable(
            f"{path} can't be read ({_first_line(error)}); fetch the model again."
        ) from error
    if not isinstance(tensor, Tensor):
        raise ModelUnusable(f"{path} holds no tensor; fetch the model again.")
    _check_finite(tensor, path.name, path)
    return tensor


def fill(
    module: nn.Module,
    stored: Mapping[str, Stored],
    folder: Path,
    *,
    device: torch.device,
    dtype: torch.dtype,
    exact: str | None = None,
) -> None:
    """Give a module its weights, and all of them, on a device, in a format, ready for inference.

    Names of `stored` are those of the module; `folder` is where they come from, for messages.
    Those that begin with `exact` stay float32. Raises `ModelUnusable`, which names the tensor.
    """
    wanted = module.state_dict()
    if missing := sorted(wanted.keys() - stored.keys()):
        raise ModelUnusable(
            f"{folder} lacks the tensor {missing[0]!r}{_more(missing)} of "
            f"{type(module).__name__}; fetch the model again."
        )
    if extra := sorted(stored.keys() - wanted.keys()):
        one = stored[extra[0]]
        raise ModelUnusable(
            f"{one.file} holds the tensor {one.name!r}{_more(extra)}, for which "
            f"{type(module).__name__} has no place; this is another model than its config.json "
            "says, or a newer one."
        )
    for name, place in wanted.items():
        one = stored[name]
        if one.tensor.shape != place.shape:
            raise ModelUnusable(
                f"{one.file} holds the tensor {one.name!r} of shape {list(one.tensor.shape)}, "
                f"and config.json asks for {list(place.shape)}; fetch the model again."
            )
    module.load_state_dict(
        {
            name: _aligned(
                one.tensor.to(device, torch.float32 if exact and name.startswith(exact) else dtype)
            )
            for name, one in stored.items()
        },
        assign=True,
    )
    module.to(device).requires_grad_(False).eval()


def _aligned(weight: Tensor) -> Tensor:
    """The weight where vectors are loaded whole: at some other address a processor may add up in
    another order, and then one music would differ in its last bits by how its file is laid out.

    Large ones stay in their file, which is where their memory can be given back.
    """
    lies_well = weight.device.type != "cpu" or weight.data_ptr() % _ALIGNMENT == 0
    return weight if lies_well or weight.nbytes > _SMALL else weight.clone()


def _weight_file(folder: Path) -> Path | None:
    names = [f"{stem}.safetensors{end}" for end in ("", ".index.json") for stem in STEMS]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _shards(index: Path) -> list[str]:
    """The files that an index names, which lie beside it."""
    named = read_json(index).get("weight_map")
    if not isinstance(named, dict) or not named:
        raise ModelUnusable(f"{index} names no files; fetch the model again.")
    shards = sorted({str(shard) for shard in named.values()})
    for shard in shards:
        if Path(shard).name != shard:
            raise ModelUnusable(f"{index} names {shard!r}, which doesn't lie beside it.")
    return shards


def _tensors(path: Path) -> dict[str, Stored]:
    """What a file holds, all of it read once and none of it kept in memory."""
    if not path.is_file():
        raise ModelUnusable(f"{path} is missing; fetch the model again.")
    found: dict[str, Stored] = {}
    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118, it isn't a mapping
                tensor = file.get_tensor(name)
                _check_finite(tensor, name, path)
                found[name] = Stored(tensor, name, path)
    except (SafetensorError, OSError) as error:
        raise ModelUnusable(
            f"{path} is damaged ({_first_line(error)}); fetch the model again."
        ) from error
    let_go(one.tensor for one in found.values())
    return found


def _check_finite(tensor: Tensor, name: str, path: Path) -> None:
    # Both are NaN if anything is; ten times as fast as asking each number, of which there are
    # billions.
    ends = torch.stack(torch.aminmax(tensor)) if tensor.numel() else tensor
    if not bool(torch.isfinite(ends).all()):
        raise ModelUnusable(
            f"{path} holds values that aren't numbers in the tensor {name!r}; "
            "fetch the model again."
        )


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:120] or type(error).__name__
