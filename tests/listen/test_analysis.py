"""Everything that is heard in a piece, put together."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest

from engine import AudioUnreadable, InvalidRequest
from engine.audio import levels
from engine.keys import parse_key
from engine.listen.analysis import analyse
from engine.listen.chroma import Audio
from engine.listen.readings import Analysis, Known
from listen.pieces import RATE, Piece, sketch_piece

LEAST_SPEED = 12
"""Times real time on a machine that is busy with other tests; alone it is above fifty."""


@cache
def piece() -> Piece:
    return sketch_piece("house", 650_001, key="A minor", bpm=122, duration_s=60)


@cache
def heard() -> Analysis:
    return analyse(piece().audio)


def test_an_analysis_holds_what_was_made():
    analysis = heard()
    assert analysis.bpm == pytest.approx(122, abs=0.05)
    assert (analysis.key, analysis.key_camelot) == ("A minor", "8A")
    assert analysis.time_signature == "4/4"
    assert analysis.duration_s == pytest.approx(60, abs=0.01)
    assert analysis.loudness_lufs == pytest.approx(levels.loudness_lufs(piece().audio), abs=0.01)
    assert analysis.true_peak_dbtp == pytest.approx(levels.true_peak_dbtp(piece().audio), abs=0.01)
    assert analysis.findings == ()
    assert analysis.priors == ()
    (segment,) = analysis.grid
    assert segment.bpm == pytest.approx(122, abs=0.05)


def test_basic_leaves_out_what_takes_long_and_agrees_on_the_rest():
    basic, full = analyse(piece().audio, detail="basic"), heard()
    assert (basic.sections, basic.cues, basic.chords) == ((), (), ())
    assert (basic.vocals, basic.energy) == (None, None)
    left_out = {"sections", "cues", "chords", "vocals", "energy"}
    assert basic.model_dump(exclude=left_out) == full.model_dump(exclude=left_out)
    assert full.sections
    assert full.vocals is not None
    assert full.energy is not None
    assert len(full.chords) >= 28


def test_the_same_audio_gives_the_same_analysis_and_it_survives_json():
    assert analyse(piece().audio) == heard()
    assert Analysis.model_validate_json(heard().model_dump_json()) == heard()


def test_what_was_known_is_used_and_the_result_says_so():
    known = Known(bpm=121, key="8A", time_signature="4/4", source="request")
    analysis = analyse(piece().audio, known, detail="basic")
    assert analysis.bpm == pytest.approx(122, abs=0.05)
    assert analysis.key == "A minor"
    said = " ".join(analysis.priors)
    assert "121" in said
    assert "A minor" in said
    assert "request" in said


def test_a_known_key_that_is_none_is_refused():
    with pytest.raises(InvalidRequest, match="key"):
        analyse(piece().audio, Known(key="purple"), detail="basic")


def test_the_loudest_three_seconds_are_found():
    rng = np.random.default_rng(6)
    audio = rng.standard_normal((2, 30 * RATE)).astype(np.float32) * 0.01
    audio[:, 11 * RATE : 14 * RATE] *= 10
    loudest = levels.loudness_lufs(audio[:, 11 * RATE : 14 * RATE])
    assert analyse(audio, detail="basic").loudest_lufs == pytest.approx(loudest, abs=0.1)


def test_sharp_pieces_are_spelt_as_keys_are():
    analysis = heard()
    assert all(str(parse_key(key)) == key for key in analysis.key_alternatives)


def test_audio_without_samples_is_refused():
    with pytest.raises(AudioUnreadable, match="no samples"):
        analyse(np.zeros((2, 0), dtype=np.float32))


def _click() -> Audio:
    audio = np.zeros((2, 2 * RATE), dtype=np.float32)
    audio[:, 5000] = 1.0
    return audio


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((2, 5 * RATE), dtype=np.float32),
        np.full((2, 1), 0.3, dtype=np.float32),
        np.full((2, 3 * RATE), 0.5, dtype=np.float32),
        np.full((2, 7), 16.0, dtype=np.float32),
        np.random.default_rng(0).standard_normal((2, 9600)).astype(np.float32) * 0.1,
        _click(),
    ],
    ids=["silence", "one sample", "constant", "seven huge samples", "0.2 s of noise", "a click"],
)
def test_odd_audio_gets_no_beat_and_no_key_and_no_warnings(audio: Audio):
    analysis = analyse(audio)
    assert (analysis.bpm, analysis.key, analysis.grid, analysis.cues) == (None, None, (), ())
    assert analysis.bpm_confidence == analysis.key_confidence == 0.0
    assert np.isfinite(
        [analysis.loudness_lufs, analysis.loudest_lufs, analysis.true_peak_dbtp]
    ).all()


@pytest.mark.slow
def test_half_an_hour_is_heard_much_faster_than_it_plays():
    audio = np.tile(piece().audio, 30)
    began = time.process_time()
    analysis = analyse(audio)
    assert audio.shape[1] / RATE / (time.process_time() - began) > LEAST_SPEED
    assert analysis.duration_s == pytest.approx(1800, abs=1)
    assert analysis.key == "A minor"
