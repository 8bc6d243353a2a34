"""Telling three beats in a bar from four, where the first count was wrong or in doubt."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engine.listen.evidence import Evidence, gather
from engine.listen.features import hear
from engine.listen.metre import METRES, Ranked, rank
from engine.listen.pulse import find_pulses, measure_periodicity
from engine.listen.three_or_four import settle, take_sides
from tests.listen.pieces import Piece, sketch_piece

FRESH = 815_000
PIECES = [(style, signature) for style in ("house", "pop") for signature in ("3/4", "4/4")]


@cache
def piece(style: str, signature: str) -> Piece:
    return sketch_piece(style, FRESH, signature=signature, duration_s=40)


def counted(
    style: str, signature: str, metres: tuple[int, ...] = METRES
) -> tuple[Evidence, Ranked]:
    evidence = gather(hear(piece(style, signature).audio))
    periodicity = measure_periodicity(evidence.onset)
    return evidence, rank(evidence, periodicity, find_pulses(periodicity), metres)


def misled(evidence: Evidence, ranked: Ranked, beats_per_bar: int) -> Ranked:
    """The same readings in doubt, and first the one that counts their bar in this many beats."""
    sides = take_sides(evidence, ranked)
    assert sides
    wrong = sides.ranked.readings[(sides.three if beats_per_bar == 3 else sides.four)[0]]
    others = [reading for reading in sides.ranked.readings if reading != wrong]
    return Ranked((wrong, *others), np.linspace(0.0, -0.1, len(others) + 1))


@pytest.mark.parametrize(("style", "signature"), PIECES)
def test_a_bar_that_was_counted_wrongly_is_counted_anew(style: str, signature: str):
    evidence, ranked = counted(style, signature)
    right = int(signature[0])
    doubted = misled(evidence, ranked, 7 - right)
    settled = settle(evidence, doubted)
    assert settled.readings[0].beats_per_bar == right
    assert set(doubted.readings) <= set(settled.readings)
    assert np.all(np.diff(settled.scores) <= 0)
    assert settled.shares.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("style", "signature"), PIECES)
def test_a_bar_that_was_counted_right_stays_as_it_was(style: str, signature: str):
    evidence, ranked = counted(style, signature)
    assert ranked.readings[0].beats_per_bar == int(signature[0])
    assert settle(evidence, ranked) is ranked


def test_a_pulse_that_nobody_counted_is_looked_for():
    evidence, ranked = counted("house", "3/4")
    bpm = piece("house", "3/4").bpm
    assert bpm
    far = [abs(np.log2(reading.bpm / bpm)) > 0.02 for reading in ranked.readings]
    kept = np.flatnonzero(far)
    sides = take_sides(
        evidence, Ranked(tuple(ranked.readings[p] for p in kept), ranked.scores[kept])
    )
    assert sides
    found = [sides.ranked.readings[place].bpm for place in sides.three]
    assert min(abs(one - bpm) for one in found) < 0.1


def test_a_known_signature_leaves_nothing_to_settle():
    evidence, ranked = counted("house", "3/4", (4,))
    assert settle(evidence, ranked) is ranked
