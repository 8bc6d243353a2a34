"""Long work: bounded waits, progress, jobs that outlive the call and the client."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from itertools import pairwise

import anyio
import pytest
from anyio.to_thread import run_sync
from conftest import staffed
from doubles import Gate, Tone
from mcp import MCPError
from mcp_clients import ERAS, connected

from engine import Job, Settings, Studio
from mcp_server.waiting import MAX_MESSAGE, REPORT_EVERY_S, Reporter, patience_s

pytestmark = pytest.mark.anyio

SONG = {"caption": "a long tone", "duration_s": 10}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A studio whose calls wait so briefly that a job looks long."""
    return dataclasses.replace(settings, wait_s=0.5)


async def test_a_client_with_a_short_timeout_finishes_a_long_job(
    studio: Studio, settings: Settings, era: str
) -> None:
    gate = Gate()
    calls = 1
    with staffed(settings, gate):
        async with connected(studio, era, read_timeout_seconds=5.0) as host:
            job = await host.data("generate_music", **SONG)
            while job["status"] in ("queued", "running"):
                calls += 1
                if calls == 5:
                    gate.opened.set()
                job = await host.data("get_job", job_id=job["job_id"])
    assert job["status"] == "done"
    assert calls <= 8


async def test_a_client_that_gives_up_finds_its_job_later(
    studio: Studio, settings: Settings, era: str
) -> None:
    patient = Studio(dataclasses.replace(settings, wait_s=30.0))
    gate = Gate()
    with staffed(settings, gate):
        async with connected(patient, era) as host:
            with pytest.raises(MCPError, match=r"(?i)timed out"):
                await host.client.call_tool("generate_music", SONG, read_timeout_seconds=1.0)
        gate.opened.set()
        async with connected(studio, era) as host:
            job = await host.data("get_job")
            while job["status"] == "running":
                job = await host.data("get_job")
    patient.close()
    assert job["status"] == "done"


async def test_the_same_request_while_it_runs_is_the_same_job(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        async with connected(studio) as host:
            first = await host.data("generate_music", **SONG)
            second = await host.data("generate_music", **SONG)
            other = await host.data("generate_music", caption="a short tone", duration_s=10)
            gate.opened.set()
    assert first["job_id"] == second["job_id"] != other["job_id"]


async def test_get_job_waits_as_long_as_it_is_told_but_not_longer_than_the_server_does(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        async with connected(studio) as host:
            await host.data("generate_music", **SONG)
            with anyio.fail_after(20):
                job = await host.data("get_job", wait_s=3600)
            assert job["status"] == "running"
            assert "get_job" in job["message"]
            gate.opened.set()


async def test_waiting_tells_the_client_how_far_things_are(
    studio: Studio, settings: Settings, era: str
) -> None:
    told: list[tuple[float, float | None, str | None]] = []
    enough = anyio.Event()

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))
        if len(told) == 3:
            enough.set()

    gate = Gate()
    patient = Studio(dataclasses.replace(settings, wait_s=60.0))
    with staffed(settings, gate):
        async with connected(patient, era) as host, anyio.create_task_group() as group:

            async def ask() -> None:
                await host.client.call_tool("generate_music", SONG, progress_callback=listen)

            group.start_soon(ask)
            with anyio.fail_after(60):
                await enough.wait()
            gate.opened.set()
    patient.close()
    assert all(earlier[0] < later[0] for earlier, later in pairwise(told))
    assert all(total == 1.0 for _, total, _ in told)
    assert all(message and len(message) <= MAX_MESSAGE for *_, message in told)
    assert all(message and message.startswith("job_") for *_, message in told)


async def test_progress_is_told_sparingly_and_always_rises() -> None:
    told: list[float] = []
    reporter = Reporter(_recording(told))
    for tenth in range(200):  # 20 seconds, at ten looks a second; progress stalls, then falls back
        await reporter.tell(_job(progress=0.5 if tenth < 100 else 0.2), now=tenth / 10)
    assert len(told) == 20 / REPORT_EVERY_S
    assert all(earlier < later for earlier, later in pairwise(told))
    assert told[-1] < 0.51


async def test_claude_code_waits_longer_unless_somebody_set_the_wait(settings: Settings) -> None:
    default = Settings(home=settings.home)
    assert patience_s(default, "claude-code") == 240
    assert patience_s(default, "claude-ai") == patience_s(default, None) == 45
    assert patience_s(dataclasses.replace(default, wait_s=20), "claude-code") == 20


async def test_many_clients_wait_at_the_same_time(studio: Studio, settings: Settings) -> None:
    statuses: list[str] = []
    with staffed(settings, Tone()):
        async with connected(studio) as host, anyio.create_task_group() as group:

            async def make(number: int) -> None:
                job = await host.data("generate_music", caption=f"tone {number}", duration_s=10)
                while job["status"] in ("queued", "running"):
                    job = await host.data("get_job", job_id=job["job_id"])
                statuses.append(job["status"])

            for number in range(8):
                group.start_soon(make, number)
    assert statuses == ["done"] * 8


async def test_a_job_outlives_the_server(settings: Settings) -> None:
    gate = Gate()
    first = Studio(settings)
    with staffed(settings, gate):
        async with connected(first) as host:
            job = await host.data("generate_music", **SONG)
        first.close()
        gate.opened.set()
        second = Studio(settings)
        await run_sync(second.wait, job["job_id"], 20.0)
        async with connected(second) as host:
            assert (await host.data("get_job", job_id=job["job_id"]))["status"] == "done"
        second.close()


def _recording(told: list[float]) -> Callable[[float, str], Awaitable[None]]:
    async def report(progress: float, message: str) -> None:
        told.append(progress)

    return report


def _job(progress: float) -> Job:
    return Job(
        id="job_1", task="generate", status="running", title="A tone", progress=progress,
        created_at="2026-01-01T00:00:00Z", renderer="tone",
    )  # fmt: skip
