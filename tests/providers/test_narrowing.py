"""Schemas that Ollama's client can't make anything vanish from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ollama import Tool

from dj_agent.providers.narrowing import narrowed

TOOLS = json.loads((Path(__file__).parents[1] / "golden/tools.json").read_text("utf-8"))


def after_the_client(schema: dict[str, Any]) -> dict[str, Any]:
    tool = Tool.model_validate(
        {"type": "function", "function": {"name": "x", "parameters": schema}}
    )
    return tool.model_dump(exclude_none=True)["function"]["parameters"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool["name"])
def test_the_studios_tools_arrive_whole(tool: dict[str, Any]):
    schema = tool["inputSchema"]
    arrived = after_the_client(narrowed(schema))
    assert arrived == narrowed(schema)
    assert list(arrived["properties"]) == list(schema["properties"])
    assert arrived["required"] == schema.get("required", [])
    for name, one in schema["properties"].items():
        kept = arrived["properties"][name]
        assert kept["type"]
        assert kept["description"].startswith(one["description"])
        assert kept.get("enum") == one.get("enum")
        for bound in ("minimum", "maximum", "default"):
            assert bound not in one or json.dumps(one[bound]) in kept["description"]


@pytest.mark.parametrize(
    ("given", "type", "words"),
    [
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}, "integer", None),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, ["number", "string"], "one of:"),
        ({"type": "number", "exclusiveMinimum": 0}, "number", "(more than 0)"),
        ({"type": "number", "maximum": 9}, "number", "(at most 9)"),
        ({"enum": [1, 2]}, "integer", None),
        ({"const": "cover"}, "string", '(always "cover")'),
        ({"$ref": "#/$defs/Key"}, "string", "A key. (like [A-G])"),
        ({"$ref": "#/$defs/Gone"}, "string", None),
        ({"$ref": "#/$defs/Round"}, "object", "fields:"),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, "object", '"a"'),
        ({"type": "array", "items": {"$ref": "#/$defs/Key"}, "minItems": 1}, "array", "at least 1"),
    ],
)
def test_what_vanishes_is_said_in_words(given: dict[str, Any], type: Any, words: str | None):
    round_one = {"type": "object", "properties": {"again": {"$ref": "#/$defs/Round"}}}
    key = {"type": "string", "description": "A key.", "pattern": "[A-G]"}
    schema = {"properties": {"it": given}, "$defs": {"Key": key, "Round": round_one}}
    it = after_the_client(narrowed(schema))["properties"]["it"]
    assert it["type"] == type
    if words is None:
        assert "description" not in it
    else:
        assert words in it["description"]
    assert "$ref" not in json.dumps(it)
