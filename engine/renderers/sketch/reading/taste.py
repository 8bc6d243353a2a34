"""Which style a brief means: the one it names, or the likeliest one for its words.

A guess is always said to be one.
"""

from __future__ import annotations

from engine.renderers.sketch.reading.moods import Mood
from engine.renderers.sketch.reading.words import Brief
from engine.renderers.sketch.styles import STYLES
from engine.renderers.sketch.styles.style import Style

_FAMILIAR = ("pop", "house", "lo-fi", "ambient", "techno", "rock", "jazz", "disco", "synthwave")
"""The styles a guess may fall on, the likelier first."""
_PER_INSTRUMENT = 1.0


def likely_style(brief: Brief) -> tuple[Style, tuple[str, ...]]:
    """The leading style, and a warning if the caption named none."""
    if brief.styles:
        return STYLES[brief.styles[0]], ()
    style = max((STYLES[name] for name in _FAMILIAR), key=lambda style: _fitness(style, brief))
    return style, (
        f"caption: it names no style known here; {style.name} was chosen. Styles: "
        f"{', '.join(STYLES)}.",
    )


def _fitness(style: Style, brief: Brief) -> float:
    """How well a style suits a brief's instruments and mood; ties go to the more familiar."""
    patches = {
        *style.bass.patches,
        *(style.chords.patches if style.chords else ()),
        *style.pad,
        *(style.arp.patches if style.arp else ()),
        *style.lead,
        *style.counter,
    }
    shared = sum(_PER_INSTRUMENT for patch in brief.wanted if patch in patches)
    drumless = "drums" in brief.unwanted_parts and style.kit is None
    return shared + 2.0 * drumless + _temper(style, brief.mood) - 0.05 * _FAMILIAR.index(style.name)


def _temper(style: Style, mood: Mood) -> float:
    wanted_energy = 0.6 + 0.5 * mood.energy
    wanted_space = 0.4 + 0.5 * mood.space
    minor = (style.minor - 0.5) * {"minor": 0.4, "major": -0.4, None: 0.0}[mood.mode]
    off = abs(style.energy - wanted_energy) + abs(style.room.size - wanted_space)
    return minor - 1.5 * off
