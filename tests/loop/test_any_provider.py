"""Whatever a provider does, a turn ends in one `TurnEnded`, and the history can be sent on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from talks import Bench, ended, heard, talk

from dj_agent.events import Event
from dj_agent.messages import (
    Finished,
    Message,
    Notice,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallStarted,
    Usage,
)
from dj_agent.providers import errors
from dj_agent.providers.errors import ProviderError
from dj_agent.session import Limits
from dj_agent.toolbox import Answer, ToolFailed

TEXTS = st.sampled_from(["", " ", "Deep house, then.", '{"slots": []}', "[", "é😀", "\ud800"])
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ProviderError)
]
CALLS = st.builds(
    ToolCall.written,
    st.sampled_from(["", "a", "b", "call_0", "call_1", "ü/:"]),
    st.sampled_from(["look", "make", "get_job", "cancel_job", "polka", "", "Look"]),
    st.sampled_from(["", "{}", '{"what": "x"}', "{", "null", '"text"', '{"wait_s": 0}']),
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["assistant", "user"]),
    TEXTS,
    st.lists(CALLS, max_size=3).map(tuple),
)
PARTS = st.one_of(
    st.builds(TextDelta, TEXTS),
    st.builds(ThinkingDelta, TEXTS),
    st.builds(ToolCallStarted, st.just("a"), st.just("look")),
    st.builds(Notice, st.just("Wait."), st.booleans()),
    st.builds(
        Finished,
        MESSAGES,
        st.builds(
            Usage,
            st.sampled_from([0, 10, 40_000]),
            st.sampled_from([0, 10]),
            cost_usd=st.sampled_from([None, 0.1, 3.0]),
        ),
        st.sampled_from(["done", "tool_calls", "length", "filtered"]),
    ),
    st.sampled_from(KINDS).map(lambda kind: kind("It says no.")),
)
REPLIES = st.lists(st.lists(PARTS, max_size=5), max_size=8)
ANSWERS = st.sampled_from(
    [
        Answer("fine"),
        Answer("no such thing", is_error=True),
        ToolFailed("Gone."),
        Answer("Running.", {"job_id": "job_1", "status": "running"}),
        Answer("Done.", {"job_id": "job_1", "status": "done"}),
        Answer("Planned.", {"plan_id": "set_1", "minutes": 3, "slots": [{"slot": 1}]}),
        Answer("Strange.", {"plan_id": None, "set_made": 7, "job_id": 3}),
        Answer("x" * 50_000),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    replies=REPLIES,
    answers=st.lists(ANSWERS, min_size=1, max_size=4),
    interrupt=st.none() | st.integers(0, 12),
)
def test_a_turn_ends_once_and_leaves_a_sound_history(
    replies: list[Any], answers: list[Any], interrupt: int | None
):
    looks = [0]

    async def answer(name: str, arguments: Mapping[str, Any]) -> Any:
        await asyncio.sleep(0)
        looks[0] += 1
        if looks[0] > 40:  # a job ends some time
            return Answer("Done.", {"job_id": "job_1", "status": "done"})
        return answers[looks[0] % len(answers)]

    seen: list[Event] = []

    def press(event: Event) -> None:
        seen.append(event)
        task = asyncio.current_task()
        if task and interrupt is not None and len(seen) == interrupt + 1:
            task.cancel()

    async def conversation() -> None:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(answer)
            limits = Limits(steps=6, cost_usd=2.0)
            async with talk(Path(folder), replies, bench, limits) as session:
                for text in ("First", "Second"):
                    events = await heard(session, text, press)
                    last = ended(events)
                    assert last.sentence or last.reason == "done"
                before = session.history
            async with talk(Path(folder), [], Bench()) as again:
                assert again.history == before
                assert again.usage == session.usage
                assert again.state == session.state

    asyncio.run(conversation())
