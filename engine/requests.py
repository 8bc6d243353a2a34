"""What can be asked of the studio: one frozen type per task.

A request is checked when it is built, so whatever reaches the queue can be rendered or is refused
by a renderer with `Unsupported`. Values left open are `None`: the renderer chooses them and says
what it chose.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from engine.errors import InvalidRequest
from engine.fields import (
    MAX_ADAPTER_SCALE,
    MAX_ADAPTERS,
    MAX_DURATION_S,
    MAX_EXTENSION_S,
    MAX_TITLE,
    MAX_VARIATIONS,
    MAX_WINDOWS,
    MIN_DURATION_S,
    Bpm,
    Caption,
    Lyrics,
    Moment,
    PartName,
    Quality,
    Seed,
    Share,
    TimeSignature,
    TrackRef,
    Window,
    Written,
)
from engine.refusals import invalid
from engine.sets.plan import SetPlan

USUAL_VARIANCE = 0.3
MixFormat = Literal["flac", "wav", "mp3"]


class Adapter(Written):
    """A LoRA by its name, and how strongly it is worn: 1 is as it was trained."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scale: Annotated[float, Field(ge=-MAX_ADAPTER_SCALE, le=MAX_ADAPTER_SCALE)] = 1.0


def _read_adapters(value: object) -> object:
    """`name`, `name:0.5` or several with commas between them, as people write them."""
    if not isinstance(value, str):
        return value
    pairs = (one.partition(":") for one in value.split(",") if one.strip())
    return tuple(Adapter(name=name, scale=_scale(scale)) for name, _, scale in pairs)


def _scale(text: str) -> float:
    try:
        scale = float(text or 1.0)
    except ValueError:
        scale = MAX_ADAPTER_SCALE + 1.0
    if not abs(scale) <= MAX_ADAPTER_SCALE:
        raise InvalidRequest(
            f"adapter: {text[:20]!r} is no strength; write name:0.5, with -2 to 2.", field="adapter"
        )
    return scale


Adapters = Annotated[
    tuple[Adapter, ...],
    Field(max_length=MAX_ADAPTERS),
    BeforeValidator(_read_adapters),
    WithJsonSchema({"type": "string"}),
]


class Turn(Written):
    """One step from a first take to this one: so much of what was left to chance is drawn anew,
    from this seed."""

    seed: Seed
    variance: Share


class _Made(Written):
    """What every request that makes sound may say."""

    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    """The track's name; empty: made from the caption or the source's name."""
    seed: Seed | None = None
    """None: drawn when the request is queued, and reported."""
    quality: Quality = "standard"


class GenerateRequest(_Made):
    """Music from words. Everything but the caption may be left open."""

    task: Literal["generate"] = "generate"
    caption: Annotated[Caption, Field(min_length=1)]
    """What to hear: style, mood, instruments."""
    lyrics: Lyrics = ""
    """Lines to sing, with section tags like [Verse]; tags alone only shape the form."""
    language: str = "unknown"
    instrumental: bool | None = None
    """None: instrumental unless there are lines to sing."""
    duration_s: Annotated[float, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S)] | None = None
    bpm: Bpm | None = None
    key: str | None = None
    """Any spelling that `parse_key` reads; kept as `str(Key)`."""
    time_signature: TimeSignature | None = None
    variations: Annotated[int, Field(ge=1, le=MAX_VARIATIONS)] = 1
    reference: TrackRef | None = None
    """A track whose timbre is to be heard, not its notes."""
    variation_of: TrackRef | None = None
    """A track that was made from words: this is another take of it, and what is left open here is
    as it was there."""
    variance: Share | None = None
    """How much of that take's chance is drawn anew; None: 0.3."""
    lineage: Annotated[tuple[Turn, ...], Field(max_length=64)] = ()
    """How that take came to be, the first one first; filled in from `variation_of`."""
    adapter: Adapters = ()

    @model_validator(mode="after")
    def _agrees(self) -> GenerateRequest:
        _require_words(self.caption)
        if self.variance is not None and not (self.variation_of or self.lineage):
            raise InvalidRequest(
                "variance: goes with variation_of; name the track to vary.", field="variance"
            )
        return self

    @property
    def turns(self) -> tuple[Turn, ...]:
        """How this take comes to be, itself last. The first turn is all its own."""
        if not self.lineage:
            return (Turn(seed=self.seed or 0, variance=1.0),)
        variance = USUAL_VARIANCE if self.variance is None else self.variance
        return (*self.lineage, Turn(seed=self.seed or 0, variance=variance))


class CoverRequest(_Made):
    """The same music in another style: its grid, form and harmony are kept."""

    task: Literal["cover"] = "cover"
    track: TrackRef
    caption: Annotated[Caption, Field(min_length=1)]
    """The new style."""
    lyrics: Lyrics = ""
    language: str = "unknown"
    similarity: Share = 0.6
    """From a new arrangement on the same chords (0.2) to melody and accents kept (1.0)."""
    mode: Literal["cover", "remix", "edit"] = "cover"
    """`remix` and `edit` are ways of models that work on the sound itself."""
    adapter: Adapters = ()

    @model_validator(mode="after")
    def _words_remain(self) -> CoverRequest:
        _require_words(self.caption)
        return self


class RepaintRequest(_Made):
    """New material in one or more windows; every sample outside them and their seams is kept."""

    task: Literal["repaint"] = "repaint"
    track: TrackRef
    start_s: Moment | None = None
    """With `end_s`, another way to write one window; kept in `windows`."""
    end_s: Moment | None = None
    windows: Annotated[tuple[Window, ...], Field(max_length=MAX_WINDOWS)] = ()
    """In order, without overlap; at least one."""
    caption: Caption = ""
    """What to hear there; empty: in the style of the rest."""
    lyrics: Lyrics = ""
    strength: Share = 0.7
    """From close to what was there (0) to all new (1)."""
    snap_to_bars: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_window(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        edges = {
            name: values[name] for name in ("start_s", "end_s") if values.get(name) is not None
        }
        if not edges:
            return values
        if values.get("windows"):
            raise InvalidRequest(
                "windows: give either these or start_s and end_s, not both.", field="windows"
            )
        for name in ("start_s", "end_s"):
            if name not in edges:
                raise InvalidRequest(
                    f"{name}: missing; a window has start_s and end_s.", field=name
                )
        rest = {name: value for name, value in values.items() if name not in edges}
        return {**rest, "windows": [edges]}

    @model_validator(mode="after")
    def _in_order(self) -> RepaintRequest:
        if not self.windows:
            raise InvalidRequest(
                "start_s: missing; say what to repaint with start_s and end_s, or with windows.",
                field="start_s",
            )
        for before, after in pairwise(self.windows):
            if after.start_s < before.end_s:
                raise InvalidRequest(
                    f"windows: {after.start_s:g} s begins before {before.end_s:g} s, where the "
                    "window before it ends; put them in order, without overlap.",
                    field="windows",
                )
        return self


class ExtendRequest(_Made):
    """More music before or after; the track itself is kept sample by sample up to the seam."""

    task: Literal["extend"] = "extend"
    track: TrackRef
    seconds: Annotated[float, Field(ge=1.0, le=MAX_EXTENSION_S)]
    """About how much; whole bars are added where there is a beat."""
    side: Literal["end", "start"] = "end"
    caption: Caption = ""
    lyrics: Lyrics = ""


class AddPartsRequest(_Made):
    """New parts for a track, in its time and key: over it, or as a band for a solo part."""

    task: Literal["add_parts"] = "add_parts"
    track: TrackRef
    parts: Annotated[tuple[PartName, ...], Field(min_length=1, max_length=12)]
    mode: Literal["layer", "accompany"] = "layer"
    caption: Caption = ""
    start_s: Moment | None = None
    """None: from the start."""
    end_s: Moment | None = None
    """None: to the end."""


class SeparateRequest(Written):
    """A track taken apart into stems."""

    task: Literal["separate"] = "separate"
    track: TrackRef
    stems: tuple[Literal[PartName, "no_drums", "no_vocals", "other"], ...] = ()
    """Empty: those that together are the mix."""


class RenderSetRequest(Written):
    """A whole set: its tracks made and measured, mixed, and handed over with a report."""

    task: Literal["render_set"] = "render_set"
    plan: SetPlan
    format: MixFormat = "flac"
    """Of the mix; the single tracks stay as they are."""


class AnalyzeRequest(Written):
    """What is heard in a track. What is known is used, and the result says so."""

    task: Literal["analyze"] = "analyze"
    track: TrackRef
    detail: Literal["basic", "full"] = "basic"
    bpm: Bpm | None = None
    key: str | None = None
    time_signature: TimeSignature | None = None


def _require_words(caption: str) -> None:
    if not any(character.isalnum() for character in caption):
        raise InvalidRequest(
            "caption: has no words; describe the music, for example 'warm deep house'.",
            field="caption",
        )


ReshapeRequest = CoverRequest | RepaintRequest | ExtendRequest | AddPartsRequest
"""Requests that make a new track out of one."""
RenderRequest = GenerateRequest | ReshapeRequest
"""Requests that a renderer serves."""
TrackRequest = ReshapeRequest | SeparateRequest | AnalyzeRequest
"""Requests about one track."""
Request = Annotated[
    GenerateRequest | TrackRequest | RenderSetRequest,
    Field(discriminator="task"),
]
"""Every request."""

_ANY: TypeAdapter[Request] = TypeAdapter(Request)
R = TypeVar("R", bound=BaseModel)


def read_request(text: str) -> Request:
    """A request from the JSON that `model_dump_json` wrote."""
    return _ANY.validate_json(text)


def checked(kind: type[R], **values: Any) -> R:
    """Build a request of this kind from loose values.

    Raises `InvalidRequest` whose sentence names the first wrong field, what it got and what it
    takes; never pydantic's own error.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        raise invalid(error, kind) from None
