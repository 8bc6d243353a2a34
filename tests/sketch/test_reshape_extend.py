"""Extending: more bars at either side, in time, in key and at the level of the track."""

from __future__ import annotations

import numpy as np
import pytest
from sources import (
    RATE,
    both,
    changed,
    drone,
    foreign,
    furthest_s,
    heard_beats,
    own,
    render,
    true_beats,
)

from engine import ExtendRequest, checked
from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.listen.key import find_key
from engine.renderers.protocol import Source

BPM, BAR_S = 128.0, 1.875
KNOWN, HEARD = both("techno 128 bpm in D minor", duration_s=41.0)
SOURCES = pytest.mark.parametrize("source", [KNOWN, HEARD], ids=["known", "heard"])
LAST_LINE_S = 21 * BAR_S
"""Where the last hit of the source falls, which rings for 1.6 s."""


def extend(source: Source, side: str, seconds: float = 16.0, **asked):
    return render(
        checked(ExtendRequest, track="t", side=side, seconds=seconds, seed=7, **asked), source
    )


@SOURCES
@pytest.mark.parametrize("side", ["end", "start"])
@pytest.mark.parametrize(("seconds", "bars"), [(2.0, 1), (59.0, 31)])
def test_as_many_whole_bars_are_added_as_come_nearest(
    source: Source, side: str, seconds: float, bars: int
) -> None:
    added = extend(source, side, seconds).audio.shape[1] - source.audio.shape[1]
    assert added / RATE == pytest.approx(bars * BAR_S, abs=0.005)


@SOURCES
def test_the_track_is_kept_up_to_the_bar_line_where_new_music_begins(source: Source) -> None:
    result = extend(source, "end").audio
    flags = changed(source.audio, result)
    assert not flags[: round((LAST_LINE_S - 0.045) * RATE)].any()
    assert flags[round((LAST_LINE_S + 0.1) * RATE) :].mean() > 0.95


@SOURCES
def test_an_intro_leads_to_a_track_that_is_kept_to_the_last_sample(source: Source) -> None:
    result = extend(source, "start").audio
    length = source.audio.shape[1]
    flags = changed(source.audio, result[:, -length:])
    assert not flags[round(0.01 * RATE) :].any()


@SOURCES
@pytest.mark.parametrize("side", ["end", "start"])
def test_the_grid_goes_on_within_five_milliseconds(source: Source, side: str) -> None:
    result = extend(source, side, 24.0).audio
    added_s = (result.shape[1] - source.audio.shape[1]) / RATE
    beats_s = heard_beats(result, BPM)
    new = beats_s > LAST_LINE_S if side == "end" else beats_s < added_s
    offset_s = 0.0 if side == "end" else added_s
    grid_s = true_beats(KNOWN)[0] + offset_s + np.arange(-80, 200) * 60.0 / BPM
    assert furthest_s(beats_s[new], grid_s) <= 0.005


@SOURCES
@pytest.mark.parametrize("side", ["end", "start"])
def test_key_and_level_go_on_under_the_ceiling(source: Source, side: str) -> None:
    result = extend(source, side, 40.0)
    length = source.audio.shape[1]
    new = result.audio[:, length:] if side == "end" else result.audio[:, :-length]
    assert result.made.key == "D minor"
    assert find_key(new).key in ("D minor", "F major")
    assert abs(loudness_lufs(new) - loudness_lufs(source.audio)) < 5.0
    assert true_peak_dbtp(result.audio) <= -0.95


def test_old_and_new_sections_are_told_with_their_times() -> None:
    for side, names in (("end", ("Intro", "New outro")), ("start", ("New intro", "Outro"))):
        made = extend(KNOWN, side).made
        assert (made.sections[0].name, made.sections[-1].name) == names
        starts = [section.start_s for section in made.sections]
        assert starts == sorted(starts)
        assert made.sections[-1].end_s == pytest.approx(made.duration_s, abs=0.001)


def test_music_goes_on_from_before_a_fade() -> None:
    faded = KNOWN.audio.copy()
    faded[:, 20 * RATE :] *= np.linspace(1.0, 0.0, faded.shape[1] - 20 * RATE) ** 3
    result = extend(foreign(faded), "end")
    assert loudness_lufs(result.audio[:, -12 * RATE :]) > loudness_lufs(faded[:, -6 * RATE :]) + 6
    assert any("gave way" in one for one in result.warnings)


def test_a_caption_brings_another_band_in() -> None:
    made = extend(KNOWN, "end", 30.0, caption="jazz with piano")
    plain = extend(KNOWN, "end", 30.0)
    assert "keyboard" in made.made.parts
    assert not np.array_equal(made.audio, plain.audio)


def test_sound_without_beat_is_extended_by_just_so_many_seconds() -> None:
    source = drone(12.0)
    result = extend(source, "end", 7.3)
    assert result.audio.shape[1] == source.audio.shape[1] + round(7.3 * RATE)
    assert not changed(source.audio, result.audio)[: round(11.5 * RATE)].any()
    assert find_key(result.audio[:, 12 * RATE :]).key in ("A minor", "C major")


def test_an_extended_track_is_the_same_every_time() -> None:
    source = foreign(own("house").audio)
    assert np.array_equal(extend(source, "start").audio, extend(source, "start").audio)
