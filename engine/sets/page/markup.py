"""HTML that can't be broken by what it holds: whatever isn't `Markup` already is escaped.

Knows how to write elements, attributes and data; nothing of sets.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

from engine.text import clean

Child = str | None
"""Text to be escaped, `Markup` to be kept, or nothing."""
Value = str | int | float | bool | None

_VOID = frozenset({"source"})


class Markup(str):
    """HTML that is complete and escaped."""

    __slots__ = ()


def tag(name: str, *children: Child, **attributes: Value) -> Markup:
    """An element. Attributes lose a last underscore and have hyphens for the others.

    An attribute that is None or False is left out, one that is True has no value.
    """
    written = "".join(
        _attribute(key.removesuffix("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """The children one after the other."""
    return Markup("".join(_shown(child) for child in children if child is not None))


def data(value: object) -> str:
    """JSON for a script element, with nothing in it that HTML or JavaScript could end at."""
    written = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def beside(file_name: str) -> str:
    """The relative address of a file in the page's own folder, whatever it is called."""
    return "./" + quote(file_name, safe="/")


def _shown(child: str) -> str:
    return child if isinstance(child, Markup) else escape(clean(child), quote=False)


def _attribute(name: str, value: Value) -> str:
    return f" {name}" if value is True else f' {name}="{escape(clean(str(value)))}"'
