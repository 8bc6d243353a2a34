"""What a take may be made of besides its words: another take's noise, a timbre, adapters."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import dismiss_worker, staffed
from safetensors import safe_open
from safetensors.torch import save_file

from engine import GenerateRequest, NotFound, Settings, Studio, checked
from engine.audio import files
from engine.hardware import Hardware
from engine.renderers.acestep import reference
from engine.renderers.acestep.reference import EXCERPT, excerpts
from engine.renderers.acestep.renderer import AceStepRenderer
from engine.renderers.protocol import Rendered, Source, Sources
from engine.requests import CoverRequest
from engine.results import Track
from tests.acestep.golden import TINY, located

RATE_HZ = 48_000
PROCESSOR = Hardware("cpu", "a processor", 20.0, 20.0, "main", "float32")
FIRST = {"seed": 3, "variance": 1.0}


def write_adapter(folder: Path, name: str, seed: int) -> None:
    """A random adapter of all attention of the tiny turbo, as upstream's trainer writes them."""
    draw = torch.Generator().manual_seed(seed)
    tensors = {}
    with safe_open(located("native-turbo-tiny").folder / "model.safetensors", "pt") as weights:
        for key in weights.keys():  # noqa: SIM118 (it is no mapping)
            layer = key.removeprefix("decoder.").removesuffix(".weight")
            if key.startswith("decoder.layers.") and layer.endswith(("q_proj", "v_proj", "o_proj")):
                out, into = weights.get_slice(key).get_shape()
                for half, shape in (("A", (4, into)), ("B", (out, 4))):
                    path = f"base_model.model.{layer}.lora_{half}.weight"
                    tensors[path] = torch.randn(shape, generator=draw)
    (folder / name).mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / name / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA", "r": 4, "lora_alpha": 4, "bias": "none",
        "target_modules": ["q_proj", "v_proj", "o_proj"],
    }  # fmt: skip
    (folder / name / "adapter_config.json").write_text(json.dumps(config))


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    folder = tmp_path / "adapters"
    write_adapter(folder, "warm", 1)
    write_adapter(folder, "dusty", 2)
    return folder


@pytest.fixture
def turbo(adapters: Path) -> AceStepRenderer:
    torch.set_num_threads(1)
    return AceStepRenderer([located("native-turbo-tiny")], PROCESSOR, "test", adapters)


def generate(renderer: AceStepRenderer, like: Source | None = None, **asked: object) -> Rendered:
    values = {"caption": "house", "duration_s": 10.0, "quality": "draft", "seed": 3}
    request = checked(GenerateRequest, **(values | asked))
    sources = Sources(reference=like)
    return renderer.render(request, sources, lambda stage, done: None, lambda: False)


def recording(seed: int, seconds: float = 12.0, level: float = 0.1) -> Source:
    noise = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE_HZ)))
    track = Track(id="trk_2", title="a", path="a.wav", duration_s=seconds)
    return Source(track, (level * noise).astype(np.float32))


def test_a_take_of_no_variance_is_the_first_one(turbo: AceStepRenderer):
    first = generate(turbo)
    again = generate(turbo, lineage=[FIRST], variance=0.0, seed=7)
    assert np.array_equal(first.audio, again.audio)


def test_the_more_variance_the_farther_a_take_is_from_the_first(turbo: AceStepRenderer):
    first = generate(turbo).audio
    others = [
        generate(turbo, lineage=[FIRST], variance=share, seed=7).audio for share in (0.1, 0.4, 0.8)
    ]
    distances = [float(np.square(other - first).sum()) for other in others]
    assert 0.0 < distances[0] < distances[1] < distances[2]


def test_a_take_of_a_take_goes_on_from_there(turbo: AceStepRenderer):
    second = generate(turbo, lineage=[FIRST], variance=0.5, seed=7)
    turns = [FIRST, {"seed": 7, "variance": 0.5}]
    assert np.array_equal(generate(turbo, lineage=turns, variance=0.0).audio, second.audio)


@pytest.fixture
def brief_excerpts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of each third of a reference: hearing thirty takes that long on a processor."""
    monkeypatch.setattr(reference, "EXCERPT", RATE_HZ)


@pytest.mark.usefixtures("brief_excerpts")
def test_a_reference_is_heard_alike_each_time_and_a_silent_one_is_not(adapters: Path):
    first, second = (
        AceStepRenderer([located("native-turbo-tiny")], PROCESSOR, "test", adapters)
        for _ in range(2)
    )
    plain, one = generate(first), generate(first, recording(1))
    assert np.array_equal(generate(second, recording(1)).audio, one.audio)
    assert not np.array_equal(one.audio, plain.audio)
    assert not np.array_equal(generate(second, recording(2)).audio, one.audio)
    silent = generate(second, recording(1, level=0.0))
    assert np.array_equal(silent.audio, plain.audio)
    assert any(said.startswith("reference: ") for said in silent.warnings)


@pytest.mark.parametrize("seconds", [0.5, 29.9, 30.0, 31.0, 240.0])
def test_half_a_minute_of_a_reference_is_heard_one_excerpt_of_each_third(seconds: float):
    count = round(seconds * RATE_HZ)
    ramp = np.tile(np.arange(1, count + 1, dtype=np.float32), (2, 1))
    heard = excerpts(ramp)
    assert heard is not None
    assert heard.shape == (2, 3 * EXCERPT)
    for place in range(3):
        part = heard[0, place * EXCERPT : (place + 1) * EXCERPT]
        steps = np.diff(part)
        assert np.all((steps == 1) | (steps == 1 - count))  # unbroken, or repeated from its start
        if count >= 3 * EXCERPT:
            assert place * count // 3 - 2 <= part[0] <= part[-1] <= (place + 1) * count // 3 + 2


def test_adapters_change_the_music_each_by_its_scale_and_leave_no_trace(turbo: AceStepRenderer):
    plain = generate(turbo).audio
    worn = {
        asked: generate(turbo, adapter=asked).audio
        for asked in ("warm", "dusty", "warm:0.5", "warm, dusty")
    }
    sounds = [plain, *worn.values()]
    for number, one in enumerate(sounds):
        assert not any(np.array_equal(one, other) for other in sounds[:number])
    assert np.array_equal(generate(turbo, adapter="warm:0").audio, plain)
    assert np.array_equal(generate(turbo).audio, plain)


def test_an_adapter_that_was_trained_anew_is_read_anew(turbo: AceStepRenderer, adapters: Path):
    before = generate(turbo, adapter="warm").audio
    write_adapter(adapters, "warm", 9)
    assert not np.array_equal(generate(turbo, adapter="warm").audio, before)


def test_a_cover_wears_adapters_too(turbo: AceStepRenderer):
    plain, worn = (
        turbo.render(
            checked(
                CoverRequest, track="trk_1", caption="jazz", seed=1, quality="draft", adapter=name
            ),
            Sources(recording(1, 4.0)),
            lambda stage, done: None,
            lambda: False,
        )
        for name in ("", "warm")
    )
    assert not np.array_equal(plain.audio, worn.audio)


@pytest.fixture
def neural(settings: Settings, adapters: Path) -> Iterator[Studio]:
    asked = dataclasses.replace(
        settings, renderer="acestep", checkpoints=(TINY,), adapters=adapters, idle_s=20.0
    )
    with closing(Studio(asked)) as studio:
        yield studio
        dismiss_worker(asked.home)


@pytest.mark.usefixtures("brief_excerpts")
def test_the_studio_makes_another_take_like_a_track_with_an_adapter(
    neural: Studio, turbo: AceStepRenderer
):
    def done(**asked: object) -> Track:
        values = {"caption": "warm house", "duration_s": 10.0, "quality": "draft"}
        job = neural.submit(checked(GenerateRequest, **(values | asked)))
        job = neural.wait(job.id, 120.0)
        assert job.status == "done", job.problem
        return job.tracks[0]

    def sound(track: Track) -> np.ndarray:
        return files.read(Path(track.path))

    with staffed(neural.settings, turbo):
        first = done(seed=3)
        other = done(
            seed=4, variation_of=first.id, variance=0.2, reference=first.id, adapter="warm:0.3"
        )
        # What is left open is as it was there: the reference and the adapter too.
        third = done(seed=5, variation_of=other.id, variance=0.0)
    assert other.parent_id == first.id
    assert other.recipe
    assert other.recipe.request["lineage"] == [{"seed": 3, "variance": 1.0}]
    assert other.recipe.request["adapter"] == [{"name": "warm", "scale": 0.3}]
    assert len(other.recipe.parents) == 1
    assert np.array_equal(sound(third), sound(other))


def test_the_status_names_adapters_and_one_that_is_not_there_is_refused(neural: Studio):
    (acestep,) = [one for one in neural.status().renderers if one.name == "acestep"]
    assert acestep.adapters == ("dusty", "warm")
    with pytest.raises(NotFound, match="adapter: there is no 'cold'; there are: dusty, warm"):
        neural.submit(checked(GenerateRequest, caption="house", adapter="cold"))
