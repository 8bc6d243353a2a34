"""Pydantic's complaints about a request as one sentence that names the field and what it takes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import InvalidRequest

_LONGEST = 40


def invalid(error: ValidationError, kind: type[BaseModel]) -> InvalidRequest:
    """The first complaint about values for a model of this kind."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else None
    got = repr(first["input"])
    got = got if len(got) <= _LONGEST else f"{got[:_LONGEST]}…"
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        known = ", ".join(kind.model_fields)
        return InvalidRequest(f"{field}: unknown; the fields are {known}.", field=field)
    if first["type"] in ("missing", "missing_argument"):
        return InvalidRequest(f"{field}: missing; it is required.", field=field)
    needs = _needs(first, kind)
    return InvalidRequest(f"{field or 'request'}: {got} won't do; it {needs}.", field=field)


def _needs(complaint: ErrorDetails, kind: type[BaseModel]) -> str:
    """What the field takes, for the end of the sentence '… won't do; it …'."""
    if complaint["type"].startswith(("greater_than", "less_than")) and len(complaint["loc"]) == 1:
        field = str(complaint["loc"][0])
        if bounds := _bounds(kind.model_json_schema()["properties"][field]):
            low, high = bounds
            return f"takes {low:.10g} to {high:.10g}{' seconds' if field.endswith('_s') else ''}"
    words = complaint["msg"][0].lower() + complaint["msg"][1:]
    return words.removeprefix("input ").replace("string should", "should")


def _bounds(schema: dict[str, Any]) -> tuple[float, float] | None:
    """The least and the greatest number that a field takes, if it has both."""
    for one in (schema, *schema.get("anyOf", ())):
        if "minimum" in one and "maximum" in one:
            return one["minimum"], one["maximum"]
    return None
