"""Drawing a mix of any length from a stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.levels import short_term_lufs
from engine.sets.waveform import MAX_LOUDNESS_STEPS, MAX_STEPS, Band, Waveform, WaveformDrawing
from tests.sounds import RATE_HZ, music


def drawn(audio: np.ndarray, *sizes: int) -> Waveform:
    """The waveform of audio that comes in blocks of these sizes, again and again."""
    drawing = WaveformDrawing()
    start, turn = 0, 0
    while start < audio.shape[1]:
        size = sizes[turn % len(sizes)] if sizes else audio.shape[1]
        drawing.add(audio[:, start : start + size])
        start, turn = start + size, turn + 1
    return drawing.finish()


def tone(hz: float, seconds: float = 2.0, amplitude: float = 0.5) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = amplitude * np.sin(2 * np.pi * hz * time_s)
    return np.stack([wave, wave]).astype(np.float32)


def amplitudes(values: bytes) -> np.ndarray:
    return (np.frombuffer(values, dtype=np.uint8) / 255.0) ** 2


def in_the_middle(band: Band) -> tuple[float, float]:
    """Peak and RMS, away from where the filters settle."""
    some = slice(len(band.peak) // 4, -len(band.peak) // 4)
    return float(amplitudes(band.peak)[some].max()), float(amplitudes(band.rms)[some].mean())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=5))
def test_how_a_mix_is_cut_into_blocks_makes_no_difference(sizes: list[int]):
    audio = music(3.7)
    assert drawn(audio, *sizes, 20_011) == drawn(audio)


@pytest.mark.parametrize(("hz", "loud"), [(60, "lows"), (650, "mids"), (6100, "highs")])
def test_a_tone_is_drawn_in_its_band_alone_at_its_level(hz: float, loud: str):
    waveform = drawn(tone(hz))
    for name in ("lows", "mids", "highs"):
        peak, rms = in_the_middle(getattr(waveform, name))
        if name == loud:
            assert peak == pytest.approx(0.5, abs=0.02)
            assert rms == pytest.approx(0.5 / np.sqrt(2), abs=0.02)
        else:
            assert peak < 0.06


def test_opposite_sides_are_drawn_though_they_cancel_in_mono():
    audio = tone(60)
    audio[1] *= -1
    assert drawn(audio).lows == drawn(tone(60)).lows


@pytest.mark.parametrize("seconds", [0.3, 20.0, 43.0, 100.0])
def test_a_mix_of_any_length_has_a_bounded_number_of_steps_that_cover_it(seconds: float):
    waveform = drawn(np.tile(music(1.0), round(max(1.0, seconds)))[:, : round(seconds * RATE_HZ)])
    assert waveform.duration_s == pytest.approx(seconds)
    assert waveform.steps <= MAX_STEPS
    assert len(waveform.loudness_lufs) <= MAX_LOUDNESS_STEPS
    assert 0.0 <= waveform.steps * waveform.step_s - seconds < waveform.step_s
    assert waveform.loudness_step_s * len(waveform.loudness_lufs) == pytest.approx(
        seconds, abs=waveform.loudness_step_s
    )
    if seconds > 43.0:
        assert waveform.steps > MAX_STEPS / 2


def test_a_moment_stays_where_it_is_when_steps_become_coarser():
    audio = np.zeros((2, 100 * RATE_HZ), dtype=np.float32)
    audio[:, 70 * RATE_HZ : 71 * RATE_HZ] = tone(60, 1.0)
    waveform = drawn(audio)
    loud = np.flatnonzero(amplitudes(waveform.lows.peak) > 0.3) * waveform.step_s
    assert loud.min() == pytest.approx(70.0, abs=0.05)
    assert loud.max() == pytest.approx(71.0, abs=0.05)


def test_loudness_is_short_term_loudness_around_each_moment():
    audio = np.concatenate([tone(997, 40.0, 0.1), tone(997, 40.0, 0.5)], axis=1)
    waveform, exact = drawn(audio, 7_777), short_term_lufs(audio)
    assert waveform.loudness_step_s == 0.1
    around = np.pad(exact, (15, 14), mode="edge")  # each at the middle of its three seconds
    assert np.abs(np.array(waveform.loudness_lufs) - around).max() < 0.06


def test_nothing_and_silence_are_drawn_flat():
    assert WaveformDrawing().finish().steps == 0
    waveform = drawn(np.zeros((2, RATE_HZ), dtype=np.float32))
    assert set(waveform.lows.peak + waveform.mids.rms + waveform.highs.peak) == {0}
    assert set(waveform.loudness_lufs) == {-70.0}


def test_a_block_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(480, 2\), not \[2, samples\]"):
        WaveformDrawing().add(np.zeros((480, 2), dtype=np.float32))
