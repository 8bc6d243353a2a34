"""The level meter against the standard, an independent meter, and what a limiter must keep."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import lfilter, resample_poly

from engine.audio.levels import (
    SILENCE_DBTP,
    SILENCE_LUFS,
    limit,
    loudness_lufs,
    normalise,
    short_term_lufs,
    true_peak_dbtp,
)

RATE = 48_000


def sine(hz: float, seconds: float, level_db: float = 0.0, phase: float = 0.0) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * times + phase)
    return np.stack([wave, wave]).astype(np.float32)


def music_like(seconds: float = 13.37, seed: int = 3) -> np.ndarray:
    """Decaying bursts of bright and dull noise, wider than mono, with a pause: what gates move."""
    chance = np.random.default_rng(seed)
    length = round(seconds * RATE)
    noise = chance.standard_normal((2, length))
    noise[1] = 0.6 * noise[0] + 0.4 * noise[1]
    dull = lfilter([0.05], [1, -0.95], noise)
    bursts = np.exp(-(np.arange(length) % 21_000) / 5_000)
    audio = (0.08 * noise * bursts**2 + 0.3 * dull * bursts).astype(np.float32)
    audio[:, length // 3 : length // 2] *= 0.003
    return audio


def independent_peak_db(audio: np.ndarray) -> float:
    """True peak by another interpolator at twice the standard's rate."""
    return 20 * np.log10(np.abs(resample_poly(audio.astype(np.float64), 8, 1, axis=1)).max())


# loudness


def test_a_kilohertz_sine_at_minus_23_dbfs_measures_minus_23_lufs():
    assert loudness_lufs(sine(1_000, 5, -23)) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 13.37, 70.1])
def test_loudness_agrees_with_an_independent_meter(seconds):
    audio = music_like(seconds)
    expected = pyloudnorm.Meter(RATE).integrated_loudness(audio.T.astype(np.float64))
    assert loudness_lufs(audio) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("hz", [30, 60, 200, 3_000, 12_000])
def test_the_weighting_agrees_with_an_independent_meter(hz):
    audio = sine(hz, 3, -20)
    expected = pyloudnorm.Meter(RATE).integrated_loudness(audio.T.astype(np.float64))
    assert loudness_lufs(audio) == pytest.approx(expected, abs=0.1)


def test_quiet_stretches_are_gated_out():
    # EBU Tech 3341, case 3: the quiet outer parts don't lower the loudness of the middle.
    quiet, loud = sine(1_000, 10, -36), sine(1_000, 60, -23)
    audio = np.concatenate([quiet, loud, quiet], axis=1)
    assert loudness_lufs(audio) == pytest.approx(-23.0, abs=0.1)


def test_short_term_loudness_follows_the_last_three_seconds():
    # EBU Tech 3341, case 1 after case 2: each value is that of the level it lies in.
    quiet, loud = sine(1_000, 6, -33), sine(1_000, 6, -23)
    course = short_term_lufs(np.concatenate([quiet, loud], axis=1))
    assert len(course) == 91
    np.testing.assert_allclose(course[:31], -33.0, atol=0.1)
    np.testing.assert_allclose(course[60:], -23.0, atol=0.1)
    assert (np.diff(course[30:61]) > 0).all()


def test_short_term_loudness_isnt_gated_and_is_one_value_for_less_than_three_seconds():
    half_silent = np.concatenate([sine(1_000, 1, -23), np.zeros((2, RATE), np.float32)], axis=1)
    assert short_term_lufs(half_silent) == pytest.approx([-26.0], abs=0.1)
    assert short_term_lufs(np.zeros((2, RATE), np.float32)).tolist() == [SILENCE_LUFS]


def test_silence_measures_the_absolute_gate_and_a_short_sound_is_still_measured():
    assert loudness_lufs(np.zeros((2, RATE), np.float32)) == SILENCE_LUFS
    assert loudness_lufs(np.zeros((2, 0), np.float32)) == SILENCE_LUFS
    assert loudness_lufs(sine(1_000, 0.2, -23)) == pytest.approx(-23.0, abs=0.3)


# true peak


def test_a_peak_between_the_samples_is_found():
    wave = sine(12_000, 1, phase=np.pi / 4)  # its samples all lie at 0.707
    fade = np.minimum(1.0, np.arange(RATE) / 4_800).astype(np.float32)
    wave *= fade * fade[::-1]
    assert np.abs(wave).max() < 0.71
    assert true_peak_dbtp(wave) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_true_peak_agrees_with_an_independent_meter(seed):
    audio = music_like(3.0, seed)
    # Four times oversampling may miss up to 0.3 dB of what eight times finds in noise this bright.
    assert true_peak_dbtp(audio) == pytest.approx(independent_peak_db(audio), abs=0.3)


def test_a_true_peak_is_never_below_the_highest_sample():
    audio = music_like(2.0)
    assert true_peak_dbtp(audio) >= 20 * np.log10(np.abs(audio).max()) - 1e-5
    audio[1, -1] = -0.9  # the very last sample counts too
    assert true_peak_dbtp(audio) >= 20 * np.log10(0.9) - 1e-5


def test_the_peak_of_silence_is_a_number():
    assert true_peak_dbtp(np.zeros((2, 100), np.float32)) == SILENCE_DBTP
    assert true_peak_dbtp(np.zeros((2, 0), np.float32)) == SILENCE_DBTP


# limiting


def test_the_limiter_keeps_every_peak_under_the_ceiling():
    audio = music_like() * np.float32(8.0)
    assert independent_peak_db(audio) > 6
    assert independent_peak_db(limit(audio, -1.0)) <= -1.0


def test_the_limiter_leaves_quieter_audio_as_it_was():
    audio = music_like()
    audio *= np.float32(0.8 / np.abs(audio).max())
    assert np.array_equal(limit(audio, -1.0), audio)


def test_the_limiter_turns_both_sides_down_alike():
    audio = np.stack([music_like()[0], 0.25 * music_like()[0]]).astype(np.float32) * 6
    limited = limit(audio, -1.0)
    np.testing.assert_allclose(limited[1], 0.25 * limited[0], atol=1e-6)


def test_the_limiter_moves_smoothly_and_recovers():
    audio = sine(100, 2, -12)
    audio[:, RATE // 2 : RATE // 2 + 2_400] *= 8
    loud = np.abs(audio[0]) > 0.05
    gain = limit(audio, -1.0)[0][loud] / audio[0][loud]
    assert gain.min() < 0.5
    assert np.abs(np.diff(gain[:-1])).max() < 0.1
    assert gain[-1] == pytest.approx(1.0, abs=1e-6)


# both targets at once


@pytest.mark.parametrize("level", [0.01, 0.3, 5.0])
def test_normalising_reaches_the_loudness_under_the_ceiling(level):
    audio = music_like() + 0.2 * sine(220, 13.37)
    made = normalise(audio * np.float32(level), -14.0, -1.0)
    assert loudness_lufs(made) == pytest.approx(-14.0, abs=0.2)
    assert independent_peak_db(made) <= -1.0


def test_normalising_makes_up_for_what_the_limiter_takes():
    chance = np.random.default_rng(5)
    audio = 0.02 * chance.standard_normal((2, 10 * RATE)).astype(np.float32)
    audio[:, ::RATE] = 1.0
    made = normalise(audio, -16.0, -1.0)
    assert loudness_lufs(made) == pytest.approx(-16.0, abs=0.2)
    assert independent_peak_db(made) <= -1.0


def test_the_ceiling_wins_over_the_loudness():
    clicks = np.zeros((2, 10 * RATE), np.float32)
    clicks[:, ::RATE] = 0.5
    made = normalise(clicks, -14.0, -1.0)
    assert loudness_lufs(made) < -20
    assert independent_peak_db(made) <= -1.0


def test_normalising_silence_leaves_silence():
    assert not normalise(np.zeros((2, RATE), np.float32), -14.0, -1.0).any()


def test_normalising_in_place_gives_the_same_audio():
    audio = music_like()
    apart = normalise(audio, -12.0, -1.0)
    assert normalise(audio, -12.0, -1.0, out=audio) is audio
    assert np.array_equal(audio, apart)
