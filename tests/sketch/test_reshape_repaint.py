"""Repainting: new material in windows, and not a sample moved outside them."""

from __future__ import annotations

import numpy as np
import pytest
from sources import RATE, both, changed, drone, furthest_s, heard_beats, render, stretches

from engine import InvalidRequest, RepaintRequest, checked
from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.audio.splice import SEAM_S
from engine.renderers.protocol import Source

BAR_S = 2.0
KNOWN, HEARD = both("disco 120 bpm in A minor")
SOURCES = pytest.mark.parametrize("source", [KNOWN, HEARD], ids=["known", "heard"])


def repaint(source: Source, *windows: tuple[float, float], **asked):
    values = {"windows": [{"start_s": a, "end_s": b} for a, b in windows], "seed": 7, **asked}
    return render(checked(RepaintRequest, track="t", **values), source)


@SOURCES
def test_every_sample_outside_the_windows_and_their_seams_is_kept(source: Source) -> None:
    result = repaint(source, (8.3, 14.9), (24.0, 28.0)).audio
    assert result.shape == source.audio.shape
    flags = changed(source.audio, result)
    kept = np.ones(len(flags), dtype=bool)
    for start_s, end_s in ((8.3, 14.9), (24.0, 28.0)):
        kept[round((start_s - SEAM_S) * RATE) : round(end_s * RATE)] = False
    assert not flags[kept].any()
    assert flags[10 * RATE : 13 * RATE].mean() > 0.95
    assert flags[25 * RATE : 27 * RATE].mean() > 0.95


@SOURCES
def test_seams_lie_on_beats_within_the_window(source: Source) -> None:
    ((start_s, end_s),) = stretches(changed(source.audio, repaint(source, (8.3, 14.9)).audio))
    assert start_s == pytest.approx(8.5 - SEAM_S, abs=0.004)
    assert end_s == pytest.approx(14.5, abs=0.006)


@SOURCES
def test_windows_snap_to_bars_on_request(source: Source) -> None:
    result = repaint(source, (8.7, 15.3), snap_to_bars=True).audio
    ((start_s, end_s),) = stretches(changed(source.audio, result))
    assert start_s == pytest.approx(8.0 - SEAM_S, abs=0.004)
    assert end_s == pytest.approx(16.0, abs=0.006)


@SOURCES
def test_the_beat_goes_on_through_the_windows_at_the_level_of_the_rest(source: Source) -> None:
    result = repaint(source, (4.0, 36.0), strength=1.0).audio
    window = slice(4 * RATE, 36 * RATE)
    assert furthest_s(heard_beats(result[:, window], 120.0), np.arange(0, 40, 0.5)) <= 0.005
    level = loudness_lufs(result[:, window]) - loudness_lufs(source.audio[:, window])
    assert abs(level) < 2.5
    assert true_peak_dbtp(result) <= -0.95


@SOURCES
def test_strength_leads_from_what_was_there_to_something_new(source: Source) -> None:
    window = slice(9 * RATE, 15 * RATE)
    old = source.audio[:, window]
    likes = [
        float(np.corrcoef(old.ravel(), repaint(source, (8.0, 16.0), strength=strength)
                          .audio[:, window].ravel())[0, 1])
        for strength in (0.0, 0.4, 1.0)
    ]  # fmt: skip
    assert likes[0] > 0.95
    assert likes[0] > likes[1] > likes[2]
    assert likes[2] < 0.6


def test_windows_that_meet_are_painted_as_one() -> None:
    result = repaint(KNOWN, (8.0, 12.0), (12.0, 16.0)).audio
    ((start_s, end_s),) = stretches(changed(KNOWN.audio, result))
    assert (start_s, end_s) == pytest.approx((8.0 - SEAM_S, 16.0), abs=0.01)


def test_a_window_may_begin_with_the_track_or_end_with_it() -> None:
    flags = changed(KNOWN.audio, repaint(KNOWN, (0.0, 4.0), (36.0, 40.0)).audio)
    (first, last) = stretches(flags)
    assert first[0] < 0.05
    assert last[1] > 39.9


def test_another_style_may_be_painted_in() -> None:
    plain, rock = (repaint(KNOWN, (8.0, 16.0), caption=text).audio for text in ("", "rock"))
    assert not np.array_equal(plain, rock)
    assert not changed(plain, rock)[17 * RATE :].any()


def test_a_window_beyond_the_end_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="beyond the track's end") as refused:
        repaint(KNOWN, (44.0, 48.0))
    assert refused.value.field == "windows"


def test_sound_without_beat_is_painted_just_where_it_was_asked() -> None:
    source = drone(16.0)
    ((start_s, end_s),) = stretches(changed(source.audio, repaint(source, (5.2, 9.1)).audio))
    assert (start_s, end_s) == pytest.approx((5.2 - SEAM_S, 9.1), abs=0.01)
