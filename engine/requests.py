"""What can be asked of the studio: one frozen type per task.

A request is checked when it is built, so whatever reaches the queue can be rendered or is refused
by a renderer with `Unsupported`. Values left open are `None`: the renderer chooses them and says
what it chose.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from engine.errors import InvalidRequest
from engine.keys import parse_key
from engine.text import clean

TimeSignature = Literal["2/4", "3/4", "4/4", "6/8"]
Quality = Literal["draft", "standard", "best"]

MIN_DURATION_S, MAX_DURATION_S = 10.0, 600.0
MIN_BPM, MAX_BPM = 30.0, 300.0
MAX_CAPTION, MAX_LYRICS, MAX_TITLE = 512, 4096, 80
MAX_VARIATIONS = 4
MAX_SEED = 2**32 - 1

# ACE-Step 1.5's vocal languages (its `VALID_LANGUAGES`), so one request serves every renderer.
LANGUAGES = frozenset(
    {
        "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he",
        "hi", "hr", "ht", "hu", "id", "is", "it", "ja", "ko", "la", "lt", "ms", "ne", "nl", "no",
        "pa", "pl", "pt", "ro", "ru", "sa", "sk", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr",
        "uk", "ur", "vi", "yue", "zh", "unknown",
    }
)  # fmt: skip

_NO_KEY = ("", "auto", "any", "none", "n/a")


class GenerateRequest(BaseModel):
    """Music from words. Everything but the caption may be left open."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    task: Literal["generate"] = "generate"
    caption: Annotated[str, Field(min_length=1, max_length=MAX_CAPTION)]
    """What to hear: style, mood, instruments."""
    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    """The track's name; empty: made from the caption."""
    lyrics: Annotated[str, Field(max_length=MAX_LYRICS)] = ""
    """Lines to sing, with section tags like [Verse]; tags alone only shape the form."""
    language: str = "unknown"
    instrumental: bool | None = None
    """None: instrumental unless there are lines to sing."""
    duration_s: Annotated[float, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S)] | None = None
    bpm: Annotated[float, Field(ge=MIN_BPM, le=MAX_BPM)] | None = None
    key: str | None = None
    """Any spelling that `parse_key` reads; kept as `str(Key)`."""
    time_signature: TimeSignature | None = None
    variations: Annotated[int, Field(ge=1, le=MAX_VARIATIONS)] = 1
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None
    """None: drawn when the request is queued, and reported."""
    quality: Quality = "standard"

    @field_validator("caption", "title", "lyrics", mode="before")
    @classmethod
    def _clean(cls, text: object) -> object:
        return clean(text) if isinstance(text, str) else text

    @field_validator("caption", "title")
    @classmethod
    def _one_line(cls, text: str) -> str:
        return " ".join(text.split())

    @field_validator("key", mode="before")
    @classmethod
    def _one_spelling(cls, key: object) -> object:
        if not isinstance(key, str):
            return key
        return None if key.strip().lower() in _NO_KEY else str(parse_key(key))

    @field_validator("language", mode="before")
    @classmethod
    def _known_language(cls, language: object) -> object:
        if not isinstance(language, str):
            return language
        code = language.strip().lower().split("-")[0]
        if code not in LANGUAGES:
            raise InvalidRequest(
                f"language: {language[:20]!r} is not known; use a code like 'en', 'de' or 'ja', "
                "or leave it out.",
                field="language",
            )
        return code

    @field_validator("time_signature", mode="before")
    @classmethod
    def _common_signatures(cls, signature: object) -> object:
        return {"2": "2/4", "3": "3/4", "4": "4/4", "6": "6/8"}.get(str(signature), signature)

    @model_validator(mode="after")
    def _words_remain(self) -> GenerateRequest:
        if not any(character.isalnum() for character in self.caption):
            raise InvalidRequest(
                "caption: has no words; describe the music, for example 'warm deep house'.",
                field="caption",
            )
        return self


Request = GenerateRequest
"""Every request type (a union once there are more)."""

R = TypeVar("R", bound=BaseModel)


def checked(kind: type[R], **values: Any) -> R:
    """Build a request of this kind from loose values.

    Raises `InvalidRequest` whose sentence names the first wrong field, what it got and what it
    takes; never pydantic's own error.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        raise invalid(error, known=list(kind.model_fields)) from None


def invalid(error: ValidationError, known: list[str]) -> InvalidRequest:
    """Pydantic's first complaint as one sentence; `known` are the fields there are."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else None
    got = repr(first["input"])
    got = got if len(got) <= 40 else f"{got[:40]}…"
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return InvalidRequest(f"{field}: unknown; the fields are {', '.join(known)}.", field=field)
    if first["type"] in ("missing", "missing_argument"):
        return InvalidRequest(f"{field}: missing; it is required.", field=field)
    return InvalidRequest(f"{field or 'request'}: {got} won't do; it {_needs(first)}.", field=field)


_RANGES = {
    "bpm": f"takes {MIN_BPM:g} to {MAX_BPM:g}",
    "duration_s": f"takes {MIN_DURATION_S:g} to {MAX_DURATION_S:g} seconds",
    "variations": f"takes 1 to {MAX_VARIATIONS}",
    "seed": f"takes 0 to {MAX_SEED}",
}


def _needs(complaint: ErrorDetails) -> str:
    """What the field takes, for the end of the sentence '… won't do; it …'."""
    out_of_range = complaint["type"].startswith(("greater_than", "less_than"))
    if out_of_range and (range_ := _RANGES.get(str(complaint["loc"][0]))):
        return range_
    words = complaint["msg"][0].lower() + complaint["msg"][1:]
    return words.removeprefix("input ").replace("string should", "should")
