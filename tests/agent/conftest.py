from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.scripted_studio import ScriptedStudio
from dj_agent import toolbox
from dj_agent.__main__ import main
from dj_agent.asking import Request
from engine import (
    AnalyzeRequest,
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RepaintRequest,
    checked,
)

Play = Callable[..., int]
_KINDS = {
    "generate_music": GenerateRequest,
    "search_library": AnalyzeRequest,
    "cover_track": CoverRequest,
    "repaint_section": RepaintRequest,
    "extend_track": ExtendRequest,
}
"""What checks a tool's arguments; looking a track up takes what listening takes."""


def check_arguments(request: Request) -> None:
    """Raises if the studio would refuse what a slot asks for."""
    source = {"track": "trk_1"} if request.made_of else {}
    checked(_KINDS[request.tool], **source, **request.arguments)


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedStudio:
    """The studio that `dj-agent` finds instead of the real one."""
    folder = tmp_path / "library"
    folder.mkdir()
    studio = ScriptedStudio(folder)
    monkeypatch.setattr(toolbox, "open_app", studio.open_app)
    return studio


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """`dj-agent play` on a setlist given as text; the exit code. The set is in `tmp_path/set`."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DJ_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "110")

    def run(setlist: str, *options: str) -> int:
        file = tmp_path / "setlist.toml"
        file.write_text("version = 1\n" + setlist, encoding="utf-8")
        return main(["play", str(file), "--out", str(tmp_path / "set"), *options])

    return run
