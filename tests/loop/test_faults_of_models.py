"""Whatever a model or a tool does wrong, a turn ends well, and limits hold."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest
from talks import (
    Bench,
    asked,
    calls,
    ended,
    heard,
    of_type,
    results,
    says,
    talk,
)

from dj_agent.commands import recap
from dj_agent.events import (
    Notice,
    TextDelta,
    ThinkingDelta,
    ToolFinished,
    ToolStarted,
    TurnEnded,
)
from dj_agent.loop import CUT_OFF
from dj_agent.messages import Extra, Finished, Message, Part, ToolCall, Usage
from dj_agent.providers.errors import AuthRefused, ContextOverflow, CutOff, EmptyReply
from dj_agent.providers.failover import Failover
from dj_agent.providers.scripted import Scripted
from dj_agent.session import Limits
from dj_agent.toolbox import Answer, ToolFailed

pytestmark = pytest.mark.anyio

NOTHING: list[Part] = [Finished(Message("assistant"))]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# Limits


async def test_a_model_that_never_stops_calling_is_stopped_after_so_many_steps(tmp_path: Path):
    async with talk(tmp_path, [calls(("look", {}))] * 9, limits=Limits(steps=4)) as session:
        events = await heard(session)
        assert ended(events).reason == "max_steps"
        assert len(asked(session)) == 4
        assert results(session) == ["look says fine."] * 4
        assert "From the program" in session.history[-1].text


async def test_a_turn_costs_no_more_than_it_may_and_the_next_one_may_again(tmp_path: Path):
    script = [calls(("look", {}))] * 3 + [says("Cheap.")]
    async with talk(tmp_path, script, limits=Limits(cost_usd=0.6)) as session:
        assert ended(await heard(session)).reason == "max_cost"
        assert len(asked(session)) == 3
        assert ended(await heard(session)).reason == "done"
        assert session.used.cost_usd == pytest.approx(1.0)
        assert session.used.input_tokens == 4000


async def test_a_turn_lasts_no_longer_than_it_may(tmp_path: Path):
    now = [0.0]

    def look(name: str, arguments: Any) -> Answer:
        now[0] += 40.0
        return Answer("fine")

    bench = Bench(look)
    script = [calls(("look", {}))] * 9
    async with talk(tmp_path, script, bench, Limits(wall_s=100.0)) as session:
        session.clock = lambda: now[0]
        assert ended(await heard(session)).reason == "max_wall"
        assert len(bench.called) == 3


# Calls


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (("lok", {}), ["no tool 'lok'", "did you mean look?", "The tools are look, make"]),
        (("polka", {}), ["no tool 'polka'", "The tools are look, make"]),
        (("look", '{"what": '), ["look are no JSON object", "was not called", "what"]),
        (("look", "[1, 2]"), ["no JSON object"]),
    ],
)
async def test_a_call_that_cannot_be_made_is_answered_with_the_fix(
    tmp_path: Path, call: tuple[str, Any], parts: list[str]
):
    bench = Bench()
    async with talk(tmp_path, [calls(call), says("Oh.")], bench) as session:
        events = await heard(session)
        (text,) = results(session)
        assert all(part in text for part in parts), text
        assert not bench.called
        assert ended(events).reason == "done"
        assert not of_type(events, ToolStarted)
        assert [event.ok for event in of_type(events, ToolFinished)] == [False]


async def test_three_bad_replies_in_a_row_end_the_turn_with_what_was_wrong(tmp_path: Path):
    async with talk(tmp_path, [calls(("polka", {}))] * 5) as session:
        last = ended(await heard(session))
        assert last.reason == "bad_calls"
        assert "polka" in last.sentence
        assert len(asked(session)) == 3


async def test_a_good_call_in_between_forgives_the_bad_ones(tmp_path: Path):
    bad, good = calls(("polka", {})), calls(("look", {}), ("polka", {}))
    script = [bad, bad, good, bad, bad, says("Got it.")]
    async with talk(tmp_path, script) as session:
        assert ended(await heard(session)).reason == "done"


async def test_refusals_in_a_row_count_as_bad_calls(tmp_path: Path):
    bench = Bench(lambda name, _: Answer("what: polka won't do.", is_error=True))
    async with talk(tmp_path, [calls(("make", {}))] * 5, bench) as session:
        last = ended(await heard(session))
        assert last.reason == "bad_calls"
        assert "won't do" in last.sentence


async def test_a_studio_that_is_gone_is_told_and_not_asked_for_ever(tmp_path: Path):
    bench = Bench(lambda name, _: ToolFailed("The studio didn't answer look: gone."))
    async with talk(tmp_path, [calls(("look", {}))] * 9, bench) as session:
        last = ended(await heard(session))
        assert last.reason == "bad_calls"
        assert "didn't answer" in last.sentence
        assert results(session) == ["The studio didn't answer look: gone."] * 3


async def test_calls_that_only_read_run_together_and_others_one_by_one(tmp_path: Path):
    at_once: list[str] = []
    most: dict[str, int] = {"look": 0, "make": 0}
    both = asyncio.Barrier(2)

    async def work(name: str) -> Answer:
        at_once.append(name)
        most[name] = max(most[name], len(at_once))
        if name == "look":
            await both.wait()
        else:
            await asyncio.sleep(0)
        at_once.remove(name)
        return Answer(f"{name} is done")

    wanted = [("look", {}), ("look", {}), ("make", {}), ("make", {})]
    bench = Bench(lambda name, _: work(name))
    async with talk(tmp_path, [calls(*wanted), says("All done.")], bench) as session:
        await heard(session)
        assert most == {"look": 2, "make": 1}
        assert [name for name, _ in bench.called] == ["look", "look", "make", "make"]
        assert [one.tool_results[0].name for one in session.history[2:6]] == [
            "look", "look", "make", "make"
        ]  # fmt: skip


async def test_a_result_is_cut_to_what_the_model_can_take(tmp_path: Path):
    bench = Bench(lambda name, _: Answer("x" * 100_000))
    async with talk(tmp_path, [calls(("look", {})), says("Much.")], bench) as session:
        await heard(session)
        (text,) = results(session)
        assert len(text) < 17_000
        assert "100,000 characters in all" in text


async def test_ids_that_a_model_uses_twice_become_different(tmp_path: Path):
    async with talk(tmp_path, [calls(("look", {}))] * 2 + [says("Twice.")]) as session:
        await heard(session)
        ids = [call.id for one in session.history for call in one.tool_calls]
        assert len(set(ids)) == 2


async def test_a_bug_in_a_tool_leaves_no_call_without_its_result(tmp_path: Path):
    bench = Bench(lambda name, _: RuntimeError("a bug"))
    async with talk(tmp_path, [calls(("make", {})), says("Better.")], bench) as session:
        with pytest.raises(RuntimeError):
            await heard(session)
        assert results(session) == ["No answer: the turn ended before."]
        assert ended(await heard(session)).reason == "done"


async def test_of_two_bugs_at_once_none_goes_unheard(tmp_path: Path):
    bench = Bench(lambda name, _: RuntimeError("a bug"))
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: unheard.append(told))
    async with talk(tmp_path, [calls(("look", {}), ("look", {}))], bench) as session:
        with pytest.raises(RuntimeError):
            await heard(session)
    gc.collect()
    assert unheard == []
    assert len(bench.called) == 2


# Replies


async def test_a_reply_cut_off_in_a_call_is_not_acted_on_but_asked_for_again(tmp_path: Path):
    bench = Bench()
    cut = calls(("make", {}), text="I make", stop="length")
    script = [cut, calls(("make", {"what": "less"})), says("There.")]
    async with talk(tmp_path, script, bench) as session:
        events = await heard(session)
        assert bench.called == [("make", {"what": "less"})]
        assert asked(session)[1][-1].text == CUT_OFF
        assert any("cut off" in event.text for event in of_type(events, Notice))
        assert ended(events).reason == "done"


async def test_what_the_program_says_is_never_taken_for_the_person(tmp_path: Path):
    cut = calls(("make", {}), text="I make", stop="length")
    async with talk(tmp_path, [cut, says("There.")]) as session:
        await heard(session, "something warm")
        told = recap(session).splitlines()
    assert told == [f"Going on with {session.name}, 1 turn.", "› something warm", "There."]


async def test_a_reply_cut_off_twice_ends_the_turn(tmp_path: Path):
    bench = Bench()
    async with talk(tmp_path, [calls(("make", {}), stop="length")] * 3, bench) as session:
        last = ended(await heard(session))
        assert last.reason == "provider_error"
        assert "less at once" in last.sentence
        assert not bench.called
        assert len(asked(session)) == 2


async def test_words_cut_off_stay_and_the_person_is_told(tmp_path: Path):
    async with talk(tmp_path, [says("And so on and", stop="length")]) as session:
        events = await heard(session)
        assert ended(events).reason == "done"
        assert session.history[-1].text == "And so on and"
        assert of_type(events, Notice)


@pytest.mark.parametrize(
    "nothing", [NOTHING, [ThinkingDelta("Hm."), *NOTHING], [ThinkingDelta("Hm."), EmptyReply("")]]
)
async def test_nothing_is_asked_for_once_more(tmp_path: Path, nothing: list[Any]):
    async with talk(tmp_path, [nothing, says("Hello!")]) as session:
        events = await heard(session)
        assert ended(events).reason == "done"
        assert [event.restarts for event in of_type(events, Notice)] == [True]
        assert [one.text for one in session.history] == ["Hello", "Hello!"]


async def test_nothing_twice_is_a_sentence(tmp_path: Path):
    async with talk(tmp_path, [NOTHING] * 3) as session:
        last = ended(await heard(session))
        assert last.reason == "provider_error"
        assert "nothing twice" in last.sentence
        assert len(asked(session)) == 2


async def test_a_provider_error_is_its_sentence_and_what_was_said_is_kept(tmp_path: Path):
    script = [[TextDelta("I would "), CutOff("The reply ended in the middle.")], says("Again.")]
    async with talk(tmp_path, script) as session:
        last = ended(await heard(session))
        assert last == TurnEnded("provider_error", "The reply ended in the middle.")
        assert session.history[-1].text.startswith("I would\n\n[From the program")
        assert ended(await heard(session)).reason == "done"


async def test_a_stream_that_just_ends_is_a_provider_error(tmp_path: Path):
    async with talk(tmp_path, [[TextDelta("Once upon")]]) as session:
        assert ended(await heard(session)).reason == "provider_error"


async def test_a_withheld_reply_makes_no_calls(tmp_path: Path):
    bench = Bench()
    async with talk(tmp_path, [calls(("make", {}), text="I", stop="filtered")], bench) as session:
        assert ended(await heard(session)).reason == "provider_error"
        assert not bench.called


async def test_a_takeover_leaves_only_the_reply_of_whoever_gave_it(tmp_path: Path):
    first = Scripted([[TextDelta("I am"), AuthRefused("No key.")]])
    second = Scripted([[TextDelta("He"), CutOff("Gone.")]])
    async with talk(tmp_path, Failover([first, second])) as session:
        events = await heard(session)
        assert [event.restarts for event in of_type(events, Notice)] == [True]
        assert session.history[-1].text.startswith("He\n\n[From")


async def test_a_conversation_that_is_too_long_is_shortened_and_asked_again(tmp_path: Path):
    script = [
        says("First."), says("Second."), [ContextOverflow("Too long.")], says("In short: two."),
        says("Third."),
    ]  # fmt: skip
    async with talk(tmp_path, script) as session:
        await heard(session, "One " * 400)
        await heard(session, "Two")
        events = await heard(session, "Three")
        assert ended(events).reason == "done"
        assert any("shortened" in event.text for event in of_type(events, Notice))
        assert "In short: two." in session.history[0].text


async def test_a_conversation_that_cannot_be_shortened_is_the_providers_sentence(tmp_path: Path):
    async with talk(tmp_path, [[ContextOverflow("Too long.")]] * 3) as session:
        assert ended(await heard(session)) == TurnEnded("provider_error", "Too long.")


# What is kept


async def test_signatures_go_back_to_the_model_that_wrote_them(tmp_path: Path):
    extra = Extra("wire", "scripted", "script", {"sig": "c2ln"})
    call = ToolCall.written("id_1", "look", "{}")
    script = [
        [Finished(Message("assistant", "", (call,), extra=extra), Usage())],
        says("Seen."),
    ]
    async with talk(tmp_path, script) as session:
        await heard(session)
        assert asked(session)[1][1].extra == extra
        lines = session.journal.path.read_text("utf-8").splitlines()
        assert any("c2ln" in json.dumps(json.loads(line)) for line in lines)
