"""Which transition is chosen for which two tracks, how long, and what is said about it."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.keys import ALL_KEYS, parse_key
from engine.sets.plan import Transition, TransitionType
from engine.sets.theory import matchable
from engine.sets.transitions import (
    OVERLAPPING,
    Side,
    choose,
    overlap_bars,
    room_bars,
    taken_s,
)

CLUB = Side(
    bars=96, bpm=124, beats_per_bar=4, has_grid=True, key=parse_key("8A"), vocals=False,
    energy=0.6, edge_bars=16,
)  # fmt: skip
AMBIENT = Side(bars=60, energy=0.2, key=parse_key("8A"))


def club(**values: Any) -> Side:
    return replace(CLUB, **values)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    bars = draw(st.integers(4, 200))
    return Side(
        bars=bars,
        bpm=draw(st.sampled_from([None, 62.0, 87.0, 100.0, 118.0, 124.0, 126.0, 131.0, 174.0])),
        beats_per_bar=draw(st.sampled_from([None, 2, 3, 4])),
        has_grid=draw(st.booleans()),
        key=draw(st.none() | st.sampled_from(ALL_KEYS)),
        vocals=draw(st.sampled_from([None, True, False])),
        energy=draw(st.none() | st.floats(0.0, 1.0)),
        edge_bars=draw(st.integers(0, bars // 2)),
        has_drop=draw(st.booleans()),
        drop_after_bars=draw(st.integers(0, bars)),
    )


wishes = st.none() | st.builds(
    Transition,
    type=st.none() | st.sampled_from(get_args(TransitionType)),
    bars=st.none() | st.sampled_from([4, 8, 16, 32]),
)


def can_blend(out: Side, into: Side) -> bool:
    return bool(
        out.has_grid
        and into.has_grid
        and out.bpm
        and into.bpm
        and matchable(out.bpm, into.bpm)
        and (out.beats_per_bar or 4) == (into.beats_per_bar or 4)
        and min(room_bars(out), room_bars(into)) >= 4
    )


@given(sides(), sides(), wishes, st.booleans())
def test_a_choice_is_always_possible_and_explained(
    out: Side, into: Side, wish: Transition | None, allow_bridge: bool
):
    choice = choose(out, into, wish, allow_bridge=allow_bridge)
    assert choice.bars in ((0,) if choice.type in ("cut", "drop_in") else (4, 8, 16, 32))
    if choice.type in ("blend", "filter", "bridge"):
        assert can_blend(out, into)
    if choice.type == "drop_in":
        assert into.has_drop
    if choice.type == "bridge":
        assert allow_bridge or (wish and wish.type == "bridge")
    assert choice.why.startswith(choice.type) or (wish and wish.type and wish.type in choice.why)
    assert choice.why.endswith(".")
    assert not any(one.split()[0] == choice.type for one in choice.tried)


@given(sides(), sides(), st.sampled_from(get_args(TransitionType)))
def test_a_wish_is_granted_or_answered(out: Side, into: Side, wished: TransitionType):
    free = choose(out, into)
    choice = choose(out, into, Transition(type=wished))
    if wished in ("blend", "filter", "bridge"):
        assert (choice.type == wished) == can_blend(out, into)
    if choice.type == wished:
        assert choice.why == f"{wished}: as asked for."
    else:
        assert choice.type == free.type
        assert choice.why.startswith(f"{wished} was asked for, but ")
        assert choice.why.endswith(f"; {free.type} instead.")


@given(sides(), sides())
def test_most_of_every_body_is_heard_alone(out: Side, into: Side):
    choice = choose(out, into)
    taken = overlap_bars(choice.type, choice.bars)
    for side in (out, into):
        if side.bars < 32:
            assert taken <= max(4, side.bars / 2)
            continue
        edge = max(side.edge_bars, side.bars / 8)
        body = side.bars - 2 * edge
        eaten = 2 * max(0.0, taken - edge)
        assert eaten <= 0.15 * body + 1e-9
        if side.edge_bars == 0:
            assert 2 * taken <= 0.37 * side.bars


def test_two_tracks_that_fit_blend_over_sixteen_bars():
    choice = choose(CLUB, club(key=parse_key("9A"), bpm=126))
    assert (choice.type, choice.bars) == ("blend", 16)
    assert choice.why == "blend: tempos 1.6% apart, adjacent keys and level energy."
    assert choice.tried[0].startswith("filter ")


def test_long_intros_and_level_energy_make_long_blends():
    long = club(bars=192, edge_bars=32)
    assert choose(long, long).bars == 32
    assert choose(long, replace(long, energy=0.8)).bars == 16


def test_a_jump_in_energy_comes_sooner():
    assert choose(CLUB, club(energy=0.95)).bars == 8


@pytest.mark.parametrize("bars", [16, 32, 48, 64, 96, 128])
def test_short_tracks_give_short_blends(bars: int):
    expected = {16: 4, 32: 4, 48: 8, 64: 8, 96: 16, 128: 16}[bars]
    assert choose(CLUB, club(bars=bars, edge_bars=0)).bars == expected


def test_clashing_keys_are_filtered_apart_and_never_blend_long():
    clashing = club(key=parse_key("2A"))
    assert choose(CLUB, clashing).type == "filter"
    assert choose(CLUB, clashing, Transition(type="blend")).bars == 4
    assert choose(CLUB, club(key=parse_key("10A")), Transition(type="blend")).bars == 8


def test_a_bridge_is_made_over_clashing_keys_only_where_it_may_be():
    clashing = club(key=parse_key("2A"))
    assert choose(CLUB, clashing, allow_bridge=True).type == "bridge"
    assert choose(CLUB, CLUB, allow_bridge=True).type == "blend"
    assert choose(CLUB, clashing, Transition(type="bridge")).type == "bridge"


def test_two_voices_never_meet_for_long():
    sung = club(vocals=True)
    choice = choose(sung, sung)
    assert choice.type == "echo_out"
    assert "two voices" in choice.why
    assert choose(sung, sung, Transition(type="blend")).bars == 4
    assert choose(sung, CLUB).type == "blend"


@pytest.mark.parametrize(
    ("out", "into", "type_", "reason"),
    [
        (CLUB, club(bpm=90.0), "echo_out", "124 and 90 bpm are too far apart"),
        (CLUB, club(beats_per_bar=3), "echo_out", "4 beats in a bar don't fit 3"),
        (CLUB, AMBIENT, "fade", "one track has no beats to match"),
        (AMBIENT, CLUB, "fade", "one track has no beats to match"),
        (AMBIENT, AMBIENT, "fade", "neither track has beats to match"),
        (
            club(energy=0.3),
            club(bpm=174.0, energy=0.9, has_drop=True, drop_after_bars=8),
            "drop_in",
            "the energy rises by 0.60, and there is a drop to begin with",
        ),
        (
            club(energy=0.3),
            club(bpm=174.0, energy=0.9, has_drop=True, drop_after_bars=48),
            "echo_out",
            "124 and 174 bpm are too far apart",
        ),
    ],
)
def test_where_beats_cannot_be_matched_the_next_best_is_chosen(
    out: Side, into: Side, type_: TransitionType, reason: str
):
    choice = choose(out, into)
    assert (choice.type, choice.why) == (type_, f"{type_}: {reason}.")


def test_half_and_double_time_are_matched():
    assert choose(club(bpm=87.0), club(bpm=174.0)).type == "blend"


def test_a_length_that_is_asked_for_may_cover_half_a_track_but_not_more():
    assert choose(club(bars=64), CLUB, Transition(bars=32)).bars == 32
    choice = choose(club(bars=48), CLUB, Transition(type="blend", bars=32))
    assert choice.bars == 16
    assert choice.why == "blend: as asked for; 32 bars are more than half a track, so 16."


def test_a_length_without_a_type_asks_for_a_type_that_has_one():
    out, into = replace(AMBIENT, bars=6), replace(AMBIENT, bars=60)
    assert choose(out, into).type == "cut"
    sung = club(vocals=True, bpm=None, has_grid=False)
    assert choose(sung, club(bpm=90.0), Transition(bars=8)).type in OVERLAPPING


def test_an_overlap_lasts_as_its_bars_do_at_the_mean_of_both_tempos():
    into = club(bpm=126.0)
    assert taken_s("blend", 16, CLUB, into) == pytest.approx(16 * 4 * 60 / 125)
    assert taken_s("blend", 8, club(bpm=87.0), club(bpm=174.0)) == pytest.approx(32 * 60 / 87)
    assert taken_s("cut", 0, CLUB, into) == taken_s("echo_out", 4, CLUB, into) == 0.0
    assert taken_s("bridge", 8, CLUB, into) == 0.0


def test_what_comes_after_the_last_line_is_lost():
    assert taken_s("blend", 4, CLUB, CLUB) == pytest.approx(8 * 4 * 60 / 124)
    assert taken_s("cut", 0, club(bars=99.0), CLUB) == pytest.approx(3 * 4 * 60 / 124)
    assert taken_s("cut", 0, club(bars=95.995), CLUB) == pytest.approx(0.0, abs=0.1)
    assert taken_s("cut", 0, AMBIENT, CLUB) == 0.0


def test_a_fade_takes_four_to_twelve_seconds():
    assert taken_s("fade", 4, AMBIENT, CLUB) == pytest.approx(8.0)
    assert taken_s("fade", 32, AMBIENT, CLUB) == 12.0
    assert taken_s("fade", 4, club(bpm=300.0), CLUB) == 4.0


def test_what_comes_before_an_early_drop_is_skipped():
    early = club(bpm=120.0, has_drop=True, drop_after_bars=8)
    assert taken_s("drop_in", 0, CLUB, early) == pytest.approx(16.0)
    assert taken_s("drop_in", 0, CLUB, replace(early, drop_after_bars=48)) == 0.0
