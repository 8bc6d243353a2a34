"""The timeline: a set worked out to the sample, before any audio is touched.

All positions in the mix are samples at 48 000 Hz from its start.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.sets.deck import Deck
from engine.sets.plan import TransitionType


@dataclass(frozen=True, slots=True)
class Knot:
    """At `at` in the mix the source is at `source`, both in samples; straight lines between."""

    at: int
    source: float


@dataclass(frozen=True, slots=True)
class Play:
    """A deck's stay in the mix, from its first knot to its last."""

    deck: Deck
    knots: tuple[Knot, ...]
    """At least two, both coordinates rising."""
    gain_db: float
    """What brings it to the loudness that all decks have."""

    @property
    def start(self) -> int:
        return self.knots[0].at

    @property
    def end(self) -> int:
        return self.knots[-1].at


@dataclass(frozen=True, slots=True)
class Join:
    """The transition from `plays[number]` to `plays[number + 1]`.

    From `start` to `end` both may sound; at `swap` the bass goes from one to the other.
    """

    number: int
    type: TransitionType
    bars: int
    """Bars of the outgoing deck from start to end; 0 where nothing overlaps by beats."""
    start: int
    swap: int
    end: int
    beats: tuple[int, ...] = ()
    """Where both decks have a beat, from `start` to `end`; empty where they share none."""


@dataclass(frozen=True, slots=True)
class Timeline:
    plays: tuple[Play, ...]
    joins: tuple[Join, ...]
    """One fewer than plays."""
    samples: int
    """The length of the mix."""
