"""Covers: the source's time, form and harmony under another band."""

from __future__ import annotations

import numpy as np
import pytest
from sources import (
    RATE,
    both,
    drone,
    foreign,
    furthest_s,
    heard_beats,
    likeness,
    own,
    render,
    true_beats,
)

from engine import CoverRequest, Unsupported, checked
from engine.audio.levels import true_peak_dbtp
from engine.renderers.protocol import Source

KNOWN, HEARD = both("deep house 122 bpm in G minor")
SOURCES = pytest.mark.parametrize("source", [KNOWN, HEARD], ids=["known", "heard"])


def cover(source: Source, caption: str = "synthwave", **asked):
    return render(checked(CoverRequest, track="t", caption=caption, seed=7, **asked), source)


@SOURCES
def test_a_cover_is_exactly_as_long_as_its_source_and_in_its_key(source: Source) -> None:
    made = cover(source)
    assert made.audio.shape == source.audio.shape
    assert made.audio.dtype == np.float32
    assert (made.made.style, made.made.key) == ("synthwave", "G minor")
    assert made.made.bpm == pytest.approx(122.0, abs=0.02)
    assert true_peak_dbtp(made.audio) <= -1.0


@SOURCES
@pytest.mark.parametrize("caption", ["rock", "lo-fi", "drum and bass"])
def test_a_cover_keeps_the_beats_within_five_milliseconds(source: Source, caption: str) -> None:
    beats_s = heard_beats(cover(source, caption).audio, 122.0)
    assert furthest_s(beats_s, true_beats(KNOWN)) <= 0.005


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"), [("jazz", "trance"), ("reggae", "techno"), ("pop", "deep house")]
)
def test_the_harmony_comes_nearer_to_the_source_with_similarity(one: str, other: str) -> None:
    """On the average of three pieces: with few chords a single one may differ by 0.002."""
    found = np.array(
        [
            [
                likeness(source, cover(source, other, similarity=similarity).audio)
                for similarity in (0.2, 0.6, 1.0)
            ]
            for seed in (21, 22, 23)
            for source in both(one, seed=seed)
        ]
    )
    assert found.min() > 0.5
    assert (found[:, 2] > found[:, 0] + 0.01).all()
    assert (np.diff(found, axis=1) > -0.003).all()
    for likes in found.reshape(3, 2, 3).mean(axis=0):
        assert list(likes) == sorted(likes)
        assert likes[-1] > likes[0] + 0.02


def test_all_similar_keeps_the_melody_and_nothing_similar_has_another() -> None:
    source = own("pop 110 bpm", seed=5)
    same, new = (cover(source, "house", similarity=share).audio for share in (1.0, 0.0))
    assert likeness(source, same) > likeness(source, new)
    assert not np.array_equal(same, new)


def test_the_form_of_a_known_track_is_kept() -> None:
    made, source = cover(KNOWN).made, KNOWN.track.made
    assert source is not None
    assert [one.name for one in made.sections] == [one.name for one in source.sections]
    assert [one.start_s for one in made.sections] == [one.start_s for one in source.sections]


def test_what_is_only_heard_is_said_to_be() -> None:
    said = " ".join(cover(HEARD).warnings)
    assert "heard 122.0 bpm in 4/4, confidence" in said
    assert "heard G minor, confidence" in said
    assert "heard" not in " ".join(cover(KNOWN).warnings)


def test_a_caption_that_states_another_tempo_is_overruled_and_says_so() -> None:
    made = cover(KNOWN, "techno 140 bpm in C major")
    assert made.made.bpm == 122.0
    assert any("140" in one and "122" in one for one in made.warnings)
    assert any("C major" in one and "G minor" in one for one in made.warnings)


def test_lyrics_bring_a_voice_into_a_cover() -> None:
    made = cover(KNOWN, "pop", lyrics="[Verse]\nwalking home alone\nunder yellow light")
    assert "vocals" in made.made.parts
    assert any("wordless" in one for one in made.warnings)


def test_a_cover_is_the_same_every_time() -> None:
    assert np.array_equal(cover(HEARD, "jazz").audio, cover(HEARD, "jazz").audio)


def test_a_tune_that_begins_within_a_bar_is_covered_from_there() -> None:
    whole = own("techno 130 bpm")
    source = foreign(whole.audio[:, round(1.3 * RATE) :])
    beats_s = heard_beats(cover(source, "rock").audio, 130.0)
    assert furthest_s(beats_s, true_beats(whole) - 1.3) <= 0.005


def test_sound_without_beat_is_covered_in_free_time() -> None:
    made = cover(drone(16.0), "ambient")
    assert made.made.bpm is None
    assert made.made.key == "A minor"
    assert "drums" not in made.made.parts
    assert any("free time" in one for one in made.warnings)


@pytest.mark.parametrize("loudness", [0.0, 0.1])
def test_silence_and_noise_have_nothing_to_cover(loudness: float) -> None:
    noise = np.random.default_rng(1).standard_normal((2, 15 * RATE)) * loudness
    with pytest.raises(Unsupported, match="neither a beat nor a key"):
        cover(foreign(noise))
