"""The toolbox against the real server: what it reads from text must be what the server writes."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TypeVar

import pytest
from conftest import staffed
from doubles import Gate
from mcp import Client

from dj_agent.answers import Job
from dj_agent.asking import GENERATE
from dj_agent.toolbox import QueueFull, Toolbox, ToolFailed
from engine import Settings, Studio
from mcp_server.app import build_app

T = TypeVar("T")
HOUSE = {"caption": "house", "seed": 1}


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
        answer(studio, lambda toolbox: toolbox.make(GENERATE, HOUSE, lambda job: None))


def test_another_refusal_is_its_sentence(studio: Studio) -> None:
    with pytest.raises(ToolFailed) as error:
        answer(studio, lambda toolbox: toolbox.job("job_nowhere", 0.0))
    assert not isinstance(error.value, QueueFull)
    assert "job_nowhere" in error.value.message


def test_a_jobs_id_is_known_while_the_server_still_waits_for_it(studio: Studio) -> None:
    gate = Gate()
    heard: list[Job] = []

    def news(job: Job) -> None:
        heard.append(job)
        gate.opened.set()

    with staffed(studio.settings, gate):
        done = answer(studio, lambda toolbox: toolbox.make(GENERATE, HOUSE, news))
    assert done.status == "done"
    assert heard[0].job_id == done.job_id
    assert done.tracks[0].seed == 1
