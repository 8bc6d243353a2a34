"""Eight kits and the transitions: every drum sounds, and each kit is itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import combinations, pairwise

import numpy as np
import pytest
from hearing import RATE, brightness, decibels, energy, level, span

from engine.renderers.sketch.synth.kits import KITS, SOUNDS, TRANSITION_SOUNDS, hit

every_kit = pytest.mark.parametrize("kit", KITS)
SKINS = ("kick", "tom_low", "tom_mid", "tom_high", "conga_low", "conga_high", "bongo_low")
METALS = ("hat", "hat_open", "ride", "crash", "shaker", "tambourine")


def stroke(kit: str, sound: str, velocity: float = 0.8) -> np.ndarray:
    return hit(kit, sound, velocity, 0.25)


def ring_s(audio: np.ndarray) -> float:
    """How long it takes until 30 dB below the peak for good."""
    loud = np.abs(audio).max(axis=0) > np.abs(audio).max() * 10 ** (-30 / 20)
    return float(np.flatnonzero(loud)[-1] / RATE)


def fingerprint(audio: np.ndarray) -> np.ndarray:
    """Third-octave levels in dB in three stretches of time, loudness taken out."""
    edges = 40.0 * 2 ** (np.arange(28) / 3)
    prints = []
    for start, end in ((0.0, 0.03), (0.03, 0.12), (0.12, 0.5)):
        part = np.zeros((2, round((end - start) * RATE)))
        piece = span(audio, start, end)
        part[:, : piece.shape[1]] = piece
        power = np.abs(np.fft.rfft(part.sum(axis=0))) ** 2
        hz = np.fft.rfftfreq(part.shape[1], 1 / RATE)
        bands = [power[(hz >= a) & (hz < b)].sum() for a, b in pairwise(edges)]
        prints.append(10 * np.log10(np.array(bands) + 1e-9))
    prints = np.maximum(np.stack(prints), np.max(prints) - 60)
    return prints - prints.mean()


# every drum of every kit


@every_kit
@pytest.mark.parametrize("sound", SOUNDS)
def test_every_drum_speaks_at_once_and_dies_away(kit, sound):
    audio = stroke(kit, sound)
    assert audio.dtype == np.float32
    assert audio.shape[0] == 2
    assert np.isfinite(audio).all()
    assert -30 < decibels(np.abs(audio).max()) < 0
    assert np.abs(audio[:, 0]).max() < 0.01 * np.abs(audio).max()
    assert not audio[:, -1].any()
    assert level(span(audio, 0.0, 0.08)) > level(audio[:, audio.shape[1] // 2 :])


@every_kit
def test_every_kit_plays_the_same_list_of_sounds(kit):
    assert set(KITS[kit].drums) == set(SOUNDS)


@every_kit
def test_a_harder_stroke_is_louder(kit):
    for sound in SOUNDS:
        soft, hard = (np.abs(stroke(kit, sound, velocity)).max() for velocity in (0.3, 1.0))
        assert decibels(hard / soft) > 9, sound


@every_kit
def test_a_harder_kick_has_more_click(kit):
    def click(velocity):
        # The silence in front keeps the click out of the window's slope.
        audio = np.pad(span(stroke(kit, "kick", velocity), 0.0, 0.06), ((0, 0), (3_000, 0)))
        return energy(audio, 1_500, 8_000) / energy(audio, 30, 200)

    assert click(1.0) > 1.3 * click(0.3)


@every_kit
def test_a_kick_lies_in_the_lows_and_in_the_middle(kit):
    audio = stroke(kit, "kick")
    assert energy(audio, 30, 160) > 0.7 * energy(audio, 0, 24_000)
    side = np.stack([audio[0] - audio[1]])
    assert energy(side, 0, 120) < 0.001 * energy(audio, 0, 120)


@every_kit
@pytest.mark.parametrize("sound", METALS)
def test_metal_has_nothing_in_the_lows(kit, sound):
    audio = stroke(kit, sound)
    assert energy(audio, 0, 250) < 0.01 * energy(audio, 0, 24_000)


@every_kit
def test_toms_go_down_from_high_to_low(kit):
    def fundamental(sound):
        power = np.abs(np.fft.rfft(span(stroke(kit, sound), 0.06, 0.4)[0], RATE)) ** 2
        return int(np.argmax(power[:1_000]))

    low, mid, high = (fundamental(f"tom_{name}") for name in ("low", "mid", "high"))
    assert low * 1.2 < mid < high / 1.2


@every_kit
def test_an_open_hat_rings_longer_than_a_closed_one(kit):
    assert ring_s(stroke(kit, "hat_open")) > 2 * ring_s(stroke(kit, "hat"))


def test_a_ghost_stroke_is_softer_than_a_snare():
    for kit in KITS:
        ghost, snare = (level(span(stroke(kit, s), 0.0, 0.05)) for s in ("snare_ghost", "snare"))
        assert ghost < 0.8 * snare, kit


# each kit is itself


@pytest.mark.parametrize("sound", ["kick", "snare", "hat"])
def test_any_two_kits_are_told_apart(sound):
    prints = {kit: fingerprint(stroke(kit, sound)) for kit in KITS}
    for one, other in combinations(KITS, 2):
        if sound == "hat" and {one, other} <= {"kit_acoustic", "kit_jazz", "kit_latin"}:
            continue  # the same pair of cymbals in other rooms
        apart = np.abs(prints[one] - prints[other]).mean()
        assert apart > 2.0, f"{sound} of {one} and {other}: {apart:.1f} dB"


def test_the_808_kick_booms_and_the_drum_and_bass_kick_is_over():
    assert ring_s(stroke("kit_808", "kick")) > 0.5
    assert ring_s(stroke("kit_dnb", "kick")) < 0.2


def test_the_jazz_ride_sings_and_the_lofi_hat_is_dull():
    assert ring_s(stroke("kit_jazz", "ride")) > ring_s(stroke("kit_909", "ride"))
    assert brightness(stroke("kit_lofi", "hat")) < 0.6 * brightness(stroke("kit_909", "hat"))


def test_the_rock_snare_stands_in_a_larger_room_than_the_lofi_one():
    assert ring_s(stroke("kit_rock", "snare")) > 1.5 * ring_s(stroke("kit_lofi", "snare"))


def test_the_snare_of_the_latin_kit_is_a_timbale():
    def tonal(kit):
        audio = span(stroke(kit, "snare"), 0.02, 0.2)
        return energy(audio, 380, 430) / energy(audio, 100, 10_000)

    assert tonal("kit_latin") > 5 * tonal("kit_acoustic")


# transitions


def centroid(audio: np.ndarray, start: float, end: float) -> float:
    return brightness(audio[:, int(start * audio.shape[1]) : int(end * audio.shape[1])])


def loudness(audio: np.ndarray, start: float, end: float) -> float:
    return level(audio[:, int(start * audio.shape[1]) : int(end * audio.shape[1])])


@pytest.mark.parametrize("length_s", [0.5, 3.3, 16.0])
@pytest.mark.parametrize("sound", sorted(set(TRANSITION_SOUNDS) - {"impact"}))
def test_a_transition_lasts_as_long_as_it_is_asked_to(sound, length_s):
    audio = hit("fx", sound, 0.8, length_s)
    assert audio.shape == (2, round(length_s * RATE))
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() < 1.0
    assert not audio[:, -1].any()


def test_a_riser_rises_in_colour_and_level():
    audio = hit("fx", "riser", 0.8, 6.0)
    assert centroid(audio, 0.9, 1.0) > 3 * centroid(audio, 0.0, 0.2)
    assert loudness(audio, 0.9, 0.99) > 3 * loudness(audio, 0.0, 0.2)


def test_a_downlifter_falls():
    audio = hit("fx", "downlifter", 0.8, 6.0)
    assert centroid(audio, 0.0, 0.1) > 3 * centroid(audio, 0.8, 1.0)
    assert loudness(audio, 0.01, 0.1) > 3 * loudness(audio, 0.8, 1.0)


def test_a_sweep_opens_and_closes():
    audio = hit("fx", "sweep", 0.8, 4.0)
    assert centroid(audio, 0.4, 0.6) > 2 * centroid(audio, 0.1, 0.2)
    assert loudness(audio, 0.4, 0.6) > 2 * loudness(audio, 0.9, 1.0)


def test_a_reversed_cymbal_swells_to_its_end():
    audio = hit("fx", "reverse", 0.8, 2.0)
    assert loudness(audio, 0.85, 0.99) > 4 * loudness(audio, 0.2, 0.4)


def test_an_impact_starts_at_once_and_shakes_the_floor():
    audio = hit("fx", "impact", 0.8, 1.0)
    assert np.argmax(np.abs(audio).max(axis=0)) < 0.2 * RATE
    assert energy(audio, 25, 90) > 0.3 * energy(audio, 0, 24_000)


# memory


def test_equal_strokes_share_one_read_only_sound():
    one = stroke("kit_909", "snare", 0.8)
    assert stroke("kit_909", "snare", 0.8) is one
    assert not one.flags.writeable


def test_strokes_of_other_velocities_have_noise_of_their_own():
    soft, hard = (stroke("kit_909", "clap", v)[0, :4_000] for v in (0.5, 0.75))
    assert np.corrcoef(soft, hard)[0, 1] < 0.9


def test_an_unknown_drum_or_kit_is_refused_by_name():
    with pytest.raises(KeyError, match="gong"):
        stroke("kit_909", "gong")
    with pytest.raises(KeyError, match="kit_606"):
        stroke("kit_606", "kick")


def test_another_process_makes_the_same_bytes():
    script = (
        "import hashlib\n"
        "from engine.renderers.sketch.synth.kits import hit\n"
        "sounds = [hit('kit_rock', 'crash', 0.7, 1.0), hit('fx', 'riser', 0.7, 2.0)]\n"
        "print(hashlib.sha256(b''.join(s.tobytes() for s in sounds)).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    here = hit("kit_rock", "crash", 0.7, 1.0).tobytes() + hit("fx", "riser", 0.7, 2.0).tobytes()
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()
