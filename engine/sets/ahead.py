"""Ahead: the next items are made in a thread while the present one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_ITEMS = 3


def ahead(items: Generator[T]) -> Iterator[T]:
    """The same items in the same order, up to three of them made before they are asked for.

    What making them raises is raised here. Leaving early closes `items`.
    """
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[tuple[T] | None]]
        waiting = deque(thread.submit(_next, items) for _ in range(_ITEMS))
        try:
            while found := waiting.popleft().result():
                waiting.append(thread.submit(_next, items))
                yield found[0]
        finally:
            thread.submit(items.close).result()


def _next(items: Iterator[T]) -> tuple[T] | None:
    """The next item, in a tuple, or None after the last."""
    for item in items:
        return (item,)
    return None
