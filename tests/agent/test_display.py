"""What stands in a terminal, at any size."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from dj_agent.answers import Asked, RendererNote, Track
from dj_agent.display import Bars, Lines, audience
from dj_agent.perform import Moment
from dj_agent.record import SetRecord, SlotRecord
from dj_agent.summary import clock, summary, table

LONG = "Salt on the Skin of the Longest Evening We Ever Had"


def made(number: int, title: str, **track: object) -> SlotRecord:
    facts = {"duration_s": 195.3, "bpm": 117.5, "key": "G# minor", "loudness_lufs": -14.02}
    return SlotRecord(
        slot=number,
        title=title,
        status="done",
        asked={"caption": "house"},
        track=Track.model_validate({"id": f"trk_{number}", "title": title} | facts | track),
        file=f"{number:02d} - {title}.flac",
    )


def a_set(*slots: SlotRecord) -> SetRecord:
    return SetRecord(title="Sunset", renderer="auto", setlist={}, slots=slots).timed()


FAILED = SlotRecord(slot=3, title="Lost", status="failed", asked={"caption": "x"}, error="No.")
FULL = a_set(
    made(1, "Dawn", asked=Asked(bpm=118.0, key="A minor", duration_s=195.0)),
    made(2, LONG),
    FAILED,
    made(4, "夕焼けの海辺で" * 6, asked=Asked(bpm=117.5, key="G# minor", duration_s=195.3)),
)


def drawn(picture: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(picture, crop=False)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [60, 72, 80, 99, 100, 120, 200])
def test_the_table_fits_and_cuts_no_number(width: int) -> None:
    lines = drawn(table(FULL, width), width)
    rows = [line for line in lines if "195" in line or "G# minor" in line]
    assert len(rows) == 3
    assert all(cell_len(line) <= width for line in lines)
    assert all("-14.0" in row and "3:15" in row and "117.5" in row for row in rows)
    assert all(".flac" in row or "…" in row for row in rows)


def test_titles_stand_beside_file_names_where_there_is_room() -> None:
    one = a_set(made(1, "Dawn Chorus"))
    wide, narrow = (" ".join(drawn(table(one, width), width)) for width in (100, 72))
    assert wide.count("Dawn Chorus") == 2
    assert narrow.count("Dawn Chorus") == 1
    assert "01 - Dawn Chorus.flac" in wide
    assert "01 - Dawn Chorus.flac" in narrow


def test_what_was_asked_stands_beside_what_was_made() -> None:
    lines = drawn(table(FULL, 120), 120)
    assert "118 → 117.5" in next(line for line in lines if "Dawn" in line)
    assert "A minor → G# minor" in next(line for line in lines if "Dawn" in line)
    assert "117.5 ·" in next(line for line in lines if "Salt" in line)
    assert "117.5 ✓" in next(line for line in lines if "夕焼け" in line)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_summary_fits(width: int) -> None:
    renderers = [RendererNote(name="sketch", ready=True, note="A composer. " * 12)]
    playlist = Path("/music/sets/sunset/Sunset.m3u8")
    lines = drawn(summary(FULL, playlist, renderers, width), width)
    assert all(cell_len(line) <= width for line in lines)
    assert any(line.startswith("Failed") and "track 3, Lost: No." in line for line in lines)


@pytest.mark.parametrize(("slots", "height"), [(5, 24), (40, 24), (200, 10), (3, 4)])
def test_the_bars_are_never_taller_or_wider_than_the_terminal(slots: int, height: int) -> None:
    record = a_set(
        *(SlotRecord(slot=n, title=LONG, asked={"caption": "x"}) for n in range(1, slots + 1))
    )
    console = Console(file=io.StringIO(), width=80, height=height, force_terminal=True)
    bars = Bars(console, record)
    bars.finished(made(1, LONG))
    bars.under_way(record.slots[1], Moment("mastering the last of many stages", 0.5, 754.0))
    lines = drawn(bars.picture(), 80)
    assert len(lines) <= max(height - 1, 4)
    assert all(cell_len(line) <= 80 for line in lines)
    assert any("12:34 left" in line for line in lines)
    assert f"1 of {slots} done" in lines[-1]


def test_a_line_in_a_pipe_is_one_line_however_long() -> None:
    console = Console(file=io.StringIO(), width=40)
    lines = Lines(console, 3)
    with console.capture() as capture:
        lines.finished(made(2, LONG))
    assert capture.get() == f"✓ 2  {LONG}  117.5 bpm · G# minor · 3:15\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (187.0, "3:07"), (3727.0, "1:02:07")]
)
def test_times_read_like_clocks(seconds: float, text: str) -> None:
    assert clock(seconds) == text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("kind", "live"), [("xterm", True), ("dumb", False)])
def test_bars_move_only_where_a_terminal_can_and_leave_nothing_behind(
    kind: str, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", kind)
    screen = Terminal()
    console = Console(file=screen, width=80, height=24, no_color=True)
    with audience(console, FULL) as watching:
        watching.finished(made(2, LONG))
    printed = screen.getvalue()
    assert ("\x1b[2K" in printed) is live
    assert ("\x1b[?25h" in printed) is live
    assert ("✓ 2  " in printed) is not live
