"""Lyrics as a form: tags and the lines under them.

Knows kinds of section and their names in a few languages; knows neither bars nor music.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from engine.renderers.sketch.reading.instrument_words import PITCHED, PLAIN, PLAYERS
from engine.renderers.sketch.reading.words import plain

Kind = Literal[
    "intro", "verse", "pre-chorus", "chorus", "bridge", "drop", "build", "breakdown", "solo",
    "instrumental", "groove", "theme", "outro",
]  # fmt: skip

_TAG = re.compile(r"^\s*[\[【](?P<tag>[^\]】]{1,80})[\]】]\s*(?P<rest>.*)$")
_KIND_WORDS: dict[Kind, str] = {
    "intro": "intro|introduction|opening|prelude|start|entrada",
    "verse": "verse|vers|strophe|strofa|couplet|verso|estrofa|rap|spoken",
    "pre-chorus": "pre chorus|prechorus|pre hook|precoro|rise",
    "chorus": "chorus|hook|refrain|post chorus|postchorus|coro|refrao|ritornello|estribillo",
    "bridge": "bridge|middle eight|middle 8|puente|ponte|brucke|bruecke|pont",
    "drop": "drop|beat drop|climax|peak",
    "build": "build|build up|buildup|riser|rising",
    "breakdown": "breakdown|break down|break|interlude|chill",
    "solo": "solo|improvisation",
    "instrumental": "instrumental|instrumental break|instrumental section|melody|riff|vamp|jam",
    "groove": "groove|main groove|loop",
    "theme": "theme|head|motif",
    "outro": "outro|ending|end|coda|finale|fade out|final|salida|fin",
}
_KINDS: dict[str, Kind] = {
    word: kind for kind, words in _KIND_WORDS.items() for word in words.split("|")
}


_SOLO_KINDS = ("solo", "instrumental", "breakdown")
"""Sections whose melody a tag may give to an instrument."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """A section as the lyrics name it: its title, its kind and the lines to sing.

    `soloist` is the patch that a tag like [Piano Solo] gives the melody to.
    """

    name: str
    kind: Kind
    lines: tuple[str, ...]
    soloist: str = ""


def read_lyrics(lyrics: str) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    """The stanzas of a lyric, and warnings about tags that name no section known here.

    Untagged lyrics are read by paragraph: one that returns is the chorus, the others are verses,
    between an intro and an outro.
    """
    blocks = _blocks(lyrics)
    if any(tag for tag, _ in blocks):
        return _tagged(blocks)
    return _untagged(lyrics), ()


def _blocks(lyrics: str) -> list[tuple[str, list[str]]]:
    blocks: list[tuple[str, list[str]]] = []
    for line in lyrics.splitlines():
        found = _TAG.match(line)
        if found:
            blocks.append((found["tag"].strip(), []))
            line = found["rest"]
        if any(letter.isalnum() for letter in line):
            if not blocks:
                blocks.append(("", []))
            blocks[-1][1].append(line.strip())
    return blocks


def _tagged(blocks: list[tuple[str, list[str]]]) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    stanzas: list[Stanza] = []
    warnings: list[str] = []
    for place, (tag, lines) in enumerate(blocks):
        name, detail = _split(tag)
        kind = kind_of(name)
        if detail:
            warnings.append(f"lyrics: '{detail}' in the tag [{tag}] has no effect.")
        if kind is None:
            last = stanzas[-1].kind if stanzas else None
            kind = _by_position(place, len(blocks), last, bool(lines))
            if tag:
                warnings.append(f"lyrics: [{tag}] is not a section known here; played as {kind}.")
        soloist, word = _instrument(name)
        if word and (kind not in _SOLO_KINDS or not soloist):
            warnings.append(f"lyrics: '{word}' in the tag [{tag}] has no effect.")
            soloist = ""
        title = name[:1].upper() + name[1:] if name else kind.title()
        stanzas.append(Stanza(title, kind, tuple(lines), soloist))
    return tuple(stanzas), tuple(dict.fromkeys(warnings))


def kind_of(name: str) -> Kind | None:
    """The kind a tag's name stands for: of the terms it holds, the last and longest decides."""
    words = [word for word in plain(name).split() if not word.isdigit()]
    for end in range(len(words), 0, -1):
        for start in range(end):
            kind = _KINDS.get(" ".join(words[start:end]))
            if kind:
                return kind
    return None


def _instrument(name: str) -> tuple[str, str]:
    """The patch of the instrument that a tag names, and its word; no patch for drums."""
    words = [word for word in plain(name).split() if word != "solo"]
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            term = " ".join(words[start : start + size])
            if term in PLAYERS or term in PLAIN:
                return PITCHED.get(term, ""), term
    return "", ""


def _split(tag: str) -> tuple[str, str]:
    """A tag's name and what follows it: `Verse 1: soft piano`, `Chorus (loud)`, `Drop - hard`."""
    name, _, detail = re.sub(r"\s+[-–—|]\s+|\s*[:(,;]\s*", "\0", tag, count=1).partition("\0")
    return name.strip(), detail.strip(" )")


def _by_position(place: int, count: int, last: Kind | None, has_lines: bool) -> Kind:
    if not has_lines and place == 0:
        return "intro"
    if not has_lines and place == count - 1:
        return "outro"
    if not has_lines:
        return "instrumental"
    return "chorus" if last in ("verse", "pre-chorus", "build") else "verse"


def _untagged(lyrics: str) -> tuple[Stanza, ...]:
    paragraphs = [
        tuple(line.strip() for line in paragraph.splitlines() if any(map(str.isalnum, line)))
        for paragraph in re.split(r"\n\s*\n", lyrics)
    ]
    paragraphs = [lines for lines in paragraphs if lines]
    if not paragraphs:
        return ()
    repeats = Counter(paragraphs)
    sung = [
        Stanza("Chorus", "chorus", lines) if repeats[lines] > 1 else Stanza("Verse", "verse", lines)
        for lines in paragraphs
    ]
    return (Stanza("Intro", "intro", ()), *sung, Stanza("Outro", "outro", ()))
