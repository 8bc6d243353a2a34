"""Models behind OpenAI's chat completions format: OpenRouter, Gemini, any compatible server.

Knows the format and the `openai` package, which it is the only one to import. `body` and `Reply`
are pure. Facts about OpenRouter are from https://openrouter.ai/docs, those about Gemini from
https://ai.google.dev/gemini-api/docs/thought-signatures.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

import openai

from dj_agent.messages import (
    Extra,
    Finished,
    Message,
    Part,
    Stop,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallStarted,
    ToolSpec,
    Usage,
    mended_within,
)
from dj_agent.providers.connections import certificates
from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.errors import ProviderError
from dj_agent.providers.patience import Patience, patient, within
from dj_agent.providers.refusals import refusal, refusal_in_stream, timed_out, unreachable
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

WIRE = "openai_chat"

# What a message may carry that must come back as it was.
_REASONING = ("reasoning_details", "reasoning_content", "reasoning", "extra_content")
_OF_A_CALL = ("index", "id", "type", "function")

# Gemini 3 refuses calls without its signature, except with this one: for calls that another model
# made.
_UNSIGNED = {"google": {"thought_signature": "skip_thought_signature_validator"}}

_STOPS: dict[str, Stop] = {"length": "length", "content_filter": "filtered"}


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Where servers of the same format differ."""

    reply_limit: str | None = "max_tokens"
    """The field for it. OpenAI's own models and others don't agree on one, and do without."""
    signs_calls: bool = False
    headers: dict[str, str] = field(default_factory=dict)


_DIALECTS = {
    "openrouter": _Dialect(headers={"X-Title": "dj-agent"}),
    "gemini": _Dialect(signs_calls=True),
    "openai": _Dialect(reply_limit=None),
}


class OpenAIChat:
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
            async with aclosing(self._chunks(body(self._at, messages, tools))) as chunks:
                async for chunk in chunks:
                    for part in reply.hear(chunk):
                        yield part
        except openai.OpenAIError as error:
            raise _translated(self._at, error, reply.begun) from None
        except ValueError:  # neither JSON nor UTF-8
            raise unreadable(self._at) from None
        for part in reply.end():
            yield part

    async def _chunks(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        at, patience = self._at, self._patience
        async with openai.AsyncOpenAI(
            api_key=at.key.reveal() or "none",
            base_url=at.address,
            timeout=openai.Timeout(patience.silence_s, connect=patience.connect_s),
            max_retries=0,
            default_headers=_DIALECTS[at.name].headers,
            http_client=openai.DefaultAsyncHttpxClient(
                verify=certificates(), trust_env=not at.is_local
            ),
        ) as client:
            stream = await client.chat.completions.create(**request)
            async with stream:
                if "event-stream" not in stream.response.headers.get("content-type", ""):
                    raise _not_a_stream(at, (await stream.response.aread()).decode())
                async with aclosing(within(stream, patience.silence_s, at.label)) as chunks:
                    async for chunk in chunks:
                        yield chunk.to_dict()


def body(at: Endpoint, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """What is asked of the server, as arguments of the SDK's `create`."""
    dialect = _DIALECTS[at.name]
    request: dict[str, Any] = {
        "model": at.model,
        "messages": [sent for one in messages for sent in _sent(at, one)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if tools:
        request["tools"] = [_tool(tool) for tool in tools]
    if dialect.reply_limit:
        request[dialect.reply_limit] = at.reply_tokens
    if at.name == "openrouter" and at.model.startswith("anthropic/"):
        # Others cache by themselves. This marks all there is so far.
        request["extra_body"] = {"cache_control": {"type": "ephemeral"}}
    return request


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    return {"type": "function", "function": function}


def _sent(at: Endpoint, message: Message) -> Iterator[dict[str, Any]]:
    if message.says_nothing:
        return
    if message.role == "tool":
        for result in message.tool_results:
            # The format has no field for a failure.
            text = f"Error: {result.text}" if result.is_error else result.text
            yield {"role": "tool", "tool_call_id": result.call_id, "content": text}
    elif message.role == "assistant":
        yield _assistant(at, message)
    else:
        yield {"role": message.role, "content": message.text}


def _assistant(at: Endpoint, message: Message) -> dict[str, Any]:
    echoed = echo(at, WIRE, message)
    sent: dict[str, Any] = {"role": "assistant", "content": message.text or None}
    if message.tool_calls:
        # Gemini signs the first of the calls that it makes at once.
        unsigned = [{"extra_content": _UNSIGNED}] if _DIALECTS[at.name].signs_calls else []
        extras = chain(echoed.get("calls", unsigned), repeat({}))
        sent["tool_calls"] = [
            _call(call) | extra for call, extra in zip(message.tool_calls, extras, strict=False)
        ]
    return sent | echoed.get("message", {})


def _call(call: ToolCall) -> dict[str, Any]:
    raw = call.raw if call.arguments is not None and call.raw.strip() else "{}"
    function = {"name": call.name, "arguments": raw}
    return {"id": call.id, "type": "function", "function": function}


@dataclass
class _Call:
    """A call as far as it has come."""

    id: str
    given_id: str
    name: str = ""
    raw: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def written(self) -> ToolCall:
        return ToolCall.written(self.id, self.name, "".join(self.raw))

    @property
    def is_whole(self) -> bool:
        return any(self.raw) and self.written.arguments is not None


class Reply:
    """A reply, chunk by chunk: what it makes of a chunk depends only on those before it."""

    def __init__(self, at: Endpoint, messages: Sequence[Message]) -> None:
        self._at = at
        self._ids = CallIds(messages)
        self._text, self._thinking = Pieces(), Pieces()
        self._calls: list[_Call] = []
        self._open: dict[str, _Call] = {}
        self._extra: dict[str, Any] = {}
        self._usage = Usage()
        self._ended_by = ""
        self._is_refused = False
        self.begun = False

    def hear(self, chunk: dict[str, Any]) -> Iterator[Part]:
        """The parts that this chunk completes. Raises `ProviderError` if it is an error."""
        self.begun = True
        if error := chunk.get("error"):
            raise refusal_in_stream(self._at, error)
        if isinstance(usage := chunk.get("usage"), dict):
            self._usage = _usage(usage)
        for choice in objects(chunk.get("choices")):
            if error := choice.get("error"):
                raise refusal_in_stream(self._at, error)
            for delta in objects([choice.get("delta")]):
                yield from self._hear_delta(delta)
            self._ended_by = text_of(choice, "finish_reason") or self._ended_by

    def _hear_delta(self, delta: dict[str, Any]) -> Iterator[Part]:
        thought = text_of(delta, "reasoning") or text_of(delta, "reasoning_content")
        if thought := self._thinking.add(thought):
            yield ThinkingDelta(thought)
        for name in _REASONING:
            if value := delta.get(name):
                self._extra[name] = _joined(self._extra.get(name), value)
        if text := self._text.add(text_of(delta, "content") or text_of(delta, "refusal")):
            yield TextDelta(text)
        self._is_refused = self._is_refused or bool(text_of(delta, "refusal"))
        for piece in objects(delta.get("tool_calls")):
            yield from self._hear_call(piece)

    def _hear_call(self, piece: dict[str, Any]) -> Iterator[Part]:
        function = piece.get("function")
        call = self._call_of(piece, function)
        call.extra.update({k: v for k, v in piece.items() if k not in _OF_A_CALL and v is not None})
        if not call.name and (name := name_of(function)):
            call.name = name
            yield ToolCallStarted(call.id, name)
        call.raw.append(text_of(function, "arguments"))

    def _call_of(self, piece: dict[str, Any], function: object) -> _Call:
        """The call that the piece belongs to. Gemini leaves out the index; proxies to it give every
        call the same one, some without ids; others repeat id and name in every piece."""
        index, id = str(piece.get("index")), text_of(piece, "id")
        call = self._open.get(index)
        if call is None or (id and id != call.given_id):
            is_next = True
        else:
            is_next = not id and bool(name_of(function)) and call.is_whole
        if call is None or is_next:
            call = self._open[index] = _Call(self._ids.admit(id), id)
            self._calls.append(call)
        return call

    def end(self) -> Iterator[Part]:
        """The last parts. Raises `CutOff` if the stream ended too soon, or `EmptyReply`."""
        if not self._ended_by:
            raise cut_off(self._at)
        if self._ended_by == "error":
            raise refusal(self._at, 502, "")
        if thought := self._thinking.rest():
            yield ThinkingDelta(thought)
        if text := self._text.rest():
            yield TextDelta(text)
        yield self._finished()

    def _finished(self) -> Finished:
        calls = tuple(call.written for call in self._calls)
        message = Message("assistant", self._text.text, calls, extra=self._extra_of())
        # Servers say "stop" after calls as well.
        otherwise: Stop = "tool_calls" if calls else "done"
        stop = "filtered" if self._is_refused else _STOPS.get(self._ended_by, otherwise)
        return finished(self._at, message, self._usage, stop)

    def _extra_of(self) -> Extra | None:
        if "reasoning_details" in self._extra:  # the same in full
            self._extra.pop("reasoning", None)
        fields: dict[str, Any] = {}
        if self._extra:
            fields["message"] = self._extra
        if any(call.extra for call in self._calls):
            fields["calls"] = [call.extra for call in self._calls]
        if not fields:
            return None
        return Extra(WIRE, self._at.name, self._at.model, mended_within(fields))


def _usage(usage: dict[str, Any]) -> Usage:
    return Usage(
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        cached_tokens=count(part_of(usage.get("prompt_tokens_details"), "cached_tokens")),
        cost_usd=cost_of(usage),
    )


def _joined(before: Any, piece: Any) -> Any:
    """A field that comes in pieces, so far. Pieces of one detail of reasoning share an index."""
    if isinstance(before, str) and isinstance(piece, str):
        return before + piece
    if not isinstance(piece, list):
        return piece
    details = list(before or ())
    for detail in piece:
        if details and _continues(details[-1], detail):
            details[-1] = _longer(details[-1], detail)
        else:
            details.append(detail)
    return details


def _continues(before: Any, detail: Any) -> bool:
    index = part_of(detail, "index")
    same = (part_of(before, "index"), part_of(before, "type")) == (index, part_of(detail, "type"))
    return index is not None and same


def _longer(before: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
    longer = dict(before)
    for name, value in detail.items():
        if name in ("text", "summary", "data"):
            longer[name] = text_of(before, name) + text_of(detail, name)
        elif value is not None:
            longer[name] = value
    return longer


def _not_a_stream(at: Endpoint, text: str) -> ProviderError:
    """Some servers say 200 and send an error, or a page, as a whole."""
    return refusal(at, 502, text) if '"error"' in text else unreadable(at)


def _translated(at: Endpoint, error: openai.OpenAIError, begun: bool) -> ProviderError:
    if isinstance(error, openai.APIStatusError):
        return refusal(at, error.status_code, error.response.text, error.response.headers)
    if isinstance(error, openai.APITimeoutError):
        return timed_out(at)
    if isinstance(error, openai.APIConnectionError):
        return cut_off(at) if begun else unreachable(at)
    if isinstance(error, openai.APIError) and error.body is not None:
        return refusal_in_stream(at, error.body)
    return unreadable(at)
