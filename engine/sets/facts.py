"""What is known of a track that is there already, before a set is planned around it.

Values only. Whatever nobody has measured or written down is None.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.keys import Key


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """A track of a library or a file: as measured, as made, or by its tags."""

    ref: str
    """Its id, or its path."""
    duration_s: float
    title: str = ""
    bpm: float | None = None
    """None: unknown, or no single tempo holds."""
    key: Key | None = None
    beats_per_bar: int | None = None
    energy: float | None = None
    """0 to 1."""
    vocals: bool | None = None
    """Whether somebody sings in it."""
