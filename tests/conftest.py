"""Fixtures for every test: a studio of its own in a temporary home, and workers to staff it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import Settings, Studio
from engine.renderers import Renderer
from engine.staffing import Seat
from engine.worker import Worker


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A studio's settings in a fresh home; its worker leaves soon after it has nothing to do."""
    return Settings(home=tmp_path / "home", idle_s=3.0, lease_s=2.0)


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A folder of the user's own, for those who let the studio read it."""
    folder = tmp_path / "crate"
    folder.mkdir()
    return folder


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """An open studio. A worker process that it calls in is stopped at the end."""
    opened = Studio(settings)
    yield opened
    opened.close()
    dismiss_worker(settings.home)


def worker(home: Path) -> int | None:
    """The id of the worker process of the studio in that folder, if there is one now."""
    return Seat(home, "cpu").process_id() if home.exists() else None


def dismiss_worker(home: Path) -> None:
    if (process_id := worker(home)) is not None:
        os.kill(process_id, signal.SIGKILL)


@contextmanager
def staffed(settings: Settings, renderer: Renderer) -> Generator[threading.Event]:
    """A worker in a thread of this process, rendering with `renderer`; the event sends it home."""
    seat = Seat(settings.home, settings.device)
    assert seat.take()
    leaving = threading.Event()
    staff = Worker(settings, leaving, lambda name, workplace: renderer)
    thread = threading.Thread(target=staff.run)
    thread.start()
    try:
        yield leaving
    finally:
        leaving.set()
        thread.join()
        staff.close()
        seat.leave()
