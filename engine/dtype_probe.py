"""Which numbers a processor is quicker in, measured once and remembered in a small file.

Nothing about a processor's name tells: bfloat16 is six times as fast as float32 where there are
matrix units for it, and slower than float32 where it is emulated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

_GAIN = 1.25
"""bfloat16 must be so many times as fast to be worth its rounding."""
_REPEATS = 3
_DTYPES = ("bfloat16", "float32")


def quicker_dtype(processor: str, remembered: Path | None) -> Literal["bfloat16", "float32"]:
    """`bfloat16` where it is really faster on this processor with this torch.

    `remembered` is a JSON file that is read first and added to; measuring takes a fraction of a
    second. A file that can't be read or written is done without.
    """
    import torch

    key = f"{processor} / torch {torch.__version__}"
    known = _read(remembered)
    times = _measured(known.get(key))
    if not times:
        times = {dtype: measure(getattr(torch, dtype)) for dtype in _DTYPES}
        if remembered:
            _write(remembered, {**known, key: times})
    return "bfloat16" if times["bfloat16"] * _GAIN <= times["float32"] else "float32"


def measure(dtype: Any) -> float:
    """Seconds for a transformer's matrix product and an autoencoder's convolution in `dtype`."""
    import torch
    from torch.nn.functional import conv2d, linear

    hidden, weight = torch.ones(250, 2048, dtype=dtype), torch.ones(2048, 2048, dtype=dtype)
    sound = torch.ones(1, 128, 1, 4800, dtype=dtype).to(memory_format=torch.channels_last)
    kernel = torch.ones(128, 128, 1, 7, dtype=dtype).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        return _best(lambda: linear(hidden, weight)) + _best(
            lambda: conv2d(sound, kernel, padding=(0, 3))
        )


def _best(work: Callable[[], object]) -> float:
    """The least of a few times, after one that is not counted."""
    work()
    times = []
    for _ in range(_REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def _measured(times: Any) -> dict[str, float]:
    """What a file says of a processor, if it is a measurement; else nothing."""
    seconds = [times.get(dtype) for dtype in _DTYPES] if isinstance(times, dict) else []
    sound = bool(seconds) and all(isinstance(one, float) and one > 0 for one in seconds)
    return dict(times) if sound else {}


def _read(file: Path | None) -> dict[str, Any]:
    try:
        known = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(file: Path, known: dict[str, Any]) -> None:
    passing = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        passing.write_text(json.dumps(known, indent=1), encoding="utf-8")
        passing.replace(file)
    except OSError:
        passing.unlink(missing_ok=True)
