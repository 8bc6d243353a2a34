"""Models that Ollama runs, in its own format.

Knows the format and the `ollama` package, which it is the only one to import. `body` and `Reply`
are pure. Its own format and not OpenAI's, because only this one takes the size of the window:
without it Ollama cuts long prompts, system prompt and tools first, and says nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import Any

import httpx
import ollama

from dj_agent.messages import (
    Extra,
    Message,
    Notice,
    Part,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallStarted,
    ToolSpec,
    Usage,
)
from dj_agent.providers.connections import certificates
from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.narrowing import narrowed
from dj_agent.providers.patience import Patience, patient, within
from dj_agent.providers.refusals import refusal, timed_out, unreachable
from dj_agent.providers.replies import (
    CallIds,
    Pieces,
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

WIRE = "ollama_chat"

# A model on a slow processor takes minutes to read a long prompt before it says anything.
PATIENCE = Patience(silence_s=600.0)

_CHARACTERS_PER_TOKEN = 4
# Far from any text's number of characters per token, so that what is below it has been cut.
_EVIDENT = 0.5
_WORTH_CHECKING_TOKENS = 1024


class OllamaChat:
    """A model in Ollama."""

    def __init__(self, at: Endpoint, patience: Patience = PATIENCE) -> None:
        self._at = at
        self._patience = patience
        self.name, self.model, self.context_tokens = at.name, at.model, at.context_tokens

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        """The parts of the reply. Raises `ProviderError`."""
        return patient(lambda: self._attempt(messages, tools), self._patience)

    async def _attempt(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        at = self._at
        request = body(at, messages, tools)
        reply = Reply(at, messages, estimated_tokens(request))
        headers: dict[str, str] = {}
        try:
            async with aclosing(self._chunks(request, headers)) as chunks:
                async for chunk in chunks:
                    for part in reply.hear(chunk):
                        yield part
        except ollama.ResponseError as error:
            text = error.error if isinstance(error.error, str) else json.dumps(error.error)
            status = error.status_code if error.status_code >= 400 else 500  # in the stream: -1
            raise refusal(at, status, text, headers) from None
        except httpx.TimeoutException:
            raise timed_out(at) from None
        except (httpx.HTTPError, ConnectionError):
            raise (cut_off(at) if reply.begun else unreachable(at)) from None
        except (ValueError, AttributeError):  # lines that are no JSON, or no objects
            raise unreadable(at) from None
        for part in reply.end():
            yield part

    async def _chunks(
        self, request: dict[str, Any], headers: dict[str, str]
    ) -> AsyncGenerator[dict[str, Any]]:
        """The answer's chunks. Its headers go into `headers`: the SDK's errors don't have them."""

        async def note(response: httpx.Response) -> None:
            headers.update(response.headers)

        at, patience = self._at, self._patience
        async with ollama.AsyncClient(
            at.address,
            timeout=httpx.Timeout(patience.silence_s, connect=patience.connect_s),
            event_hooks={"response": [note]},
            verify=certificates(),
            trust_env=not at.is_local,
        ) as client:
            stream = await client.chat(**request)
            async with (
                aclosing(stream),
                aclosing(within(stream, patience.silence_s, at.label)) as chunks,
            ):
                async for chunk in chunks:
                    yield chunk.model_dump(exclude_none=True)


def body(at: Endpoint, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """What is asked of the server, as arguments of the SDK's `chat`."""
    request: dict[str, Any] = {
        "model": at.model,
        "messages": [sent for one in messages for sent in _sent(at, one)],
        "stream": True,
        "options": {"num_ctx": at.context_tokens},
    }
    if tools:
        request["tools"] = [_tool(tool) for tool in tools]
    return request


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": narrowed(tool.schema),
    }
    return {"type": "function", "function": function}


def _sent(at: Endpoint, message: Message) -> Iterator[dict[str, Any]]:
    if message.says_nothing:
        return
    if message.role == "tool":
        for result in message.tool_results:
            # The format has no field for a failure, and none for an id.
            text = f"Error: {result.text}" if result.is_error else result.text
            yield {"role": "tool", "tool_name": result.name, "content": text}
        return
    sent: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        sent["tool_calls"] = [
            {"function": {"name": call.name, "arguments": call.sendable}}
            for call in message.tool_calls
        ]
    yield sent | echo(at, WIRE, message)


def estimated_tokens(request: dict[str, Any]) -> int:
    """About how long the prompt is, from its characters."""
    texts = json.dumps([request["messages"], request.get("tools", [])], ensure_ascii=False)
    return len(texts) // _CHARACTERS_PER_TOKEN


class Reply:
    """A reply, chunk by chunk: what it makes of a chunk depends only on those before it."""

    def __init__(self, at: Endpoint, messages: Sequence[Message], estimate: int) -> None:
        self._at = at
        self._estimate = estimate
        self._ids = CallIds(messages)
        self._text, self._thinking = Pieces(), Pieces()
        self._calls: list[ToolCall] = []
        self._last: dict[str, Any] = {}
        self.begun = False

    def hear(self, chunk: dict[str, Any]) -> Iterator[Part]:
        """The parts that this chunk completes."""
        self.begun = True
        message = chunk.get("message")
        if thought := self._thinking.add(text_of(message, "thinking")):
            yield ThinkingDelta(thought)
        if text := self._text.add(text_of(message, "content")):
            yield TextDelta(text)
        for call in objects(part_of(message, "tool_calls")):
            yield self._call(call.get("function"))
        if chunk.get("done"):
            self._last = chunk

    def _call(self, function: object) -> ToolCallStarted:
        """Calls come whole, and without ids."""
        raw = json.dumps(part_of(function, "arguments") or {}, ensure_ascii=False)
        call = ToolCall.written(self._ids.admit(""), name_of(function), raw)
        self._calls.append(call)
        return ToolCallStarted(call.id, call.name)

    def end(self) -> Iterator[Part]:
        """The last parts. Raises `CutOff` if the stream ended too soon, or `EmptyReply`."""
        if not self._last:
            raise cut_off(self._at)
        if thought := self._thinking.rest():
            yield ThinkingDelta(thought)
        if text := self._text.rest():
            yield TextDelta(text)
        read = count(self._last.get("prompt_eval_count"))
        if self._estimate > _WORTH_CHECKING_TOKENS and 0 < read < self._estimate * _EVIDENT:
            yield Notice(
                f"Ollama has read only {read:,} tokens of about {self._estimate:,}: it has cut the "
                "conversation, and the instructions with it; set OLLAMA_CONTEXT_LENGTH higher."
            )
        extra = None
        if thoughts := self._thinking.text:
            extra = Extra(WIRE, self._at.name, self._at.model, {"thinking": thoughts})
        message = Message("assistant", self._text.text, tuple(self._calls), extra=extra)
        usage = Usage(input_tokens=read, output_tokens=count(self._last.get("eval_count")))
        if self._last.get("done_reason") == "length":
            yield finished(self._at, message, usage, "length")
        else:
            yield finished(self._at, message, usage, "tool_calls" if self._calls else "done")
