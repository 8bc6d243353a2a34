"""A tool's schema in what Ollama knows of JSON schema, with the rest in words.

Its client keeps of a property only the type, the items, the description and the values; whatever
else is in there vanishes without an error, the type within `anyOf` included (ollama 0.6.3).
"""

from __future__ import annotations

import json
from typing import Any

_KEPT = ("type", "items", "enum")
_DEPTH = 6


def narrowed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object with nothing in it that could vanish."""
    whole = _resolved(schema, schema, _DEPTH)
    properties = {name: _property(one) for name, one in whole.get("properties", {}).items()}
    return {
        "type": "object",
        "properties": properties,
        "required": list(whole.get("required", ())),
    }


def _resolved(value: Any, root: dict[str, Any], depth: int) -> Any:
    """The value with what its references refer to in their place, as deep as that goes."""
    if isinstance(value, list):
        return [_resolved(one, root, depth) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(reference := value.get("$ref"), str):
        found: Any = root
        for step in reference.removeprefix("#/").split("/"):
            found = found.get(step, {}) if isinstance(found, dict) else {}
        rest = {name: one for name, one in value.items() if name != "$ref"}
        return _resolved(found | rest, root, depth - 1) if depth else {"type": "object"}
    return {
        name: _resolved(one, root, depth)
        for name, one in value.items()
        if name != "$defs" and not (name == "title" and isinstance(one, str))
    }


def _property(one: dict[str, Any]) -> dict[str, Any]:
    choices = [it for it in one.get("anyOf") or one.get("oneOf") or () if it.get("type") != "null"]
    if len(choices) == 1:
        one = choices[0] | {k: v for k, v in one.items() if k not in ("anyOf", "oneOf")}
    elif choices:
        one = one | {"type": list(dict.fromkeys(it.get("type", "object") for it in choices))}
    kept = {name: one[name] for name in _KEPT if name in one}
    if "type" not in kept:
        kept["type"] = _type_of(kept.get("enum", [one.get("const", "")])[0])
    words = " ".join(filter(None, (one.get("description", ""), _words(one))))
    return kept | ({"description": words} if words else {})


def _type_of(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "string")


def _words(one: dict[str, Any]) -> str:
    """What else holds for the property."""
    low, high = one.get("minimum"), one.get("maximum")
    said = {
        "": f"{low} to {high}" if low is not None and high is not None else None,
        "at least": low if high is None else None,
        "at most": high if low is None else None,
        "more than": one.get("exclusiveMinimum"),
        "less than": one.get("exclusiveMaximum"),
        "items: at least": one.get("minItems"),
        "items: at most": one.get("maxItems"),
        "always": json.dumps(one["const"]) if "const" in one else None,
        "like": one.get("pattern"),
        "fields:": json.dumps(one["properties"]) if one.get("properties") else None,
        "one of:": json.dumps(one["anyOf"]) if one.get("anyOf") else None,
        "default": json.dumps(one["default"]) if one.get("default") is not None else None,
    }
    found = "; ".join(
        f"{word} {value}".strip() for word, value in said.items() if value is not None
    )
    return f"({found})" if found else ""
