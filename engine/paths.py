"""The one way from a path that somebody wrote to a file that may be read.

Knows which folders are open and what a safe file name is. Opens nothing: whoever reads the file
finds out whether it is audio.
"""

from __future__ import annotations

import difflib
import itertools
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote
from urllib.request import url2pathname

from engine.errors import AccessRefused, NotFound
from engine.text import one_line

MAX_SLUG = 48

_URL = re.compile(r"[a-z][a-z0-9+.-]+:/[/\\]", re.IGNORECASE)
_FILE_URL = re.compile(r"file://(?:localhost)?(?=/)", re.IGNORECASE)
_NETWORK = ("//", "\\\\")
_SIMILAR = 3
_LISTED = 5_000  # names looked at for a suggestion; a folder may hold millions

# Latin letters that Unicode doesn't take apart into a plain letter and a mark.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_WITHIN_WORDS = re.compile("[\u0300-\u036f'’]")  # accents and apostrophes
# Reserved on Windows with any extension.
_RESERVED = re.compile(r"con|prn|aux|nul|conin|conout|com\d|lpt\d")


def readable(ref: str, roots: Sequence[Path], *, field: str = "path") -> Path:
    """The regular file that `ref` means, with every symbolic link followed.

    `ref` is a path, `~/…`, or a `file:///…` address; a relative path is looked up in each of
    `roots`, never in the working folder. The file must lie inside one of `roots` after all links
    are followed, so neither `..` nor a link leads out.

    Raises `AccessRefused` for whatever lies outside (whether it is there or not), for addresses on
    a network, and for folders and devices; `NotFound` for a missing file inside the roots, with
    the names that come closest. `field` is the request's field, which the sentence names.
    """
    folders = [root.expanduser().resolve() for root in roots]
    path = _local(ref, field)
    inside = [place for place in _places(path, folders) if _within(place, folders)]
    if not inside:
        raise AccessRefused(
            f"{field}: {_shown(ref)} is outside the folders that may be read "
            f"({', '.join(map(str, folders)) or 'none'}); move the file into one of them, or add "
            "its folder to DJ_MEDIA_DIRS.",
            field=field,
        )
    for place in inside:
        mode = _mode(place)
        if mode is None:
            continue
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise AccessRefused(
                f"{field}: {_shown(ref)} is {kind}; name one audio file.", field=field
            )
        return place
    raise NotFound(f"{field}: there is no file {_shown(ref)}{_advice(inside)}", field=field)


def slug(title: str) -> str:
    """The title as a file name without extension that is safe everywhere: `[a-z0-9-]`, 1 to 48.

    Accents are dropped (`Café del Mar` becomes `cafe-del-mar`); a title without a single Latin
    letter or digit becomes `track`.
    """
    plain = unicodedata.normalize("NFKD", title).casefold().translate(_PLAIN)
    words = re.findall(r"[a-z0-9]+", _WITHIN_WORDS.sub("", plain))
    name = "-".join(words)[:MAX_SLUG].strip("-") or "track"
    return f"{name}-track" if _RESERVED.fullmatch(name) else name


def _local(ref: str, field: str) -> Path:
    """`ref` as a path on this machine, `~` expanded. Raises `AccessRefused` if it can't be one."""
    text = ref
    if address := _FILE_URL.match(text):
        text = unquote(text[address.end() :])
        text = url2pathname(text) if os.name == "nt" else text
    if not text.strip() or "\0" in text:
        problem = "is empty" if not text.strip() else "holds a NUL character"
    elif _URL.match(text):
        problem = "is an address, and nothing is fetched from a network"
    elif text.startswith(_NETWORK):
        problem = "is a network path, and only local files are read"
    else:
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            problem = "names the home folder of nobody here"
        else:
            if path.is_absolute() or not path.anchor:
                return path
            problem = "is relative to a drive; write the whole path"
    raise AccessRefused(
        f"{field}: {_shown(ref)} {problem}; give a local audio file's path.", field=field
    )


def _places(path: Path, folders: Iterable[Path]) -> list[Path]:
    """Where the path leads once links are followed, for each folder it may be relative to."""
    starts = [path] if path.is_absolute() else [folder / path for folder in folders]
    places = []
    for start in starts:
        try:
            places.append(start.resolve())
        except (OSError, RuntimeError, ValueError):  # a loop of links, or a name no disk can hold
            continue
    return list(dict.fromkeys(places))


def _within(place: Path, folders: Iterable[Path]) -> bool:
    return any(place.is_relative_to(folder) for folder in folders)


def _mode(place: Path) -> int | None:
    """The file's type and permissions, None if it isn't there. Doesn't open it: a FIFO blocks."""
    try:
        return place.lstat().st_mode
    except (OSError, ValueError):
        return None


def _advice(missing: Iterable[Path]) -> str:
    """How the sentence about missing files goes on: the closest names beside each."""
    close: list[str] = []
    for place in missing:
        beside = {name.casefold(): name for name in _files_in(place.parent)}
        found = difflib.get_close_matches(place.name.casefold(), beside, n=_SIMILAR, cutoff=0.6)
        close += [beside[name] for name in found]
    if not close:
        return "; check the spelling."
    return f"; did you mean {' or '.join(_shown(name) for name in close[:_SIMILAR])}?"


def _files_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            first = itertools.islice(entries, _LISTED)
            return sorted(entry.name for entry in first if entry.is_file(follow_symlinks=False))
    except OSError:
        return []


def _shown(text: str) -> str:
    return f"'{one_line(text, 80)}'"
