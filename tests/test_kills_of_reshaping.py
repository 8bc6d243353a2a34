"""Processes are killed while the tools that take a track are at work: each job is done again once,
and what comes out is what would have come out.

Real worker processes, the real sketch renderer, and a file of the user's own.
"""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import dismiss_worker, staffed
from mcp_clients import ON_A_TRACK
from test_kills import serving, until

from engine import Job, Request, Settings, Studio, checked
from engine.renderers import sketch
from mcp_server.tools import TOOLS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="kills processes by signal"),
]

RATE_HZ = 48_000
LENGTH_S = 24.0
KINDS = {tool.name: tool.arguments for tool in TOOLS}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A kick at 120 and a chord of A minor, in a folder that the studio may read."""
    time_s = np.arange(round(LENGTH_S * RATE_HZ)) / RATE_HZ
    beat_s = time_s % 0.5
    kick = 0.5 * np.sin(2 * np.pi * 55 * beat_s) * np.exp(-12 * beat_s)
    chord = sum(np.sin(2 * np.pi * hertz * time_s) for hertz in (220.0, 261.63, 329.63))
    path = tmp_path / "crate" / "own.flac"
    path.parent.mkdir()
    soundfile.write(path, kick + 0.1 * chord, RATE_HZ)
    return path


@pytest.fixture
def settings(settings: Settings, own: Path) -> Settings:
    return dataclasses.replace(settings, media_dirs=(own.parent,))


@pytest.fixture
def undisturbed(settings: Settings, tmp_path: Path) -> Iterator[Studio]:
    """Another studio, with a worker that nobody kills."""
    elsewhere = dataclasses.replace(settings, home=tmp_path / "elsewhere")
    with closing(Studio(elsewhere)) as studio, staffed(elsewhere, sketch.load()):
        yield studio


def request_of(tool: str, own: Path) -> Request:
    return checked(KINDS[tool], track=str(own), **ON_A_TRACK[tool])


def at_work(studio: Studio, job_id: str) -> bool:
    """Whether the job is past its preparations and not finished."""
    job = studio.job(job_id)
    assert not job.finished, job
    return job.status == "running" and job.stage not in ("starting", "reading")


def attempts(settings: Settings) -> list[int]:
    with closing(sqlite3.connect(settings.home / "studio.db")) as database:
        return [count for (count,) in database.execute("SELECT attempts FROM jobs ORDER BY seq")]


def made(studio: Studio, job: Job) -> list[Any]:
    """All that a job left behind: its analysis, its picture, and its files' bytes."""
    assert job.status == "done", job
    sound = [Path(track.path).read_bytes() for track in job.tracks]
    return [job.analysis, job.picture and studio.picture(job.picture), sound]


@pytest.mark.parametrize("tool", ON_A_TRACK)
def test_a_job_whose_worker_is_killed_is_done_again_once_with_the_same_result(
    studio: Studio, undisturbed: Studio, settings: Settings, own: Path, tool: str
) -> None:
    expected = undisturbed.wait(undisturbed.submit(request_of(tool, own)).id, 60)
    job = studio.submit(request_of(tool, own))
    until(lambda: at_work(studio, job.id))
    dismiss_worker(settings.home)
    finished = studio.wait(job.id, 60)
    assert attempts(settings) == [2]
    assert made(studio, finished) == made(undisturbed, expected)
    assert studio.search().total == len(expected.tracks)
    assert [file for file in (settings.home / "drafts").rglob("*") if file.is_file()] == []


def test_stems_that_were_finished_before_a_kill_are_kept_and_none_comes_twice(
    studio: Studio, settings: Settings, own: Path
) -> None:
    job = studio.submit(request_of("separate_stems", own))
    (first, *_) = until(lambda: studio.job(job.id).tracks)
    dismiss_worker(settings.home)
    finished = studio.wait(job.id, 60)
    assert [track.role for track in finished.tracks] == ["drums", "bass", "other"]
    assert finished.tracks[0] == first
    assert studio.search().total == 3


@pytest.mark.parametrize("tool", ON_A_TRACK)
def test_a_job_outlives_the_server_that_asked_for_it(
    studio: Studio, settings: Settings, own: Path, tool: str
) -> None:
    asked = {"track": str(own), **ON_A_TRACK[tool]}
    with serving(settings.home, tool, asked, own.parent) as process:
        (job,) = until(studio.jobs)
        process.kill()
    finished = studio.wait(job.id, 60)
    assert finished.status == "done"
    assert attempts(settings) == [1]
    assert bool(finished.tracks) != bool(finished.analysis)
