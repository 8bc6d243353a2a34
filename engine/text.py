"""Text that strangers wrote (captions, titles, tags), made safe to print and to store."""

from __future__ import annotations

import re
import unicodedata

# Zero-width, direction-changing and tag characters hide text from a person that a model still
# reads; lone surrogates can't be stored.
_HIDDEN = frozenset({"Cf", "Cn", "Co", "Cs"})
_BLANK = frozenset({"Cc", "Zl", "Zp", "Zs"})
_CLAUSE = re.compile(r"[,.;:!?()\[\]/|\n]+|\s[-–—]\s")
_DANGLING = frozenset(
    {"a", "an", "and", "at", "for", "from", "in", "of", "on", "the", "to", "with"}
)


def clean(text: str) -> str:
    """The text in composed Unicode with nothing invisible in it; line breaks stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    kind = unicodedata.category(character)
    return "" if kind in _HIDDEN else " " if kind in _BLANK else character


def one_line(text: str, limit: int) -> str:
    """The cleaned text on one line, cut to `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def title_of(caption: str) -> str:
    """A short title: 'warm deep house, 120 bpm' becomes 'Warm Deep House'."""
    clauses = [clause.split() for clause in _CLAUSE.split(caption) if clause.strip()]
    words = (clauses[0] if clauses else caption.split())[:6]
    while len(words) > 1 and words[-1].lower() in _DANGLING:
        words.pop()
    return one_line(" ".join(word[0].upper() + word[1:] for word in words), 48) or "Untitled"
