"""What is sent for a conversation, as it arrives at each provider."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sent_bodies import (
    CONVERSATIONS,
    FOLDER,
    PLAN,
    PROVIDERS,
    all_sent,
    model_of,
    sent,
    with_extras,
)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_bodies_are_as_they_were(provider: str):
    expected = json.loads((FOLDER / f"{provider}.json").read_text("utf-8"))
    bodies = all_sent(provider)
    assert list(bodies) == list(expected) == [*CONVERSATIONS, "extras"]
    for name, body in bodies.items():
        assert body == expected[name], name


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("origin", PROVIDERS)
def test_what_a_model_left_for_itself_reaches_no_other_provider(provider: str, origin: str):
    """Even one that has a model of the same name."""
    text = json.dumps(sent(provider, with_extras(origin, model_of(provider)), [PLAN]))
    left = "Hm." in text or "c2ln" in text
    assert left == (provider == origin)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_another_model_of_the_same_provider_is_another(provider: str):
    text = json.dumps(sent(provider, with_extras(provider, "an-older-model"), [PLAN]))
    assert "Hm." not in text
    assert "c2ln" not in text


@pytest.mark.parametrize(
    ("origin", "signatures"),
    [("anthropic", ["skip_thought_signature_validator", None]), ("gemini", ["c2ln", None])],
)
def test_gemini_takes_calls_that_others_made_and_its_own_untouched(
    origin: str, signatures: list[str | None]
):
    body = sent("gemini", with_extras(origin), [PLAN])
    carried = [call.get("extra_content") for call in body["messages"][1]["tool_calls"]]
    assert [one and one["google"]["thought_signature"] for one in carried] == signatures


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_claude_hears_and_speaks_in_turns(name: str):
    messages, tools = CONVERSATIONS[name]
    turns: list[dict[str, Any]] = sent("anthropic", messages, tools)["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user", "assistant"][
        : len(turns)
    ]
    for turn in turns:
        kinds = [block["type"] for block in turn["content"]]
        assert kinds == sorted(kinds, key=lambda kind: kind != "tool_result")
        assert all(block.get("text", "-").strip() for block in turn["content"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_answer_goes_missing_between_a_call_and_what_follows(provider: str):
    for name in ("call", "calls at once", "error", "arguments that are no object"):
        messages, tools = CONVERSATIONS[name]
        text = json.dumps(sent(provider, messages, tools))
        for message in messages:
            for result in message.tool_results:
                assert result.text in text
                assert text.count(result.name) >= 1
