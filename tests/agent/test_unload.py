"""`dj-agent models unload`: memory back at once, and no work lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import dismiss_worker, worker

from dj_agent.__main__ import main
from engine import GenerateRequest, Settings, Studio, checked

SONG = {"caption": "house", "duration_s": 600.0, "seed": 1}


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio where the command looks for one."""
    monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
    with closing(Studio(Settings(home=tmp_path / "home", idle_s=60.0))) as opened:
        yield opened
    dismiss_worker(tmp_path / "home")


def unload(*options: str) -> int:
    return main(["models", "unload", *options])


def test_where_nobody_works_nothing_is_in_memory(studio: Studio, capsys):
    assert unload() == 0
    assert "No model is in memory." in capsys.readouterr().out


def test_an_idle_worker_leaves_with_its_models(studio: Studio, capsys):
    job = studio.submit(checked(GenerateRequest, **(SONG | {"duration_s": 10.0})))
    assert studio.wait(job.id, 60.0).status == "done"
    assert worker(studio.settings.home)
    assert unload() == 0
    assert "No model is in memory now" in capsys.readouterr().out
    assert worker(studio.settings.home) is None


@pytest.mark.slow
def test_a_job_under_way_is_asked_about_and_not_lost(studio: Studio, capsys):
    job = studio.submit(checked(GenerateRequest, **SONG))
    while studio.wait(job.id, 0.05).status == "queued":
        pass
    assert unload() == 1
    assert "add --yes" in capsys.readouterr().out
    assert studio.job(job.id).status == "running"
    assert unload("--yes") == 0
    assert studio.job(job.id).status == "queued"
    assert worker(studio.settings.home) is None
    assert studio.wait(job.id, 120.0).status == "done"
