"""Hybrid Transformer Demucs from a file of weights, on a device.

The network is the package `demucs`, which describes it (Rouard, Massa and Défossez, "Hybrid
transformers for music source separation", ICASSP 2023); the file is the authors' own, in the
safetensors format, which holds numbers and no code. Nothing is fetched.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from demucs.htdemucs import HTDemucs
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file

from engine.errors import Unsupported
from engine.hardware import usable_device
from engine.listen.separation import Audio
from engine.models import ModelFile, is_intact

_CLASS = "demucs.htdemucs.HTDemucs"


@dataclass(frozen=True, slots=True)
class Demucs:
    """A network that is ready to be used; see `engine.listen.neural.overlap.Network`."""

    model: HTDemucs
    checkpoint: str
    device: str

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.model.sources)

    @property
    def rate_hz(self) -> int:
        return int(self.model.samplerate)

    @property
    def piece_s(self) -> Fraction:
        return Fraction(self.model.segment)

    def estimate(self, piece: Audio) -> NDArray[np.float32]:
        """[parts, 2, n] from [2, n]. Raises `MemoryError` where the device has too little."""
        try:
            with torch.inference_mode():
                mix = torch.from_numpy(np.ascontiguousarray(piece)).to(self.device)
                return self.model(mix[None])[0].float().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise MemoryError(str(error)) from error


def load(path: Path, file: ModelFile, device: str) -> Demucs:
    """The network with the weights at `path`, which must be `file`, in float32 on the device.

    `device` is one of torch's, or `auto`. Raises `Unsupported` if the file is another one or
    doesn't fit the network, naming the tensor, or if there is no such device.
    """
    again = "fetch it again with `dj-agent models get stems`"
    if not is_intact(path, file):
        raise Unsupported(f"{path.name} is damaged or another file; {again}.")
    where = usable_device(device)
    try:
        with safe_open(path, framework="pt") as weights:
            described = weights.metadata() or {}
        tensors = load_file(path)
    except SafetensorError as error:
        raise Unsupported(f"{path.name} is no safetensors file ({error}); {again}.") from error
    model = _built(described, path.name)
    _fill(model, tensors, path.name)
    checkpoint = f"htdemucs@{file.digest.hex[:12]}"
    return Demucs(model.eval().requires_grad_(False).to(where), checkpoint, where)


def _built(described: Mapping[str, str], name: str) -> HTDemucs:
    """The network that the file describes, with weights still to come."""
    if described.get("klass") != _CLASS:
        raise Unsupported(f"{name} holds a {described.get('klass')!r}, not a {_CLASS!r}.")
    arguments = [_decoded(value) for value in json.loads(described["args"])]
    options = {key: _decoded(value) for key, value in json.loads(described["kwargs"]).items()}
    # Files remember options of training days that the class has forgotten.
    known = inspect.signature(HTDemucs).parameters
    return HTDemucs(*arguments, **{key: options[key] for key in options if key in known})


def _decoded(value: Any) -> Any:
    """Demucs writes a fraction, which JSON hasn't got, as an object."""
    if isinstance(value, dict) and value.get("_type") == "fraction":
        return Fraction(value["numerator"], value["denominator"])
    return value


def _fill(model: HTDemucs, tensors: Mapping[str, torch.Tensor], name: str) -> None:
    """Give every tensor of the network its values. Raises `Unsupported` for the first misfit."""
    wanted = model.state_dict()
    for tensor in sorted(wanted.keys() | tensors.keys()):
        if tensor not in tensors:
            raise Unsupported(f"{name} lacks the tensor {tensor}.")
        if tensor not in wanted:
            raise Unsupported(f"{name} has a tensor that the network doesn't know, {tensor}.")
        if tensors[tensor].shape != wanted[tensor].shape:
            found, needed = (tuple(one[tensor].shape) for one in (tensors, wanted))
            raise Unsupported(f"{name}: {tensor} has shape {found}, not {needed}.")
    model.load_state_dict(dict(tensors))
