"""Text that strangers wrote (captions, titles, tags), made safe to print and to store."""

from __future__ import annotations

import re
import unicodedata

# No control characters but line breaks, no zero-width characters, no bidirectional overrides:
# they can hide text from a person that a model still reads.
_UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CLAUSE = re.compile(r"[,.;:!?()\[\]/|\n]+|\s[-–—]\s")
_DANGLING = frozenset(
    {"a", "an", "and", "at", "for", "from", "in", "of", "on", "the", "to", "with"}
)


def clean(text: str) -> str:
    """The text in composed Unicode without anything invisible; line breaks stay."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can't be stored
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNSAFE.sub("", unicodedata.normalize("NFC", text))


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
