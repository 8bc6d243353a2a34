"""The renderer from request to sound, on the tiny checkpoints; and through the studio."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import dismiss_worker
from test_kills import until

from engine import Settings, Studio, checked
from engine.audio import files
from engine.errors import Cancelled, OutOfMemory, Unsupported
from engine.hardware import Hardware
from engine.renderers import choose, statuses
from engine.renderers.acestep.renderer import AceStepRenderer
from engine.renderers.protocol import Rendered, Source, Sources, Workplace
from engine.requests import (
    AddPartsRequest,
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RenderRequest,
    RepaintRequest,
)
from engine.results import Track
from tests.acestep.golden import TINY, located

pytestmark = pytest.mark.slow

NO_ADAPTERS = Path("nowhere")
PROCESSOR = Hardware("cpu", "a processor", 20.0, 20.0, "main", "float32")
RATE_HZ = 48_000


@pytest.fixture(scope="module")
def turbo() -> AceStepRenderer:
    return AceStepRenderer([located("native-turbo-tiny")], PROCESSOR, "test", NO_ADAPTERS)


@pytest.fixture(scope="module")
def base() -> AceStepRenderer:
    return AceStepRenderer([located("native-base-tiny")], PROCESSOR, "test", NO_ADAPTERS)


def render(
    renderer: AceStepRenderer, request: RenderRequest, source: Source | None = None
) -> Rendered:
    return renderer.render(request, Sources(source), lambda stage, done: None, lambda: False)


def generate(renderer: AceStepRenderer, **asked) -> Rendered:
    values = {"caption": "warm deep house", "duration_s": 10.0, "seed": 3}
    return render(renderer, checked(GenerateRequest, **values | asked))


def a_source(seconds: float = 4.0, seed: int = 1) -> Source:
    rng = np.random.default_rng(seed)
    audio = (0.1 * rng.standard_normal((2, round(seconds * RATE_HZ)))).astype(np.float32)
    track = Track(id="trk_1", title="noise", path="/noise", duration_s=seconds)
    return Source(track, audio)


def changed(made: Rendered, source: Source, offset: int = 0) -> np.ndarray:
    """The moments at which the result isn't the source, in seconds of the source."""
    length = source.audio.shape[1]
    kept = made.audio[:, offset : offset + length]
    return np.flatnonzero((kept != source.audio).any(axis=0)) / RATE_HZ


def test_music_from_words_has_its_length_and_says_what_made_it(turbo: AceStepRenderer):
    made = generate(turbo, bpm=120, key="A minor")
    assert made.audio.shape == (2, 10 * RATE_HZ)
    assert made.audio.dtype == np.float32
    assert np.abs(made.audio).max() == pytest.approx(10 ** (-1 / 20), abs=1e-4)
    by = made.made_by
    assert (by.renderer, by.checkpoint, by.device, by.dtype) == (
        "acestep", "native-turbo-tiny", "cpu", "float32",
    )  # fmt: skip
    assert (made.made.bpm, made.made.key) == (120, "A minor")


def test_one_request_and_seed_always_sound_the_same(turbo: AceStepRenderer):
    fresh = AceStepRenderer([located("native-turbo-tiny")], PROCESSOR, "test", NO_ADAPTERS)
    assert np.array_equal(generate(turbo).audio, generate(fresh).audio)


@pytest.mark.parametrize(
    "other",
    [
        {"caption": "cold techno"},
        {"lyrics": "[Verse]\nover the hills"},
        {"lyrics": "[Verse]\nover the hills", "language": "de"},
        {"bpm": 90},
        {"key": "C major"},
        {"time_signature": "3/4"},
        {"seed": 4},
        {"quality": "draft"},
    ],
    ids=str,
)
def test_every_word_and_number_of_a_request_changes_the_sound(turbo: AceStepRenderer, other: dict):
    plain = generate(turbo, **({"lyrics": other["lyrics"]} if "language" in other else {}))
    assert not np.array_equal(plain.audio, generate(turbo, **other).audio)


def test_a_length_that_nobody_asked_for_is_chosen_and_said(turbo: AceStepRenderer):
    made = generate(turbo, duration_s=None)
    assert made.made.duration_s == 60.0
    assert "duration_s" in made.warnings[0]


def test_a_repaint_keeps_every_sample_outside_its_windows_and_seams(turbo: AceStepRenderer):
    source = a_source()
    windows = [{"start_s": 0.5, "end_s": 1.5}, {"start_s": 2.0, "end_s": 3.0}]
    made = render(turbo, checked(RepaintRequest, track="trk_1", windows=windows, seed=1), source)
    assert made.audio.shape == source.audio.shape
    moments = changed(made, source)
    inside = [
        ((moments > one["start_s"] - 0.051) & (moments < one["end_s"] + 0.051)) for one in windows
    ]
    assert len(moments) > RATE_HZ
    assert np.logical_or(*inside).all()


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_the_strength_of_a_repaint_changes_what_is_made(turbo: AceStepRenderer, strength: float):
    source = a_source()
    usual, other = (
        render(
            turbo,
            checked(
                RepaintRequest, track="trk_1", start_s=1.0, end_s=2.0, seed=1, strength=strength
            ),
            source,
        ).audio
        for strength in (0.7, strength)
    )
    assert not np.array_equal(usual, other)


@pytest.mark.parametrize("side", ["start", "end"])
def test_an_extension_keeps_the_track_up_to_its_seam(turbo: AceStepRenderer, side: str):
    source = a_source()
    request = checked(ExtendRequest, track="trk_1", seconds=4.0, side=side, seed=1)
    made = render(turbo, request, source)
    assert made.audio.shape == (2, 8 * RATE_HZ)
    moments = changed(made, source, 4 * RATE_HZ if side == "start" else 0)
    assert len(moments)
    assert moments.max() < 0.02 if side == "start" else moments.min() > 3.98


@pytest.mark.parametrize("seconds", [4.000005, 4.02, 4.039999])
def test_an_extension_has_its_length_to_the_sample(turbo: AceStepRenderer, seconds: float):
    request = checked(ExtendRequest, track="trk_1", seconds=seconds, seed=1)
    made = render(turbo, request, a_source())
    assert made.audio.shape == (2, round((4.0 + seconds) * RATE_HZ))


@pytest.mark.parametrize("mode", ["cover", "remix"])
def test_a_cover_follows_its_source_as_far_as_it_is_told(turbo: AceStepRenderer, mode: str):
    source = a_source()
    made = [
        render(
            turbo,
            checked(
                CoverRequest,
                track="trk_1",
                caption="jazz",
                mode=mode,
                similarity=similarity,
                seed=1,
            ),
            source,
        ).audio
        for similarity in (0.0, 0.5, 1.0)
    ]
    assert all(audio.shape == source.audio.shape for audio in made)
    assert not np.array_equal(made[0], made[1])
    assert not np.array_equal(made[1], made[2])


def test_a_cover_hears_its_source(turbo: AceStepRenderer):
    request = checked(CoverRequest, track="trk_1", caption="jazz", similarity=1.0, seed=1)
    one, other = (render(turbo, request, a_source(seed=seed)).audio for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_an_edit_takes_a_checkpoint_that_can_and_says_which_could(
    turbo: AceStepRenderer, base: AceStepRenderer
):
    request = checked(CoverRequest, track="trk_1", caption="jazz", mode="edit", seed=1)
    made = render(base, request, a_source())
    assert made.audio.shape == (2, 4 * RATE_HZ)
    assert "nothing is known" in made.warnings[0]
    with pytest.raises(Unsupported, match="acestep-v15-sft can"):
        render(turbo, request, a_source())


def test_of_several_checkpoints_the_first_that_can_is_taken():
    both = [located("native-turbo-tiny"), located("native-base-tiny")]
    renderer = AceStepRenderer(both, PROCESSOR, "test", NO_ADAPTERS)
    assert generate(renderer).made_by.checkpoint == "native-turbo-tiny"
    request = checked(CoverRequest, track="trk_1", caption="jazz", mode="edit", seed=1)
    assert render(renderer, request, a_source()).made_by.checkpoint == "native-base-tiny"


def test_it_stops_between_two_steps_and_decodes_nothing(turbo: AceStepRenderer):
    stages: list[str] = []

    def progress(stage: str, done: float) -> None:
        stages.append(stage)

    request = checked(GenerateRequest, caption="house", duration_s=10.0, seed=1)
    with pytest.raises(Cancelled):
        turbo.render(request, Sources(), progress, lambda: stages.count("denoising") >= 2)
    assert stages.count("denoising") == 2
    assert "decoding" not in stages


def test_progress_rises_to_the_end(turbo: AceStepRenderer):
    told: list[float] = []
    request = checked(GenerateRequest, caption="house", duration_s=10.0, seed=1)
    turbo.render(request, Sources(), lambda stage, done: told.append(done), lambda: False)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_more_music_than_the_tier_can_hold_is_refused_before_any_work():
    small = dataclasses.replace(PROCESSOR, total_gb=4.0, memory="own", dtype="bfloat16")
    renderer = AceStepRenderer([located("native-turbo-tiny")], small, "test", NO_ADAPTERS)
    with pytest.raises(OutOfMemory, match=r"duration_s: 600 s is more .* at most 360 s"):
        generate(renderer, duration_s=600.0)


def test_without_a_checkpoint_auto_is_the_sketch_and_the_status_says_how_to_get_one(tmp_path: Path):
    place = Workplace(tmp_path)
    request = checked(GenerateRequest, caption="house")
    assert choose("auto", request, place).name == "sketch"
    with pytest.raises(Unsupported, match=r"isn't ready: .*acestep-v15-turbo"):
        choose("acestep", request, place)
    neural = next(one for one in statuses(place) if one.name == "acestep")
    assert not neural.ready
    assert "acestep-v15-turbo" in neural.note


def test_with_a_checkpoint_auto_is_the_neural_renderer_for_what_it_can(tmp_path: Path):
    place = Workplace(tmp_path, checkpoints=(TINY,))
    assert choose("auto", checked(GenerateRequest, caption="house"), place).name == "acestep"
    parts = checked(AddPartsRequest, track="trk_1", parts=["bass"])
    assert choose("auto", parts, place).name == "acestep"
    assert choose("auto", parts, turbo_alone(tmp_path)).name == "sketch"


def test_with_turbo_alone_it_says_which_checkpoint_adds_parts(tmp_path: Path):
    place = turbo_alone(tmp_path)
    parts = checked(AddPartsRequest, track="trk_1", parts=["bass"])
    with pytest.raises(Unsupported, match="`dj-agent models get acestep-v15-base`") as refused:
        choose("acestep", parts, place)
    assert refused.value.field == "task"
    neural = next(one for one in statuses(place) if one.name == "acestep")
    assert set(neural.tasks) == {"generate", "cover", "repaint", "extend"}


def turbo_alone(folder: Path) -> Workplace:
    """A place with a turbo checkpoint and nothing else."""
    checkpoints = folder / "turbo"
    checkpoints.mkdir()
    for name in ("native-turbo-tiny", "vae", "Qwen3-Embedding-tiny"):
        (checkpoints / name).symlink_to(TINY / name, target_is_directory=True)
    return Workplace(folder, checkpoints=(checkpoints,))


@pytest.fixture
def neural(settings: Settings) -> Iterator[Studio]:
    """A studio whose worker process renders on the tiny checkpoints."""
    asked = dataclasses.replace(settings, renderer="acestep", checkpoints=(TINY,), idle_s=20.0)
    with closing(Studio(asked)) as studio:
        yield studio
        dismiss_worker(asked.home)


def test_the_studio_makes_a_track_with_it_in_a_process_of_its_own(neural: Studio):
    request = checked(GenerateRequest, caption="warm house", duration_s=10.0, seed=3)
    job = neural.wait(neural.submit(request).id, 120.0)
    assert job.status == "done", job.problem
    (track,) = job.tracks
    assert track.recipe
    assert track.recipe.made_by.renderer == "acestep"
    assert track.recipe.made_by.checkpoint
    assert files.read(Path(track.path)).shape == (2, 10 * RATE_HZ)


def test_a_job_whose_worker_is_killed_is_done_again_once(neural: Studio):
    request = checked(GenerateRequest, caption="warm house", duration_s=10.0, seed=3)
    job = neural.submit(request)
    until(lambda: neural.job(job.id).stage in ("loading", "denoising", "decoding"))
    dismiss_worker(neural.settings.home)
    killed = neural.wait(job.id, 120.0)
    assert killed.status == "done", killed.problem
    assert len(killed.tracks) == 1
    assert files.read(Path(killed.tracks[0].path)).shape == (2, 10 * RATE_HZ)


def test_twenty_takes_leave_nothing_behind(turbo: AceStepRenderer):
    request = checked(GenerateRequest, caption="house", duration_s=10.0, quality="draft", seed=1)
    render(turbo, request)
    before = tensors_alive()
    for seed in range(20):
        render(turbo, request.model_copy(update={"seed": seed}))
    assert tensors_alive() <= before


def tensors_alive() -> int:
    gc.collect()
    return sum(type(one) is torch.Tensor for one in gc.get_objects())
