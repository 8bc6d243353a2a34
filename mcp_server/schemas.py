"""JSON schemas as a language model should see them: only what helps it to call a tool right.

Knows what pydantic generates; knows nothing about tools.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}
_SCHEMA_MAPS = ("properties", "$defs")
_UNSAID = (
    "minLength", "maxLength", "minItems", "maxItems", "exclusiveMinimum", "default", "required",
    "additionalProperties",
)  # fmt: skip
_ENORMOUS = 1000


def parameters(model: type[BaseModel], descriptions: Mapping[str, str]) -> Schema:
    """The input schema: those fields of the model that have a description, in that order.

    Definitions are written where they are used, because some providers' function schemas can't
    refer to them.
    """
    full = slim(model.model_json_schema(mode="validation"), without=("title", "description"))
    full = _inlined(full, full.get("$defs", {}))
    schema: Schema = {"type": "object"}
    schema["properties"] = {
        name: {**full["properties"][name], "description": text}
        for name, text in descriptions.items()
    }
    required = [name for name in full.get("required", []) if name in descriptions]
    if required:
        schema["required"] = required
    return {**schema, "additionalProperties": False}


def brief(schema: Schema) -> Schema:
    """The schema without what nobody gets wrong but by mistake: how long texts and lists may be,
    that numbers aren't negative nor enormous, which fields of a field there must be. The refusal
    says it then. What is left out has a default that makes sense unseen."""
    arguments = {name: _brief(inner) for name, inner in schema["properties"].items()}
    return {**schema, "properties": arguments}


def _brief(schema: Schema) -> Schema:
    return {
        word: _brief(value) if isinstance(value, dict) else _shortest(value)
        for word, value in schema.items()
        if word not in _UNSAID
        and not (word == "minimum" and value <= 1)
        and not (word == "maximum" and not 1 < value < _ENORMOUS)
    }


def _shortest(value: Any) -> Any:
    """A whole number without its decimal point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _inlined(value: Any, definitions: Schema) -> Any:
    if isinstance(value, dict):
        if name := value.get("$ref", "").rpartition("/")[2]:
            return _inlined(definitions[name], definitions)
        return {word: _inlined(inner, definitions) for word, inner in value.items()}
    if isinstance(value, list):
        return [_inlined(inner, definitions) for inner in value]
    return value


@cache
def output(model: type[BaseModel]) -> Schema:
    """The output schema of a result whose unknown fields are left out.

    Without descriptions: hosts don't show output schemas to models, and a track is in most of
    them. The reference page has the descriptions.
    """
    return slim(model.model_json_schema(mode="validation"), without=("title", "description"))


def slim(schema: Schema, without: Collection[str] = ("title",)) -> Schema:
    """The schema without these words, null alternatives and empty defaults."""
    small: Schema = {}
    for word, value in schema.items():
        if word in _SCHEMA_MAPS:
            small[word] = {name: slim(inner, without) for name, inner in value.items()}
        elif word == "anyOf":
            small[word] = [slim(inner, without) for inner in value if inner != _NULL]
        elif word == "items":
            small[word] = slim(value, without)
        elif word not in without and not (word == "default" and value in (None, "", [])):
            small[word] = value
    if len(small.get("anyOf", ())) == 1:
        small = {**small.pop("anyOf")[0], **small}
    return small
