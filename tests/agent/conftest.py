from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.scripted_studio import ScriptedStudio
from dj_agent import toolbox
from dj_agent.__main__ import main

Play = Callable[..., int]


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedStudio:
    """The studio that `dj-agent` finds instead of the real one."""
    folder = tmp_path / "library"
    folder.mkdir()
    studio = ScriptedStudio(folder)
    monkeypatch.setattr(toolbox, "open_app", studio.open_app)
    return studio


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no settings but the terminal's width."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DJ_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "110")
    return tmp_path


@pytest.fixture
def play(bare: Path) -> Play:
    """`dj-agent play` on a setlist given as text; the exit code. The set is in `tmp_path/set`."""

    def run(setlist: str, *options: str) -> int:
        file = bare / "setlist.toml"
        file.write_text("version = 1\n" + setlist, encoding="utf-8")
        return main(["play", str(file), "--out", str(bare / "set"), *options])

    return run
