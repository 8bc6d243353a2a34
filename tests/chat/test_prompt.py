"""The prompt: keys, what was typed before, and what could be typed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from dj_agent.commands import COMMANDS
from dj_agent.prompting import Prompt, Suggestions


def typed(folder: Path, keys: str) -> str:
    with create_pipe_input() as input:
        input.send_text(keys)
        return asyncio.run(Prompt(folder, input, DummyOutput()).read())


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("deep house\r", "deep house"),
        ("one\x1b\rtwo\r", "one\ntwo"),
        ("wrong\x03right\r", "right"),
        ("\x1b[200~pasted\nlines\x1b[201~\r", "pasted\nlines"),
    ],
)
def test_enter_sends_alt_enter_does_not_and_ctrl_c_begins_anew(
    tmp_path: Path, keys: str, line: str
) -> None:
    assert typed(tmp_path, keys) == line


def test_an_empty_line_is_left_by_ctrl_c_and_ctrl_d(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        typed(tmp_path, "\x03")
    with pytest.raises(EOFError):
        typed(tmp_path, "\x04")


def test_what_was_typed_is_there_the_next_time_for_its_owner_only(tmp_path: Path) -> None:
    typed(tmp_path / "home", "deep house\r")
    assert typed(tmp_path / "home", "\x1b[A\r") == "deep house"
    assert (tmp_path / "home" / "history").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_to_only_costs_the_history(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert typed(tmp_path / "file" / "home", "still works\r") == "still works"


def suggestions(text: str) -> list[str]:
    found = Suggestions().get_completions(Document(text), CompleteEvent())
    return [one.text for one in found]


def test_commands_and_files_are_suggested_where_they_make_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.flac", "one.txt", "onward.toml"):
        (tmp_path / name).touch()
    (tmp_path / "my crate").mkdir()
    (tmp_path / "my crate" / "old friend.flac").touch()
    monkeypatch.chdir(tmp_path)
    assert suggestions("/") == [f"/{one.name}" for one in COMMANDS]
    assert suggestions("/co") == ["/cost", "/compact"]
    assert suggestions("/model ge") == ["gemini"]
    assert suggestions("and /nowhere") == suggestions("/co and ") == []
    assert suggestions(f"cover {tmp_path}/on") == ["e.flac", "ward.toml"]
    assert suggestions(f"cover {tmp_path}/my\\ cr") == ["ate"]
    assert suggestions(f"cover {tmp_path}/my\\ crate/") == ["old\\ friend.flac"]
    assert suggestions("deep ho") == []
