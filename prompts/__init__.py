"""The prose that people and models read, as Markdown files beside this module.

Knows how to find a text and fill in its `$names`; knows nothing about who reads it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


def load(name: str, **values: object) -> str:
    """The text `name`.md with its `$names` filled in.

    Raises `LookupError` if there is no such text, or if it has a `$name` that got no value.
    A literal dollar sign is written `$$`.
    """
    return _template(name).substitute({key: str(value) for key, value in values.items()})


@cache
def _template(name: str) -> Template:
    try:
        text = files(__name__).joinpath(f"{name}.md").read_text("utf-8")
    except FileNotFoundError:
        raise LookupError(f"there is no text {name!r} in prompts/") from None
    return Template(text.strip())
