"""The set as a document: what people write, agents send and scripts play.

Everything but what a slot plays may be left open; `engine.sets.solving` fills it in. Knows the
fields and what each may hold; whether they go together is `engine.sets.lint`'s to say.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.fields import (
    MAX_EXTENSION_S,
    MAX_SLOTS,
    MAX_TITLE,
    MAX_WINDOWS,
    Bpm,
    Caption,
    Lyrics,
    Seed,
    Share,
    TimeSignature,
    TrackRef,
    Window,
    Written,
)

TransitionType = Literal["blend", "filter", "echo_out", "cut", "drop_in", "fade", "bridge"]
ArcName = Literal["build", "wave", "peak", "wind_down", "journey", "static"]
Order = Literal["kept", "free"]
Kind = Literal["caption", "track", "cover", "repaint", "extend"]
"""What a slot is, by the field that says so."""
Bars = Literal[4, 8, 16, 32]
"""How long a transition may be: whole phrases, as DJs count them."""

MADE_OF: tuple[Kind, ...] = ("cover", "repaint", "extend")
"""The kinds of slots that are made of another slot or of a file."""
BEATS_PER_BAR: dict[str, int] = {"2/4": 2, "3/4": 3, "4/4": 4, "6/8": 2}
"""A beat of 6/8 is a dotted quarter, so a bar has two."""
MAX_MINUTES = 24 * 60.0

SlotRef = Annotated[int, Field(ge=1)] | TrackRef
"""A slot before this one, by number or title, or a track's id, or the path of an audio file."""


class Transition(Written):
    """How a slot leads into the next. What is open is chosen by score."""

    type: TransitionType | None = None
    bars: Bars | None = None


class Slot(Written):
    """One place in the set: made from words, there already, or made of something that is."""

    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    caption: Caption = ""
    """What to hear."""
    track: TrackRef | None = None
    """A track that is there already: its id, or the path of an audio file."""
    cover: SlotRef | None = None
    """What to play in another style."""
    repaint: SlotRef | None = None
    """What to play with new material in `windows`."""
    extend: SlotRef | None = None
    """What to play with more before or after it."""
    style: Annotated[str, Field(max_length=60)] = ""
    bpm: Bpm | None = None
    """The tempo that it plays at in the set, whatever it was made at."""
    key: str | None = None
    """The key that it is in; kept as `str(Key)`."""
    minutes: Annotated[float, Field(gt=0.0, le=MAX_MINUTES)] | None = None
    bars: Annotated[int, Field(ge=1, le=2000)] | None = None
    time_signature: TimeSignature | None = None
    lyrics: Lyrics = ""
    language: str | None = None
    instrumental: bool | None = None
    energy: Share | None = None
    """From nearly nothing (0) to the peak of the night (1)."""
    seed: Seed | None = None
    locked: bool = False
    """Planners leave this slot, and its place in the set, as it is."""
    transition: Transition | None = None
    """How it leads into the next slot."""
    similarity: Share | None = None
    windows: Annotated[tuple[Window, ...], Field(max_length=MAX_WINDOWS)] = ()
    strength: Share | None = None
    snap_to_bars: bool | None = None
    seconds: Annotated[float, Field(ge=1.0, le=MAX_EXTENSION_S)] | None = None
    side: Literal["end", "start"] | None = None

    @property
    def kind(self) -> Kind:
        """What the slot is; a slot that says nothing is one whose caption is missing."""
        kinds: tuple[Kind, ...] = ("track", *MADE_OF)
        return next((kind for kind in kinds if getattr(self, kind) is not None), "caption")

    @property
    def source(self) -> int | str | None:
        """What the slot is made of, if it is of a kind in `MADE_OF`."""
        return getattr(self, self.kind) if self.kind in MADE_OF else None

    @property
    def beats_per_bar(self) -> int:
        return BEATS_PER_BAR[self.time_signature or "4/4"]

    @property
    def duration_s(self) -> float | None:
        """How long the track is to be, from `bars` and `bpm` or from `minutes`."""
        if self.bars and self.bpm:
            return self.bars * self.beats_per_bar * 60.0 / self.bpm
        return None if self.minutes is None else self.minutes * 60.0


class SetPlan(Written):
    """A set as it is written down. `version` 1 is the only one there is."""

    version: Literal[1] = 1
    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    brief: Annotated[str, Field(max_length=2000)] = ""
    """What the set should be, in words."""
    minutes: Annotated[float, Field(gt=0.0, le=MAX_MINUTES)] | None = None
    """How long the mix is to be, transitions counted once."""
    bpm: tuple[Bpm, Bpm] | None = None
    """The slowest and the fastest tempo."""
    arc: ArcName | None = None
    """How the energy goes."""
    order: Order = "kept"
    """`free`: slots that aren't locked may be put in another order."""
    renderer: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")] | None = None
    seed: Seed | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=MAX_SLOTS)]
