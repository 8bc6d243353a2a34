"""What the server promises to models: the tool list, its size, its honesty."""

from __future__ import annotations

import json

import jsonschema
import pytest
from mcp_clients import ERAS, ON_A_TRACK, connected
from snapshots import GOLDEN, MANUAL, listed

from engine import GenerateRequest, Studio
from mcp_server.manual import tools_page
from mcp_server.tools import TOOLS

REWRITE = "if the change is meant: uv run --group dev python tests/snapshots.py"
CHARACTERS_A_TOKEN = 4.185
"""In such a list, as OpenAI's o200k vocabulary counts it; the older cl100k needs fewer tokens."""
NAMES = [
    "generate_music", "cover_track", "repaint_section", "extend_track", "add_parts",
    "separate_stems", "analyze_track", "get_job", "cancel_job", "search_library", "studio_status",
    "plan_set", "render_set", "write_song",
]  # fmt: skip

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("era", ERAS)
async def test_the_tool_list_is_the_reviewed_one(studio: Studio, era: str) -> None:
    async with connected(studio, era) as host:
        live = [
            tool.model_dump(mode="json", by_alias=True, exclude_none=True)
            for tool in host.tools.values()
        ]
    assert [tool["name"] for tool in live] == NAMES
    assert live == listed()
    assert live == json.loads(GOLDEN.read_text("utf-8")), REWRITE


async def test_the_reference_page_is_current() -> None:
    assert MANUAL.read_text("utf-8") == tools_page(TOOLS), REWRITE


async def test_the_tool_list_costs_a_model_few_tokens() -> None:
    seen = [
        {"name": one["name"], "description": one["description"], "schema": one["inputSchema"]}
        for one in listed()
    ]
    compact = json.dumps(seen, separators=(",", ":"), ensure_ascii=False)
    assert len(compact) / CHARACTERS_A_TOKEN <= 2000


async def test_every_parameter_is_described_and_closed_sets_are_enums() -> None:
    for tool in listed():
        for name, schema in tool["inputSchema"]["properties"].items():
            assert schema["description"], (tool["name"], name)
    generate = listed()[0]["inputSchema"]["properties"]
    assert generate["quality"]["enum"] == ["draft", "standard", "best"]
    assert generate["time_signature"]["enum"] == ["2/4", "3/4", "4/4", "6/8"]


async def test_generate_music_takes_every_field_of_its_request() -> None:
    parameters = listed()[0]["inputSchema"]["properties"]
    filled_in = {"task", "lineage"}
    assert set(parameters) == set(GenerateRequest.model_fields) - filled_in


async def test_the_tools_on_a_track_take_one_and_nothing_that_their_requests_do_not() -> None:
    schemas = {tool["name"]: tool["inputSchema"] for tool in listed()}
    for tool in TOOLS:
        if tool.name in ON_A_TRACK:
            fields = tool.arguments.model_fields
            assert schemas[tool.name]["required"] == [
                name for name, field in fields.items() if field.is_required()
            ]
            assert {"track", *ON_A_TRACK[tool.name]} <= set(schemas[tool.name]["properties"])
            assert set(schemas[tool.name]["properties"]) <= set(fields) - {"task"}


async def test_schemas_are_strict_and_hold_nothing_that_models_stumble_over() -> None:
    for tool in listed():
        schema = tool["inputSchema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        flat = json.dumps(schema)
        for stumbling_block in ("$ref", "$defs", "anyOf", '"null"', '"default": null'):
            assert stumbling_block not in flat, tool["name"]
        for name, inner in schema["properties"].items():
            assert "title" not in inner, name


async def test_hints_are_complete_and_honest() -> None:
    hints = {tool["name"]: tool["annotations"] for tool in listed()}
    assert all(len(hint) == 4 for hint in hints.values())
    assert {name for name, hint in hints.items() if hint["readOnlyHint"]} == {
        "analyze_track",
        "get_job",
        "plan_set",
        "search_library",
        "studio_status",
        "write_song",
    }
    assert {name for name, hint in hints.items() if hint["destructiveHint"]} == {"cancel_job"}
    assert {name for name, hint in hints.items() if not hint["idempotentHint"]} == {
        "generate_music",
        "cover_track",
        "repaint_section",
        "extend_track",
        "add_parts",
    }
    assert not any(hint["openWorldHint"] for hint in hints.values())


async def test_tools_have_titles_and_typed_results() -> None:
    for tool in listed():
        assert tool["title"]
        assert "message" in tool["outputSchema"]["required"]


@pytest.mark.parametrize("era", ERAS)
async def test_the_instructions_are_short_and_say_how_to_wait(studio: Studio, era: str) -> None:
    async with connected(studio, era) as host:
        instructions = host.client.instructions
    assert instructions is not None
    assert 0 < len(instructions) <= 800
    assert "get_job" in instructions
