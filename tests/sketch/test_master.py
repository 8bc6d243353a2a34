"""The master: loudness, peaks, balance and colour, for dense and sparse mixes alike."""

from __future__ import annotations

import numpy as np
import pytest
from hearing import RATE, brightness, decibels, energy, level, span
from pieces import band, chords, piece, strokes
from scipy.signal import resample_poly

from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.renderers.sketch.master import master
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.score import Line, Note, Room, Score

DRY = Room(warmth=0.0)


def mix_of(score: Score) -> np.ndarray:
    return mixdown(score, lambda stage, done: None, lambda: False)


@pytest.fixture(scope="module")
def band_mix() -> np.ndarray:
    return mix_of(band())


def ambient() -> Score:
    pad = Line("synth", "dark_pad", chords(0, 20, length=14.0, root=48), gain_db=-20, reverb=0.9)
    return piece(pad, seconds=25, room=Room(size=1.0))


def sparse() -> Score:
    bells = tuple(Note(beat, 2, 0.3, pitch=81) for beat in (0, 9, 20, 33))
    return piece(Line("synth", "bell", bells, reverb=0.5), seconds=20)


def sub_heavy() -> Score:
    kicks = Line("drums", "kit_808", strokes("kick", *range(0, 40, 2), velocity=1.0), gain_db=6)
    bass = Line("bass", "sub", tuple(Note(b, 2, 0.9, pitch=31) for b in range(0, 40, 2)))
    hats = Line("drums", "kit_808", strokes("hat", *(b / 2 for b in range(80))))
    keys = Line("keyboard", "epiano", chords(*range(0, 40, 4)), gain_db=-3)
    return piece(kicks, bass, hats, keys, seconds=20)


PIECES = {"band": band, "ambient": ambient, "sparse": sparse, "sub_heavy": sub_heavy}


# loudness and peaks


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("room", [DRY, Room(warmth=1.0, noise=0.7)], ids=["clean", "worn"])
def test_every_piece_comes_out_equally_loud_under_the_ceiling(name, room):
    record = master(mix_of(PIECES[name]()), room)
    assert loudness_lufs(record) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_dbtp(record) <= -1.0
    independent = np.abs(resample_poly(record.astype(np.float64), 8, 1, axis=1)).max()
    assert decibels(independent) <= -1.0


def test_ten_seconds_and_two_minutes_are_equally_loud():
    for seconds in (10.0, 120.0):
        assert loudness_lufs(master(mix_of(band(seconds)), Room())) == pytest.approx(-14, abs=0.5)


def test_a_level_in_the_mix_makes_no_difference(band_mix):
    quiet, loud = (master(band_mix * np.float32(gain), Room()) for gain in (0.05, 3.0))
    np.testing.assert_allclose(quiet, loud, atol=2e-4)


def test_a_silent_mix_stays_silent():
    assert not master(np.zeros((2, RATE), np.float32), Room(noise=1.0)).any()


def test_peaks_hold_where_the_loudness_can_not_be_had():
    record = master(mix_of(piece(Line("drums", "kit_909", strokes("clave", 0, 5, 10)))), Room())
    assert true_peak_dbtp(record) <= -1.0


# what must survive


def test_the_mix_itself_is_left_as_it_was(band_mix):
    before = band_mix.copy()
    master(band_mix, Room(noise=0.5))
    assert np.array_equal(band_mix, before)


def test_the_same_mix_gives_the_same_bytes(band_mix):
    one, two = (master(band_mix, Room(noise=0.5)).tobytes() for _ in range(2))
    assert one == two


def test_length_and_ending_are_kept(band_mix):
    for length in (band_mix.shape[1], 12_345, 65_536, 65_537):
        record = master(band_mix[:, :length], Room(noise=0.5))
        assert record.shape == (2, length)
        assert record.dtype == np.float32
        assert not record[:, -1].any()


def test_the_stereo_image_is_kept():
    stab = Line("keyboard", "stab", chords(*range(16), length=0.5), pan=0.7)
    mix = mix_of(piece(stab))
    record = master(mix, Room())
    before, after = (decibels(level(audio[1:]) / level(audio[:1])) for audio in (mix, record))
    assert before > 8
    assert after == pytest.approx(before, abs=2.0)


def test_transients_do_not_move(band_mix):
    record = master(band_mix, DRY)
    for beat in range(4, 12):
        before, after = (
            int(
                np.argmax(
                    np.abs(np.diff(span(audio, beat / 2 - 0.02, beat / 2 + 0.02)).sum(axis=0))
                )
            )
            for audio in (band_mix, record)
        )
        assert abs(before - after) < 0.002 * RATE


def test_an_ordinary_balance_is_left_alone():
    chance = np.random.default_rng(2)
    spectrum = np.fft.rfft(chance.standard_normal((2, 10 * RATE)))
    hz = np.maximum(np.fft.rfftfreq(10 * RATE, 1 / RATE), 30.0)
    pink = np.fft.irfft(spectrum * (hz**-0.5) / np.sqrt(1 + (hz / 900) ** 1.0)).astype(np.float32)
    record = master(0.1 * pink / pink.std(), DRY)
    bands = [(60, 120), (250, 500), (1_000, 2_000), (4_000, 8_000)]
    change = [10 * np.log10(energy(record, *b) / energy(pink, *b)) for b in bands]
    assert np.ptp(change) < 1.5


# what must be mended


def test_a_constant_and_everything_below_hearing_are_removed(band_mix):
    times = np.arange(band_mix.shape[1]) / RATE
    dirty = band_mix + (0.05 + 0.05 * np.sin(2 * np.pi * 9 * times)).astype(np.float32)
    record = master(dirty, DRY)
    assert abs(float(record.mean())) < 1e-4
    assert energy(record, 8, 10) < 0.02 * energy(dirty, 8, 10)


def test_a_bottom_heavy_mix_keeps_at_most_six_tenths_below_100_hz():
    mix = mix_of(sub_heavy())
    record = master(mix, Room())
    assert energy(mix, 0, 100) > 0.75 * energy(mix, 0, 24_000)
    assert energy(record, 0, 100) < 0.6 * energy(record, 0, 24_000)


@pytest.mark.parametrize(("tilt", "direction"), [(-1.0, 1), (1.0, -1)])
def test_a_badly_tilted_mix_is_set_upright(band_mix, tilt, direction):
    spectrum = np.fft.rfft(band_mix)
    hz = np.maximum(np.fft.rfftfreq(band_mix.shape[1], 1 / RATE), 40.0)
    tilted = np.fft.irfft(spectrum * (hz / 500.0) ** tilt, band_mix.shape[1]).astype(np.float32)

    def treble(audio):
        return 10 * np.log10(energy(audio, 4_000, 12_000) / energy(audio, 200, 800))

    assert direction * (treble(master(tilted, DRY)) - treble(tilted)) > 2.0


# colour


def test_warmth_rounds_the_top_and_the_peaks(band_mix):
    clean, warm = (master(band_mix, Room(warmth=warmth)) for warmth in (0.0, 1.0))
    assert energy(warm, 10_000, 20_000) < 0.7 * energy(clean, 10_000, 20_000)
    assert np.abs(warm).max() < np.abs(clean).max()
    assert brightness(warm) < brightness(clean)


def test_the_medium_is_heard_in_the_pauses_only_when_it_is_asked_for():
    stab = Line("keyboard", "stab", chords(0, 16, length=0.5))
    mix = mix_of(piece(stab, seconds=12, room=Room(size=0.1)))
    clean, worn = (span(master(mix, Room(noise=noise)), 4.0, 7.5) for noise in (0.0, 0.8))
    assert decibels(level(clean)) < -90
    assert -70 < decibels(level(worn)) < -35
    assert np.abs(worn).max() > 8 * level(worn)  # crackles stand out of the hiss


def test_the_glue_brings_loud_and_soft_closer():
    loud = Line("keyboard", "organ", chords(0, length=16.0))
    soft = Line("keyboard", "organ", chords(16, length=16.0), gain_db=-8)
    mix = mix_of(piece(loud, soft, seconds=16))

    def contrast(audio):
        return decibels(level(span(audio, 2, 6)) / level(span(audio, 10, 14)))

    assert 4.0 < contrast(master(mix, DRY)) < contrast(mix) - 0.5
