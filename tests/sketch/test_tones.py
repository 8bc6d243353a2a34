"""Playing pitched notes: what holds for every patch, the memory, and refusals."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

import numpy as np
import pyloudnorm
import pytest
from hearing import (
    BEAT_S,
    RATE,
    brightness,
    decibels,
    energy,
    heard_pitch,
    level,
    middle,
    sound,
    span,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.renderers.sketch.synth.memory import SoundMemory
from engine.renderers.sketch.synth.tones import PATCHES, Tone, play

BASSES = {name for name in PATCHES if PATCHES[name].high <= 64}
BREATHING = {"flute", "sax", "trumpet", "voice"}
SHORT = {"stab", "pluck", "marimba", "muted_guitar", "upright", "clav", "dub_bass"}
"""Over before a glide of a second arrives."""
KNOCKED = {"marimba", "muted_guitar"}
"""Over before the noise of the stroke is."""

every_patch = pytest.mark.parametrize("patch", PATCHES)

# what every patch must do


@every_patch
def test_a_patch_sounds_at_the_pitch_it_is_asked_for(patch):
    for pitch in (PATCHES[patch].low, middle(patch), PATCHES[patch].high):
        steady = sound(patch, pitch, 2.0)[:, RATE // 16 :]
        assert heard_pitch(steady, pitch) == pytest.approx(pitch, abs=0.10)


@every_patch
def test_a_patch_has_nothing_an_octave_below_its_pitch(patch):
    pitch = middle(patch)
    base_hz = 440 * 2 ** ((pitch - 69) / 12)
    steady = sound(patch, pitch, 1.5)[:, RATE // 12 :]
    below, at = (energy(steady, 0.94 * hz, 1.06 * hz) for hz in (base_hz / 2, base_hz))
    assert below < 0.01 * at


@pytest.mark.parametrize("patch", [name for name in PATCHES if name not in KNOCKED])
def test_the_highest_notes_do_not_fold_back_below_themselves(patch):
    pitch = PATCHES[patch].high
    base_hz = 440 * 2 ** ((pitch - 69) / 12)
    steady = span(sound(patch, pitch, 1.0, velocity=1.0, cutoff=1.0), 0.25, 0.95)
    folded = energy(steady, 30, 0.8 * base_hz) / energy(steady, 30, RATE / 2)
    assert folded < (1e-3 if patch in BREATHING else 1e-5)


@every_patch
def test_harder_is_louder_and_brighter(patch):
    soft, hard = (sound(patch, middle(patch), velocity=v) for v in (0.35, 1.0))
    assert 6 < decibels(level(hard) / level(soft)) < 24
    assert brightness(hard) > 1.02 * brightness(soft)


@every_patch
def test_an_open_cutoff_is_brighter_and_not_much_louder(patch):
    closed, open_ = (sound(patch, middle(patch), cutoff=c) for c in (0.25, 0.95))
    assert brightness(open_) > 1.04 * brightness(closed)
    assert abs(decibels(level(open_) / level(closed))) < 9


@every_patch
def test_a_sound_is_stereo_finite_and_can_not_be_changed(patch):
    audio = sound(patch, middle(patch))
    assert audio.dtype == np.float32
    assert audio.shape[0] == 2
    assert np.isfinite(audio).all()
    with pytest.raises(ValueError, match="read-only"):
        audio[0, 0] = 1.0


@every_patch
def test_a_sound_starts_and_ends_at_zero_without_an_offset(patch):
    audio = sound(patch, middle(patch))
    peak = np.abs(audio).max()
    assert np.abs(audio[:, [0, -1]]).max() < 1e-4 * peak
    assert np.abs(np.diff(audio[:, :4])).max() < 0.02 * peak
    assert abs(audio.mean()) < 2e-3 * peak


@pytest.mark.parametrize("patch", ["sub", "dark_pad"])
def test_a_dark_sound_does_not_click_when_it_starts_or_stops(patch):
    audio = sound(patch, PATCHES[patch].low, 0.3, velocity=1.0)
    around = np.pad(audio, ((0, 0), (1000, 1000)))
    for moment in (0, round(0.3 * RATE), audio.shape[1]):
        edge = around[:, moment : moment + 2000]
        assert energy(edge, 5000, 20_000) < 1e-6 * energy(audio, 20, 20_000)


@every_patch
def test_the_release_ends_soon_after_the_key(patch):
    audio = sound(patch, middle(patch), 0.5)
    assert 0.1 * RATE < audio.shape[1] < 2.2 * RATE
    assert level(audio[:, -RATE // 100 :]) < 0.01 * level(audio)


@every_patch
def test_a_mezzo_forte_chord_is_as_loud_on_every_patch(patch):
    chord = (0,) if patch in BASSES else (-3, 1, 4)
    notes = [sound(patch, middle(patch) + step, 1.5) for step in chord]
    mixed = np.zeros((2, 2 * RATE))
    for note in notes:
        kept = note[:, : mixed.shape[1]]
        mixed[:, : kept.shape[1]] += kept
    meter = pyloudnorm.Meter(RATE, block_size=0.4)
    width = round(0.4 * RATE)
    moments = [mixed[:, at : at + width + 1].T for at in range(0, RATE, width // 8)]
    loudest = max(meter.integrated_loudness(moment) for moment in moments)
    assert loudest == pytest.approx(-20.0, abs=1.5)


@pytest.mark.parametrize("patch", [name for name in PATCHES if name not in SHORT])
def test_a_glide_ends_at_the_pitch_it_goes_to(patch):
    pitch = middle(patch)
    for steps in (-5, 7):
        audio = sound(patch, pitch, 1.5, glide_to=pitch + steps)
        arrived = heard_pitch(span(audio, 1.22, 1.5), pitch + steps)
        assert arrived == pytest.approx(pitch + steps, abs=0.25)


@given(
    patch=st.sampled_from(sorted(PATCHES)),
    pitch=st.floats(12, 120),
    length_s=st.floats(0, 3),
    velocity=st.floats(0, 1),
    cutoff=st.floats(0, 1),
    glide=st.none() | st.floats(12, 120),
    vowel=st.sampled_from(["", *"aeioum"]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_tone_gives_a_sane_sound(patch, pitch, length_s, velocity, cutoff, glide, vowel):
    audio = play(patch, Tone(pitch, length_s, velocity, cutoff, BEAT_S, glide, vowel))
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() < 2.0
    assert np.abs(audio[:, -1]).max() < 1e-3


# the memory


def test_the_same_tone_is_made_only_once():
    first = sound("piano", 60.0, 0.5)
    assert sound("piano", 60.0, 0.5) is first
    assert sound("piano", 60.001, 0.502, velocity=0.71) is first
    assert sound("piano", 60.0, 0.5, velocity=0.9) is not first


def test_only_a_wobble_cares_for_the_tempo_and_only_singers_for_vowels():
    assert sound("piano", 60, beat_s=0.3, vowel="a") is sound("piano", 60, beat_s=0.5, vowel="o")
    assert sound("wobble", 33, beat_s=0.3) is not sound("wobble", 33, beat_s=0.5)


def test_the_memory_forgets_what_was_used_longest_ago():
    memory = SoundMemory(most_bytes=3 * 400)
    made = []

    def remember(key):
        def make():
            made.append(key)
            return np.zeros(100, dtype=np.float32)

        return memory.recall(key, make)

    for key in "abcadba":
        remember(key)
    assert made == ["a", "b", "c", "d", "b"]
    assert len(memory) == 3


SOME = ["piano", "supersaw", "voice", "flute", "crunch_guitar", "wobble", "choir", "slap_bass"]
FINGERPRINT = """
import hashlib
from engine.renderers.sketch.synth.tones import Tone, play
for patch in {some}:
    audio = play(patch, Tone(57.0, 0.7, 0.8, 0.6, 0.43, None, "o"))
    print(hashlib.sha256(audio.tobytes()).hexdigest())
"""


def test_another_process_makes_the_same_bytes():
    here = [
        hashlib.sha256(sound(p, 57.0, 0.7, velocity=0.8, cutoff=0.6, vowel="o").tobytes())
        for p in reversed(SOME)
    ]
    code = FINGERPRINT.format(some=SOME)
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert there.stdout.split() == [digest.hexdigest() for digest in reversed(here)]


def test_a_hundred_new_notes_cost_less_than_a_second_of_processor_time():
    sound("saw_lead", 60)
    start = time.process_time()
    for step in range(100):
        sound(
            ("saw_lead", "epiano", "warm_pad", "acid_bass")[step % 4],
            48 + step % 7,
            0.3 + step / 100,
        )
    assert time.process_time() - start < 1.0


# refusals


def test_an_unknown_patch_is_refused_by_name():
    with pytest.raises(InvalidRequest, match="no patch 'kazoo'") as refused:
        sound("kazoo", 60)
    assert refused.value.field == "patch"


def test_an_unknown_vowel_is_refused():
    with pytest.raises(InvalidRequest, match="vowel 'y'") as refused:
        sound("voice", 60, vowel="y")
    assert refused.value.field == "vowel"
