"""What somebody wishes for when a set is to be planned."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sets.plan import ArcName


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a set is to be: words, a plan to start from, or both."""

    brief: str = ""
    plan: str = ""
    """A plan's id, or a plan as text: JSON or TOML, however carelessly written."""
    minutes: float | None = None
    arc: ArcName | None = None
    tracks: tuple[str, ...] = ()
    """Tracks of the library to play, by id or path, in whatever order suits."""
    from_slot: int | None = None
    """With a plan: the brief changes this slot and all after it."""
    seed: int | None = None
