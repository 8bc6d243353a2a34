"""`dj-agent play` with slots that are made of others, against a scripted studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.conftest import Play
from agent.scripted_studio import ScriptedStudio
from agent.test_play import names_in, record_of

MADE_OF = """
title = "Made Of"
[[slots]]
title = "Doors"
caption = "warm house"
[[slots]]
title = "Doors, Again"
cover = "Doors"
caption = "reggae"
similarity = 0.8
[[slots]]
title = "Longer"
extend = 2
seconds = 16
[[slots]]
title = "Changed"
repaint = "tune.wav"
start_s = 4
end_s = 8.5
"""


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """A file beside the setlist."""
    file = tmp_path / "tune.wav"
    file.write_bytes(b"RIFF")
    return file


def test_slots_are_made_of_other_slots_and_of_files(
    scripted: ScriptedStudio, play: Play, tmp_path: Path, tune: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert play(MADE_OF) == 0
    asked = {job.tool: job.request for job in scripted.jobs}
    made = {job.tool: job.track for job in scripted.jobs}
    assert asked["cover_track"]["track"] == (made["generate_music"] or {})["id"]
    assert asked["extend_track"]["track"] == (made["cover_track"] or {})["id"]
    assert asked["repaint_section"]["track"] == str(tune)
    assert asked["repaint_section"]["windows"] == [{"start_s": 4.0, "end_s": 8.5}]
    assert scripted.readable == [tmp_path]
    cover, longer, changed = record_of(tmp_path / "set")["slots"][1:]
    assert (cover["tool"], cover["made_of"]) == ("cover_track", 1)
    assert cover["asked"]["track"] == asked["cover_track"]["track"]
    assert cover["asked"]["similarity"] == 0.8
    assert (longer["tool"], longer["made_of"]) == ("extend_track", 2)
    assert "made_of" not in changed
    out = " ".join(capsys.readouterr().out.split())
    assert "Made of 2 covers slot 1 · 3 extends slot 2 · 4 repaints tune.wav." in out
    assert names_in(tmp_path / "set")[:4] == [
        "01 - Doors.flac", "02 - Doors, Again.flac", "03 - Longer.flac", "04 - Changed.flac",
    ]  # fmt: skip


def test_a_set_of_slots_made_of_others_is_kept_when_it_is_played_again(
    scripted: ScriptedStudio, play: Play, tune: Path
) -> None:
    play(MADE_OF)
    assert play(MADE_OF) == 0
    assert len(scripted.jobs) == 4


def test_a_slot_that_changes_is_made_again_with_all_that_is_made_of_it(
    scripted: ScriptedStudio, play: Play, tune: Path
) -> None:
    play(MADE_OF)
    assert play(MADE_OF.replace("reggae", "jazz")) == 0
    assert [job.tool for job in scripted.jobs[4:]] == ["cover_track", "extend_track"]


def test_a_slot_added_before_others_leaves_what_they_are_made_of(
    scripted: ScriptedStudio, play: Play, tune: Path, tmp_path: Path
) -> None:
    play(MADE_OF)
    first = MADE_OF.replace("[[slots]]", '[[slots]]\ncaption = "ambient"\n[[slots]]', 1)
    assert play(first.replace("extend = 2", "extend = 3")) == 0
    assert scripted.captions[4:] == ["ambient"]
    record = record_of(tmp_path / "set")
    assert [slot.get("made_of") for slot in record["slots"]] == [None, None, 2, 3, None]


def test_what_is_made_of_a_slot_that_failed_fails_with_the_reason_and_the_rest_goes_on(
    scripted: ScriptedStudio, play: Play, tune: Path, tmp_path: Path
) -> None:
    assert play(MADE_OF.replace("reggae", "it fails")) == 1
    record = record_of(tmp_path / "set")
    assert [slot["status"] for slot in record["slots"]] == ["done", "failed", "failed", "done"]
    assert record["slots"][2]["error"] == (
        "slot 2 (Doors, Again), which it is made of, wasn't made."
    )
    assert "extend_track" not in [job.tool for job in scripted.jobs]
    assert play(MADE_OF) == 0


def test_a_kept_slot_whose_track_left_the_library_says_how_to_go_on(
    scripted: ScriptedStudio, play: Play, tune: Path, tmp_path: Path
) -> None:
    play(MADE_OF)
    scripted.forgetful = True
    assert play(MADE_OF.replace("reggae", "jazz")) == 1
    error = record_of(tmp_path / "set")["slots"][1]["error"]
    assert "delete 01 - Doors.flac and play the set again" in error
    (tmp_path / "set" / "01 - Doors.flac").unlink()
    assert play(MADE_OF.replace("reggae", "jazz")) == 0


def test_a_reshaping_that_the_studio_refuses_fails_its_slot_alone(
    scripted: ScriptedStudio, play: Play, tune: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(MADE_OF.replace('"tune.wav"', "1") + 'caption = "refused"\n') == 1
    assert "track 4, Changed: caption: has no music in it" in capsys.readouterr().out


def test_what_was_cancelled_is_on_record_with_what_it_was_to_be_made_of(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    slots = (
        '[[slots]]\ncaption = "house"\n[[slots]]\ncover = 1\ncaption = "stuck"\n'
        '[[slots]]\ncover = 1\ncaption = "interrupts"\n'
    )
    assert play(slots) == 130
    first, *covers = record_of(tmp_path / "set")["slots"]
    assert [slot["status"] for slot in covers] == ["cancelled", "cancelled"]
    assert {slot["asked"]["track"] for slot in covers} == {first["track"]["id"]}


def test_ctrl_c_does_not_wait_for_sources(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    slots = (
        '[[slots]]\ncaption = "stuck"\n[[slots]]\ncover = 1\ncaption = "jazz"\n'
        '[[slots]]\ncaption = "interrupts"\n'
    )
    assert play(slots) == 130
    assert [slot["status"] for slot in record_of(tmp_path / "set")["slots"]] == [
        "cancelled", "open", "cancelled",
    ]  # fmt: skip
