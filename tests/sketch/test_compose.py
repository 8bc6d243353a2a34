"""The composer keeps its contract: exact, complete, repeatable, whatever it is asked."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scores import STYLE_NAMES, drums, end, part, write

from engine.errors import StudioError
from engine.fields import LANGUAGES
from engine.keys import ALL_KEYS
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.score import METERS, Score
from engine.renderers.sketch.synth.kits import KITS, SOUNDS
from engine.renderers.sketch.synth.tones import PATCHES
from engine.requests import GenerateRequest

SIGNATURES = tuple(METERS)


def check(score: Score) -> None:
    """What holds for every score there can be."""
    last = end(score)
    assert score.lines
    for line in score.lines:
        assert line.notes
        assert 0 <= line.duck <= 1
        assert 0 <= line.cutoff <= 1
        assert 0 <= line.reverb <= 1
        assert 0 <= line.delay <= 1
        assert -1 <= line.pan <= 1
        for note in line.notes:
            assert 0 <= note.start < last
            assert 0 < note.length <= last - note.start + 0.1
            assert 0 < note.velocity <= 1
            assert 20 <= note.pitch <= 108
        for ride in line.rides:
            assert 0 <= ride.start < ride.end <= last
            assert min(ride.from_value, ride.to_value) >= 0
            assert max(ride.from_value, ride.to_value) <= 1
    bars = last / score.meter.beats
    assert score.sections[0].start == 0
    for before, section in pairwise(score.sections):
        assert section.start == before.start + before.bars
    assert bars - 1e-3 <= score.sections[-1].start + score.sections[-1].bars < bars + 1
    assert all(section.bars >= 1 and 0 <= section.energy <= 1 for section in score.sections)


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize("signature", SIGNATURES)
def test_every_style_plays_in_every_meter(style: str, signature: str):
    score = write(style, time_signature=signature, duration_s=60)
    check(score)
    assert score.style == style
    assert score.meter == METERS[signature]
    assert len(score.lines) >= 4


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize("bpm", [30, 97.3, 300])
@pytest.mark.parametrize("duration_s", [10, 33.3, 600])
def test_any_tempo_and_duration_is_met_to_the_sample(style: str, bpm: float, duration_s: float):
    score = write(style, bpm=bpm, duration_s=duration_s)
    check(score)
    assert score.bpm == bpm
    assert score.samples == round(duration_s * 48_000)


@pytest.mark.parametrize("key", [str(key) for key in ALL_KEYS])
def test_every_key_is_honoured(key: str):
    score = write("pop", key=key, duration_s=40)
    assert str(score.key) == key
    tonic = part(score, "bass")[-1].pitch
    assert tonic % 12 == score.key.tonic


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_without_a_duration_a_piece_is_two_to_three_and_a_half_minutes_of_whole_phrases(style: str):
    for seed in range(4):
        score = write(style, seed)
        check(score)
        assert 110 <= score.samples / 48_000 <= 215
        assert all(section.start % 8 == 0 for section in score.sections)
        bars = end(score) / score.meter.beats
        assert bars == pytest.approx(round(bars), abs=1e-3)


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize("duration_s", [25, 60, 118.7, 300])
def test_sections_start_on_phrase_lines(style: str, duration_s: float):
    score = write(style, duration_s=duration_s)
    check(score)
    bars = end(score) / score.meter.beats
    phrase = 8 if bars >= 41 else 4
    assert all(section.start % phrase == 0 for section in score.sections)


@pytest.mark.parametrize("duration_s", [10, 17.77, 60, 61.9])
def test_a_piece_ends_with_one_hit_that_rings_and_is_not_cut_short(duration_s: float):
    score = write("rock", bpm=120, duration_s=duration_s)
    last = max(note.start for note in part(score, "bass"))
    assert last % 4 == 0
    assert (end(score) - last) * score.beat_s >= 0.4
    final = {note.sound for note in drums(score) if note.start == last}
    assert {"kick", "crash"} <= final
    ringing = [note for line in score.lines for note in line.notes if note.start > last + 0.05]
    assert not ringing


def test_five_beats_of_music_still_are_music():
    score = write("house", bpm=30, duration_s=10)
    assert {line.part for line in score.lines} >= {"drums", "bass", "keyboard"}


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_the_tempo_is_chosen_from_the_styles_range_and_by_the_mood(style: str):
    slow = [write(f"slow {style}", seed, duration_s=20).bpm for seed in range(4)]
    fast = [write(f"fast {style}", seed, duration_s=20).bpm for seed in range(4)]
    assert max(slow) < min(fast)


def test_the_caption_states_what_the_request_leaves_open_and_the_request_holds():
    said = write("house in 3/4 at 100 bpm in D major", duration_s=20)
    assert (said.meter.signature, said.bpm, str(said.key)) == ("3/4", 100, "D major")
    asked = write("house at 100 bpm in D major", bpm=125, key="E minor", duration_s=20)
    assert (asked.bpm, str(asked.key)) == (125, "E minor")
    assert sum("holds" in warning for warning in asked.warnings) == 2


def test_a_style_that_nobody_named_is_a_guess_and_said_to_be_one():
    score = write("something purple", duration_s=20)
    assert any("names no style" in warning and score.style in warning for warning in score.warnings)
    assert write("slow sleepy rhodes and vinyl", duration_s=20).style == "lo-fi"


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_every_patch_kit_and_sound_in_a_score_exists(style: str):
    for seed in range(4):
        for line in write(style, seed).lines:
            sounds = {note.sound for note in line.notes}
            if line.patch == "fx":
                assert sounds <= {"riser", "downlifter", "impact", "sweep", "reverse"}
            elif line.patch.startswith("kit_"):
                assert line.patch in KITS
                assert sounds <= set(SOUNDS)
            else:
                assert line.patch in PATCHES


def test_seeds_differ_and_a_seed_repeats():
    request = GenerateRequest(caption="deep house", duration_s=60)
    assert compose(request, 7) == compose(request, 7)
    assert compose(request, 7) != compose(request, 8)


def test_the_same_score_is_written_in_another_process():
    program = (
        "import hashlib\n"
        "from engine.requests import GenerateRequest\n"
        "from engine.renderers.sketch.compose import compose\n"
        "score = compose(GenerateRequest(caption='salsa with congas, zither and harp',"
        " duration_s=45, lyrics='[Verse]\\nsing to me'), 5)\n"
        "print(hashlib.sha256(repr(score).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    request = GenerateRequest(
        caption="salsa with congas, zither and harp", duration_s=45, lyrics="[Verse]\nsing to me"
    )
    here = hashlib.sha256(repr(compose(request, 5)).encode()).hexdigest()
    assert digests == {here}


def test_a_minute_of_music_is_written_in_well_under_a_tenth_of_a_second():
    compose(GenerateRequest(caption="trance", duration_s=600), 0)
    started = time.process_time()
    for style in STYLE_NAMES:
        compose(GenerateRequest(caption=style, duration_s=60), 1)
    assert (time.process_time() - started) / len(STYLE_NAMES) < 0.1


WORDS = (
    *STYLE_NAMES, "dark", "happy", "no", "without", "drums", "bass", "and", "or", "piano", "sitar",
    "fast", "slow", "waltz", "vocals", "instrumental", "minimal", "epic", "124 bpm", "in F# minor",
    "3/4", "9/8", "purple", "edm", ",", "synth", "pads", "keys", "guitar", "strings", "choir",
)  # fmt: skip
TAGS = ("[Intro]", "[Verse 1]", "[Pre-Chorus]", "[Chorus]", "[Bridge]", "[Drop]", "[Outro]",
        "[Whatever: loud]", "[Guitar Solo]", "[]", "")  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> GenerateRequest:
    caption = draw(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
        | st.text(max_size=40).map(lambda text: f"music {text}")
    )
    lines = st.sampled_from(TAGS) | st.text(max_size=60) | st.just("and then we dance tonight")
    return GenerateRequest(
        caption=caption if any(map(str.isalnum, caption)) else "music",
        lyrics=draw(st.lists(lines, max_size=12).map("\n".join)),
        language=draw(st.sampled_from(sorted(LANGUAGES))),
        instrumental=draw(st.none() | st.booleans()),
        duration_s=draw(st.none() | st.floats(10, 600)),
        bpm=draw(st.none() | st.floats(30, 300)),
        key=draw(st.none() | st.sampled_from([str(key) for key in ALL_KEYS])),
        time_signature=draw(st.none() | st.sampled_from(SIGNATURES)),
    )


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests(), st.integers(0, 2**32 - 1))
def test_any_request_is_a_score_or_a_clear_error(request: GenerateRequest, seed: int):
    try:
        score = compose(request, seed)
    except StudioError:
        return
    check(score)
    if request.duration_s is not None:
        assert score.samples == round(request.duration_s * 48_000)
    if request.bpm is not None:
        assert score.bpm == request.bpm
