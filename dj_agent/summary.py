"""What stands in the terminal when a set is done: the table, the playlist, and what to know.

Pure: from a record to something rich can print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dj_agent.answers import RendererNote
from dj_agent.asking import GENERATE
from dj_agent.record import SetRecord, SlotRecord

MARKS = {
    "open": ("·", "dim"),
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
    "cancelled": ("–", "yellow"),
}
"""How a slot's status looks: a mark and a style."""

_LEGEND = "✓ as asked   · the studio's choice   a → b asked for a, made b"
_NARROW = ("BPM", "Key", "Length", "LUFS", "File")
_WIDE = ("#", "Title", *_NARROW)
_GAP = 3
"""Cells between columns: two of padding and the box's own."""
_SAME_S = 0.05
"""Lengths that differ by less are the same."""


def clock(seconds: float) -> str:
    """`3:07`, or `1:02:07` from an hour on."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def facts(slot: SlotRecord) -> str:
    """`118 bpm · A minor · 3:15`, as far as it is known."""
    if slot.track is None:
        return ""
    bpm = f"{slot.track.bpm:g} bpm" if slot.track.bpm else None
    return " · ".join(filter(None, (bpm, slot.track.key, clock(slot.track.duration_s))))


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summary(
    record: SetRecord, playlist: Path, renderers: Sequence[RendererNote], width: int
) -> RenderableType:
    """Everything to print at the end, for a terminal of `width` columns."""
    parts: list[RenderableType] = [table(record, width)]
    parts += [Text(_LEGEND, style="dim")] if any(slot.track for slot in record.slots) else []
    parts += [Text(), *_notes(_lines(record, playlist, renderers))]
    return Group(*parts)


def table(record: SetRecord, width: int) -> Table:
    """The slots in order, with what was asked beside what was made.

    Where there is no room for titles and file names, the file names alone stay: they hold the
    titles. Numbers are never cut.
    """
    columns, rows, widths = _layout(record, _WIDE)
    if sum(widths) + len(columns) * _GAP > width:
        columns, rows, widths = _layout(record, _NARROW)
        widths[-1] -= max(sum(widths) + len(columns) * _GAP - width, 0)
    grid = Table(
        box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, _GAP - 1, 0, 0)
    )
    for name, cells in zip(columns, widths, strict=True):
        justify = "right" if name in ("#", "LUFS") else "left"
        grid.add_column(name, width=cells, justify=justify, no_wrap=True, overflow="ellipsis")
    for row in rows:
        grid.add_row(*row)
    return grid


def _layout(
    record: SetRecord, columns: Sequence[str]
) -> tuple[Sequence[str], list[tuple[Text, ...]], list[int]]:
    """The columns, the rows, and how wide each column would like to be."""
    rows = [_cells(slot, columns is _WIDE) for slot in record.slots]
    heads = tuple(Text(name) for name in columns)
    widths = [max(cell.cell_len for cell in column) for column in zip(heads, *rows, strict=True)]
    return columns, rows, widths


def _cells(slot: SlotRecord, wide: bool) -> tuple[Text, ...]:
    mark, style = MARKS[slot.status]
    file = Text(f"{mark} {slot.status if wide else slot.name}", style=style)
    if slot.file:
        file = Text(slot.file, style="dim" if wide else "")
    first = (Text(str(slot.slot), style="dim"), Text(slot.name)) if wide else ()
    return (*first, *_made(slot), file)


def _made(slot: SlotRecord) -> Iterator[Text]:
    """Tempo, key, length and loudness, each beside what was asked for."""
    track = slot.track
    if track is None:
        yield from (Text() for _ in range(4))
        return
    asked, generated = track.asked, slot.tool == GENERATE
    bpm, asked_bpm = _number(track.bpm), _number(asked.bpm)
    length, asked_length = clock(track.duration_s), _length(asked.duration_s, track.duration_s)
    yield _beside(asked_bpm, bpm, generated)
    yield _beside(asked.key, track.key, generated)
    yield _beside(asked_length, length, generated)
    yield Text("" if track.loudness_lufs is None else f"{track.loudness_lufs:.1f}")


def _beside(asked: str | None, made: str | None, generated: bool) -> Text:
    if made is None:
        return Text()
    if not generated:
        return Text(made)
    if asked is None:
        return Text.assemble(made, (" ·", "dim"))
    if asked == made:
        return Text.assemble(made, (" ✓", "green"))
    return Text(f"{asked} → {made}", style="yellow")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


def _length(asked_s: float | None, made_s: float) -> str | None:
    if asked_s is None:
        return None
    return clock(made_s if abs(asked_s - made_s) < _SAME_S else asked_s)


def _lines(
    record: SetRecord, playlist: Path, renderers: Sequence[RendererNote]
) -> Iterator[tuple[str, str, str]]:
    """What is to be known besides the table: a word, its style, and a sentence."""
    there = sum(slot.file is not None for slot in record.slots)
    if there:
        yield "Playlist", "", f"{playlist} · {count(there, 'track')}, {clock(record.duration_s)}"
    made_by = {slot.track.renderer for slot in record.slots if slot.track and slot.track.renderer}
    for one in renderers:
        if one.name in made_by:
            yield "Made by", "", f"{one.name}. {one.note}"
        elif not one.ready:
            yield "Not ready", "dim", f"{one.name}. {one.note}"
    if origins := [f"{slot.slot} {slot.origin}" for slot in record.slots if slot.origin]:
        yield "Made of", "", f"{' · '.join(origins)}."
    for name in sorted(made_by - {record.renderer}):
        if record.renderer != "auto":
            yield (
                "Note",
                "yellow",
                f"{record.renderer} was asked for; the studio there uses {name}.",
            )
    for sentence, slots in _grouped((slot, slot.warnings) for slot in record.slots).items():
        yield "Note", "yellow", f"{_which(slots)}: {sentence}"
    if record.not_used_yet:
        fields = ", ".join(record.not_used_yet)
        yield "Note", "yellow", f"kept in set.json but not used by this version: {fields}."
    failed = [slot for slot in record.slots if slot.status == "failed"]
    for sentence, slots in _grouped((slot, (slot.error or "",)) for slot in failed).items():
        yield "Failed", "red", f"{_which(slots)}: {sentence}"


def _grouped(
    said: Iterable[tuple[SlotRecord, Sequence[str]]],
) -> dict[str, list[SlotRecord]]:
    """Every sentence once, with the slots that it is about."""
    groups: dict[str, list[SlotRecord]] = {}
    for slot, sentences in said:
        for sentence in sentences:
            groups.setdefault(sentence, []).append(slot)
    return groups


def _which(slots: Sequence[SlotRecord]) -> str:
    if len(slots) == 1:
        return f"track {slots[0].slot}, {slots[0].name}"
    return f"tracks {', '.join(str(slot.slot) for slot in slots)}"


def _notes(lines: Iterator[tuple[str, str, str]]) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for word, style, sentence in lines:
        grid.add_row(Text(word, style=style or "bold"), Text(sentence))
    yield grid
