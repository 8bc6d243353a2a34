"""A long piece in blocks that fade into each other, so that memory needn't grow with it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def blocks(length: int, block: int, overlap: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Where each block starts, and its weight at each sample; the weights add up to one.

    Blocks are `block` samples long, the only one of a shorter piece as long as that; neighbours
    cross-fade over `overlap` samples, at most half a block. The last block ends with the piece.
    """
    step = block - overlap
    starts = [*range(0, max(0, length - block), step), max(0, length - block)]
    rise = (np.arange(overlap, dtype=np.float32) + 0.5) / overlap
    for number, start in enumerate(starts if length else ()):
        weight = np.ones(min(block, length), dtype=np.float32)
        if number:
            done = starts[number - 1] + block - start  # what the block before has covered
            weight[: done - overlap] = 0.0
            weight[done - overlap : done] = rise
        if number < len(starts) - 1:
            weight[-overlap:] = 1.0 - rise
        yield start, weight
