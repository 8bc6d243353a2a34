"""The values that a conversation is made of, and their way through a journal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dj_agent.messages import (
    Extra,
    Message,
    ToolCall,
    ToolResult,
    Usage,
    as_json,
    mended,
    message_from,
    usage_from,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=10)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
CALLS = st.builds(ToolCall.written, st.text(), st.text(), OBJECTS.map(json.dumps) | ANY_TEXT)
RESULTS = st.builds(ToolResult, st.text(), st.text(), ANY_TEXT, st.booleans())
MESSAGES = st.builds(
    Message,
    st.sampled_from(["system", "user", "assistant", "tool"]),
    ANY_TEXT,
    st.lists(CALLS, max_size=2).map(tuple),
    st.lists(RESULTS, max_size=2).map(tuple),
    st.none() | st.builds(Extra, st.text(), st.text(), st.text(), OBJECTS),
)


@settings(deadline=None)
@given(message=MESSAGES)
def test_a_message_comes_out_of_a_journal_as_it_went_in(message: Message):
    line = json.dumps(as_json(message), ensure_ascii=False).encode()
    assert message_from(json.loads(line)) == message


@settings(deadline=None)
@given(cost=st.none() | st.floats(0, 100), tokens=st.integers(0, 10**7))
def test_so_does_what_a_reply_took(cost: float | None, tokens: int):
    usage = Usage(tokens, tokens, tokens, cost)
    assert usage_from(json.loads(json.dumps(as_json(usage)))) == usage


@pytest.mark.parametrize(
    "data", [None, [], {}, {"role": "robot"}, {"role": "user", "text": 1}, {"role": "user", "x": 1}]
)
def test_a_damaged_line_is_an_error(data: object):
    if data == {"role": "user", "x": 1}:
        assert message_from(data) == Message("user")  # a newer journal may have more in it
        return
    with pytest.raises(ValueError, match=r"."):
        message_from(data)


@pytest.mark.parametrize("raw", ["", "  ", "{}"])
def test_no_text_is_no_arguments(raw: str):
    assert ToolCall.written("1", "studio_status", raw).arguments == {}


@pytest.mark.parametrize(
    "raw",
    ["[]", "null", "3", '{"a": }', '{"a": 1}{"a": 2}', '{"a": NaN}', '{"a": 1e999}', "[" * 9999],
)
def test_what_is_no_object_is_no_arguments_and_is_kept(raw: str):
    call = ToolCall.written("1", "plan_set", raw)
    assert call.arguments is None
    assert call.raw == raw
    assert call.sendable == {}


def test_an_escape_of_half_a_character_is_no_danger_later():
    call = ToolCall.written("1", "plan_set", '{"a\\ud83c": ["\\ud83c\\udf9b", "\\udf9b"]}')
    assert call.arguments == {"a\ufffd": ["🎛", "\ufffd"]}


@settings(deadline=None)
@given(text=ANY_TEXT)
def test_mending_makes_text_that_can_be_written_and_changes_no_other(text: str):
    assert mended(text).encode().decode() == mended(text)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert mended(text) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [("\ud83c\udf9b", "🎛"), ("a\ud83cb", "a\ufffdb"), ("\udf9b\ud83c", "\ufffd\ufffd")],
)
def test_halves_join_only_in_their_order(text: str, whole: str):
    assert Message("user", text).text == ToolResult("1", "x", text).text == whole
