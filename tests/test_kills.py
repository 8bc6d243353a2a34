"""Processes are killed at bad moments and disks fill up: nothing finished is lost, nothing hangs.

These run the real renderer in real worker processes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import soundfile
from conftest import dismiss_worker, staffed, worker
from doubles import Gate, Tone

from engine import GenerateRequest, Job, Settings, Studio, checked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="kills processes by signal"),
]

_HANDSHAKE = (
    {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
)  # fmt: skip


def ask(**values: Any) -> GenerateRequest:
    return checked(GenerateRequest, **{"caption": "techno", "duration_s": 300, "seed": 1} | values)


def until(condition: Callable[[], Any], timeout_s: float = 30.0) -> Any:
    """The condition's first true value; fails if there is none in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def started(studio: Studio, job_id: str) -> Job | None:
    """The job once its render is well under way."""
    job = studio.job(job_id)
    assert not job.finished, job
    return job if job.progress > 0.1 else None


def server(
    home: Path, seed: int, duration_s: float
) -> AbstractContextManager[subprocess.Popen[str]]:
    """A server whose client has asked for a track and waits for it."""
    return serving(
        home, "generate_music", {"caption": "techno", "seed": seed, "duration_s": duration_s}
    )


@contextmanager
def serving(
    home: Path, tool: str, arguments: dict[str, Any], media: Path | None = None
) -> Generator[subprocess.Popen[str]]:
    """A server whose client, over stdio, has called a tool and waits for it."""
    call = {
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "mcp_server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ
        | {"DJ_HOME": str(home), "DJ_WAIT_S": "120", "DJ_MEDIA_DIRS": str(media or "")},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.writelines(json.dumps(one) + "\n" for one in (*_HANDSHAKE, call))
        process.stdin.flush()
        yield process
        process.kill()


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The result of the server's call."""
    assert process.stdout is not None
    replies = (json.loads(line) for line in process.stdout)
    return next(reply for reply in replies if reply.get("id") == 2)["result"]["structuredContent"]


def test_a_killed_server_loses_neither_the_running_job_nor_the_queued_one(
    studio: Studio, settings: Settings
) -> None:
    with server(settings.home, 1, 300) as process:
        (running,) = until(studio.jobs)
        queued = studio.submit(ask(seed=2, duration_s=30))
        until(lambda: started(studio, running.id))
        process.kill()
    assert studio.wait(running.id, 120).status == "done"
    assert studio.wait(queued.id, 60).status == "done"


def test_a_killed_worker_is_replaced_and_its_job_is_made_once(
    studio: Studio, settings: Settings
) -> None:
    earlier = studio.wait(studio.submit(ask(seed=2, duration_s=10)).id, 60)
    job = studio.submit(ask())
    until(lambda: started(studio, job.id))
    dismiss_worker(settings.home)
    finished = studio.wait(job.id, 120)
    assert finished.status == "done"
    assert len(finished.tracks) == 1
    assert studio.search().total == 2
    assert soundfile.info(earlier.tracks[0].path).frames == 480_000
    assert soundfile.info(finished.tracks[0].path).frames == 300 * 48_000


def test_a_job_that_kills_its_worker_twice_fails_with_the_reason_and_the_queue_goes_on(
    studio: Studio, settings: Settings
) -> None:
    job = studio.submit(ask())
    after = studio.submit(ask(seed=2, duration_s=10))
    until(lambda: started(studio, job.id))
    dismiss_worker(settings.home)
    until(lambda: studio.tend() or studio.job(job.id).progress == 0)
    until(lambda: started(studio, job.id))
    dismiss_worker(settings.home)
    failed = studio.wait(job.id, 60)
    assert failed.status == "failed"
    assert failed.problem is not None
    assert "died 2 times" in failed.problem.message
    assert failed.tracks == ()
    assert studio.wait(after.id, 60).status == "done"


def test_a_worker_killed_while_it_writes_leaves_no_half_written_file_in_sight(
    studio: Studio, settings: Settings
) -> None:
    job = studio.submit(ask(duration_s=600))
    drafts = settings.home / "drafts"
    until(lambda: [f for f in drafts.rglob("*") if f.is_file() and f.stat().st_size], 60)
    dismiss_worker(settings.home)
    assert list((settings.home / "tracks").iterdir()) == []
    assert studio.search().total == 0
    assert studio.wait(job.id, 120).status == "done"
    assert [file for file in drafts.rglob("*") if file.is_file()] == []
    (only,) = (settings.home / "tracks").iterdir()
    assert soundfile.info(only).frames == 600 * 48_000


def test_a_job_that_is_cancelled_after_its_worker_died_is_cancelled(
    studio: Studio, settings: Settings
) -> None:
    job = studio.submit(ask())
    until(lambda: started(studio, job.id))
    dismiss_worker(settings.home)
    studio.cancel(job.id)
    assert studio.wait(job.id, 30).status == "cancelled"


def test_two_servers_on_one_library_share_one_worker_and_do_nothing_twice(
    studio: Studio, settings: Settings
) -> None:
    with (
        server(settings.home, 1, 60) as one,
        server(settings.home, 1, 60) as two,
        server(settings.home, 2, 60) as three,
    ):
        answers = [answer(process) for process in (one, two, three)]
    assert [made["status"] for made in answers] == ["done"] * 3
    first, same, other = (made["job_id"] for made in answers)
    assert first == same != other
    assert studio.search().total == 2


def test_the_same_request_gives_the_same_bytes_in_two_processes(
    studio: Studio, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = Settings(home=tmp_path / "elsewhere", idle_s=3.0)
    other = Studio(elsewhere)
    jobs = [
        place.wait(place.submit(ask(duration_s=30, caption="jazz trio")).id, 60)
        for place in (studio, other)
    ]
    other.close()
    dismiss_worker(elsewhere.home)
    first, second = (Path(job.tracks[0].path).read_bytes() for job in jobs)
    assert first == second


def test_an_idle_worker_leaves_and_the_next_job_calls_another(
    studio: Studio, settings: Settings
) -> None:
    studio.wait(studio.submit(ask(duration_s=10)).id, 60)
    until(lambda: worker(settings.home) is None, settings.idle_s + 10)
    assert studio.wait(studio.submit(ask(duration_s=10, seed=2)).id, 60).status == "done"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 80 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        if os.environ.get("CI"):
            pytest.fail("CI must be able to mount a tmpfs")
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_fills_up_while_writing_fails_the_job_and_keeps_the_rest(
    small_disk: Path,
) -> None:
    settings = Settings(home=small_disk)
    studio = Studio(settings)
    with staffed(settings, Tone()):
        earlier = studio.wait(studio.submit(ask(duration_s=10, seed=1)).id, 30)
    gate = Gate()
    with staffed(settings, gate):
        job = studio.submit(ask(duration_s=10, seed=2))
        assert gate.entered.wait(10)
        ballast = small_disk / "ballast"
        fill(ballast)
        gate.opened.set()
        failed = studio.wait(job.id, 30)
        assert failed.problem is not None
        assert failed.problem.code == "storage_full"
        assert list((small_disk / "drafts").rglob("*.flac")) == []
        ballast.unlink()
        assert studio.wait(studio.submit(ask(duration_s=10, seed=2)).id, 30).status == "done"
    assert studio.job(earlier.id) == earlier
    assert soundfile.info(earlier.tracks[0].path).frames == 480_000
    studio.close()


def fill(path: Path) -> None:
    """Write until the disk is full but for a little that the database may use."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(2**16))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, file.tell() - 2**18))
