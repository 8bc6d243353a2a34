"""The same music from the same weights, however they are laid out and however little fits."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from engine import GenerateRequest, checked
from engine.errors import OutOfMemory
from engine.hardware import Hardware, Memory
from engine.renderers.acestep.finding import Found, find
from engine.renderers.acestep.renderer import AceStepRenderer
from engine.renderers.acestep.tiers import TIERS, Tier, tier_of
from engine.renderers.protocol import Rendered, Source, Sources
from engine.requests import CoverRequest, RenderRequest
from engine.results import Track
from tests.acestep.golden import export, located, models, needs_xl

PROCESSOR = Hardware("cpu", "a processor", 80.0, 80.0, "main", "float32")
SONG = checked(GenerateRequest, caption="house", duration_s=10.0, quality="draft", seed=1)
COVER = checked(CoverRequest, track="trk_1", caption="jazz", quality="draft", seed=1)


def rendered(found: Found, request: RenderRequest, hardware: Hardware) -> Rendered:
    noise = np.random.default_rng(1).standard_normal((2, 4 * 48_000)).astype(np.float32)
    track = Track(id="trk_1", title="a", path="a.wav", duration_s=4.0)
    sources = Sources(Source(track, noise / 10.0) if isinstance(request, CoverRequest) else None)
    renderer = AceStepRenderer([found], hardware, "test", Path("nowhere"))
    return renderer.render(request, sources, lambda stage, done: None, lambda: False)


def sound(found: Found, request: RenderRequest, hardware: Hardware = PROCESSOR) -> np.ndarray:
    return rendered(found, request, hardware).audio


@pytest.mark.parametrize(
    "name",
    ["native-turbo-tiny", "native-base-tiny", pytest.param("native-xl-turbo-tiny", marks=needs_xl)],
)
@pytest.mark.parametrize("request_", [SONG, COVER], ids=["generate", "cover"])
def test_a_checkpoint_saved_in_diffusers_layout_makes_the_same_bytes(
    name: str, request_: RenderRequest, tmp_path: Path
):
    export(models(name), tmp_path / name)
    found = find([tmp_path], name)
    assert found
    assert found.layout == "diffusers"
    assert np.array_equal(sound(found, request_), sound(located(name), request_))


@pytest.fixture(scope="module")
def plain() -> np.ndarray:
    return sound(located("native-turbo-tiny"), SONG)


@pytest.mark.parametrize(
    ("memory", "tier"),
    [pytest.param(memory, tier, id=tier.name) for memory, tiers in TIERS.items() for tier in tiers],
)
def test_every_tier_of_memory_makes_the_same_music(memory: Memory, tier: Tier, plain: np.ndarray):
    """Shorter tiles and parked models change the last bits at most; eight bits change more."""
    counted_gb = min(tier.up_to_gb, 100.0) * PROCESSOR.bytes_per_number / 2
    device = dataclasses.replace(PROCESSOR, total_gb=counted_gb, memory=memory)
    assert tier_of(device) == tier
    made = sound(located("native-turbo-tiny"), SONG, device)
    if tier.usual == "whole":
        np.testing.assert_allclose(made, plain, atol=1e-5)
    else:
        assert not np.allclose(made, plain, atol=1e-5)
        assert np.corrcoef(made.ravel(), plain.ravel())[0, 1] > 0.9


@needs_xl
def test_a_large_checkpoint_is_squeezed_or_refused_before_it_is_loaded():
    found = located("native-xl-turbo-tiny")

    def device(total_gb: float) -> Hardware:
        return dataclasses.replace(PROCESSOR, total_gb=2 * total_gb, memory="own")

    with pytest.raises(OutOfMemory, match=r"needs more memory .* `dj-agent models get"):
        rendered(found, SONG, device(12.0))
    squeezed, whole = rendered(found, SONG, device(15.0)), rendered(found, SONG, device(24.0))
    assert squeezed.made_by.dtype == "float32, weights int8"
    assert any("8 bits" in said for said in squeezed.warnings)
    assert whole.made_by.dtype == "float32"
    assert not whole.warnings
    assert np.corrcoef(squeezed.audio.ravel(), whole.audio.ravel())[0, 1] > 0.9
