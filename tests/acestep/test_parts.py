"""Parts by the model: added to a track, and taken out of one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import staffed
from doubles import Tone
from torch import Tensor

from engine import Settings, Studio, checked
from engine.audio import files
from engine.audio.levels import Audio, loudness_lufs, true_peak_dbtp
from engine.errors import InvalidRequest, Unsupported
from engine.fields import PartName, TimeSignature
from engine.renderers.acestep.checkpoints import named
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.parts import layered
from engine.renderers.acestep.plan import Plan, plan_for, plan_to_extract
from engine.renderers.acestep.renderer import AceStepRenderer
from engine.renderers.acestep.take import Ready, make, prepare
from engine.renderers.acestep.words import prompt
from engine.renderers.protocol import Cancelled, Progress, Rendered, Source, Workplace
from engine.requests import AddPartsRequest, SeparateRequest
from engine.results import Made, MadeBy, Recipe
from engine.stems import stems
from engine.tasks import Bench
from tests.acestep.golden import ENCODED, TINY, Case, distance, each, located, models
from tests.acestep.test_renderer import NO_ADAPTERS, PROCESSOR, RATE_HZ, a_source, changed, render

BASE = named("acestep-v15-base")
PART_TASKS = ("lego", "complete", "extract")
START_S, END_S = 1.0, 2.5


def of_parts(case: Case) -> bool:
    return case.facts["request"]["task_type"] in PART_TASKS


def known(asked: dict[str, Any]) -> Source:
    """A track that was made as a case was asked for, but for what its request says anew."""
    meta: dict[str, Any] = {
        name: None if said == "N/A" else said for name, said in asked["metas"][0].items()
    }
    words = {
        "caption": asked["captions"][0],
        "lyrics": asked["lyrics"][0],
        "language": asked["vocal_languages"][0],
    }
    source = a_source(float(meta["duration"]))
    beats: dict[str | None, TimeSignature] = {"2": "2/4", "3": "3/4", "4": "4/4", "6": "6/8"}
    made = Made(
        duration_s=source.duration_s,
        bpm=meta["bpm"],
        key=meta["keyscale"],
        time_signature=beats.get(meta["timesignature"]),
    )
    recipe = Recipe(request=words, made_by=MadeBy(renderer="test", revision="1"))
    return Source(source.track.model_copy(update={"made": made, "recipe": recipe}), source.audio)


def planned(case: Case) -> Plan:
    """What the case was asked for, as we are asked."""
    asked = case.facts["request"]
    source, names = known(asked), named_parts(asked["instructions"][0])
    if asked["task_type"] == "extract":
        return plan_to_extract(names[0], source, BASE)
    values: dict[str, Any] = {"mode": "layer" if asked["task_type"] == "lego" else "accompany"}
    if "repainting_start" in asked:
        values |= {"start_s": asked["repainting_start"][0], "end_s": asked["repainting_end"][0]}
    request = checked(AddPartsRequest, track="t", parts=names, **values)
    return plan_for(request, source, BASE)


def named_parts(instruction: str) -> list[Any]:
    return [word.strip(":").lower() for word in instruction.split() if word.strip(":").isupper()]


@each("dit", where=of_parts)
def test_golden_parts_are_asked_for_in_upstreams_words(case: Case):
    plan = planned(case)
    asked = prompt(plan.task, plan.words, plan.parts)
    assert plan.task == case.facts["request"]["task_type"]
    assert asked.text == case.facts["text_prompts"][0]
    assert asked.lyrics == case.facts["lyric_prompts"][0]


@each("dit", where=of_parts)
def test_golden_parts_are_made_to_what_upstream_shows_the_transformer(case: Case):
    tensors, frames = case.tensors, case.facts["T"]
    plan = dataclasses.replace(planned(case), duration_s=frames / 25)
    ready = prepare(case.models, plan, tensors["src_latents"])
    first = ready.asked.first
    assert distance(first.hidden, tensors["enc_hidden"]) <= ENCODED
    assert distance(first.context[..., :64], tensors["context_src"]) <= ENCODED
    assert torch.equal(first.context[0, :, 64:].amin(dim=1), tensors["chunk_mask"][0].float())
    assert (ready.keeping is not None) == ("repaint_mask" in tensors)
    if ready.keeping:
        assert torch.equal(ready.keeping.window, tensors["repaint_mask"].bool())


def in_a_window() -> tuple[Plan, Ready, Tensor]:
    """A part that plays from 1 to 2.5 s over random latents of 6 s, ready to be made."""
    tiny, source = models("native-base-tiny"), a_source(6.0)
    request = checked(AddPartsRequest, track="t", parts=["bass"], start_s=START_S, end_s=END_S)
    plan = dataclasses.replace(plan_for(request, source, BASE), steps=2)
    latents = torch.randn(1, 150, 64, generator=torch.Generator().manual_seed(1))
    return plan, prepare(tiny, plan, latents), latents


def test_a_part_hears_the_whole_source_and_is_told_where_to_play():
    _, ready, latents = in_a_window()
    context, mask = ready.asked.first.context.split(64, dim=-1)
    assert torch.equal(context, latents)
    inside = mask[0, :, 0].nonzero().flatten()
    assert (int(inside[0]), int(inside[-1])) == (25, 61)


def test_a_part_in_a_window_is_alone_and_silent_around_it():
    plan, ready, _ = in_a_window()
    tiny = models("native-base-tiny")
    made, quiet = make(tiny, ready, plan, Watch()), tiny.silence[0, :150]
    assert torch.equal(made[:25], quiet[:25])
    assert torch.equal(made[62:], quiet[62:])
    assert (made[25:62] != quiet[25:62]).any(dim=1).all()


def of_tones(
    heard: list[Audio] | None = None, loud: Callable[[str], float] = lambda part: 0.1
) -> Any:
    """Instead of the model: each part is a tone of its own."""

    def take(plan: Plan, source: Source, number: int, progress: Progress) -> Audio:
        progress("denoising", 1.0)
        if heard is not None:
            heard.append(source.audio)
        (part,) = plan.parts
        moments_s = np.arange(source.audio.shape[1]) / RATE_HZ
        wave = loud(part) * np.sin(2 * np.pi * (200 + 130 * number) * moments_s)
        return np.stack([wave, wave]).astype(np.float32)

    return take


def overlay(source: Source, parts: list[str], take: Any = None, **asked: Any):
    request = checked(AddPartsRequest, track="t", parts=parts, seed=1, **asked)
    plan = plan_for(request, source, BASE)
    return layered(plan, source, take or of_tones(), lambda stage, done: None)


def test_each_part_hears_the_track_with_the_parts_before_it():
    source, heard = a_source(), list[Audio]()
    total, said = overlay(source, ["bass", "guitar", "strings"], of_tones(heard))
    assert np.array_equal(heard[0], source.audio)
    assert not np.array_equal(heard[1], source.audio)
    assert not np.array_equal(heard[2], heard[1])
    assert not np.array_equal(total, heard[2])
    assert said == ()


@pytest.mark.parametrize(("count", "below_lu"), [(1, 8.0), (3, 6.0), (5, 4.0), (8, 4.0)])
def test_one_part_is_8_lu_below_the_track_and_a_band_4(count: int, below_lu: float):
    source = a_source()
    names = ["bass", "guitar", "strings", "synth", "brass", "keyboard", "fx", "drums"][:count]
    total, _ = overlay(source, names, of_tones(loud=lambda part: 0.01 * len(part)))
    below = loudness_lufs(source.audio) - loudness_lufs(total - source.audio)
    assert below == pytest.approx(below_lu, abs=0.5)


def test_a_part_in_a_stretch_begins_and_ends_there_softly_and_leaves_the_rest_alone():
    source = a_source()
    total, _ = overlay(source, ["bass"], start_s=START_S, end_s=END_S)
    added = np.abs(total - source.audio).max(axis=0)
    start, end = round(START_S * RATE_HZ), round(END_S * RATE_HZ)
    assert not added[:start].any()
    assert not added[end:].any()
    loudest = added.max()
    assert added[start : start + 48].max() < 0.15 * loudest
    assert added[end - 48 : end].max() < 0.05 * loudest
    assert added[start + 480 : end - 2400].max() == loudest


def test_a_stretch_that_is_the_whole_track_has_no_soft_ends():
    source = a_source()
    whole, _ = overlay(source, ["bass"])
    asked, _ = overlay(source, ["bass"], start_s=0.0, end_s=4.0)
    assert np.array_equal(whole, asked)
    assert np.abs(whole - source.audio)[:, :480].max() > 0.01


def test_a_sum_stays_under_the_ceiling_and_the_part_makes_way():
    source = a_source()
    loud = dataclasses.replace(source, audio=np.clip(source.audio * 4, -0.85, 0.85))
    total, _ = overlay(loud, ["bass", "synth"])
    assert true_peak_dbtp(total) <= max(-1.0, true_peak_dbtp(loud.audio)) + 1e-3
    assert not np.array_equal(total, loud.audio)


def test_a_track_that_is_too_high_by_itself_is_left_alone_and_named():
    source = a_source()
    hot = dataclasses.replace(source, audio=source.audio * np.float32(3.0))
    _, said = overlay(hot, ["bass"])
    assert "its own peaks reach" in said[0]


def test_a_part_that_comes_out_silent_is_named_and_not_made_loud():
    source = a_source()
    take = of_tones(loud=lambda part: 1e-4 if part == "fx" else 0.1)
    total, said = overlay(source, ["bass", "fx"], take)
    alone, _ = overlay(source, ["bass", "fx"], of_tones(loud=lambda part: 0.1 * (part != "fx")))
    assert np.array_equal(total, alone)
    assert said == ("parts: the model left fx silent here.",)
    with pytest.raises(Unsupported, match="fx silent here; try another seed") as refused:
        overlay(source, ["fx"], take)
    assert refused.value.field == "parts"


@pytest.mark.parametrize("stretch", [{"start_s": 3.8}, {"end_s": 0.2}, {"start_s": 9.0}], ids=str)
def test_a_stretch_without_room_for_a_part_is_refused(stretch: dict[str, float]):
    with pytest.raises(InvalidRequest, match=r"0.5 s or more") as refused:
        overlay(a_source(), ["bass"], **stretch)
    assert refused.value.field == "start_s"


@cache
def base() -> AceStepRenderer:
    return AceStepRenderer([located("native-base-tiny")], PROCESSOR, "test", NO_ADAPTERS)


@cache
def added(*parts: str, number: int = 1, **asked: Any) -> Rendered:
    values = {"parts": parts, "seed": 1, "quality": "draft", "start_s": START_S, "end_s": END_S}
    request = checked(AddPartsRequest, track="t", **values | asked)
    return render(base(), request, a_source(seed=number))


@pytest.mark.slow
def test_an_added_part_is_the_models_and_the_rest_is_the_track_bit_for_bit():
    result, source = added("guitar"), a_source()
    assert result.audio.shape == source.audio.shape
    moments = changed(result, source)
    assert moments.min() >= START_S
    assert moments.max() < END_S
    assert len(moments) > 0.99 * (END_S - START_S) * RATE_HZ
    assert true_peak_dbtp(result.audio) <= -1.0
    assert result.made_by.checkpoint == "native-base-tiny"
    assert result.made.parts == ("guitar",)
    assert result.warnings == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        {"parts": ("drums",)},
        {"parts": ("guitar", "drums")},
        {"start_s": 1.5},
        {"end_s": None},
        {"caption": "a bright twelve-string"},
        {"mode": "accompany"},
        {"seed": 2},
        {"number": 2},
    ],
    ids=str,
)
def test_every_argument_and_the_track_change_what_is_added(other: dict[str, Any]):
    number = other.get("number", 1)
    result = added("guitar", **other)
    new = result.audio - a_source(seed=number).audio
    assert np.abs(new - (added("guitar").audio - a_source().audio)).max() > 1e-3


@pytest.mark.slow
def test_a_band_for_a_solo_is_a_mix_made_anew_and_says_so():
    result, source = added("bass", "drums", mode="accompany", start_s=None, end_s=None), a_source()
    assert result.audio.shape == source.audio.shape
    assert len(changed(result, source)) > 0.99 * source.audio.shape[1]
    assert result.made.parts == ("bass", "drums")
    (said,) = result.warnings
    assert "made anew" in said


@pytest.mark.slow
def test_a_band_in_a_stretch_leaves_the_solo_as_it_is_around_it():
    result, source = added("guitar", mode="accompany"), a_source()
    moments = changed(result, source)
    assert START_S - 0.011 < moments.min() < START_S
    assert END_S < moments.max() < END_S + 0.011


@pytest.mark.slow
def test_turbo_refuses_to_add_or_extract_and_names_who_can():
    turbo = AceStepRenderer([located("native-turbo-tiny")], PROCESSOR, "test", NO_ADAPTERS)
    source = a_source()
    words = r"acestep-v15-base can: fetch it with `dj-agent models get acestep-v15-base`"
    for mode in ("layer", "accompany"):
        request = checked(AddPartsRequest, track="t", parts=["bass"], mode=mode, seed=1)
        with pytest.raises(Unsupported, match=words):
            render(turbo, request, source)
    with pytest.raises(Unsupported, match=words):
        turbo.extract("bass", source, lambda stage, done: None, lambda: False)


@pytest.mark.slow
def test_what_is_extracted_is_as_long_as_its_source_and_differs_by_part_and_source():
    def extracted(part: Any, source: Source) -> Audio:
        return base().extract(part, source, lambda stage, done: None, lambda: False).audio

    source = a_source(3.99999)
    guitar = extracted("guitar", source)
    assert guitar.shape == source.audio.shape
    assert np.abs(guitar).max() <= 10 ** (-1 / 20) + 1e-6
    assert not np.array_equal(guitar, extracted("strings", source))
    assert not np.array_equal(guitar, extracted("guitar", a_source(3.99999, seed=2)))


@pytest.mark.slow
def test_the_studio_extracts_what_nobody_else_finds_and_splits_the_rest(
    settings: Settings, tmp_path: Path
):
    path = tmp_path / "own.wav"
    files.write(path, a_source().audio, files.Tags(), "wav")
    here = dataclasses.replace(settings, media_dirs=(tmp_path,), checkpoints=(TINY,))
    request = checked(SeparateRequest, track=str(path), stems=["vocals", "drums", "strings"])
    studio = Studio(here)
    with staffed(here, base()):
        job = studio.wait(studio.submit(request).id, 120.0)
    assert job.status == "done", job.problem
    assert [track.role for track in job.tracks] == ["vocals", "drums", "strings"]
    makers = [track.recipe.made_by for track in job.tracks if track.recipe]
    assert [one.renderer for one in makers] == ["acestep", "listen", "acestep"]
    assert [one.checkpoint for one in makers] == ["native-base-tiny", None, "native-base-tiny"]
    said = [track.warnings[0] for track in job.tracks]
    assert "vocals was made anew by native-base-tiny" in said[0]
    assert "dB of the mix" in said[0]
    assert "signal processing" in said[1]
    studio.close()


@dataclasses.dataclass
class Extracts(Tone):
    """Extracts as every part the mix itself, at half its level."""

    parts: list[str] = dataclasses.field(default_factory=list)

    def extract(
        self, part: PartName, source: Source, progress: Progress, cancelled: Cancelled
    ) -> Rendered:
        self.parts.append(part)
        progress("denoising", 1.0)
        made_by = MadeBy(renderer="acestep", revision="1", checkpoint="tiny")
        half = source.audio * np.float32(0.5)
        return Rendered(half, made_by, Made(duration_s=source.duration_s))


def test_stems_that_are_there_already_are_not_extracted_again(tmp_path: Path):
    extractor, told = Extracts(), list[float]()
    bench = Bench(
        lambda: extractor, lambda stage, done: told.append(done), lambda: False, frozenset({0, 1})
    )
    request = checked(SeparateRequest, track="t", stems=["strings", "drums", "guitar", "synth"])
    place = Workplace(tmp_path, checkpoints=(TINY,))
    drafts = dict(stems(request, "Tune", a_source(), place, bench))
    assert extractor.parts == ["guitar", "synth"]
    assert {number: draft.role for number, draft in drafts.items()} == {2: "guitar", 3: "synth"}
    (said,) = drafts[2].rendered.warnings
    assert "the mix without it is at -6 dB of the mix." in said
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_studio_says_what_would_extract_the_parts_that_it_cant(
    studio: Studio, settings: Settings
):
    assert "`dj-agent models get acestep-v15-base`" in studio.status().stems
    with_base = Studio(dataclasses.replace(settings, checkpoints=(TINY,)))
    assert "ACE-Step makes anew" in with_base.status().stems
    assert "acestep-v15-base" not in with_base.status().stems
    neural = next(one for one in with_base.status().renderers if one.name == "acestep")
    assert {"add_parts", "separate"} <= set(neural.tasks)
    with_base.close()
