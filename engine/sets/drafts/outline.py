"""Sets written as lines: broken TOML, YAML, Markdown lists and tables, as a best effort.

Turns lines into the plain values that JSON would have given. Knows which words name fields; reads
no values of fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.sets.drafts.loose_json import Unreadable, read_value, read_word
from engine.sets.drafts.spellings import set_field, slot_field

_EMPHASIS = re.compile(r"\*\*|__|`")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_ITEM = re.compile(
    r"(?P<indent>\s*)(?P<mark>[-*+•]|#{1,6}\s*\d{1,3}[.):]|\d{1,3}[.):])\s+(?P<text>\S.*)"
)
_NUMBERED = re.compile(
    r"\s*(?:#{1,6}\s*|[-*]\s*)?(?:track|slot|song|titel)\s*#?\d{1,3}\s*(?:[:.)\-–—]\s*(?P<text>.*))?",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"(?P<indent>\s*)(?P<name>[A-Za-zÄÖÜäöü][\w ./()-]{0,30}?)\s*(?P<mark>[:=])"
    r"(?:\s+|(?==)|(?<==)|$)(?P<value>.*)"
)
_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*")
LINE = "text_line"
"""Where the text of a line stands that names a slot without a field's name."""
_BLOCK = ("|", ">", "|-", ">-", "|+")
_TRIPLE = ('"""', "'''")


def read_outline(text: str) -> dict[str, object] | None:
    """The set that these lines hold, as `{..., "slots": [...]}`; None if they hold no slot."""
    outline = _Outline(text.splitlines())
    outline.read()
    slots = [slot for slot in outline.slots if slot not in ({}, "")]
    return {**outline.entries, "slots": slots} if slots else None


@dataclass(slots=True)
class _Outline:
    lines: list[str]
    at: int = 0
    entries: dict[str, object] = field(default_factory=dict)
    slots: list[dict[str, object]] = field(default_factory=list)
    section: dict[str, object] | None = None
    """The table that entries go to; None: the set's own."""
    mark: str = ""
    """How the current slot's item began: a number, a dash, …"""
    indent: int = -1
    """How far the current slot's item is indented."""

    def read(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            self.at += 1
            if line.strip() and not line.lstrip().startswith("```"):
                self._line(line)

    def _line(self, line: str) -> None:
        if line.count("|") >= 2 and self.at < len(self.lines) and _is_rule(self.lines[self.at]):
            self._table(line)
        elif header := _HEADER.fullmatch(line):
            self._header(header[1] == "[[", header[2])
        elif numbered := _NUMBERED.fullmatch(plain := _EMPHASIS.sub("", line)):
            self._begin("#", -1)
            self._text(numbered["text"] or "")
        elif item := _ITEM.fullmatch(plain):
            self._item(len(item["indent"]), item["mark"].strip(), item["text"].strip())
        elif entry := _ENTRY.fullmatch(plain):
            self._entry(entry)

    def _header(self, is_slot: bool, name: str) -> None:
        last = name.split(".")[-1]
        if is_slot and last not in ("windows",):
            self._begin("[[", -1)
        elif not is_slot and set_field(last) == "settings":
            self.section = {}
            self.entries["settings"] = self.section
        elif not is_slot and slot_field(last) == "transition" and self.slots:
            self.section = {}
            self.slots[-1]["transition"] = self.section
        elif not is_slot:
            self.section = None

    def _begin(self, mark: str, indent: int) -> None:
        self.slots.append({})
        self.section = self.slots[-1]
        self.mark, self.indent = mark, indent

    def _item(self, indent: int, mark: str, text: str) -> None:
        entry = _ENTRY.fullmatch(text)
        names_field = bool(entry and slot_field(entry["name"]))
        mark = mark if mark in "-*+•" else "1"
        within = self.slots and (
            indent > self.indent or (mark != "1" and self.mark in ("1", "#", "[["))
        )
        if text.endswith("?"):
            return  # a question to the reader
        if entry and names_field and within:
            self._entry(entry)
        elif within:
            self._words(text)
        elif entry and not names_field and set_field(entry["name"]) and not self.slots:
            self._entry(entry)
        else:
            self._begin(mark, indent)
            if entry and names_field:
                self._entry(entry)
            else:
                self._text(text)

    def _text(self, text: str) -> None:
        """A slot that is named by nothing but text."""
        if not text:
            return
        if text[0] == "{":
            try:
                value = read_value(text).value
            except Unreadable:
                value = None
            if isinstance(value, dict):
                self.slots[-1].update(value)
                return
        self.slots[-1][LINE] = _unquoted(text)

    def _words(self, text: str) -> None:
        """More about the current slot, without a field's name."""
        if slot := self.slots[-1]:
            slot["caption"] = ", ".join(filter(None, (str(slot.get("caption") or ""), text)))

    def _entry(self, entry: re.Match[str]) -> None:
        name, value = entry["name"].strip(), entry["value"].strip()
        indented = len(entry["indent"])
        in_slot = self.section is not None and not (
            self.mark == "-" and indented <= self.indent and set_field(name) == "slots"
        )
        known = slot_field(name) if in_slot else set_field(name) or slot_field(name)
        if known is None and entry["mark"] == ":":
            return
        if not value and not in_slot and known in ("slots", "settings"):
            if known == "settings":
                self.section = {}
                self.entries["settings"] = self.section
            return
        table = self.section if self.section is not None else self.entries
        held = self._value(value, indented)
        if held is not None:
            table[name] = held

    def _value(self, value: str, indent: int) -> object:
        if value in _BLOCK:
            return "\n".join(self._block(indent))
        if value[:3] in _TRIPLE and value.count(value[:3]) == 1:
            return self._until(value[:3], value[3:])
        if value[:1] in ('"', "'", "[", "{", "“", "„"):
            try:
                return read_value(value).value
            except Unreadable:
                return value
        return read_word(re.sub(r"\s+#.*$", "", value))

    def _block(self, indent: int) -> Iterator[str]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                return
            self.at += 1
            yield line.strip()

    def _until(self, quotes: str, first: str) -> str:
        lines = [first] if first else []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if quotes in line:
                return "\n".join([*lines, line[: line.index(quotes)]]).strip()
            lines.append(line)
        return "\n".join(lines).strip()

    def _table(self, head: str) -> None:
        names = _cells(head)
        self.at += 1
        while self.at < len(self.lines) and "|" in self.lines[self.at]:
            cells = _cells(self.lines[self.at])
            self.at += 1
            held = {name: read_word(cell) for name, cell in zip(names, cells, strict=False) if cell}
            if not _is_rule(self.lines[self.at - 1]) and any(map(slot_field, held)):
                self._begin("|", -1)
                self.slots[-1].update(held)


def _cells(row: str) -> list[str]:
    return [_EMPHASIS.sub("", cell).strip() for cell in row.strip().strip("|").split("|")]


def _is_rule(line: str) -> bool:
    return "|" in line and bool(_RULE.fullmatch(line))


def _unquoted(text: str) -> str:
    pairs = ('""', "''", "“”", "„“")
    return text[1:-1] if len(text) > 2 and text[0] + text[-1] in pairs else text
