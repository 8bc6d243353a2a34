"""The styles: one table of data each, and nothing but data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.renderers.sketch.styles.bands import BANDS
from engine.renderers.sketch.styles.bass_music import BASS_MUSIC
from engine.renderers.sketch.styles.beats import BEATS
from engine.renderers.sketch.styles.club import CLUB
from engine.renderers.sketch.styles.rave import RAVE
from engine.renderers.sketch.styles.roots import ROOTS
from engine.renderers.sketch.styles.style import Style

STYLES: Mapping[str, Style] = MappingProxyType(
    {style.name: style for style in (*CLUB, *RAVE, *BASS_MUSIC, *BEATS, *BANDS, *ROOTS)}
)
