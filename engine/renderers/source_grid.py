"""The grid of what is reshaped, heard with all that its making tells: for every renderer the same.

Knows no renderer.
"""

from __future__ import annotations

from engine.listen.features import Heard
from engine.listen.grid import Grid, find_grid
from engine.renderers.protocol import Source


def grid_of(source: Source, heard: Heard) -> Grid:
    """The grid of a source, of which `heard` is what the ear passes on."""
    made = source.track.made
    if made is None:
        return find_grid(heard)
    return find_grid(heard, made.bpm, made.time_signature, begins_with_bar=True)
