"""Ctrl-C in a stream, in a tool, and twice; and those who just stop listening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
from talks import (
    Bench,
    Talker,
    calls,
    check,
    ended,
    heard,
    results,
    says,
    talk,
)

from dj_agent.events import (
    Event,
    TextDelta,
    ToolProgress,
)
from dj_agent.loop import turn
from dj_agent.messages import Finished, Message, Part
from dj_agent.providers.scripted import Scripted
from dj_agent.toolbox import Answer

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def press_ctrl_c() -> None:
    task = asyncio.current_task()
    assert task
    task.cancel()


async def test_ctrl_c_in_a_stream_keeps_what_was_said_and_closes_it(tmp_path: Path):
    closed: list[bool] = []

    async def endless(messages: Sequence[Message]) -> AsyncGenerator[Part]:
        try:
            yield TextDelta("One, two, ")
            await asyncio.Event().wait()
            yield Finished(Message("assistant", "never"))
        finally:
            closed.append(True)

    def press(event: Event) -> None:
        if isinstance(event, TextDelta):
            press_ctrl_c()

    async with talk(tmp_path, Talker(endless)) as session:
        events = await heard(session, on=press)
        assert ended(events).reason == "interrupted"
        assert closed == [True]
        assert session.history[-1].text.startswith("One, two,\n\n[From the program")
        session.provider = Scripted([says("Three.")])
        assert ended(await heard(session)).reason == "done"


async def test_a_second_ctrl_c_does_not_wait_for_the_job_to_stop(tmp_path: Path):
    stopping = asyncio.Event()

    main = asyncio.current_task()
    assert main
    press_again = main.cancel

    async def hang(name: str) -> Answer:
        if name == "make":
            return Answer("Running.", {"job_id": "job_1", "status": "running"})
        if name == "cancel_job":
            stopping.set()
            asyncio.get_running_loop().call_soon(press_again)
        await asyncio.Event().wait()
        raise AssertionError

    bench = Bench(lambda name, _: hang(name))
    async with talk(tmp_path, [calls(("make", {}), ("make", {}))], bench) as session:

        def press(event: Event) -> None:
            if isinstance(event, ToolProgress):
                main.cancel()

        events = await heard(session, on=press)
        assert stopping.is_set()
        assert ended(events).reason == "interrupted"
        assert "Whether job_1 stopped isn't known" in results(session)[0]
        assert main.cancelling() == 0


async def test_who_stops_listening_leaves_a_sound_history(tmp_path: Path):
    stopped: list[str] = []

    async def work(name: str, arguments: Any) -> Answer:
        if name == "cancel_job":
            stopped.append(arguments["job_id"])
            return Answer("Cancelled.", {"job_id": "job_1", "status": "cancelled"})
        if name == "get_job":
            await asyncio.Event().wait()
        return Answer("Running.", {"job_id": "job_1", "status": "running"})

    async with talk(tmp_path, [calls(("make", {}))], Bench(work)) as session:
        stream = turn(session, "Make it")
        async for event in stream:
            if isinstance(event, ToolProgress):
                break
        await stream.aclose()
        check(session.history)
        assert not session.unfinished
        assert stopped == ["job_1"]


async def test_ctrl_c_before_the_first_word_is_heard_as_well(tmp_path: Path):
    async def silent(messages: Sequence[Message]) -> AsyncGenerator[Part]:
        await asyncio.Event().wait()
        yield Finished(Message("assistant", "never"))

    async with talk(tmp_path, Talker(silent)) as session:
        press_ctrl_c()
        assert ended(await heard(session)).reason == "interrupted"
        assert [one.role for one in session.history] == ["user", "assistant"]
