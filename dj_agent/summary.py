"""What stands in the terminal when a set is done: its slots, how one leads into the next, the mix,
and what to know.

Pure: from what the studio answered to something rich can print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dj_agent.answers import FinishedSet, PlayedSlot, PlayedTransition, RendererNote, Track

_GAP = 3
"""Cells between columns: two of padding and the box's own."""
_NARROW, _NARROWEST = 16, 6
"""How wide words still are where there is little room, and where there is hardly any."""
_RIGHT = ("#", "Start", "BPM", "LUFS")
_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished set, and the folder that it lies in now."""

    made: FinishedSet
    folder: Path
    renderer: str
    """Who made the new tracks."""
    warnings: tuple[str, ...] = ()
    """Of the job as a whole."""


def clock(seconds: float) -> str:
    """`3:07`, or `1:02:07` from an hour on."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def facts(track: Track) -> str:
    """`118 bpm · A minor · 3:15`, as far as it is known."""
    bpm = f"{_tempo(track.bpm)} bpm" if track.bpm else None
    return " · ".join(filter(None, (bpm, track.key, clock(track.duration_s))))


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summary(done: Delivered, renderers: Sequence[RendererNote], width: int) -> RenderableType:
    """Everything to print at the end, for a terminal of `width` columns."""
    parts: list[RenderableType] = [table(done.made.slots, width)]
    if done.made.transitions:
        parts += [transitions(done.made.transitions), Text()]
    return Group(*parts, _notes(_lines(done, renderers)))


def table(slots: Sequence[PlayedSlot], width: int) -> Table:
    """The slots in order. Numbers are never cut; where there is no room, titles are, and what was
    done with a track."""
    heads = ["#", "Start", "Title", "BPM", "Key", "LUFS"]
    if any(_decision(slot) for slot in slots):
        heads.append("")
    rows = [_cells(slot)[: len(heads)] for slot in slots]
    columns = zip(heads, zip(*rows, strict=True), strict=True)
    widths = [max(len(head), *(cell.cell_len for cell in cells)) for head, cells in columns]
    too_wide = sum(widths) + len(heads) * _GAP - width
    title = heads.index("Title")
    for place, least in ((title, _NARROW), (-1, _NARROWEST), (title, _NARROWEST)):
        cut = min(max(too_wide, 0), max(widths[place] - least, 0))
        widths[place] -= cut
        too_wide -= cut
    grid = Table(
        box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, _GAP - 1, 0, 0)
    )
    for head, cells in zip(heads, widths, strict=True):
        justify = "right" if head in _RIGHT else "left"
        grid.add_column(head, width=cells, justify=justify, no_wrap=True, overflow="ellipsis")
    for row in rows:
        grid.add_row(*row)
    return grid


def _cells(slot: PlayedSlot) -> tuple[Text, ...]:
    start = Text("–" if slot.start_s is None else clock(slot.start_s))
    bpm = Text(_tempo(slot.bpm) if slot.bpm else "")
    lufs = Text("" if slot.loudness_lufs is None else f"{slot.loudness_lufs:.1f}")
    style = "red" if slot.failed else "yellow"
    return (
        Text(str(slot.slot), style="dim"),
        start,
        Text(slot.title),
        bpm,
        Text(slot.key or ""),
        lufs,
        Text(_decision(slot), style=style),
    )


def _decision(slot: PlayedSlot) -> str:
    """What is to be said of a slot besides what was asked for: nothing, mostly."""
    return "" if slot.decision == "accepted" else slot.decision


def transitions(joins: Sequence[PlayedTransition]) -> Table:
    """How each slot leads into the next, a line each."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    ways = [f"{join.from_slot} → {join.to_slot}" for join in joins]
    grid.add_column(justify="right", no_wrap=True, min_width=max(map(len, ways)), style="dim")
    grid.add_column()
    for way, join in zip(ways, joins, strict=True):
        over = f", {count(join.bars, 'bar')}" if join.bars else ""
        said = [f"{join.type.replace('_', ' ')}{over} at {clock(join.start_s)}"]
        if join.beat_error_ms is not None:
            said.append(f"beats {join.beat_error_ms:.1f} ms apart")
        clashes = join.key_relation == "clash"
        keys = Text(f"keys {join.key_relation}", style="yellow" if clashes else "")
        line = Text.assemble(" · ".join(said), " · ", keys)
        grid.add_row(way, line)
    return grid


def _tempo(bpm: float) -> str:
    return f"{bpm:.1f}".removesuffix(".0")


def _lines(done: Delivered, renderers: Sequence[RendererNote]) -> Iterator[tuple[str, str, str]]:
    """What is to be known besides the table: a word, its style, and a sentence."""
    made = done.made
    level = f"{made.loudness_lufs:.1f} LUFS, {made.true_peak_dbtp:.1f} dBTP"
    yield "Mix", "", f"{done.folder / made.files[0]} · {clock(made.duration_s)}, {level}"
    if _REPORT in made.files:
        yield "Report", "", str(done.folder / _REPORT)
    for one in renderers:
        if one.name == done.renderer:
            yield "Made by", "", f"{one.name}. {one.note}"
        elif not one.ready:
            yield "Not ready", "dim", f"{one.name}. {one.note}"
    for sentence in dict.fromkeys((*made.notes, *done.warnings)):
        yield "Note", "yellow", sentence
    for failed, word, style in ((False, "Note", "yellow"), (True, "Failed", "red")):
        for sentence, slots in _grouped(made.slots, failed).items():
            yield word, style, f"{_which(slots)}: {sentence}"


def _grouped(slots: Iterable[PlayedSlot], failed: bool) -> dict[str, list[PlayedSlot]]:
    """Every sentence once, with the slots that it is about."""
    groups: dict[str, list[PlayedSlot]] = {}
    for slot in slots:
        if slot.failed is failed:
            for sentence in slot.warnings or (("no reason was given.",) if failed else ()):
                groups.setdefault(sentence, []).append(slot)
    return groups


def _which(slots: Sequence[PlayedSlot]) -> str:
    if len(slots) == 1:
        return f"slot {slots[0].slot}, {slots[0].title}"
    return f"slots {', '.join(str(slot.slot) for slot in slots)}"


def _notes(lines: Iterator[tuple[str, str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for word, style, sentence in lines:
        grid.add_row(Text(word, style=style or "bold"), Text(sentence))
    return grid
