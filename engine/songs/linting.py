"""What is wrong with a lyric as something to sing, each a sentence with the fix.

Counts lines, syllables and seconds; judges no poetry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from engine.fields import MAX_DURATION_S, MAX_LYRICS
from engine.renderers.sketch.reading.syllables import sung_vowels
from engine.songs.forms import LINES, Beat, unit
from engine.songs.languages import language_of
from engine.songs.structure import Stanza, written
from engine.songs.tags import SUNG

MOST_PER_S = 5.0
"""Syllables a second that can still be sung."""
_LEAST_PER_S = 0.35
_MOST_SYLLABLES, _MOST_LINES = 16, 12
_SHOWN = 40
_SLOW_ENOUGH_S = 60.0


def enough_s(stanzas: Sequence[Stanza], beat: Beat, language: str) -> float:
    """How long the song has to be for every section to hold its lines."""
    whole = sum(unit(len(one.lines)) for one in stanzas)
    line_s = beat.line_bars * beat.bar_s
    needed = [
        max(len(one.lines) * line_s, _syllables(one, language) / MOST_PER_S * 1.4)
        * whole / unit(len(one.lines))
        for one in stanzas
    ]  # fmt: skip
    return max([beat.section_s * whole, *needed])


def lint(
    stanzas: Sequence[Stanza], beat: Beat, duration_s: float, language: str
) -> tuple[str, ...]:
    """Everything about a lyric that should be looked at, most urgent first."""
    return (
        *_time(stanzas, beat, duration_s, language),
        *_lines(stanzas, language),
        *_order([one.kind for one in stanzas]),
        *_language(stanzas, language),
    )


def shortened(stanzas: Sequence[Stanza]) -> tuple[tuple[Stanza, ...], tuple[str, ...]]:
    """As many sections, and lines of the next, as lyrics may have characters."""
    kept = list(stanzas)
    dropped = 0
    while kept and len(written([(one.tag, one.lines) for one in kept])) > MAX_LYRICS:
        last = kept.pop()
        if last.lines:
            dropped += 1
            if len(last.lines) > 1 or not kept:
                kept.append(Stanza(last.tag, last.kind, last.lines[:-1]))
    if not dropped:
        return tuple(kept), ()
    return tuple(kept), (
        f"lyrics: more than {MAX_LYRICS} characters; the last {_count(dropped, 'line')} "
        "were left out, so shorten them or make two songs.",
    )


def _syllables(stanza: Stanza, language: str) -> int:
    return sum(len(sung_vowels(line, language)) for line in stanza.lines)


def _time(stanzas: Sequence[Stanza], beat: Beat, duration_s: float, language: str) -> Iterator[str]:
    count = sum(_syllables(one, language) for one in stanzas)
    if not count:
        return
    needed = enough_s(stanzas, beat, language)
    if duration_s < 0.75 * needed:
        if needed <= MAX_DURATION_S:
            fix = f"give duration_s {math.ceil(needed)} or leave out lines"
        else:
            fix = f"leave out lines; {math.ceil(needed)} s would be needed"
        yield (
            f"lyrics: {count} syllables in {duration_s:g} s are too many to sing at "
            f"{beat.bpm:g} bpm; {fix}."
        )
    elif count / duration_s < _LEAST_PER_S and duration_s > _SLOW_ENOUGH_S:
        shorter = max(_SLOW_ENOUGH_S, needed)
        yield (
            f"lyrics: {count} syllables in {duration_s:g} s leave most of it without a voice; add "
            f"lines or give duration_s {math.ceil(shorter)}."
        )


def _lines(stanzas: Sequence[Stanza], language: str) -> Iterator[str]:
    for stanza in stanzas:
        if len(stanza.lines) > _MOST_LINES:
            yield (
                f"lyrics: [{stanza.tag}] has {len(stanza.lines)} lines; {LINES} to {2 * LINES} "
                "sing well, so make two sections of it."
            )
    long = [
        line
        for stanza in stanzas
        for line in stanza.lines
        if len(sung_vowels(line, language)) > _MOST_SYLLABLES
    ]
    if long:
        more = f" (and {len(long) - 1} more)" if len(long) > 1 else ""
        yield (
            f"lyrics: the line {long[0][:_SHOWN]!r}{more} has more than {_MOST_SYLLABLES} "
            "syllables; break it in two, 6 to 10 sing well."
        )


def _order(kinds: Sequence[str]) -> Iterator[str]:
    if "Outro" in kinds[:-1]:
        yield "lyrics: [Outro] isn't the last section; move it to the end."
    if "Intro" in kinds[1:]:
        yield "lyrics: [Intro] isn't the first section; move it to the start."
    for kind, after in zip(kinds, [*kinds[1:], ""], strict=True):
        if kind == "Pre-Chorus" and after not in ("Chorus", "Build", "Drop"):
            yield "lyrics: a [Pre-Chorus] leads into no [Chorus]; put one after it."
            break
    sung = [kind for kind in kinds if kind in SUNG]
    if len(sung) >= 3 and "Chorus" not in sung:
        yield "lyrics: there is no [Chorus]; mark the lines that come back."
    if sung[:1] == ["Bridge"] and len(sung) > 1:
        yield "lyrics: the [Bridge] comes first; it belongs after the second [Chorus]."


def _language(stanzas: Sequence[Stanza], language: str) -> Iterator[str]:
    text = "\n".join(line for one in stanzas for line in one.lines)
    read = language_of(text)
    if read is not None and language not in (read, "unknown", "yue"):
        yield f"lyrics: they read like '{read}', but language is '{language}'; pass the right one."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
