"""What a brief states in figures: length, count, tempi, keys, time signature and lyrics.

Takes them out of the text. Tempi and keys leave a mark where they stood, because they may belong to
one part of the set only; who they belong to is `phases`' to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.errors import InvalidRequest
from engine.fields import MAX_BPM, MAX_SLOTS, MIN_BPM
from engine.keys import Key, parse_key
from engine.sets.plan import MAX_MINUTES

FIRST_MARK = 0xE000
"""Marks are single characters from here on, in a range that Unicode leaves to private use."""

Range = tuple[float, float]

_N = r"(\d+(?:[.,]\d+)?)"
_HOUR = r"(?:h|hr|hrs|hour|hours|huor|huors|stunde|stunden|std|heure|heures|hora|horas)"
_MIN = r"(?:m|min|mins|minute|minutes|minuts|mintues|minuets|minuten|minutos|minuto|mn|')"
_SEC = r"(?:s|sec|secs|second|seconds|sek|sekunden|secondes|segundos)"
_A = r"(?:an?|1|one|eine?r?|une?|una)"
_LENGTHS: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
    (rf"\b(\d+):(\d\d)\s*{_HOUR}\b", lambda m: 60 * float(m[1]) + float(m[2])),
    (rf"\b{_N}\s*{_HOUR}\s*(?:and|und|et|y|,)?\s*{_N}\s*{_MIN}(?![\w:])",
     lambda m: 60 * _float(m[1]) + _float(m[2])),
    (r"\b(\d+)\s*h\s*([0-5]\d)(?![\w:.])", lambda m: 60 * float(m[1]) + float(m[2])),
    (rf"\b{_A}\s+{_HOUR}\s+(?:and|und|et|y)\s+{_N}\s*{_MIN}\b", lambda m: 60 + _float(m[1])),
    (rf"\b{_N}\s*(?:and|&)\s*a\s+half\s+{_HOUR}\b", lambda m: 60 * _float(m[1]) + 30),
    (rf"\b{_N}\s*{_HOUR}\s+(?:and|&)\s+a\s+half\b", lambda m: 60 * _float(m[1]) + 30),
    (rf"\b{_A}\s+{_HOUR}\s+(?:and\s+a\s+half|et\s+demie|y\s+media)\b", lambda _: 90),
    (r"\b(?:anderthalb\s+stunden|eineinhalb\s+stunden)\b", lambda _: 90),
    (rf"\b(?:3|three)[\s-]+quarters\s+of\s+an\s+{_HOUR}\b", lambda _: 45),
    (r"\b(?:eine\s+)?dreiviertelstunde\b", lambda _: 45),
    (rf"\b(?:a\s+)?quarter\s+(?:of\s+an?\s+)?{_HOUR}\b|\b(?:eine\s+)?viertelstunde\b|"
     r"\b(?:un\s+)?quart\s+d'heure\b", lambda _: 15),
    (rf"\b(?:an?\s+)?half(?:\s+an?)?[\s-]+{_HOUR}\b|\b(?:eine\s+)?halbe\s+stunde\b|"
     r"\b(?:une\s+)?demi[\s-]heure\b|\bmedia\s+hora\b", lambda _: 30),
    (rf"\b{_N}\s*-?\s*{_HOUR}\b", lambda m: 60 * _float(m[1])),
    (rf"\b{_A}\s+{_HOUR}\b", lambda _: 60),
    (rf"\b{_N}\s*-?\s*(?:to|-|–)\s*{_N}\s*-?\s*{_MIN}(?!\w)",
     lambda m: 0.5 * (_float(m[1]) + _float(m[2]))),
    (rf"\b{_N}\s*-?\s*{_MIN}(?!\w)", lambda m: _float(m[1])),
    (rf"\b{_N}\s*-?\s*{_SEC}\b", lambda m: _float(m[1]) / 60),
)  # fmt: skip
_TRACK = (
    r"(?:tracks?|traks?|songs?|tunes?|pieces?|slots?|numbers|cuts|titel|tracks|lieder|stücke|"
    r"stuecke|songs|morceaux|titres|chansons|canciones|temas|pistas)"
)
_EACH = r"(?:each|apiece|per\s+track|per\s+song|a\s+track|a\s+song|pro\s+\w+|je|chacun|cada\s+uno)"
_COUNT = re.compile(
    rf"\b(\d{{1,3}})\s+(?:\w+\s+){{0,1}}?{_TRACK}\b|\b(\d{{1,3}})\s+(?:[\w&'-]+\s+){{1,3}}?{_TRACK}\b",
    re.I,
)
_OF = re.compile(rf"{_TRACK}\s+(?:of|à|zu|von|de|with|at)\s+(?:about\s+)?$", re.I)
_ONE_TRACK = re.compile(
    r"\b(?:a|one|1|single|just a|ein|un|une|una)\s+(?:single\s+)?"
    r"(?:track|song|tune|piece|lied|stück|morceau|chanson|canción)\b",
    re.I,
)
_TIMES = re.compile(rf"\b(\d{{1,3}})\s*[x×]\s*{_N}\s*{_MIN}(?!\w)", re.I)

_BPM = r"(?:\d{2,3}(?:[.,]\d{1,2})?)"
_UNIT = r"(?:\s*-?\s*(?:bpm|beats\s+per\s+minute))"
_TO = r"\s*(?:-|–|—|to|up\s+to|down\s+to|bis|auf|until|till|and|und|à|a|hasta|->|→|>)\s*"
_FROM = re.compile(
    rf"\b(?:start(?:s|ing)?|open(?:s|ing)?|begin(?:s|ning)?)\s+(?:at|with|from|on|around)\s+"
    rf"(?P<low>{_BPM}){_UNIT}?\b(?:[^.;]{{0,40}}?)\b"
    rf"(?:end(?:s|ing)?|finish(?:es|ing)?|clos(?:es?|ing)|up|down)\s+(?:at|to|with|on|around)\s+"
    rf"(?P<high>{_BPM}){_UNIT}?\b", re.I,
)  # fmt: skip
_RANGE = re.compile(
    rf"(?:\b(?:from|between|von|zwischen|de|entre)\s+)?(?<![\d.:/])(?P<low>{_BPM}){_UNIT}?{_TO}"
    rf"(?P<high>{_BPM}){_UNIT}?(?![\d.:/]|\s*(?:min|tracks|songs|h\b))", re.I,
)  # fmt: skip
_ABOUT = re.compile(
    rf"\b(?:around|about|circa|ca\.?|roughly|approximately|~|um|ungefähr|etwa|environ|vers|"
    rf"alrededor\s+de)\s*(?P<bpm>{_BPM}){_UNIT}?(?![\d.:/])|~\s*(?P<wave>{_BPM})", re.I,
)  # fmt: skip
_SINGLE = re.compile(
    rf"(?:\b(?:at|bei|à|a|bpm|tempo)\s*:?\s*)?(?<![\d.:/])(?P<bpm>{_BPM}){_UNIT}", re.I
)
_BARE = re.compile(
    rf"(?:\b(?:at|bei|tempo|bpm)\s*:?\s*)?(?<![\d.:/\w])(?P<bpm>{_BPM})(?![\d.:/\w%]|\s*(?:er|s)\b)",
    re.I,
)
_MORE = re.compile(r"\b(\d+)\s+(?:more|extra|further|weitere|noch)\s+", re.I)
_FEW = re.compile(r"(?<![\d.:/\w])(\d{1,2})(?![\d.:/\w%])")
_LEAST_BARE = 60.0
_SPREAD = 2.0
"""How far "around 122" reaches."""

_ACCIDENTAL = r"(?:#|♯|♭|b(?![a-z])|\s?-?sharp\b|\s?-?flat\b)?"
_KEYS = (
    re.compile(rf"(?P<before>\b(?:in|key\s+of|key:?)\s+(?:the\s+key\s+of\s+)?)?"
               rf"\b(?P<key>[A-Ga-g]{_ACCIDENTAL}[\s-]?(?:major|minor|maj|min|dur|moll))\b"),
    re.compile(r"\b(?:in|key\s+of|key:?)\s+(?P<key>[A-G](?:#|♯|b|♭)?m?)(?![\w#'])"),
    re.compile(r"(?<![\w#])(?P<key>[A-G](?:#|♯|b|♭)?m)(?![\w#])"),
    re.compile(r"(?<![\w#])(?P<key>(?:1[0-2]|[1-9])[ABab])(?![\w#])"),
)  # fmt: skip
_METRE = re.compile(r"(?:\bin\s+)?(?<![\d/])(2|3|4|6)\s*/\s*(4|8)(?![\d/])(?:\s+time)?", re.I)
_WALTZ = re.compile(r"\b(?:waltz(?:es)?|walzer|valses?|vals)\b", re.I)
_LYRICS = re.compile(r"\blyrics\s*:?\s*[\"“„«](?P<lines>[^\"”“»]+)[\"”“»]", re.I)


@dataclass(slots=True)
class Figures:
    """What was stated; `text` is the rest, with a mark for each of `marked`."""

    text: str
    minutes: float | None = None
    count: int | None = None
    each_minutes: float | None = None
    metre: str | None = None
    lyrics: str = ""
    ends_bpm: Range | None = None
    """Where the set starts and ends, if both were said."""
    marked: list[Range | Key | float] = field(default_factory=list)
    """Tempi, keys, and the minutes of parts, by their marks."""
    about: set[int] = field(default_factory=set)
    """Which marks are tempi that were only said about."""

    @property
    def bpms(self) -> list[Range]:
        return [one for one in self.marked if isinstance(one, tuple)]

    def cut(self, found: re.Match[str], put: str = " ") -> None:
        """Take a match out of the text."""
        self.text = f"{self.text[: found.start()]}{put}{self.text[found.end() :]}"

    def mark(self, found: re.Match[str], what: Range | Key | float) -> None:
        """Leave a mark where a tempo, a key or a length stood."""
        self.cut(found, f" {chr(FIRST_MARK + len(self.marked))} ")
        self.marked.append(what)


def read_figures(text: str) -> Figures:
    """All that is stated in figures; numbers in words must be figures already."""
    figures = Figures(_MORE.sub(r"\1 ", text))
    if found := _LYRICS.search(figures.text):
        figures.lyrics = found["lines"].strip()
        figures.cut(found)
    _read_metre(figures)
    _read_keys(figures)
    _read_ends(figures)
    _read_lengths(figures)
    _read_count(figures)
    _read_tempi(figures)
    return figures


def _read_metre(figures: Figures) -> None:
    found = _METRE.search(figures.text)
    if found and f"{found[1]}/{found[2]}" in ("2/4", "3/4", "4/4", "6/8"):
        figures.metre = f"{found[1]}/{found[2]}"
        figures.cut(found)
    if found := _WALTZ.search(figures.text):
        figures.metre = figures.metre or "3/4"
        figures.cut(found)


def _read_keys(figures: Figures) -> None:
    for pattern in _KEYS:
        place = 0
        while found := pattern.search(figures.text, place):
            place = found.end()
            article = found["key"][0] == "a" and not found.groupdict().get("before")
            if pattern is _KEYS[0] and article:
                continue  # "a minor detail"
            try:
                key = parse_key(found["key"].replace("-", " "))
            except InvalidRequest:
                continue
            figures.mark(found, key)
            place = found.start()


def _read_ends(figures: Figures) -> None:
    if found := _FROM.search(figures.text):
        ends = (_float(found["low"]), _float(found["high"]))
        if all(MIN_BPM <= end <= MAX_BPM for end in ends):
            figures.ends_bpm = ends
            between = re.sub(rf"\b(?:and|end|ends|ending)\b|{_BPM}", " ", found[0])
            figures.cut(found, f" {re.sub(r'[^,]', '', between)} ")


def _read_lengths(figures: Figures) -> None:
    if found := _TIMES.search(figures.text):
        figures.count, figures.each_minutes = int(found[1]), _float(found[2])
        figures.cut(found)
    lengths: list[float] = []
    for pattern, minutes in _LENGTHS:
        while found := re.search(pattern, figures.text, re.I):
            value = float(min(MAX_MINUTES, max(0.1, minutes(found))))
            before = _OF.search(figures.text[: found.start()])
            rest = figures.text[found.end() :]
            after = re.match(rf"(?:\s*{_EACH}\b)+", rest, re.I)
            if before or after:
                figures.each_minutes = value
                end = after.end() if after else 0
                figures.text = f"{figures.text[: found.start()]} {rest[end:]}"
            else:
                figures.mark(found, value)
                lengths.append(value)
    if lengths:
        figures.minutes = min(MAX_MINUTES, sum(lengths))


def _read_count(figures: Figures) -> None:
    if found := _COUNT.search(figures.text):
        count = int(found[1] or found[2])
        if count:
            figures.count = min(MAX_SLOTS, count)
            number = re.match(r"\d+", found[0])
            end = found.start() + (number.end() if number else 0)
            figures.text = f"{figures.text[: found.start()]} {figures.text[end:]}"
    elif found := _ONE_TRACK.search(figures.text):
        figures.count = 1
        figures.cut(found)


def _read_tempi(figures: Figures) -> None:
    while found := _first(_RANGE, figures.text, _usable_range):
        low, high = _float(found["low"]), _float(found["high"])
        figures.mark(found, (low, high))
    while found := _first(_ABOUT, figures.text, _usable):
        bpm = _float(found["bpm"] or found["wave"])
        figures.about.add(len(figures.marked))
        figures.mark(found, (bpm - _SPREAD, bpm + _SPREAD))
    for pattern, usable in ((_SINGLE, _usable), (_BARE, _usable_bare)):
        while found := _first(pattern, figures.text, usable):
            bpm = _float(found["bpm"])
            figures.mark(found, (bpm, bpm))
    found = _FEW.search(figures.text)
    if figures.count is None and found and 0 < int(found[1]) < _LEAST_BARE:
        figures.count = int(found[1])
        figures.cut(found)


def _first(
    pattern: re.Pattern[str], text: str, good: Callable[[re.Match[str]], bool]
) -> re.Match[str] | None:
    return next((found for found in pattern.finditer(text) if good(found)), None)


def _usable_range(found: re.Match[str]) -> bool:
    low, high = _float(found["low"]), _float(found["high"])
    return min(low, high) >= 40.0 and max(low, high) <= MAX_BPM


def _usable(found: re.Match[str]) -> bool:
    said = found.groupdict()
    return MIN_BPM <= _float(said.get("bpm") or said.get("wave") or "0") <= MAX_BPM


def _usable_bare(found: re.Match[str]) -> bool:
    return _LEAST_BARE <= _float(found["bpm"]) <= 220.0


def _float(text: str) -> float:
    return float(text.replace(",", "."))
