"""Following a track: its wandering tempo, its tuning, its own notes where they are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pieces import piece, strokes
from sources import RATE, foreign, furthest_s, own, render

from engine import AddPartsRequest, CoverRequest, checked
from engine.listen.chroma import hear_pitches
from engine.listen.features import hear
from engine.listen.grid import find_grid
from engine.renderers.protocol import Source
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.score import Clock, Line, Note

WANDERING = Clock((0.0, 4.0, 8.0), (0.25, 2.25, 3.75))


def played(*lines: Line) -> np.ndarray:
    score = replace(piece(*lines, seconds=5.0), clock=WANDERING)
    return mixdown(score, lambda stage, done: None, lambda: False)


def test_strokes_fall_where_the_clock_has_their_beats() -> None:
    audio = played(Line("drums", "kit_909", strokes("rim", 0, 1, 4, 5, 8)))
    loud = np.abs(audio).max(axis=0) > 0.02
    onsets = np.flatnonzero(loud & ~np.roll(loud, 1))
    onsets = onsets[np.diff(onsets, prepend=-RATE) > RATE // 5] / RATE
    assert onsets == pytest.approx([0.25, 0.75, 2.25, 2.625, 3.75], abs=0.004)


def test_notes_last_as_long_as_their_beats_do() -> None:
    pad = Line("synth", "warm_pad", (Note(0, 4, 0.8, pitch=57), Note(4, 4, 0.8, pitch=64)))
    audio = np.abs(played(pad)).max(axis=0)
    assert audio[round(2.0 * RATE) : round(2.2 * RATE)].max() > 0.05
    assert not audio[: round(0.24 * RATE)].any()


@given(st.floats(-20, 20))
def test_a_clock_tells_beats_and_moments_both_ways(beat: float) -> None:
    assert WANDERING.beat(WANDERING.moment_s(beat)) == pytest.approx(beat, abs=1e-9)


def test_a_clock_goes_on_beyond_its_ends_as_it_went_there() -> None:
    assert WANDERING.moment_s(-2.0) == pytest.approx(-0.75)
    assert WANDERING.moment_s(12.0) == pytest.approx(5.25)


def bent(audio: np.ndarray, share: float) -> np.ndarray:
    """The audio at a speed that grows evenly by `share` from its start to its end."""
    count = audio.shape[1]
    place = np.arange(count) / count
    positions = count * (place + 0.5 * share * (place**2 - place))
    return np.stack([np.interp(positions, np.arange(count), row) for row in audio])


@pytest.mark.slow
def test_parts_follow_a_tempo_that_changes() -> None:
    source = foreign(bent(own("techno 128 bpm", duration_s=50.0).audio, 0.05))
    made = render(checked(AddPartsRequest, track="t", parts=["drums"], seed=7), source)
    grid = find_grid(hear(source.audio))
    added = find_grid(hear(made.audio - source.audio))
    assert np.ptp(60 / np.diff(grid.beats_s)) > 3.0, "the test's own tempo must change"
    # Two readings of a bent tempo, each told in segments that are within 8 ms of its beats.
    assert furthest_s(added.beats_s, grid.beats_s) <= 0.016


def test_parts_are_tuned_to_the_track() -> None:
    """Played 1.5 % faster, everything is 26 cents higher."""
    audio = own("pop 110 bpm", duration_s=41.0).audio
    count = audio.shape[1]
    positions = np.arange(0, count - 1, 1.015)
    source = foreign(np.stack([np.interp(positions, np.arange(count), row) for row in audio]))
    made = render(checked(AddPartsRequest, track="t", parts=["strings"], seed=7), source)
    added = hear_pitches(np.ascontiguousarray(made.audio - source.audio))
    assert added.tuning_cents == pytest.approx(26.0, abs=8.0)


def covered(source: Source) -> tuple[str, ...]:
    return render(checked(CoverRequest, track="t", caption="rock", seed=7), source).warnings


def test_a_track_of_another_revision_is_heard_with_what_it_says_of_itself() -> None:
    source = own("techno 128 bpm")
    assert source.track.recipe is not None
    other = source.track.recipe.made_by.model_copy(update={"revision": "another"})
    recipe = source.track.recipe.model_copy(update={"made_by": other})
    track = source.track.model_copy(update={"recipe": recipe})
    assert not any("heard" in one for one in covered(source))
    assert any("heard 128.0 bpm" in one for one in covered(Source(track, source.audio)))


def test_a_track_that_was_cut_since_is_heard() -> None:
    source = own("techno 128 bpm")
    cut = Source(source.track, np.ascontiguousarray(source.audio[:, RATE:]))
    assert any("heard 128.0 bpm" in one for one in covered(cut))
