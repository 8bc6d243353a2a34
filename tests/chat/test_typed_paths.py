"""Paths that are typed or dropped into the terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dj_agent.dropped import read_paths


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    folder = tmp_path / "my crate"
    folder.mkdir()
    for name in ("old friend.flac", "it's.wav", "plain.mp3", "notes.txt"):
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    "written",
    [
        "'{path}'",
        '"{path}"',
        "{escaped}",
        "{escaped} ",
        "file://{quoted}",
        "{escaped}.",
    ],
)
def test_a_dropped_file_is_found_however_the_terminal_writes_it(crate: Path, written: str) -> None:
    path = str(crate / "old friend.flac")
    text = written.format(
        path=path, escaped=path.replace(" ", "\\ "), quoted=path.replace(" ", "%20")
    )
    typed = read_paths(f"make a dub of {text}")
    assert typed.text.startswith(f"make a dub of {path}")
    assert typed.folders == (crate,)


def test_several_files_open_their_folder_once(crate: Path) -> None:
    escaped = str(crate).replace(" ", "\\ ")
    typed = read_paths(f"mix {escaped}/plain.mp3 {escaped}/it\\'s.wav please")
    assert typed.folders == (crate,)
    assert typed.text == f"mix {crate}/plain.mp3 {crate}/it's.wav please"


def test_a_dropped_folder_is_open_itself(crate: Path) -> None:
    assert read_paths(f"'{crate}'").folders == (crate,)
    assert read_paths(f"'{crate.parent}'").folders == (crate.parent,)


def test_paths_in_ones_home_are_written_out(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(crate.parent))
    typed = read_paths("hear '~/my crate/plain.mp3'")
    assert typed.text == f"hear {crate}/plain.mp3"


@pytest.mark.parametrize(
    "text",
    [
        "119/120 bpm and/or 'warm' and it's \"deep\" house",
        "/nowhere/at/all.flac",
        "/",
        "don't /play that",
        "'{crate}/notes.txt'",
        "file://elsewhere{crate}/plain.mp3",
        "it's \\ odd '",
        "~nobody-here/x.wav",
        "a \x00/b",
    ],
)
def test_anything_else_stays_as_it_was_typed_and_opens_nothing(crate: Path, text: str) -> None:
    text = text.format(crate=crate)
    typed = read_paths(text)
    assert (typed.text, typed.folders) == (text, ())


def test_neither_ones_home_nor_all_of_the_disk_is_opened(
    crate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(crate))
    for folder in (crate, crate.parent, Path(os.sep)):
        assert read_paths(f"'{folder}'").folders == ()
