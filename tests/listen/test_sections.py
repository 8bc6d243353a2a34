"""Sections, cues, voices and findings in pieces made for the purpose."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.listen.chroma import Audio
from engine.listen.features import hear
from engine.listen.findings import find_faults
from engine.listen.grid import Grid, find_grid
from engine.listen.sections import find_cues, find_sections
from engine.listen.voice import find_vocals
from listen.pieces import RATE, sketch_piece, spoken_piece

BAR_S = 2.0
BEAT_S = BAR_S / 4


def grid_of(bars: int) -> Grid:
    return Grid(
        bpm=60 / BEAT_S,
        alternatives=(),
        confidence=1.0,
        beats_per_bar=4,
        time_signature="4/4",
        segments=(),
        beats_s=np.array([beat * BEAT_S for beat in range(4 * bars)]),
        downbeats_s=np.array([bar * BAR_S for bar in range(bars)]),
    )


def kick(bars: int) -> np.ndarray:
    time_s = np.arange(round(BEAT_S * RATE)) / RATE
    stroke = np.sin(2 * np.pi * (50 * time_s + 8 * (1 - np.exp(-time_s * 40)))) * np.exp(
        -time_s * 9
    )
    return np.tile(0.5 * stroke, 4 * bars)


def hats(bars: int, rng: np.random.Generator) -> np.ndarray:
    time_s = np.arange(round(BEAT_S / 2 * RATE)) / RATE
    stroke = np.diff(rng.standard_normal(len(time_s) + 1)) * np.exp(-time_s * 60)
    return np.tile(0.1 * stroke, 8 * bars)


def pad(bars: int, level: float = 0.05, hertz: float = 220) -> np.ndarray:
    time_s = np.arange(round(bars * BAR_S * RATE)) / RATE
    tones = hertz * 2 ** (np.array([0, 3, 7]) / 12)
    return level * np.sin(2 * np.pi * tones[:, None] * time_s).sum(axis=0)


def bass(bars: int) -> np.ndarray:
    time_s = np.arange(round(bars * BAR_S * RATE)) / RATE
    harmonics = np.arange(1, 30)[:, None]
    return 0.15 * (np.sin(2 * np.pi * 55 * harmonics * time_s) / harmonics).sum(axis=0)


def noise_rising(bars: int, rng: np.random.Generator) -> np.ndarray:
    count = round(bars * BAR_S * RATE)
    return 0.05 * np.linspace(0, 1, count) ** 2 * rng.standard_normal(count)


def club_track() -> Audio:
    """Intro 8, groove 16, breakdown 8, build 8, drop 16, outro 8 bars."""
    rng = np.random.default_rng(1)
    full = kick(16) + hats(16, rng) + pad(16) + bass(16)
    parts = [
        kick(8),
        full,
        pad(8),
        pad(8) + hats(8, rng) + noise_rising(8, rng),
        full,
        kick(8),
    ]
    return np.stack([np.concatenate(parts)] * 2).astype(np.float32)


def test_a_club_track_is_divided_and_named_as_a_dj_would():
    audio = club_track()
    sections = find_sections(audio, grid_of(64))
    assert [(one.label, one.bars) for one in sections] == [
        ("intro", 8), ("section A", 16), ("breakdown", 8), ("build", 8), ("drop", 16), ("outro", 8),
    ]  # fmt: skip


def test_cues_are_the_intros_end_the_drop_and_the_outros_start():
    grid = grid_of(64)
    cues = find_cues(find_sections(club_track(), grid), grid)
    assert [(one.kind, one.time_s) for one in cues] == [
        ("intro end", 16.0),
        ("drop", 80.0),
        ("outro start", 112.0),
    ]


def test_sections_cover_the_piece_without_gaps_and_begin_on_downbeats():
    piece = sketch_piece("house", 640_001, duration_s=90)
    grid = find_grid(hear(piece.audio), known_bpm=piece.bpm)
    sections = find_sections(piece.audio, grid)
    assert len(sections) >= 3
    assert sections[0].start_s == 0.0
    assert sections[-1].end_s == pytest.approx(piece.audio.shape[1] / RATE, abs=1e-3)
    for one, following in pairwise(sections):
        assert one.end_s == following.start_s
        assert np.abs(grid.downbeats_s - following.start_s).min() < 1e-3
        assert one.label != following.label
    assert all(0.0 <= one.energy <= 1.0 for one in sections)


def test_energy_is_higher_where_more_plays():
    sections = {one.label: one.energy for one in find_sections(club_track(), grid_of(64))}
    assert sections["drop"] > sections["build"] > sections["breakdown"]
    assert sections["drop"] > sections["intro"]


def test_what_comes_back_gets_the_same_letter():
    rng = np.random.default_rng(2)
    drums = kick(8) + hats(8, rng) + bass(8)
    one, other = drums + pad(8), drums + pad(8, hertz=990)
    audio = np.stack([np.concatenate([one, other, one, other])] * 2).astype(np.float32)
    labels = [section.label for section in find_sections(audio, grid_of(32))]
    assert labels == ["section A", "section B", "section A", "section B"]


def test_steady_noise_is_one_section_without_bars_or_cues():
    rng = np.random.default_rng(4)
    audio = rng.standard_normal((2, 40 * RATE)).astype(np.float32) * 0.1
    grid = find_grid(hear(audio))
    sections = find_sections(audio, grid)
    assert [(one.label, one.bars) for one in sections] == [("section A", 0)]
    assert find_cues(sections, grid) == ()


def test_silence_has_no_energy():
    audio = np.zeros((2, 5 * RATE), dtype=np.float32)
    (section,) = find_sections(audio, find_grid(hear(audio)))
    assert section.energy == 0.0


def test_speech_over_a_pad_is_found_where_it_is(spoken: Audio):
    audio = np.stack([pad(15)] * 2).astype(np.float32)
    audio[:, 10 * RATE : 20 * RATE] += 0.5 * spoken
    where = find_vocals(audio).where
    heard_s = sum(min(one.end_s, 20) - max(one.start_s, 10) for one in where)
    outside_s = sum(one.end_s - one.start_s for one in where) - heard_s
    assert heard_s >= 7
    assert outside_s <= 3


@pytest.fixture(scope="module")
def spoken() -> Audio:
    """Ten seconds of speech at an even level."""
    speech = spoken_piece(5, duration_s=10.0).audio[:, : 10 * RATE]
    return speech / max(float(np.abs(speech).max()), 1e-6)


def test_a_band_without_voices_is_hardly_taken_for_one():
    assert find_vocals(club_track()).share < 0.15


def kinds(audio: Audio) -> list[str]:
    return [finding.kind for finding in find_faults(audio)]


def wide(duration_s: float = 6.0, level: float = 0.1) -> Audio:
    rng = np.random.default_rng(8)
    return rng.uniform(-level, level, (2, round(duration_s * RATE))).astype(np.float32)


def test_sound_audio_has_no_findings():
    assert kinds(wide()) == []


def test_silences_are_found_with_their_times():
    audio = wide(12.0)
    audio[:, :RATE] = 0.0
    audio[:, 4 * RATE : 6 * RATE] = 0.0
    audio[:, 9 * RATE :] = 0.0
    found = [(one.kind, one.start_s, one.end_s) for one in find_faults(audio)]
    assert found == [
        ("silence at start", 0.0, 1.0),
        ("silence inside", 4.0, 6.0),
        ("silence at end", 9.0, 12.0),
    ]


def test_clipping_is_found_where_it_is_and_a_loud_peak_is_not():
    audio = wide(12.0)
    audio[0, 2 * RATE] = 1.0
    assert kinds(audio) == []
    loud = slice(5 * RATE, 7 * RATE)
    time_s = np.arange(2 * RATE) / RATE
    audio[0, loud] = np.clip(2.0 * np.sin(2 * np.pi * 100 * time_s), -1.0, 1.0)
    (finding,) = find_faults(audio)
    assert finding.kind == "clipping"
    assert finding.start_s == pytest.approx(5.0, abs=0.02)
    assert finding.end_s == pytest.approx(7.0, abs=0.02)


def test_many_silences_are_counted_rather_than_listed():
    audio = wide(60.0)
    for second in range(2, 58, 4):
        audio[:, second * RATE : (second + 2) * RATE] = 0.0
    findings = find_faults(audio)
    assert len(findings) == 8
    assert findings[-1].text.endswith("There are 6 more.")


@pytest.mark.parametrize(
    ("kind", "audio"),
    [
        ("silent", np.zeros((2, RATE), dtype=np.float32)),
        ("constant offset", wide() + np.float32(0.05)),
        ("mono", np.repeat(wide()[:1], 2, axis=0)),
        ("one-sided", wide() * np.array([[1.0], [0.0]], dtype=np.float32)),
        ("too quiet", wide(level=0.005)),
    ],
)
def test_what_is_wrong_with_all_of_it_is_found(kind: str, audio: Audio):
    assert kinds(audio) == [kind]
