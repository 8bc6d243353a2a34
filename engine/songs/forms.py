"""How long a song is and which sections it has: as many as the time holds, with lines that fit.

A line takes whole bars, three to six seconds of them; a section of four lines is the unit that
forms are counted in. Knows tags and lengths, neither words nor styles' sound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.fields import MAX_DURATION_S, MIN_DURATION_S
from engine.sets.plan import BEATS_PER_BAR
from engine.songs import vocabulary as words

LINES = 4
"""Lines of a section; a long verse has twice as many."""
_SUNG_BAR_S, _RAPPED_BAR_S = 3.2, 2.0
"""From which length on a single bar holds a line."""
_SHORTEST_LINE_S = 2.4
_BARS_PER_LINE = (2, 4, 8)
_LONG_BAR_S = 4.0
"""In bars longer than this a line takes one, and long verses would be hurried."""
_RING_S = 0.4
"""A shorter rest after the last whole bar is no ending, so that bar rings."""
_USUAL_S = 180.0
_INSTRUMENTAL_SECTION_BARS = 16

_TAGS: Mapping[str, tuple[str, int]] = {
    "I": ("Intro", 0), "V": ("Verse", LINES), "W": ("Verse", 2 * LINES), "C": ("Chorus", LINES),
    "B": ("Bridge", LINES), "U": ("Build", 0), "D": ("Drop", 0), "K": ("Breakdown", 0),
    "S": ("Solo", 0), "N": ("Instrumental", 0), "T": ("Theme", 0), "O": ("Outro", 0),
}  # fmt: skip

_SONG = ("C VC IVC IVCO VCVCO IVCVCO IVCVCBC IVCVCBCO IVCVCSBCO IWCWCBCO IWCWCSBCO IWCWCSBCCO "
         "IWCWCSWCBCO IWCSWCSWCBCCO IWCNWCSWCNBCCNO")  # fmt: skip
_CLUB = ("C VC IVC IVCO IVUCO IVUCDO IVUCDVCO IVUCVUCDO IVUCDKVUCO IVUCDKVUCDO IVUCDKVUCDBUCDO "
         "IVUCDNKVUCDNBUCDNO")  # fmt: skip
_RAP = "C VC WC IWC IWCO IVCVCO IWCWCO IWCWCBCO IWCWCWCO IWCWCSWCBCO IWCNWCSWCNBCCNO"
_WIDE = "C VC IVC IVCO IVNCO IVCNCO IVCNVCO IVCNVCNO INVCNVCNCNO INVCNVCNBCNNO"
_WORDLESS: Mapping[str, str] = {
    "song": "T TO ITO IVCO IVCVO IVCVCO IVCVCBCO IVCSVCBCO IVCVCSBCCO",
    "club": "D ID IDO IUDO IUDKO IUDKDO IUDKUDO IUDKVUDO IVUDKVUDO IVUDKVUDKUDO",
    "rap": "C VC IVCO IVCVCO IVCVCBCO IVCVCSVCO",
    "wide": "T TO ITO ITKO ITKTO ITKTNO ITKTNTO",
    "soloed": "T TST ITSTO ITSSTO ITSSSTO",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A section to be: its tag, and how many lines are sung in it."""

    tag: str
    lines: int


@dataclass(frozen=True, slots=True)
class Beat:
    """A tempo and a metre, and whether lines are rapped to it rather than sung."""

    bpm: float
    metre: str
    rapped: bool = False

    @property
    def bar_s(self) -> float:
        return BEATS_PER_BAR[self.metre] * 60.0 / self.bpm

    @property
    def line_bars(self) -> int:
        """How many bars one line takes."""
        if self.bar_s >= (_RAPPED_BAR_S if self.rapped else _SUNG_BAR_S):
            return 1
        fitting = (bars for bars in _BARS_PER_LINE if bars * self.bar_s >= _SHORTEST_LINE_S)
        return next(fitting, _BARS_PER_LINE[-1])

    @property
    def section_s(self) -> float:
        """How long a section of four lines takes."""
        return LINES * self.line_bars * self.bar_s


def form_of(
    genre: str, beat: Beat, duration_s: float | None, *, instrumental: bool
) -> tuple[tuple[Part, ...], float]:
    """The sections of a song and its length: the one asked for, or one of about three minutes.

    Each section is long enough for its lines, unless even a single line has to be hurried.
    """
    forms = [_parts(form) for form in _forms(genre, instrumental=instrumental)]
    if beat.bar_s > _LONG_BAR_S:
        forms = [one for one in forms if all(part.lines <= LINES for part in one)] or forms[:1]
    section_s = beat.section_s
    if instrumental:
        forms = [tuple(Part(part.tag, 0) for part in one) for one in forms]
        section_s = max(section_s, min(16.0, _INSTRUMENTAL_SECTION_BARS * beat.bar_s))
    if duration_s is None:
        form = min(forms, key=lambda one: abs(units(one) * section_s - _USUAL_S))
        length = min(MAX_DURATION_S, max(MIN_DURATION_S, units(form) * section_s))
        return form, math.ceil(length * 10.0) / 10.0
    room_s = _whole_bars(duration_s, beat) * beat.bar_s
    fitting = [one for one in forms if units(one) * section_s <= room_s + 1e-6]
    if fitting:
        return max(fitting, key=units), duration_s
    lines = min(LINES, int(room_s / _SHORTEST_LINE_S) // 2 * 2)
    return (Part(forms[0][0].tag, 0 if instrumental else max(1, lines)),), duration_s


def units(parts: Sequence[Part]) -> int:
    """How many sections of four lines these come to."""
    return sum(unit(part.lines) for part in parts)


def unit(lines: int) -> int:
    """How many sections of four lines this many lines are; one at least."""
    return max(1, math.ceil(lines / LINES))


def _whole_bars(duration_s: float, beat: Beat) -> int:
    bars = math.floor(duration_s / beat.bar_s + 1e-6)
    return bars - (duration_s - bars * beat.bar_s < _RING_S and bars > 1)


def _forms(genre: str, *, instrumental: bool) -> Sequence[str]:
    kind = (
        "club" if genre in words.CLUB else "rap" if genre in words.RAPPED
        else "wide" if genre in words.SPACIOUS else "song"
    )  # fmt: skip
    if instrumental:
        return _WORDLESS["soloed" if genre in words.SOLOED else kind].split()
    return {"song": _SONG, "club": _CLUB, "rap": _RAP, "wide": _WIDE}[kind].split()


def _parts(form: str) -> tuple[Part, ...]:
    return tuple(Part(*_TAGS[letter]) for letter in form)
