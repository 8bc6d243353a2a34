"""Every fault in a plan is found where it is, with its fix, and a clean plan has none."""

# ruff: noqa: E501  (a case a line)

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.keys import parse_key
from engine.sets.facts import TrackFacts
from engine.sets.lint import Fault, lint
from engine.sets.plan import SetPlan
from engine.sets.references import source_of

_CLEAN: dict[str, Any] = {
    "title": "Friday",
    "minutes": 13,
    "bpm": [118, 130],
    "arc": "build",
    "slots": [
        {"title": "Doors", "caption": "warm deep house", "bpm": 120, "key": "A minor", "bars": 96,
         "energy": 0.3, "transition": {"type": "blend", "bars": 16}},
        {"title": "Out", "caption": "house, vocals", "bpm": 122, "key": "E minor", "minutes": 3,
         "energy": 0.5, "lyrics": "[Verse]\nla la", "language": "de"},
        {"title": "Dub", "cover": "Doors", "style": "dub house", "similarity": 0.3, "energy": 0.6},
        {"title": "Up", "caption": "techno", "bpm": 126, "key": "B minor", "minutes": 4,
         "energy": 0.9, "instrumental": True, "seed": 4},
    ],
}  # fmt: skip
_REPAINT = {"caption": "", "repaint": 1, "windows": [{"start_s": 10, "end_s": 20}], "bpm": None,
            "key": None, "minutes": None, "instrumental": None, "seed": None}  # fmt: skip
_EXTEND = {**_REPAINT, "repaint": None, "windows": [], "extend": 1, "seconds": 20}
_TRACK = {**_REPAINT, "repaint": None, "windows": [], "track": "a.flac"}
_BLEND = {"transition": {"type": "blend"}}

# What is changed in which slots (0: in the set), and the slot and field that must be named.
_PLANTED: list[tuple[str, dict[int, dict[str, Any]], int | None, str, str]] = [
    ("range reversed", {0: {"bpm": [130, 118]}}, None, "bpm", "error"),
    ("more minutes than slots", {0: {"minutes": 90}, 4: {"minutes": None}}, None, "minutes", "error"),
    ("too few minutes", {0: {"minutes": 0.1}, 4: {"minutes": None}}, None, "minutes", "error"),
    ("lengths far from minutes", {0: {"minutes": 25}}, None, "minutes", "warning"),
    ("lengths beyond minutes", {0: {"minutes": 6}}, None, "minutes", "warning"),
    ("energies against the arc", {0: {"arc": "wind_down"}}, None, "arc", "warning"),
    ("energies too lively", {0: {"arc": "static"}}, None, "arc", "warning"),
    ("track and cover", {3: {"track": "a.flac", "style": "", "similarity": None}}, 3, "cover", "error"),
    ("cover and repaint", {3: {"repaint": 1}}, 3, "repaint", "error"),
    ("cover and extend", {3: {"extend": 1}}, 3, "extend", "error"),
    ("caption missing", {4: {"caption": ""}}, 4, "caption", "error"),
    ("caption without words", {4: {"caption": "… !"}}, 4, "caption", "error"),
    ("caption a placeholder", {4: {"caption": "N/A"}}, 4, "caption", "error"),
    ("cover without a style", {3: {"style": ""}}, 3, "caption", "error"),
    ("too short", {4: {"minutes": 0.1}}, 4, "minutes", "error"),
    ("too long", {4: {"minutes": 11}}, 4, "minutes", "error"),
    ("bars too short", {1: {"bars": 2, "transition": None}}, 1, "bars", "error"),
    ("bars too long", {1: {"bars": 400}}, 1, "bars", "error"),
    ("bars at no tempo", {1: {"bars": 2000, "bpm": None}}, 1, "bars", "error"),
    ("bars and minutes", {1: {"minutes": 3}}, 1, "bars", "error"),
    ("bpm below the set's", {4: {"bpm": 117}}, 4, "bpm", "error"),
    ("bpm above the set's", {4: {"bpm": 131}}, 4, "bpm", "error"),
    ("locked bpm outside", {4: {"bpm": 131, "locked": True}}, 4, "bpm", "warning"),
    ("made of itself", {3: {"cover": 3}}, 3, "cover", "error"),
    ("made of what comes later", {3: {"cover": 4}}, 3, "cover", "error"),
    ("made of a later title", {3: {"cover": "Up"}}, 3, "cover", "error"),
    ("made of no slot", {3: {"cover": 9}}, 3, "cover", "error"),
    ("made of an unknown title", {3: {"cover": "Dors"}}, 3, "cover", "error"),
    ("made of one of two", {2: {"title": "Doors"}}, 3, "cover", "error"),
    ("track is a mere title", {4: {**_TRACK, "track": "Blue Monday"}}, 4, "track", "error"),
    ("windows missing", {4: {**_REPAINT, "windows": []}}, 4, "windows", "error"),
    ("windows overlap", {4: {**_REPAINT, "windows": [{"start_s": 1, "end_s": 9}, {"start_s": 8, "end_s": 12}]}},
     4, "windows", "error"),
    ("windows out of order", {4: {**_REPAINT, "windows": [{"start_s": 20, "end_s": 30}, {"start_s": 8, "end_s": 12}]}},
     4, "windows", "error"),
    ("windows beyond the end", {4: {**_REPAINT, "windows": [{"start_s": 190, "end_s": 200}]}}, 4, "windows", "error"),
    ("seconds missing", {4: {**_EXTEND, "seconds": None}}, 4, "seconds", "error"),
    ("lines, yet instrumental", {2: {"instrumental": True}}, 2, "instrumental", "error"),
    ("lyrics that are none", {2: {"lyrics": "Instrumental", "language": None}}, 2, "lyrics", "error"),
    ("language without lyrics", {2: {"lyrics": ""}}, 2, "language", "warning"),
    ("title twice", {4: {"title": "out"}}, 4, "title", "warning"),
    ("track twice", {2: {**_TRACK, "lyrics": "", "language": None}, 4: _TRACK}, 4, "track", "warning"),
    ("tempos don't match", {0: {"bpm": [100, 130]}, 2: {"bpm": 104}}, 1, "transition.type", "error"),
    ("tempos don't match a filter",
     {0: {"bpm": [100, 130]}, 1: {"transition": {"type": "filter"}}, 2: {"bpm": 104}}, 1, "transition.type", "error"),
    ("tempos don't match a bridge",
     {0: {"bpm": [100, 130]}, 1: {"transition": {"type": "bridge"}}, 2: {"bpm": 104}}, 1, "transition.type", "error"),
    ("metres differ", {2: {"time_signature": "3/4"}}, 1, "transition.type", "error"),
    ("blend too long", {2: {"minutes": 0.4}}, 1, "transition.bars", "error"),
    ("fade too long", {2: {"minutes": 0.4}, 1: {"transition": {"type": "fade", "bars": 8}}}, 1, "transition.bars", "error"),
    ("bars too long for any type", {2: {"minutes": 0.4}, 1: {"transition": {"bars": 16}}}, 1, "transition.bars", "error"),
    ("two voices", {1: {"lyrics": "la la"}}, 1, "transition.bars", "warning"),
    ("a cut with bars", {2: {"transition": {"type": "cut", "bars": 8}}}, 2, "transition.bars", "warning"),
    ("transition at the end", {4: _BLEND}, 4, "transition", "warning"),
    ("keys clash", {2: {"key": "Eb minor"}}, 2, "key", "warning"),
    ("cover on a far tempo", {3: {"bpm": 129}}, 3, "bpm", "warning"),
    ("cover in a far key", {3: {"key": "D minor"}}, 3, "key", "warning"),
    *((f"{name} of a caption", {4: {name: value}}, 4, name, "error")
      for name, value in (("similarity", 0.5), ("windows", [{"start_s": 1, "end_s": 9}]), ("strength", 0.5),
                          ("snap_to_bars", True), ("seconds", 9), ("side", "end"))),
    *((f"{name} of a track", {4: {**_TRACK, name: value}}, 4, name, "error")
      for name, value in (("caption", "x"), ("style", "x"), ("lyrics", "la"), ("seed", 1), ("minutes", 3),
                          ("instrumental", False), ("time_signature", "4/4"), ("similarity", 0.1))),
    *((f"{name} of a cover", {3: {name: value}}, 3, name, "error")
      for name, value in (("minutes", 3), ("bars", 64), ("instrumental", True), ("seconds", 9), ("strength", 0.1))),
    *((f"{name} of a repaint", {4: {**_REPAINT, name: value}}, 4, name, "error")
      for name, value in (("similarity", 0.1), ("seconds", 9), ("language", "de"), ("bars", 64))),
    *((f"{name} of an extension", {4: {**_EXTEND, name: value}}, 4, name, "error")
      for name, value in (("similarity", 0.1), ("strength", 0.2), ("minutes", 3), ("snap_to_bars", False))),
]  # fmt: skip


def planted(changes: dict[int, dict[str, Any]]) -> SetPlan:
    slots = [{**slot, **changes.get(number, {})} for number, slot in enumerate(_CLEAN["slots"], 1)]
    return SetPlan.model_validate({**_CLEAN, **changes.get(0, {}), "slots": slots})


def places(faults: tuple[Fault, ...]) -> list[tuple[int | None, str, str]]:
    return [(fault.slot, fault.field, fault.severity) for fault in faults]


def test_a_clean_plan_has_no_faults():
    assert lint(planted({})) == ()


@pytest.mark.parametrize(
    "changes", [{4: _TRACK}, {4: _REPAINT}, {4: _EXTEND}, {0: {"minutes": None, "bpm": None, "arc": None}},
                {1: {"bpm": None, "transition": None}}, {1: {"transition": {}}}, {3: {"cover": 1}},
                {3: {"cover": "1"}}, {3: {"cover": "trk_9", "key": "A minor"}}, {3: {"title": "Doors"}},
                {2: {"lyrics": "[Drop]", "language": None, "instrumental": True}}],
)  # fmt: skip
def test_other_clean_plans_have_no_faults(changes: dict[int, dict[str, Any]]):
    assert [fault.text for fault in lint(planted(changes)) if fault.field != "title"] == []


@pytest.mark.parametrize(
    ("changes", "slot", "field", "severity"),
    [pytest.param(*one[1:], id=one[0]) for one in _PLANTED],
)
def test_a_planted_fault_is_found_where_it_is(
    changes: dict[int, dict[str, Any]], slot: int | None, field: str, severity: str
):
    faults = lint(planted(changes))
    assert (slot, field, severity) in places(faults)
    errors = {place for place in places(faults) if place[2] == "error"}
    assert errors <= {(slot, field, severity)}
    for fault in faults:
        assert fault.text == ("" if fault.slot is None else f"slot {fault.slot}: ") + (
            f"{fault.field}: {fault.problem}; {fault.fix}."
        )


def test_at_least_forty_kinds_of_faults_are_planted():
    assert len(_PLANTED) >= 60
    assert len({(slot, field, severity) for _, _, slot, field, severity in _PLANTED}) >= 40


def test_all_faults_are_found_at_once_in_the_order_of_the_slots():
    plan = planted({0: {"bpm": [130, 118]}, 1: {"minutes": 3}, 3: {"cover": 9}, 4: {"caption": ""}})
    errors = [place[:2] for place in places(lint(plan)) if place[2] == "error"]
    assert errors == [(None, "bpm"), (1, "bars"), (3, "cover"), (4, "caption")]


def test_clashing_keys_are_named_by_camelot_too():
    fault = next(one for one in lint(planted({2: {"key": "Eb minor"}})) if one.field == "key")
    assert fault.text == (
        "slot 2: key: Eb minor (2A) clashes with A minor (8A) before it; "
        "choose a key next to it on the Camelot wheel, or leave one open."
    )


def test_the_same_request_with_the_same_seed_is_the_same_track():
    twins = [{"caption": "house", "seed": 4}, {"caption": "house", "seed": 4}]
    plan = SetPlan.model_validate({"slots": twins})
    assert places(lint(plan)) == [(2, "seed", "warning")]


def _facts(**values: Any) -> dict[int, TrackFacts]:
    return {4: replace(TrackFacts(ref="a.flac", duration_s=200.0), **values)}


@pytest.mark.parametrize(
    ("slot", "known", "found"),
    [
        ({**_TRACK, "bpm": 126}, {"bpm": 124.0}, []),
        ({**_TRACK, "bpm": 120}, {"bpm": 60.0}, []),
        ({**_TRACK, "bpm": 126}, {"bpm": 110.0}, [(4, "bpm", "warning")]),
        ({**_TRACK, "key": "B minor"}, {"key": parse_key("C minor")}, []),
        ({**_TRACK, "key": "B minor"}, {"key": parse_key("F minor")}, [(4, "key", "warning")]),
        ({**_REPAINT, "repaint": "a.flac", "windows": [{"start_s": 190, "end_s": 230}]}, {},
         [(4, "windows", "error")]),
        ({**_EXTEND, "extend": "a.flac", "seconds": 300}, {"duration_s": 1700.0}, [(4, "seconds", "error")]),
        ({**_TRACK, "track": "some library name"}, {}, []),
    ],
)  # fmt: skip
def test_what_is_known_of_a_track_is_held_against_its_slot(
    slot: dict[str, Any], known: dict[str, Any], found: list[tuple[int, str, str]]
):
    faults = lint(planted({0: {"minutes": None}, 4: {"key": None, **slot}}), _facts(**known))
    assert places(faults) == found


def test_known_tracks_are_held_against_their_neighbours():
    plan = SetPlan.model_validate(
        {"slots": [{"caption": "x", "bpm": 120, "key": "A minor", **_BLEND}, {"track": "a.flac"}]}
    )
    known = TrackFacts(
        ref="a.flac", duration_s=200.0, bpm=140.0, key=parse_key("Eb minor"), beats_per_bar=3
    )
    assert places(lint(plan)) == []
    assert places(lint(plan, {2: known})) == [
        (1, "transition.type", "error"),
        (1, "transition.type", "error"),
        (2, "key", "warning"),
    ]


def test_a_source_is_a_number_a_path_or_an_id():
    plan = SetPlan.model_validate(
        {"slots": [{"title": "Doors", "caption": "x"}, {"cover": "Doors"}, {"cover": "2"}, {"cover": 1},
                   {"cover": "crate/a.wav"}, {"extend": "trk_1"}, {"cover": 9}, {"cover": 8}]}
    )  # fmt: skip
    assert [source_of(plan, number) for number in range(1, 7)] == [
        None, 1, 2, 1, "crate/a.wav", "trk_1",
    ]  # fmt: skip
    for number in (7, 8):
        with pytest.raises(InvalidRequest, match=f"^slot {number}: cover: ") as refused:
            source_of(plan, number)
        assert refused.value.field == "cover"


_any_slot = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "A", "B", "2"]),
        "caption": st.sampled_from(["", "x", "…"]),
        "track": st.sampled_from(["a.wav", "A"]),
        "cover": st.sampled_from([1, 2, 3, 9, "A", "2", "b.wav", "²"]),
        "repaint": st.sampled_from([1, 2, "A"]),
        "extend": st.sampled_from([1, 2, "B"]),
        "bpm": st.floats(30, 300),
        "key": st.sampled_from(["Am", "Eb minor"]),
        "minutes": st.floats(1e-6, 1440),
        "bars": st.integers(1, 2000),
        "seconds": st.floats(1, 300),
        "lyrics": st.text(max_size=5),
        "energy": st.floats(0, 1),
        "seed": st.integers(0, 1),
        "transition": st.sampled_from([{}, {"type": "blend", "bars": 32}, {"type": "fade"}]),
    },
)


@settings(max_examples=150, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(_any_slot, min_size=1, max_size=5),
    st.one_of(st.none(), st.floats(1e-6, 1440)),
    st.sampled_from([None, "build", "wave", "static", "peak"]),
    st.dictionaries(
        st.integers(0, 7),
        st.builds(
            TrackFacts, ref=st.just("a"), duration_s=st.floats(0, 1e6), bpm=st.floats(30, 300)
        ),
    ),
)
def test_whatever_the_plan_lint_only_reports(
    slots: list[dict[str, Any]],
    minutes: float | None,
    arc: str | None,
    facts: dict[int, TrackFacts],
):
    plan = SetPlan.model_validate({"slots": slots, "minutes": minutes, "arc": arc})
    for fault in (*lint(plan), *lint(plan, facts)):
        assert fault.slot is None or 1 <= fault.slot <= len(slots)
        assert fault.text.endswith(".")


def test_planning_loads_nothing_heavy():
    modules = "engine.sets.lint, engine.sets.repair, engine.sets.draft, engine.sets.references"
    script = (
        f"import sys, {modules}; assert not {{'numpy', 'scipy', 'soundfile'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
