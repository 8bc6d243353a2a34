"""Added parts: in time, in key, against the track's level and under the ceiling."""

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

from engine import AddPartsRequest, InvalidRequest, Unsupported, checked
from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.listen.key import find_key
from engine.renderers.protocol import Source
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.mixdown import stems
from engine.requests import GenerateRequest

BPM = 124.0
KNOWN, HEARD = both("house 124 bpm in F minor")
SOURCES = pytest.mark.parametrize("source", [KNOWN, HEARD], ids=["known", "heard"])
EVERY_PART = (
    "drums", "percussion", "bass", "keyboard", "synth", "guitar", "strings", "brass",
    "woodwinds", "vocals", "backing_vocals",
)  # fmt: skip


def add(source: Source, *parts: str, **asked):
    return render(checked(AddPartsRequest, track="t", parts=parts, seed=7, **asked), source)


@pytest.mark.parametrize("part", EVERY_PART)
def test_every_part_can_be_heard_over_the_track(part: str) -> None:
    source = HEARD if part in ("bass", "strings", "vocals") else KNOWN
    result = add(source, part)
    added = result.audio - source.audio
    assert part in result.made.parts
    assert loudness_lufs(added) > loudness_lufs(source.audio) - 13.0
    assert true_peak_dbtp(result.audio) <= -1.0


@SOURCES
def test_added_drums_are_within_five_milliseconds_of_the_grid(source: Source) -> None:
    added = add(source, "drums", "percussion").audio - source.audio
    assert furthest_s(heard_beats(added, BPM), true_beats(KNOWN)) <= 0.005


@SOURCES
def test_added_harmony_is_in_the_key(source: Source) -> None:
    added = add(source, "bass", "strings", "keyboard").audio - source.audio
    assert find_key(added).key in ("F minor", "G# major", "Ab major")


def test_a_band_accompanies_a_solo_below_its_level() -> None:
    score = compose(checked(GenerateRequest, caption="pop 108 bpm in A minor", duration_s=40), 5)
    sung = own("pop 108 bpm in A minor", seed=5)
    keys = next(stem for part, stem in stems(score).items() if part not in ("drums", "fx"))
    solo = Source(sung.track, np.ascontiguousarray(keys * np.float32(2.0)))
    result = add(solo, "drums", "bass", "guitar", mode="accompany")
    added = result.audio - solo.audio
    below = loudness_lufs(solo.audio) - loudness_lufs(added)
    assert 1.0 < below < 8.0
    assert furthest_s(heard_beats(added, 108.0), true_beats(sung)) <= 0.005


@SOURCES
def test_parts_play_from_bar_line_to_bar_line_within_the_asked_stretch(source: Source) -> None:
    bar_s = 4 * 60 / BPM
    result = add(source, "drums", start_s=4.1 * bar_s, end_s=11.9 * bar_s).audio
    flags = changed(source.audio, result)
    assert not flags[: round((4 * bar_s - 0.02) * RATE)].any()
    assert flags[round(4 * bar_s * RATE) : round(4.2 * bar_s * RATE)].mean() > 0.5
    assert not flags[round((13.1 * bar_s) * RATE) :].any()


def test_the_track_makes_no_way_for_the_parts() -> None:
    """Added sound is ducked where the sum would be too high; what the track has stays there."""
    loud = foreign(np.clip(KNOWN.audio * np.float32(1.12), -0.88, 0.88))
    result = add(loud, "drums", "bass", "synth")
    assert true_peak_dbtp(result.audio) <= max(-1.0, true_peak_dbtp(loud.audio)) + 1e-3
    added = result.audio - loud.audio
    assert loudness_lufs(added) > loudness_lufs(loud.audio) - 16.0


def test_a_track_above_the_ceiling_is_left_alone_and_named() -> None:
    hot = foreign(KNOWN.audio * np.float32(1.5))
    result = add(hot, "strings")
    assert any("own peaks reach" in one for one in result.warnings)
    assert true_peak_dbtp(result.audio) <= true_peak_dbtp(hot.audio) + 1e-3


def test_a_caption_chooses_the_instrument() -> None:
    piano = add(HEARD, "keyboard", caption="piano").audio
    organ = add(HEARD, "keyboard", caption="organ").audio
    assert not np.array_equal(piano, organ)


def test_without_a_beat_there_is_harmony_and_no_drums() -> None:
    source = drone(16.0)
    result = add(source, "strings", "drums")
    assert result.made.parts == ("strings",)
    assert any("none for drums" in one for one in result.warnings)
    with pytest.raises(Unsupported, match="no beat") as refused:
        add(source, "drums")
    assert refused.value.field == "parts"


def test_a_stretch_beyond_the_track_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        add(KNOWN, "drums", start_s=60.0)
    assert refused.value.field == "start_s"


def test_added_parts_are_the_same_every_time() -> None:
    assert np.array_equal(add(HEARD, "brass").audio, add(HEARD, "brass").audio)
