"""The timeline: lines on lines, tempos that glide, and nothing lost that could be kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.listen.readings import HeardSection
from engine.sets.deck import PHRASE_BARS, Deck, Grid
from engine.sets.plan import Transition
from engine.sets.playing.arrange import arrange
from engine.sets.playing.playback import source_at
from engine.sets.timeline import Join, Play, Timeline

RATE = 48_000


def deck(bpm: float | None, bars: float = 64, **known) -> Deck:
    """A deck of so many bars from its first line on; no file is ever read."""
    beats = known.pop("beats_per_bar", 4)
    line_s = known.pop("line_s", 0.0)
    grid = None if bpm is None else Grid(bpm, line_s, beats, line_s)
    length_s = line_s + bars * (grid.bar_s if grid else 2.0)
    made = Deck(
        slot=1, title="", path=Path("none.flac"), duration_s=length_s, loudness_lufs=-12.0,
        grid=grid, key=None, energy=0.5,
    )  # fmt: skip
    return replace(made, **known)


def joined(*decks: Deck, **wish) -> Timeline:
    return arrange(decks, [Transition(**wish)] * (len(decks) - 1))


def bar_at(play: Play, at: int) -> float:
    """Which bar after its first line a deck is at."""
    grid = play.deck.grid
    assert grid is not None
    return (source_at(play, at) / RATE - grid.first_line_s) / grid.bar_s


def off_line(play: Play, at: int) -> float:
    phrase = bar_at(play, at) / PHRASE_BARS
    return abs(phrase - round(phrase)) * PHRASE_BARS


def off_beat_ms(play: Play, at: int) -> float:
    grid = play.deck.grid
    assert grid is not None
    beat = (source_at(play, at) / RATE - grid.first_downbeat_s) / grid.beat_s
    return abs(beat - round(beat)) * grid.beat_s * 1_000


def check(timeline: Timeline) -> None:
    """What holds for every timeline."""
    assert len(timeline.joins) == len(timeline.plays) - 1
    assert timeline.plays[0].start == 0
    assert timeline.plays[-1].end == timeline.samples
    for play in timeline.plays:
        for one, other in pairwise(play.knots):
            assert one.at < other.at
            assert one.source < other.source
    for join in timeline.joins:
        assert join.start <= join.swap <= join.end
        out, into = timeline.plays[join.number], timeline.plays[join.number + 1]
        assert join.start <= out.end <= join.end
        assert join.start <= into.start <= join.end <= into.end
    for before, after in pairwise(timeline.joins):
        assert before.end <= after.start, "three decks at once"


def beats_meet(timeline: Timeline, join: Join) -> bool:
    plays = timeline.plays[join.number : join.number + 2]
    return all(
        off_beat_ms(play, beat) < 0.1
        for play in plays
        for beat in join.beats
        if play.start <= beat <= play.end
    )


tempos = st.floats(70, 175)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(tempos, st.integers(3, 90), st.floats(0, 9), st.sampled_from([3, 4])),
        min_size=2, max_size=5,
    ),
    st.sampled_from(["blend", "filter", "echo_out", "cut", "drop_in", "fade", "bridge"]),
    st.sampled_from([4, 8, 16, 32]),
)  # fmt: skip
@example([(126.0, 4, 0.0, 3), (70.0, 4, 0.0, 3)], "blend", 4)
@example([(126.0, 4, 1e-05, 4), (70.0, 4, 0.0, 4)], "blend", 4)
def test_any_decks_become_a_timeline(rows, kind, bars):
    decks = [
        deck(bpm, count, line_s=line_s, beats_per_bar=beats) for bpm, count, line_s, beats in rows
    ]
    timeline = joined(*decks, type=kind, bars=bars)
    check(timeline)
    for join in timeline.joins:
        assert beats_meet(timeline, join)
        if join.type in ("blend", "filter") and join.bars:
            for play in timeline.plays[join.number : join.number + 2]:
                assert off_line(play, join.start) < 1e-3
                assert off_line(play, join.swap) < 1e-3


@pytest.mark.parametrize("bars", [4, 8, 16, 32])
def test_a_blend_puts_the_first_line_on_the_line_that_ends_with_the_outgoing_deck(bars: int):
    timeline = joined(deck(120, 80), deck(124, 80, line_s=1.0), bars=bars)
    (join,), (out, into) = timeline.joins, timeline.plays
    assert join.bars == bars
    assert len(join.beats) == 4 * bars + 1
    assert bar_at(into, join.start) == pytest.approx(0.0, abs=1e-6)
    expected = 80 if bars > 4 else 76
    assert bar_at(out, join.end) == pytest.approx(expected, abs=1e-4)
    assert out.end == join.end
    assert source_at(into, into.start) == pytest.approx(RATE, abs=1.0)


@pytest.mark.parametrize(("bars", "swap"), [(4, 0), (16, 8), (32, 16)])
def test_the_bass_swaps_in_the_middle_if_that_is_a_line(bars: int, swap: int):
    timeline = joined(deck(120, 80), deck(120, 80), bars=bars)
    assert bar_at(timeline.plays[1], timeline.joins[0].swap) == pytest.approx(swap, abs=1e-4)


def test_a_long_blend_swaps_where_the_incoming_deck_drops():
    drop = HeardSection(label="drop", start_s=48.0, end_s=80.0, bars=16, energy=1.0)
    timeline = joined(deck(120, 80), deck(120, 80, sections=(drop,)), bars=32)
    assert bar_at(timeline.plays[1], timeline.joins[0].swap) == pytest.approx(24, abs=1e-4)


def test_tempos_glide_in_equal_steps_from_one_body_to_the_other():
    timeline = joined(deck(120), deck(126), bars=16)
    out, into = timeline.plays
    lines = timeline.joins[0].beats[::4]
    tempos = [240 * RATE / (other - one) for one, other in pairwise(lines)]
    steps = [other - one for one, other in pairwise([120.0, *tempos, 126.0])]
    assert steps == pytest.approx([6 / 17] * 17, abs=0.01)
    assert source_at(out, 10 * RATE) == pytest.approx(10 * RATE)
    assert source_at(into, into.end) - source_at(into, into.end - RATE) == pytest.approx(RATE)


def test_a_retimed_deck_runs_at_its_tempo_and_one_that_is_nearly_right_is_left_alone():
    timeline = joined(deck(120, play_bpm=123.0), deck(120, play_bpm=120.001), bars=8)
    first, second = (play.knots for play in timeline.plays)
    assert (first[1].source - first[0].source) / (first[1].at - first[0].at) == pytest.approx(1.025)
    passed = second[-1].source - second[-2].source
    assert passed == pytest.approx(second[-1].at - second[-2].at, abs=1e-6)


@pytest.mark.parametrize(("one", "other"), [(87, 174), (174, 87), (86, 176)])
def test_double_and_half_time_meet_bar_by_two_bars(one: float, other: float):
    timeline = joined(deck(one, 96), deck(other, 96), bars=16)
    (join,), (out, into) = timeline.joins, timeline.plays
    spans = [bar_at(play, join.end) - bar_at(play, join.start) for play in (out, into)]
    assert spans == pytest.approx([16, 16 * (2 if other > one else 0.5)], abs=1e-3)
    assert beats_meet(timeline, join)
    assert off_line(into, join.swap) < 1e-3


def test_a_transition_too_long_for_a_deck_is_shortened():
    timeline = joined(deck(120, 64), deck(120, 16), deck(120, 64), bars=32)
    assert [join.bars for join in timeline.joins] == [8, 8]
    check(timeline)


@pytest.mark.parametrize("bars", range(24, 90))
def test_nearly_all_of_a_track_is_heard(bars: int):
    timeline = joined(deck(120, 64), deck(120, bars), deck(120, 64), bars=8)
    play = timeline.plays[1]
    heard = (play.knots[-1].source - play.knots[0].source) / RATE
    assert heard >= 0.85 * play.deck.duration_s - 1e-3


def test_four_bars_that_would_cost_too_much_of_a_track_become_eight():
    (join,) = joined(deck(120, 24), deck(120, 64), bars=4).joins
    assert join.bars == 8


def test_beats_that_dont_match_become_a_fade():
    for other in (deck(150), deck(120, beats_per_bar=3), deck(None)):
        (join,) = joined(deck(120), other).joins
        assert join.type == "fade"
        assert not join.beats
        assert 4.0 <= (join.end - join.start) / RATE <= 12.0


@pytest.mark.parametrize("kind", ["cut", "echo_out"])
def test_a_stop_is_on_a_line_of_both(kind):
    timeline = joined(deck(120, 68), deck(124, line_s=2.0), type=kind)
    (join,), (out, into) = timeline.joins, timeline.plays
    assert bar_at(out, out.end) == pytest.approx(64, abs=1e-4)
    assert bar_at(into, join.swap) == pytest.approx(0, abs=1e-4)
    assert out.end == join.swap == into.start


def test_a_drop_comes_in_on_the_line():
    drop = HeardSection(label="drop", start_s=32.0, end_s=80.0, bars=16, energy=1.0)
    timeline = joined(deck(120), deck(120, sections=(drop,)), type="drop_in")
    (join,), (out, into) = timeline.joins, timeline.plays
    assert source_at(into, join.swap) == pytest.approx(32 * RATE, abs=1)
    assert bar_at(out, join.swap) == pytest.approx(64, abs=1e-4)


def test_a_bridge_lies_around_the_line_where_the_decks_meet():
    timeline = joined(deck(120), deck(124), type="bridge", bars=8)
    (join,), (out, into) = timeline.joins, timeline.plays
    assert join.bars == 8
    assert len(join.beats) == 33
    assert out.end == into.start == join.swap
    assert bar_at(out, join.start) == pytest.approx(60, abs=1e-4)
    assert bar_at(into, join.end) == pytest.approx(4, abs=1e-4)


def test_decks_are_brought_to_one_loudness():
    timeline = joined(deck(120, loudness_lufs=-9.0), deck(120, loudness_lufs=-20.0))
    assert [play.gain_db for play in timeline.plays] == pytest.approx([-5.0, 6.0])


def test_one_deck_is_a_set_and_a_missing_transition_is_none():
    timeline = arrange([deck(120)], [])
    assert timeline.samples == timeline.plays[0].end == 128 * RATE
    with pytest.raises(ValueError, match="joins"):
        arrange([deck(120), deck(120)], [])
