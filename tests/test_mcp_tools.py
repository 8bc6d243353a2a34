"""The tools as a client uses them, in both eras of the protocol, with a stand-in renderer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import staffed
from doubles import Broken, Gate, Tone
from mcp import MCPError
from mcp_clients import ERAS, connected, text, tokens

from engine import GenerateRequest, RenderFailed, Settings, Studio, checked

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> str:
    return request.param


async def test_a_caption_becomes_a_track_that_is_found_again(
    studio: Studio, settings: Settings, era: str
) -> None:
    with staffed(settings, Tone()):
        async with connected(studio, era) as host:
            job = await host.data("generate_music", caption="warm tone", duration_s=12, key="8A")
            assert (job["status"], job["progress"], job["title"]) == ("done", 1.0, "Warm Tone")
            (track,) = job["tracks"]
            assert Path(track["path"]).is_file()
            assert track["key"] == "A minor"
            assert track["key_camelot"] == "8A"
            assert track["asked"] == {"duration_s": 12.0, "key": "A minor"}
            assert track["measured"]["duration_s"] == track["duration_s"] == 12
            assert track["renderer"] == "tone"
            assert job["warnings"] == ["only a tone"]
            assert await host.data("get_job", job_id=job["job_id"]) == job
            assert await host.data("get_job") == job
            page = await host.data("search_library", query="warm", key="Am", bpm_max=130)
            assert [one["id"] for one in page["tracks"]] == [track["id"]]
            assert page["jobs"][0]["job_id"] == job["job_id"]


async def test_one_track_is_looked_up_in_detail_by_id_or_by_path(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            job = await host.data("generate_music", caption="warm tone", duration_s=10, seed=5)
            (track,) = job["tracks"]
            by_id = await host.data("search_library", track=track["id"])
            assert by_id == await host.data("search_library", track=track["path"])
            assert by_id["tracks"][0].items() >= track.items()
            assert by_id["tracks"][0]["caption"] == "warm tone"


async def test_takes_of_one_request_have_their_own_seeds(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            job = await host.data("generate_music", caption="tone", duration_s=10, variations=3)
    assert len({track["seed"] for track in job["tracks"]}) == 3


async def test_each_channel_alone_is_enough_to_go_on(studio: Studio, settings: Settings) -> None:
    gate = Gate()
    with staffed(settings, gate):
        async with connected(studio) as host:
            job = await host.data("get_job", job_id=_start(studio), wait_s=0)
            running = await host.call("get_job", wait_s=0)
            gate.opened.set()
            done = await host.call("get_job")
            found = await host.call("search_library")
            alone = await host.call("search_library", track=studio.job().tracks[0].id)
    for result in (running, done):
        assert job["job_id"] in text(result)
        assert json.dumps(result.structured_content).count(job["job_id"]) >= 1
    assert "get_job" in text(running)
    assert running.structured_content is not None
    assert "get_job" in running.structured_content["message"]
    (track,) = studio.job().tracks
    for result in (done, found, alone):
        for needed in (track.id, track.title, track.path):
            assert needed in text(result)
            assert needed in json.dumps(result.structured_content)
    assert "only a tone" in text(done)


@pytest.mark.slow
async def test_results_are_short(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            made = await host.call("generate_music", caption="tone", duration_s=10, bpm=120)
            for number in range(55):
                studio.submit(_request(seed=number))
            studio.wait(studio.job().id, timeout_s=60)
            page = await host.call("search_library", limit=50)
            status = await host.call("studio_status")
    for result, most in ((made, 300), (status, 350), (page, 2000)):
        assert tokens(text(result)) <= most
        assert tokens(result.structured_content) <= most


async def test_pages_lead_to_each_other(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            for number in range(5):
                studio.submit(_request(seed=number))
            studio.wait(studio.job().id, timeout_s=30)
            seen, offset = [], 0
            while offset is not None:
                page = await host.data("search_library", limit=2, offset=offset)
                seen += [track["id"] for track in page["tracks"]]
                offset = page.get("next_offset")
    assert len(seen) == len(set(seen)) == page["total"] == 5


async def test_an_empty_library_says_what_to_do(studio: Studio) -> None:
    async with connected(studio) as host:
        page = await host.data("search_library")
        assert (page["tracks"], page["total"]) == ([], 0)
        assert "generate_music" in page["message"]
        nothing = await host.data("search_library", query="polka")
        assert "No track matches" in nothing["message"]


async def test_a_running_job_is_cancelled_and_the_worker_is_free(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        async with connected(studio) as host:
            job_id = _start(studio)
            assert gate.entered.wait(10)
            cancelled = await host.data("cancel_job", job_id=job_id)
            assert cancelled["status"] == "cancelled"
            again = await host.data("cancel_job", job_id=job_id)
            assert again["status"] == "cancelled"
            gate.opened.set()
            job = await host.data("generate_music", caption="another tone", duration_s=10)
            assert job["status"] == "done"


async def test_a_failed_job_is_a_result_with_the_reason(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Broken(RenderFailed("The strings broke; ask for a piano."))):
        async with connected(studio) as host:
            result = await host.call("generate_music", caption="violin", duration_s=10)
    assert result.structured_content is not None
    assert result.structured_content["status"] == "failed"
    assert result.structured_content["error"]["code"] == "render_failed"
    assert "ask for a piano" in text(result)
    assert "ask for a piano" in result.structured_content["message"]


async def test_the_status_says_what_can_be_done(studio: Studio, settings: Settings) -> None:
    async with connected(studio) as host:
        status = await host.data("studio_status")
        assert status["tools_available"] == list(host.tools)
    assert status["folders"]["library"] == str(settings.home / "tracks")
    assert "sketch" in [one["name"] for one in status["renderers"]]


async def test_null_means_not_given(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            job = await host.data("generate_music", caption="tone", duration_s=10, bpm=None)
            assert job["status"] == "done"
            assert await host.data("get_job", job_id=None) == job


async def test_a_track_s_recipe_is_a_resource(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        async with connected(studio) as host:
            job = await host.data("generate_music", caption="tone", duration_s=10, seed=7)
            uri = f"music://track/{job['tracks'][0]['id']}"
            (content,) = (await host.client.read_resource(uri)).contents
            recipe = json.loads(content.model_dump()["text"])["recipe"]
            assert (recipe["request"]["caption"], recipe["request"]["seed"]) == ("tone", 7)
            again = await host.data("generate_music", **_asked(recipe["request"]))
            assert again["tracks"] == job["tracks"]


@pytest.mark.parametrize("ref", ["trk_0", "..%2F..%2Fetc%2Fpasswd", "a%2Fb", "%2Fetc%2Fpasswd"])
async def test_a_resource_that_is_no_track_is_not_found(studio: Studio, ref: str) -> None:
    async with connected(studio) as host:
        with pytest.raises(MCPError, match=r"track|resource") as caught:
            await host.client.read_resource(f"music://track/{ref}")
    assert caught.value.error.code == -32602


async def test_guides_and_prompts_are_there_to_read(studio: Studio, era: str) -> None:
    async with connected(studio, era) as host:
        guides = (await host.client.list_resources()).resources
        assert {str(guide.uri) for guide in guides} == {
            "music://guide/captions",
            "music://guide/lyrics",
        }
        for guide in guides:
            (content,) = (await host.client.read_resource(guide.uri)).contents
            assert content.model_dump()["text"].startswith("# ")
        prompts = (await host.client.list_prompts()).prompts
        assert {prompt.name for prompt in prompts} == {"write_a_song", "dj_set"}
        assert all(prompt.description for prompt in prompts)
        song = await host.client.get_prompt("write_a_song", {"idea": "rain, costs $5"})
        assert "rain, costs $5" in json.dumps(song.model_dump(mode="json"))


def _request(**values: Any) -> GenerateRequest:
    return checked(GenerateRequest, **{"caption": "a plain tone", "duration_s": 10} | values)


def _start(studio: Studio) -> str:
    return studio.submit(_request()).id


def _asked(request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != "task"}
