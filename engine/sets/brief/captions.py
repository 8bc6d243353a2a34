"""Captions: a genre, its colours and instruments, and the brief's own words, each slot's different.

Knows what a caption says and in which order; energy is put in by `energy_words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from engine.fields import MAX_CAPTION
from engine.sets.brief.genres import GENRES

_MOODS = 5
"""How many of the brief's own phrases one caption has."""
_DRUMS = frozenset(
    {"drums", "percussion", "beat", "beats", "claps", "toms", "congas", "bongos", "shaker", "ride",
     "hats", "kick", "snares", "rimshot", "tambourine", "timbales", "cowbell", "claves", "brushes",
     "breaks", "hi hats", "drum machine", "snare", "kicks", "hand drums"}
)  # fmt: skip
_KIN: dict[str, frozenset[str]] = {"drums": _DRUMS, "beats": _DRUMS, "beat": _DRUMS}
"""What goes with a part that is left out."""


def caption_of(
    genre: str,
    turn: int,
    *,
    moods: Sequence[str] = (),
    instruments: Sequence[str] = (),
    unwanted: Sequence[str] = (),
    silent: bool = False,
    voice: str = "",
) -> str:
    """A caption for the `turn`-th slot (from 0) of a genre: no two turns in a row are alike."""
    row = GENRES[genre]
    out = {one for name in unwanted for one in _KIN.get(name, {name})}
    out |= {"vocals", "choir"} if silent else set()
    own = [name for name in row.instruments if not _left_out(name, out | set(instruments))]
    pairs = sorted(combinations(range(len(own)), 2), key=lambda pair: (pair[1] - pair[0], pair))
    chosen = [own[place] for place in pairs[turn % len(pairs)]] if pairs else own
    colours = [row.colours[(turn + step) % len(row.colours)] for step in range(2)]
    said = list(dict.fromkeys(mood for mood in moods if mood not in genre))[:_MOODS]
    words = [
        genre,
        *said,
        *([] if len(said) >= 3 else colours[: 1 + (not said)]),
        *instruments,
        *(chosen if len(instruments) < 3 else chosen[:1]),
        voice,
        *(f"no {name}" for name in unwanted),
    ]
    return shortened(list(dict.fromkeys(word for word in words if word)))


def shortened(words: Sequence[str]) -> str:
    """As many of the words as a caption has room for; the last ones, which forbid, are kept."""
    kept = list(words)
    while len(", ".join(kept)) > MAX_CAPTION - 40 and len(kept) > 2:
        optional = [place for place, word in enumerate(kept) if place and word[:3] != "no "]
        if not optional:
            break
        longest = max(optional, key=lambda place: len(kept[place]))
        del kept[longest]
    return ", ".join(kept)[:MAX_CAPTION]


def _left_out(name: str, out: set[str]) -> bool:
    words = set(name.split()) | {word.removesuffix("s") for word in name.split()}
    return name in out or any(one in words or one.removesuffix("s") in words for one in out)
