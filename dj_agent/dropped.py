"""Paths in what a person typed, or dropped into the terminal: found, and written plainly.

Terminals write a dropped file's path in their own ways: in quotes, with backslashes before spaces,
or as a `file://` address. Knows files; opens none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

SOUND = frozenset({".aif", ".aiff", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"})
SETLISTS = frozenset({".json", ".toml"})
_LOOKED_AT = 2000
"""So many files of a folder are looked at for one that sounds."""

# In quotes; or beginning like a path, up to the next space that no backslash makes part of it.
_TOKEN = re.compile(
    r"""(?<!\S)(?:'(?P<single>[^'\n]+)'|"(?P<double>[^"\n]+)"|(?P<bare>(?:\\.|[^\s\\'"])+))"""
)
_BEGINS = re.compile(r"file://|~?[/\\]|~$|\.{1,2}[/\\]|[A-Za-z]:[/\\]")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, with its paths written plainly, and the folders that it opens."""

    text: str
    folders: tuple[Path, ...] = ()


def read_paths(text: str) -> Typed:
    """The text with every path in it that leads to sound as an absolute one, and the folders that
    they are in, or are.

    Nothing else is touched: what leads nowhere stays as it was typed.
    """
    folders: dict[Path, None] = {}
    plain: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        path = _path(match)
        if path is None or (folder := _opened(path)) is None:
            continue
        folders[folder] = None
        plain += [text[end : match.start()], str(path)]
        end = match.end()
    return Typed("".join([*plain, text[end:]]), tuple(folders))


def _path(match: re.Match[str]) -> Path | None:
    """The absolute path that was meant, if it is one and leads somewhere."""
    bare = match["bare"]
    text = bare if bare is not None else match["single"] or match["double"]
    if not _BEGINS.match(text):
        return None
    if bare is not None and os.name != "nt":
        text = re.sub(r"\\(.)", r"\1", text)
    for wording in dict.fromkeys((text, text.rstrip(".,;:!?)"))) if bare is not None else (text,):
        try:
            path = Path(_local(wording)).expanduser().absolute()
            if path.exists():
                return Path(os.path.normpath(path))
        except (OSError, ValueError, RuntimeError):  # no such user, a null in it, a host's name
            continue
    return None


def _local(text: str) -> str:
    """The path of a `file://` address; any other text is one already."""
    if not text.startswith("file://"):
        return text
    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise ValueError("is on another computer")
    return unquote(parts.path)


def _opened(path: Path) -> Path | None:
    """The folder to open for this path: its own, or the one that it is in. None if it is nothing
    that sounds, or so much that somebody can't have meant it."""
    if path.is_file():
        return path.parent if path.suffix.lower() in SOUND else None
    home = Path.home()
    if path == home or path in home.parents or path == Path(path.anchor):
        return None
    sounds = any(one.suffix.lower() in SOUND for one in islice(_within(path), _LOOKED_AT))
    return path if sounds else None


def _within(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)
