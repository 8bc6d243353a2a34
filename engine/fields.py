"""What the fields of requests and plans may hold, and how their values are written.

Knows limits and spellings; nothing of what a request is for.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from engine.errors import InvalidRequest
from engine.keys import parse_key
from engine.text import clean

TimeSignature = Literal["2/4", "3/4", "4/4", "6/8"]
Quality = Literal["draft", "standard", "best"]
PartName = Literal[
    "drums", "percussion", "bass", "keyboard", "synth", "guitar", "strings", "brass", "woodwinds",
    "vocals", "backing_vocals", "fx",
]  # fmt: skip
"""ACE-Step's twelve track names (upstream `TRACK_NAMES`), so stems are named alike everywhere."""

MIN_DURATION_S, MAX_DURATION_S = 10.0, 600.0
MIN_BPM, MAX_BPM = 30.0, 300.0
MAX_CAPTION, MAX_LYRICS, MAX_TITLE = 512, 4096, 80
MAX_ADAPTERS, MAX_ADAPTER_SCALE = 4, 2.0
MAX_VARIATIONS = 4
MAX_SOURCE_S = 1800.0
MAX_WINDOWS, MIN_WINDOW_S = 16, 0.5
MAX_EXTENSION_S = 300.0
MAX_SLOTS = 200
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


Caption = Annotated[str, Field(max_length=MAX_CAPTION)]
Lyrics = Annotated[str, Field(max_length=MAX_LYRICS)]
Bpm = Annotated[float, Field(ge=MIN_BPM, le=MAX_BPM)]
TrackRef = Annotated[str, Field(min_length=1, max_length=1024)]
"""A track's id, or the path of an audio file in a readable folder."""
Moment = Annotated[float, Field(ge=0.0, le=MAX_SOURCE_S)]
"""Seconds from the start of a track."""
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Written(BaseModel):
    """What all requests and plans have in common: how values are written and cleaned."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("caption", "title", "lyrics", mode="before", check_fields=False)
    @classmethod
    def _clean(cls, text: object) -> object:
        return clean(text) if isinstance(text, str) else text

    @field_validator("caption", "title", check_fields=False)
    @classmethod
    def _one_line(cls, text: str) -> str:
        return " ".join(text.split())

    @field_validator("key", mode="before", check_fields=False)
    @classmethod
    def _one_spelling(cls, key: object) -> object:
        if not isinstance(key, str):
            return key
        return None if key.strip().lower() in _NO_KEY else str(parse_key(key))

    @field_validator("language", mode="before", check_fields=False)
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

    @field_validator("time_signature", mode="before", check_fields=False)
    @classmethod
    def _common_signatures(cls, signature: object) -> object:
        return {"2": "2/4", "3": "3/4", "4": "4/4", "6": "6/8"}.get(str(signature), signature)


class Window(Written):
    """A stretch of a track, in seconds."""

    start_s: Moment
    end_s: Moment

    @model_validator(mode="after")
    def _has_length(self) -> Window:
        if self.end_s - self.start_s < MIN_WINDOW_S:
            raise InvalidRequest(
                f"end_s: {self.end_s:g} must be at least {MIN_WINDOW_S:g} s after start_s, "
                f"{self.start_s:g}.",
                field="end_s",
            )
        return self
