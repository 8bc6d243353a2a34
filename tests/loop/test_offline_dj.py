"""The DJ without a language model: words to a plan, a plan to music, and honesty about it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from doubles import Gate, Tone
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st
from talks import ended, heard, of_type, studio_at_work, talk

from dj_agent.compaction import shortened
from dj_agent.events import Event, TextDelta, ToolProgress, ToolStarted
from dj_agent.messages import Finished, Message, Part, ToolResult
from dj_agent.offline_dj import OfflineDJ
from dj_agent.session import Session
from engine import Settings

SET = "20 minutes of deep house, 118 to 122 bpm"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def at_work(path: Path, options: Settings, renderer: Any = None) -> AsyncGenerator[Session]:
    async with (
        studio_at_work(options, renderer or Tone()) as toolbox,
        talk(path, OfflineDJ(), toolbox) as session,
    ):
        yield session


def said(events: Sequence[Event]) -> str:
    return "".join(event.text for event in of_type(events, TextDelta))


def made(events: Sequence[Event]) -> list[tuple[str, dict[str, Any]]]:
    return [(event.name, event.arguments) for event in of_type(events, ToolStarted)]


@pytest.mark.anyio
async def test_words_become_a_plan_that_can_be_changed(tmp_path: Path, settings: Settings):
    async with at_work(tmp_path, settings) as session:
        first = await heard(session, SET)
        plan = session.state.plan
        assert plan is not None
        assert said(first).startswith("No language model is used")
        assert made(first) == [("plan_set", {"brief": SET})]
        assert all(slot.title in said(first) for slot in plan.slots)
        assert "Next:" not in said(first)
        assert 'Say "go"' in said(first)

        darker = await heard(session, "darker, drum and bass at 174 from track 3")
        assert "No language model" not in said(darker)
        asked = {"plan": plan.plan_id, "brief": "darker, drum and bass at 174", "from_slot": 3}
        assert made(darker) == [("plan_set", asked)]
        changed = session.state.plan
        assert changed is not None
        assert [slot.title for slot in changed.slots[:2]] == [s.title for s in plan.slots[:2]]
        assert all((slot.bpm or 0) > 160 for slot in changed.slots[2:])

        again = await heard(session, "with more strings")
        assert made(again) == [("plan_set", {"brief": f"{SET}. with more strings"})]
        assert session.state.plan is not None
        other = await heard(session, "now 10 minutes of techno")
        assert made(other) == [("plan_set", {"brief": "now 10 minutes of techno"})]
        shown = await heard(session, "show me the plan")
        assert made(shown) == [("plan_set", {"plan": session.state.plan.plan_id})]


@pytest.mark.anyio
async def test_go_renders_the_plan_and_ctrl_c_stops_it(tmp_path: Path, settings: Settings):
    def press(event: Event) -> None:
        task = asyncio.current_task()
        if isinstance(event, ToolProgress) and task:
            task.cancel()

    async with at_work(tmp_path, settings, Gate()) as session:
        await heard(session, SET)
        plan = session.state.plan
        assert plan is not None
        events = await heard(session, "Play it!", press)
        assert made(events) == [("render_set", {"plan": plan.plan_id})]
        assert ended(events).reason == "interrupted"


@pytest.mark.anyio
async def test_a_plan_is_still_there_when_the_conversation_was_shortened(
    tmp_path: Path, settings: Settings
):
    async with at_work(tmp_path, settings) as session:
        await heard(session, SET)
        await heard(session, "status")
        await heard(session, "status")
        assert await shortened(session, at_any_price=True)
        assert session.state.plan is not None
        shown = await heard(session, "plan")
        assert made(shown) == [("plan_set", {"plan": session.state.plan.plan_id})]


@pytest.mark.anyio
async def test_there_is_a_word_for_each_thing(tmp_path: Path, settings: Settings):
    words: list[tuple[str, str, dict[str, Any]]] = [
        ("analyze trk_0", "analyze_track", {"track": "trk_0", "detail": "full"}),
        ('listen to "my song.wav"', "analyze_track", {"track": "my song.wav", "detail": "full"}),
        ("stems of trk_0", "separate_stems", {"track": "trk_0"}),
        ("find dusty keys", "search_library", {"query": "dusty keys"}),
        ("tracks", "search_library", {}),
        ("status", "studio_status", {}),
        ("make a track of dusty lo-fi", "generate_music", {"caption": "dusty lo-fi"}),
        ("how far?", "get_job", {}),
    ]
    async with at_work(tmp_path, settings) as session:
        for text, tool, arguments in words:
            events = await heard(session, text)
            assert ended(events).reason == "done"
            assert made(events) == [(tool, arguments)]


@pytest.mark.parametrize("words", ["go", "Play it!", "yes", "OK", "darker from track 3", "plan"])
def test_without_a_plan_there_is_nothing_to_go_on(words: str):
    (text,) = [part.text for part in reply([Message("user", words)]) if type(part) is TextDelta]
    assert "There is no plan yet" in text


@pytest.mark.parametrize("words", ["help", "?", "!!", "hello"])
def test_help_says_what_is_understood(words: str):
    (text,) = [part.text for part in reply([Message("user", words)]) if type(part) is TextDelta]
    assert text.startswith("No language model is used")
    assert "from track 3" in text


def reply(messages: Sequence[Message]) -> list[Part]:
    async def listen() -> list[Part]:
        return [part async for part in OfflineDJ().stream(messages, ())]

    return asyncio.run(listen())


@tries(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"(go|from track|find|darker|plan|\d| ){1,6}"))
def test_whatever_is_said_there_is_a_reply(words: str):
    plan = 'Planned: 3 slots. Next: call render_set with plan "set_0123456789abcdef", or …'
    planned = reply([Message("user", SET)])[-1]
    assert isinstance(planned, Finished)
    call = planned.message.tool_calls[0]
    history = [
        Message("user", SET),
        planned.message,
        Message("tool", tool_results=(ToolResult(call.id, call.name, plan),)),
        Message("assistant", "Planned."),
        Message("user", words),
    ]
    last = reply(history)[-1]
    assert isinstance(last, Finished)
    assert not last.message.says_nothing
    for one in last.message.tool_calls:
        assert one.id != call.id
        assert re.fullmatch(r"\w+", one.name)
        assert len(str(one.sendable.get("brief", ""))) <= 2000
