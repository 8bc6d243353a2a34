"""The mix, heard: beats on beats, one bass at a time, no clicks, and the right loudness."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from clicks import meetings_of, sharpest_seam
from decks_to_mix import RATE, groove, groove_deck, retimed, song_deck, sung, unsteady

from engine.audio.files import Tags, write
from engine.audio.levels import short_term_lufs, true_peak_dbtp
from engine.errors import AudioUnreadable
from engine.sets.deck import Deck
from engine.sets.plan import Transition
from engine.sets.playing.arrange import arrange
from engine.sets.playing.bands import REACH, Gains, equalised, swept
from engine.sets.playing.beat_errors import beat_offsets
from engine.sets.playing.cueing import cue
from engine.sets.playing.measuring import measure, nudge, offsets_of
from engine.sets.playing.mixing import mix, seam, unmastered
from engine.sets.playing.playback import Player, mix_at, solo
from engine.sets.playing.sources import Source
from engine.sets.timeline import Timeline

BARS = 24


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("decks")


@pytest.fixture(scope="session")
def pair(folder: Path) -> tuple[Deck, Deck]:
    """Two grooves that are 3 % apart."""
    return groove_deck(folder, 120, BARS), groove_deck(folder, 123.6, BARS, slot=2, root_hz=65.4)


def whole(timeline: Timeline, folder: Path) -> np.ndarray:
    return np.concatenate(list(unmastered(timeline, folder)), axis=1)


def blended(pair: tuple[Deck, Deck], **wish) -> Timeline:
    return arrange(pair, [Transition.model_validate({"type": "blend", "bars": 8, **wish})])


# one deck


def test_a_deck_at_its_own_tempo_is_played_bit_by_bit(folder, pair):
    timeline = blended(pair)
    (out, _), (join,) = timeline.plays, timeline.joins
    source = Source(out.deck.path, folder)
    audio = whole(timeline, folder)[:, : join.start - RATE // 50]
    gain = np.float32(10 ** (out.gain_db / 20))
    assert np.array_equal(audio, source.read(0, audio.shape[1]) * gain)
    source.close()


@pytest.mark.parametrize("share", [-0.04, 0.0005, 0.03])
def test_a_retimed_deck_keeps_its_pitch_and_its_beats_lie_where_the_knots_say(folder, share):
    deck = retimed(groove_deck(folder, 120, BARS, slot=3), share)
    play = arrange([deck], []).plays[0]
    source = Source(deck.path, folder)
    made = solo(play, source)
    assert made.shape[1] == round(deck.duration_s * RATE / (1 + share))
    for beat in range(4, 90, 7):
        at = mix_at(play, beat * 0.5 * RATE)
        assert abs(_onset(made, at) - _onset(source.read(0, source.samples), beat * 24_000)) < 200
    source.close()


def _onset(audio: np.ndarray, near: float) -> float:
    """Where a kick's energy lies, in samples from where it should begin."""
    start = round(near)
    power = audio[0, start - 1_000 : start + 5_000].astype(np.float64) ** 2
    return float((power * np.arange(len(power))).sum() / power.sum()) - 1_000


def test_any_part_of_a_stay_is_what_it_is_in_the_whole(folder, pair):
    play = blended(pair).plays[1]
    source = Source(play.deck.path, folder)
    made = solo(play, source)
    player = Player(play, source)
    for start, end in ((700_000, 900_000), (5, 7), (100_000, 500_000)):
        part = player.read(play.start + start, play.start + end)
        assert np.array_equal(part, made[:, start:end])
    source.close()


def test_a_shifted_deck_is_a_semitone_higher_and_as_long(folder):
    deck = replace(groove_deck(folder, 120, BARS, slot=3), semitones=1)
    play = arrange([deck], []).plays[0]
    source = Source(deck.path, folder)
    one, other = source.read(0, 8 * RATE), solo(play, source)[:, : 8 * RATE]
    centre = [_loudest_hz(audio, 205, 245) for audio in (one, other)]
    assert centre[1] / centre[0] == pytest.approx(2 ** (1 / 12), rel=0.008)
    source.close()


def _loudest_hz(audio: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(audio[0] * np.hanning(audio.shape[1])))
    hertz = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    inside = (hertz > low_hz) & (hertz < high_hz)
    return float(hertz[inside][spectrum[inside].argmax()])


def test_a_file_of_another_kind_sounds_the_same(folder, pair):
    deck = pair[0]
    source = Source(deck.path, folder)
    other = folder / "other.wav"
    write(other, source.read(0, source.samples), Tags(), "wav")
    decoded = Source(other, folder)
    np.testing.assert_allclose(decoded.read(-5, 99_999), source.read(-5, 99_999), atol=1e-4)
    source.close()
    decoded.close()


def test_a_file_that_ends_early_is_named(folder, pair):
    path = folder / "short.flac"
    data = pair[0].path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(AudioUnreadable, match=r"short\.flac"):
        whole(blended((replace(pair[0], path=path), pair[1])), folder)


# bands


def test_a_flat_equaliser_is_the_identity_and_a_swept_pair_has_the_power_of_the_whole():
    audio = groove(120, 2)
    length = audio.shape[1] - 2 * REACH
    one = np.ones(length, np.float32)
    assert np.array_equal(equalised(audio, Gains(one, one, one)), audio[:, REACH:-REACH])
    wide = np.random.default_rng(1).standard_normal((2, 4 * RATE)).astype(np.float32)
    cutoffs_hz = np.geomspace(200, 8_000, wide.shape[1] - 2 * REACH)
    below, above = (swept(wide, 777, cutoffs_hz, side) for side in ("below", "above"))
    power = np.square(below).mean() + np.square(above).mean()
    assert power == pytest.approx(np.square(wide[:, REACH:-REACH]).mean(), rel=0.03)


# joins


@pytest.mark.parametrize(("kind", "bars"), [("blend", 8), ("filter", 8)])
def test_a_beat_matched_join_meets_its_goals(folder, pair, kind, bars):
    timeline = blended(pair, type=kind, bars=bars)
    found = measure(timeline, cue(timeline, 0, folder))
    assert found.beat_error_ms is not None
    assert found.beat_error_max_ms is not None
    assert found.beat_error_ms <= 3.0
    assert found.beat_error_max_ms <= 20.0
    assert found.bass_overlap_beats <= 2.0
    assert found.loudness_step_lu <= 2.0
    assert max(found.phrase_bars + found.swap_phrase_bars) < 1e-3


KINDS = pytest.mark.parametrize("kind", ["blend", "filter", "echo_out", "cut", "drop_in", "fade"])


@KINDS
def test_no_join_clicks_or_leaves_a_hole(folder, pair, kind):
    timeline = blended(pair, type=kind)
    audio, (join,) = whole(timeline, folder), timeline.joins
    assert audio.shape[1] == timeline.samples
    assert join.type == kind
    assert sharpest_seam(audio, meetings_of(timeline)) <= 1.0
    around = audio[:, join.start - 5 * RATE : join.end + 5 * RATE]
    assert np.ptp(short_term_lufs(around)) < 9.0


@KINDS
def test_a_click_at_a_seam_is_heard(folder, pair, kind):
    timeline = blended(pair, type=kind)
    audio = whole(timeline, folder)
    audio[0, timeline.joins[0].swap] += 0.15
    assert sharpest_seam(audio, meetings_of(timeline)) > 1.0


def test_the_parts_of_a_join_are_the_mix(folder, pair):
    timeline = blended(pair, type="echo_out")
    cued = cue(timeline, 0, folder)
    audio = whole(timeline, folder)[:, cued.first : cued.first + cued.parts[0].shape[1]]
    np.testing.assert_allclose(sum(cued.parts), audio, atol=1e-5)


def test_two_voices_make_way_for_each_other(folder, pair):
    length_s = pair[0].duration_s
    voices = (sung(0, length_s),)
    sing = tuple(replace(deck, vocals=voices) for deck in pair)
    quiet, loud = (cue(blended(decks), 0, folder) for decks in (sing, (sing[0], pair[1])))
    middle = slice(quiet.at(quiet.join.start) + RATE, quiet.at(quiet.join.start) + 3 * RATE)
    ducked, free = (np.square(one.parts[0][:, middle]).mean() for one in (quiet, loud))
    assert ducked < free
    assert np.array_equal(quiet.parts[1], loud.parts[1])
    assert measure(blended(sing), quiet).vocal_overlap_s == pytest.approx(15.7, abs=0.3)


# nudging


@pytest.mark.parametrize("off_ms", [-35.0, 18.0])
def test_a_grid_that_is_off_is_heard_and_nudged(folder, pair, off_ms):
    grid = pair[1].grid
    assert grid is not None
    off_s = off_ms / 1_000
    late = replace(grid, first_downbeat_s=grid.beat_s * 4 + off_s, first_line_s=grid.bar_s + off_s)
    timeline = blended((pair[0], replace(pair[1], grid=late)))
    offsets = offsets_of(cue(timeline, 0, folder))
    assert offsets is not None
    assert np.median(offsets.sure_ms) == pytest.approx(-off_ms, abs=2.0)
    nudged = nudge(timeline, {0: offsets})
    after = measure(nudged, cue(nudged, 0, folder))
    assert after.beat_error_ms is not None
    assert after.beat_error_ms < 2.0


@pytest.mark.parametrize(("seed", "late_ms"), [(3, -25), (3, 12), (4, 12), (9, 0)])
def test_two_drummers_who_seldom_strike_together_are_compared(seed, late_ms):
    out, into = unsteady(90, 8, seed), unsteady(90, 8, 100 + seed)
    offsets = beat_offsets(out, np.roll(into, late_ms * 48, axis=1), range(0, 33 * 32_000, 32_000))
    assert len(offsets.sure_ms) == len(offsets.ms)
    np.testing.assert_allclose(offsets.ms, late_ms, atol=1.0)


def test_half_a_beat_is_heard_and_not_nudged(folder, pair):
    grid = pair[1].grid
    assert grid is not None
    slipped = replace(grid, first_line_s=grid.beat_s / 2)
    timeline = blended((pair[0], replace(pair[1], grid=slipped)))
    offsets = offsets_of(cue(timeline, 0, folder))
    assert offsets is not None
    assert np.median(np.abs(offsets.ms)) == pytest.approx(245, abs=15)
    assert nudge(timeline, {0: offsets}) == timeline


# bridges


def test_a_repainted_bridge_takes_the_place_of_both_decks(folder, pair):
    timeline = blended(pair, type="bridge")
    (join,) = timeline.joins
    heard = seam(timeline, 0, 2.0, 2.0, folder)
    plain = np.concatenate(list(unmastered(timeline, folder)), axis=1)
    assert heard.start_s == pytest.approx(2.0)
    place = heard.first + heard.audio.shape[1]
    np.testing.assert_allclose(heard.audio, plain[:, heard.first : place], atol=1e-5)
    tone = 0.1 * np.sin(2 * np.pi * 500 * np.arange(heard.audio.shape[1]) / RATE)
    made = replace(heard, audio=np.stack([tone, tone]).astype(np.float32))
    bridged = np.concatenate(list(unmastered(timeline, folder, {0: made})), axis=1)
    edge = RATE // 50
    inside = slice(join.start, join.end - edge)
    at = slice(join.start - heard.first, join.end - edge - heard.first)
    assert np.array_equal(bridged[:, inside], made.audio[:, at])
    before, after = slice(0, join.start - edge), slice(join.end, None)
    assert np.array_equal(bridged[:, before], plain[:, before])
    assert np.array_equal(bridged[:, after], plain[:, after])


# the master


def test_a_mix_has_its_loudness_and_is_the_same_bytes_again(folder, pair):
    timeline = blended(pair)
    told: list[float] = []
    first = np.concatenate(list(mix(timeline, folder, progress=told.append)), axis=1)
    assert first.shape == (2, timeline.samples)
    assert pyloudnorm.Meter(RATE).integrated_loudness(first.T.astype(float)) == pytest.approx(
        -14.0, abs=0.3
    )
    assert true_peak_dbtp(first) <= -1.0
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    again = np.concatenate(list(mix(timeline, folder)), axis=1)
    assert np.array_equal(first, again)


def test_who_follows_the_progress_can_stop_the_mix(folder, pair):
    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(mix(blended(pair), folder, progress=stop))
    assert not [path for path in folder.iterdir() if path.suffix not in (".flac", ".wav")]


SONGS = (
    ("deep house, rhodes, round bass", 120, 0.0, 8), ("melodic techno, arp", 125, 0.0, 16),
    ("techno, driving", 130, 0.0, 8), ("trance, supersaw", 132, -0.04, 8),
    ("synthwave", 126, 0.04, 8), ("disco funk, slap bass", 124, 0.02, 4),
    ("house, piano", 122, -0.02, 8), ("house", 122, 0.0, 16), ("pop, bright", 118, 0.04, 8),
    ("latin, percussion", 116, 0.0, 8), ("deep house", 118, 0.0, 8), ("techno", 124, 0.0, 8),
    ("trance", 130, 0.0, 8), ("drum and bass, reese", 174, 0.0, 8), ("trap, 808", 87, 0.0, 8),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_a_set_of_many_styles_meets_its_goals(folder: Path, record_property: Callable):
    """Fourteen joins: steps of up to 6 %, decks retimed by up to 4 %, and a half-time one."""
    decks = []
    for slot, (caption, bpm, share, _) in enumerate(SONGS, 1):
        deck = song_deck(folder, caption, bpm, slot=slot, bars=24)
        decks.append(retimed(deck, share) if share else deck)
    wishes = [Transition(type="blend", bars=bars) for *_, bars in SONGS[:-1]]
    wishes[4] = Transition(type="filter", bars=8)
    timeline = arrange(decks, wishes)
    errors_ms, tempos_meet = [], 0
    for join in timeline.joins:
        cued = cue(timeline, join.number, folder)
        found = measure(timeline, cued)
        record_property(f"join {join.number}", str(found))
        assert found.bass_overlap_beats <= 2.0, join
        assert found.loudness_step_lu <= 2.0, join
        offsets = offsets_of(cued)
        if offsets is not None and found.beat_error_ms is not None:
            errors_ms.extend(np.abs(offsets.sure_ms))
            tempos_meet += 1
    assert tempos_meet >= 10
    assert np.median(errors_ms) <= 3.0
    assert np.percentile(errors_ms, 95) <= 10.0
    assert max(errors_ms) <= 20.0
    master = np.concatenate(list(mix(timeline, folder)), axis=1)
    loudness_lufs = pyloudnorm.Meter(RATE).integrated_loudness(master.T.astype(float))
    assert loudness_lufs == pytest.approx(-14.0, abs=0.5)
    assert true_peak_dbtp(master) <= -1.0
    assert sharpest_seam(master, meetings_of(timeline)) <= 1.0


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_an_hour_takes_no_more_memory_than_a_few_minutes():
    script = Path(__file__).parents[2] / "benchmarks" / "mixing.py"
    told = [
        subprocess.run([sys.executable, script, decks], capture_output=True, text=True, check=True)
        for decks in ("2", "12")
    ]
    few_mb, many_mb = (int(re.findall(r"memory +(\d+)", one.stdout)[0]) for one in told)
    assert many_mb < 600
    assert many_mb - few_mb < 60
