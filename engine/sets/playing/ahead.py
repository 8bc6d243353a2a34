"""Ahead: the next blocks are made in a thread while the present one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from engine.audio.levels import Audio

_BLOCKS = 3


def ahead(blocks: Generator[Audio]) -> Iterator[Audio]:
    """The same blocks in the same order, up to three of them made before they are asked for.

    What making them raises is raised here. Leaving early closes `blocks`.
    """
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[Audio | None]] = deque()
        waiting.extend(thread.submit(_next, blocks) for _ in range(_BLOCKS))
        try:
            while (block := waiting.popleft().result()) is not None:
                waiting.append(thread.submit(_next, blocks))
                yield block
        finally:
            thread.submit(blocks.close).result()


def _next(blocks: Generator[Audio]) -> Audio | None:
    return next(blocks, None)
