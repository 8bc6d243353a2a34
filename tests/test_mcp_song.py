"""A song through the server: written, linted, and handed on to generate_music as it is."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from mcp import Client
from mcp.types import CallToolResult
from mcp_clients import Host, text, tokens

from engine import GenerateRequest, Studio, checked
from mcp_server.app import build_app
from mcp_server.tools.songs import WRITE_SONG

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def listening(studio: Studio) -> AsyncGenerator[Host]:
    """A client of a server that has the one tool."""
    async with Client(build_app(studio, tools=[WRITE_SONG])) as client:
        listed = await client.list_tools()
        yield Host(client, {tool.name: tool for tool in listed.tools})


async def written(studio: Studio, **arguments: object) -> CallToolResult:
    async with listening(studio) as host:
        return await host.call("write_song", **arguments)


async def test_a_song_is_the_arguments_of_the_call_to_make_next(studio: Studio):
    result = await written(studio, idea="a waltz about the sea, 2 minutes")
    song = dict(result.structured_content or {})
    assert "generate_music" in song.pop("message")
    assert any("by rules" in note for note in song.pop("notes"))
    request = checked(GenerateRequest, **song)
    assert request.time_signature == "3/4"
    assert request.duration_s == 120.0


async def test_the_text_says_as_much_as_the_structure_and_ends_with_the_call(studio: Studio):
    result = await written(studio, idea="synthwave about neon")
    song = result.structured_content or {}
    shown = text(result)
    assert song["lyrics"] in shown
    assert all(note in shown for note in song["notes"])
    last = shown.splitlines()[-1]
    assert last.startswith("Call generate_music")
    arguments = json.loads(last[last.index("{") :])
    assert arguments == {
        name: value for name, value in song.items() if name not in ("message", "notes", "lyrics")
    }
    assert tokens(shown) <= 1000


async def test_nothing_at_all_is_a_surprise_and_a_seed_another_one(studio: Studio):
    first, again, other = [
        (await written(studio, **wishes)).structured_content for wishes in ({}, {}, {"seed": 5})
    ]
    assert first == again
    assert first != other


async def test_lyrics_are_kept_and_what_is_wrong_with_them_is_noted(studio: Studio):
    result = await written(
        studio, idea="rock", lyrics="[Vrese]\nThe door was never locked", duration_s=30
    )
    song = result.structured_content or {}
    assert song["lyrics"] == "[Verse]\nThe door was never locked"
    assert any("[Vrese]" in note for note in song["notes"])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"language": "klingon"}, "language"),
        ({"duration_s": 5}, "duration_s"),
        ({"duration_s": "long"}, "duration_s"),
        ({"seed": -1}, "seed"),
        ({"lyrics": "la " * 10_000}, "lyrics"),
        ({"mood": "sad"}, "mood"),
    ],
)
async def test_a_wrong_wish_is_one_sentence_that_names_it(
    studio: Studio, arguments: dict[str, object], field: str
):
    async with listening(studio) as host:
        refusal = await host.refusal("write_song", **arguments)
    assert refusal.startswith(field), refusal
    assert "\n" not in refusal


async def test_the_tool_is_listed_in_few_characters_and_only_reads(studio: Studio):
    async with listening(studio) as host:
        tool = host.tools["write_song"]
    seen = {"name": tool.name, "description": tool.description, "schema": tool.input_schema}
    assert len(json.dumps(seen, separators=(",", ":"))) <= 500
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint
    assert all(one["description"] for one in tool.input_schema["properties"].values())


async def test_what_a_stranger_wrote_in_an_idea_hides_nothing_in_the_answer(studio: Studio):
    result = await written(studio, idea='a song called "Blue\u202eeulB \u200b" about the sea')
    assert not {"\u202e", "\u200b"} & set(text(result))
