"""The toolbox against the real server: what it reads from text must be what the server writes."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TypeVar

import pytest
from conftest import staffed
from doubles import Gate
from mcp import Client
from pydantic import BaseModel

from dj_agent.answers import FinishedSet, Job, Planned, PlayedSlot, PlayedTransition, Track
from dj_agent.toolbox import QueueFull, Toolbox, ToolFailed
from engine import Settings, Studio
from mcp_server import views
from mcp_server.app import build_app

T = TypeVar("T")
SLOT = {"caption": "house", "bpm": 120, "key": "A minor", "bars": 8, "seed": 1}
PLAN = json.dumps({"version": 1, "title": "Short", "slots": [SLOT, {**SLOT, "seed": 2}]})


def answer(studio: Studio, ask: Callable[[Toolbox], Awaitable[T]]) -> T:
    async def session() -> T:
        async with Client(build_app(studio)) as client:
            try:
                return await ask(Toolbox(client))
            except ToolFailed as error:
                failed = error
        raise failed

    return asyncio.run(session())


def test_a_full_queue_is_an_error_of_its_own(settings: Settings) -> None:
    full = dataclasses.replace(settings, queue_limit=0)
    with closing(Studio(full)) as studio, pytest.raises(QueueFull):
        answer(studio, lambda toolbox: toolbox.render_set(PLAN, lambda job: None))


def test_another_refusal_is_its_sentence(studio: Studio) -> None:
    with pytest.raises(ToolFailed) as error:
        answer(studio, lambda toolbox: toolbox.job("job_nowhere", 0.0))
    assert not isinstance(error.value, QueueFull)
    assert "job_nowhere" in error.value.message


def test_a_job_is_heard_of_while_the_server_still_waits_for_it(settings: Settings) -> None:
    heard: list[Job] = []
    patient = dataclasses.replace(settings, wait_s=3.0)
    with closing(Studio(patient)) as studio, staffed(patient, Gate()):
        job = answer(studio, lambda toolbox: toolbox.render_set(PLAN, heard.append))
        studio.cancel(job.job_id)
    assert job.status == "running"
    assert {one.job_id for one in heard} == {job.job_id}
    assert heard[-1].stage.startswith("track 1 of 2: ")
    assert all(0.0 <= one.progress <= 1.0 for one in heard)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Planned, views.PlanResult),
        (Job, views.AnyResult),
        (FinishedSet, views.FinishedSet),
        (PlayedSlot, views.PlayedSlot),
        (PlayedTransition, views.PlayedTransition),
        (Track, views.Track),
    ],
)
def test_all_that_the_dj_reads_is_in_the_servers_answers(
    here: type[BaseModel], there: type[BaseModel]
) -> None:
    assert here.model_fields.keys() <= there.model_fields.keys()
