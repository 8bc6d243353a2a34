"""`dj-agent play`, from the file to the disk and the terminal, against a scripted studio."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.conftest import Play
from agent.scripted_studio import ScriptedStudio
from dj_agent import perform

THREE = """
title = "Small Set"
seed = 7
[[slots]]
title = "One"
caption = "warm house"
bpm = 120
key = "Am"
minutes = 2
[[slots]]
title = "Two"
caption = "dark techno"
[[slots]]
caption = "soft ambient"
"""


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def record_of(folder: Path) -> dict:
    return json.loads((folder / "set.json").read_text(encoding="utf-8"))


def test_a_set_becomes_numbered_files_a_playlist_and_a_record(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    assert play(THREE) == 0
    folder = tmp_path / "set"
    assert names_in(folder) == [
        "01 - One.flac", "02 - Two.flac", "03 - Soft Ambient.flac", "Small Set.m3u8", "set.json",
    ]  # fmt: skip
    assert (folder / "01 - One.flac").read_bytes() == b"fLaC One"
    assert (folder / "Small Set.m3u8").read_text(encoding="utf-8").splitlines() == [
        "#EXTM3U", "#PLAYLIST:Small Set",
        "#EXTINF:120,One", "01 - One.flac",
        "#EXTINF:180,Two", "02 - Two.flac",
        "#EXTINF:180,Soft Ambient", "03 - Soft Ambient.flac",
    ]  # fmt: skip
    record = record_of(folder)
    assert [slot["start_s"] for slot in record["slots"]] == [0.0, 120.0, 300.0]
    assert record["duration_s"] == 480.0
    first = record["slots"][0]
    assert first["asked"] == {
        "caption": "warm house", "title": "One", "duration_s": 120.0, "bpm": 120.0, "key": "Am",
        "seed": first["track"]["seed"],
    }  # fmt: skip
    assert first["track"]["renderer"] == "sketch"
    assert first["track"]["id"].startswith("trk_")


def test_a_pipe_gets_one_line_per_track_and_the_table(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play(THREE)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.splitlines()[0] == "Small Set · 3 tracks"
    assert "✓ 1  One  120 bpm · Am · 2:00" in out
    row = next(line for line in out.splitlines() if "01 - One.flac" in line)
    assert row.split() == [
        "1", "One", "120", "✓", "Am", "✓", "2:00", "✓", "-14.0", "01", "-", "One.flac",
    ]  # fmt: skip
    assert "120 ·" in out
    assert "Small Set.m3u8 · 3 tracks, 8:00" in " ".join(out.split())
    assert "sketch. A composer and a synthesiser." in out
    assert "acestep. Get it with `dj-agent models get turbo`." in out


def test_playing_again_makes_nothing_twice(scripted: ScriptedStudio, play: Play) -> None:
    play(THREE)
    assert play(THREE) == 0
    assert len(scripted.jobs) == 3


def test_only_the_slot_that_changed_is_made_again(scripted: ScriptedStudio, play: Play) -> None:
    play(THREE)
    assert play(THREE.replace("dark techno", "bright techno")) == 0
    assert scripted.captions[3:] == ["bright techno"]


def test_only_the_slot_whose_file_is_gone_is_made_again(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    play(THREE)
    (tmp_path / "set" / "02 - Two.flac").unlink()
    assert play(THREE) == 0
    assert scripted.captions[3:] == ["dark techno"]
    assert (tmp_path / "set" / "02 - Two.flac").exists()


def test_slots_that_trade_places_trade_their_files(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    slots = [
        '[[slots]]\ntitle = "Same"\ncaption = "a house"\n',
        '[[slots]]\ntitle = "Same"\ncaption = "b house"\n',
    ]
    play(slots[0] + slots[1])
    folder = tmp_path / "set"
    (folder / "01 - Same.flac").write_bytes(b"a")
    (folder / "02 - Same.flac").write_bytes(b"b")
    assert play(slots[1] + slots[0]) == 0
    assert len(scripted.jobs) == 2
    assert (folder / "01 - Same.flac").read_bytes() == b"b"
    assert (folder / "02 - Same.flac").read_bytes() == b"a"
    assert [slot["asked"]["caption"] for slot in record_of(folder)["slots"]] == [
        "b house",
        "a house",
    ]


def test_another_renderer_makes_the_set_anew(scripted: ScriptedStudio, play: Play) -> None:
    play(THREE)
    assert play('renderer = "sketch"' + THREE) == 0
    assert len(scripted.jobs) == 6
    assert [opened["DJ_RENDERER"] for opened in scripted.opened_with] == ["auto", "sketch"]


def test_the_record_of_another_version_or_a_torn_one_is_no_obstacle(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "set.json").write_text('{"version": 99, "slots"')
    assert play(THREE) == 0


def test_a_slot_that_fails_does_not_stop_the_others(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play(THREE.replace("dark techno", "it fails")) == 1
    out = capsys.readouterr().out
    assert "✗ 2  Two  The renderer lost its drumsticks." in out
    assert "track 2, Two: The renderer lost its drumsticks." in out
    assert sorted(tmp_path.glob("set/*.flac")) == [
        tmp_path / "set" / "01 - One.flac", tmp_path / "set" / "03 - Soft Ambient.flac",
    ]  # fmt: skip
    playlist = (tmp_path / "set" / "Small Set.m3u8").read_text(encoding="utf-8")
    assert "Two" not in playlist
    assert play(THREE.replace("dark techno", "it works")) == 0


@pytest.mark.parametrize(
    ("caption", "reason"),
    [
        ("refused", "caption: has no music in it; say a style."),
        ("vanishes", "isn't on this computer"),
    ],
)
def test_whatever_the_studio_says_stands_in_the_table(
    scripted: ScriptedStudio,
    play: Play,
    capsys: pytest.CaptureFixture[str],
    caption: str,
    reason: str,
) -> None:
    assert play(THREE.replace("dark techno", caption)) == 1
    assert reason in capsys.readouterr().out


def test_warnings_are_said_once_with_their_tracks(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play('arc = "wave"' + THREE.replace("warm house", "choir house").replace("soft", "choir"))
    words = " ".join(capsys.readouterr().out.split())
    assert "tracks 1, 3: caption: the sketch renderer has no choir." in words
    assert "kept in set.json but not used by this version: arc." in words


def test_a_full_queue_is_waited_for(
    scripted: ScriptedStudio, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "QUEUE_PAUSE_S", 0.001)
    scripted.room = 1
    assert play(THREE.replace("warm", "slow").replace("dark", "slow")) == 0
    assert scripted.refused > 0
    assert scripted.most_at_once == 1


def test_a_long_set_is_asked_for_a_few_slots_ahead_and_in_order(
    scripted: ScriptedStudio, play: Play
) -> None:
    slots = [f'[[slots]]\ncaption = "slow house {number}"\n' for number in range(20)]
    assert play("".join(slots)) == 0
    assert scripted.most_at_once == perform.AT_ONCE
    assert scripted.captions[: perform.AT_ONCE] == [
        f"slow house {n}" for n in range(perform.AT_ONCE)
    ]


def test_an_audio_file_beside_the_setlist_takes_its_place(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    (tmp_path / "crate").mkdir()
    (tmp_path / "crate" / "My Old Tune.WAV").write_bytes(b"RIFF")
    assert play('[[slots]]\ntrack = "crate/My Old Tune.WAV"\n[[slots]]\ncaption = "house"\n') == 0
    assert (tmp_path / "set" / "01 - My Old Tune.wav").read_bytes() == b"RIFF"
    assert scripted.readable == [tmp_path / "crate"]
    assert [slot["start_s"] for slot in record_of(tmp_path / "set")["slots"]] == [0.0, 61.5]


def test_a_library_id_that_is_not_there_fails_its_slot(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play('[[slots]]\ntrack = "trk_nowhere"\n') == 1
    assert "there is no track 'trk_nowhere'" in capsys.readouterr().out


def test_ctrl_c_stops_the_jobs_and_leaves_a_set_to_go_on_from(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    interrupted = THREE.replace("soft ambient", "interrupts").replace("dark techno", "stuck")
    assert play(interrupted) == 130
    assert [job.status for job in scripted.jobs] == ["done", "cancelled", "cancelled"]
    assert "The same command goes on from here." in capsys.readouterr().err
    assert [slot["status"] for slot in record_of(tmp_path / "set")["slots"]] == [
        "done", "cancelled", "cancelled",
    ]  # fmt: skip
    assert play(THREE) == 0
    assert scripted.captions[3:] == ["dark techno", "soft ambient"]


def test_what_got_done_while_ctrl_c_was_pressed_is_kept(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    slots = '[[slots]]\ncaption = "stuck, nearly done"\n[[slots]]\ncaption = "interrupts"\n'
    assert play(slots) == 130
    assert (tmp_path / "set" / "01 - Stuck, Nearly Done.flac").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "set").write_text("a file")
    assert play(THREE) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'set'} can't be used: File exists.\n"
    assert not scripted.jobs


def test_a_full_disk_fails_the_slot_and_leaves_no_half_written_file(
    scripted: ScriptedStudio, play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def no_space(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", no_space)
        assert play(THREE) == 1
    assert "No space left on device" in capsys.readouterr().out
    assert names_in(tmp_path / "set") == ["Small Set.m3u8", "set.json"]
    assert play(THREE) == 0


def test_titles_cannot_write_outside_the_folder_or_to_the_terminal(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    title = "../../\\u001b[31mescape\\n#EXTM3U [bold]x"
    assert play(f'title = "{title}"\n[[slots]]\ntitle = "{title}"\ncaption = "house"\n') == 0
    assert "\x1b" not in capsys.readouterr().out
    assert names_in(tmp_path / "set") == [
        "01 - [31mescape #EXTM3U [bold]x.flac",
        "[31mescape #EXTM3U [bold]x.m3u8",
        "set.json",
    ]  # fmt: skip
