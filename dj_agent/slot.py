"""One place in a set: what may be written in it, and what goes together.

A slot is made from words (`caption`), is there already (`track`), or is made of another slot or a
file (`cover`, `repaint`, `extend`). Knows the fields and their limits; nothing of files that hold
them, servers or audio. What is left open is the studio's to plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    model_validator,
)

from dj_agent.references import RESHAPES, Unclear, file_beside
from dj_agent.text import clean, one_line

# The limits of the studio's plans, held to them by a test.
MAX_CAPTION, MAX_LYRICS, MAX_TITLE = 512, 4096, 80
MIN_BPM, MAX_BPM = 30.0, 300.0
MIN_DURATION_S, MAX_DURATION_S = 10.0, 600.0
MAX_SEED = 2**32 - 1
MAX_SOURCE_S, MAX_EXTENSION_S = 1800.0, 300.0
MAX_WINDOWS, MIN_WINDOW_S = 16, 0.5
KEY = re.compile(
    r"[A-G] ?[- ]?(?:#|♯|(?-i:b)|♭|sharp|flat)? ?[- ]?(?:major|minor|maj|min|dur|moll|m)?"
    r"|(?:[1-9]|1[0-2]) ?[AB]",
    re.IGNORECASE | re.ASCII,
)
LANGUAGES = (
    "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he",
    "hi", "hr", "ht", "hu", "id", "is", "it", "ja", "ko", "la", "lt", "ms", "ne", "nl", "no",
    "pa", "pl", "pt", "ro", "ru", "sa", "sk", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr",
    "uk", "ur", "vi", "yue", "zh", "unknown",
)  # fmt: skip
BEATS_PER_BAR = {"2/4": 2, "3/4": 3, "4/4": 4, "6/8": 2}
"""A beat of 6/8 is a dotted quarter, so a bar has two."""

Kind = Literal["caption", "track", "cover", "repaint", "extend"]
"""What a slot is, by the field that says so."""
_SUITS: dict[Kind, tuple[str, ...]] = {
    "caption": (
        "caption", "style", "minutes", "bars", "lyrics", "language", "instrumental",
        "time_signature", "seed",
    ),
    "track": (),
    "cover": ("caption", "style", "lyrics", "language", "seed", "similarity"),
    "repaint": (
        "caption", "style", "lyrics", "seed", "start_s", "end_s", "windows", "strength",
        "snap_to_bars",
    ),
    "extend": ("caption", "style", "lyrics", "seed", "seconds", "side"),
}  # fmt: skip
"""The fields that mean something in each kind of slot, besides those that do in all."""


def _known_language(text: str) -> str:
    code = text.lower().split("-")[0]
    if code not in LANGUAGES:
        raise ValueError("is not a language code that the studio knows")
    return code


def _readable_key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise ValueError("is not a key")
    return text


def _found(ref: str, info: ValidationInfo) -> str:
    """The absolute path of a file beside the setlist, or a library id as it is."""
    if file := file_beside(ref, info.context or Path()):
        return file
    if Path(ref).suffix or "/" in ref or "\\" in ref:
        raise ValueError(
            f"track: there is no file {one_line(ref, 60)!r}; give a path relative to the setlist "
            "file, or a track's id from the library"
        )
    return ref


def _clear(ref: object, info: ValidationInfo) -> object:
    """A reference that was settled: a slot's number, a path or a track's id."""
    if isinstance(ref, Unclear):
        raise ValueError(f"{info.field_name}: {ref.problem}")
    if not isinstance(ref, int | str):
        raise ValueError(f"{info.field_name}: is no reference")
    return ref


def _not_a_flag(value: object) -> object:
    """Pydantic would take `true` for the number 1."""
    if isinstance(value, bool):
        raise ValueError("is not a number")
    return value


def underscored(name: Any) -> Any:
    """`wind_down`, however it was written: `Wind-down`, `wind down`."""
    return re.sub(r"[\s-]+", "_", name.strip().lower()) if isinstance(name, str) else name


Text = Annotated[
    str, BeforeValidator(lambda text: clean(text).strip() if isinstance(text, str) else text)
]
Line = Annotated[
    str,
    BeforeValidator(lambda text: " ".join(clean(text).split()) if isinstance(text, str) else text),
]
Number = Annotated[float, BeforeValidator(_not_a_flag)]
Whole = Annotated[int, BeforeValidator(_not_a_flag)]
Bpm = Annotated[Number, Field(ge=MIN_BPM, le=MAX_BPM)]
Seed = Annotated[Whole, Field(ge=0, le=MAX_SEED)]
Share = Annotated[Number, Field(ge=0.0, le=1.0)]
Moment = Annotated[Number, Field(ge=0.0, le=MAX_SOURCE_S)]
TransitionType = Annotated[
    Literal["blend", "filter", "echo_out", "cut", "drop_in", "fade", "bridge"],
    BeforeValidator(underscored),
]
Reference = Annotated[int | str, PlainValidator(_clear)]
"""The number of a slot before this one, the absolute path of a file, or a track's id."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Transition(Part):
    """How a slot leads into the next. What is open, the studio chooses by how it would sound."""

    type: TransitionType | None = None
    bars: Literal[4, 8, 16, 32] | None = None


class Window(Part):
    """A stretch of the source, in seconds."""

    start_s: Moment
    end_s: Moment


class Slot(Part):
    """One place in the set: made from words, there already, or made of something that is."""

    title: Annotated[Line, Field(max_length=MAX_TITLE)] = ""
    caption: Annotated[Line, Field(max_length=MAX_CAPTION)] | None = None
    """What to hear."""
    track: Annotated[Line, Field(min_length=1), AfterValidator(_found)] | None = None
    """A library id, or the path of an audio file, relative to the setlist file."""
    cover: Reference | None = None
    """What to play in another style."""
    repaint: Reference | None = None
    """What to play with new material in `windows`."""
    extend: Reference | None = None
    """What to play with more before or after it."""
    style: Annotated[Line, Field(max_length=60)] | None = None
    bpm: Bpm | None = None
    """The tempo that it plays at in the set, whatever it was made at."""
    key: Annotated[Line, AfterValidator(_readable_key)] | None = None
    minutes: Annotated[Number, Field(ge=MIN_DURATION_S / 60, le=MAX_DURATION_S / 60)] | None = None
    bars: Annotated[Whole, Field(ge=1, le=2000)] | None = None
    lyrics: Annotated[Text, Field(max_length=MAX_LYRICS)] | None = None
    language: Annotated[Line, AfterValidator(_known_language)] | None = None
    instrumental: bool | None = None
    time_signature: Literal["2/4", "3/4", "4/4", "6/8"] | None = None
    energy: Share | None = None
    """From nearly nothing (0) to the peak of the night (1)."""
    similarity: Share | None = None
    start_s: Moment | None = None
    end_s: Moment | None = None
    windows: Annotated[tuple[Window, ...], Field(min_length=1, max_length=MAX_WINDOWS)] | None = (
        None
    )
    strength: Share | None = None
    snap_to_bars: bool | None = None
    seconds: Annotated[Number, Field(ge=1.0, le=MAX_EXTENSION_S)] | None = None
    side: Literal["end", "start"] | None = None
    seed: Seed | None = None
    locked: bool = False
    """Planners leave this slot, and its place in the set, as it is."""
    transition: Transition | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> Slot:
        if problem := next(_contradictions(self), None):
            raise ValueError(problem)
        return self

    @property
    def kind(self) -> Kind:
        """What the slot is; a slot that says nothing is one whose caption is missing."""
        return next((kind for kind in ("track", *RESHAPES) if getattr(self, kind) is not None),
                    "caption")  # fmt: skip

    @property
    def source(self) -> int | str | None:
        """What the slot is made of."""
        return next((ref for ref in (self.cover, self.repaint, self.extend) if ref is not None),
                    None)  # fmt: skip

    @property
    def spans(self) -> tuple[Window, ...]:
        """Where to repaint, however it was written."""
        if self.start_s is None or self.end_s is None:
            return self.windows or ()
        return (Window(start_s=self.start_s, end_s=self.end_s),)

    @property
    def duration_s(self) -> float | None:
        """How long the track should be, from `minutes` or from `bars` and `bpm`, if it says so."""
        if self.bars and self.bpm:
            beats = self.bars * BEATS_PER_BAR[self.time_signature or "4/4"]
            return round(beats * 60 / self.bpm, 6)
        return None if self.minutes is None else round(self.minutes * 60, 6)

    def planned(self) -> dict[str, Any]:
        """The slot as the studio's plans have it: what is open is left out."""
        said = self.model_dump(
            mode="json", exclude_defaults=True, exclude={"start_s", "end_s", "windows"}
        )
        windows = [span.model_dump() for span in self.spans]
        return {**said, "windows": windows} if windows else said


def _contradictions(slot: Slot) -> Iterator[str]:
    """What in this slot doesn't go together, as `field: what to do`."""
    kind = slot.kind
    for other in ("track", *RESHAPES):
        if other != kind and getattr(slot, other) is not None:
            yield f"{other}: doesn't go with {kind}; keep one of them"
    for name in dict.fromkeys(name for names in _SUITS.values() for name in names):
        if getattr(slot, name) is not None and name not in _SUITS[kind]:
            yield _out_of_place(name, kind)
    match kind:
        case "caption":
            if not _says_something(slot.caption):
                yield "caption: missing; describe the music in a few words, or name a track"
            yield from _wrong_length(slot)
        case "cover" if not _says_something(slot.caption or slot.style):
            yield "caption: missing; describe the new style in a few words"
        case "repaint":
            yield from _wrong_windows(slot)
        case "extend" if slot.seconds is None:
            yield "seconds: missing; say about how much more, from 1 to 300"


def _out_of_place(name: str, kind: Kind) -> str:
    if kind == "track":
        return f"{name}: is for tracks that are made; remove it, or remove track"
    if kind == "caption":
        owner = next(other for other, names in _SUITS.items() if name in names)
        return f"{name}: is for a slot with {owner}; remove it, or say what to {owner}"
    return f"{name}: doesn't go with {kind}; remove it"


def _says_something(text: str | None) -> bool:
    return any(character.isalnum() for character in text or "")


def _wrong_length(slot: Slot) -> Iterator[str]:
    if slot.bars is None:
        return
    if slot.minutes is not None:
        yield "bars: there are minutes as well; keep one of them"
    elif slot.bpm and not MIN_DURATION_S <= (slot.duration_s or 0.0) <= MAX_DURATION_S:
        yield (
            f"bars: {slot.bars} at {slot.bpm:g} bpm last {slot.duration_s:.0f} s; "
            f"stay between {MIN_DURATION_S:.0f} s and {MAX_DURATION_S / 60:.0f} min"
        )


def _wrong_windows(slot: Slot) -> Iterator[str]:
    edges = {"start_s": slot.start_s, "end_s": slot.end_s}
    missing = [name for name, edge in edges.items() if edge is None]
    if slot.windows and len(missing) < 2:
        yield "windows: there is start_s or end_s as well; keep one of the two ways"
    elif not slot.spans:
        yield f"{missing[0]}: missing; say what to repaint with start_s and end_s, or with windows"
    field = "windows" if slot.windows else "end_s"
    for span in slot.spans:
        if span.end_s - span.start_s < MIN_WINDOW_S:
            yield (
                f"{field}: {span.start_s:g} to {span.end_s:g} s is no window; "
                f"end at least {MIN_WINDOW_S:g} s after the start"
            )
    for before, after in pairwise(slot.spans):
        if after.start_s < before.end_s:
            yield (
                f"windows: {after.start_s:g} s begins before {before.end_s:g} s, where the one "
                "before it ends; put them in order, without overlap"
            )
