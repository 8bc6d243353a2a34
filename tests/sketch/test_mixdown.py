"""The mixdown: notes where they belong, parts that add up, a desk that does what a line asks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hearing import RATE, brightness, decibels, energy, level, span
from pieces import band, chords, mixed, piece, strokes

from engine.errors import Cancelled
from engine.renderers.sketch.mixdown import BLOCK, PART_DB, STRIP, mixdown, stems
from engine.renderers.sketch.score import Line, Note, Ride, Room

PAD = Line("synth", "warm_pad", chords(0, length=16.0))


def first_sound(audio: np.ndarray) -> int:
    return int(np.flatnonzero(np.abs(audio).max(axis=0) > 1e-5)[0])


# the parts and the whole


def test_the_stems_add_up_to_the_mix():
    score = band()
    mix = mixdown(score, lambda stage, done: None, lambda: False)
    parts = stems(score)
    assert list(parts) == ["drums", "bass", "keyboard", "synth", "fx"]
    assert all(level(part) > 1e-4 for part in parts.values())
    total = np.sum(list(parts.values()), axis=0, dtype=np.float64)
    assert np.abs(total - mix).max() < 1e-6


def test_a_stem_dips_under_the_kick_of_another_part():
    kicks = Line("drums", "kit_909", strokes("kick", *range(16), velocity=0.9))
    score = piece(kicks, replace(PAD, duck=1.0))
    pad = stems(score)["synth"]
    under = [level(span(pad, beat / 2, beat / 2 + 0.03)) for beat in range(4, 12)]
    between = [level(span(pad, beat / 2 + 0.35, beat / 2 + 0.45)) for beat in range(4, 12)]
    assert decibels(sum(under) / sum(between)) < -30


def test_a_mix_is_made_of_the_same_bytes_every_time():
    score = band(seconds=6)
    one, two = (mixdown(score, lambda stage, done: None, lambda: False) for _ in range(2))
    assert one.tobytes() == two.tobytes()


# time


@pytest.mark.parametrize("bpm", [61.7, 120.0, 174.3])
def test_a_note_starts_at_its_sample(bpm):
    audio = mixed(Line("drums", "kit_909", strokes("rim", 7.25)), bpm=bpm)
    assert 0 <= first_sound(audio) - round(7.25 * 60 / bpm * RATE) <= 4


@pytest.mark.parametrize("seconds", [0.1, 2.0, BLOCK / RATE, 3.33333])
def test_a_piece_has_exactly_its_samples_and_ends_in_silence(seconds):
    audio = mixed(PAD, seconds=seconds)
    assert audio.shape == (2, round(seconds * RATE))
    assert audio.dtype == np.float32
    assert not audio[:, -1].any()


def test_the_cut_at_the_end_is_a_short_ramp():
    whole, cut = mixed(PAD, seconds=6.0), mixed(PAD, seconds=4.0)
    untouched = 4 * RATE - 240
    np.testing.assert_allclose(cut[:, :untouched], whole[:, :untouched], atol=1e-7)
    assert np.abs(np.diff(cut[:, -300:])).max() < 0.05


def test_the_borders_of_blocks_and_strips_are_not_heard():
    wet = replace(PAD, notes=chords(0, length=1.0), reverb=0.7, delay=0.6, pan=0.4)
    shift = BLOCK - STRIP // 3
    later = replace(wet, notes=tuple(replace(n, start=shift / RATE * 2) for n in wet.notes))
    early, late = mixed(wet, seconds=9.0), mixed(later, seconds=9.0)
    length = 9 * RATE - shift - 240
    np.testing.assert_allclose(late[:, shift : shift + length], early[:, :length], atol=2e-6)
    assert np.abs(late[:, :shift]).max() < 2e-6


def test_a_closed_hat_silences_the_open_one():
    open_hat = strokes("hat_open", 0)
    alone = mixed(Line("drums", "kit_rock", open_hat), seconds=2)
    choked = mixed(
        Line("drums", "kit_rock", open_hat + strokes("hat", 0.5, velocity=0.1)), seconds=2
    )
    assert level(span(choked, 0.4, 0.8)) < 0.15 * level(span(alone, 0.4, 0.8))
    np.testing.assert_allclose(span(choked, 0, 0.23), span(alone, 0, 0.23), atol=1e-7)


def test_an_open_hat_and_a_closed_one_at_once_both_sound():
    both = mixed(Line("drums", "kit_909", strokes("hat", 0) + strokes("hat_open", 0)), seconds=2)
    closed = mixed(Line("drums", "kit_909", strokes("hat", 0)), seconds=2)
    assert level(span(both, 0.15, 0.3)) > 3 * level(span(closed, 0.15, 0.3))


# what a line asks for


def test_a_part_has_its_level_and_a_line_adds_its_own():
    loud, soft = (level(mixed(replace(PAD, gain_db=gain))) for gain in (0, -12))
    assert decibels(loud / soft) == pytest.approx(12, abs=0.01)
    strings = level(mixed(replace(PAD, part="strings")))
    assert decibels(strings / loud) == pytest.approx(
        PART_DB["strings"] - PART_DB["synth"], abs=0.01
    )


def test_panning_moves_a_line_without_changing_its_power():
    stab = Line("keyboard", "stab", chords(0, 2, root=69))
    middle, right = (mixed(replace(stab, pan=pan), seconds=3) for pan in (0.0, 0.8))
    assert decibels(level(right[1:]) / level(right[:1])) > 12
    assert decibels(level(right) / level(middle)) == pytest.approx(0.0, abs=1.0)


def test_the_bass_stays_in_the_middle():
    bass = Line("bass", "sub", (Note(0, 4, 0.8, pitch=33),), pan=1.0)
    left, right = mixed(bass, seconds=3)
    np.testing.assert_allclose(left, right, atol=1e-6)


def test_the_lows_of_a_wide_mix_are_mono():
    toms = Line("drums", "kit_rock", strokes("tom_low", 0, 1, 2), pan=1.0)
    left, right = mixed(toms, seconds=3)
    middle, side = np.stack([left + right]), np.stack([left - right])
    assert energy(side, 20, 60) < 0.05 * energy(middle, 20, 60)
    assert energy(side, 500, 5_000) > 0.1 * energy(middle, 500, 5_000)


def test_only_drums_bass_and_effects_reach_the_bottom():
    deep = (Note(0, 4, 0.8, pitch=29),)  # 43.7 Hz
    bass, keys = (mixed(Line(part, "sub", deep), seconds=3) for part in ("bass", "keyboard"))
    assert energy(keys, 35, 55) < 0.1 * energy(bass, 35, 55)


def test_a_gain_ride_fades_a_line_and_holds():
    ride = (Ride("gain", 0, 8, 0.0, 1.0),)
    plain, ridden = mixed(PAD, seconds=7), mixed(replace(PAD, rides=ride), seconds=7)
    for start, expected in ((0.95, 0.25), (1.95, 0.5), (5.0, 1.0)):
        ratio = level(span(ridden, start, start + 0.1)) / level(span(plain, start, start + 0.1))
        assert ratio == pytest.approx(expected, abs=0.02)


def test_a_cutoff_ride_opens_the_notes_one_after_the_other():
    notes = tuple(Note(beat, 0.9, 0.7, pitch=57) for beat in range(16))
    ride = (Ride("cutoff", 2, 14, 0.1, 0.95),)
    audio = mixed(Line("synth", "saw_lead", notes, cutoff=0.1, rides=ride))
    bright = [brightness(span(audio, beat / 2 + 0.1, beat / 2 + 0.4)) for beat in (1, 5, 9, 14)]
    assert bright == sorted(bright)
    assert bright[-1] > 2 * bright[0]


# the room and the echo


def test_a_larger_room_rings_longer():
    clap = Line("drums", "kit_909", strokes("clap", 0), reverb=0.8)
    small, large = (
        level(span(mixed(clap, seconds=4, room=Room(size=size)), 1.0, 1.5)) for size in (0.2, 0.9)
    )
    assert large > 10 * small


def test_a_line_without_a_send_stays_dry():
    clap = Line("drums", "kit_808", strokes("clap", 0))
    assert np.abs(mixed(clap, seconds=4)[:, RATE:]).max() < 1e-6


def test_the_room_is_wide_and_has_no_rumble():
    kick = Line("drums", "kit_909", strokes("kick", 0) + strokes("clap", 0), reverb=1.0)
    tail = span(mixed(kick, seconds=4, room=Room(size=0.9)), 0.7, 1.5)
    assert abs(np.corrcoef(tail)[0, 1]) < 0.5
    assert energy(tail, 20, 100) < 0.1 * energy(tail, 200, 4_000)


def test_the_echo_answers_in_time_from_side_to_side_and_fades():
    click = Line("drums", "kit_909", strokes("rim", 0), delay=1.0)
    audio = mixed(click, seconds=6, room=Room(size=0.0, delay_beats=1.5))  # 0.75 s at 120 bpm
    sides = [
        [level(span(audio, 0.75 * n, 0.75 * n + 0.05)[side : side + 1]) for side in (0, 1)]
        for n in range(1, 5)
    ]
    for n, (left, right) in enumerate(sides):
        near, far = (left, right) if n % 2 == 0 else (right, left)
        assert decibels(near / far) > 6
    loud = [max(pair) for pair in sides]
    assert all(0.2 < later / earlier < 0.6 for earlier, later in pairwise(loud))
    assert level(span(audio, 0.4, 0.7)) < 0.05 * loud[0]


# progress and cancelling


def test_progress_rises_to_the_whole():
    told: list[tuple[str, float]] = []
    mixdown(band(seconds=9), lambda stage, done: told.append((stage, done)), lambda: False)
    assert {stage for stage, _ in told} == {"mixing"}
    fractions = [done for _, done in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert len(fractions) > 3


def test_a_cancelled_mix_stops_at_the_next_block():
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) == 2

    with pytest.raises(Cancelled):
        mixdown(band(seconds=20), lambda stage, done: None, cancelled)
    assert len(asked) == 2


# the balance of an ordinary band


def test_no_part_of_an_ordinary_band_drowns_the_others():
    parts = stems(band())
    loudest = max(level(part) for part in parts.values())
    for name in ("drums", "bass", "keyboard", "synth"):
        assert decibels(level(parts[name]) / loudest) > -15, name


def test_drums_and_bass_share_the_lows():
    score = band()
    mix = mixdown(score, lambda stage, done: None, lambda: False)
    assert energy(mix, 0, 100) < 0.6 * energy(mix, 0, 24_000)
    parts = stems(score)
    lows = [energy(parts[name], 0, 100) for name in ("drums", "bass")]
    assert max(lows) < 30 * min(lows)
    assert np.abs(mix).max() < 1.5
