"""The raw sound of the synthesiser, against slower ways to make the same."""

from __future__ import annotations

import numpy as np
import pytest

from engine.renderers.sketch.synth.waves import (
    Envelope,
    control_times,
    draw_cycles,
    fall,
    noise,
    ring,
    soften_edges,
    spread,
    sweep_phases,
)

RATE = 48_000
LENGTH = 20_000
TIMES = np.arange(LENGTH) / RATE


def difference_db(one, other) -> float:
    return 10 * np.log10(np.mean((one - other) ** 2) / np.mean(other**2))


def test_ringing_modes_are_decaying_sines():
    frequencies, amplitudes, t60 = [110.0, 1234.5, 9000.0], [1.0, 0.5, 0.25], [0.2, 1.0, 5.0]
    slow = sum(
        a * np.sin(2 * np.pi * f * TIMES) * 1000 ** (-TIMES / t)
        for f, a, t in zip(frequencies, amplitudes, t60, strict=True)
    )
    assert difference_db(ring(frequencies, amplitudes, t60, LENGTH), slow) < -100


def test_modes_above_hearing_are_left_out_and_not_folded():
    assert np.array_equal(
        ring([440.0, 23_000.0, 50_000.0], [1.0, 1.0, 1.0], 1.0, LENGTH),
        ring([440.0], [1.0], 1.0, LENGTH),
    )


def test_ringing_in_stereo_is_ringing_twice():
    sides = np.array([[1.0, 0.2], [0.3, 0.9]])
    both = ring([300.0, 500.0], sides, 1.0, LENGTH)
    assert both.shape == (2, LENGTH)
    for side, alone in zip(both, sides, strict=True):
        assert np.allclose(side, ring([300.0, 500.0], alone, 1.0, LENGTH), atol=1e-6)


@pytest.mark.parametrize("base_hz", [55.0, 440.0, 3000.0])
def test_reading_a_cycle_agrees_with_adding_its_harmonics(base_hz):
    harmonics = np.arange(1, min(int(18_000 / base_hz), 200) + 1)
    rows = np.stack([1 / harmonics**2, 1 / harmonics])
    phases = sweep_phases(np.full(control_times(LENGTH).size, base_hz), LENGTH)
    for place, row in enumerate(rows):
        read = draw_cycles(rows).read(phases, np.full(LENGTH, place, dtype=np.float32))
        slow = sum(
            a * np.sin(2 * np.pi * k * base_hz * TIMES) for k, a in zip(harmonics, row, strict=True)
        )
        assert difference_db(read, slow) < -55


def test_a_brightness_between_two_levels_is_a_mixture_of_both():
    cycles = draw_cycles([[1.0, 0.0], [0.0, 1.0]])
    phases = sweep_phases(np.full(control_times(LENGTH).size, 200.0), LENGTH)
    mixed = cycles.read(phases, np.full(LENGTH, 0.25, dtype=np.float32))
    slow = 0.75 * np.sin(2 * np.pi * 200 * TIMES) + 0.25 * np.sin(2 * np.pi * 400 * TIMES)
    assert difference_db(mixed, slow) < -60


def test_phases_follow_a_sweep_to_the_hundredth_of_a_cycle():
    frequency = 100 + 900 * control_times(LENGTH) / TIMES[-1]
    turns = sweep_phases(frequency, LENGTH) / 2.0**32
    exact = 100 * TIMES + 450 * TIMES**2 / TIMES[-1]
    assert np.abs((turns - exact + 0.5) % 1.0 - 0.5).max() < 0.01


def test_noise_stays_in_its_band_at_unit_level_and_repeats_itself():
    hiss = noise(LENGTH, 1000, 3000, seed=3)
    assert np.sqrt(np.mean(hiss**2)) == pytest.approx(1.0, abs=0.1)
    assert np.array_equal(hiss, noise(LENGTH, 1000, 3000, seed=3))
    assert not np.array_equal(hiss, noise(LENGTH, 1000, 3000, seed=4))
    power = np.abs(np.fft.rfft(hiss * np.hanning(LENGTH))) ** 2
    frequencies = np.fft.rfftfreq(LENGTH, 1 / RATE)
    outside = (frequencies < 300) | (frequencies > 9000)
    assert power[outside].sum() < 0.01 * power.sum()


def test_an_envelope_reaches_its_peak_its_sustain_and_zero():
    envelope = Envelope(attack_s=0.01, decay_s=0.05, sustain=0.5, release_s=0.1)
    times = control_times(round(0.7 * RATE))
    level = np.interp([0.0, 0.01, 0.5, 0.6], times, envelope.curve(times, 0.5))
    assert level == pytest.approx([0.0, 1.0, 0.5, 0.0], abs=0.05)


def test_a_fall_loses_60_db_in_its_time():
    assert fall(RATE, 0.5)[RATE // 2] == pytest.approx(0.001, rel=0.01)


def test_spreading_and_softening_keep_length_and_ends():
    line = spread(np.linspace(0, 1, control_times(1000).size), 1000)
    assert line.size == 1000
    assert np.all(np.diff(line) > 0)
    softened = soften_edges(np.ones((2, 1000), dtype=np.float32))
    assert softened[0, 0] == 0.0
    assert softened[0, -1] == 0.0
    assert softened[1, 500] == 1.0
