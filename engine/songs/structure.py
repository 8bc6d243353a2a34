"""Lyrics that somebody wrote, as sections: every word is kept, only tags and spacing are mended.

Where tags are missing, a paragraph that comes back is the chorus and the others are verses; where
they are strange, the nearest known one is taken. Says what it changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.songs.forms import LINES
from engine.songs.tags import kind_of, nearest, tag_in

_LONG_PARAGRAPH = 8
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Stanza:
    """A section as it stands in the lyrics. `tag` as it is written, `kind` what it stands for."""

    tag: str
    kind: str
    lines: tuple[str, ...]


def read_stanzas(lyrics: str) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    """The sections of a lyric, and what was mended, a sentence each."""
    mended: list[str] = []
    lines = [" ".join(line.split()) for line in lyrics.splitlines()]
    if any(spaced != line.strip() for spaced, line in zip(lines, lyrics.splitlines(), strict=True)):
        mended.append("lyrics: odd spaces within lines were mended.")
    if re.search(r"\n\s*\n\s*\n", lyrics.strip()):
        mended.append("lyrics: several empty lines in a row became one.")
    blocks = _blocks(lines)
    if any(tag for tag, _ in blocks):
        stanzas, said = _tagged(blocks)
    else:
        stanzas, said = _untagged([paragraph for _, paragraph in blocks])
    stanzas, repeated = _choruses_written_out(stanzas)
    return stanzas, (*mended, *said, *repeated)


def has_lines(lyrics: str) -> bool:
    """Whether there is anything to sing in a lyric, besides tags."""
    stanzas, _ = read_stanzas(lyrics)
    return any(one.lines for one in stanzas)


def written(sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Sections as text: a tag, its lines, an empty line between sections."""
    return "\n\n".join("\n".join((f"[{tag}]", *lines)) for tag, lines in sections)


def _blocks(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Paragraphs with the tag over them; an empty line or a tag begins another."""
    blocks: list[tuple[str, list[str]]] = []
    fresh = True
    for line in lines:
        if found := tag_in(line):
            tag, rest = found
            blocks.append((tag, [rest] if rest else []))
            fresh = False
        elif not line:
            fresh = True
        elif fresh and blocks and blocks[-1][0] and not blocks[-1][1]:
            blocks[-1][1].append(line)
            fresh = False
        elif fresh or not blocks:
            blocks.append(("", [line]))
            fresh = False
        else:
            blocks[-1][1].append(line)
    return blocks


def _tagged(blocks: Sequence[tuple[str, list[str]]]) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    said: list[str] = []
    stanzas: list[Stanza] = []
    for place, (tag, lines) in enumerate(blocks):
        kind = kind_of(tag) if tag else None
        if not tag and stanzas and stanzas[-1].lines:
            stanzas[-1] = replace(stanzas[-1], lines=(*stanzas[-1].lines, *lines))
            continue  # an empty line within a section
        if kind is None:
            kind = nearest(tag) if tag else None
            if kind is None:
                kind = "Verse" if lines else "Intro" if not place else "Instrumental"
            if tag:
                said.append(f"lyrics: [{tag[:_SHOWN]}] is no known tag; [{kind}] was taken.")
            else:
                said.append("lyrics: the lines before the first tag became a verse.")
            tag = kind
        stanzas.append(Stanza(tag, kind, tuple(lines)))
    return tuple(stanzas), tuple(said)


def _untagged(paragraphs: Sequence[Sequence[str]]) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    """Paragraphs by repetition. One long paragraph alone is cut into sections of four lines."""
    if not paragraphs:
        return (), ()
    if len(paragraphs) == 1 and len(paragraphs[0]) > _LONG_PARAGRAPH:
        (lines,) = paragraphs
        paragraphs = [lines[start : start + LINES] for start in range(0, len(lines), LINES)]
    heads = Counter(_head(lines) for lines in paragraphs)
    choruses = [heads[_head(lines)] > 1 for lines in paragraphs]
    kinds = ["Chorus" if is_chorus else "Verse" for is_chorus in choruses]
    for place in range(1, len(kinds) - 1):
        if kinds[place] == "Verse" and sum(choruses[:place]) >= 2 and any(choruses[place + 1 :]):
            kinds[place] = "Bridge"
    verses = kinds.count("Verse")
    stanzas: list[Stanza] = []
    for kind, lines in zip(kinds, paragraphs, strict=True):
        number = sum(one.kind == "Verse" for one in stanzas) + 1
        tag = f"Verse {number}" if kind == "Verse" and verses > 1 else kind
        stanzas.append(Stanza(tag, kind, tuple(lines)))
    if len(stanzas) > 2:
        stanzas = [Stanza("Intro", "Intro", ()), *stanzas, Stanza("Outro", "Outro", ())]
    found = ", ".join(f"[{one.tag}]" for one in stanzas[:8])
    more = "" if len(stanzas) <= 8 else f" and {len(stanzas) - 8} more"
    return tuple(stanzas), (
        f"lyrics: no tags, so sections were guessed: {found}{more}; change them if they are wrong.",
    )


def _head(lines: Sequence[str]) -> tuple[str, str]:
    """What makes paragraphs the same to a listener: how they begin, punctuation aside."""
    return (_bare(lines[0]), _bare(lines[1]) if len(lines) > 1 else "")


def _bare(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))


def _choruses_written_out(
    stanzas: Sequence[Stanza],
) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    """A chorus that is only named a second time has the lines of the first."""
    first = next((one.lines for one in stanzas if one.kind == "Chorus" and one.lines), ())
    if not first:
        return tuple(stanzas), ()
    out, said = [], ()
    for place, one in enumerate(stanzas):
        came = any(before.kind == "Chorus" and before.lines for before in stanzas[:place])
        if one.kind == "Chorus" and not one.lines and came:
            one = replace(one, lines=first)
            said = ("lyrics: an empty [Chorus] was filled with the lines of the first one.",)
        out.append(one)
    return tuple(out), said
