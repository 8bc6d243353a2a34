"""However a stream is cut up on its way, the same message comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_servers import playing
from wires import ANTHROPIC, OLLAMA, OPENAI, WIRES, Call, Said, Wire, endpoint, heard, reply

from dj_agent.messages import (
    Finished,
    Part,
    TextDelta,
    ThinkingDelta,
    ToolCallStarted,
    as_json,
    mended,
)
from dj_agent.providers import ProviderError, anthropic_messages, ollama_chat, openai_chat

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)

FULL = Said(
    thinking="Eight bars of intro, then the Küche 🎛 …",
    text="Here is your set, with a Tokyo 東京 touch.",
    calls=[
        Call("toolu_1", "plan_set", '{"brief": "für 🎛", "minutes": 60}'),
        Call("toolu_2", "search_library", '{"query": "house"}'),
    ],
)


class Hears(Protocol):
    def hear(self, chunk: dict[str, Any], /) -> Iterable[Part]: ...
    def end(self) -> Iterable[Part]: ...


def listening(wire: Wire) -> Hears:
    at = endpoint(wire.name, "http://127.0.0.1:1")
    replies: dict[str, Hears] = {
        "openrouter": openai_chat.Reply(at, []),
        "anthropic": anthropic_messages.Reply(at, []),
        "ollama": ollama_chat.Reply(at, [], 0),
    }
    return replies[wire.name]


def made_of(wire: Wire, events: Iterable[dict[str, Any]]) -> list[Part]:
    it = listening(wire)
    parts = [part for event in events for part in it.hear(json.loads(json.dumps(event)))]
    return [*parts, *it.end()]


def total(parts: Sequence[Part]) -> tuple[str, str, list[ToolCallStarted], Finished]:
    """What the pieces come to."""
    return (
        "".join(part.text for part in parts if isinstance(part, TextDelta)),
        "".join(part.text for part in parts if isinstance(part, ThinkingDelta)),
        [part for part in parts if isinstance(part, ToolCallStarted)],
        reply(parts),
    )


@every_wire
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_bytes_may_be_cut_anywhere(wire: Wire, data: st.DataObject):
    """Through a real connection: the cuts go through lines, frames and characters."""
    content = b"".join(wire.frames(FULL))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(content) - 1), max_size=12)))
    edges = [0, *cuts, len(content)]
    pieces = [content[a:b] for a, b in pairwise(edges)]
    with playing(wire.raw(*pieces)) as played:
        end = reply(heard(wire.provider(played.address)))
    assert end == made_of(wire, wire.events(FULL))[-1]


TEXT = st.text(st.characters(exclude_categories=()), max_size=12)


@dataclass(frozen=True)
class Piecewise:
    """How a wire says a piece of text, of thought, or of arguments."""

    wire: Wire
    text: Callable[[str], dict[str, Any]]
    thought: Callable[[str], dict[str, Any]]
    first: tuple[dict[str, Any], ...]
    between: tuple[dict[str, Any], ...]
    last: tuple[dict[str, Any], ...]


def _openai_delta(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def _block(index: int, kind: str, field: str) -> dict[str, Any]:
    block = {"type": kind, field: ""}
    return {"type": "content_block_start", "index": index, "content_block": block}


def _block_delta(index: int, field: str, piece: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {field: piece}}


PIECEWISE = [
    Piecewise(
        OPENAI,
        lambda it: _openai_delta({"content": it}),
        lambda it: _openai_delta({"reasoning_content": it}),
        (),
        (),
        (_openai_delta({}, "stop"),),
    ),
    Piecewise(
        ANTHROPIC,
        lambda it: _block_delta(1, "text", it),
        lambda it: _block_delta(0, "thinking", it),
        (_block(0, "thinking", "thinking"),),
        (_block(1, "text", "text"),),
        ({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}),
    ),
    Piecewise(
        OLLAMA,
        lambda it: {"message": {"content": it}},
        lambda it: {"message": {"thinking": it}},
        (),
        (),
        ({"done": True},),
    ),
]


@pytest.mark.parametrize("how", PIECEWISE, ids=lambda how: how.wire.name)
@settings(deadline=None)
@given(texts=st.lists(TEXT, max_size=6), thoughts=st.lists(TEXT, max_size=6))
def test_text_may_be_cut_anywhere_even_within_a_character(
    how: Piecewise, texts: list[str], thoughts: list[str]
):
    """Any characters, halves included; the message is what the joined text comes to."""
    texts.append("!")  # or it would be a reply of nothing
    events = [
        *how.first,
        *map(how.thought, thoughts),
        *how.between,
        *map(how.text, texts),
        *how.last,
    ]
    text, thinking, _, end = total(made_of(how.wire, events))
    assert text == end.message.text == mended("".join(texts))
    assert thinking == mended("".join(thoughts))
    text.encode()
    once = [
        *how.first,
        how.thought("".join(thoughts)),
        *how.between,
        how.text("".join(texts)),
        *how.last,
    ]
    assert end == made_of(how.wire, once)[-1]


@settings(deadline=None)
@given(raw=st.text(max_size=40), cuts=st.sets(st.integers(1, 39), max_size=8))
@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
def test_arguments_may_be_cut_anywhere(wire: Wire, raw: str, cuts: set[int]):
    edges = [0, *sorted(cut for cut in cuts if cut < len(raw)), len(raw)]
    pieces = [raw[a:b] for a, b in pairwise(edges)]
    end = made_of(wire, _a_call(wire, pieces))[-1]
    assert isinstance(end, Finished)
    (call,) = end.message.tool_calls
    assert call.raw == raw
    assert (call.arguments is None) == (not _is_object(raw))


def _a_call(wire: Wire, pieces: Sequence[str]) -> list[dict[str, Any]]:
    if wire is OPENAI:
        first = {"index": 0, "id": "a", "function": {"name": "plan_set"}}
        rest = [{"index": 0, "function": {"arguments": piece}} for piece in pieces]
        deltas = [_openai_delta({"tool_calls": [one]}) for one in (first, *rest)]
        return [*deltas, _openai_delta({}, "tool_calls")]
    block = {"type": "tool_use", "id": "a", "name": "plan_set", "input": {}}
    return [
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(_block_delta(0, "partial_json", piece) for piece in pieces),
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
        {"type": "message_stop"},
    ]


def _is_object(raw: str) -> bool:
    try:
        return isinstance(json.loads(raw.strip() or "{}"), dict)
    except ValueError:
        return False


NAMES = {
    "choices": ["delta", "error", "finish_reason"],
    "delta": [
        "content",
        "tool_calls",
        "reasoning",
        "text",
        "partial_json",
        "signature",
        "thinking",
    ],
    "tool_calls": ["index", "id", "function"],
    "function": ["name", "arguments"],
    "content_block": ["type", "id", "name", "input", "text"],
    "message": ["content", "thinking", "tool_calls", "usage"],
    "usage": ["prompt_tokens", "input_tokens", "cost", "prompt_tokens_details"],
}
"""What the formats have in what."""

KINDS = ["message_start", "content_block_start", "content_block_delta", "message_delta"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from(["", "a", "{}", "tool_use", "\ud83c"])
)


def junk(name: str) -> st.SearchStrategy[Any]:
    """Something under this name: as the formats have it, a list of that, or anything else."""
    inner = {it: st.deferred(lambda it=it: junk(it)) for it in NAMES.get(name, ())}
    if not inner:
        return SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.just("a"), SCALARS)
    objects = st.fixed_dictionaries({}, optional=inner)
    return SCALARS | objects | st.lists(objects | SCALARS, max_size=2)


EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={
        name: junk(name)
        for name in (
            "choices",
            "message",
            "delta",
            "content_block",
            "usage",
            "error",
            "index",
            "done",
        )
    },
)


@every_wire
@settings(deadline=None)
@given(events=st.lists(EVENT, max_size=5))
def test_nothing_that_a_server_sends_breaks_us(wire: Wire, events: list[dict[str, Any]]):
    with suppress(ProviderError):
        end = reply(made_of(wire, events))
        json.dumps(as_json(end.message), ensure_ascii=False).encode()
