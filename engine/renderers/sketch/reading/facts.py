"""What a caption states outright in figures: tempo, key and time signature.

Takes them out of the text, so that nobody later wonders what the words "124 bpm" mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import InvalidRequest
from engine.fields import MAX_BPM, MIN_BPM
from engine.keys import Key, parse_key
from engine.renderers.sketch.score import METERS

_NUMBER = r"(?P<low>\d{2,3}(?:[.,]\d{1,3})?)(?:\s*(?:-|–|to)\s*(?P<high>\d{2,3}(?:[.,]\d{1,3})?))?"
_TEMPO = re.compile(
    rf"(?:\b(?:at|around|about|circa|~)\s*)?(?<!\d){_NUMBER}\s*-?\s*"
    rf"(?:bpm|beats per minute)\b",
    re.IGNORECASE,
)
_TEMPO_FIRST = re.compile(rf"\b(?:bpm|tempo)\s*(?:of|is|:|=)?\s*{_NUMBER}", re.IGNORECASE)

_ACCIDENTAL = r"(?:#|♯|♭|b(?![a-z])|\s?-?sharp\b|\s?-?flat\b)?"
_NAMED_KEY = re.compile(
    rf"\b(?:(?P<before>in|key of|key:?)\s+(?:the key of\s+)?)?"
    rf"(?P<key>[A-Ga-g]{_ACCIDENTAL}[\s-]?(?:major|minor|maj|min|dur|moll))\b"
    r"(?!\s+(?:key|mode|chord|chords|feel|scale|progression|mood))",
)
_SHORT_KEY = re.compile(r"\b(?:in|key of|key:?)\s+(?P<key>[A-G](?:#|♯|b|♭)?m?)(?![\w#])")
_BARE_SHORT_KEY = re.compile(r"(?<![\w#])(?P<key>[A-G](?:#|♯|b|♭)m)(?![\w#])")
_CAMELOT_KEY = re.compile(r"\b(?:camelot|key:?(?: of)?)\s+(?P<key>1?\d[ABab])\b")
_METER = re.compile(r"(?<![\d/])(?P<beats>\d{1,2})\s*/\s*(?P<unit>2|4|8|16)(?![\d/])")


@dataclass(frozen=True, slots=True)
class Facts:
    """What was stated, and the `rest` of the caption."""

    rest: str
    bpm: float | None = None
    key: Key | None = None
    signature: str | None = None
    warnings: tuple[str, ...] = ()


def read_facts(caption: str) -> Facts:
    """The tempo, key and time signature that a caption states in so many words."""
    warnings: list[str] = []
    rest, signature = _read_signature(caption, warnings)
    rest, bpm = _read_tempo(rest, warnings)
    rest, key = _read_key(rest)
    return Facts(rest, bpm, key, signature, tuple(warnings))


def _read_tempo(text: str, warnings: list[str]) -> tuple[str, float | None]:
    found = _TEMPO.search(text) or _TEMPO_FIRST.search(text)
    if not found:
        return text, None
    ends = [float(found[end].replace(",", ".")) for end in ("low", "high") if found[end]]
    bpm = sum(ends) / len(ends)
    rest = text[: found.start()] + " " + text[found.end() :]
    if not MIN_BPM <= bpm <= MAX_BPM:
        warnings.append(
            f"caption: {bpm:g} bpm is outside {MIN_BPM:g} to {MAX_BPM:g}; "
            "the style chooses the tempo."
        )
        return rest, None
    return rest, bpm


def _read_key(text: str) -> tuple[str, Key | None]:
    for pattern in (_NAMED_KEY, _SHORT_KEY, _BARE_SHORT_KEY, _CAMELOT_KEY):
        for found in pattern.finditer(text):
            name = found["key"]
            if pattern is _NAMED_KEY and name[0] == "a" and not found["before"]:
                continue  # "a minor detail": an article
            try:
                key = parse_key(name.replace("-", " "))
            except InvalidRequest:
                continue
            return text[: found.start()] + " " + text[found.end() :], key
    return text, None


def _read_signature(text: str, warnings: list[str]) -> tuple[str, str | None]:
    found = _METER.search(text)
    if not found:
        return text, None
    signature = f"{found['beats']}/{found['unit']}"
    rest = text[: found.start()] + " " + text[found.end() :]
    if signature in METERS:
        return rest, signature
    known = ", ".join(METERS)
    warnings.append(f"caption: {signature} can't be played; the time signatures are {known}.")
    return rest, None
