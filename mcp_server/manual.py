"""The reference page of the tools, written from the same records that the server lists."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from functools import cache

from mcp_server import views
from mcp_server.checks import takes
from mcp_server.schemas import Schema, slim
from mcp_server.tool import CREATES, DERIVES, READS, STOPS, AnyTool

_INTRO = """\
# The tools

Written by `dj-mcp --print-tools`; don't edit it by hand.

Arguments that aren't listed are refused. Results come twice, as text and as structured content,
and each is complete on its own; what isn't known is left out. An error is one sentence that names
the argument and the fix."""

_EFFECTS = {
    READS: "Changes nothing.",
    CREATES: "Adds to the library.",
    DERIVES: "Adds to the library; asked again, gives the same.",
    STOPS: "Destructive: what the job had not finished is lost.",
}


def tools_page(tools: Sequence[AnyTool]) -> str:
    """A Markdown page: every tool with its arguments, then every type of result."""
    types: dict[str, Schema] = {}
    for tool in tools:
        result = slim(tool.result.model_json_schema())
        types |= {tool.result.__name__: result, **result.get("$defs", {})}
    parts = [_INTRO, *("\n".join(_tool(tool)) for tool in tools), "# The results"]
    parts += ["\n".join(_type(name, schema)) for name, schema in types.items()]
    return "\n\n".join(parts) + "\n"


def _tool(tool: AnyTool) -> Iterator[str]:
    yield f"## {tool.name}"
    yield ""
    yield f"{tool.description} {_EFFECTS[tool.hints]} Returns `{tool.result.__name__}`."
    schema = tool.schema
    if not schema["properties"]:
        return
    yield ""
    yield "| argument | takes | default | meaning |"
    yield "|---|---|---|---|"
    for name, inner in schema["properties"].items():
        default = f"`{inner['default']}`" if "default" in inner else ""
        default = "required" if name in schema.get("required", ()) else default
        yield f"| `{name}` | {takes(inner)} | {default} | {inner['description']} |"


def _type(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if "description" in schema:
        yield _line(schema["description"])
        yield ""
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    meanings = _meanings(name)
    for field, inner in schema["properties"].items():
        yield f"| `{field}` | {_kind(inner)} | {_line(meanings.get(field, ''))} |"


def _meanings(name: str) -> dict[str, str]:
    """The docstrings of a view's fields, its bases' included.

    Read here rather than by pydantic, which would read the sources whenever the server starts.
    """
    kind = getattr(views, name, object)
    return {
        field: text
        for kind in reversed(kind.__mro__)
        for field, text in _docstrings().get(kind.__name__, {}).items()
    }


@cache
def _docstrings() -> dict[str, dict[str, str]]:
    """By class and field: the text that follows a field's annotation in the module of views."""
    classes = [
        node for node in ast.parse(inspect.getsource(views)).body if isinstance(node, ast.ClassDef)
    ]
    return {node.name: dict(_documented(node)) for node in classes}


def _documented(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(node.body, node.body[1:], strict=False):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                yield name, words


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "enum" in schema:
        return takes(schema)
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return schema["type"]


def _line(text: str) -> str:
    return " ".join(text.split())
