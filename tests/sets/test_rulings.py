"""What becomes of a track that came out as it did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Key, parse_key
from engine.keys import ALL_KEYS
from engine.sets.casting.rulings import MAX_RETIME, Found, Wanted, rule
from engine.sets.theory import compatible, shifted

A_MINOR, E_MINOR, C_MAJOR = parse_key("A minor"), parse_key("E minor"), parse_key("C major")
LOUD = -14.0

keys = st.sampled_from(ALL_KEYS)
tempos = st.floats(60.0, 180.0)


def wanted(bpm: float | None = 120.0, key: Key | None = A_MINOR) -> Wanted:
    return Wanted(bpm, key, before=E_MINOR, after=C_MAJOR)


def test_what_came_as_planned_is_accepted():
    ruling = rule(wanted(), Found(120.0, A_MINOR, LOUD))
    assert ruling.fits
    assert (ruling.decision, ruling.play_bpm, ruling.semitones) == ("accepted", None, 0)


def test_a_tempo_a_little_off_is_stretched_to_the_planned_one():
    ruling = rule(wanted(), Found(123.0, A_MINOR, LOUD))
    assert ruling.fits
    assert (ruling.decision, ruling.play_bpm) == ("retimed", 120.0)
    assert "stretched by -2.4%" in ruling.verdict


def test_a_tempo_far_off_is_made_again():
    ruling = rule(wanted(), Found(132.0, A_MINOR, LOUD))
    assert not ruling.fits
    assert "too far from 120" in ruling.verdict


@pytest.mark.parametrize(("heard", "semitones"), [("Bb minor", -1), ("G# minor", 1)])
def test_a_key_a_semitone_off_is_shifted_to_the_planned_one(heard: str, semitones: int):
    ruling = rule(wanted(), Found(120.0, parse_key(heard), LOUD))
    assert ruling.fits
    assert (ruling.decision, ruling.semitones) == ("shifted", semitones)


def test_another_key_that_fits_both_neighbours_is_accepted():
    ruling = rule(Wanted(120.0, A_MINOR, E_MINOR, E_MINOR), Found(120.0, E_MINOR, LOUD))
    assert ruling.fits
    assert ruling.semitones == 0
    assert "E minor and not A minor" in ruling.verdict


def test_a_key_that_may_be_another_is_made_again_if_that_one_would_clash():
    doubted = rule(wanted(), Found(120.0, A_MINOR, LOUD, (parse_key("Eb minor"),)))
    assert not doubted.fits
    assert doubted.verdict.endswith("It may be in Eb minor, which would clash.")
    assert rule(wanted(), Found(120.0, A_MINOR, LOUD, (parse_key("G major"),))).fits


def test_a_key_that_clashes_is_made_again():
    ruling = rule(wanted(), Found(120.0, parse_key("Eb minor"), LOUD))
    assert not ruling.fits
    assert ruling.clashes == 2


def test_both_may_be_needed():
    ruling = rule(wanted(), Found(121.0, parse_key("Bb minor"), LOUD))
    assert ruling.fits
    assert ruling.decision == "retimed and shifted"


@pytest.mark.parametrize(("energy", "too_hot"), [(0.3, -0.1), (0.5, 0.0), (0.75, 0.15)])
def test_an_energy_out_of_order_is_told_and_fits(energy: float, too_hot: float):
    asked = Wanted(120.0, A_MINOR, E_MINOR, C_MAJOR, calmest=0.4, hottest=0.6)
    ruling = rule(asked, Found(120.0, A_MINOR, LOUD, energy=energy))
    assert ruling.fits
    assert ruling.too_hot == pytest.approx(too_hot)
    assert ("Its energy" in ruling.verdict) == bool(too_hot)


def test_among_tracks_that_are_out_of_order_themselves_no_energy_is_wrong():
    asked = Wanted(120.0, A_MINOR, E_MINOR, C_MAJOR, calmest=0.6, hottest=0.4)
    assert rule(asked, Found(120.0, A_MINOR, LOUD, energy=0.9)).too_hot == 0.0


def test_what_is_nearly_silent_is_made_again():
    assert not rule(wanted(), Found(120.0, A_MINOR, -60.0)).fits


def test_without_a_beat_or_a_key_there_is_nothing_to_hold_against_it():
    ruling = rule(wanted(), Found(None, None, LOUD))
    assert ruling.fits
    assert (ruling.play_bpm, ruling.semitones) == (None, 0)


def test_that_no_beat_was_heard_is_told_where_a_tempo_was_planned():
    assert rule(wanted(), Found(None, A_MINOR, LOUD)).beatless
    assert not rule(wanted(bpm=None), Found(None, A_MINOR, LOUD)).beatless


@given(tempos, keys, keys, keys, tempos, keys)
def test_what_fits_can_be_played_as_ruled(
    bpm: float, key: Key, before: Key, after: Key, heard_bpm: float, heard: Key
):
    planned = compatible(before, key) and compatible(key, after)
    ruling = rule(Wanted(bpm, key, before, after), Found(heard_bpm, heard, LOUD))
    assert -1 <= ruling.semitones <= 1
    if ruling.play_bpm is not None:
        assert abs(ruling.play_bpm / heard_bpm - 1.0) <= MAX_RETIME
    if ruling.fits and planned:
        played = shifted(heard, ruling.semitones)
        assert compatible(before, played)
        assert compatible(played, after)
        assert abs((ruling.play_bpm or heard_bpm) / bpm - 1.0) < 0.001
