"""Text that others wrote, made safe for a terminal and for a folder's name.

Knows characters; knows nothing about music.
"""

from __future__ import annotations

import re
import unicodedata


def clean(text: str) -> str:
    """The text without anything invisible: no controls, escapes, or bidirectional overrides.

    Line breaks stay; a tab becomes a space.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))


def one_line(text: str, limit: int) -> str:
    """The cleaned text on one line, cut to `limit` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def slug(text: str) -> str:
    """A folder name: lower case, words joined by `-`, at most 60 characters; never empty."""
    words = re.findall(r"[^\W_]+", clean(text).lower())
    return "-".join(words)[:60].strip("-") or "set"
