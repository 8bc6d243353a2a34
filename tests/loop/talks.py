"""Conversations for tests: a quick studio, stand-ins, and what a history must be like."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import staffed
from mcp import Client

from dj_agent.answers import Job
from dj_agent.events import Event, TurnEnded
from dj_agent.loop import turn
from dj_agent.messages import (
    Finished,
    Message,
    Part,
    Stop,
    TextDelta,
    ToolCall,
    ToolSpec,
    Usage,
)
from dj_agent.providers import ChatProvider
from dj_agent.providers.anthropic_messages import body as anthropic_body
from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.openai_chat import body as openai_body
from dj_agent.providers.scripted import Reply, Scripted
from dj_agent.session import Limits, Session, open_session, unanswered
from dj_agent.toolbox import Answer, OfferedTool, Toolbox
from engine import Settings, Studio
from engine.renderers import Renderer
from mcp_server.app import build_app

SPENT = Usage(input_tokens=1000, output_tokens=50, cost_usd=0.25)


def says(text: str, stop: Stop = "done", usage: Usage = SPENT) -> list[Part]:
    """A reply of words."""
    return [TextDelta(text), Finished(Message("assistant", text), usage, stop)]


def calls(*wanted: tuple[str, Any], text: str = "", stop: Stop = "tool_calls") -> list[Part]:
    """A reply that calls tools; arguments that are text stand as they are."""
    made = [
        ToolCall.written(
            f"id_{number}_{name}", name, asked if isinstance(asked, str) else json.dumps(asked)
        )
        for number, (name, asked) in enumerate(wanted)
    ]
    said: list[Part] = [TextDelta(text)] if text else []
    return [*said, Finished(Message("assistant", text, tuple(made)), SPENT, stop)]


@asynccontextmanager
async def studio_at_work(settings: Settings, renderer: Renderer) -> AsyncGenerator[Toolbox]:
    """A toolbox on a real server in this process, with a worker that renders so."""
    with closing(Studio(settings)) as studio, staffed(settings, renderer):
        async with Client(build_app(studio)) as client:
            yield Toolbox(client)


@dataclass
class Bench(Toolbox):
    """Tools without a studio: `look` only reads, `make` doesn't, `get_job` and `cancel_job` are as
    they are. What they do is up to the test."""

    answers: Callable[[str, Mapping[str, Any]], Any] = lambda name, _: Answer(f"{name} says fine.")
    called: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def tools(self) -> tuple[OfferedTool, ...]:
        schema = {"type": "object", "properties": {"what": {"type": "string"}}}
        reads = {"look": True, "get_job": True, "search_library": True}
        names = ("look", "make", "get_job", "cancel_job", "search_library")
        return tuple(
            OfferedTool(ToolSpec(name, "A tool.", schema), reads.get(name, False)) for name in names
        )

    async def call(
        self, name: str, arguments: Mapping[str, Any], news: Callable[[Job], None] | None = None
    ) -> Answer:
        self.called.append((name, arguments))
        answer = self.answers(name, arguments)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer


class JobBench(Bench):
    """Tools of which `make` begins a job, which takes two looks. It outlives sessions."""

    def __init__(self) -> None:
        super().__init__(self._work)
        self.jobs: dict[str, int] = {}
        """How often each was looked at."""

    def _work(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        if name == "make":
            job_id = f"job_{len(self.jobs)}"
            self.jobs[job_id] = 0
            return Answer("Running.", {"job_id": job_id, "status": "running"})
        if name == "get_job":
            job_id = arguments["job_id"]
            self.jobs[job_id] += 1
            done = self.jobs[job_id] >= 2
            text = "Done: it is made." if done else "Running."
            return Answer(text, {"job_id": job_id, "status": "done" if done else "running"})
        return Answer(f"{name}: jobs {', '.join(self.jobs) or 'none'}")


class Talker:
    """A provider whose replies are made by a function of what it is told."""

    name, model = "talker", "talker-1"

    def __init__(
        self,
        reply: Callable[[Sequence[Message]], AsyncGenerator[Part]],
        context_tokens: int = 32_000,
    ) -> None:
        self._reply = reply
        self.context_tokens = context_tokens

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        return self._reply(messages)


@asynccontextmanager
async def talk(
    path: Path,
    replies: Sequence[Reply] | ChatProvider,
    toolbox: Toolbox | None = None,
    limits: Limits | None = None,
) -> AsyncGenerator[Session]:
    """A session with a provider that gives these replies."""
    provider = Scripted(replies) if isinstance(replies, Sequence) else replies
    session = await open_session(path / "talk.jsonl", provider, toolbox or Bench(), limits)
    try:
        yield session
    finally:
        session.close()


async def heard(
    session: Session, text: str | None = "Hello", on: Callable[[Event], None] | None = None
) -> list[Event]:
    """The events of a turn, which ends as every turn must."""
    events: list[Event] = []
    async with asyncio.timeout(20), aclosing(turn(session, text)) as told:
        async for event in told:
            events.append(event)
            if on:
                on(event)
    assert [type(event) for event in events].count(TurnEnded) == 1
    assert isinstance(events[-1], TurnEnded)
    assert not session.unfinished
    check(session.history)
    return events


def ended(events: Sequence[Event]) -> TurnEnded:
    last = events[-1]
    assert isinstance(last, TurnEnded)
    return last


def asked(session: Session) -> list[tuple[Message, ...]]:
    """What the scripted provider was told, request by request, without the system prompt."""
    assert isinstance(session.provider, Scripted)
    return [request.messages[1:] for request in session.provider.requests]


def results(session: Session) -> list[str]:
    return [result.text for one in session.history for result in one.tool_results]


def of_type(events: Sequence[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


_AT = Endpoint("openrouter", "OpenRouter", "a-model", "http://localhost:1", 32_000)
_CLAUDE = Endpoint("anthropic", "Anthropic", "a-model", "http://localhost:1", 32_000)


def check(history: Sequence[Message]) -> None:
    """The history can be sent in either format: every call is followed by its one result."""
    assert not unanswered(history)
    _check_openai(openai_body(_AT, history, [])["messages"])
    _check_anthropic(anthropic_body(_CLAUDE, history, [])["messages"])


def _check_openai(sent: Sequence[Mapping[str, Any]]) -> None:
    open_ids: list[str] = []
    for message in sent:
        if message["role"] == "tool":
            open_ids.remove(message["tool_call_id"])
            continue
        assert not open_ids, "a call has no result"
        assert message.get("content") or message.get("tool_calls")
        open_ids = [call["id"] for call in message.get("tool_calls", ())]
        for call in message.get("tool_calls", ()):
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
    assert not open_ids


def _check_anthropic(sent: Sequence[Mapping[str, Any]]) -> None:
    open_ids: list[str] = []
    for number, message in enumerate(sent):
        assert message["role"] == ("user", "assistant")[number % 2]
        assert message["content"]
        for block in message["content"]:
            if block["type"] == "tool_result":
                open_ids.remove(block["tool_use_id"])
        assert not open_ids, "a call has no result"
        open_ids = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
        assert len(open_ids) == len(set(open_ids))
    assert not open_ids
