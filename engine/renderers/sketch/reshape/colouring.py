"""Colouring: the same chords with the sevenths and colours of one style or another.

Knows chords and keys; not when they sound.
"""

from __future__ import annotations

from engine.keys import Key
from engine.renderers.sketch.band.chart import Changes, lay_changes
from engine.renderers.sketch.reshape.keeping import Weave
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.styles.style import Style
from engine.renderers.sketch.theory.harmony import Chord, read_progression, scale_of

_SEVENTHS = (10, 11, 9)
_LUSH = 0.5
"""A style of which this share of chords has four tones or more plays sevenths."""


def recoloured(original: Original, style: Style, weave: Weave) -> Changes:
    """The original's changes, in the style's colours where a phrase isn't kept.

    Roots, thirds and fifths are always the original's.
    """
    kept = weave.kept("harmony")
    lush = _is_lush(style, original.key)
    beats = original.grid.meter.beats
    bars = []
    for bar, chords in enumerate(original.chords()):
        phrase = min(int(bar * beats / weave.beats), len(kept) - 1)
        bars.append(
            chords
            if kept[phrase]
            else tuple(_coloured(chord, original.key, lush=lush) for chord in chords)
        )
    return lay_changes(bars, beats, original.changes.final)


def _is_lush(style: Style, key: Key) -> bool:
    texts = style.in_minor if key.mode == "minor" else style.in_major
    chords = [chord for text in texts for bar in read_progression(text, key) for chord in bar]
    return sum(len(chord.classes) >= 4 for chord in chords) >= _LUSH * len(chords)


def _coloured(chord: Chord, key: Key, *, lush: bool) -> Chord:
    """The triad, with the key's own seventh on it if the style is lush."""
    triad = (0, chord.third, chord.fifth)
    if not lush:
        return Chord(chord.root, triad)
    scale = scale_of(key)
    seventh = next((one for one in _SEVENTHS if (chord.root + one) % 12 in scale), _SEVENTHS[0])
    return Chord(chord.root, (*triad, seventh))
