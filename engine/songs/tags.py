"""Section tags: which there are, and the one that somebody meant.

Every tag here is one that the renderers know; what they make of it is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

TAGS = (
    "Intro", "Verse", "Pre-Chorus", "Chorus", "Bridge", "Build", "Drop", "Breakdown", "Solo",
    "Instrumental", "Outro", "Theme", "Groove",
)  # fmt: skip
SUNG = frozenset({"Verse", "Pre-Chorus", "Chorus", "Bridge"})
"""Sections that have lines as a rule."""

_OTHER_NAMES: Mapping[str, str] = {
    name: tag
    for tag, names in {
        "Intro": "introduction|opening|prelude|entrada|einleitung",
        "Verse": "vers|strophe|strofa|couplet|verso|estrofa|rap|spoken|stanza|spoken word",
        "Pre-Chorus": "prechorus|pre hook|precoro|rise|pre refrain|prerefrain|lift",
        "Chorus": "hook|refrain|post chorus|postchorus|coro|refrao|ritornello|estribillo|refrao",
        "Bridge": "middle eight|middle 8|puente|ponte|brücke|bruecke|pont|c part|mittelteil",
        "Build": "build up|buildup|riser|rising",
        "Drop": "beat drop|climax|peak",
        "Breakdown": "break down|break|interlude|zwischenspiel",
        "Solo": "improvisation|guitar solo|piano solo|sax solo|synth solo|drum solo",
        "Instrumental": "instrumental break|instrumental section|melody|riff|vamp|jam",
        "Outro": "ending|end|coda|finale|fade out|fadeout|final|salida|fin|schluss",
        "Theme": "head|motif|thema",
        "Groove": "main groove|loop",
    }.items()
    for name in names.split("|")
}
_NAMES: Mapping[str, str] = {**{tag.lower().replace("-", " "): tag for tag in TAGS}, **_OTHER_NAMES}
_TAG = re.compile(r"^\s*[\[【](?P<tag>[^\]】]{1,80})[\]】]\s*(?P<rest>.*)$")
_LABEL = re.compile(
    r"^\s*[\(\*#_]*\s*(?P<name>[^\W\d_][\w \-]{2,24}?)\s*[\)\*_]*\s*:?\s*[\)\*_]*\s*$"
)
_NUMBER = re.compile(r"\s*(?:\d+|[ivx]{1,4})\s*$", re.I)
_TIMES = re.compile(r"\s*[\(x×]\s*x?\s*\d\s*x?\s*\)?\s*$", re.I)
_ALIKE = 0.6


def tag_in(line: str) -> tuple[str, str] | None:
    """The tag that a line begins with and the rest of the line; None if it has none.

    A line that is nothing but a section's name, such as `Chorus:` or `(Verse 2)`, is a tag too.
    """
    if found := _TAG.match(line):
        return " ".join(found["tag"].split()), found["rest"].strip()
    label = _LABEL.match(line)
    if label and _known(label["name"]) and (":" in line or "(" in line or len(line.split()) <= 2):
        return " ".join(label["name"].split()), ""
    return None


def kind_of(tag: str) -> str | None:
    """The tag of `TAGS` that a tag stands for, by its name or another; None if it is none."""
    return _known(tag)


def nearest(tag: str) -> str | None:
    """The tag of `TAGS` that this one is nearly spelt like."""
    name = _plain(tag)
    close = get_close_matches(name, list(_NAMES), 1, cutoff=_ALIKE)
    if not close:
        close = [
            one for word in name.split() for one in get_close_matches(word, list(_NAMES), 1, 0.8)
        ]
    return _NAMES[close[0]] if close else None


def _known(tag: str) -> str | None:
    name = _plain(tag)
    if name in _NAMES:
        return _NAMES[name]
    return next((_NAMES[word] for word in reversed(name.split()) if word in _NAMES), None)


def _plain(tag: str) -> str:
    name = re.split(r"\s+[-–—|]\s+|\s*[:(,;]\s*", _TIMES.sub("", tag.strip()), maxsplit=1)[0]
    name = _NUMBER.sub("", name) or name
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())
