"""What other software reads of a set, read back: by parsers of our own, and by theirs."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

import pytest
from export_readers import cue_starts, element, marks, written
from export_sets import AWKWARD, RATE_HZ, long_set, sections, small_set
from pyrekordbox.rbxml import RekordboxXml

from engine.errors import StorageFull
from engine.keys import ALL_KEYS
from engine.sets.exports import chapters, relocate, write_exports
from engine.sets.exports.locations import uri, volume_and_directory
from engine.sets.exports.traktor import key_number
from engine.sets.exports.writing import file_name
from engine.text import one_line

SHOWN = one_line(AWKWARD, 200)


def test_the_files_are_named_after_the_set_and_come_in_a_sensible_order(tmp_path: Path):
    names = write_exports(tmp_path, *small_set())
    assert names == (
        "Sunset & -Rain.m3u8", "Sunset & -Rain.cue", "rekordbox.xml", "traktor.nml",
        "timeline.json",
    )  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_the_same_set_is_the_same_bytes(tmp_path: Path):
    names = write_exports(tmp_path, *small_set())
    before = [(tmp_path / name).read_bytes() for name in names]
    write_exports(tmp_path, *small_set())
    assert [(tmp_path / name).read_bytes() for name in names] == before


def test_a_full_disk_is_a_typed_error_and_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    names = write_exports(tmp_path, *small_set())
    before = [(tmp_path / name).read_bytes() for name in names]

    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    timeline, report = small_set()
    with pytest.raises(StorageFull, match=r"no room for Sunset & -Rain\.m3u8"):
        write_exports(tmp_path, timeline, report.model_copy(update={"renderer": "other"}))
    assert [(tmp_path / name).read_bytes() for name in names] == before
    assert len(list(tmp_path.iterdir())) == len(names)


def test_the_playlist_names_the_single_tracks_in_order(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    assert (tmp_path / "Sunset & -Rain.m3u8").read_text(encoding="utf-8").splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Sunset & <Rain>",
        "#EXTINF:240,dj-agent (sketch) - Golden Hour",
        "tracks/01 - Träck & 1.flac",
        f"#EXTINF:200,dj-agent (sketch) - {SHOWN}",
        "tracks/02 - Träck & 2.flac",
        "#EXTINF:100,Rain",
        "tracks/03 - Träck & 3.flac",
    ]


def test_the_cue_sheet_says_when_each_track_of_the_mix_begins(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    sheet = (tmp_path / "Sunset & -Rain.cue").read_text(encoding="utf-8")
    assert 'FILE "The Mix.flac" WAVE' in sheet
    assert cue_starts(sheet) == [0.0, 185.0, 375.0]
    quoted = re.findall(r'^    TITLE "([^"]*)"$', sheet, re.MULTILINE)
    assert quoted == ["Golden Hour", SHOWN.replace('"', "'"), "Rain"]
    timeline, report = small_set()
    mp3 = report.model_copy(update={"files": ("The Mix.mp3",)})
    write_exports(tmp_path, timeline, mp3)
    assert 'FILE "The Mix.mp3" MP3' in (tmp_path / "Sunset & -Rain.cue").read_text()


def test_a_cue_sheet_of_many_hours_counts_minutes_and_merges_what_is_over_99(tmp_path: Path):
    timeline, report = long_set(102)
    write_exports(tmp_path, timeline, report)
    sheet = (tmp_path / "Long.cue").read_text(encoding="utf-8")
    assert sheet.count(" AUDIO\n") == 99
    expected = [play.start / RATE_HZ for play in timeline.plays]
    assert cue_starts(sheet) == pytest.approx(expected[:99], abs=1 / 75)
    assert max(cue_starts(sheet)) > 99 * 60
    assert re.findall(r'^REM TRACK (\d+) \S+ "(.*)"$', sheet, re.MULTILINE) == [
        ("100", "Track 100"), ("101", "Track 101"), ("102", "Track 102"),
    ]  # fmt: skip


def test_rekordbox_gets_grid_key_and_cues_of_each_track(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    first, second, third, mix = element(written(tmp_path), "COLLECTION")
    assert (first.attrib["Tonality"], first.attrib["AverageBpm"]) == ("F#m", "125.00")
    assert (second.attrib["Name"], second.attrib["TotalTime"]) == (SHOWN, "200")
    hot = dict(marks(first, hot=True))
    assert hot == {
        "Mix in": 0.0, "First downbeat": 0.5, "Intro end": 30.0, "Drop 1": 60.0, "Drop 2": 150.0,
        "Mix out": 185.0, "Outro start": 210.0,
    }  # fmt: skip
    assert dict(marks(first, hot=False)) == hot
    pads = [int(mark.attrib["Num"]) for mark in first.iter("POSITION_MARK")]
    assert pads == [-1] * 7 + list(range(7))
    assert dict(marks(second, hot=True)) == {
        "First downbeat": pytest.approx(4 * 60 / 123.456 - 0.9, abs=0.001),
        "Mix in": 1.25,
        "Drop, intro end": 20.0,
        "Mix out": 193.25,
    }
    assert "Tonality" not in third.attrib
    assert third.find("TEMPO") is None
    assert (mix.attrib["Name"], mix.attrib["TotalTime"]) == ("Sunset & <Rain>", "475")
    assert dict(marks(mix, hot=False)) == {"Golden Hour": 0.0, SHOWN: 185.0, "Rain": 375.0}
    listed = [track.attrib["Key"] for track in written(tmp_path).findall(".//NODE/TRACK")]
    assert listed == ["1", "2", "3"]


def test_a_grid_begins_at_the_first_beat_in_the_file_whichever_of_the_bar_it_is(tmp_path: Path):
    timeline, report = small_set()
    write_exports(tmp_path, timeline, report)
    tempos = [entry.attrib for entry in written(tmp_path).iter("TEMPO")]
    assert tempos[0] == {"Inizio": "0.020", "Bpm": "125.0000", "Metro": "4/4", "Battito": "4"}
    assert tempos[1]["Battito"] == "3"  # bars begin 0.9 s before the file, beats every 0.486 s
    assert float(tempos[1]["Inizio"]) == pytest.approx(2 * 60 / 123.456 - 0.9, abs=0.0006)


def test_no_more_than_eight_pads_are_used_and_the_first_drops_are_kept(tmp_path: Path):
    timeline, report = small_set()
    first = timeline.plays[0]
    many = [s for n in range(12) for s in (("breakdown", 31.0 + 10 * n), ("drop", 36.0 + 10 * n))]
    heard = replace(
        first.deck,
        sections=sections(("intro", 0), ("build", 30), *many, ("outro", 210), end_s=240.0),
    )
    plays = (replace(first, deck=heard), *timeline.plays[1:])
    write_exports(tmp_path, replace(timeline, plays=plays), report)
    entry = next(written(tmp_path).iter("TRACK"))
    assert [name for name, _ in marks(entry, hot=True)] == [
        "Mix in", "First downbeat", "Intro end", "Drop 1", "Drop 2", "Drop 3", "Mix out",
        "Outro start",
    ]  # fmt: skip
    assert len(marks(entry, hot=False)) == 10


def test_pyrekordbox_reads_it(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    library = RekordboxXml(tmp_path / "rekordbox.xml")
    assert library.frmt_version == "1.0.0"
    assert library.num_tracks == 4
    tracks = [library.get_track(number) for number in range(4)]
    assert [Path("/", track.Location) for track in tracks] == [
        tmp_path / f"tracks/0{n} - Träck & {n}.flac" for n in (1, 2, 3)
    ] + [tmp_path / "The Mix.flac"]
    tempo = tracks[0].tempos[0]
    assert (tempo.Inizio, tempo.Bpm, tempo.Metro, tempo.Battito) == (0.02, 125.0, "4/4", 4)
    marks = {(mark.Name, mark.Type, mark.Num): mark.Start for mark in tracks[0].marks}
    assert marks[("Drop 1", "cue", 3)] == marks[("Drop 1", "cue", -1)] == 60.0
    playlist = library.get_playlist("Sunset & <Rain>")
    assert playlist.get_tracks() == [1, 2, 3]


def test_traktor_gets_grid_key_and_cues_of_each_track(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    root = written(tmp_path, "traktor.nml")
    assert root.attrib["VERSION"] == "19"
    first, second, _, mix = root.findall("COLLECTION/ENTRY")
    cues = [cue.attrib for cue in first.iter("CUE_V2")]
    assert [(c["NAME"], c["TYPE"], float(c["START"]), c["HOTCUE"]) for c in cues] == [
        ("AutoGrid", "4", 500.0, "-1"),
        ("Mix in", "1", 0.0, "0"),
        ("First downbeat", "0", 500.0, "1"),
        ("Intro end", "0", 30_000.0, "2"),
        ("Drop 1", "0", 60_000.0, "3"),
        ("Drop 2", "0", 150_000.0, "4"),
        ("Mix out", "2", 185_000.0, "5"),
        ("Outro start", "0", 210_000.0, "6"),
    ]
    assert element(second, "TEMPO").attrib["BPM"] == "123.456000"
    assert [element(e, "MUSICAL_KEY").attrib["VALUE"] for e in (first, second)] == ["18", "10"]
    assert element(first, "INFO").attrib["PLAYTIME"] == "240"
    places = []
    for entry in (first, second, mix):
        at = element(entry, "LOCATION").attrib
        places.append(Path(at["DIR"].replace("/:", "/")) / at["FILE"])
    assert places == [
        tmp_path / "tracks/01 - Träck & 1.flac",
        tmp_path / "tracks/02 - Träck & 2.flac",
        tmp_path / "The Mix.flac",
    ]
    keys = [entry.attrib["KEY"] for entry in root.iter("PRIMARYKEY")]
    assert [Path(key.replace("/:", "/")) for key in keys[:2]] == places[:2]


def test_traktors_numbers_for_keys_are_all_different():
    assert {key_number(key) for key in ALL_KEYS} == set(range(24))
    by_name = {str(key): key_number(key) for key in ALL_KEYS}
    assert (by_name["C major"], by_name["B major"], by_name["C minor"]) == (0, 11, 12)
    assert (by_name["A minor"], by_name["Eb minor"]) == (21, 15)


def test_timeline_json_holds_the_whole_set_in_seconds(tmp_path: Path):
    timeline, report = small_set()
    write_exports(tmp_path, timeline, report)
    whole = json.loads((tmp_path / "timeline.json").read_text(encoding="utf-8"))
    assert whole["version"] == 1
    assert whole["report"] == report.model_dump(mode="json")
    first, second, third = whole["plays"]
    assert first["file"] == "tracks/01 - Träck & 1.flac"
    assert second["knots"] == [[185.0, 1.25], [285.0, 103.25], [380.0, 198.25]]
    assert second["title"] == AWKWARD
    assert (first["key"], first["key_camelot"], third["grid"]) == ("F# minor", "11A", None)
    drop = next(cue for cue in second["cues"] if cue["kind"] == "drop")
    assert (drop["source_s"], drop["mix_s"]) == (20.0, pytest.approx(185 + 18.75 / 1.02, abs=1e-6))
    outro = next(cue for cue in first["cues"] if cue["kind"] == "outro start")
    assert outro["mix_s"] is None  # the mix has left the track by then
    assert whole["joins"][0] == {
        "from_slot": 1, "to_slot": 2, "type": "blend", "bars": 8, "start_s": 185.0,
        "swap_s": 193.0, "end_s": 200.0, "beats_s": [185.0],
    }  # fmt: skip
    assert str(tmp_path) not in (tmp_path / "timeline.json").read_text(encoding="utf-8")


def test_chapters_of_the_mix_follow_each_other_without_a_gap():
    timeline, _ = small_set()
    found = chapters(timeline)
    assert [(one.start_s, one.end_s) for one in found] == [(0, 185), (185, 375), (375, 475)]
    assert [one.title for one in found] == ["Golden Hour", AWKWARD, "Rain"]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (PureWindowsPath(r"C:\Sets\Ünï & 100%"), "C:/Sets/%C3%9Cn%C3%AF%20%26%20100%25/"),
        (PureWindowsPath(r"\\server\share\Sets"), "/server/share/Sets/"),
        (PurePosixPath("/home/dj/a#b?c"), "home/dj/a%23b%3Fc/"),
        (PurePosixPath("/"), ""),
    ],
)
def test_locations_are_uris_on_every_system(folder: PurePosixPath, expected: str):
    assert uri(folder) == f"file://localhost/{expected}"
    assert uri(folder, "tracks/01 – ä.flac") == f"{uri(folder)}tracks/01%20%E2%80%93%20%C3%A4.flac"


def test_traktor_finds_the_disk_on_every_system(monkeypatch: pytest.MonkeyPatch):
    windows = PureWindowsPath(r"D:\Sets\One")
    assert volume_and_directory(windows) == ("D:", "/:Sets/:One/:")
    assert volume_and_directory(PurePosixPath("/home/dj")) == ("", "/:home/:dj/:")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert volume_and_directory(PurePosixPath("/Users/dj")) == ("Macintosh HD", "/:Users/:dj/:")
    assert volume_and_directory(PurePosixPath("/Volumes/Stick/a")) == ("Stick", "/:a/:")


@pytest.mark.parametrize("new", ["moved", 'a "quoted" & <odd> 100% 日本 folder', "old/inside"])
def test_a_copied_folder_is_corrected_to_what_would_be_written_there(tmp_path: Path, new: str):
    old, there = tmp_path / "old", tmp_path / new
    old.mkdir()
    timeline, report = small_set()
    title = f'Location="{uri(old)} KEY="{"".join(volume_and_directory(old))}'
    named = report.model_copy(update={"slots": report.slots[:2], "title": title})
    write_exports(old, timeline, named)
    copied = {path.name: path.read_bytes() for path in old.iterdir()}
    there.mkdir()
    for name, content in copied.items():
        (there / name).write_bytes(content)
    relocate(there, old)
    moved = {name: (there / name).read_bytes() for name in copied}
    assert moved["rekordbox.xml"] != copied["rekordbox.xml"]
    write_exports(there, timeline, named)
    assert moved == {name: (there / name).read_bytes() for name in copied}


def test_a_folder_without_libraries_is_left_alone(tmp_path: Path):
    relocate(tmp_path, Path("/somewhere"))
    assert list(tmp_path.iterdir()) == []


def test_names_of_files_are_taken_by_every_system():
    assert file_name('a<b>:"/\\|?*c') == "a-b-c"
    assert file_name("con") == "_con"
    assert file_name(" .. ") == "Untitled"
    assert len(file_name("🌅" * 200).encode()) <= 200


def test_a_browser_would_find_the_file_behind_a_location(tmp_path: Path):
    folder = tmp_path / "Set #1 (50% off) + ü"
    folder.mkdir()
    write_exports(folder, *small_set())
    for entry in written(folder).findall("COLLECTION/TRACK"):
        place = urlsplit(entry.attrib["Location"])
        assert (place.scheme, place.netloc, place.query, place.fragment) == (
            "file", "localhost", "", "",
        )  # fmt: skip
        assert Path(unquote(place.path)).is_relative_to(folder)


@pytest.mark.skipif(not shutil.which("xmllint"), reason="needs xmllint")
def test_xmllint_finds_nothing_wrong(tmp_path: Path):
    write_exports(tmp_path, *small_set())
    files = [tmp_path / "rekordbox.xml", tmp_path / "traktor.nml"]
    done = subprocess.run(["xmllint", "--noout", *files], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("cuebreakpoints"), reason="needs cuetools")
@pytest.mark.parametrize("count", [2, 99])
def test_cuetools_reads_the_same_times(tmp_path: Path, count: int):
    timeline, report = long_set(count)
    write_exports(tmp_path, timeline, report)
    done = subprocess.run(
        ["cuebreakpoints", tmp_path / "Long.cue"], capture_output=True, text=True, check=True
    )
    clocks = [line.replace(":", ".").split(".") for line in done.stdout.split()]
    found = [int(m) * 60 + int(s) + int(f) / 75 for m, s, f in clocks]
    expected = [play.start / RATE_HZ for play in timeline.plays[1:]]
    assert found == pytest.approx(expected, abs=1 / 75)
