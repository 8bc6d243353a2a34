"""The grid that is heard in pieces whose truth is known; the full evaluation is a benchmark."""

from __future__ import annotations

import shutil
import time
from functools import cache

import numpy as np
import pytest

from engine.listen.features import FRAME_S, Audio, hear
from engine.listen.grid import Grid, find_grid
from tests.listen.midi_band import FEELS, UNSEEN_FEELS, available
from tests.listen.pieces import (
    RATE,
    TREATMENTS,
    Piece,
    Times,
    beatless_piece,
    sketch_piece,
    sketch_programme,
    soundfont_piece,
    spoken_piece,
    starting_at,
    treated,
    wandering,
)

FRESH = 810_000
"""Seeds from here on are used in these tests only."""
CLEAR_STYLES = ("house", "rock", "pop", "disco funk", "hip hop")

needs_soundfont = pytest.mark.skipif(
    not available(), reason="needs fluidsynth and fluid-soundfont-gm"
)


def heard(piece: Piece, **known) -> Grid:
    return find_grid(hear(piece.audio), **known)


@cache
def house() -> Piece:
    return sketch_piece("house", FRESH, bpm=123.4, duration_s=40)


def clicks(times_s: Times, duration_s: float, level: float = 0.5) -> Audio:
    audio = np.zeros((2, round(duration_s * RATE)), dtype=np.float32)
    audio[:, np.round(times_s * RATE).astype(int)] = level
    return audio


def late_by(beats_s: Times, truth_s: Times) -> Times:
    """How much later than the nearest true beat each of these comes, in seconds."""
    return beats_s - truth_s[np.abs(beats_s[:, None] - truth_s).argmin(axis=1)]


def f_measure(found_s: Times, truth_s: Times, within_s: float = 0.07) -> float:
    """Of events one beat or more apart, so that none can be near two."""
    if not len(found_s) or not len(truth_s):
        return 0.0
    hits = int((np.abs(found_s[:, None] - truth_s).min(axis=1) <= within_s).sum())
    return 2 * hits / (len(found_s) + len(truth_s))


@pytest.mark.parametrize("level", [1.0, 0.1, 0.003])
def test_a_click_is_heard_when_it_comes_whatever_its_level(level: float):
    for moment in (0.5, 1.00397, 1.5021):
        onset = hear(clicks(np.array([moment]), 3.0, level)).onset
        centre = float((onset * np.arange(len(onset))).sum() / onset.sum() * FRAME_S)
        assert abs(centre - moment) < 0.0005


def test_the_tempo_and_the_beats_of_a_plain_piece_are_exact():
    piece = house()
    grid = heard(piece)
    assert grid.bpm == pytest.approx(piece.bpm, abs=0.05)
    assert np.quantile(np.abs(late_by(grid.beats_s, piece.beats_s)), 0.95) < 0.006
    assert np.abs(late_by(grid.downbeats_s, piece.downbeats_s)).max() < 0.02
    assert grid.time_signature == "4/4"
    assert grid.beats_per_bar == 4
    assert grid.confidence > 0.8


def test_a_segment_says_where_every_beat_lies():
    grid = heard(house())
    (segment,) = grid.segments
    assert segment.start_s == 0.0
    assert segment.end_s == pytest.approx(40.0, abs=0.01)
    assert segment.bpm == pytest.approx(grid.bpm)
    assert segment.first_beat_s == pytest.approx(grid.beats_s[0])
    assert segment.first_downbeat_s == pytest.approx(grid.downbeats_s[0])
    np.testing.assert_allclose(segment.beats(), grid.beats_s, atol=1e-6)


def test_the_grid_moves_with_the_audio():
    piece = house()
    cut_s = 0.7777
    whole, part = heard(piece), heard(starting_at(piece, cut_s))
    assert part.bpm == pytest.approx(whole.bpm, abs=0.03)
    assert np.abs(late_by(part.beats_s + cut_s, whole.beats_s)[:-1]).max() < 0.004


def test_three_beats_in_a_bar_are_told_from_four():
    for index, style in enumerate(CLEAR_STYLES[:3]):
        for signature in ("3/4", "4/4"):
            piece = sketch_piece(style, FRESH + 20 + index, signature=signature, duration_s=40)
            assert heard(piece).time_signature == signature, piece.name


def test_a_known_tempo_that_is_four_per_cent_off_leads_to_the_exact_one():
    for index, style in enumerate(CLEAR_STYLES):
        piece = sketch_piece(style, FRESH + 40 + index, duration_s=60)
        assert piece.bpm
        grid = heard(piece, known_bpm=piece.bpm * (1.04 if index % 2 else 0.96))
        assert grid.bpm == pytest.approx(piece.bpm, abs=0.02), piece.name
        assert np.quantile(np.abs(late_by(grid.beats_s, piece.beats_s)), 0.95) < 0.005, piece.name
        assert "known" in grid.prior


def test_a_known_tempo_settles_which_octave_is_meant():
    piece = house()
    assert piece.bpm
    for octave in (0.5, 1.0):
        grid = heard(piece, known_bpm=piece.bpm * octave)
        assert grid.bpm == pytest.approx(piece.bpm * octave, abs=0.05)


def test_a_known_tempo_that_is_not_there_is_not_believed():
    piece = house()
    grid = heard(piece, known_bpm=99.0)
    assert grid.bpm == pytest.approx(piece.bpm, abs=0.05)
    assert "no steady pulse" in grid.prior


def test_a_known_signature_is_believed():
    piece = house()
    for signature, beats in (("2/4", 2), ("3/4", 3), ("4/4", 4)):
        grid = heard(piece, known_signature=signature)
        assert grid.time_signature == signature
        assert grid.beats_per_bar == beats
        assert len(grid.downbeats_s) == pytest.approx(len(grid.beats_s) / beats, abs=1)


@pytest.mark.parametrize("lead_s", [0.0, 0.3, 0.47, 1.0])
def test_even_clicks_are_counted_from_the_first_where_a_bar_most_likely_begins(lead_s: float):
    even = hear(clicks(np.arange(lead_s, 40, 30 / 118), 40))
    grid = find_grid(even, 118.0, "4/4", begins_with_bar=True)
    assert np.abs(grid.downbeats_s - lead_s).min() < 0.01
    assert grid.prior.endswith(f"a bar most likely begins at {lead_s:.2f} s")


def test_a_beginning_that_the_music_speaks_against_is_not_believed():
    cut = hear(house().audio[:, round(RATE * 60 / 123.4) :])
    known, told = (find_grid(cut, begins_with_bar=likely) for likely in (False, True))
    assert np.array_equal(told.downbeats_s, known.downbeats_s)


def test_even_clicks_could_be_counted_in_several_tempos_and_the_grid_says_so():
    grid = find_grid(hear(clicks(np.arange(0.3, 40, 60 / 174), 40)))
    octaves = {round(bpm) for bpm in (grid.bpm, *grid.alternatives) if bpm}
    assert {87, 174} <= octaves


def test_silence_noise_and_very_short_audio_have_no_grid():
    rng = np.random.default_rng(FRESH)
    noise = rng.standard_normal((2, 30 * RATE)).astype(np.float32) * 0.1
    for audio in (np.zeros((2, 30 * RATE), np.float32), noise, noise[:, :1], noise[:, : 3 * RATE]):
        grid = find_grid(hear(audio))
        assert grid.bpm is None
        assert grid.confidence == 0.0
        assert not grid.segments
        assert not len(grid.beats_s)


def test_beatless_audio_has_no_grid():
    for seed in range(FRESH, FRESH + 6):
        grid = heard(beatless_piece(seed, 40))
        assert grid.bpm is None, seed
        assert not grid.segments


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="needs espeak-ng")
def test_speech_has_no_grid():
    for seed in range(FRESH, FRESH + 6):
        grid = heard(spoken_piece(seed, 40))
        assert grid.bpm is None, seed
        assert not grid.segments


def test_a_tempo_that_wanders_is_followed_in_segments_and_not_called_one_tempo():
    for seed, share in ((1, 0.02), (2, 0.05)):
        piece = wandering(house(), share, FRESH + seed)
        grid = heard(piece)
        assert grid.bpm is None
        assert grid.confidence < 0.3
        assert len(grid.segments) > 2
        assert f_measure(grid.beats_s, piece.beats_s) > 0.95
        ends = [segment.end_s for segment in grid.segments[:-1]]
        assert ends == [segment.start_s for segment in grid.segments[1:]]


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_treatment_leaves_the_grid_where_it_was(treatment: str):
    piece = treated(house(), treatment)
    grid = heard(piece)
    assert grid.bpm == pytest.approx(piece.bpm, abs=0.05)
    assert np.abs(late_by(grid.beats_s, piece.beats_s)).max() < 0.015


def test_listening_is_much_faster_than_playing():
    piece = house()
    start = time.process_time()
    heard(piece)
    assert time.process_time() - start < 40 / 25


@pytest.mark.slow
def test_fresh_sketch_pieces_of_every_style_are_counted_right():
    scores = [
        (f_measure(grid.beats_s, piece.beats_s), f_measure(grid.downbeats_s, piece.downbeats_s))
        for piece in sketch_programme(34, FRESH + 100, duration_s=45)
        for grid in [heard(piece)]
    ]
    beats, downbeats = np.mean(scores, axis=0)
    assert beats > 0.9
    assert downbeats > 0.85


@needs_soundfont
@pytest.mark.slow
def test_tunes_played_by_a_soundfont_are_counted_right():
    scores = [
        (f_measure(grid.beats_s, piece.beats_s), f_measure(grid.downbeats_s, piece.downbeats_s))
        for index, feel in enumerate((*FEELS[::2], *UNSEEN_FEELS))
        for piece in [soundfont_piece(feel, FRESH + 200 + index, duration_s=45)]
        for grid in [heard(piece)]
    ]
    beats, downbeats = np.mean(scores, axis=0)
    assert beats > 0.85
    assert downbeats > 0.8
