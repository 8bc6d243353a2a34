"""The arrangement: who plays in which bars of a section. A table, and how to read it.

Knows roles and sections; knows nothing about notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.form import Section
from engine.renderers.sketch.styles.style import Role

Player = Role | Literal["drums", "percussion"]

_EASE_PER_DENSITY = 0.25
"""A dense mood lets everyone in at less energy, a sparse one at more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """From and to which fraction of a section somebody plays, if the section has the energy."""

    start: float = 0.0
    end: float = 1.0
    energy: float = 0.0


_ALL = Entry()
_LATE = Entry(0.5)
_SECTIONS: Mapping[str, Mapping[Player, Entry]] = {
    "intro": {
        "drums": _ALL, "percussion": Entry(0.25), "bass": _LATE, "chords": Entry(0.5),
        "pad": Entry(0.5, energy=0.3), "arp": Entry(0.75, energy=0.3),
    },
    "intro without drums": {
        "pad": _ALL, "chords": Entry(0.25), "bass": _LATE, "arp": _LATE, "lead": Entry(0.75),
    },
    "groove": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL,
        "arp": Entry(0.5), "pad": Entry(0.5, energy=0.5), "counter": Entry(0.5, energy=0.62),
    },
    "verse": {
        "drums": _ALL, "percussion": Entry(0.5), "bass": _ALL, "chords": _ALL, "lead": _ALL,
        "pad": Entry(0.5, energy=0.5), "arp": Entry(0.5, energy=0.6),
    },
    "pre-chorus": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "pad": _ALL,
        "arp": _LATE, "lead": _ALL,
    },
    "chorus": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "pad": _ALL, "arp": _ALL,
        "lead": _ALL, "counter": Entry(energy=0.7),
    },
    "drop": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "pad": Entry(energy=0.6),
        "arp": Entry(energy=0.5), "lead": _ALL, "counter": Entry(0.5, energy=0.6),
    },
    "build": {
        "drums": _ALL, "percussion": _ALL, "chords": _ALL, "pad": _ALL, "arp": _ALL,
        "bass": Entry(0.0, 0.5), "lead": Entry(0.0, 0.5, energy=0.5),
    },
    "breakdown": {
        "pad": _ALL, "chords": _LATE, "lead": _ALL, "arp": _LATE, "percussion": Entry(0.5),
        "drums": Entry(0.75),
    },
    "bridge": {
        "drums": _LATE, "percussion": _ALL, "bass": _ALL, "pad": _ALL, "chords": _ALL,
        "counter": _ALL, "lead": _LATE,
    },
    "solo": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "lead": _ALL,
        "pad": Entry(energy=0.7),
    },
    "instrumental": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "pad": _LATE,
        "arp": Entry(energy=0.6), "lead": _ALL, "counter": Entry(0.5, energy=0.6),
    },
    "theme": {
        "drums": _ALL, "percussion": _ALL, "bass": _ALL, "chords": _ALL, "pad": _ALL,
        "arp": Entry(0.25), "lead": _ALL, "counter": Entry(0.5),
    },
    "outro": {
        "drums": _ALL, "percussion": Entry(0.0, 0.75), "bass": Entry(0.0, 0.5),
        "chords": Entry(0.0, 0.5), "pad": Entry(0.0, 0.5), "arp": Entry(0.0, 0.25),
    },
    "outro without drums": {
        "pad": _ALL, "chords": Entry(0.0, 0.75), "bass": Entry(0.0, 0.5),
        "lead": Entry(0.0, 0.5), "arp": Entry(0.0, 0.5),
    },
}  # fmt: skip

# Who steps in, in this order, where otherwise nobody would be heard.
_SUBSTITUTES: tuple[Role, ...] = ("pad", "chords", "lead", "arp", "counter", "bass")


def window(chart: Chart, section: Section, player: Player) -> range:
    """The bars in which somebody plays in a section; empty if not at all."""
    entry = _table(chart, section).get(player)
    if entry is None and player == _substitute(chart, section):
        entry = _ALL
    if entry is None or _waits(chart, section, entry):
        return range(0)
    line = 4 if section.bars >= 8 else 2 if section.bars >= 4 else 1
    start, end = (line * round(fraction * section.bars / line) for fraction in _ends(entry))
    last = section.end if entry.end >= 1.0 else min(section.end, section.start + end)
    return range(section.start + start, last)


def _waits(chart: Chart, section: Section, entry: Entry) -> bool:
    """Whether the section lacks the energy; who asks for none plays in the calmest one too."""
    felt = section.energy + _EASE_PER_DENSITY * chart.mood.density
    return 0.0 < entry.energy > felt


def plays(chart: Chart, section: Section, player: Player, bar: int) -> bool:
    return bar in window(chart, section, player)


def _ends(entry: Entry) -> tuple[float, float]:
    return entry.start, entry.end


def _table(chart: Chart, section: Section) -> Mapping[Player, Entry]:
    return _SECTIONS[_row(section.kind, chart.ensemble.drums_play)]


@lru_cache(maxsize=64)
def _row(kind: str, drums: bool) -> str:
    quiet = f"{kind} without drums"
    return quiet if not drums and quiet in _SECTIONS else kind


def _substitute(chart: Chart, section: Section) -> Role | None:
    """The player who saves a section from silence, if nobody plays from its first bar on."""
    table = _table(chart, section)
    present = {player for player, entry in table.items() if entry == _ALL}
    seated = set(chart.ensemble.chairs) | ({"drums"} if chart.ensemble.drums_play else set())
    if present & seated:
        return None
    return next((role for role in _SUBSTITUTES if role in chart.ensemble.chairs), None)
