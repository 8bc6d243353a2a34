"""The provider that says what it is told to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from wires import HELLO, heard, reply

from dj_agent.messages import TextDelta, ThinkingDelta, ToolCallStarted, ToolSpec
from dj_agent.providers.errors import BadReply, Misconfigured, RateLimited
from dj_agent.providers.scripted import Scripted


def script(folder: Path, *replies: dict[str, Any]) -> Scripted:
    path = folder / "demo.json"
    path.write_text(json.dumps(replies))
    return Scripted.read(path)


def test_a_script_is_followed_reply_by_reply(tmp_path: Path):
    call = {"name": "plan_set", "arguments": {"minutes": 60}}
    cut = {"name": "plan_set", "arguments": '{"min'}
    provider = script(
        tmp_path,
        {"thinking": "Hm.", "text": "An hour, then.", "calls": [call, cut]},
        {"text": "Done.", "usage": {"input_tokens": 5, "cost_usd": 0.1}},
    )
    parts = heard(provider)
    assert "".join(part.text for part in parts if isinstance(part, TextDelta)) == "An hour, then."
    assert [part for part in parts if isinstance(part, ThinkingDelta)] == [ThinkingDelta("Hm.")]
    end = reply(parts)
    assert end.stop == "tool_calls"
    assert [one.arguments for one in end.message.tool_calls] == [{"minutes": 60}, None]
    ids = [one.id for one in end.message.tool_calls]
    assert [part.id for part in parts if isinstance(part, ToolCallStarted)] == ids
    assert reply(heard(provider)).usage.cost_usd == 0.1


def test_it_keeps_what_it_was_asked(tmp_path: Path):
    provider = script(tmp_path, {"text": "Hi"})
    tool = ToolSpec("plan_set", "", {})
    heard(provider, HELLO, [tool])
    (request,) = provider.requests
    assert request.messages == tuple(HELLO)
    assert request.tools == (tool,)


def test_it_fails_where_the_script_says_so_and_at_its_end(tmp_path: Path):
    provider = script(tmp_path, {"text": "Well", "error": "RateLimited"})
    with pytest.raises(RateLimited):
        heard(provider)
    with pytest.raises(BadReply, match="only 1"):
        heard(provider)


@pytest.mark.parametrize("content", ["", "{}", '[{"txt": "Hi"}]', '[{"error": "Boredom"}]'])
def test_a_wrong_script_is_refused_with_its_name(tmp_path: Path, content: str):
    path = tmp_path / "demo.json"
    path.write_text(content)
    with pytest.raises(Misconfigured, match=r"demo\.json"):
        Scripted.read(path)


def test_a_missing_script_is_named(tmp_path: Path):
    with pytest.raises(Misconfigured, match="DJ_MODEL"):
        Scripted.read(tmp_path / "none.json")
