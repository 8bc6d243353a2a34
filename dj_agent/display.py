"""What a person sees while a set is made: live bars in a terminal, a line per track in a pipe.

Knows terminals and time; nothing about how tracks are made. What stands at the end is in
`dj_agent.summary`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from dj_agent.perform import Audience, Moment
from dj_agent.record import SetRecord, SlotRecord
from dj_agent.summary import MARKS, clock, count, facts

PIPE_WIDTH = 110
_REFRESH_HZ = 8
_MIDDLE = 28
"""Width of the bars, and of what stands there once a track is finished."""
_AROUND = 6
"""Lines that are not slots: headline, foot, and air for the prompt."""


def terminal(environ: Mapping[str, str]) -> Console:
    """The console on stdout; in a pipe it is wide enough for the table. Obeys NO_COLOR."""
    fixed = None if sys.stdout.isatty() or "COLUMNS" in environ else PIPE_WIDTH
    return Console(width=fixed, highlight=False, emoji=False, markup=False)


@contextmanager
def audience(console: Console, record: SetRecord) -> Generator[Audience]:
    """Whoever fits the console: bars where they can move, else lines."""
    slots = len(record.slots)
    console.print(Text.assemble((record.title, "bold"), f" · {count(slots, 'track')}"))
    if not console.file.isatty() or console.is_dumb_terminal:
        yield Lines(console, slots)
        return
    bars = Bars(console, record)
    with Live(
        get_renderable=bars.picture,
        console=console,
        refresh_per_second=_REFRESH_HZ,
        transient=True,
    ):
        yield bars


class Lines:
    """A line for each finished slot."""

    def __init__(self, console: Console, slots: int) -> None:
        self._console = console
        self._digits = len(str(slots))

    def under_way(self, slot: SlotRecord, moment: Moment) -> None:
        """Nothing: a pipe is read later."""

    def finished(self, slot: SlotRecord) -> None:
        mark, style = MARKS[slot.status]
        line = f"{slot.slot:>{self._digits}}  {slot.name}"
        rest = slot.error if slot.status == "failed" else facts(slot)
        kept = " (kept)" if slot.reused else ""
        text = Text.assemble((mark, style), f" {line}  ", (f"{rest or ''}{kept}", "dim"))
        self._console.print(text, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Row:
    slot: SlotRecord
    moment: Moment | None = None
    told_at: float = 0.0

    @property
    def finished(self) -> bool:
        return self.slot.status != "open"


class Bars:
    """Every slot on its line: a bar while it is made, then what was made."""

    def __init__(self, console: Console, record: SetRecord) -> None:
        self._console = console
        self._rows = {slot.slot: _Row(slot) for slot in record.slots}
        self._began = time.monotonic()

    def under_way(self, slot: SlotRecord, moment: Moment) -> None:
        self._rows[slot.slot] = _Row(slot, moment, time.monotonic())

    def finished(self, slot: SlotRecord) -> None:
        self._rows[slot.slot] = _Row(slot)

    def picture(self) -> RenderableType:
        """The set as it is now, never taller than the terminal."""
        rows = list(self._rows.values())
        done = sum(row.finished for row in rows)
        room = max(self._console.height - _AROUND, 3)
        shown = rows
        if len(rows) > room:
            shown = [row for row in rows if not row.finished][:room]
        grid = Table.grid(padding=(0, 2, 0, 0), expand=False)
        grid.add_column(width=1)
        grid.add_column(justify="right", style="dim")
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=self._title_width())
        grid.add_column(no_wrap=True, width=_MIDDLE)
        grid.add_column(no_wrap=True, overflow="ellipsis")
        for row in shown:
            grid.add_row(*_cells(row))
        foot = f"{done} of {len(rows)} done · {clock(time.monotonic() - self._began)}"
        if len(shown) < len(rows) - done:
            foot += f" · {len(rows) - done - len(shown)} more waiting"
        return Group(grid, Text(foot, style="dim"))

    def _title_width(self) -> int:
        return min(40, max(12, self._console.width - _MIDDLE - 32))


def _cells(row: _Row) -> tuple[RenderableType, ...]:
    slot, moment = row.slot, row.moment
    mark, style = MARKS[slot.status]
    number = str(slot.slot)
    if row.finished:
        kept = "kept" if slot.reused else ""
        middle = Text(facts(slot) or slot.status, style="" if slot.status == "done" else style)
        return Text(mark, style=style), number, Text(slot.name), middle, Text(kept, style="dim")
    if moment is None or moment.progress <= 0.0:
        stage = moment.stage if moment else "waiting"
        return Text(mark, style=style), number, Text(slot.name, style="dim"), Text(stage, "dim"), ""
    bar = ProgressBar(total=1.0, completed=moment.progress, width=_MIDDLE)
    return Text("▸", style="cyan"), number, Text(slot.name), bar, Text(_left(row), style="dim")


def _left(row: _Row) -> str:
    """What is being done, and the time left, counting down between two reports."""
    if row.moment is None:
        return ""
    if row.moment.eta_s is None:
        return row.moment.stage
    left_s = max(row.moment.eta_s - (time.monotonic() - row.told_at), 0.0)
    return f"{clock(left_s)} left · {row.moment.stage}".removesuffix(" · ")
