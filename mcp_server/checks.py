"""Arguments as a model wrote them, made into a tool's typed arguments or one clear sentence.

The sentence says what the argument takes, in the words of the schema that the client was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from engine import InvalidRequest, one_line
from mcp_server.tool import AnyTool

_SHOWN = 40


def checked_arguments(tool: AnyTool, arguments: Mapping[str, Any]) -> BaseModel:
    """The arguments as the tool's type. Raises `InvalidRequest` naming the first wrong one."""
    # Models write null for "not given"; the schemas don't offer it, but the meaning is plain.
    given = {name: value for name, value in arguments.items() if value is not None}
    for name in given:
        if name not in tool.parameters:
            raise InvalidRequest(_unknown(name, tool.parameters))
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0])
    schema = tool.schema["properties"][name]
    if first["type"] == "missing":
        raise InvalidRequest(f"{name}: missing. {schema['description']}", field=name)
    got = one_line(repr(first["input"]), _SHOWN)
    raise InvalidRequest(f"{name}: {got} won't do; it takes {takes(schema)}.", field=name)


def takes(schema: Mapping[str, Any]) -> str:
    """What an argument takes, in a few words: `a whole number from 1 to 4`."""
    if "enum" in schema:
        *others, last = map(str, schema["enum"])
        return f"{', '.join(others)} or {last}"
    match schema["type"]:
        case "boolean":
            return "true or false"
        case "integer":
            return "a whole number" + _range(schema)
        case "number":
            return "a number" + _range(schema)
        case "array":
            return "a list of " + _items(schema["items"])
        case _:
            return "text" + _length(schema)


def _items(schema: Mapping[str, Any]) -> str:
    if "properties" in schema:
        return "objects with " + " and ".join(schema["properties"])
    return takes(schema)


def _range(schema: Mapping[str, Any]) -> str:
    words = ""
    if "minimum" in schema:
        words = f" from {schema['minimum']:.0f}"
    elif "exclusiveMinimum" in schema:
        words = f" above {schema['exclusiveMinimum']:.0f}"
    return words + (f" to {schema['maximum']:.0f}" if "maximum" in schema else "")


def _length(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is None:
        return ""
    return f" of {least} to {most} characters" if least else f" of at most {most} characters"


def _unknown(name: str, known: Iterable[str]) -> str:
    names = list(known)
    shown = one_line(name, _SHOWN)
    if not names:
        return f"{shown}: unknown argument; leave it out, this tool takes none."
    if meant := get_close_matches(name, names, 1):
        return f"{shown}: unknown argument; did you mean {meant[0]}?"
    return f"{shown}: unknown argument; use {', '.join(names)}."
