"""Pictures of what was heard: drawn by the worker, kept beside the library, read as a resource."""

from __future__ import annotations

import dataclasses
import io
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import staffed
from doubles import Tone
from mcp import MCPError
from mcp_clients import Host, connected, text
from PIL import Image

from engine import AnalyzeRequest, Settings, Studio, checked

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(settings: Settings, crate: Path) -> Settings:
    return dataclasses.replace(settings, media_dirs=(crate,))


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio whose worker, in this process, renders plain tones and really listens."""
    opened = Studio(settings)
    with staffed(settings, Tone()):
        yield opened
    opened.close()


async def picture(host: Host, uri: str) -> Image.Image:
    (content,) = (await host.client.read_resource(uri)).contents
    shown: dict[str, Any] = content.model_dump(by_alias=True)
    assert shown["mimeType"] == "image/png"
    return Image.open(io.BytesIO(b64decode(shown["blob"])))


def tune(path: Path, pitch_hz: float = 220.0) -> str:
    time_s = np.arange(48_000 * 3) / 48_000
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch_hz * time_s), 48_000)
    return str(path)


async def test_a_full_analysis_names_its_picture_and_a_basic_one_has_none(
    studio: Studio, crate: Path
) -> None:
    path = tune(crate / "夜 – own.wav")
    async with connected(studio) as host:
        basic = await host.data("analyze_track", track=path)
        result = await host.call("analyze_track", track=path, detail="full")
        assert result.structured_content is not None
        uri = result.structured_content["picture"]
        shown = await picture(host, uri)
    assert "picture" not in basic
    assert f"Picture: {uri}" in text(result)
    assert (shown.format, shown.width > 1000) == ("PNG", True)


async def test_any_track_of_the_library_has_a_picture_even_before_it_was_listened_to(
    studio: Studio,
) -> None:
    async with connected(studio) as host:
        job = await host.data("generate_music", caption="tone", duration_s=10)
        track = job["tracks"][0]["id"]
        first = await picture(host, f"music://track/{track}/picture")
        heard = await host.data("analyze_track", track=track, detail="full")
        again = await picture(host, heard["picture"])
    assert first.tobytes() == again.tobytes()


async def test_a_picture_that_was_deleted_is_drawn_again(studio: Studio, crate: Path) -> None:
    asked = checked(AnalyzeRequest, track=tune(crate / "own.wav"), detail="full")
    first = studio.wait(studio.submit(asked).id, 30)
    png = studio.picture(first.picture or "")
    (file,) = (studio.settings.home / "pictures").iterdir()
    file.unlink()
    async with connected(studio) as host:
        with pytest.raises(MCPError, match="no such picture"):
            await picture(host, f"music://picture/{first.picture}")
    again = studio.wait(studio.submit(asked).id, 30)
    assert studio.picture(again.picture or "") == png


async def test_another_file_at_the_same_path_is_heard_and_drawn_anew(
    studio: Studio, crate: Path
) -> None:
    async with connected(studio) as host:
        asked = {"track": tune(crate / "own.wav"), "detail": "full"}
        first = await host.data("analyze_track", **asked)
        assert await host.data("analyze_track", **asked) == first
        tune(crate / "own.wav", 3000.0)
        second = await host.data("analyze_track", **asked)
        assert second["job_id"] != first["job_id"]
        before, after = [await picture(host, one["picture"]) for one in (first, second)]
    assert before.tobytes() != after.tobytes()


@pytest.mark.parametrize(
    "uri",
    [
        "music://track/trk_0/picture",
        "music://track/%2Fetc%2Fpasswd/picture",
        "music://picture/..%2Fstudio",
        "music://picture/%2Fetc%2Fpasswd",
        "music://picture/" + "0" * 32,
        "music://picture/trk_0",
    ],
)
async def test_what_is_no_picture_is_not_found(studio: Studio, uri: str) -> None:
    async with connected(studio) as host:
        with pytest.raises(MCPError) as caught:
            await host.client.read_resource(uri)
    assert caught.value.error.code == -32602
