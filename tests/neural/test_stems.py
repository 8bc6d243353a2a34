"""Which way a track is taken apart: what is known, what is here, and what is said of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import staffed
from doubles import Tone

from engine.audio import files
from engine.errors import Unsupported
from engine.finishing import Draft
from engine.models import MODELS
from engine.renderers import Source, Workplace
from engine.requests import SeparateRequest, checked
from engine.settings import Settings
from engine.stems import stems
from engine.studio import Studio
from engine.tasks import Bench
from tests.neural.networks import TINY, model_of, write
from tests.sketch.sources import foreign, own
from tests.sounds import music


def apart(source: Source, home: Path, *parts: str) -> list[Draft]:
    request = checked(SeparateRequest, track=source.track.id, stems=parts)
    bench = Bench(Tone, lambda *_: None, lambda: False, frozenset())
    return [draft for _, draft in stems(request, "Tune", source, Workplace(home, "cpu"), bench)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A studio's folder with the extra here and weights that fit."""
    path = tmp_path / "models" / "stems" / "tiny.safetensors"
    packages = ("torch", "demucs", "safetensors")
    monkeypatch.setitem(MODELS, "stems", model_of(write(path, TINY), *packages))
    return tmp_path


def test_with_weights_any_mix_is_taken_apart_by_the_network(home: Path):
    drafts = apart(foreign(music(2.0)), home)
    assert [draft.role for draft in drafts] == ["drums", "bass", "other", "vocals"]
    made_by, (said,) = drafts[0].rendered.made_by, drafts[0].rendered.warnings
    (file,) = MODELS["stems"].files
    assert made_by.checkpoint == f"htdemucs@{file.digest.hex[:12]}"
    assert (made_by.renderer, made_by.device, made_by.dtype) == ("listen", "cpu", "float32")
    assert "a neural separator, htdemucs@" in said
    assert "dB" in said


def test_without_weights_signal_processing_does_what_it_can(tmp_path: Path):
    drafts = apart(foreign(music(2.0)), tmp_path)
    assert [draft.role for draft in drafts] == ["drums", "bass", "other"]
    assert drafts[0].rendered.made_by.checkpoint is None
    assert "signal processing" in drafts[0].rendered.warnings[0]


@pytest.mark.parametrize("part", ["vocals", "no_vocals"])
def test_voices_without_weights_are_refused_with_the_way_to_get_them(tmp_path: Path, part: str):
    with pytest.raises(Unsupported) as refused:
        apart(foreign(music(0.5)), tmp_path, "drums", part)
    assert refused.value.field == "stems"
    assert part in refused.value.message
    assert "`dj-agent models get stems`" in refused.value.message
    assert "84 MB" in refused.value.message


def test_without_the_extra_it_says_how_to_install_it(home: Path, monkeypatch: pytest.MonkeyPatch):
    (file,) = MODELS["stems"].files
    monkeypatch.setitem(MODELS, "stems", model_of(file, "a_package_that_is_not_here"))
    with pytest.raises(Unsupported, match="uv sync --extra stems") as refused:
        apart(foreign(music(0.5)), home, "vocals")
    assert "models get" not in refused.value.message  # the weights are here


def test_an_instrument_that_nobody_can_find_is_refused_before_anything_is_loaded(home: Path):
    with pytest.raises(Unsupported, match="guitar") as refused:
        apart(foreign(music(0.5)), home, "guitar")
    assert "vocals" in refused.value.message
    assert "`dj-agent models get acestep-v15-base`" in refused.value.message


def test_a_worker_that_separates_nothing_never_loads_torch():
    script = "import sys, engine.worker; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_sketch_is_taken_apart_exactly_even_with_weights(home: Path):
    source = own("house, piano", duration_s=12.0)
    drafts = {draft.role: draft.rendered for draft in apart(source, home)}
    assert all("exact" in rendered.warnings[0] for rendered in drafts.values())
    assert all(rendered.made_by.renderer == "sketch" for rendered in drafts.values())


def test_a_sketch_without_a_part_is_the_sum_of_the_others(tmp_path: Path):
    source = own("house, piano", duration_s=12.0)
    parts = {draft.role: draft.rendered.audio for draft in apart(source, tmp_path)}
    without = apart(source, tmp_path, "no_drums")[0].rendered.audio
    expected = sum(audio for role, audio in parts.items() if role not in ("drums", "percussion"))
    gain = np.vdot(without, expected) / np.vdot(expected, expected)
    assert np.abs(without).max() > 0.1
    assert np.abs(without).max() < 1.0
    assert np.abs(without - gain * expected).max() < 1e-6


def test_the_studio_says_how_mixes_are_taken_apart_here(studio: Studio):
    assert "signal processing" in studio.status().stems
    assert "`dj-agent models get stems`" in studio.status().stems


def test_an_old_answer_stands_until_the_weights_are_here(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    path = tmp_path / "own.wav"
    files.write(path, music(2.0), files.Tags(), "wav")
    settings = replace(settings, media_dirs=(tmp_path,))
    studio = Studio(settings)
    request = checked(SeparateRequest, track=str(path))
    with staffed(settings, Tone()):
        before = studio.wait(studio.submit(request).id, 60.0)
        assert [track.role for track in before.tracks] == ["drums", "bass", "other"]
        assert studio.submit(request).id == before.id
        weights = settings.home / "models" / "stems" / "tiny.safetensors"
        monkeypatch.setitem(MODELS, "stems", model_of(write(weights, TINY)))
        assert "signal processing" not in studio.status().stems
        after = studio.wait(studio.submit(request).id, 60.0)
    assert [track.role for track in after.tracks] == ["drums", "bass", "other", "vocals"]
    assert after.id != before.id
    recipe = after.tracks[0].recipe
    assert recipe is not None
    assert str(recipe.made_by.checkpoint).startswith("htdemucs@")
    studio.close()
