"""JSON as language models and people write it, read to plain values.

Takes all of JSON and beyond: comments, trailing and missing commas, single and smart quotes,
unquoted names and words, Python's literals and tuples, line breaks in strings, and text that stops
in the middle. Nothing is evaluated. Knows nothing of sets.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

from engine.errors import InvalidRequest

MAX_NESTING = 40

_GAP = re.compile(r"(?:\s+|//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"(?:(?!\s#|\s//)[^,\[\]{}()\n])+")
_NAME = re.compile(r"[^\s:=,\[\]{}()]+(?:[ \t]+[^\s:=,\[\]{}()]+)*")
_AFTER_STRING = re.compile(r"\s*(?:[,:}\])=]|\Z|//|#|/\*)|[ \t]*\n")
_CLOSING = {
    '"': '"',
    "'": "'’",
    "“": '”“"',
    "”": '”"',
    "„": '“”"',
    "‘": "’'",
    "’": "’'",
    "`": "`´'",
}
_ENDS = {quote: re.compile(rf"\\.|[{closing}]", re.DOTALL) for quote, closing in _CLOSING.items()}
_TRIPLE = ('"""', "'''")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_WORDS: dict[str, object] = {
    "true": True, "false": False, "null": None, "none": None, "undefined": None, "nil": None,
    "nan": None, "infinity": None, "-infinity": None, "+infinity": None, "inf": None, "-inf": None,
}  # fmt: skip
_BRACKETS = {"[": "]", "(": ")", "{": "}"}


class Unreadable(Exception):
    """No value begins here."""


def too_deep() -> InvalidRequest:
    return InvalidRequest(
        f"plan: is nested more than {MAX_NESTING} deep; write the set as one list of slots.",
        field="plan",
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A value, where the text goes on after it, and whether the text stopped within it."""

    value: object
    end: int
    is_cut: bool


def read_value(text: str, start: int = 0) -> Found:
    """The value that begins at `start`, as dicts, lists, strings, numbers, bools and None.

    Of a name that comes twice the last value that isn't null counts. Where the text stops in the
    middle, what is open is closed and a half-written value is left out. NaN and infinities are
    None. Raises `Unreadable` if no value begins there, `InvalidRequest` (field `plan`) if it is
    nested more than 40 deep.
    """
    reader = _Reader(text, start)
    value = reader.value(0)
    return Found(value, reader.at, reader.is_cut)


def read_word(word: str) -> object:
    """What an unquoted word means: a number, a bool, null, or the word itself."""
    word = word.strip()
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    return _number(word) if _NUMBER.fullmatch(word) else word


@dataclass(slots=True)
class _Reader:
    text: str
    at: int
    is_cut: bool = False
    awaited: list[str] = field(default_factory=list)
    """The brackets that will close what is open, the innermost last."""

    def value(self, depth: int) -> object:
        self._skip()
        first = self._next()
        if first in ("{", "[", "("):
            return self._inside(first, depth + 1)
        if first in _CLOSING:
            return self._string(first)
        return self._bare()

    def _inside(self, bracket: str, depth: int) -> object:
        if depth > MAX_NESTING:
            raise too_deep()
        self.at += 1
        self.awaited.append(_BRACKETS[bracket])
        inside = self._mapping(depth) if bracket == "{" else self._list(depth)
        self.awaited.pop()
        return inside

    def _list(self, depth: int) -> list[object]:
        items: list[object] = []
        while not self._closes():
            cut_before = self.is_cut
            try:
                item = self.value(depth)
            except Unreadable:
                if self.at >= len(self.text):
                    self.is_cut = True
                    break
                self.at += 1
                continue
            if self.is_cut and not cut_before and not isinstance(item, dict | list):
                break
            items.append(item)
        return [item for item in items if not (self.is_cut and item == {})]

    def _mapping(self, depth: int) -> dict[str, object]:
        entries: dict[str, object] = {}
        is_prose = False
        while not self._closes():
            name = self._name()
            self._skip()
            if self._next() not in (":", "="):
                is_prose = True
                self.at += name is None  # a stray mark
                continue
            self.at += 2 if self.text.startswith("=>", self.at) else 1
            try:
                value = self.value(depth)
            except Unreadable:
                value = None
            if self.is_cut and not isinstance(value, dict | list):
                break
            if name is not None and (value is not None or name not in entries):
                entries[name] = value
        if is_prose and not entries and depth == 1:
            raise Unreadable
        return entries

    def _closes(self) -> bool:
        """Go past gaps and commas; whether the end is there, and if so past that."""
        while self.at < len(self.text):
            self._skip()
            mark = self._next()
            if mark and mark == self.awaited[-1]:
                self.at += 1
                return True
            if mark and mark in self.awaited:
                return True  # closes this one too, and is left to its owner
            if not mark or mark not in ",;]})":
                break
            self.at += 1
        if self.at >= len(self.text):
            self.is_cut = True
        return self.is_cut and self.at >= len(self.text)

    def _name(self) -> str | None:
        if self._next() in _CLOSING:
            return self._string(self.text[self.at])
        if named := _NAME.match(self.text, self.at):
            self.at = named.end()
            return named[0]
        return None

    def _string(self, quote: str) -> str:
        if self.text.startswith(_TRIPLE, self.at):
            return self._long_string(self.text[self.at : self.at + 3])
        begin = self.at + 1
        position = begin
        while mark := _ENDS[quote].search(self.text, position):
            position = mark.end()
            if mark[0][0] != "\\" and _AFTER_STRING.match(self.text, position):
                self.at = position
                return _unescaped(self.text[begin : mark.start()])
        self.at = len(self.text)
        self.is_cut = True
        return _unescaped(self.text[begin:])

    def _long_string(self, quotes: str) -> str:
        begin = self.at + 3
        end = self.text.find(quotes, begin)
        if end < 0:
            self.at, self.is_cut = len(self.text), True
            return self.text[begin:]
        self.at = end + 3
        return _unescaped(self.text[begin:end].removeprefix("\n"))

    def _bare(self) -> object:
        bare = _BARE.match(self.text, self.at)
        if bare is None or not bare[0].strip():
            self._unreadable()
        self.at = bare.end()
        value = read_word(bare[0])
        if self.at >= len(self.text) and not isinstance(value, bool):
            self.is_cut = True  # 12 may be half of 128
        return value

    def _unreadable(self) -> NoReturn:
        raise Unreadable

    def _skip(self) -> None:
        if gap := _GAP.match(self.text, self.at):
            self.at = gap.end()

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]


def _number(word: str) -> int | float | None:
    """None for what no number can hold."""
    if word.lstrip("+-").isdecimal():
        return int(word) if len(word) <= 300 else None
    number = float(word)
    return number if math.isfinite(number) else None


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda escape: _meant(escape[1]), text)
    # A character beyond the first 65,536 is written as two halves.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(escape: str) -> str:
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, escape)
