"""What there is to compute on: the device, its memory, and the numbers it is good at.

The one place that knows how CUDA, MPS, XPU and a processor differ; all others ask `look` once and
read what it found. Knows nothing of models: what fits is for whoever has one to say.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.dtype_probe import quicker_dtype
from engine.errors import Unsupported

Dtype = Literal["bfloat16", "float16", "float32"]
Memory = Literal["own", "unified", "main"]
"""A card's own; one that processor and graphics share, as in Macs; or the machine's, where the
processor itself computes."""

_GB = 1024**3
_USABLE_OF_MAIN = 0.75
"""The rest is for the system and for everybody else; upstream leaves a Mac as much."""
_AMPERE = (8, 0)
_ROOM_FOR_FLOAT32_GB = 11.5
"""The smaller transformer in float32 (9.4), the autoencoder (0.7), CUDA itself and a take; a card
sold with 12 GB has it while the text encoder is parked."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """What was found. Sizes are GiB; of shared memory they are what may be used of it."""

    device: str
    """As torch calls it: `cuda:0`, `mps`, `xpu:0`, `cpu`."""
    name: str
    total_gb: float
    free_gb: float
    memory: Memory
    dtype: Dtype
    """What models should be computed in."""

    @property
    def kind(self) -> str:
        return self.device.partition(":")[0]

    @property
    def channels_last(self) -> bool:
        """Whether convolutions are quicker with the channels of a moment side by side."""
        return self.kind == "cpu"

    @property
    def bytes_per_number(self) -> int:
        return 4 if self.dtype == "float32" else 2


def look(asked: str, fake_vram_gb: float | None = None, probes: Path | None = None) -> Hardware:
    """What there is to compute on where `asked` is a device as torch calls it, or `auto`.

    `fake_vram_gb` pretends that it has so much memory of its own (or, of a Mac, so much to share).
    `probes` is a file that remembers which dtype this processor is quicker in; without one that is
    measured each time. Imports torch. Raises `Unsupported` if there is no such device.
    """
    kind, _, index = usable_device(asked).partition(":")
    found = _found(kind, int(index or 0), probes)
    if fake_vram_gb is None:
        return found
    memory: Memory = "unified" if found.memory == "unified" else "own"
    free = min(found.free_gb, fake_vram_gb)
    return replace(found, total_gb=fake_vram_gb, free_gb=free, memory=memory)


def usable_device(asked: str) -> str:
    """The device as torch calls it; for `auto` the fastest there is. Raises `Unsupported`."""
    there = _present()
    if asked == "auto":
        return there[0]
    kind, colon, index = asked.partition(":")
    numbered = index.isdecimal() if colon else True
    if kind not in there or not numbered or int(index or 0) >= _count(kind):
        raise Unsupported(
            f"DJ_DEVICE: torch can't compute on {asked!r} here; use one of {', '.join(there)}.",
            field="DJ_DEVICE",
        )
    return asked


def release(device: str) -> None:
    """Give memory that torch keeps in store for later back to the device."""
    import gc

    import torch

    gc.collect()
    if torch.device(device).type != "cpu":
        torch.get_device_module(device).empty_cache()


def _present() -> list[str]:
    """Fastest first, as upstream has it."""
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
        "cpu": True,
    }
    return [kind for kind, is_there in there.items() if is_there]


def _count(kind: str) -> int:
    import torch

    return 1 if kind in ("cpu", "mps") else torch.get_device_module(kind).device_count()


def _found(kind: str, index: int, probes: Path | None) -> Hardware:
    match kind:
        case "cuda":
            return _cuda(index)
        case "mps":
            return _mps()
        case "xpu":
            return _xpu(index)
        case _:
            return _cpu(probes)


def _cuda(index: int) -> Hardware:
    import torch

    properties = torch.cuda.get_device_properties(index)
    free, total = torch.cuda.mem_get_info(index)
    return Hardware(
        device=f"cuda:{index}",
        name=properties.name,
        total_gb=total / _GB,
        free_gb=free / _GB,
        memory="unified" if properties.is_integrated else "own",
        dtype=cuda_dtype((properties.major, properties.minor), total / _GB),
    )


def cuda_dtype(capability: tuple[int, int], total_gb: float) -> Dtype:
    """What an NVIDIA card of this capability should compute in.

    Before Ampere bfloat16 is emulated, slowly, and float16 overflows in the transformer and gives
    no music (upstream's issue 1274 and pull request 1152): float32, where it fits.
    """
    if capability >= _AMPERE or total_gb < _ROOM_FOR_FLOAT32_GB:
        return "bfloat16"
    return "float32"


def _xpu(index: int) -> Hardware:
    import torch

    properties = torch.xpu.get_device_properties(index)
    free, total = torch.xpu.mem_get_info(index)
    return Hardware(
        device=f"xpu:{index}",
        name=properties.name,
        total_gb=total / _GB,
        free_gb=free / _GB,
        memory="own",
        dtype="bfloat16",
    )


def _mps() -> Hardware:
    import torch

    total = torch.mps.recommended_max_memory() or _USABLE_OF_MAIN * _main_memory()[0]
    free = max(0, total - torch.mps.driver_allocated_memory())
    return Hardware(
        device="mps",
        name=_processor_name(),
        total_gb=total / _GB,
        free_gb=free / _GB,
        memory="unified",
        dtype="float16",
    )


def _cpu(probes: Path | None) -> Hardware:
    total, free = _main_memory()
    name = _processor_name()
    return Hardware(
        device="cpu",
        name=name,
        total_gb=_USABLE_OF_MAIN * total / _GB,
        free_gb=min(free, _USABLE_OF_MAIN * total) / _GB,
        memory="main",
        dtype=quicker_dtype(name, probes),
    )


def _main_memory() -> tuple[float, float]:
    """The bytes of the machine's memory, and how many of them are free as far as it says."""
    if sys.platform == "win32":
        # What GlobalMemoryStatusEx fills in is 64 bytes long: total at 8, available at 16.
        answer = ctypes.create_string_buffer(64)
        ctypes.c_uint32.from_buffer(answer).value = len(answer)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(answer)
        total, free = (ctypes.c_uint64.from_buffer(answer, place).value for place in (8, 16))
        return float(total), float(free)
    total = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    limit = _number_in(Path("/sys/fs/cgroup/memory.max"), "")
    available = _number_in(Path("/proc/meminfo"), "MemAvailable:")
    total = min(total, limit or total)
    return total, min(total, available * 1024 if available else total)


def _number_in(file: Path, heading: str) -> float | None:
    """The first number after `heading` in a file of the system's, if both are there."""
    try:
        text = file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    words = text[text.find(heading) + len(heading) :].split() if heading in text else []
    return float(words[0]) if words and words[0].isdecimal() else None


def _processor_name() -> str:
    """The processor's model, as far as the system says; virtual machines of one name differ in
    their matrix units, so those are part of it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    for line in text.splitlines():
        if line.startswith(("model name", "Model")):
            name = line.partition(":")[2].strip()
            return f"{name} with AMX" if " amx_bf16" in text else name
    return platform.processor() or platform.machine()
