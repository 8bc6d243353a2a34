"""The picture: that it opens, shows what was heard, and survives odd audio."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from engine.listen.chroma import Audio
from engine.listen.picture import HEIGHT, WIDTH, draw_picture
from engine.listen.readings import (
    Analysis,
    Cue,
    Finding,
    GridSegment,
    HeardSection,
    Stretch,
    VocalActivity,
)
from listen.pieces import RATE

DURATION_S = 40.0


def tune() -> Audio:
    """A low tone, then from the middle on a high one."""
    time_s = np.arange(round(DURATION_S * RATE)) / RATE
    hertz = np.where(time_s < DURATION_S / 2, 60.0, 6000.0)
    return np.stack([0.5 * np.sin(2 * np.pi * hertz * time_s)] * 2).astype(np.float32)


def analysis_of(**facts) -> Analysis:
    plain = {
        "duration_s": DURATION_S, "bpm": 120.0, "bpm_alternatives": (), "bpm_confidence": 0.9,
        "key": "A minor", "key_camelot": "8A", "key_alternatives": (), "key_confidence": 0.8,
        "time_signature": "4/4", "loudness_lufs": -14.0, "loudest_lufs": -11.0,
        "true_peak_dbtp": -1.0, "grid": (), "priors": (), "findings": (),
    }  # fmt: skip
    return Analysis.model_validate(plain | facts)


SECTIONS = (
    HeardSection(label="intro", start_s=0.0, end_s=20.0, bars=10, energy=0.4),
    HeardSection(label="drop", start_s=20.0, end_s=40.0, bars=10, energy=1.0),
)
GRID = (
    GridSegment(
        start_s=0.0, end_s=40.0, bpm=120.0, first_beat_s=0.0, first_downbeat_s=0.0, beats_per_bar=4
    ),
)


def pixels(audio: Audio, analysis: Analysis, title: str = "Night Ferry") -> np.ndarray:
    png = draw_picture(audio, analysis, title)
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def test_the_picture_is_a_png_of_its_size_and_always_the_same():
    shown = pixels(tune(), analysis_of())
    assert shown.shape == (HEIGHT, WIDTH, 3)
    assert draw_picture(tune(), analysis_of()) == draw_picture(tune(), analysis_of())


def test_lows_and_highs_have_their_own_colours_and_places():
    shown = pixels(tune(), analysis_of())
    left, right = shown[130:340, 200:500], shown[130:340, 900:1200]
    red, blue = 0, 2
    assert (left[..., blue] - left[..., red]).mean() > 30, "lows are blue"
    assert abs((right[..., blue] - right[..., red]).mean()) < 15, "highs are white"
    lightness = shown[370:640].sum(axis=2)
    rows = np.geomspace(16_000, 40, lightness.shape[0])
    assert rows[lightness[:, 200:500].mean(axis=1).argmax()] == pytest.approx(60, rel=0.05)
    assert rows[lightness[:, 900:1200].mean(axis=1).argmax()] == pytest.approx(6000, rel=0.05)


@pytest.mark.parametrize(
    ("facts", "rows", "columns"),
    [
        ({"sections": SECTIONS}, slice(70, 105), slice(52, 1384)),
        ({"grid": GRID}, slice(344, 367), slice(52, 1384)),
        ({"cues": (Cue(kind="drop", time_s=20.0),)}, slice(105, 128), slice(700, 820)),
        (
            {"vocals": VocalActivity(share=0.5, where=(Stretch(start_s=0.0, end_s=20.0),))},
            slice(335, 340),
            slice(60, 700),
        ),
        (
            {"findings": (Finding(kind="clipping", start_s=5, end_s=9, text="Clipped."),)},
            slice(670, 690),
            slice(52, 300),
        ),
        ({"bpm": None}, slice(40, 60), slice(52, 600)),
        ({"key": None, "key_camelot": None}, slice(40, 60), slice(52, 600)),
    ],
    ids=["sections", "bars", "cues", "voices", "findings", "no tempo", "no key"],
)
def test_what_was_heard_is_drawn_in_its_place(facts: dict, rows: slice, columns: slice):
    without, drawn = pixels(tune(), analysis_of()), pixels(tune(), analysis_of(**facts))
    assert (without[rows, columns] != drawn[rows, columns]).any()


@pytest.mark.parametrize("title", ["", "x" * 500, "Über Ærø — “1999”", "夜のフェリー", "a\nb\tc"])
def test_any_title_fits(title: str):
    shown = pixels(tune(), analysis_of(), title)
    assert (shown[:40, 1385:] == shown[0, 0]).all()


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((2, 3 * RATE), dtype=np.float32),
        np.full((2, 1), 0.3, dtype=np.float32),
        np.full((2, RATE), 0.5, dtype=np.float32),
        np.full((2, 9), 16.0, dtype=np.float32),
    ],
    ids=["silence", "one sample", "constant", "nine huge samples"],
)
def test_odd_audio_has_a_picture_too(audio: Audio):
    pixels(audio, analysis_of(duration_s=audio.shape[1] / RATE, bpm=None, key=None))
