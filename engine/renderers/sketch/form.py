"""The form: which sections a piece has, how long they are and how hot, exact to the sample.

All sections but the last are whole phrases. After the last whole bar comes one hit that rings to
the end: a duration is seldom a whole number of bars, and a piece should end, not be cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.audio import SAMPLE_RATE_HZ
from engine.fields import MAX_DURATION_S, MIN_DURATION_S
from engine.renderers.sketch.reading.lyrics import Kind, Stanza
from engine.renderers.sketch.theory.rhythm import Grid

SHORTEST_RING_S = 0.4
"""A shorter rest after the last whole bar is no ending; the last bar then becomes the ring."""
_EPSILON_BARS = 1e-6
_LONG_LINE_BAR_S = 4.0
"""Bars longer than this hold a sung line each; in shorter ones a line takes two."""
_DEFAULT_LENGTH_S = (126.0, 204.0)
"""What is chosen from when the request leaves the duration open: 2 to 3.5 minutes."""
_STRETCH = 1.6
"""A form whose sections would grow by more than this gets its middle once more instead."""


@dataclass(frozen=True, slots=True)
class Section:
    """`start` and `bars` count played bars; `turn` is how often its kind has come before."""

    name: str
    kind: Kind
    start: int
    bars: int
    energy: float
    lines: tuple[str, ...] = ()
    turn: int = 0
    soloist: str = ""
    """The patch that plays the melody here instead of the lead; empty for the lead."""

    @property
    def end(self) -> int:
        return self.start + self.bars


@dataclass(frozen=True, slots=True)
class Form:
    """`unit` is the phrase in bars; `end` the exact length in beats; the last hit falls on the
    line after the last section."""

    sections: tuple[Section, ...]
    unit: int
    end: float
    samples: int

    @property
    def bars(self) -> int:
        return self.sections[-1].end


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of a template: how long it likes to be, and its `rank` when room is short."""

    kind: Kind
    bars: int
    rank: int
    name: str = ""
    body: bool = True
    """Comes again when the piece is long."""
    lines: tuple[str, ...] = ()
    soloist: str = ""


_INTRO, _OUTRO = _Part("intro", 16, 2, body=False), _Part("outro", 16, 3, body=False)
_SHORT_INTRO = replace(_INTRO, bars=8)
_SHORT_OUTRO = replace(_OUTRO, bars=8)

FORMS: dict[str, tuple[_Part, ...]] = {
    "club": (
        _INTRO, _Part("groove", 16, 4), _Part("breakdown", 8, 5), _Part("build", 8, 6),
        _Part("drop", 16, 1), _Part("groove", 8, 7, body=False), _OUTRO,
    ),
    "techno": (
        _INTRO, _Part("groove", 24, 4), _Part("breakdown", 16, 5), _Part("drop", 24, 1), _OUTRO,
    ),
    "trance": (
        _INTRO, _Part("groove", 16, 5), _Part("breakdown", 16, 4), _Part("build", 8, 6),
        _Part("drop", 24, 1), _OUTRO,
    ),
    "drops": (
        _INTRO, _Part("build", 8, 6, body=False), _Part("drop", 16, 1),
        _Part("breakdown", 16, 4), _Part("build", 8, 7), _Part("drop", 16, 5), _OUTRO,
    ),
    "beat": (
        _SHORT_INTRO, _Part("verse", 16, 4), _Part("chorus", 8, 1, "Hook"), _Part("verse", 16, 6),
        _Part("chorus", 8, 5, "Hook"), _Part("bridge", 8, 7, body=False),
        _Part("chorus", 8, 8, "Hook", body=False), _SHORT_OUTRO,
    ),
    "song": (
        _SHORT_INTRO, _Part("verse", 8, 4), _Part("pre-chorus", 8, 7), _Part("chorus", 8, 1),
        _Part("verse", 8, 6), _Part("chorus", 8, 5), _Part("bridge", 8, 8, body=False),
        _Part("chorus", 8, 9, body=False), _SHORT_OUTRO,
    ),
    "jazz": (
        _SHORT_INTRO, _Part("theme", 16, 1, "Head", body=False), _Part("solo", 16, 4),
        _Part("solo", 16, 6), _Part("theme", 16, 5, "Head", body=False), _SHORT_OUTRO,
    ),
    "ambient": (
        _SHORT_INTRO, _Part("theme", 16, 1), _Part("breakdown", 8, 4), _Part("theme", 16, 5),
        _SHORT_OUTRO,
    ),
}  # fmt: skip

_ENERGY: dict[Kind, float] = {
    "intro": 0.42, "verse": 0.55, "pre-chorus": 0.65, "chorus": 0.9, "bridge": 0.55, "drop": 1.0,
    "build": 0.65, "breakdown": 0.35, "solo": 0.78, "instrumental": 0.75, "groove": 0.68,
    "theme": 0.75, "outro": 0.42,
}  # fmt: skip
_SUNG_BARS: dict[Kind, int] = {"intro": 8, "build": 8, "pre-chorus": 8, "outro": 8}
_COOLEST = 0.45
"""How much of a section's usual heat the calmest mood leaves."""
_RISE_PER_TURN = 0.05


def exact_length(duration_s: float, grid: Grid) -> tuple[int, float, int]:
    """Played bars, the length in beats and in samples of a piece of this duration."""
    beats = duration_s / grid.beat_s
    whole = math.floor(beats / grid.meter.beats + _EPSILON_BARS)
    ring_s = duration_s - whole * grid.meter.beats * grid.beat_s
    bars = whole - 1 if ring_s < SHORTEST_RING_S else whole
    return max(1, bars), beats, round(duration_s * SAMPLE_RATE_HZ)


def plan_form(
    template: str, grid: Grid, duration_s: float | None, wish: float, energy: float
) -> Form:
    """The form of a style in a given time; without one, `wish` (0 to 1) chooses its length."""
    bar_s = grid.beat_s * grid.meter.beats
    parts = FORMS[template]
    if duration_s is None:
        shortest, longest = _DEFAULT_LENGTH_S
        unit = 8 if bar_s * 8 <= longest - shortest else 4
        wished = (shortest + wish * (longest - shortest)) / bar_s
        duration_s = max(MIN_DURATION_S, unit * max(1, round(wished / unit)) * bar_s)
    bars, beats, samples = exact_length(duration_s, grid)
    covered = _covered(bars, beats, grid)
    unit = 8 if covered >= 40 else 4
    units = covered // unit
    if units < 2:
        leading = min(parts, key=lambda part: part.rank)
        chosen: list[_Part] = [replace(leading, name="Theme")]
        shares, unit = [1], covered
    else:
        chosen = _fitting(parts, covered, units)
        shares = _shares([part.bars for part in chosen], units)
    sections = _lay_out(chosen, [share * unit for share in shares], bars, energy)
    return Form(sections, unit, beats, samples)


def form_from_lyrics(
    stanzas: tuple[Stanza, ...], grid: Grid, duration_s: float | None, energy: float
) -> tuple[Form, tuple[str, ...]]:
    """The form that tagged lyrics ask for, and what had to be left out of it."""
    bar_s = grid.beat_s * grid.meter.beats
    parts = [_stanza_part(stanza, bar_s) for stanza in stanzas]
    warnings: list[str] = []
    if duration_s is None:
        natural = sum(part.bars for part in parts) * bar_s
        duration_s = min(MAX_DURATION_S, max(MIN_DURATION_S, natural))
        if natural > MAX_DURATION_S:
            warnings.append(
                f"lyrics: their sections would take {natural:.0f} s; shortened to "
                f"{MAX_DURATION_S:.0f} s."
            )
    bars, beats, samples = exact_length(duration_s, grid)
    covered = _covered(bars, beats, grid)
    if covered < 2 * len(parts):
        covered = bars  # no section may consist of the ring alone
    if covered < len(parts):
        left = ", ".join(f"[{part.name}]" for part in parts[covered:])
        warnings.append(f"lyrics: {covered} bars have no room for {left}; give a longer duration.")
        parts = parts[:covered]
    unit = next(unit for unit in (8, 4, 2, 1) if covered // unit >= len(parts))
    shares = _shares([part.bars for part in parts], covered // unit)
    sections = _lay_out(parts, [share * unit for share in shares], bars, energy)
    return Form(sections, unit, beats, samples), tuple(warnings)


def _covered(bars: int, beats: float, grid: Grid) -> int:
    """The bars to divide into phrases: with the ringing one, if that is a whole bar."""
    return bars + (beats / grid.meter.beats - bars >= 1 - _EPSILON_BARS)


def _stanza_part(stanza: Stanza, bar_s: float) -> _Part:
    per_line = 1 if bar_s > _LONG_LINE_BAR_S else 2
    least = _SUNG_BARS.get(stanza.kind, 8)
    bars = max(least, 8 * math.ceil(len(stanza.lines) * per_line / 8))
    return _Part(stanza.kind, bars, 1, stanza.name, lines=stanza.lines, soloist=stanza.soloist)


def _fitting(parts: tuple[_Part, ...], bars: int, units: int) -> list[_Part]:
    """The parts for this room: the least important fall away, or the middle comes again."""
    last = max(i for i, part in enumerate(parts) if part.body)
    body = [part for part in parts if part.body]
    chosen = list(parts)
    while sum(part.bars for part in chosen) * _STRETCH < bars:
        chosen[last + 1 : last + 1] = body
    by_rank = sorted(range(len(chosen)), key=lambda i: (chosen[i].rank, i))
    kept = sorted(by_rank[:units])
    return [chosen[i] for i in kept]


def _shares(weights: list[int], units: int) -> list[int]:
    """Divide whole units by weight, one each at least (D'Hondt's highest averages)."""
    shares = [1] * len(weights)
    for _ in range(units - len(weights)):
        neediest = max(range(len(weights)), key=lambda i: (weights[i] / shares[i], -i))
        shares[neediest] += 1
    return shares


def _lay_out(
    parts: list[_Part], lengths: list[int], bars: int, energy: float
) -> tuple[Section, ...]:
    """Sections one after the other; the last takes the bars that make no phrase."""
    names = _numbered([part.name or part.kind.title() for part in parts])
    sections: list[Section] = []
    start = 0
    for part, name, length in zip(parts, names, lengths, strict=True):
        last = len(sections) == len(parts) - 1
        turn = sum(section.kind == part.kind for section in sections)
        lasting = max(1, bars - start) if last else length
        heat = _ENERGY[part.kind] * max(_COOLEST, 0.62 + 0.45 * energy)
        if part.kind in ("verse", "chorus", "drop", "theme", "solo"):
            heat += _RISE_PER_TURN * min(turn, 2)
        sections.append(
            Section(
                name, part.kind, start, lasting, round(min(1.0, max(0.05, heat)), 3),
                part.lines, turn, part.soloist,
            )
        )  # fmt: skip
        start += length
    return tuple(sections)


def _numbered(names: list[str]) -> list[str]:
    """Names that come more than once get numbers, unless they already end in one."""
    return [
        f"{name} {names[: i + 1].count(name)}"
        if names.count(name) > 1 and not name[-1].isdigit()
        else name
        for i, name in enumerate(names)
    ]
