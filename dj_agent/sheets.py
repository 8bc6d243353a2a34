"""Tables that stand in a conversation: a plan, a set, a page of the library. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dj_agent.answers import FinishedSet, Track
from dj_agent.set_state import Plan, SetState
from dj_agent.summary import clock, facts, table, transitions

_TITLE = 40
_REST = 44
"""What the columns besides the title take."""


def set_sheet(state: SetState, width: int) -> RenderableType | None:
    """The set as it came out, or as it is planned now; None if there is none."""
    planned_since = state.plan and state.made_of not in (None, state.plan.plan_id)
    if state.made and not planned_since:
        return made_sheet(state.made, width)
    return plan_sheet(state.plan, width) if state.plan else None


def made_sheet(made: FinishedSet, width: int) -> RenderableType:
    """A finished set: its slots, how each leads into the next, and where the mix is."""
    level = f"{made.loudness_lufs:.1f} LUFS, {made.true_peak_dbtp:.1f} dBTP"
    file = shown(Path(made.folder, made.files[0]))
    words = f"{clock(made.duration_s)}, {level}\n     {file}"
    # Terminals break what is too long so that it can still be copied.
    mix = Text.assemble(("Mix  ", "bold"), words, no_wrap=True, overflow="ignore")
    parts: list[RenderableType] = [table(made.slots, width)]
    if made.transitions:
        parts += [transitions(made.transitions), Text()]
    return Group(*parts, mix)


def shown(path: Path) -> str:
    """The path as people write it: from their home on, if it is there."""
    home = Path.home()
    return str(Path("~", path.relative_to(home))) if path.is_relative_to(home) else str(path)


def plan_sheet(plan: Plan, width: int) -> RenderableType:
    """A plan: its slots with what is asked for. Begins with an empty line, as tables of sets do."""
    grid = _grid(("#", "Title", "BPM", "Key", "Length", "Energy"), width)
    for slot in plan.slots:
        grid.add_row(
            Text(str(slot.slot), style="dim"),
            Text(slot.title or slot.caption),
            "" if slot.bpm is None else f"{slot.bpm:.1f}".removesuffix(".0"),
            slot.key or "",
            "" if slot.duration_s is None else clock(slot.duration_s),
            "" if slot.energy is None else "▪" * max(round(slot.energy * 10), 1),
        )
    return Group(Text(), grid)


def library_sheet(tracks: Sequence[Track], width: int) -> RenderableType:
    """Tracks, numbered from 1."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim")
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=min(_TITLE, max(width // 2, 12)))
    grid.add_column(style="dim", no_wrap=True, overflow="ellipsis")
    for number, track in enumerate(tracks, 1):
        grid.add_row(str(number), track.title, facts(track))
    return grid


def _grid(heads: Sequence[str], width: int) -> Table:
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        right = head in ("#", "BPM", "Length")
        most = min(_TITLE, max(width - _REST, 8)) if head == "Title" else None
        grid.add_column(
            head,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=most,
        )
    return grid
