"""Ctrl-C while something runs that is to stop in good order, and not in the middle of a line."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts(stop: Callable[[], object]) -> Generator[None]:
    """Ctrl-C calls `stop`, in the event loop, each time that it is pressed."""
    loop = asyncio.get_running_loop()

    def signalled(_: int, __: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, stop)
        in_loop = True
    except NotImplementedError:  # Windows
        signal.signal(signal.SIGINT, signalled)
        in_loop = False
    try:
        yield
    finally:
        if in_loop:
            loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


def cancels_this_task() -> Callable[[], object]:
    task = asyncio.current_task()
    assert task is not None
    return task.cancel
