"""Every argument of every task reaches the model: a tensor, the noise or the schedule changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine import (
    AddPartsRequest,
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RepaintRequest,
    checked,
)
from engine.renderers.acestep.bars import on_bar_lines
from engine.renderers.acestep.decoder import Condition
from engine.renderers.acestep.frames import frames_in
from engine.renderers.acestep.plan import plan_for
from engine.renderers.acestep.take import noise_for, prepare
from engine.renderers.protocol import Source
from engine.requests import RenderRequest
from engine.results import Track
from tests.acestep.golden import models

RATE_HZ = 48_000
SONG: dict[str, Any] = {"caption": "house", "lyrics": "[Verse]\nla la la", "seed": 1}
BASE, TURBO = "native-base-tiny", "native-turbo-tiny"

Kind = type[GenerateRequest | CoverRequest | RepaintRequest | ExtendRequest | AddPartsRequest]
CASES: list[tuple[Kind, dict[str, Any], str, dict[str, Any]]] = [
    *(
        (GenerateRequest, SONG | {"duration_s": 20.0}, TURBO, other)
        for other in (
            {"caption": "jazz"}, {"lyrics": "[Verse]\nlo lo lo"}, {"language": "de"},
            {"instrumental": True}, {"duration_s": 30.0}, {"bpm": 120}, {"bpm": 121.5},
            {"key": "A minor"}, {"time_signature": "3/4"}, {"seed": 2}, {"quality": "draft"},
            {"lineage": [{"seed": 7, "variance": 1.0}]},
        )
    ),
    (
        GenerateRequest, SONG | {"lineage": [{"seed": 7, "variance": 1.0}], "variance": 0.3}, TURBO,
        {"variance": 0.4},
    ),
    *(
        (CoverRequest, SONG | {"track": "trk_1"}, BASE, other)
        for other in (
            {"caption": "jazz"}, {"lyrics": "[Verse]\nlo lo lo"}, {"language": "de"},
            {"similarity": 0.3}, {"mode": "remix"}, {"mode": "edit"}, {"seed": 2},
            {"quality": "draft"},
        )
    ),
    (CoverRequest, SONG | {"track": "trk_1", "mode": "edit"}, BASE, {"similarity": 0.3}),
    *(
        (RepaintRequest, SONG | {"track": "trk_1", "start_s": 3.1, "end_s": 5.2}, TURBO, other)
        for other in (
            {"caption": "jazz"}, {"lyrics": "[Verse]\nlo lo lo"}, {"start_s": 2.0}, {"end_s": 6.0},
            {"strength": 0.3}, {"snap_to_bars": True}, {"seed": 2}, {"quality": "draft"},
            {
                "start_s": None, "end_s": None,
                "windows": [{"start_s": 3.1, "end_s": 5.2}, {"start_s": 8.0, "end_s": 9.0}],
            },
        )
    ),
    *(
        (ExtendRequest, SONG | {"track": "trk_1", "seconds": 6.0}, TURBO, other)
        for other in (
            {"caption": "jazz"}, {"lyrics": "[Verse]\nlo lo lo"}, {"seconds": 9.0},
            {"side": "start"}, {"seed": 2}, {"quality": "draft"},
        )
    ),
    *(
        (AddPartsRequest, {"track": "trk_1", "parts": ["bass"], "seed": 1}, BASE, other)
        for other in (
            {"parts": ["drums"]}, {"mode": "accompany"}, {"caption": "jazz"}, {"start_s": 4.0},
            {"end_s": 9.0}, {"seed": 2}, {"quality": "draft"},
        )
    ),
    (
        AddPartsRequest, {"track": "trk_1", "parts": ["bass"], "mode": "accompany"}, BASE,
        {"parts": ["bass", "drums"]},
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def source() -> Source:
    """Sixteen seconds of a click that begins a bar every two."""
    audio = np.zeros((2, 16 * RATE_HZ), np.float32)
    noise = np.random.default_rng(1).standard_normal(2000) * np.exp(-np.arange(2000) / 300)
    for beat in range(32):
        audio[:, beat * RATE_HZ // 2 :][:, :2000] += (0.8 if beat % 4 == 0 else 0.3) * noise
    track = Track(id="trk_1", title="a", path="a.wav", duration_s=16.0)
    return Source(track, audio)


def what_the_model_gets(request: RenderRequest, name: str, source: Source) -> list[Tensor]:
    """Noise, schedule and conditions: all that the result depends on besides weights."""
    heard = None if isinstance(request, GenerateRequest) else source
    asked, _ = on_bar_lines(request, heard)
    plan = plan_for(asked, heard, models(name).checkpoint)
    frames = frames_in(plan.duration_s)
    latents = torch.randn(1, frames, 64, generator=torch.Generator().manual_seed(3))
    ready = prepare(models(name), plan, None if heard is None else latents)
    keeping = ready.keeping
    return [
        noise_for(plan.turns, ready.frames),
        torch.tensor(ready.sampling.schedule.times),
        torch.tensor([ready.asked.share, plan.skipped if plan.edits else 0.0]),
        *within(ready.asked.first),
        *within(ready.asked.after),
        *within(ready.edits),
        *((keeping.window, torch.tensor(hold_numbers(keeping.hold))) if keeping else ()),
        torch.tensor([(one.start_s, one.end_s) for one in plan.stretches]),
    ]


def within(condition: Condition | None) -> tuple[Tensor, ...]:
    return (condition.hidden, condition.context) if condition else ()


def hold_numbers(hold: Any) -> list[float]:
    return [float(getattr(hold, name)) for name in hold.__slots__]


def alike(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(map(torch.equal, one, other))


@pytest.mark.parametrize(
    ("kind", "asked", "name", "other"),
    [
        pytest.param(*case, id=f"{case[0].__name__.removesuffix('Request')} {' '.join(case[3])}")
        for case in CASES
    ],
)
def test_an_argument_reaches_the_model(
    kind: Kind, asked: dict[str, Any], name: str, other: dict[str, Any], source: Source
):
    plain = what_the_model_gets(checked(kind, **asked), name, source)
    again = what_the_model_gets(checked(kind, **asked), name, source)
    changed = what_the_model_gets(checked(kind, **(asked | other)), name, source)
    assert alike(plain, again)
    assert not alike(plain, changed)


@pytest.mark.parametrize(
    "kind", [GenerateRequest, CoverRequest, RepaintRequest, ExtendRequest, AddPartsRequest]
)
def test_no_argument_is_forgotten(kind: Kind):
    """Those that are missing here say which track is meant, are the studio's own business, or are
    heard and worn in the renderer (`test_takes`)."""
    tried = {name for case in CASES if case[0] is kind for name in case[3]}
    elsewhere = {"task", "title", "track", "variations", "variation_of", "reference", "adapter"}
    assert tried == set(kind.model_fields) - elsewhere
