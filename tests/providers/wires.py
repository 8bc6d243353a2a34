"""The three formats as their servers write them, and the adapters that read them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from model_servers import Answer

from dj_agent.messages import Finished, Message, Part, ToolSpec
from dj_agent.providers import ChatProvider
from dj_agent.providers.anthropic_messages import AnthropicMessages
from dj_agent.providers.endpoint import Endpoint, Key
from dj_agent.providers.ollama_chat import OllamaChat
from dj_agent.providers.openai_chat import OpenAIChat
from dj_agent.providers.patience import Patience

SECRET = "sk-or-v1-0123456789abcdef-do-not-show"

IMPATIENT = Patience(waits_s=(0.0, 0.0), silence_s=5.0, connect_s=5.0)
"""Asks three times, and waits for nothing in between."""

HELLO = [Message("user", "Hello")]


@dataclass(frozen=True)
class Call:
    id: str
    name: str
    raw: str


@dataclass(frozen=True)
class Said:
    """A reply, whatever the format: text and calls in order, after thoughts."""

    thinking: str = ""
    text: str = ""
    calls: Sequence[Call] = ()
    stop: str = "done"
    """Or length, or filtered."""
    input_tokens: int = 11
    output_tokens: int = 7
    cached_tokens: int = 0


@dataclass(frozen=True)
class Wire:
    """A format: its events for a reply, what they are framed in, and its adapter."""

    name: str
    events: Callable[[Said], list[dict[str, Any]]]
    framed: Callable[[dict[str, Any]], bytes]
    make: Callable[[Endpoint, Patience], ChatProvider]
    last: bytes = b""
    content_type: str = "text/event-stream"
    error: Callable[[str], dict[str, Any]] = field(default=lambda message: {"error": message})
    """An error as the format has it, in a body and in a stream."""

    def frames(self, said: Said) -> list[bytes]:
        return [*(self.framed(event) for event in self.events(said)), self.last]

    def answer(self, said: Said, **more: Any) -> Answer:
        return Answer(self.frames(said), headers={"Content-Type": self.content_type}, **more)

    def raw(self, *pieces: bytes, **more: Any) -> Answer:
        return Answer(pieces, headers={"Content-Type": self.content_type}, **more)

    def failure(self, status: int, message: str, **headers: str) -> Answer:
        content = json.dumps(self.error(message)).encode()
        sent = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return Answer([content], status, sent)

    def provider(self, address: str, patience: Patience = IMPATIENT) -> ChatProvider:
        return self.make(endpoint(self.name, address), patience)


def endpoint(name: str, address: str) -> Endpoint:
    return Endpoint(
        name=name,
        label={"openrouter": "OpenRouter", "anthropic": "Anthropic", "ollama": "Ollama"}.get(
            name, name
        ),
        model="a-model",
        address=address,
        context_tokens=8192,
        reply_tokens=1000,
        key=Key(SECRET),
        key_name="THE_API_KEY",
    )


def pieces(text: str, size: int = 5) -> list[str]:
    return [text[n : n + size] for n in range(0, len(text), size)]


def _openai(said: Said) -> list[dict[str, Any]]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning": piece} for piece in pieces(said.thinking)]
    deltas += [{"content": piece} for piece in pieces(said.text)]
    for n, call in enumerate(said.calls):
        function = {"name": call.name, "arguments": ""}
        deltas.append(
            {"tool_calls": [{"index": n, "id": call.id, "type": "function", "function": function}]}
        )
        deltas += [
            {"tool_calls": [{"index": n, "function": {"arguments": piece}}]}
            for piece in pieces(call.raw)
        ]
    stops = {"done": "tool_calls" if said.calls else "stop", "filtered": "content_filter"}
    reason = stops.get(said.stop, said.stop)
    usage = {
        "prompt_tokens": said.input_tokens,
        "completion_tokens": said.output_tokens,
        "prompt_tokens_details": {"cached_tokens": said.cached_tokens},
        "cost": 0.0125,
    }
    return [
        *(_openai_chunk({"delta": delta, "finish_reason": None}) for delta in deltas),
        _openai_chunk({"delta": {}, "finish_reason": reason}),
        _openai_chunk(None) | {"usage": usage},
    ]


def _openai_chunk(choice: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": "gen-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "a-model",
        "choices": [] if choice is None else [{"index": 0, **choice}],
    }


def _anthropic(said: Said) -> list[dict[str, Any]]:
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if said.thinking:
        deltas = [{"type": "thinking_delta", "thinking": one} for one in pieces(said.thinking)]
        deltas.append({"type": "signature_delta", "signature": "c2lnbmVk"})
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, deltas))
    if said.text:
        deltas = [{"type": "text_delta", "text": one} for one in pieces(said.text)]
        blocks.append(({"type": "text", "text": ""}, deltas))
    for call in said.calls:
        deltas = [{"type": "input_json_delta", "partial_json": one} for one in pieces(call.raw)]
        blocks.append(({"type": "tool_use", "id": call.id, "name": call.name, "input": {}}, deltas))
    stops = {
        "done": "tool_use" if said.calls else "end_turn",
        "length": "max_tokens",
        "filtered": "refusal",
    }
    usage = {
        "input_tokens": said.input_tokens - said.cached_tokens,
        "cache_read_input_tokens": said.cached_tokens,
        "output_tokens": 1,
    }
    start = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "usage": usage}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for n, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": n, "content_block": block})
        events += [{"type": "content_block_delta", "index": n, "delta": one} for one in deltas]
        events.append({"type": "content_block_stop", "index": n})
    delta = {"stop_reason": stops[said.stop], "stop_sequence": None}
    spent = {"output_tokens": said.output_tokens}
    events.append({"type": "message_delta", "delta": delta, "usage": spent})
    return [*events, {"type": "message_stop"}]


def _ollama(said: Said) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"thinking": one} for one in pieces(said.thinking)]
    messages += [{"content": one} for one in pieces(said.text)]
    messages += [
        {"tool_calls": [{"function": {"name": call.name, "arguments": json.loads(call.raw)}}]}
        for call in said.calls
    ]
    lines: list[dict[str, Any]] = [
        {"model": "a-model", "message": {"role": "assistant", **one}, "done": False}
        for one in messages
    ]
    last = {
        "model": "a-model",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "length" if said.stop == "length" else "stop",
        "prompt_eval_count": said.input_tokens,
        "eval_count": said.output_tokens,
    }
    return [*lines, last]


def sse(event: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def named_sse(event: dict[str, Any]) -> bytes:
    return b"event: " + event["type"].encode() + b"\n" + sse(event)


def line(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode() + b"\n"


def _anthropic_error(message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "api_error", "message": message}}


OPENAI = Wire(
    "openrouter",
    _openai,
    sse,
    OpenAIChat,
    b"data: [DONE]\n\n",
    error=lambda message: {"error": {"message": message, "code": "server_error"}},
)
ANTHROPIC = Wire("anthropic", _anthropic, named_sse, AnthropicMessages, error=_anthropic_error)
OLLAMA = Wire("ollama", _ollama, line, OllamaChat, content_type="application/x-ndjson")

WIRES = (OPENAI, ANTHROPIC, OLLAMA)


def heard(
    provider: ChatProvider,
    messages: Sequence[Message] = HELLO,
    tools: Sequence[ToolSpec] = (),
    seen: list[Part] | None = None,
) -> list[Part]:
    """The parts of the provider's reply; `seen` has those that came before an error, too."""
    parts: list[Part] = [] if seen is None else seen

    async def listen() -> None:
        async with asyncio.timeout(8), aclosing(provider.stream(messages, tools)) as stream:
            async for part in stream:
                parts.append(part)

    asyncio.run(listen())
    return parts


def reply(parts: Sequence[Part]) -> Finished:
    """The end of the reply; nothing comes after it, and it comes once."""
    *before, last = parts
    assert isinstance(last, Finished)
    assert not any(isinstance(part, Finished) for part in before)
    return last
