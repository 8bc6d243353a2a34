"""Conversations, and what each adapter sends for them: run it after a change that is meant, and
review the diff.

The bodies are those that arrive at a server, after the SDKs have had their way with them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))

from model_servers import playing
from wires import ANTHROPIC, OLLAMA, OPENAI, SECRET, Said, Wire, heard

from dj_agent.messages import Extra, Message, ToolCall, ToolResult, ToolSpec
from dj_agent.providers import ChatProvider
from dj_agent.providers.anthropic_messages import AnthropicMessages
from dj_agent.providers.endpoint import Endpoint, Key
from dj_agent.providers.ollama_chat import OllamaChat
from dj_agent.providers.openai_chat import OpenAIChat

FOLDER = Path(__file__).parent / "bodies"

PLAN = ToolSpec(
    "plan_set",
    "Plan a set from words.",
    {
        "type": "object",
        "properties": {
            "brief": {"type": "string", "description": "What it is for."},
            "minutes": {"type": "number", "minimum": 5, "maximum": 240, "default": 60},
        },
        "required": ["brief"],
        "additionalProperties": False,
    },
)
LOOK = ToolSpec("search_library", "Find tracks.", {"type": "object", "properties": {}})

ASKED = Message("user", "Plan an hour for my sister's wedding.")
RULES = Message("system", "You are a DJ. Plan before you play.")


def call(id: str, name: str = "plan_set", raw: str = '{"brief": "wedding", "minutes": 60}'):
    return ToolCall.written(id, name, raw)


def answered(*calls: ToolCall, text: str = "ok", is_error: bool = False) -> Message:
    results = tuple(ToolResult(one.id, one.name, text, is_error) for one in calls)
    return Message("tool", tool_results=results)


ONE, TWO = call("call_1"), call("call_2", "search_library", "{}")
CUT = call("call_1", raw='{"brief": "wedd')

CONVERSATIONS: dict[str, tuple[list[Message], list[ToolSpec]]] = {
    "plain": ([ASKED], []),
    "system": ([RULES, Message("system", "Be brief."), ASKED], [PLAN, LOOK]),
    "answered": ([ASKED, Message("assistant", "Gladly."), Message("user", "Well?")], []),
    "call": (
        [ASKED, Message("assistant", "Let me see.", (ONE,)), answered(ONE), Message("user", "Go")],
        [PLAN],
    ),
    "calls at once": (
        [ASKED, Message("assistant", "", (ONE, TWO)), answered(ONE, TWO)],
        [PLAN, LOOK],
    ),
    "error": (
        [
            ASKED,
            Message("assistant", "", (ONE,)),
            answered(ONE, text="minutes: at most 240.", is_error=True),
        ],
        [PLAN],
    ),
    "arguments that are no object": (
        [ASKED, Message("assistant", "", (CUT,)), answered(CUT, text="No JSON.", is_error=True)],
        [PLAN],
    ),
    "characters": ([Message("user", "Für Élise, 東京, 🎛 and a lone \ud83c half\u2028here")], []),
    "nothing": ([ASKED, Message("assistant", ""), Message("user", " "), Message("user", "Go")], []),
    "a note between": (
        [
            RULES,
            ASKED,
            Message("assistant", "", (ONE,)),
            answered(ONE),
            Message("system", "Now 3."),
        ],
        [PLAN],
    ),
    "an id from elsewhere": (
        [ASKED, Message("assistant", "", (call("fc:1.2/a"),)), answered(call("fc:1.2/a"))],
        [PLAN],
    ),
}

_MODELS = {"openrouter": "anthropic/claude-sonnet-5.5", "gemini": "gemini-3.6-flash"}

_ADAPTERS: dict[str, tuple[Wire, Callable[[Endpoint], ChatProvider]]] = {
    "openrouter": (OPENAI, OpenAIChat),
    "gemini": (OPENAI, OpenAIChat),
    "openai": (OPENAI, OpenAIChat),
    "anthropic": (ANTHROPIC, AnthropicMessages),
    "ollama": (OLLAMA, OllamaChat),
}

PROVIDERS = tuple(_ADAPTERS)

_FIELDS: dict[str, dict[str, Any]] = {
    "openrouter": {"message": {"reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]}},
    "gemini": {"calls": [{"extra_content": {"google": {"thought_signature": "c2ln"}}}, {}]},
    "openai": {"message": {"reasoning_content": "Hm."}},
    "anthropic": {
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
            {"type": "tool_use", "id": "call_1", "name": "plan_set", "input": {"brief": "x"}},
            {"type": "tool_use", "id": "call_2", "name": "search_library", "input": {}},
        ]
    },
    "ollama": {"thinking": "Hm."},
}


def model_of(provider: str) -> str:
    return _MODELS.get(provider, "a-model")


def with_extras(provider: str, model: str | None = None) -> list[Message]:
    """A conversation in which this provider's model left something for itself."""
    wire = {"anthropic": "anthropic_messages", "ollama": "ollama_chat"}.get(provider, "openai_chat")
    extra = Extra(wire, provider, model or model_of(provider), _FIELDS[provider])
    return [ASKED, Message("assistant", "", (ONE, TWO), extra=extra), answered(ONE, TWO)]


def sent(provider: str, messages: list[Message], tools: list[ToolSpec]) -> dict[str, Any]:
    """The body that arrives at the provider's server."""
    wire, make = _ADAPTERS[provider]
    with playing(wire.answer(Said(text="ok"))) as played:
        at = Endpoint(provider, "It", model_of(provider), played.address, 8192, key=Key(SECRET))
        heard(make(at), messages, tools)
    return played.bodies[0]


def all_sent(provider: str) -> dict[str, Any]:
    """The bodies of all conversations."""
    bodies = {name: sent(provider, *one) for name, one in CONVERSATIONS.items()}
    return bodies | {"extras": sent(provider, with_extras(provider), [PLAN])}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for provider in PROVIDERS:
        text = json.dumps(all_sent(provider), indent=1, ensure_ascii=False)
        (FOLDER / f"{provider}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
