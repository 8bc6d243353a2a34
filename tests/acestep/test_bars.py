"""Requests on the bar lines that are heard in their track."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ExtendRequest, RepaintRequest, checked
from engine.renderers.acestep.bars import on_bar_lines
from engine.renderers.protocol import Source
from engine.results import Track

RATE_HZ = 48_000
BAR_S, FIRST_S, LENGTH_S = 2.0, 0.7, 21.0
"""Bars of 120 bpm in 4/4 that begin after a pick-up, in a track that ends within one."""


@pytest.fixture(scope="module")
def clicks() -> Source:
    audio = np.zeros((2, round(LENGTH_S * RATE_HZ)), np.float32)
    noise = np.random.default_rng(1).standard_normal(2000) * np.exp(-np.arange(2000) / 300)
    for beat in range(-1, 40):
        start = round((FIRST_S + beat * BAR_S / 4) * RATE_HZ)
        audio[:, start : start + 2000] += (0.8 if beat % 4 == 0 else 0.25) * noise
    return Source(Track(id="trk_1", title="a", path="a.wav", duration_s=LENGTH_S), audio)


@pytest.fixture(scope="module")
def sea() -> Source:
    noise = np.random.default_rng(1).standard_normal((2, 20 * RATE_HZ)).astype(np.float32)
    return Source(Track(id="trk_1", title="a", path="a.wav", duration_s=20.0), noise / 10.0)


def off_the_line(moment_s: float) -> float:
    """How far a moment is from the nearest bar line."""
    return abs((moment_s - FIRST_S + BAR_S / 2) % BAR_S - BAR_S / 2)


@pytest.mark.parametrize("seconds", [1.0, 4.0, 6.9, 30.0, 299.5])
@pytest.mark.parametrize("side", ["end", "start"])
def test_an_extension_is_made_of_whole_bars(clicks: Source, seconds: float, side: str):
    asked = checked(ExtendRequest, track="trk_1", seconds=seconds, side=side)
    settled, said = on_bar_lines(asked, clicks)
    assert not said
    edge_s = LENGTH_S + settled.seconds if side == "end" else -settled.seconds
    assert off_the_line(edge_s) < 0.02
    assert 1.0 <= settled.seconds <= 300.0
    assert abs(settled.seconds - seconds) <= BAR_S


def test_windows_are_snapped_where_that_is_asked_for(clicks: Source):
    windows = [{"start_s": 3.0, "end_s": 6.4}, {"start_s": 7.1, "end_s": 11.0}]
    as_asked = checked(RepaintRequest, track="trk_1", windows=windows)
    assert on_bar_lines(as_asked, clicks) == (as_asked, ())
    settled, _ = on_bar_lines(as_asked.model_copy(update={"snap_to_bars": True}), clicks)
    (window,) = settled.windows  # the two came to meet
    assert window.start_s == pytest.approx(2.7, abs=0.02)
    assert window.end_s == pytest.approx(10.7, abs=0.02)


def test_where_no_bars_are_heard_seconds_are_taken_as_they_are(sea: Source):
    longer = checked(ExtendRequest, track="trk_1", seconds=6.9)
    settled, (said,) = on_bar_lines(longer, sea)
    assert settled.seconds == 6.9
    assert "no bars were heard" in said
    snapped = checked(RepaintRequest, track="trk_1", start_s=1, end_s=3, snap_to_bars=True)
    settled, (said,) = on_bar_lines(snapped, sea)
    assert settled.windows == snapped.windows
    assert "no bars were heard" in said
