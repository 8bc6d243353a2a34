"""What is known of keys, tempos and arcs, against what can be counted on a piano."""

from itertools import pairwise, product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.keys import ALL_KEYS, Key, parse_key
from engine.sets.plan import ArcName
from engine.sets.report import KeyRelation
from engine.sets.theory import (
    DEFAULT_ARC,
    MATCHABLE_STEP,
    arc_levels,
    compatible,
    compatible_keys,
    key_distance,
    key_relation,
    matchable,
    rescuing_shifts,
    rises,
    shifted,
    tempo_step,
)

WHEEL = {
    "1A": "G# minor", "1B": "B major", "2A": "Eb minor", "2B": "F# major", "3A": "Bb minor",
    "3B": "Db major", "4A": "F minor", "4B": "Ab major", "5A": "C minor", "5B": "Eb major",
    "6A": "G minor", "6B": "Bb major", "7A": "D minor", "7B": "F major", "8A": "A minor",
    "8B": "C major", "9A": "E minor", "9B": "G major", "10A": "B minor", "10B": "D major",
    "11A": "F# minor", "11B": "A major", "12A": "C# minor", "12B": "E major",
}  # fmt: skip
"""The wheel as it is printed, key by key."""
ARCS = get_args(ArcName)
keys = st.sampled_from(ALL_KEYS)
tempos = st.floats(40.0, 220.0)


def relation(out: str, into: str) -> KeyRelation:
    return key_relation(parse_key(out), parse_key(into))


def test_all_24_keys_stand_where_the_printed_wheel_has_them():
    assert {key.camelot: str(key) for key in ALL_KEYS} == WHEEL


@pytest.mark.parametrize(
    ("one", "other"),
    [("Db major", "C# major"), ("Ab minor", "G# minor"), ("A# minor", "Bbm"), ("Gb major", "F#"),
     ("D# minor", "2A"), ("Cb major", "1B"), ("E# minor", "Fm"), ("B# major", "8B")],
)  # fmt: skip
def test_enharmonic_spellings_are_one_key(one: str, other: str):
    assert relation(one, other) == "same"


@pytest.mark.parametrize(
    ("out", "into", "expected"),
    [
        ("8A", "8A", "same"),
        ("8A", "9A", "adjacent"),
        ("8A", "7A", "adjacent"),
        ("12B", "1B", "adjacent"),
        ("1A", "12A", "adjacent"),
        ("8A", "8B", "relative"),
        ("7B", "8A", "diagonal"),
        ("8A", "7B", "diagonal"),
        ("12B", "1A", "diagonal"),
        ("7A", "8B", "clash"),
        ("8B", "7A", "clash"),
        ("8A", "10A", "boost"),
        ("11B", "1B", "boost"),
        ("8A", "3A", "boost"),
        ("10A", "8A", "clash"),
        ("8A", "1A", "clash"),
        ("8A", "2A", "clash"),
        ("8A", "10B", "clash"),
        ("C major", "G major", "adjacent"),
        ("C major", "A minor", "relative"),
        ("C major", "D major", "boost"),
        ("C major", "Db major", "boost"),
        ("C major", "C minor", "clash"),
    ],
)
def test_relations_are_those_that_djs_name(out: str, into: str, expected: KeyRelation):
    assert relation(out, into) == expected


def test_of_all_pairs_a_sixth_mixes():
    counts: dict[str, int] = dict.fromkeys(get_args(KeyRelation), 0)
    for out, into in product(ALL_KEYS, ALL_KEYS):
        counts[key_relation(out, into)] += 1
    assert counts == {
        "same": 24, "adjacent": 48, "relative": 24, "diagonal": 24, "boost": 48, "clash": 408,
        "unknown": 0,
    }  # fmt: skip


def test_an_unknown_key_is_neither_compatible_nor_a_clash():
    assert key_relation(None, ALL_KEYS[0]) == key_relation(ALL_KEYS[0], None) == "unknown"
    assert not compatible(None, None)


@given(keys, keys)
def test_compatible_keys_share_all_but_one_of_their_notes(out: Key, into: Key):
    def notes(key: Key) -> set[int]:
        major = key.tonic if key.mode == "major" else key.tonic + 3
        return {(major + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}

    close = len(notes(out) & notes(into)) >= 6
    assert compatible(out, into) == (close and (out.mode == into.mode or notes(out) == notes(into)))
    assert (into in compatible_keys(out)) == compatible(out, into)


@given(keys, keys, keys)
def test_the_distance_of_keys_is_a_metric(one: Key, other: Key, third: Key):
    assert key_distance(one, other) == key_distance(other, one) <= 7
    assert (key_distance(one, other) == 0) == (one == other)
    assert key_distance(one, third) <= key_distance(one, other) + key_distance(other, third)
    assert (key_distance(one, other) <= 1) == compatible(one, other)


@given(keys, keys, st.integers(-11, 11))
def test_shifting_both_tracks_changes_no_relation(out: Key, into: Key, semitones: int):
    both = shifted(out, semitones), shifted(into, semitones)
    assert key_relation(*both) == key_relation(out, into)


def test_a_semitone_is_seven_steps_and_rescues_pairs_that_are_that_far_apart():
    assert shifted(parse_key("8A"), 1) == parse_key("3A")
    assert rescuing_shifts(parse_key("8A"), parse_key("3A")) == (-1,)
    assert rescuing_shifts(parse_key("8A"), parse_key("1A")) == (1,)
    assert rescuing_shifts(parse_key("8A"), parse_key("8B")) == (0,)
    assert rescuing_shifts(parse_key("8A"), parse_key("11A")) == ()
    rescued = sum(bool(rescuing_shifts(*pair)) for pair in product(ALL_KEYS, ALL_KEYS))
    assert rescued == 24 * (8 + 3)


def test_a_fifth_up_rises_also_over_the_top_of_the_wheel():
    assert rises(parse_key("12A"), parse_key("1A"))
    assert not rises(parse_key("1A"), parse_key("12A"))


@pytest.mark.parametrize(
    ("out", "into", "ratio", "share"),
    [(120, 126, 1, 0.05), (126, 120, 1, -1 / 21), (87, 174, 0.5, 0.0), (174, 87, 2, 0.0),
     (90, 174, 0.5, -1 / 30), (140, 72, 2, 1 / 35), (100, 128, 1, 0.28)],
)  # fmt: skip
def test_a_tempo_step_counts_under_the_nearest_octave(
    out: float, into: float, ratio: float, share: float
):
    step = tempo_step(out, into)
    assert step.ratio == ratio
    assert step.share == pytest.approx(share)


@given(tempos, tempos)
def test_steps_are_matchable_up_to_six_percent(out: float, into: float):
    step = tempo_step(out, into)
    assert out * (1.0 + step.share) == pytest.approx(into * step.ratio)
    nearest = min(abs(into * ratio / out - 1.0) for ratio in (0.5, 1.0, 2.0))
    if abs(nearest - MATCHABLE_STEP) > 1e-6:
        assert matchable(out, into) == (nearest < MATCHABLE_STEP)


@given(st.sampled_from(ARCS), st.integers(1, 200))
def test_every_arc_gives_levels_that_can_be_ranked(arc: ArcName, count: int):
    levels = arc_levels(arc, count)
    assert len(levels) == len(set(levels)) == count
    assert all(0.0 <= level <= 1.0 for level in levels)
    assert levels == arc_levels(arc, count)


@given(st.integers(2, 200))
def test_arcs_have_the_shapes_of_their_names(count: int):
    build, down, static = (arc_levels(arc, count) for arc in ("build", "wind_down", "static"))
    assert all(before < after for before, after in pairwise(build))
    assert all(before > after for before, after in pairwise(down))
    assert build[-1] - build[0] > 0.4
    assert down[0] - down[-1] > 0.4
    assert max(static) - min(static) < 0.05
    assert list(static) == sorted(static)


@given(st.integers(3, 200))
def test_a_peak_goes_up_once_and_down_once(count: int):
    levels = arc_levels("peak", count)
    top = levels.index(max(levels))
    assert max(levels) == 1.0
    assert 0 < top < count - 1
    assert list(levels[: top + 1]) == sorted(levels[: top + 1])
    assert list(levels[top:]) == sorted(levels[top:], reverse=True)
    assert (count - 1) / 2 <= top <= 0.8 * count


def crests(levels: tuple[float, ...]) -> int:
    return sum(
        before < level > after
        for before, level, after in zip(levels, levels[1:], levels[2:], strict=False)
    )


@given(st.integers(5, 200))
def test_a_journey_breathes_once_before_its_peak_and_comes_down(count: int):
    levels = arc_levels(DEFAULT_ARC, count)
    assert crests(levels) == 2
    assert max(levels) == 1.0
    assert 0.5 * count < levels.index(1.0) < count - 1
    assert levels[-1] < 0.5 > levels[0]


@given(st.integers(3, 200))
def test_a_wave_has_a_crest_about_every_four_slots(count: int):
    assert abs(crests(arc_levels("wave", count)) - count / 4) <= 1.0
