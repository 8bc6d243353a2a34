"""What a person sees while a set is made: a live picture in a terminal, lines in a pipe.

Knows terminals and time; nothing about how sets are made. What stands at the end is in
`dj_agent.summary`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from dj_agent.answers import Job, Track
from dj_agent.rendering import Audience
from dj_agent.summary import clock, count, facts

PIPE_WIDTH = 110
_REFRESH_HZ = 8
_BAR = 28
"""Width of the bar, if there is room for it."""
_AROUND = 5
"""Lines that are not tracks: headline, bar, foot, and air for the prompt."""


def terminal(environ: Mapping[str, str]) -> Console:
    """The console on stdout; in a pipe it is wide enough for the table. Obeys NO_COLOR."""
    fixed = None if sys.stdout.isatty() or "COLUMNS" in environ else PIPE_WIDTH
    return Console(width=fixed, highlight=False, emoji=False, markup=False)


@contextmanager
def audience(console: Console, title: str, slots: int, made: int) -> Generator[Audience]:
    """Whoever fits the console: a picture where it can move, else lines. Of the slots of the set
    with this title, so many are `made` and not there already."""
    console.print(Text.assemble((title, "bold"), f" · {count(slots, 'slot')}"))
    if not console.file.isatty() or console.is_dumb_terminal:
        yield Lines(console)
        return
    picture = Picture(console, made)
    with Live(
        get_renderable=picture.now,
        console=console,
        refresh_per_second=_REFRESH_HZ,
        transient=True,
    ):
        yield picture


class Lines:
    """A line for each finished track, and one whenever something else begins."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[str] = set()
        self._last = ""

    def hear(self, job: Job) -> None:
        for track in job.tracks:
            if track.id not in self._told:
                self._told.add(track.id)
                line = Text.assemble(("✓", "green"), f" {track.title}  ", (facts(track), "dim"))
                self._console.print(line, soft_wrap=True)
        if not job.finished:
            self._say(_beginning(_stage(job)))

    def wait(self, reason: str) -> None:
        self._say(reason)

    def _say(self, words: str) -> None:
        if words != self._last:
            self._last = words
            self._console.print(Text.assemble(("·", "dim"), f" {words}"), soft_wrap=True)


class Picture:
    """The tracks that are finished, a bar for the whole of it, and what is being done."""

    def __init__(self, console: Console, made: int) -> None:
        self._console = console
        self._made = made
        self._tracks: dict[str, Track] = {}
        self._doing = "waiting"
        self._progress = 0.0
        self._eta_s: float | None = None
        self._began = self._told_at = time.monotonic()

    def hear(self, job: Job) -> None:
        self._tracks |= {track.id: track for track in job.tracks}
        self._doing = _stage(job)
        self._progress = job.progress
        self._eta_s = job.eta_s
        self._told_at = time.monotonic()

    def wait(self, reason: str) -> None:
        self._doing = reason

    def now(self) -> RenderableType:
        """The set as it is now, never taller or wider than the terminal."""
        now = time.monotonic()
        room = max(self._console.height - _AROUND, 0)
        shown = list(self._tracks.values())[-room:] if room else []
        tracks = Table.grid(padding=(0, 2, 0, 0))
        tracks.add_column(width=1)
        tracks.add_column(no_wrap=True, overflow="ellipsis", max_width=self._title_width())
        tracks.add_column(no_wrap=True, overflow="ellipsis")
        for track in shown:
            tracks.add_row(Text("✓", style="green"), track.title, Text(facts(track), style="dim"))
        under_way = Table.grid(padding=(0, 2, 0, 0))
        under_way.add_column()
        under_way.add_column(no_wrap=True, overflow="ellipsis")
        bar_width = min(_BAR, self._console.width // 3)
        bar = ProgressBar(total=1.0, completed=self._progress, width=bar_width)
        under_way.add_row(bar, " · ".join(filter(None, (self._doing, self._left(now)))))
        foot = f"{len(self._tracks)} of {count(self._made, 'track')} · {clock(now - self._began)}"
        return Group(tracks, under_way, Text(foot, style="dim"))

    def _title_width(self) -> int:
        return min(40, max(12, self._console.width - 32))

    def _left(self, now: float) -> str:
        """The time left, counting down between two reports."""
        if self._eta_s is None:
            return ""
        return f"{clock(max(self._eta_s - (now - self._told_at), 0.0))} left"


def _stage(job: Job) -> str:
    return "waiting in the queue" if job.status == "queued" else job.stage or "starting"


def _beginning(stage: str) -> str:
    """`track 3 of 6` of `track 3 of 6: mixing down`: what is worth a line of its own."""
    return stage.partition(":")[0]
