"""What is wrong in a draft is put right, told, and never worse than a typed error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import draft_texts
import drafts
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.sets.draft import read_draft
from engine.sets.lint import lint
from engine.sets.plan import SetPlan
from engine.sets.repair import Repaired, repair


def repaired(text: str) -> Repaired:
    return repair(read_draft(text))


def assert_usable(found: Repaired) -> None:
    """A valid plan without errors, to which a second repair does nothing."""
    assert SetPlan.model_validate(found.plan.model_dump()) == found.plan
    assert [fault.text for fault in lint(found.plan) if fault.severity == "error"] == []
    again = repair(found.plan)
    assert again.plan == found.plan
    assert [change.text for change in again.changes] == []
    for change in found.changes:
        assert change.slot is None or 1 <= change.slot <= len(found.plan.slots)
        assert change.text.endswith(".")
        assert "\n" not in change.text


def assert_holds(values: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    for name, value in expected.items():
        if value is drafts.OPEN:
            assert values[name] in (None, "", []), name
        elif isinstance(value, float):
            assert values[name] == pytest.approx(value), name
        else:
            assert values[name] == value, name


def cases(table: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [pytest.param(*row, id=str(row[0])[:60]) for row in table]


@pytest.mark.parametrize(("written", "expected"), cases(drafts.SLOTS))
def test_what_is_written_in_a_slot_is_read_as_it_was_meant(
    written: dict[str, Any], expected: dict[str, Any]
):
    found = repaired(drafts.with_slot(written))
    assert_usable(found)
    assert_holds(found.plan.model_dump(mode="json")["slots"][0], expected)


@pytest.mark.parametrize(("written", "expected"), cases(drafts.SETS))
def test_what_is_written_beside_the_slots_is_read_as_it_was_meant(
    written: dict[str, Any], expected: dict[str, Any]
):
    found = repaired(drafts.with_set(written))
    assert_usable(found)
    assert_holds(found.plan.model_dump(mode="json"), expected)


@pytest.mark.parametrize(("written", "expected"), cases(drafts.SHARED))
def test_what_is_said_for_all_slots_reaches_each(written: dict[str, Any], expected: dict[str, Any]):
    found = repaired(drafts.with_set(written))
    assert_usable(found)
    for slot in found.plan.model_dump(mode="json")["slots"]:
        assert_holds(slot, expected)


@pytest.mark.parametrize(("written", "number", "expected"), cases(drafts.REFERENCES))
def test_slots_are_ordered_and_know_each_other(
    written: list[Any], number: int, expected: dict[str, Any]
):
    found = repaired(drafts.with_slots(written))
    assert_usable(found)
    assert_holds(found.plan.model_dump(mode="json")["slots"][number - 1], expected)


@pytest.mark.parametrize("name", draft_texts.TEXTS)
def test_the_set_in_a_text_is_found(name: str):
    text, captions = draft_texts.TEXTS[name]
    found = repaired(text)
    assert_usable(found)
    told = [slot.caption for slot in found.plan.slots]
    assert len(told) == len(captions)
    assert [
        one for one, wanted in zip(told, captions, strict=True) if wanted not in (one, ...)
    ] == []


@pytest.mark.parametrize("name", draft_texts.NOTHING)
def test_a_text_without_a_set_is_refused_in_a_sentence(name: str):
    with pytest.raises(InvalidRequest) as refused:
        repaired(draft_texts.NOTHING[name])
    assert refused.value.field == "plan"
    assert refused.value.message.startswith("plan: ")


def test_the_corpus_is_as_large_as_it_claims():
    tables = (drafts.SLOTS, drafts.REFERENCES, drafts.SETS, drafts.SHARED, draft_texts.TEXTS)
    assert sum(map(len, tables)) >= 200


def test_every_change_names_the_slot_and_what_was_read():
    found = repaired(drafts.with_slot({"tempo": "128 BPM", "key": "H minor", "colour": "red"}))
    assert [change.text for change in found.changes] == [
        "slot 1: colour: is no field; left out.",
        "slot 1: bpm: tempo '128 BPM' was read as 128.",
        "slot 1: key: 'H minor' was read as 'B minor'.",
    ]


def test_a_wrong_count_is_told_and_the_slots_are_kept():
    found = repaired(drafts.with_set({"num_tracks": 8}))
    assert len(found.plan.slots) == 2
    assert "slots: 8 were announced, and there are 2." in [one.text for one in found.changes]


def test_more_slots_than_a_set_may_have_are_cut():
    found = repaired(drafts.with_slots([{"caption": f"tune {number}"} for number in range(260)]))
    assert_usable(found)
    assert len(found.plan.slots) == 200
    assert found.plan.slots[-1].caption == "tune 199"


def test_lengths_far_from_the_minutes_are_opened_unless_they_are_locked():
    slots = [{"caption": f"tune {number}", "minutes": 2} for number in range(8)]
    slots[3]["locked"] = True
    found = repair({"minutes": 60, "slots": slots})
    assert_usable(found)
    assert [slot.minutes for slot in found.plan.slots] == [
        2 if at == 3 else None for at in range(8)
    ]
    assert found.plan.minutes == 60


def test_lengths_that_come_near_the_minutes_stay():
    slots = [{"caption": f"tune {number}", "minutes": 4} for number in range(8)]
    found = repair({"minutes": 29, "slots": slots})
    assert {slot.minutes for slot in found.plan.slots} == {4}


def test_a_slot_outside_the_range_is_brought_into_it_by_octaves_first():
    plan = {"bpm": [120, 130], "slots": [{"caption": "a", "bpm": bpm} for bpm in (62, 140, 90)]}
    assert [slot.bpm for slot in repair(plan).plan.slots] == [124, 130, 120]


def test_a_locked_slot_keeps_everything_that_is_valid():
    locked = {"caption": "mine", "bpm": 99, "energy": 0.9, "locked": True, "key": "nonsense"}
    others = [{"caption": "x", "energy": 9}, {"caption": "y", "energy": 4}]
    found = repair({"bpm": [120, 130], "genre": "house", "slots": [locked, *others]})
    slot = found.plan.slots[0]
    assert (slot.caption, slot.bpm, slot.energy, slot.key, slot.style) == (
        "mine",
        99,
        0.9,
        None,
        "",
    )
    assert [one.text for one in found.changes if one.slot == 1] == [
        "slot 1: key: 'nonsense' can't be that; left out (the slot is locked)."
    ]


def test_changes_follow_their_slots_when_others_are_left_out():
    found = repair({"slots": [{}, {"repaint": "nowhere"}, {"caption": "x", "bpm": "120 BPM"}]})
    assert [slot.caption for slot in found.plan.slots] == ["x"]
    assert "slot 1: bpm: '120 BPM' was read as 120." in [one.text for one in found.changes]


def test_a_song_never_becomes_an_instrumental():
    shared = {"instrumental": True, "vocals": False, "settings": {"instrumental": "yes"}}
    found = repair({**shared, "slots": [{"caption": "x", "lyrics": "la la"}, {"caption": "y"}]})
    assert [slot.instrumental for slot in found.plan.slots] == [None, True]


# Shrinking a draft takes minutes and says little more.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_words = st.sampled_from(
    ["deep house", "dark techno, acid", "Doors", "It's late", "Über den Wolken"]
)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


_tempos = st.floats(30, 300, allow_nan=False)
_plain_slots = st.fixed_dictionaries(
    {"caption": _words},
    optional={
        "title": _words,
        "style": _words,
        "bpm": _maybe(_tempos),
        "key": st.sampled_from(["A minor", "Am", "8A", "Bb major", None]),
        "minutes": _maybe(st.floats(0.2, 10)),
        "bars": _maybe(st.integers(8, 400)),
        "time_signature": st.sampled_from(["3/4", "4/4", "6/8", None]),
        "lyrics": st.sampled_from(["", "[Verse]\nla la\n\n[Chorus]\nla", "[Drop]"]),
        "language": st.sampled_from([None, "de", "unknown"]),
        "instrumental": st.sampled_from([None, True, False]),
        "energy": _maybe(st.floats(0, 1)),
        "seed": _maybe(st.integers(0, 2**32 - 1)),
        "locked": st.booleans(),
        "transition": st.sampled_from(
            [None, {}, {"type": "blend"}, {"bars": 8}, {"type": "cut"}, {"type": "fade", "bars": 4}]
        ),
    },
)
_made_slots = st.one_of(
    st.builds(lambda ref: {"track": ref}, st.sampled_from(["trk_1", "crate/a b.flac", "x.mp3"])),
    st.builds(
        lambda ref, share: {"cover": ref, "style": "dub", "similarity": share},
        st.sampled_from([1, "1", "a.wav"]), _maybe(st.floats(0, 1)),
    ),
    st.builds(lambda ref, more: {"extend": ref, "seconds": more}, st.just(1), st.floats(1, 300)),
    st.builds(
        lambda start: {"repaint": "a.wav", "windows": [{"start_s": start, "end_s": start + 1}]},
        st.floats(0, 900),
    ),
)  # fmt: skip
_plans = st.fixed_dictionaries(
    {"slots": st.lists(st.one_of(_plain_slots, _plain_slots, _made_slots), min_size=1, max_size=5)},
    optional={
        "title": _words,
        "brief": _words,
        "minutes": _maybe(st.floats(0.5, 200)),
        "bpm": _maybe(st.tuples(_tempos, _tempos)),
        "arc": st.sampled_from([None, "build", "wave", "static"]),
        "order": st.sampled_from(["kept", "free"]),
        "renderer": st.sampled_from([None, "sketch", "acestep"]),
        "seed": _maybe(st.integers(0, 2**32 - 1)),
    },
)


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(_plans)
def test_a_plan_without_errors_comes_back_as_it_is(values: dict[str, Any]):
    plan = SetPlan.model_validate(values)
    faults = lint(plan)
    assume(not any(fault.severity == "error" or fault.field == "minutes" for fault in faults))
    found = repair(plan)
    assert found.plan == plan
    assert found.changes == ()
    assert repaired(plan.model_dump_json()) == found


_NAMES = [
    "slots", "tracks", "title", "caption", "bpm", "tempo", "key", "minutes", "duration", "bars",
    "energy", "lyrics", "locked", "index", "cover", "repaint", "extend", "windows", "seconds",
    "transition", "settings", "track", "type", "of", "style", "vocals", "instrumental",
    "num_tracks", "arc", "order", "seed", "similarity", "start", "end", "mood", "version",
    "time_signature", "language",
]  # fmt: skip
_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["128 BPM", "Am", "3:30", "slot 1", "yes", "high", "a.wav", "fade", "1-2"]),
)  # fmt: skip
_anything = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(_NAMES), st.text(max_size=6)), inner, max_size=6),
    ),
    max_leaves=12,
)
_slot_like = st.dictionaries(st.sampled_from(_NAMES), _anything, max_size=8)
_set_like = st.builds(
    lambda around, slots: {**around, "slots": slots}, _slot_like, st.lists(_slot_like, max_size=5)
)


def whatever_comes(reading: Callable[[], Repaired]) -> None:
    try:
        found = reading()
    except InvalidRequest:
        return
    assert_usable(found)


@settings(max_examples=80, deadline=None, phases=PHASES)
@given(st.one_of(_set_like, _anything))
def test_whatever_the_values_a_plan_or_a_typed_error_comes_out(values: object):
    whatever_comes(lambda: repair(values))


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(
    st.sampled_from([text for text, _ in draft_texts.TEXTS.values()]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.text(max_size=3)), max_size=6),
)
def test_texts_with_letters_lost_and_added_give_a_plan_or_a_typed_error(
    text: str, edits: list[tuple[float, int, str]]
):
    for share, lost, added in edits:
        at = round(share * len(text))
        text = text[:at] + added + text[at + lost :]
    whatever_comes(lambda: repaired(text))


@settings(max_examples=60, deadline=None, phases=PHASES)
@given(_plans, st.floats(0, 1))
def test_a_plan_that_is_cut_anywhere_gives_a_plan_or_a_typed_error(
    values: dict[str, Any], share: float
):
    text = json.dumps(values)
    whatever_comes(lambda: repaired(text[: round(share * len(text))]))
