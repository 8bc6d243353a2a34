"""Blends become shorter or longer until the mix has the length that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_arrange import deck

from engine.sets.deck import Deck
from engine.sets.playing.fitting import fitted, laid_out
from engine.sets.transitions import Choice

BAR_S = 2.0


def decks(*bars: float) -> list[Deck]:
    return [deck(120.0, bars=one) for one in bars]


def blends(*bars: int) -> list[Choice]:
    return [Choice("blend", one, "blend: adjacent keys.") for one in bars]


def length_s(those: Sequence[Deck], choices: Sequence[Choice]) -> float:
    return laid_out(those, choices).samples / 48_000


def test_a_mix_that_is_too_short_gets_shorter_blends_and_says_so():
    # Sixty bars: eight of them begin on the line at 48, four on that at 56.
    those, choices = decks(60, 60, 60), blends(8, 8)
    short_s = length_s(those, choices)
    found = fitted(those, choices, short_s + 8 * BAR_S)
    assert sorted(choice.bars for choice in found) == [4, 8]
    assert length_s(those, found) == pytest.approx(short_s + 8 * BAR_S)
    changed = next(choice for choice in found if choice.bars == 4)
    assert changed.why == "blend: adjacent keys, of 4 bars for the length of the set."


def test_a_mix_that_is_too_long_gets_longer_blends():
    those, choices = decks(128, 128, 128), blends(8, 8)
    long_s = length_s(those, choices)
    assert length_s(those, fitted(those, choices, long_s - 8 * BAR_S)) < long_s


def test_what_is_near_enough_or_kept_or_no_blend_stays():
    those = decks(56, 56, 56)
    cuts = [Choice("cut", 0, "cut."), Choice("fade", 8, "fade.")]
    for choices, off, kept in (
        (blends(8, 8), 0.02, ()), (blends(8, 8), 0.03, (0, 1)), (cuts, 0.03, ())
    ):  # fmt: skip
        asked_s = length_s(those, choices) * (1.0 + off)
        assert fitted(those, choices, asked_s, kept) == tuple(choices)


def test_blends_are_not_spoilt_for_a_track_that_is_missing():
    those, choices = decks(56, 56, 56), blends(16, 16)
    assert fitted(those, choices, 1.5 * length_s(those, choices)) == tuple(choices)


@settings(deadline=None, max_examples=60)
@given(
    bars=st.lists(st.integers(24, 120), min_size=2, max_size=7),
    lengths=st.lists(st.sampled_from((4, 8, 16)), min_size=6, max_size=6),
    off=st.floats(-0.06, 0.06),
)
def test_fitting_never_takes_a_mix_further_from_its_length(
    bars: list[int], lengths: list[int], off: float
):
    those, choices = decks(*bars), blends(*lengths[: len(bars) - 1])
    before_s = length_s(those, choices)
    asked_s = before_s * (1.0 + off)
    found = fitted(those, choices, asked_s)
    assert abs(length_s(those, found) - asked_s) <= abs(before_s - asked_s) + 1e-6
    assert len(found) == len(choices)
