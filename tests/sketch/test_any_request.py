"""Whatever may be asked becomes a sound track: the whole space of requests, through to audio."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import GenerateRequest, StudioError, checked
from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.keys import ALL_KEYS
from engine.renderers import Sources, sketch

pytestmark = pytest.mark.slow

_WORDS = (
    "house", "techno", "trance", "jazz", "ambient", "waltz", "reggae", "salsa", "dubstep", "metal",
    "polka", "slow", "fast", "dark", "happy", "no drums", "without bass", "only", "piano", "sitar",
    "128 bpm", "in D minor", "3/4", "live at 90 %", "%d", "female vocals", "choir", "минор", "東京",
)  # fmt: skip

_captions = st.one_of(
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8).map(" ".join),
    st.text(min_size=1, max_size=60),
)
_lyrics = st.one_of(
    st.just(""),
    st.lists(
        st.sampled_from(
            ["[Intro]", "[Verse 1]", "[Chorus]", "[Drop]", "[???]", "[Outro - slow]", "la la la",
             "Über den Wolken", "夜に駆ける", "1999", "…", "[", "a-ha (ooh) it's o'clock"]
        ),
        max_size=8,
    ).map("\n".join),
)  # fmt: skip
_requests = st.fixed_dictionaries(
    {"caption": _captions, "duration_s": st.floats(10, 24), "seed": st.integers(0, 2**32 - 1)},
    optional={
        "lyrics": _lyrics,
        "language": st.sampled_from(["en", "de", "ja", "unknown"]),
        "instrumental": st.booleans(),
        "bpm": st.floats(30, 300),
        "key": st.sampled_from([str(key) for key in ALL_KEYS]),
        "time_signature": st.sampled_from(["2/4", "3/4", "4/4", "6/8"]),
        "quality": st.sampled_from(["draft", "standard", "best"]),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_requests)
def test_any_request_is_refused_in_words_or_becomes_a_sound_track(values: dict) -> None:
    try:
        request = checked(GenerateRequest, **values)
    except StudioError:
        return
    rendered = sketch.load().render(request, Sources(), lambda stage, done: None, lambda: False)
    audio = rendered.audio
    assert audio.shape == (2, round(values["duration_s"] * 48_000))
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert true_peak_dbtp(audio) <= -0.99
    assert -30.0 < loudness_lufs(audio) < -13.4
    made = rendered.made
    for name in ("bpm", "key", "time_signature"):
        asked = getattr(request, name)
        if asked is not None:
            got = getattr(made, name)
            assert got == asked or math.isclose(got, asked, abs_tol=1e-3), name
    assert made.sections[0].start_s == 0
    assert made.sections[-1].end_s == pytest.approx(made.duration_s, abs=1e-3)
