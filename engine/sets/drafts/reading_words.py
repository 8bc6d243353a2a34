"""Words that stand for one of a few things, however they were written: keys, arcs, transitions,
languages, time signatures; and text made to fit.

Each function takes a plain value and gives what is meant, or None if that can't be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from engine.errors import InvalidRequest
from engine.fields import LANGUAGES
from engine.keys import parse_key
from engine.sets.drafts.reading_values import length_s, number, single
from engine.sets.linting.kinds import says_something
from engine.sets.plan import BEATS_PER_BAR, ArcName, TransitionType
from engine.sets.transitions import PHRASES
from engine.text import clean

_KEY_IN_WORDS = re.compile(
    r"\b([A-Ga-g])\s*[- ]?(#|♯|b|♭|sharp|flat|is|es|s|)\s*[- ]?"
    r"(major|minor|maj|min|dur|moll|m|M|)(?![a-z0-9#♯])",
    re.IGNORECASE,
)
_CAMELOT = re.compile(r"\b(1[0-2]|[1-9])\s*([AB])\b", re.IGNORECASE)
_OPEN_KEY = re.compile(r"\b(1[0-2]|[1-9])\s*([dm])\b", re.IGNORECASE)
_MODES = (
    (
        re.compile(r"\b(?:dorian|phrygian|aeolian|natural minor|harmonic minor|moll)\b", re.I),
        "minor",
    ),
    (re.compile(r"\b(?:ionian|lydian|mixolydian|dur)\b", re.I), "major"),
)
_GERMAN_B = re.compile(r"\bb(?=\s*-?\s*(?:dur|moll)\b)", re.IGNORECASE)
_GERMAN_H = re.compile(r"\bh(?=$|\s*[- ]?(?:m|minor|min|moll|major|maj|dur)\b)", re.IGNORECASE)
_LANGUAGE_NAMES = {
    "arabic": "ar", "azerbaijani": "az", "bulgarian": "bg", "bengali": "bn", "catalan": "ca",
    "czech": "cs", "danish": "da", "german": "de", "deutsch": "de", "ger": "de", "deu": "de",
    "greek": "el", "english": "en", "englisch": "en", "eng": "en", "spanish": "es",
    "espanol": "es", "español": "es", "spanisch": "es", "persian": "fa", "farsi": "fa",
    "finnish": "fi", "french": "fr", "francais": "fr", "français": "fr", "französisch": "fr",
    "hebrew": "he", "hindi": "hi", "croatian": "hr", "haitian creole": "ht", "hungarian": "hu",
    "indonesian": "id", "icelandic": "is", "italian": "it", "italiano": "it", "italienisch": "it",
    "japanese": "ja", "jp": "ja", "jpn": "ja", "japanisch": "ja", "korean": "ko", "kr": "ko",
    "latin": "la", "lithuanian": "lt", "malay": "ms", "nepali": "ne", "dutch": "nl",
    "norwegian": "no", "nb": "no", "punjabi": "pa", "polish": "pl", "portuguese": "pt",
    "brazilian portuguese": "pt", "romanian": "ro", "russian": "ru", "russisch": "ru",
    "sanskrit": "sa", "slovak": "sk", "serbian": "sr", "swedish": "sv", "swahili": "sw",
    "tamil": "ta", "telugu": "te", "thai": "th", "tagalog": "tl", "filipino": "tl",
    "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "vietnamese": "vi", "cantonese": "yue",
    "chinese": "zh", "mandarin": "zh", "cn": "zh",
}  # fmt: skip
_ARCS: tuple[tuple[ArcName, str], ...] = (
    ("journey", r"journey|story|voyage|trip|narrative|reise|odyssey"),
    ("wave", r"wave|up and down|ups and downs|undulat|oscillat|rolling|peak\w* (?:and )?valle"),
    ("peak", r"(?:rise|build|up|climb|rising).*(?:fall|down|drop|release|cool)|peak|climax|mountain"
     r"|arch|bell|pyramid|höhepunkt"),
    ("wind_down", r"wind|cool|descend|fall|down|decreas|calm|fad(?:e|ing)|relax|chill|sunset"),
    ("build", r"build|rise|rising|ascend|increas|crescendo|warm|ramp|climb|up|aufbau|steig|grow"),
    ("static", r"static|flat|steady|constant|even|plateau|consistent|stable|gleich"),
)  # fmt: skip
"""What each arc is called, the first that is found counts."""
_TRANSITIONS: tuple[tuple[TransitionType, str], ...] = (
    ("echo_out", r"echo|delay|reverb|dub out"),
    ("filter", r"filter|sweep|low ?pass|high ?pass|lpf|hpf|eq swap"),
    ("drop_in", r"drop|double drop"),
    ("bridge", r"bridge|interlude"),
    ("blend", r"blend|cross ?fade|beat ?match|beat ?mix|mix|smooth|seamless|überblend|layer|long"),
    ("fade", r"fade|ausblend|ambient"),
    ("cut", r"cut|hard|slam|instant|abrupt|quick|swap|schnitt|stop|jump"),
)
_SIGNATURES = {
    "waltz": "3/4",
    "common": "4/4",
    "march": "2/4",
    "c": "4/4",
    "four on the floor": "4/4",
}
_SIGNATURE = re.compile(r"(?<!\d)([2346])(?:\s*/\s*([48]))?(?!\s*/|\d)")
Name = TypeVar("Name", bound=str)
_UNITS_OF_BARS = re.compile(
    r"\d[\d.,]*\s*-?\s*(beats?|schläge|bars?|takte?|measures?)", re.IGNORECASE
)


def key(value: object) -> str | None:
    """One of the 24 keys as plans write them: from "Am", "8a", "F♯ minor", "A-moll", "H minor"."""
    value = single(value)
    if isinstance(value, Mapping):
        value = " ".join(str(one) for one in value.values() if isinstance(one, str))
    if not isinstance(value, str) or not value.strip():
        return None
    words = " ".join(clean(value).replace("_", " ").split())[:60]
    if not says_something(words):
        return None
    words = _GERMAN_B.sub("Bb", words)
    for mode, plain in _MODES:
        words = mode.sub(plain, words)
    for spelling in (words, _GERMAN_H.sub("B", words), *_keys_within(words)):
        try:
            return str(parse_key(spelling))
        except InvalidRequest:
            continue
    return None


def _keys_within(words: str) -> Iterable[str]:
    """Spellings of keys in longer words: "A minor (8A)", "key of F# minor", "Fis-Moll"."""
    if camelot := _CAMELOT.search(words):
        yield f"{camelot[1]}{camelot[2]}"
    if open_key := _OPEN_KEY.fullmatch(words):  # 1m is A minor, 8A
        yield f"{(int(open_key[1]) + 6) % 12 + 1}{'A' if open_key[2].lower() == 'm' else 'B'}"
    for named in _KEY_IN_WORDS.finditer(_GERMAN_H.sub("B", words)):
        accidental = {"is": "#", "es": "b", "s": "b"}.get(named[2].lower(), named[2])
        if named[3] or len(words) <= 3 or named[0] == words:
            yield f"{named[1]}{accidental}{named[3]}"


def arc(value: object) -> ArcName | None:
    return _first_named(_ARCS, value)


def transition(value: object) -> dict[str, object] | None:
    """`type` and `bars` of a transition, as far as they are told; None if nothing is."""
    value = single(value)
    if isinstance(value, Mapping):
        is_open = set(value) <= {"type", "bars"} and not any(value.values())
        return {} if is_open else _told_transition(value)
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, str):
        told: dict[str, object] = {"bars": phrase(number(value))}
    else:
        told = {"type": _first_named(_TRANSITIONS, value), "bars": _bars_within(value)}
    return {name: held for name, held in told.items() if held is not None} or None


def phrase(bars: float | None) -> int | None:
    """The nearest length that a transition may have."""
    if bars is None or bars <= 0:
        return None
    return min(PHRASES, key=lambda length: abs(length - bars))


def _told_transition(entries: Mapping[str, object]) -> dict[str, object] | None:
    told: dict[str, object] = {}
    for name, value in entries.items():
        name = str(name).lower()
        if value is None or value == "":
            continue
        if "beat" in name and (beats := number(value)):
            told.setdefault("bars", phrase(beats / 4))
        elif ("bar" in name or name in ("length", "size")) and (bars := number(value)):
            told.setdefault("bars", phrase(bars))
        elif ("dur" in name or "sec" in name) and (seconds := length_s(value, 1.0)):
            told.setdefault("bars", phrase(seconds / 2))  # a bar lasts two seconds at 120 bpm
        elif isinstance(value, str):
            for part, one in (transition(value) or {}).items():
                told.setdefault(part, one)
    return {name: held for name, held in told.items() if held is not None} or None


def _bars_within(text: str) -> int | None:
    if counted := _UNITS_OF_BARS.search(text):
        beats = counted[1].lower().startswith(("beat", "schl"))
        count = number(counted[0])
        return phrase(None if count is None else count / 4 if beats else count)
    if re.search(r"\d\s*(?:s|sec|seconds?)\b", text):
        return phrase((length_s(text, 1.0) or 0.0) / 2)
    return None


def language(value: object) -> str | None:
    """A code that the studio knows; None for others, and for "instrumental" and the like."""
    value = single(value)
    if not isinstance(value, str):
        return None
    words = value.strip().lower()
    code = re.split(r"[-_ (]", words)[0] if words else ""
    for name in (words, words.split("(")[0].strip(), code):
        if name in LANGUAGES or name in _LANGUAGE_NAMES:
            return _LANGUAGE_NAMES.get(name, name)
    return None


def time_signature(value: object) -> str | None:
    """One of the four that there are: from 3, "4/4 time", "waltz"."""
    value = single(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    words = f"{value:g}" if isinstance(value, int | float) else value.strip().lower()
    for name, signature in _SIGNATURES.items():
        if words == name or (len(name) > 1 and name in words):
            return signature
    found = _SIGNATURE.search(words)
    if not found or re.search(r"\d\d|[^\d]?[5789]\s*/", words):
        return None
    signature = f"{found[1]}/{found[2] or ('8' if found[1] == '6' else '4')}"
    return signature if signature in BEATS_PER_BAR else None


def text(value: object, separator: str = ", ") -> str:
    """The text of strings, numbers, lists and tables of them; cleaned."""
    if isinstance(value, str):
        return clean(clean(value)).strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.12g}"
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Sequence):
        return separator.join(filter(None, (text(one, separator) for one in value)))
    return ""


def line(value: object, limit: int) -> str:
    """The text on one line, cut at a word if it is too long; empty if it says nothing."""
    words = " ".join(text(value).split())
    return cut(words, limit) if words else ""


def lyrics(value: object, limit: int) -> str:
    """Lines to sing, from text, a list of lines or a table of sections."""
    if isinstance(value, Mapping):
        sections = {str(name).replace("_", " "): text(held, "\n") for name, held in value.items()}
        parts = [f"[{name.title()}]\n{held}" for name, held in sections.items() if held]
        value = "\n".join(parts)
    return cut(text(value, "\n"), limit)


def cut(words: str, limit: int) -> str:
    """At most `limit` characters, up to the end of a word if there is one."""
    if len(words) <= limit:
        return words
    whole_words = re.sub(r"\s+\S*$", "", words[: limit + 1])
    return (whole_words if len(whole_words) <= limit else words[:limit]).strip(" ,;\n")


def joined(*parts: str, limit: int) -> str:
    """Words one after another, leaving out what was said before."""
    said = ""
    for part in parts:
        if says_something(part) and part.lower() not in said.lower():
            longer = ", ".join(filter(None, (said, part)))
            said = longer if len(longer) <= limit or not said else said
    return cut(said, limit)


def _first_named(names: Sequence[tuple[Name, str]], value: object) -> Name | None:
    value = single(value)
    if not isinstance(value, str):
        return None
    words = re.sub(r"[\s_-]+", " ", value.strip().lower())
    for name, _ in names:
        if words == name.replace("_", " "):
            return name
    return next((name for name, told in names if re.search(rf"\b(?:{told})", words)), None)
