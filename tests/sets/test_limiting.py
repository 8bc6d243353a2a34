"""The limiter and the meter in pieces: what they do to a whole, they do to its parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.levels import Meter, limit, loudness_lufs, true_peak_dbtp
from engine.audio.limiting import Limiter

RATE = 48_000


def bursts(seconds: float, seed: int = 3) -> np.ndarray:
    """Noise that comes in loud bursts, its two sides different."""
    chance = np.random.default_rng(seed)
    length = round(seconds * RATE)
    noise = chance.standard_normal((2, length))
    return (0.9 * noise * np.exp(-(np.arange(length) % 9_000) / 2_000)).astype(np.float32)


def limited_in(audio: np.ndarray, sizes: list[int]) -> np.ndarray:
    limiter, place, pieces = Limiter(-1.0), 0, []
    for size in sizes:
        pieces.append(limiter.feed(audio[:, place : place + size]))
        place += size
    pieces.append(limiter.feed(audio[:, place:], last=True))
    return np.concatenate(pieces, axis=1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5_000), max_size=12), st.integers(0, 5))
def test_any_pieces_are_limited_as_the_whole_is(sizes: list[int], seed: int):
    audio = bursts(0.6, seed)
    limited = limited_in(audio, sizes)
    np.testing.assert_allclose(limited, limit(audio, -1.0), atol=1e-6)
    assert true_peak_dbtp(limited) <= -1.0


def test_a_peak_on_the_border_of_two_pieces_is_seen_before_it_comes():
    audio = np.full((2, RATE), 0.3, np.float32)
    audio[:, 24_000] = 3.0
    limited = limited_in(audio, [24_000])
    assert np.abs(limited).max() <= 10 ** (-1.0 / 20)
    assert np.abs(np.diff(limited[0, :23_999])).max() < 0.01


def test_quiet_pieces_pass_untouched():
    audio = bursts(0.5) * np.float32(0.05)
    assert np.array_equal(limited_in(audio, [1, 10_000, 7]), audio)


def test_little_is_held_back():
    limiter = Limiter(-1.0)
    assert limiter.feed(bursts(1.0)).shape[1] > RATE - 500


@pytest.mark.parametrize("size", [1_000, 4_801, 200_000])
def test_a_meter_hears_pieces_as_it_hears_the_whole(size: int):
    audio = bursts(4.0)
    meter = Meter()
    for start in range(0, audio.shape[1], size):
        meter.feed(audio[:, start : start + size], last=start + size >= audio.shape[1])
    assert meter.loudness_lufs == pytest.approx(loudness_lufs(audio), abs=1e-6)
    assert meter.true_peak_dbtp == pytest.approx(true_peak_dbtp(audio), abs=1e-4)
