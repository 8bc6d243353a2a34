"""The tools that take a track: they listen to it and make new ones of it, with the real sketch."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import dismiss_worker
from mcp_clients import Host, connected, text

from engine import Settings, Studio
from engine.audio import files

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

RATE_HZ = 48_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def studio(settings: Settings, crate: Path):
    opened = Studio(dataclasses.replace(settings, media_dirs=(crate,), idle_s=20.0))
    yield opened
    opened.close()
    dismiss_worker(settings.home)


async def house(host: Host, **asked: Any) -> dict[str, Any]:
    """A track to work on: 32 bars of house at 120."""
    values = {"caption": "house", "bpm": 120, "key": "A minor", "duration_s": 66, "seed": 4}
    job = await host.data("generate_music", **values | asked)
    return job["tracks"][0]


def sound(track: dict[str, Any]) -> np.ndarray:
    return files.read(Path(track["path"]))


async def reshaped(host: Host, tool: str, **asked: Any) -> dict[str, Any]:
    """The one track that a reshaping tool makes."""
    job = await host.data(tool, seed=1, **asked)
    assert job["status"] == "done", job
    return job["tracks"][0]


async def test_a_generated_track_is_heard_as_it_was_made(studio: Studio) -> None:
    async with connected(studio) as host:
        track = await house(host)
        assert track["measured"]["bpm"] == pytest.approx(120, abs=0.02)
        assert track["measured"]["key"] == "A minor"
        job = await host.data("analyze_track", track=track["id"], detail="full")
        heard = job["analysis"]
        assert (heard["key"], heard["key_camelot"], heard["time_signature"]) == (
            "A minor", "8A", "4/4",
        )  # fmt: skip
        assert heard["bpm"] == pytest.approx(120, abs=0.02)
        assert (heard["grid"][0]["first_downbeat_s"] + 0.005) % 2.0 < 0.01
        assert len(heard["grid"]) == 1
        bars = np.array([section["start_s"] for section in heard["sections"]]) / 2.0
        assert np.abs(bars - bars.round()).max() < 0.01
        assert any("recipe" in prior for prior in heard["priors"])
        said = text(await host.call("get_job", job_id=job["job_id"]))
        assert "A minor (8A)" in said
        assert "120.0" in said


async def test_what_is_heard_is_remembered_and_needs_no_second_job(studio: Studio) -> None:
    async with connected(studio) as host:
        track = await house(host)
        first = await host.data("analyze_track", track=track["id"])
        again = await host.data("analyze_track", track=track["id"])
    assert first == again


async def test_a_cover_keeps_time_key_and_length_and_changes_the_rest(studio: Studio) -> None:
    async with connected(studio) as host:
        track = await house(host)
        cover = await reshaped(host, "cover_track", track=track["id"], caption="reggae")
        assert (cover["bpm"], cover["key"], cover["duration_s"]) == (120, "A minor", 66)
        assert cover["style"] == "reggae"
        assert cover["parent_id"] == track["id"]
        assert cover["measured"]["bpm"] == pytest.approx(120, abs=0.02)
        difference = sound(cover) - sound(track)
        assert np.abs(difference).mean() > 0.01


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3", "mono 44.1 kHz"])
async def test_a_repaint_leaves_every_sample_outside_its_windows_alone(
    studio: Studio, crate: Path, kind: str
) -> None:
    async with connected(studio) as host:
        track = await house(host)
        path = crate / f"own.{kind if ' ' not in kind else 'wav'}"
        if " " in kind:
            soundfile.write(path, sound(track).mean(axis=0), 44_100)
        else:
            files.write(path, sound(track), files.Tags(), kind)
        source = files.read(path)
        windows = [{"start_s": 8, "end_s": 12}, {"start_s": 40, "end_s": 44}]
        new = sound(
            await reshaped(host, "repaint_section", track=str(path), windows=windows, strength=1)
        )
    assert new.shape == source.shape
    changed = np.flatnonzero((new != as_stored(source)).any(axis=0)) / RATE_HZ
    inside = [
        (changed >= start - 0.2) & (changed <= end + 0.2) for start, end in ((8, 12), (40, 44))
    ]
    assert (inside[0] | inside[1]).all()
    assert inside[0].sum() > 2 * RATE_HZ
    assert inside[1].sum() > 2 * RATE_HZ


def as_stored(audio: np.ndarray) -> np.ndarray:
    """What a 24-bit file keeps of audio."""
    return (np.round(audio.astype(np.float64) * 2**23).clip(-(2**23), 2**23 - 1) / 2**23).astype(
        np.float32
    )


@pytest.mark.parametrize("side", ["start", "end"])
async def test_an_extension_goes_on_in_the_same_time_and_key(studio: Studio, side: str) -> None:
    async with connected(studio) as host:
        track = await house(host, duration_s=64)
        longer = await reshaped(host, "extend_track", track=track["id"], seconds=16, side=side)
        assert longer["duration_s"] >= 64 + 14
        assert longer["measured"]["bpm"] == pytest.approx(120, abs=0.02)
        assert longer["measured"]["key"] == "A minor"
        old, new = as_stored(sound(track)), sound(longer)
    body = slice(2 * RATE_HZ, 60 * RATE_HZ)
    kept = new[:, -old.shape[1] :] if side == "start" else new[:, : old.shape[1]]
    assert np.array_equal(kept[:, body], old[:, body])


async def test_added_parts_sound_in_their_window_only_and_never_clip(studio: Studio) -> None:
    async with connected(studio) as host:
        track = await house(host)
        fuller = await reshaped(
            host, "add_parts", track=track["id"], parts=["strings"], start_s=16, end_s=32
        )
        assert "strings" in fuller["title"]
        assert fuller["measured"]["true_peak_dbtp"] <= -1.0
        changed = np.flatnonzero((sound(fuller) != as_stored(sound(track))).any(axis=0)) / RATE_HZ
    assert changed.size > 8 * RATE_HZ
    assert changed.min() >= 15.5


async def test_stems_of_a_sketch_are_its_parts_and_those_of_a_file_add_up_to_it(
    studio: Studio, crate: Path
) -> None:
    async with connected(studio) as host:
        track = await house(host, duration_s=20)
        exact = await host.data("separate_stems", track=track["id"])
        assert {"drums", "bass"} <= {stem["role"] for stem in exact["tracks"]}
        assert {stem["parent_id"] for stem in exact["tracks"]} == {track["id"]}
        assert "exact" in exact["warnings"][0]
        path = crate / "own.wav"
        files.write(path, sound(track), files.Tags(), "wav")
        heard = await host.data("separate_stems", track=str(path))
        assert [stem["role"] for stem in heard["tracks"]] == ["drums", "bass", "other"]
        assert "estimated" in heard["warnings"][0]
        total = sum(sound(stem) for stem in heard["tracks"])
        assert np.abs(total - files.read(path)).max() < 1e-6
        refused = await host.data("separate_stems", track=str(path), stems=["vocals"])
        assert refused["status"] == "failed"
        assert "vocals" in refused["error"]["message"]
        drums = next(stem for stem in exact["tracks"] if stem["role"] == "drums")
        alike = np.corrcoef(sound(drums)[0], sound(heard["tracks"][0])[0])[0, 1]
    assert alike > 0.5


@pytest.mark.parametrize(
    ("tool", "asked", "field"),
    [
        ("analyze_track", {"track": "trk_nope"}, "track"),
        ("analyze_track", {"track": "/etc/passwd"}, "track"),
        ("cover_track", {"track": "TRACK", "caption": ""}, "caption"),
        ("cover_track", {"track": "TRACK", "caption": "jazz", "similarity": 2}, "similarity"),
        ("cover_track", {"track": "TRACK"}, "caption"),
        ("repaint_section", {"track": "TRACK"}, "start_s"),
        ("repaint_section", {"track": "TRACK", "start_s": 5, "end_s": 5.1}, "end_s"),
        ("repaint_section", {"track": "TRACK", "start_s": 5, "end_s": 900}, "windows"),
        ("repaint_section", {"track": "TRACK", "windows": [{"start_s": 1}]}, "windows"),
        ("extend_track", {"track": "TRACK", "seconds": 0}, "seconds"),
        ("extend_track", {"track": "TRACK", "seconds": 9, "side": "up"}, "side"),
        ("add_parts", {"track": "TRACK", "parts": []}, "parts"),
        ("add_parts", {"track": "TRACK", "parts": ["kazoo"]}, "parts"),
        ("add_parts", {"track": "TRACK", "parts": ["bass"], "start_s": 9, "end_s": 8}, "start_s"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_one_sentence_before_any_work(
    studio: Studio, crate: Path, tool: str, asked: dict[str, Any], field: str
) -> None:
    path = crate / "tone.wav"
    soundfile.write(path, 0.1 * np.sin(np.arange(RATE_HZ * 12) / 20), RATE_HZ)
    async with connected(studio) as host:
        values = {name: str(path) if value == "TRACK" else value for name, value in asked.items()}
        said = await host.refusal(tool, **values)
    assert said.startswith(f"{field}: ")
    assert "\n" not in said
    assert studio.jobs() == ()
