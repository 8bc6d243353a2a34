"""What comes of streams that real servers send, through the real SDKs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest
from model_servers import Answer, playing
from wires import (
    ANTHROPIC,
    IMPATIENT,
    OLLAMA,
    OPENAI,
    WIRES,
    Call,
    Said,
    Wire,
    endpoint,
    heard,
    pieces,
    reply,
    sse,
)

from dj_agent.messages import (
    Finished,
    Message,
    Notice,
    Part,
    TextDelta,
    ThinkingDelta,
    ToolCallStarted,
    ToolResult,
    ToolSpec,
)
from dj_agent.providers.ollama_chat import OllamaChat
from dj_agent.providers.openai_chat import OpenAIChat

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)

PLAN = Call("toolu_1", "plan_set", '{"minutes": 60, "brief": "für die Küche 🎛"}')
LOOK = Call("toolu_2", "search_library", '{"query": "house"}')


def through(wire: Wire, answer: Answer, messages: Sequence[Message] | None = None) -> list[Part]:
    with playing(answer) as played:
        return heard(wire.provider(played.address), messages or [Message("user", "Hello")])


def texts(parts: Sequence[Part], kind: type) -> str:
    return "".join(part.text for part in parts if isinstance(part, kind))  # ty: ignore


@every_wire
def test_text_comes_in_pieces_and_then_whole(wire: Wire):
    parts = through(wire, wire.answer(Said(text="Grüße aus dem Club 🎧")))
    end = reply(parts)
    assert end.message == Message("assistant", "Grüße aus dem Club 🎧", extra=end.message.extra)
    assert texts(parts, TextDelta) == end.message.text
    assert len(parts) > 3
    assert end.stop == "done"
    assert (end.usage.input_tokens, end.usage.output_tokens) == (11, 7)


@every_wire
def test_thoughts_are_apart_from_the_text(wire: Wire):
    parts = through(wire, wire.answer(Said(thinking="Eight bars, then …", text="Done.")))
    assert texts(parts, ThinkingDelta) == "Eight bars, then …"
    assert reply(parts).message.text == "Done."


@every_wire
def test_calls_come_whole_with_ids_of_their_own(wire: Wire):
    parts = through(wire, wire.answer(Said(text="Let me see.", calls=[PLAN, LOOK, LOOK])))
    end = reply(parts)
    assert end.stop == "tool_calls"
    assert [call.name for call in end.message.tool_calls] == [PLAN.name, LOOK.name, LOOK.name]
    assert [call.arguments for call in end.message.tool_calls] == [
        json.loads(call.raw) for call in (PLAN, LOOK, LOOK)
    ]
    ids = [call.id for call in end.message.tool_calls]
    assert len(set(ids)) == 3
    assert [part.id for part in parts if isinstance(part, ToolCallStarted)] == ids


@every_wire
def test_an_id_that_the_conversation_has_already_is_not_given_again(wire: Wire):
    first = reply(through(wire, wire.answer(Said(calls=[PLAN])))).message
    call = first.tool_calls[0]
    done = Message("tool", tool_results=(ToolResult(call.id, call.name, "ok"),))
    again = reply(through(wire, wire.answer(Said(calls=[PLAN])), [first, done])).message
    assert again.tool_calls[0].id != call.id


@every_wire
def test_a_tool_that_does_not_exist_is_passed_on(wire: Wire):
    end = reply(through(wire, wire.answer(Said(calls=[Call("toolu_1", "make_coffee", "{}")]))))
    assert end.message.tool_calls[0].name == "make_coffee"


@every_wire
def test_a_call_without_arguments_has_none(wire: Wire):
    raw = "{}" if wire is OLLAMA else ""
    end = reply(through(wire, wire.answer(Said(calls=[Call("toolu_1", "studio_status", raw)]))))
    assert end.message.tool_calls[0].arguments == {}


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
@pytest.mark.parametrize("raw", ['{"minutes": 6', "[1, 2]", "sixty", '{"minutes": NaN}', "null"])
def test_arguments_that_are_no_object_are_kept_as_written(wire: Wire, raw: str):
    end = reply(through(wire, wire.answer(Said(calls=[Call("toolu_1", "plan_set", raw)]))))
    assert end.message.tool_calls[0].arguments is None
    assert end.message.tool_calls[0].raw == raw


@every_wire
def test_a_reply_that_ran_out_of_room_says_so(wire: Wire):
    end = reply(through(wire, wire.answer(Said(text="And then we", stop="length"))))
    assert end.stop == "length"
    assert reply(through(wire, wire.answer(Said(thinking="Hm", stop="length")))).stop == "length"


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
def test_a_reply_that_was_withheld_says_so(wire: Wire):
    assert reply(through(wire, wire.answer(Said(stop="filtered")))).stop == "filtered"


def test_a_refusal_is_text_and_filtered():
    events = [
        {"choices": [{"index": 0, "delta": {"refusal": "I can't."}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ]
    end = reply(through(OPENAI, OPENAI.raw(*map(sse, events))))
    assert (end.message.text, end.stop) == ("I can't.", "filtered")


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
def test_the_prompt_counts_whole_and_its_cached_part_besides(wire: Wire):
    said = Said(text="Hi", input_tokens=900, cached_tokens=800)
    usage = reply(through(wire, wire.answer(said))).usage
    assert (usage.input_tokens, usage.cached_tokens) == (900, 800)


def test_openrouter_says_what_a_reply_cost():
    assert reply(through(OPENAI, OPENAI.answer(Said(text="Hi")))).usage.cost_usd == 0.0125
    assert reply(through(ANTHROPIC, ANTHROPIC.answer(Said(text="Hi")))).usage.cost_usd is None


@every_wire
def test_lines_may_end_as_on_windows_and_comments_are_passed_over(wire: Wire):
    frames = [frame.replace(b"\n", b"\r\n") for frame in wire.frames(Said(text="Hello there"))]
    if wire is not OLLAMA:
        frames = [b": OPENROUTER PROCESSING\r\n\r\n", *frames[:3], b":\r\n\r\n", *frames[3:]]
    assert reply(through(wire, wire.raw(*frames))).message.text == "Hello there"


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
def test_half_a_character_waits_for_its_other_half(wire: Wire):
    said = Said(text="ab🎛cd", calls=[Call("toolu_1", "plan_set", '{"brief": "🎛"}')])
    frames = []
    for event in wire.events(said):
        text = json.dumps(event)
        frames.append(text)
    split = [_split(text) for text in frames]
    sent = [wire.framed(json.loads(text)) for halves in split for text in halves]
    parts = through(wire, wire.raw(*sent, wire.last))
    assert texts(parts, TextDelta) == reply(parts).message.text == "ab🎛cd"
    for part in parts:
        if isinstance(part, TextDelta):
            part.text.encode()


def _split(event: str) -> list[str]:
    """The event as two, cut between the halves of its character, if it has one as text."""
    whole = "\\ud83c\\udf9b"
    if whole not in event or "arguments" in event or "partial_json" in event:
        return [event]
    return [
        event.replace(whole, "\\ud83c").replace("cd", ""),
        event.replace("ab", "").replace(whole, "\\udf9b"),
    ]


def test_gemini_writes_calls_without_an_index():
    calls = [
        {
            "id": f"call_{n}",
            "type": "function",
            "function": {"name": "plan_set", "arguments": f'{{"minutes": {n}}}'},
            "extra_content": {"google": {"thought_signature": f"sig{n}"}},
        }
        for n in (1, 2)
    ]
    end = reply(through(OPENAI, OPENAI.raw(*_deltas(*({"tool_calls": [one]} for one in calls)))))
    assert [call.arguments for call in end.message.tool_calls] == [{"minutes": 1}, {"minutes": 2}]
    assert end.message.extra is not None
    assert [one["extra_content"] for one in end.message.extra.fields["calls"]] == [
        call["extra_content"] for call in calls
    ]


@pytest.mark.parametrize("id", ["", None, "same"])
def test_calls_with_one_index_and_ids_that_say_nothing_stay_apart(id: str | None):
    functions = [{"name": "plan_set", "arguments": f'{{"minutes": {n}}}'} for n in (1, 2)]
    given = [id, id] if id != "same" else ["a", "b"]
    deltas = [
        {"tool_calls": [{"index": 0, "id": one, "type": "function", "function": function}]}
        for one, function in zip(given, functions, strict=True)
    ]
    end = reply(through(OPENAI, OPENAI.raw(*_deltas(*deltas))))
    assert [call.arguments for call in end.message.tool_calls] == [{"minutes": 1}, {"minutes": 2}]
    assert len({call.id for call in end.message.tool_calls}) == 2


def test_a_server_that_repeats_id_and_name_in_every_piece_makes_one_call():
    deltas = [
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "plan_set", "arguments": it}}]}
        for it in pieces('{"minutes": 45}')
    ]
    end = reply(through(OPENAI, OPENAI.raw(*_deltas(*deltas))))
    assert [call.arguments for call in end.message.tool_calls] == [{"minutes": 45}]


def _deltas(*deltas: Mapping[str, object]) -> list[bytes]:
    choices: list[dict[str, object]] = [
        {"index": 0, "delta": delta, "finish_reason": None} for delta in deltas
    ]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    return [sse({"choices": [choice]}) for choice in choices]


def test_details_of_reasoning_come_together_as_openrouter_wants_them_back():
    details = [
        {"type": "reasoning.text", "index": 0, "text": "Bars ", "format": "anthropic-claude-v1"},
        {"type": "reasoning.text", "index": 0, "text": "first."},
        {"type": "reasoning.text", "index": 0, "signature": "c2ln", "text": None},
        {"type": "reasoning.encrypted", "index": 1, "data": "AAAA"},
    ]
    deltas = [{"reasoning": one.get("text"), "reasoning_details": [one]} for one in details]
    parts = through(OPENAI, OPENAI.raw(*_deltas(*deltas, {"content": "Done."})))
    assert texts(parts, ThinkingDelta) == "Bars first."
    extra = reply(parts).message.extra
    assert extra is not None
    assert extra.fields == {
        "message": {
            "reasoning_details": [
                {
                    "type": "reasoning.text",
                    "index": 0,
                    "text": "Bars first.",
                    "format": "anthropic-claude-v1",
                    "signature": "c2ln",
                },
                {"type": "reasoning.encrypted", "index": 1, "data": "AAAA"},
            ]
        }
    }


def test_claudes_thoughts_are_kept_block_by_block():
    said = Said(thinking="Two tools.", text="Let me see.", calls=[PLAN])
    extra = reply(through(ANTHROPIC, ANTHROPIC.answer(said))).message.extra
    assert extra is not None
    assert extra.fields["content"] == [
        {"type": "thinking", "thinking": "Two tools.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Let me see."},
        {
            "type": "tool_use",
            "id": PLAN.id,
            "name": PLAN.name,
            "input": json.loads(PLAN.raw),
        },
    ]


@every_wire
def test_what_is_no_part_of_the_format_is_passed_over(wire: Wire):
    odd: list[dict[str, object]] = [
        {"type": "novelty", "choices": [{"delta": {"tool_calls": None, "content": None}}]},
        {"type": "content_block_delta", "index": 9, "delta": {"text": "?"}, "choices": None},
    ]
    if wire is OLLAMA:
        odd = [{"message": {"role": "assistant", "novelty": 1}, "done": False}]
    frames = wire.frames(Said(text="Hello"))
    sent = [frames[0], *map(wire.framed, odd), *frames[1:]]
    assert reply(through(wire, wire.raw(*sent))).message.text == "Hello"


TOOLS = [ToolSpec("plan_set", "Plan " * 300, {"type": "object", "properties": {}})]
LONG = [Message("system", "You are a DJ. " * 400), Message("user", "Plan an hour.")]


def test_ollama_is_found_out_when_it_cuts_the_prompt():
    with playing(OLLAMA.answer(Said(text="What?", input_tokens=400))) as played:
        parts = heard(OllamaChat(endpoint("ollama", played.address), IMPATIENT), LONG, TOOLS)
    (notice,) = [part for part in parts if isinstance(part, Notice)]
    assert "400 tokens" in notice.text
    assert isinstance(parts[-1], Finished)
    assert played.bodies[0]["options"]["num_ctx"] == 8192


@pytest.mark.parametrize("read", [1_750, 0])
def test_ollama_is_not_blamed_for_a_count_that_fits_or_is_missing(read: int):
    with playing(OLLAMA.answer(Said(text="Sure.", input_tokens=read))) as played:
        parts = heard(OllamaChat(endpoint("ollama", played.address), IMPATIENT), LONG, TOOLS)
    assert not [part for part in parts if isinstance(part, Notice)]


def test_a_server_that_needs_no_key_is_asked_without_one():
    at = endpoint("openai", "")
    with playing(OPENAI.answer(Said(text="Hi"))) as played:
        at = type(at)("openai", "here", "a-model", f"{played.address}/v1", 8192)
        heard(OpenAIChat(at, IMPATIENT))
    assert played.paths == ["/v1/chat/completions"]
    assert "max_tokens" not in played.bodies[0]


@every_wire
def test_no_proxy_is_asked_for_this_machine(wire: Wire, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert reply(through(wire, wire.answer(Said(text="Hi")))).message.text == "Hi"
