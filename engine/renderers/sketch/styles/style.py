"""What a style is: the vocabulary in which the tables of this package are written.

Figures are text as `rhythm` reads it. Drum marks: `X` accent, `x` hit, `o` soft, `g` ghost,
`r` two quick strokes,
`?` a ghost that is there half of the time. Bass marks: `1` root, `8` octave, `3` `5` `7` chord
tones, `n` the next chord's root, `a` an approach to it, `s` the root sliding up to its octave.
Chord marks: `x` all voices, `X` accented, `o` soft, `l` the lower and `u` the upper voices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.renderers.sketch.score import Room

Role = Literal["bass", "chords", "pad", "arp", "lead", "counter"]

Idiom = Literal["diatonic", "modal", "chromatic"]
"""How strictly melody and bass keep to the key: always; but for borrowed chords' own notes; or
with chromatic approaches as well."""


@dataclass(frozen=True, slots=True)
class Groove:
    """A drum pattern of one or more bars: a figure per sound. The first never rests."""

    name: str
    rows: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kit:
    """How a style drums. `grooves` are for 4/4 (and, halved, 2/4); the others say their meter.

    `fills` name figures of `fills.FILLS`. `layers` overrides at what energy a sound joins.
    `looseness` is the drummer's scatter in seconds.
    """

    patch: str
    grooves: tuple[Groove, ...]
    waltz: Groove
    compound: Groove
    fills: tuple[str, ...]
    layers: Mapping[str, float] = field(default_factory=dict)
    looseness: float = 0.0


@dataclass(frozen=True, slots=True)
class Bass:
    """How a style's bass behaves. Two `figures` are taken per piece: one for the calmer sections,
    one for the fuller. `walking` replaces them by a line in quarters; `gate` scales lengths;
    `slides` is the chance that a long note glides into the next."""

    patches: tuple[str, ...]
    figures: tuple[str, ...]
    low: int = 28
    gate: float = 0.9
    slides: float = 0.0
    walking: bool = False
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Comp:
    """Chords in rhythm. An empty figure holds each chord until the next."""

    patches: tuple[str, ...]
    figures: tuple[str, ...]
    gate: float = 0.9
    doubled: bool = False
    """Played twice, left and right, as rhythm guitars are."""


@dataclass(frozen=True, slots=True)
class Arp:
    """Broken chords: `figures` say when, `shapes` name an order in `comping.SHAPES`."""

    patches: tuple[str, ...]
    figures: tuple[str, ...]
    shapes: tuple[str, ...] = ("up", "updown", "down", "skip")


@dataclass(frozen=True, slots=True)
class Style:
    """Everything that makes one style. Roles it does without are None or have no patches."""

    name: str
    bpm: tuple[float, float]
    form: str
    energy: float
    minor: float
    """How likely it is in minor."""
    in_minor: tuple[str, ...]
    in_major: tuple[str, ...]
    kit: Kit | None
    bass: Bass
    chords: Comp | None
    lead: tuple[str, ...]
    cells: tuple[str, ...]
    """Names of rhythms in `motif.CELLS` from which its melodies grow."""
    pad: tuple[str, ...] = ()
    arp: Arp | None = None
    counter: tuple[str, ...] = ()
    bars_per_chord: tuple[int, ...] = (1,)
    idiom: Idiom = "diatonic"
    pentatonic: bool = False
    swing: tuple[float, int] = (0.5, 1)
    duck: float = 0.0
    """How far everything but the drums dips under the kick."""
    effects: bool = False
    """Risers, impacts and filter sweeps between sections."""
    room: Room = field(default_factory=Room)
