"""A deck: one finished track as the mix plays it, with what was measured in it.

Values only. Times in the source are seconds from the start of its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.keys import Key
from engine.listen.readings import HeardSection, Stretch

PHRASE_BARS = 8
"""Music moves by phrases of so many bars; their lines are where transitions start and swap."""


@dataclass(frozen=True, slots=True)
class Grid:
    """An even grid: tempo, the first bar, and where phrases begin.

    Beats lie at `first_downbeat_s + k * 60 / bpm` for every whole k, bars at every
    `beats_per_bar` of them. `first_line_s` is the first bar line at or after the start of the
    file that begins a phrase of eight bars.
    """

    bpm: float
    first_downbeat_s: float
    beats_per_bar: int
    first_line_s: float

    @property
    def beat_s(self) -> float:
        return 60.0 / self.bpm

    @property
    def bar_s(self) -> float:
        return self.beats_per_bar * self.beat_s


@dataclass(frozen=True, slots=True)
class Deck:
    """What was measured in a track, and how it is to be played.

    `grid` is None where no single tempo holds; such a track is neither stretched nor blended by
    beats. `key` is as measured, before any shift.
    """

    slot: int
    """From 1."""
    title: str
    path: Path
    duration_s: float
    loudness_lufs: float
    """Integrated, of the file."""
    grid: Grid | None
    key: Key | None
    energy: float
    """0 to 1, as measured."""
    sections: tuple[HeardSection, ...] = ()
    vocals: tuple[Stretch, ...] = ()
    """Where somebody sings, at a guess; empty for what is known to be instrumental."""
    play_bpm: float | None = None
    """The tempo of its body in the mix; None: its own."""
    semitones: int = 0
    """How far it is shifted in pitch, -1 to 1."""

    @property
    def tempo(self) -> float | None:
        """The tempo of its body in the mix."""
        return self.play_bpm or (self.grid.bpm if self.grid else None)

    @property
    def heard_key(self) -> Key | None:
        """The key in the mix, after the shift."""
        if self.key is None:
            return None
        return Key((self.key.tonic + self.semitones) % 12, self.key.mode)
