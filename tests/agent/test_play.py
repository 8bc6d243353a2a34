"""`dj-agent play`, from the file to the disk and the terminal, against a scripted studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.conftest import Play
from agent.scripted_studio import ScriptedStudio
from dj_agent import rendering, toolbox
from dj_agent.__main__ import main

THREE = """
title = "Small Set"
seed = 7
[[slots]]
title = "One"
caption = "warm house"
bpm = 120
key = "Am"
minutes = 2
transition = { type = "echo-out", bars = 16 }
[[slots]]
title = "Two"
caption = "dark techno"
[[slots]]
caption = "soft ambient"
"""


def names_in(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return sorted(file.relative_to(folder).as_posix() for file in files)


def words(capsys: pytest.CaptureFixture[str]) -> str:
    """All that was said on stdout, as one line."""
    return " ".join(capsys.readouterr().out.split())


def test_a_set_is_asked_for_as_one_plan_and_its_folder_is_copied(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    assert play(THREE) == 0
    assert scripted.plans == [
        {
            "version": 1, "title": "Small Set", "seed": 7,
            "slots": [
                {
                    "title": "One", "caption": "warm house", "bpm": 120.0, "key": "Am",
                    "minutes": 2.0, "transition": {"type": "echo_out", "bars": 16},
                },
                {"title": "Two", "caption": "dark techno"},
                {"caption": "soft ambient"},
            ],
        }
    ]  # fmt: skip
    folder = tmp_path / "set"
    assert names_in(folder) == [
        "Small Set.flac", "Small Set.m3u8", "dj-agent.json", "rekordbox.xml", "report.html",
        "tracks/01 - One.flac", "tracks/02 - Two.flac", "tracks/03 - Soft Ambient.flac",
    ]  # fmt: skip
    assert (folder / "tracks" / "01 - One.flac").read_bytes() == b"fLaC warm house"


def test_a_set_is_put_beside_the_others_under_its_title(
    scripted: ScriptedStudio, bare: Path, play: Play
) -> None:
    (bare / "friday night.toml").write_text('version = 1\n[[slots]]\ncaption = "house"\n')
    assert main(["play", "friday night.toml"]) == 0
    assert (bare / "sets" / "friday-night" / "friday night.flac").exists()


def test_a_pipe_gets_a_line_whenever_something_new_begins_or_is_finished(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play(THREE)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.splitlines()[:9] == [
        "Small Set · 3 slots",
        "· waiting in the queue",
        "· track 1 of 3",
        "✓ One  120 bpm · A minor · 2:00",
        "· track 2 of 3",
        "✓ Two  120 bpm · A minor · 3:00",
        "· track 3 of 3",
        "✓ Soft Ambient  120 bpm · A minor · 3:00",
        "· mixing",
    ]


def test_at_the_end_stands_what_became_of_the_set(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    play(THREE.replace("dark techno", "retimed techno"))
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines]
    assert ["#", "Start", "Title", "BPM", "Key", "LUFS"] in rows
    assert ["1", "0:00", "One", "120", "A", "minor", "-14.0"] in rows
    assert ["2", "2:30", "Two", "120", "A", "minor", "-14.0", "retimed"] in rows
    said = " ".join(" ".join(lines).split())
    assert "1 → 2 echo out, 16 bars at 2:20 · beats 0.8 ms apart · keys adjacent" in said
    assert f"Mix {tmp_path / 'set' / 'Small Set.flac'} · 7:32, -14.0 LUFS, -1.0 dBTP" in said
    assert f"Report {tmp_path / 'set' / 'report.html'}" in said
    assert "Made by sketch. A composer and a synthesiser." in said
    assert "Not ready acestep. Get it with `dj-agent models get turbo`." in said
    assert "Note The arc is a wave." in said


def test_warnings_are_said_once_with_their_slots(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play(THREE.replace("warm house", "choir house").replace("soft", "choir"))
    assert "Note slots 1, 3: caption: the sketch renderer has no choir." in words(capsys)


def test_playing_again_asks_for_the_same_plan_and_copies_nothing(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    play(THREE)
    before = {file: file.stat().st_ino for file in (tmp_path / "set").rglob("*.flac")}
    assert play(THREE) == 0
    assert len(scripted.jobs) == 1
    assert scripted.plans[0] == scripted.plans[1]
    assert {file: file.stat().st_ino for file in (tmp_path / "set").rglob("*.flac")} == before


def test_a_slot_that_fails_makes_the_set_smaller_and_the_exit_code_1(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play(THREE.replace("dark techno", "it fails")) == 1
    said = words(capsys)
    assert "2 – Two failed" in said
    assert "Failed slot 2, Two: The renderer lost its drumsticks." in said
    assert "1 → 3 echo out" in said
    assert (tmp_path / "set" / "Small Set.flac").exists()
    assert not (tmp_path / "set" / "tracks" / "02 - Two.flac").exists()


def test_a_job_that_fails_is_its_reason_and_what_is_kept(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play(THREE.replace("soft ambient", "collapses")) == 1
    assert capsys.readouterr().err == (
        "The renderer lost its drumsticks.\n"
        "2 finished tracks kept; the same command goes on from there.\n"
    )
    assert names_in(tmp_path / "set") == []


def test_a_job_that_somebody_else_stops_says_so(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(THREE.replace("warm house", "stopped")) == 1
    expected = "Somebody stopped the job. The same command goes on from here.\n"
    assert capsys.readouterr().err == expected


def test_a_plan_that_the_studio_refuses_is_its_sentence(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.refusals = ["plan: slot 1: there is no track 'trk_nowhere'; search the library."]
    assert play('[[slots]]\ntrack = "trk_nowhere"\n') == 1
    assert capsys.readouterr().err.startswith("plan: slot 1: there is no track 'trk_nowhere'")


def test_a_full_queue_is_waited_for(
    scripted: ScriptedStudio, play: Play, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(rendering, "QUEUE_PAUSE_S", 0.001)
    scripted.refusals = ["The queue is full (64 jobs); wait for one with get_job."] * 3
    assert play(THREE) == 0
    assert capsys.readouterr().out.count("· the studio's queue is full\n") == 1


def test_ctrl_c_stops_the_job_and_the_next_run_goes_on(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play(THREE.replace("soft ambient", "interrupts")) == 130
    assert [job.status for job in scripted.jobs] == ["cancelled"]
    assert capsys.readouterr().err == "Stopped. The same command goes on from here.\n"
    assert names_in(tmp_path / "set") == []
    assert play(THREE) == 0
    assert scripted.rendered == ["warm house", "dark techno", "soft ambient"]


def test_ctrl_c_stops_the_job_while_the_studio_has_not_answered_yet(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.wordy = True
    assert play(THREE) == 130
    assert [job.status for job in scripted.jobs] == ["cancelled"]
    assert "· track 1 of 3\n" in capsys.readouterr().out


def test_a_job_that_cannot_be_stopped_is_said(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play('[[slots]]\ncaption = "immortal, interrupts"\n') == 130
    assert capsys.readouterr().err == (
        "The studio can't stop it.\nStopped. The same command goes on from here.\n"
    )


def test_slots_are_made_of_other_slots_and_of_files(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    (tmp_path / "crate").mkdir()
    for name in ("My Old Tune.WAV", "other.wav"):
        (tmp_path / "crate" / name).write_bytes(b"RIFF")
    assert play(
        """
        [[slots]]
        title = "Doors"
        caption = "warm house"
        [[slots]]
        track = "crate/My Old Tune.WAV"
        [[slots]]
        cover = "Doors"
        caption = "reggae"
        bpm = 90
        key = "8A"
        energy = 0.4
        [[slots]]
        repaint = "crate/other.wav"
        start_s = 4
        end_s = 8.5
        [[slots]]
        extend = "trk_9"
        seconds = 16
        """
    ) == 0  # fmt: skip
    assert scripted.plans[0]["slots"][1:] == [
        {"track": str(tmp_path / "crate" / "My Old Tune.WAV")},
        {"cover": 1, "caption": "reggae", "bpm": 90.0, "key": "8A", "energy": 0.4},
        {
            "repaint": str(tmp_path / "crate" / "other.wav"),
            "windows": [{"start_s": 4.0, "end_s": 8.5}],
        },
        {"extend": "trk_9", "seconds": 16.0},
    ]
    assert scripted.readable == [tmp_path / "crate"]


def test_the_renderer_of_the_file_is_asked_for_before_that_of_the_settings(
    scripted: ScriptedStudio, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(THREE)
    monkeypatch.setenv("DJ_RENDERER", "acestep")
    play(THREE)
    play('renderer = "sketch"' + THREE)
    assert [opened["DJ_RENDERER"] for opened in scripted.opened_with] == [
        "auto", "acestep", "sketch",
    ]  # fmt: skip
    assert [plan.get("renderer") for plan in scripted.plans] == [None, None, "sketch"]


def test_a_folder_that_cannot_be_made_is_one_sentence(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "set").write_text("a file")
    assert play(THREE) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'set'} can't be used: File exists.\n"
    assert not scripted.jobs


def test_a_studio_on_another_computer_keeps_the_set(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(toolbox, "_remote", lambda url, token: scripted.open_app({}))
    slots = '[[slots]]\ncaption = "vanishes"\n'
    assert play(f'title = "Away"\n{slots}', "--mcp", "http://127.0.0.1:9/mcp") == 0
    printed = capsys.readouterr()
    (folder,) = (made["folder"] for job in scripted.jobs if (made := job.set_made))
    assert printed.err == f"The set stays on the studio's computer, in {folder}.\n"
    # Long paths are wrapped.
    assert f"{folder}/Away.flac" in "".join(printed.out.split())
    assert names_in(tmp_path / "set") == []


def test_a_studio_of_ones_own_whose_set_is_gone_is_a_failure(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play('[[slots]]\ncaption = "vanishes"\n') == 1
    assert capsys.readouterr().err.startswith("The set isn't there any more, in ")


def test_titles_cannot_write_to_the_terminal(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "\\u001b[31mescape\\n[bold]x"
    assert play(f'title = "{title}"\n[[slots]]\ntitle = "{title}"\ncaption = "house"\n') == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[31mescape [bold]x" in out
