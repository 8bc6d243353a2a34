"""A slot that is a line of text: `Night Drive - dark techno, acid (128 BPM, A minor, 3:30)`.

Knows how such lines are put together; what the values mean is read elsewhere.
"""

from __future__ import annotations

import re

_TEMPO = re.compile(r"(?<![\d.])(\d{2,3}(?:[.,]\d+)?)\s*bpm\b", re.IGNORECASE)
_KEY = re.compile(
    r"(?:\bin\s+|\bkey(?:\s+of)?:?\s+)?"
    r"\b(?:[A-H](?:[#♯b♭]|is|es)?[ -]?(?:minor|major|min|maj|moll|dur)"
    r"|[A-G][#b]?m|(?:1[0-2]|[1-9])[AB])(?![\w#])",
)
_LENGTH = re.compile(
    r"(?<![\d:])\d{1,2}:\d{2}(?![\d:])|\b\d+(?:[.,]\d+)?\s*(?:minutes|minuten|mins?|seconds|secs?)\b",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"\(\s*[,;/|\s]*\)|\[\s*[,;/|\s]*\]")
_LOOSE = re.compile(r"(?:\s*[,;/|]\s*){2,}")
_NUMBER = re.compile(r"^\s*(?:(?:track|slot|song)\s*)?#?\d{1,3}\s*[.):]\s+", re.IGNORECASE)
_PARTS = re.compile(r"\s+[-–—|]\s+|:\s+")
_EDGES = " ,;|/-–—:.*_\"'“”„‘’()"
_FEW_WORDS, _LONGEST_NAME = 7, 5


def read_line(line: str, *, is_title: bool = False) -> dict[str, object]:
    """The fields of a slot that the line tells: title, caption, bpm, key and minutes as texts.

    `is_title`: it can't be a caption, because there is one.
    """
    fields: dict[str, object] = {}
    rest = _NUMBER.sub("", line)
    for name, pattern in (("bpm", _TEMPO), ("key", _KEY), ("minutes", _LENGTH)):
        if found := pattern.search(rest):
            fields[name] = re.sub(r"^(?:in|key(?: of)?:?)\s+", "", found[0], flags=re.IGNORECASE)
            rest = f"{rest[: found.start()]}{rest[found.end() :]}"
    rest = _LOOSE.sub(", ", _LEFT_OVER.sub("", rest)).strip(" ,;|/")
    if not any(map(str.isalnum, rest)):
        return fields
    if is_title:
        return {"title": rest.strip(_EDGES) or rest, **fields}
    parts = _PARTS.split(rest, maxsplit=1)
    if len(parts) == 1 or len(parts[0].split()) > _FEW_WORDS:
        return {"caption": rest, **fields}
    title, caption = parts[0].strip(_EDGES), parts[1].strip(" ,;|")
    if "," in caption or caption[:1].islower() or len(caption.split()) > _LONGEST_NAME:
        return {"title": title, "caption": caption, **fields}
    return {"title": f"{title} - {caption}", "caption": f"{title} - {caption}", **fields}
