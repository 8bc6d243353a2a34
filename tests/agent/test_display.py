"""What stands in a terminal, at any size."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from dj_agent.answers import FinishedSet, Job, RendererNote
from dj_agent.display import Lines, Picture, audience
from dj_agent.summary import Delivered, clock, summary, table

LONG = "Salt on the Skin of the Longest Evening We Ever Had"


def played(number: int, title: str, **facts: object) -> dict[str, object]:
    usual = {"decision": "accepted", "start_s": 3727.0, "bpm": 117.52, "key": "G# minor"}
    return {"slot": number, "title": title, "loudness_lufs": -14.02} | usual | facts


def mixed(*slots: dict[str, object], **facts: object) -> Delivered:
    joins = [
        {
            "from_slot": 9, "to_slot": 10, "type": "drop_in", "bars": 8, "start_s": 61.0,
            "beat_error_ms": 1.26, "key_relation": "clash",
        }
    ]  # fmt: skip
    made = {
        "folder": "/x", "files": ["Sunset.flac", "report.html"], "duration_s": 4001.0,
        "loudness_lufs": -14.02, "true_peak_dbtp": -1.0, "slots": slots, "transitions": joins,
    }  # fmt: skip
    folder = Path("/music/sets/sunset")
    return Delivered(FinishedSet.model_validate(made | facts), folder, "sketch")


FULL = mixed(
    played(1, "Dawn", decision="given"),
    played(2, LONG, decision="retimed and shifted", warnings=["A long warning. " * 8]),
    {"slot": 3, "title": "Lost", "decision": "failed", "warnings": ["No."]},
    played(104, "夕焼けの海辺で" * 6),
)


def drawn(picture: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(picture, crop=False)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [60, 72, 80, 99, 100, 120, 200])
def test_the_table_fits_and_cuts_no_number(width: int) -> None:
    lines = drawn(table(FULL.made.slots, width), width)
    rows = [line for line in lines if "G# minor" in line]
    assert len(rows) == 3
    assert all(cell_len(line) <= width for line in lines)
    assert all("-14.0" in row and "1:02:07" in row and "117.5" in row for row in rows)
    assert any("failed" in line and " 3 " in line for line in lines)


def test_where_there_is_room_nothing_is_cut() -> None:
    lines = drawn(table(FULL.made.slots, 160), 160)
    assert not any("…" in line for line in lines)
    assert any(LONG in line and line.rstrip().endswith("retimed and shifted") for line in lines)


def test_a_set_in_which_all_went_as_asked_has_no_column_for_what_did_not() -> None:
    lines = drawn(table(mixed(played(1, "Dawn")).made.slots, 80), 80)
    assert lines[1].split() == ["#", "Start", "Title", "BPM", "Key", "LUFS"]
    assert not any("accepted" in line for line in lines)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_summary_fits_and_says_it_all(width: int) -> None:
    renderers = [RendererNote(name="sketch", ready=True, note="A composer. " * 12)]
    lines = drawn(summary(FULL, renderers, width), width)
    assert all(cell_len(line) <= width for line in lines)
    said = " ".join(" ".join(lines).split())
    assert "9 → 10 drop in, 8 bars at 1:01 · beats 1.3 ms apart · keys clash" in said
    assert "/music/sets/sunset/Sunset.flac · 1:06:41, -14.0 LUFS, -1.0 dBTP" in said
    assert "/music/sets/sunset/report.html" in said
    assert any(line.startswith("Failed") and "slot 3, Lost: No." in line for line in lines)


def test_a_set_of_one_track_has_no_transitions_and_a_mix_without_a_report_no_line_for_it() -> None:
    lines = drawn(summary(mixed(played(1, "A"), transitions=[], files=["A.wav"]), [], 80), 80)
    assert not any("→" in line or "Report" in line for line in lines)


def running(**facts: object) -> Job:
    tracks = [
        {"id": f"trk_{n}", "title": LONG, "duration_s": 195.3, "bpm": 117.5, "key": "G# minor"}
        for n in range(30)
    ]
    usual = {"job_id": "job_1", "status": "running", "progress": 0.5, "tracks": tracks}
    return Job.model_validate(usual | facts)


@pytest.mark.parametrize(("height", "width"), [(24, 80), (10, 60), (4, 80), (40, 200)])
def test_the_picture_is_never_taller_or_wider_than_the_terminal(height: int, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True)
    picture = Picture(console, 200)
    picture.hear(running(stage="track 31 of 200: mixing down", eta_s=754.0))
    lines = drawn(picture.now(), width)
    assert len(lines) <= max(height - 2, 3)
    assert all(cell_len(line) <= width for line in lines)
    assert "track 31 of 200: mixing" in lines[-2]
    assert lines[-1] == "30 of 200 tracks · 0:00"


def test_the_picture_says_what_is_done_and_how_long_it_will_take() -> None:
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True)
    picture = Picture(console, 2)
    assert drawn(picture.now(), 80)[-2].endswith("  waiting")
    picture.wait("the studio's queue is full")
    assert "the studio's queue is full" in drawn(picture.now(), 80)[-2]
    picture.hear(running(status="queued", tracks=[]))
    assert "waiting in the queue" in drawn(picture.now(), 80)[-2]
    picture.hear(running(stage="mixing", eta_s=754.0))
    assert drawn(picture.now(), 80)[-2].endswith("mixing · 12:34 left")
    picture.hear(running(stage="mixing", tracks=[]))
    assert drawn(picture.now(), 80)[-1].startswith("30 of 2 tracks")


def test_a_line_in_a_pipe_is_one_line_however_long_and_said_once() -> None:
    console = Console(file=io.StringIO(), width=40)
    lines = Lines(console)
    with console.capture() as capture:
        for stage in ("track 1 of 2: composing", "track 1 of 2: mixing down", "mixing"):
            job = running(stage=stage)
            lines.hear(job.model_copy(update={"tracks": job.tracks[:1]}))
    assert capture.get() == (f"✓ {LONG}  117.5 bpm · G# minor · 3:15\n· track 1 of 2\n· mixing\n")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (187.0, "3:07"), (3727.0, "1:02:07")]
)
def test_times_read_like_clocks(seconds: float, text: str) -> None:
    assert clock(seconds) == text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("kind", "live"), [("xterm", True), ("dumb", False)])
def test_the_picture_moves_only_where_a_terminal_can_and_leaves_nothing_behind(
    kind: str, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", kind)
    screen = Terminal()
    console = Console(file=screen, width=80, height=24, no_color=True)
    with audience(console, "Sunset", 2, 1) as watching:
        watching.hear(running(stage="mixing"))
    printed = screen.getvalue()
    assert "Sunset" in printed.splitlines()[0]
    assert ("\x1b[2K" in printed) is live
    assert ("\x1b[?25h" in printed) is live
    assert ("· mixing\n" in printed) is not live
