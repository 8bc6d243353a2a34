"""Long conversations stay within their window, and nothing that matters is torn or lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from talks import Bench, Talker, asked, calls, check, ended, heard, of_type, says, talk

from dj_agent.compaction import FULL, MARK, shortened
from dj_agent.events import Notice
from dj_agent.messages import Extra, Finished, Message, Part, TextDelta, Usage
from dj_agent.providers.errors import Overloaded
from dj_agent.session import Session
from dj_agent.tokens import characters
from dj_agent.toolbox import Answer

pytestmark = pytest.mark.anyio

WINDOW = 8_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Chatty:
    """A model that looks once a turn and then says much; it counts what it is sent."""

    def __init__(self, per_token: float = 3.6) -> None:
        self.sizes: list[int] = []
        self.summaries: list[str] = []
        self._per_token = per_token

    async def reply(self, messages: Sequence[Message]) -> AsyncGenerator[Part]:
        size = round((characters(messages) + 2000) / self._per_token)
        self.sizes.append(size)
        usage = Usage(size, 100, cost_usd=0.001)
        if "You shorten the log" in messages[0].text:
            self.summaries.append(messages[1].text)
            yield Finished(Message("assistant", f"Summary {len(self.summaries)}. " * 20), usage)
        elif messages[-1].role == "tool":
            number = sum(one.role == "user" for one in messages)
            yield TextDelta("Yes. ")
            yield Finished(Message("assistant", f"Reply {number}. " * 30), usage)
        else:
            yield Finished(calls(("look", {"what": "x" * 50}))[-1].message, usage)  # ty: ignore


async def test_two_hundred_turns_stay_within_the_window_and_in_bounded_memory(tmp_path: Path):
    model = Chatty()
    bench = Bench(lambda name, _: Answer("Found:\n" + "a track, 120 bpm\n" * 80))
    held: list[int] = []
    async with talk(tmp_path, Talker(model.reply, WINDOW), bench) as session:
        for number in range(200):
            events = await heard(session, f"Turn {number}: something a little longer, please.")
            assert ended(events).reason == "done"
            held.append(characters(session.history))
            bench.called.clear()
        summaries = [one for one in session.history if one.text.startswith(MARK)]
    assert max(model.sizes) <= WINDOW
    assert max(held[100:]) <= 1.1 * max(held[:100])
    assert len(model.summaries) >= 5
    assert summaries
    assert characters(summaries) <= 0.1 * WINDOW * 4
    assert "Turn 199" in session.history[-4].text
    assert session.used.cost_usd == pytest.approx(0.001 * len(model.sizes))


async def test_a_summary_is_never_summarised(tmp_path: Path):
    model = Chatty()
    bench = Bench(lambda name, _: Answer("Found:\n" + "a track, 120 bpm\n" * 80))
    async with talk(tmp_path, Talker(model.reply, WINDOW), bench) as session:
        for number in range(60):
            await heard(session, f"Turn {number}: something a little longer, please.")
    assert len(model.summaries) >= 2
    assert not any("Summary" in log or MARK in log for log in model.summaries)
    turns = [line for log in model.summaries for line in log.splitlines() if "user: Turn" in line]
    assert len(turns) == len(set(turns))


async def take_turns(session: Session, count: int) -> None:
    for number in range(count):
        await heard(session, f"Turn {number}")


def script(turns: int) -> list[list[Part]]:
    """A look and a reply in each turn."""
    look = calls(("look", {"what": "w" * 600}))
    return [reply for number in range(turns) for reply in (look, says(f"Reply {number}"))]


async def test_old_results_are_one_line_before_anything_is_summarised(tmp_path: Path):
    bench = Bench(lambda name, _: Answer("First line.\n" + "more\n" * 1500))
    async with talk(tmp_path, [*script(4), says("Fifth.")], bench) as session:
        await take_turns(session, 4)
        session.gauge.scale = 3.0
        events = await heard(session, "Turn 4")
        check(session.history)
        assert any("shortened" in one.text for one in of_type(events, Notice))
        found = [result.text for one in session.history for result in one.tool_results]
        assert found[0].startswith("First line. more")
        assert len(found[0]) <= 200
        assert len(found[-1]) > 1000
        raw = [call.raw for one in session.history for call in one.tool_calls]
        assert len(raw[0]) < 200
        said = [one.text for one in session.history if one.role == "user"]
        assert said == [f"Turn {number}" for number in range(5)]


async def test_what_only_its_model_can_read_goes_with_the_arguments_that_it_repeats(
    tmp_path: Path,
):
    extra = Extra("wire", "scripted", "script", {"content": "…"})
    end = calls(("look", {"what": "w" * 20_000}))[-1]
    assert isinstance(end, Finished)
    long = [replace(end, message=replace(end.message, extra=extra))]
    async with talk(tmp_path, [long, says("Seen."), says("Second.")]) as session:
        await heard(session)
        assert [one.extra for one in session.history if one.tool_calls] == [extra]
        session.gauge.scale = 5.0
        await heard(session)
        assert [one.extra for one in session.history if one.tool_calls] == [None]


async def test_a_person_may_ask_for_it(tmp_path: Path):
    async with talk(tmp_path, [*script(3), says("They like dub.")]) as session:
        await take_turns(session, 3)
        said = await shortened(session, at_any_price=True)
        assert said is not None
        assert said.startswith("The conversation was shortened by ")
        check(session.history)
        assert session.history[0].text == f"{MARK}\nThey like dub."
        assert [one.text for one in session.history if one.role == "user"][1:] == [
            "Turn 1", "Turn 2"
        ]  # fmt: skip
        log = asked(session)[-1][0].text
        assert "user: Turn 0" in log
        assert "Turn 1" not in log
    async with talk(tmp_path, []) as again:
        assert again.history == session.history
        assert again.turn_start == session.turn_start
        assert again.usage == session.usage


@pytest.mark.parametrize("failure", [[Overloaded("Busy.")], says(" "), [TextDelta("half")]])
async def test_without_a_summary_the_persons_words_stay(tmp_path: Path, failure: list[Part]):
    async with talk(tmp_path, [*script(3), failure]) as session:
        await take_turns(session, 3)
        assert await shortened(session, at_any_price=True)
        assert session.history[0].text == f"{MARK}\nThe person said: Turn 0"
        check(session.history)


async def test_there_is_nothing_to_shorten_in_a_short_conversation(tmp_path: Path):
    async with talk(tmp_path, [says("Hi.")]) as session:
        await heard(session)
        before = session.journal.path.read_bytes()
        assert await shortened(session) is None
        assert await shortened(session, at_any_price=True) is None
        assert session.journal.path.read_bytes() == before


async def test_the_estimate_learns_from_what_is_counted(tmp_path: Path):
    script = [says("Hi.", usage=Usage(input_tokens=n)) for n in (3000, 0, 10**9)]
    async with talk(tmp_path, script) as session:
        guess = session.filled
        await heard(session)
        assert session.filled > guess
        learned = session.gauge.scale
        await heard(session)
        assert session.gauge.scale == learned
        await heard(session)
        assert session.gauge.scale == 3.0
        assert 0.0 < session.used.context_share < FULL
