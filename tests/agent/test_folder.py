"""A set's folder: what is copied into it, what is left alone, and what is cleared away."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conftest import Play
from agent.scripted_studio import ScriptedStudio
from agent.test_play import THREE, names_in
from dj_agent.folder import LIST, SetFolder
from dj_agent.relocation import relocated
from engine.sets.exports import relocate
from engine.sets.exports.locations import REKORDBOX, TRAKTOR, uri, volume_and_directory


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A set as the studio leaves it."""
    folder = tmp_path / "made"
    for name in ("mix.flac", "tracks/01.flac", "tracks/02.flac"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"sound of {name}")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> SetFolder:
    """Where it is to be kept."""
    return SetFolder(tmp_path / "kept")


def receive(kept: SetFolder, made: Path) -> None:
    kept.receive(made, names_in(made))


def test_files_that_are_here_already_are_not_written_again(kept: SetFolder, made: Path) -> None:
    receive(kept, made)
    before = {name: (kept.path / name).stat().st_ino for name in names_in(made)}
    (made / "mix.flac").write_text("other of mix.flac")  # as long as before
    (kept.path / "tracks" / "02.flac").write_text("tagged by a DJ program")
    receive(kept, made)
    after = {name: (kept.path / name).stat().st_ino for name in names_in(made)}
    assert [name for name in before if before[name] != after[name]] == [
        "mix.flac", "tracks/02.flac",
    ]  # fmt: skip
    assert (kept.path / "mix.flac").read_text() == "other of mix.flac"
    assert (kept.path / "tracks" / "02.flac").read_text() == "sound of tracks/02.flac"


def test_what_an_earlier_set_left_is_cleared_away_and_other_peoples_files_stay(
    kept: SetFolder, made: Path
) -> None:
    receive(kept, made)
    (kept.path / "tracks" / "mine.flac").write_text("mine")
    (kept.path / "notes.txt").write_text("mine")
    (made / "mix.flac").unlink()
    (made / "tracks" / "01.flac").rename(made / "tracks" / "01 again.flac")
    receive(kept, made)
    assert names_in(kept.path) == [
        LIST, "notes.txt", "tracks/01 again.flac", "tracks/02.flac", "tracks/mine.flac",
    ]  # fmt: skip


def test_a_folder_in_which_nothing_is_left_goes(kept: SetFolder, made: Path) -> None:
    receive(kept, made)
    kept.receive(made, ["mix.flac"])
    assert not (kept.path / "tracks").exists()


def test_names_that_the_set_needs_are_taken(kept: SetFolder, made: Path) -> None:
    kept.path.mkdir()
    (kept.path / "mix.flac").write_text("mine")
    receive(kept, made)
    assert (kept.path / "mix.flac").read_text() == "sound of mix.flac"


@pytest.mark.parametrize(
    "listed",
    [
        '{"files": ["../keep.txt"]}',
        '{"files": ["tracks/../../keep.txt", "tracks/01.flac"]}',
        '{"files": ["{outside}"]}',
        '{"files": ["..\\\\keep.txt"]}',
        '{"files": ["tracks/01.fl',
        "[]",
    ],
)
def test_a_list_that_was_tampered_with_clears_nothing_away(
    kept: SetFolder, made: Path, tmp_path: Path, listed: str
) -> None:
    outside = tmp_path / "keep.txt"
    outside.write_text("mine")
    receive(kept, made)
    (kept.path / LIST).write_text(listed.replace("{outside}", str(outside)))
    kept.receive(made, ["mix.flac"])
    assert outside.exists()
    assert (kept.path / "tracks" / "01.flac").exists()


def test_a_set_that_is_kept_where_it_was_made_stays_as_it_is(made: Path) -> None:
    before = names_in(made)
    receive(SetFolder(made), made)
    assert names_in(made) == before


def test_a_full_disk_leaves_no_half_written_file_and_says_where_the_set_is(
    scripted: ScriptedStudio, play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def no_space(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", no_space)
        assert play(THREE) == 1
    printed = capsys.readouterr()
    (folder,) = (tmp_path / "library" / "sets").iterdir()
    assert printed.err == (
        f"The set can't be put into {tmp_path / 'set'}: No space left on device. "
        f"It is in {folder}.\n"
    )
    # Long paths are wrapped.
    assert f"Mix{folder / 'Small Set.flac'}".replace(" ", "") in "".join(printed.out.split())
    assert names_in(tmp_path / "set") == [LIST]
    assert play(THREE) == 0


@pytest.mark.parametrize("name", ["../mix.flac", "/etc/passwd", "a/../../b", "C:\\x", "", "\\x"])
def test_a_studio_that_names_files_outside_its_folder_is_not_followed(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    name: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make = ScriptedStudio._mix

    def lie(studio: ScriptedStudio, job) -> None:
        make(studio, job)
        job.set_made["files"].append(name)

    monkeypatch.setattr(ScriptedStudio, "_mix", lie)
    assert play(THREE) == 1
    assert "can't be read" in capsys.readouterr().err
    assert names_in(tmp_path / "set") == []


def library(folder: Path) -> str:
    """Every way in which the studio's two libraries say where files are."""
    volume, directory = volume_and_directory(folder)
    for character, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        volume, directory = (text.replace(character, escape) for text in (volume, directory))
    return (
        f'<TRACK Name="file://localhost/x" Location="{uri(folder, "tracks/01.flac")}"/>\n'
        f'<LOCATION VOLUME="{volume}" VOLUMEID="{volume}" DIR="{directory}tracks/:" FILE="01"/>\n'
        f'<PRIMARYKEY TYPE="TRACK" KEY="{volume}{directory}tracks/:01.flac"/>\n'
    )


_NAMES = st.lists(
    st.text(st.sampled_from("aB1 &<>\"'%#é夕:~-_."), min_size=1, max_size=8).filter(
        lambda name: name.strip(".")
    ),
    min_size=1,
    max_size=3,
)


@settings(deadline=None)
@given(_NAMES, _NAMES)
def test_dj_libraries_say_where_the_files_lie_now_as_the_studio_would(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str]
) -> None:
    was = Path("/", *old)
    here = tmp_path_factory.getbasetemp().joinpath("libraries", *new)
    here.mkdir(parents=True, exist_ok=True)
    text = library(was)
    for name in (REKORDBOX, TRAKTOR):
        (here / name).write_text(text, encoding="utf-8")
    relocate(here, was)
    for name in (REKORDBOX, TRAKTOR):
        ours = relocated(text.encode(), was, here).decode()
        assert ours == (here / name).read_text(encoding="utf-8")
        assert ours == library(here)


def test_a_set_that_is_played_has_libraries_that_are_right_where_it_lies(
    scripted: ScriptedStudio, play: Play, tmp_path: Path
) -> None:
    play(THREE)
    library = tmp_path / "set" / "rekordbox.xml"
    expected = f'<TRACK Location="file://localhost{tmp_path}/set/tracks/01.flac"/>'
    assert library.read_text() == expected
    before = library.stat().st_ino
    play(THREE)
    assert library.stat().st_ino == before
