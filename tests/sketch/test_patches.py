"""What makes each pitched patch itself: a listener would name it by these."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hearing import RATE, brightness, decibels, energy, heard_pitch, level, sound, span, spectrum


def test_an_electric_piano_barks_when_it_is_hit():
    def bark(velocity):
        audio = span(sound("epiano", 48, velocity=velocity), 0.0, 0.3)
        return energy(audio, 250, 1500) / energy(audio, 100, 160)

    assert bark(1.0) > 6 * bark(0.4)


def test_an_upright_bass_thumps_and_dies_away():
    audio = sound("upright", 40, 2.0)
    assert decibels(level(span(audio, 0.9, 1.1)) / level(span(audio, 0.0, 0.1))) < -20
    thump, later = span(audio, 0.0, 0.08), span(audio, 0.3, 0.38)
    assert energy(thump, 500, 2000) / energy(thump, 60, 200) > 5 * (
        energy(later, 500, 2000) / energy(later, 60, 200)
    )


@pytest.mark.parametrize("patch", ["clean_guitar", "nylon_guitar", "piano", "finger_bass"])
def test_the_high_harmonics_of_a_string_die_first(patch):
    audio = sound(patch, 48, 2.0)
    early, late = (brightness(span(audio, start, start + 0.4)) for start in (0.0, 1.3))
    assert late < 0.9 * early


def test_a_muted_guitar_is_over_long_before_a_clean_one():
    muted, clean = (sound(patch, 55) for patch in ("muted_guitar", "clean_guitar"))
    assert muted.shape[1] < 0.35 * RATE
    assert level(span(muted, 0.15, 0.2)) < 0.1 * level(span(clean, 0.15, 0.2))


def test_a_crunch_guitar_keeps_more_harmonics_than_a_clean_one():
    crunch, clean = (span(sound(p, 45), 0.3, 0.9) for p in ("crunch_guitar", "clean_guitar"))
    assert brightness(crunch) > 1.3 * brightness(clean)


def test_an_808_drops_into_its_note_and_rings_long():
    audio = sound("bass_808", 33, 2.0)
    first = np.flatnonzero(np.diff(np.signbit(audio[0])))[:3]
    assert (first[2] - first[0]) / RATE < 0.8 / 55
    assert decibels(level(span(audio, 0.9, 1.1)) / level(span(audio, 0.1, 0.3))) > -15


def test_a_wobble_moves_twice_a_beat_whatever_the_tempo():
    for beat_s in (0.35, 0.5):
        audio = sound("wobble", 33, 8 * beat_s, beat_s=beat_s)[0, : round(8 * beat_s * RATE)]
        parts = np.array_split(np.abs(np.diff(audio, n=2)), 200)
        bright = np.array([part.mean() for part in parts])
        swings = np.abs(np.fft.rfft(bright - bright.mean()))
        assert np.argmax(swings[1:]) + 1 == 16


def test_acid_squelches_from_bright_to_dark():
    audio = sound("acid_bass", 36, 0.6, velocity=0.9)
    assert brightness(span(audio, 0.0, 0.08)) > 1.5 * brightness(span(audio, 0.4, 0.55))


def test_a_reese_moves_by_itself_and_a_sub_does_not():
    def movement(patch):
        audio = span(sound(patch, 33, 4.0), 0.5, 3.9)
        levels = [level(part) for part in np.array_split(audio, 34, axis=1)]
        return np.std(levels) / np.mean(levels)

    assert movement("reese") > 0.1 > 0.03 > movement("sub")


@pytest.mark.parametrize("patch", ["supersaw", "warm_pad", "strings", "choir"])
def test_an_ensemble_is_wide_but_holds_together_in_mono(patch):
    left, right = span(sound(patch, 60, 3.0), 0.6, 2.9).astype(np.float64)
    assert 0.1 < np.corrcoef(left, right)[0, 1] < 0.97


def test_a_supersaw_is_many_saws_and_not_one():
    saws, one = (spectrum(span(sound(p, 60, 3.0), 0.5, 2.9)) for p in ("supersaw", "arp"))
    widths = []
    for frequencies, power in (saws, one):
        near = np.abs(frequencies - 5 * 261.63) < 60
        widths.append(np.sum(power[near] > 0.01 * power[near].max()))
    assert widths[0] > 2 * widths[1]


def test_brass_opens_slowly_and_strings_come_in_slowly():
    brass = sound("brass", 57)
    assert brightness(span(brass, 0.0, 0.06)) < 0.8 * brightness(span(brass, 0.2, 0.3))
    strings = sound("strings", 60)
    assert level(span(strings, 0.0, 0.04)) < 0.25 * level(span(strings, 0.3, 0.6))


@pytest.mark.parametrize("patch", ["flute", "sax"])
def test_a_woodwind_breathes_between_its_harmonics(patch):
    def between(name):
        audio = span(sound(name, 72, 0.4), 0.1, 0.3)
        base_hz = 523.25
        gaps = sum(energy(audio, (k + 0.3) * base_hz, (k + 0.7) * base_hz) for k in range(3, 9))
        return gaps / energy(audio, 0.5 * base_hz, 9.5 * base_hz)

    assert between(patch) > 1e-5
    assert between(patch) > 30 * between("square_lead")


def test_vowels_are_told_apart_by_their_formants():
    bands = np.geomspace(150, 5000, 19)
    shapes = {}
    for vowel in "aeioum":
        audio = sound("voice", 57, vowel=vowel)
        shape = [energy(audio, low, high) for low, high in pairwise(bands)]
        shapes[vowel] = 10 * np.log10(np.array(shape) / np.sum(shape) + 1e-7)
    for one in shapes:
        for other in shapes:
            if one != other:
                assert np.sqrt(np.mean((shapes[one] - shapes[other]) ** 2)) > 4, (one, other)
    strongest = {vowel: bands[np.argmax(shape)] for vowel, shape in shapes.items()}
    assert strongest["a"] > strongest["e"] > strongest["i"]
    assert energy(sound("voice", 57, vowel="i"), 2300, 4000) > 10 * energy(
        sound("voice", 57, vowel="u"), 2300, 4000
    )


def test_a_voice_slides_into_its_note_and_vibrates_only_later():
    audio = sound("voice", 57, 2.0, vowel="a")
    assert heard_pitch(span(audio, 0.0, 0.06), 57) < 56.9
    early = [heard_pitch(span(audio, t, t + 0.06), 57) for t in np.arange(0.2, 0.3, 0.02)]
    late = [heard_pitch(span(audio, t, t + 0.06), 57) for t in np.arange(1.0, 1.2, 0.02)]
    assert np.ptp(late) > 0.15
    assert np.ptp(late) > 3 * np.ptp(early)


def test_a_vibraphone_trembles_and_a_marimba_does_not_last():
    audio = span(sound("vibraphone", 69, 3.0), 0.2, 2.9)[0]
    levels = np.abs(audio).reshape(-1, 480).max(axis=1)
    trend = levels / np.exp(np.polyval(np.polyfit(np.arange(levels.size), np.log(levels), 1),
                                       np.arange(levels.size)))  # fmt: skip
    rates = np.fft.rfftfreq(levels.size, 0.01)
    assert 4 < rates[np.argmax(np.abs(np.fft.rfft(trend - trend.mean())))] < 7
    marimba = sound("marimba", 69, 3.0)
    assert level(span(marimba, 0.5, 0.6)) < 0.1 * level(span(marimba, 0.0, 0.1))


def test_a_bell_is_not_harmonic():
    frequencies, power = spectrum(span(sound("bell", 69, 1.5), 0.0, 1.0))
    between = (frequencies > 2.6 * 440) & (frequencies < 2.9 * 440)
    assert power[between].max() > 0.001 * power.max()
