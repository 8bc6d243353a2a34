"""A network over a long mix: nothing is shifted, lost or heard at the seams, at any length."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from engine.errors import Cancelled
from engine.listen.neural.overlap import take_apart
from tests.neural.networks import Echo
from tests.sounds import RATE_HZ, lag, level_db


def go_on() -> bool:
    return False


def unheard(stage: str, fraction: float) -> None:
    pass


def noise(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Noise up to 18 kHz: what a rate of 44.1 kHz holds."""
    white = np.random.default_rng(seed).normal(0.0, 0.2, (2, round(seconds * RATE_HZ) + 200))
    low = sosfiltfilt(butter(10, 18_000, fs=RATE_HZ, output="sos"), white)[:, 100:-100]
    return (low - low.mean()).astype(np.float32)


@pytest.mark.parametrize("seconds", [2.0, 7.8, 7.9, 21.3])
def test_a_network_that_changes_nothing_gives_the_mix_back_sample_by_sample(seconds: float):
    mix = noise(seconds)
    heard = take_apart(mix, Echo(), unheard, go_on)["all"]
    assert heard.shape == mix.shape
    assert heard.dtype == np.float32
    assert lag(mix, heard) == 0
    inner = slice(100, -100)  # where the mix begins at full level, resampling must ring
    wrong = heard[:, inner] - mix[:, inner]
    assert level_db(wrong) < level_db(mix) - 80
    assert np.abs(wrong).max() < 1e-3


def test_seams_are_as_good_as_what_is_between_them():
    mix = noise(40.0)
    wrong = take_apart(mix, Echo(), unheard, go_on)["all"] - mix
    pieces = np.array_split(wrong[:, 100:-100], 400, axis=1)
    assert max(level_db(piece) for piece in pieces) < level_db(mix) - 80


@pytest.mark.parametrize("samples", [0, 1, 160, 4801])
def test_the_shortest_mixes_keep_their_length(samples: int):
    parts = take_apart(np.ones((2, samples), np.float32), Echo(), unheard, go_on)
    assert all(part.shape == (2, samples) for part in parts.values())


@dataclass(frozen=True)
class Weigher(Echo):
    """Remembers how loud what it was given is."""

    levels: list[float] = field(default_factory=list)

    def estimate(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        self.levels.append(float(piece.mean(axis=0).std()))
        return Echo.estimate(self, piece)


@pytest.mark.parametrize("gain", [1.0, 0.001])
def test_the_network_hears_every_mix_at_the_level_it_was_trained_on(gain: float):
    mix = noise(7.8) * np.float32(gain)
    weigher = Weigher()
    parts = take_apart(mix, weigher, unheard, go_on)
    assert weigher.levels == [pytest.approx(1.0, rel=0.01)]
    assert level_db(parts["all"]) == pytest.approx(level_db(mix), abs=0.01)


def test_silence_and_an_offset_stay_what_they_are():
    silence = take_apart(np.zeros((2, RATE_HZ), np.float32), Echo(), unheard, go_on)
    assert not any(part.any() for part in silence.values())
    mix = noise(2.0) + np.float32(0.25)
    total = sum(take_apart(mix, Echo(), unheard, go_on).values())
    assert np.abs((total - mix)[:, 100:-100]).max() < 1e-3


def test_it_reports_in_order_and_stops_before_the_next_piece():
    heard: list[float] = []
    with pytest.raises(Cancelled):
        take_apart(
            noise(30.0),
            Echo(),
            lambda stage, fraction: heard.append(fraction),
            lambda: len(heard) == 3,
        )
    assert heard == sorted(heard)
    assert heard[0] == 0.0
    assert len(heard) == 3
    assert 0.3 < heard[-1] < 0.5


@pytest.mark.slow
def test_a_longer_mix_needs_no_more_memory_than_its_own_parts():
    def beyond_parts(seconds: float) -> float:
        mix = noise(seconds)
        tracemalloc.start()
        take_apart(mix, Echo(), unheard, go_on)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - 2 * mix.nbytes

    assert beyond_parts(80.0) < 1.1 * beyond_parts(40.0)
