"""Which fields mean something in which kind of slot, and when words say something.

Knows nothing of values but whether they are there.
"""

from __future__ import annotations

import re

from engine.sets.plan import Kind, Slot

SUITS: dict[Kind, tuple[str, ...]] = {
    "caption": (
        "caption", "style", "minutes", "bars", "time_signature", "lyrics", "language",
        "instrumental", "seed",
    ),
    "track": (),
    "cover": ("caption", "style", "lyrics", "language", "seed", "similarity"),
    "repaint": (
        "caption", "style", "lyrics", "seed", "windows", "strength", "snap_to_bars",
    ),
    "extend": ("caption", "style", "lyrics", "seed", "seconds", "side"),
}  # fmt: skip
"""The fields that mean something in each kind of slot, besides those that do in all."""
KINDS: tuple[Kind, ...] = tuple(SUITS)
PARTICULAR: tuple[str, ...] = tuple(
    dict.fromkeys(name for names in SUITS.values() for name in names)
)
"""The fields that don't mean something in all kinds."""
_PLACEHOLDERS = frozenset({"none", "null", "n/a", "na", "tbd", "todo", "undefined", "nil", "-"})
_NO_LYRICS = frozenset({"instrumental", "no lyrics", "no vocals", "without lyrics"})
_TAG = re.compile(r"\[[^\]\n]*\]|\([^)\n]*\)")


def is_set(slot: Slot, name: str) -> bool:
    """Whether somebody wrote something in this field."""
    return getattr(slot, name) != Slot.model_fields[name].default


def out_of_place(slot: Slot) -> tuple[str, ...]:
    """The fields that are set and mean nothing in a slot of this kind; other kinds come first."""
    others = [kind for kind in KINDS if kind not in ("caption", slot.kind)]
    wrong = [kind for kind in others if getattr(slot, kind) is not None]
    suited = SUITS[slot.kind]
    return (*wrong, *(name for name in PARTICULAR if name not in suited and is_set(slot, name)))


def says_something(text: str) -> bool:
    """Whether there are words in it that are not just a way to say that there is nothing."""
    return any(map(str.isalnum, text)) and text.strip().lower() not in _PLACEHOLDERS


def is_no_lyrics(text: str) -> bool:
    """Whether somebody wrote in words that there are no lyrics."""
    plain = text.strip().strip(".!").lower()
    return bool(plain) and (plain in _NO_LYRICS or plain in _PLACEHOLDERS)


def has_lines(lyrics: str) -> bool:
    """Whether there is something to sing besides tags like [Verse]."""
    return any(map(str.isalnum, _TAG.sub("", lyrics)))
