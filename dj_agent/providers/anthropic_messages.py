"""Models behind Anthropic's messages format: Claude at Anthropic, or wherever else it is spoken.

Knows the format and the `anthropic` package, which it is the only one to import. `body` and `Reply`
are pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from typing import Any

import anthropic
import httpx2

from dj_agent.messages import (
    Extra,
    Message,
    Part,
    Stop,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallStarted,
    ToolSpec,
    Usage,
    mended,
    mended_within,
)
from dj_agent.providers.connections import certificates
from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.errors import ProviderError
from dj_agent.providers.patience import Patience, patient, within
from dj_agent.providers.refusals import (
    refusal,
    refusal_in_stream,
    timed_out,
    too_long,
    unreachable,
)
from dj_agent.providers.replies import (
    CallIds,
    Pieces,
    cost_of,
    count,
    cut_off,
    echo,
    finished,
    name_of,
    objects,
    part_of,
    text_of,
    unreadable,
)

WIRE = "anthropic_messages"

_STOPS: dict[str, Stop] = {"max_tokens": "length", "refusal": "filtered"}
_OVERFLOWN = "model_context_window_exceeded"


class AnthropicMessages:
    """A model at such an endpoint."""

    def __init__(self, at: Endpoint, patience: Patience | None = None) -> None:
        self._at = at
        self._patience = patience or Patience()
        self.name, self.model, self.context_tokens = at.name, at.model, at.context_tokens

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        """The parts of the reply. Raises `ProviderError`."""
        return patient(lambda: self._attempt(messages, tools), self._patience)

    async def _attempt(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        reply = Reply(self._at, messages)
        try:
            async with aclosing(self._events(body(self._at, messages, tools))) as events:
                async for event in events:
                    for part in reply.hear(event):
                        yield part
        except anthropic.AnthropicError as error:
            raise _translated(self._at, error) from None
        except httpx2.TimeoutException:  # the SDK translates these only before the stream
            raise timed_out(self._at) from None
        except httpx2.HTTPError:
            raise cut_off(self._at) from None
        except ValueError:  # neither JSON nor UTF-8
            raise unreadable(self._at) from None
        for part in reply.end():
            yield part

    async def _events(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        at, patience = self._at, self._patience
        async with anthropic.AsyncAnthropic(
            api_key=at.key.reveal() or "none",
            base_url=at.address,
            timeout=anthropic.Timeout(patience.silence_s, connect=patience.connect_s),
            max_retries=0,
            http_client=anthropic.DefaultAsyncHttpxClient(
                verify=certificates(), trust_env=not at.is_local
            ),
        ) as client:
            stream = await client.messages.create(**request)
            async with stream:
                if "event-stream" not in stream.response.headers.get("content-type", ""):
                    raise unreadable(at)
                async with aclosing(within(stream, patience.silence_s, at.label)) as events:
                    async for event in events:
                        yield event.to_dict()


def body(at: Endpoint, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """What is asked of the server, as arguments of the SDK's `create`."""
    head = next((n for n, one in enumerate(messages) if one.role != "system"), len(messages))
    request: dict[str, Any] = {
        "model": at.model,
        "max_tokens": at.reply_tokens,
        "messages": _turns(at, messages[head:]),
        "cache_control": {"type": "ephemeral"},  # all there is so far
        "stream": True,
    }
    if system := [_text(one.text) for one in messages[:head] if one.text.strip()]:
        request["system"] = system
    if tools:
        request["tools"] = [_tool(tool) for tool in tools]
    return request


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.schema}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _turns(at: Endpoint, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Speakers take turns: messages in a row of one side become one."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        blocks = _blocks(at, message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(at: Endpoint, message: Message) -> list[dict[str, Any]]:
    """The message as blocks. The format refuses a text of nothing, and thoughts alone."""
    if message.says_nothing:
        return []
    if kept := echo(at, WIRE, message).get("content"):
        return list(kept)
    text = [_text(message.text)] if message.text.strip() else []
    calls = [_use(call) for call in message.tool_calls]
    results = [
        {
            "type": "tool_result",
            "tool_use_id": _id(result.call_id),
            "content": result.text,
            "is_error": result.is_error,
        }
        for result in message.tool_results
    ]
    return [*results, *text, *calls]


def _use(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": _id(call.id), "name": call.name, "input": call.sendable}


def _id(id: str) -> str:
    """The id in the characters that the format takes; other providers use more."""
    return re.sub(r"[^\w-]", "_", id, flags=re.ASCII)


class Reply:
    """A reply, event by event: what it makes of an event depends only on those before it."""

    def __init__(self, at: Endpoint, messages: Sequence[Message]) -> None:
        self._at = at
        self._ids = CallIds(messages)
        self._text, self._thinking = Pieces(), Pieces()
        self._blocks: dict[int, dict[str, Any]] = {}
        self._written: dict[int, list[str]] = {}
        """What came of a block in pieces: text, thoughts, or arguments."""
        self._usage: dict[str, Any] = {}
        self._ended_by = ""
        self._is_over = False
        self.begun = False

    def hear(self, event: dict[str, Any]) -> Iterator[Part]:
        """The parts that this event completes."""
        self.begun = True
        index = count(event.get("index"))
        match event.get("type"):
            case "message_start":
                self._count(part_of(event.get("message"), "usage"))
            case "content_block_start":
                for block in objects([event.get("content_block")]):
                    yield from self._open(index, dict(block))
            case "content_block_delta":
                yield from self._add(index, event.get("delta"))
            case "message_delta":
                self._ended_by = text_of(event.get("delta"), "stop_reason") or self._ended_by
                self._count(event.get("usage"))
            case "message_stop":
                self._is_over = True

    def _count(self, usage: object) -> None:
        for one in objects([usage]):
            self._usage.update({name: n for name, n in one.items() if n is not None})

    def _open(self, index: int, block: dict[str, Any]) -> Iterator[Part]:
        """A block begins. Some other servers send all of it at once."""
        self._blocks[index], self._written[index] = block, []
        if block.get("type") == "tool_use":
            block["id"] = self._ids.admit(_id(text_of(block, "id")))
            yield ToolCallStarted(block["id"], name_of(block))
            if block.get("input"):
                self._written[index].append(json.dumps(block["input"], ensure_ascii=False))
        yield from self._add(index, block)

    def _add(self, index: int, piece: object) -> Iterator[Part]:
        """What a block begins with, or goes on with."""
        if index not in self._blocks:
            return
        block, written = self._blocks[index], self._written[index]
        if raw := text_of(piece, "text"):
            written.append(raw)
            if text := self._text.add(raw):
                yield TextDelta(text)
        if raw := text_of(piece, "thinking"):
            written.append(raw)
            if thought := self._thinking.add(raw):
                yield ThinkingDelta(thought)
        if raw := text_of(piece, "partial_json"):
            written.append(raw)
        if piece is not block and (signature := text_of(piece, "signature")):
            block["signature"] = text_of(block, "signature") + signature

    def end(self) -> Iterator[Part]:
        """The last parts. Raises `CutOff` if the stream ended too soon, `ContextOverflow` if the
        window did, or `EmptyReply`."""
        if not self._is_over:
            raise cut_off(self._at)
        if self._ended_by == _OVERFLOWN:
            raise too_long(self._at)
        if thought := self._thinking.rest():
            yield ThinkingDelta(thought)
        if text := self._text.rest():
            yield TextDelta(text)
        calls = tuple(self._call(n) for n in self._order("tool_use"))
        message = Message("assistant", self._text.text, calls, extra=self._extra(calls))
        stop = _STOPS.get(self._ended_by, "tool_calls" if calls else "done")
        yield finished(self._at, message, self._spent(), stop)

    def _order(self, kind: str) -> list[int]:
        return [n for n in sorted(self._blocks) if self._blocks[n].get("type") == kind]

    def _call(self, index: int) -> ToolCall:
        block = self._blocks[index]
        return ToolCall.written(block["id"], name_of(block), "".join(self._written[index]))

    def _extra(self, calls: Sequence[ToolCall]) -> Extra | None:
        """The reply block by block, if there is more in it than text and calls: thoughts must come
        back where they were, with their signatures."""
        if all(one.get("type") in ("text", "tool_use") for one in self._blocks.values()):
            return None
        inputs = {call.id: call.sendable for call in calls}
        content = []
        for index in sorted(self._blocks):
            block, written = dict(self._blocks[index]), mended("".join(self._written[index]))
            match block.get("type"):
                case "text":
                    block = _text(written)
                case "thinking":
                    block["thinking"] = written
                case "tool_use":
                    block["input"] = inputs[block["id"]]
            if block.get("type") != "text" or written.strip():
                content.append(block)
        return Extra(WIRE, self._at.name, self._at.model, mended_within({"content": content}))

    def _spent(self) -> Usage:
        """Usage in our terms: here, what is cached doesn't count as input."""
        usage = self._usage
        read = count(usage.get("cache_read_input_tokens"))
        written = count(usage.get("cache_creation_input_tokens"))
        return Usage(
            input_tokens=count(usage.get("input_tokens")) + read + written,
            output_tokens=count(usage.get("output_tokens")),
            cached_tokens=read,
            cost_usd=cost_of(usage),
        )


def _translated(at: Endpoint, error: anthropic.AnthropicError) -> ProviderError:
    if isinstance(error, anthropic.APIStatusError):
        if error.response.is_success:  # an error in a stream that began well
            return refusal_in_stream(at, part_of(error.body, "error") or error.body)
        return refusal(at, error.status_code, _said(error), error.response.headers)
    if isinstance(error, anthropic.APITimeoutError):
        return timed_out(at)
    if isinstance(error, anthropic.APIConnectionError):
        return unreachable(at)
    return unreadable(at)


def _said(error: anthropic.APIStatusError) -> str:
    return error.body if isinstance(error.body, str) else json.dumps(error.body)
