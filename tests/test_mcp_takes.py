"""Another take of a track, and what a take may sound like, through the tools."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import dismiss_worker
from mcp_clients import Host, connected

from engine import Settings, Studio
from engine.audio import files

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FIRST = {
    "caption": "deep house", "bpm": 122, "key": "F minor", "duration_s": 20, "instrumental": True,
    "seed": 4,
}  # fmt: skip


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def studio(settings: Settings, crate: Path):
    opened = Studio(dataclasses.replace(settings, media_dirs=(crate,), idle_s=20.0))
    yield opened
    opened.close()
    dismiss_worker(settings.home)


async def made(host: Host, **asked: Any) -> dict[str, Any]:
    job = await host.data("generate_music", **asked)
    assert job["status"] == "done", job
    return job["tracks"][0]


def sound(track: dict[str, Any]) -> np.ndarray:
    return files.read(Path(track["path"]))


async def test_another_take_keeps_what_is_not_asked_for_anew(studio: Studio) -> None:
    async with connected(studio) as host:
        first = await made(host, **FIRST)
        other = await made(host, caption="deep house", variation_of=first["id"])
        assert other["parent_id"] == first["id"]
        assert (other["bpm"], other["key"]) == (122, "F minor")
        assert other["duration_s"] == first["duration_s"]
        assert not np.array_equal(sound(other), sound(first))
        slower = await made(host, caption="deep house", variation_of=first["id"], bpm=118)
        assert (slower["bpm"], slower["key"]) == (118, "F minor")


async def test_a_take_without_variance_is_the_first_one_again(studio: Studio) -> None:
    async with connected(studio) as host:
        first = await made(host, **FIRST)
        again = await made(host, caption="deep house", variation_of=first["id"], variance=0, seed=9)
        assert again["id"] != first["id"]
        assert np.array_equal(sound(again), sound(first))


async def test_a_take_of_a_take_is_made_again_by_its_own_recipe(studio: Studio) -> None:
    async with connected(studio) as host:
        first = await made(host, **FIRST)
        second = await made(
            host, caption="deep house", variation_of=first["id"], variance=0.6, seed=5
        )
        third = await made(host, caption="deep house", variation_of=second["id"], variance=0)
        assert np.array_equal(sound(third), sound(second))
        # Exact stems take composing the track again, from nothing but its recipe.
        job = await host.data("separate_stems", track=third["id"])
        assert "exact" in job["warnings"][0]
        assert np.abs(sum(sound(stem) for stem in job["tracks"])).max() > 0.1


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"variance": 0.5}, "variance", "variation_of"),
        ({"variation_of": "trk_000000000000"}, "variation_of", "search_library"),
        ({"reference": "trk_000000000000"}, "reference", "search_library"),
        ({"adapter": "warm:loud"}, "adapter", "name:0.5"),
        ({"adapter": "warm:3"}, "adapter", "-2 to 2"),
        ({"adapter": "warm"}, "adapter", "dj-agent models get"),
    ],
)
async def test_what_a_take_cannot_have_is_refused_at_once(
    studio: Studio, asked: dict[str, Any], field: str, said: str
) -> None:
    async with connected(studio) as host:
        sentence = await host.refusal("generate_music", caption="house", **asked)
        assert sentence.startswith(f"{field}: ")
        assert said in sentence
        assert not studio.jobs()


async def test_only_music_from_words_has_other_takes(studio: Studio, crate: Path) -> None:
    tone = np.sin(np.arange(10 * 48_000) / 20.0)
    soundfile.write(crate / "tone.wav", 0.3 * np.stack([tone, tone], axis=1), 48_000)
    async with connected(studio) as host:
        path = str(crate / "tone.wav")
        sentence = await host.refusal("generate_music", caption="house", variation_of=path)
        assert "cover_track" in sentence
        # The sketch doesn't hear timbre, and says who does.
        sentence = await host.refusal("generate_music", caption="house", reference=path)
        assert sentence.startswith("reference: ")
        assert "acestep" in sentence
        for mode in ("remix", "edit"):
            asked = {"track": path, "caption": "jazz", "mode": mode}
            sentence = await host.refusal("cover_track", **asked)
            assert sentence.startswith(f"mode: the sketch renderer has no answer to {mode}.")
            assert "dj-agent models get" in sentence


async def test_another_take_is_for_the_renderer_that_made_the_first(settings: Settings) -> None:
    sketch = Studio(dataclasses.replace(settings, idle_s=20.0))
    async with connected(sketch) as host:
        first = await made(host, **FIRST)
    sketch.close()
    neural = Studio(dataclasses.replace(settings, renderer="acestep"))
    async with connected(neural) as host:
        sentence = await host.refusal("generate_music", caption="x", variation_of=first["id"])
        assert sentence.startswith("variation_of: the sketch renderer made that take")
    neural.close()
    dismiss_worker(settings.home)
