"""How energetic a piece sounds: alike at any level, and in the order in which a DJ would play."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.stats import spearmanr

from engine.listen.chroma import Audio
from engine.listen.energy import measure_energy
from engine.renderers.protocol import Sources
from engine.renderers.sketch.renderer import SketchRenderer
from engine.renderers.sketch.styles import STYLES
from engine.requests import GenerateRequest
from engine.sets.brief import with_energy
from listen.pieces import RATE

PLANNED = (0.05, 0.2, 0.35, 0.5, 0.6, 0.72, 0.85, 0.97)
"""One energy for each wording of `with_energy`."""


def piece(style: str, energy: float | None, seed: int, duration_s: float = 20.0) -> Audio:
    """Sketch music of a style at its usual tempo, at an energy that only the caption says."""
    request = GenerateRequest(
        caption=with_energy(style, energy),
        bpm=round(sum(STYLES[style].bpm) / 2),
        duration_s=duration_s,
        instrumental=True,
        seed=seed,
    )
    rendered = SketchRenderer("test").render(
        request, Sources(None, None), lambda stage, done: None, lambda: False
    )
    return rendered.audio


@pytest.fixture(scope="module")
def house() -> Audio:
    return piece("house", None, 1)


def test_silence_has_none_and_noise_has_some():
    noise = np.random.default_rng(1).normal(0.0, 0.1, (2, 5 * RATE)).astype(np.float32)
    assert measure_energy(np.zeros((2, RATE), dtype=np.float32)) == 0.0
    assert measure_energy(np.zeros((2, 0), dtype=np.float32)) == 0.0
    assert 0.0 < measure_energy(noise) < 1.0


@pytest.mark.parametrize("gain_db", [-20.0, -6.0, 6.0])
def test_level_does_not_matter(house: Audio, gain_db: float):
    louder = (house * np.float32(10 ** (gain_db / 20))).astype(np.float32)
    assert measure_energy(louder) == pytest.approx(measure_energy(house), abs=0.005)


def test_silence_around_a_piece_does_not_matter(house: Audio):
    padded = np.pad(house, ((0, 0), (3 * RATE, 5 * RATE)))
    assert measure_energy(padded) == pytest.approx(measure_energy(house), abs=0.02)


def test_a_muffled_piece_has_less(house: Audio):
    spectrum = np.fft.rfft(house.astype(np.float64))
    spectrum[:, np.fft.rfftfreq(house.shape[1], 1 / RATE) > 400.0] *= 0.03
    muffled = np.fft.irfft(spectrum, house.shape[1]).astype(np.float32)
    assert measure_energy(muffled) < measure_energy(house) - 0.1


def test_measuring_takes_less_than_a_fiftieth_of_the_music(house: Audio):
    measure_energy(house)
    took_s = []
    for _ in range(3):
        start_s = time.process_time()
        measure_energy(house)
        took_s.append(time.process_time() - start_s)
    assert min(took_s) < house.shape[1] / RATE / 50


@pytest.mark.slow
def test_styles_come_in_the_order_of_a_night():
    means = [
        np.mean([measure_energy(piece(style, 0.5, seed)) for seed in (1, 2)])
        for style in ("ambient", "lo-fi", "deep house", "drum & bass")
    ]
    assert means == sorted(means)
    assert means[-1] - means[0] > 0.3


@pytest.mark.slow
@pytest.mark.parametrize("style", ["deep house", "techno", "drum & bass", "hip hop"])
def test_what_is_planned_hotter_sounds_hotter(style: str):
    measured = [measure_energy(piece(style, energy, 3, 45.0)) for energy in PLANNED]
    assert spearmanr(PLANNED, measured).statistic >= 0.8
