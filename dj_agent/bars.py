"""Bars for files that are on their way: one for each, and one for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

Watch = Callable[[int], Callable[[int], None]]
"""For the file with this index: what is to be called with how many of its bytes are here."""


@contextmanager
def watched(console: Console, files: Sequence[tuple[str, int]]) -> Generator[Watch]:
    """Bars for files of which the names and sizes in bytes are known, to be fetched in order."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    unseen = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=unseen) as bars:
        whole = bars.add_task("all of it", total=sum(size for _, size in files))
        bars.update(whole, visible=len(files) > 1)

        def watch(index: int) -> Callable[[int], None]:
            name, size = files[index]
            before = sum(size for _, size in files[:index])
            bar = bars.add_task(name, total=size)

            def arrived(have: int) -> None:
                bars.update(bar, completed=have, visible=have < size)
                bars.update(whole, completed=before + have)

            return arrived

        yield watch
