"""Values are read from whatever text holds them, within bounds, and nothing is run."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.sets.draft import read_draft

_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**9), 10**9),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("abcdefg"), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, phases=_PHASES)
@given(_values, st.sampled_from([None, 2]), st.booleans())
def test_all_of_json_is_read_as_json_has_it(value: object, indent: int | None, ascii_only: bool):
    plan = {"slots": [{"caption": "x", "more": value}]}
    text = json.dumps(plan, indent=indent, ensure_ascii=ascii_only)
    if "</" not in text and "```" not in text:
        assert read_draft(text) == plan


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'it\\'s'", "it's"),
        ("'don't stop'", "don't stop"),
        ("“so”", "so"),
        ('"""two\nlines"""', "two\nlines"),
        ('"\\u00fc\\ud83c\\udfa7"', "ü🎧"),
        ("True", True),
        ("None", None),
        ("undefined", None),
        ("NaN", None),
        ("-Infinity", None),
        ("+12", 12),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("128 BPM", "128 BPM"),
        ("F# minor", "F# minor"),
        ("3:30", "3:30"),
        ("4/4", "4/4"),
        ("(118, 124)", [118, 124]),
        ("[1, 2,]", [1, 2]),
        ("{a: 1,}", {"a": 1}),
        ("12 // bars", 12),
        ("12 # bars", 12),
        ("__import__('os').getcwd()", "__import__"),
    ],
)
def test_values_are_read_beyond_json(written: str, value: object):
    draft = read_draft(f'{{"slots": [{{"caption": "x", "value": {written}\n}}]}}')
    assert isinstance(draft, dict)
    assert draft["slots"][0]["value"] == value


def test_of_a_name_that_comes_twice_the_last_value_counts_unless_it_is_null():
    text = '{"slots": [{"caption": "x", "bpm": 1, "bpm": 2, "bpm": null}]}'
    assert read_draft(text) == {"slots": [{"caption": "x", "bpm": 2}]}


def test_what_was_cut_off_is_closed_and_half_values_are_left_out():
    text = '{"title": "Friday", "slots": [{"caption": "one", "bpm": 120}, {"caption": "tw'
    whole = {"title": "Friday", "slots": [{"caption": "one", "bpm": 120}]}
    assert read_draft(text) == whole
    assert read_draft('{"slots": [{"caption": "one", "bpm": 12') == {"slots": [{"caption": "one"}]}


def test_dates_and_infinities_of_toml_become_plain():
    text = '[[slots]]\ncaption = "x"\nmade = 2026-01-02\nbpm = inf\n'
    assert read_draft(text) == {"slots": [{"caption": "x", "made": "2026-01-02", "bpm": None}]}


def test_the_last_of_several_sets_counts():
    sets = [f'{{"slots": [{{"caption": "{name}"}}]}}' for name in ("first", "second")]
    assert read_draft(" or ".join(sets)) == {"slots": [{"caption": "second"}]}


def test_a_set_counts_more_than_a_slot_after_it():
    text = '{"slots": [{"caption": "x"}]} For a darker one, try {"caption": "y", "bpm": 120}.'
    assert read_draft(text) == {"slots": [{"caption": "x"}]}


@pytest.mark.parametrize(
    "text", ["[" * 41 + '{"caption": "x"}' + "]" * 41, "slots = " + "[" * 60 + "]" * 60, "{a:" * 90]
)
def test_what_is_nested_too_deep_is_refused(text: str):
    with pytest.raises(InvalidRequest) as refused:
        read_draft(text)
    assert refused.value.field == "plan"


@pytest.mark.parametrize(
    "text",
    [
        '{"slots": [' * 30,
        '"' * 60_000,
        "[" + '"a" ' * 40_000,
        "{" + "a: " * 40_000,
        '{"caption": "x",' * 39 + '"b": 1',
        "- x\n" * 40_000,
        "| a | b |\n" * 20_000,
        " " * 200_000 + "{",
        "/*" * 80_000,
        "```\n" * 40_000,
        "<think>" * 20_000,
        "a: |\n" * 30_000,
        '{"slots": [' + '{"caption": "x"},' * 8_000,
    ],
)
def test_hostile_texts_take_no_more_than_seconds(text: str):
    begun = time.process_time()
    with suppress(InvalidRequest):
        read_draft(text)
    assert time.process_time() - begun < 10.0


@settings(max_examples=150, deadline=None, phases=_PHASES)
@given(st.text(st.sampled_from("{}[]()\"'“”:,=|-#*`\\\n .aslot1e/")))
def test_any_text_gives_values_or_a_typed_error(text: str):
    with suppress(InvalidRequest):
        read_draft(text)
