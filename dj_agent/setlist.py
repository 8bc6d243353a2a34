"""The setlist file: what a set should be, in TOML or JSON, written by a person or a model.

Knows the file's fields and limits, and finds everything that is wrong with a file at once. Knows
nothing about servers, jobs or audio.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from dj_agent.complaints import complaints
from dj_agent.text import clean, one_line

# The limits of the studio's `generate_music`, held to it by a test.
MAX_CAPTION, MAX_LYRICS, MAX_TITLE = 512, 4096, 80
MIN_BPM, MAX_BPM = 30.0, 300.0
MIN_DURATION_S, MAX_DURATION_S = 10.0, 600.0
MAX_SEED = 2**32 - 1
MAX_SLOTS = 200
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

_FOR_NEW_TRACKS = "is for tracks that are made; remove it, or remove track"
_ONLY_FOR_NEW = (
    "caption", "style", "bpm", "key", "minutes", "bars", "lyrics", "language", "instrumental",
    "time_signature", "seed",
)  # fmt: skip


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
    path = (info.context or Path()) / Path(ref).expanduser()
    if path.is_file():
        return str(path.resolve())
    if Path(ref).suffix or "/" in ref or "\\" in ref:
        raise ValueError(
            f"track: there is no file {one_line(ref, 60)!r}; give a path relative to the setlist "
            "file, or a track's id from the library"
        )
    return ref


def _rising(bpm: tuple[float, float]) -> tuple[float, float]:
    if bpm[0] > bpm[1]:
        raise ValueError("the slowest comes first")
    return bpm


def _not_a_flag(value: object) -> object:
    """Pydantic would take `true` for the number 1."""
    if isinstance(value, bool):
        raise ValueError("is not a number")
    return value


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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Transition(_Part):
    """How a slot leads into the next. Read and kept; the mix that will use it comes later."""

    type: Annotated[Line, Field(min_length=1, max_length=40)]
    bars: Annotated[Whole, Field(ge=1, le=128)] | None = None


class Slot(_Part):
    """One place in the set: a description to generate, or a track that is there already."""

    title: Annotated[Line, Field(max_length=MAX_TITLE)] = ""
    caption: Annotated[Line, Field(max_length=MAX_CAPTION)] | None = None
    """What to hear."""
    track: Annotated[Line, Field(min_length=1), AfterValidator(_found)] | None = None
    """A library id, or the path of an audio file, relative to the setlist file."""
    style: Annotated[Line, Field(max_length=60)] | None = None
    bpm: Bpm | None = None
    key: Annotated[Line, AfterValidator(_readable_key)] | None = None
    minutes: Annotated[Number, Field(ge=MIN_DURATION_S / 60, le=MAX_DURATION_S / 60)] | None = None
    bars: Annotated[Whole, Field(ge=1, le=2000)] | None = None
    lyrics: Annotated[Text, Field(max_length=MAX_LYRICS)] | None = None
    language: Annotated[Line, AfterValidator(_known_language)] | None = None
    instrumental: bool | None = None
    time_signature: Literal["2/4", "3/4", "4/4", "6/8"] | None = None
    seed: Seed | None = None
    locked: bool = False
    """Planners leave this slot as it is; playing doesn't care."""
    transition: Transition | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> Slot:
        if problem := _contradiction(self):
            raise ValueError(problem)
        return self

    @property
    def duration_s(self) -> float | None:
        """How long the track should be, from `minutes` or from `bars` and `bpm`."""
        if self.bars and self.bpm:
            beats = self.bars * BEATS_PER_BAR[self.time_signature or "4/4"]
            return round(beats * 60 / self.bpm, 6)
        return None if self.minutes is None else round(self.minutes * 60, 6)


class Setlist(_Part):
    """A set as it is written down. Everything but the slots may be left open."""

    version: Literal[1]
    title: Annotated[Line, Field(max_length=MAX_TITLE)] = ""
    brief: Annotated[Text, Field(max_length=2000)] | None = None
    minutes: Annotated[Number, Field(gt=0, le=24 * 60)] | None = None
    bpm: Annotated[tuple[Bpm, Bpm], AfterValidator(_rising)] | None = None
    """The slowest and the fastest tempo."""
    arc: Annotated[Line, Field(max_length=60)] | None = None
    renderer: Annotated[Line, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")] | None = None
    seed: Seed | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=MAX_SLOTS)]

    @property
    def not_used_yet(self) -> tuple[str, ...]:
        """The fields that are set, read and kept, but that change nothing in this version."""
        planned = [name for name in ("brief", "minutes", "bpm", "arc") if getattr(self, name)]
        if any(slot.transition for slot in self.slots):
            planned.append("transition")
        return tuple(planned)


_FIELDS = {
    "": list(Setlist.model_fields),
    "slots": list(Slot.model_fields),
    "transition": list(Transition.model_fields),
}


class SetlistError(Exception):
    """A file that can't be played. `problems` is one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_setlist(path: Path) -> Setlist:
    """The setlist in this file, with the paths of its tracks made absolute and its title filled.

    Raises `SetlistError` with every problem, each naming the slot, the field and the fix.
    """
    values = _parse(path)
    try:
        setlist = Setlist.model_validate(values, context=path.parent)
    except ValidationError as error:
        raise SetlistError(complaints(error, _FIELDS)) from None
    return setlist.model_copy(update={"title": setlist.title or one_line(path.stem, MAX_TITLE)})


def requests_of(setlist: Setlist) -> tuple[dict[str, Any], ...]:
    """For each slot the arguments of the tool that fills it.

    A seed that is left open comes from the set's seed and the slot's own words, not from its place
    or its neighbours: the same file gives the same set, and moving or changing one slot leaves the
    other tracks as they are.
    """
    seen: Counter[str] = Counter()
    requests = []
    for slot in setlist.slots:
        if slot.track is not None:
            requests.append({"track": slot.track})
            continue
        request = _arguments(slot)
        words = json.dumps(request, sort_keys=True)
        seen[words] += 1
        seed = _derive(setlist.seed, words, seen[words]) if slot.seed is None else slot.seed
        requests.append(request | {"seed": seed})
    return tuple(requests)


def _arguments(slot: Slot) -> dict[str, Any]:
    caption = slot.caption or ""
    if slot.style and slot.style.lower() not in caption.lower():
        caption = f"{slot.style}, {caption}"[:MAX_CAPTION]
    meter = slot.time_signature or ("4/4" if slot.bars else None)
    arguments = {
        "caption": caption,
        "title": slot.title or None,
        "lyrics": slot.lyrics,
        "language": slot.language,
        "instrumental": slot.instrumental,
        "duration_s": slot.duration_s,
        "bpm": slot.bpm,
        "key": slot.key,
        "time_signature": meter,
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _derive(seed: int | None, words: str, repeat: int) -> int:
    digest = hashlib.sha256(f"{seed}\0{words}\0{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _contradiction(slot: Slot) -> str | None:
    """What in this slot doesn't go together, as `field: what to do`."""
    if slot.track is not None:
        extra = next((name for name in _ONLY_FOR_NEW if getattr(slot, name) is not None), None)
        return extra and f"{extra}: {_FOR_NEW_TRACKS}"
    if not any(character.isalnum() for character in slot.caption or ""):
        return "caption: missing; describe the music in a few words, or name a track"
    if slot.bars is None:
        return None
    if slot.minutes is not None:
        return "bars: there are minutes as well; keep one of them"
    if slot.bpm is None:
        return "bars: needs a bpm to become a length; add one, or use minutes"
    if not MIN_DURATION_S <= (slot.duration_s or 0.0) <= MAX_DURATION_S:
        return (
            f"bars: {slot.bars} at {slot.bpm:g} bpm last {slot.duration_s:.0f} s; "
            f"stay between {MIN_DURATION_S:.0f} s and {MAX_DURATION_S / 60:.0f} min"
        )
    return None


def _parse(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetlistError([f"There is no file {path}; check the path."]) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SetlistError([f"{path} can't be read: {reason}."]) from None
    try:
        return json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SetlistError([f"{path.name} is not JSON: {error.msg} ({place})."]) from None
    except tomllib.TOMLDecodeError as error:
        raise SetlistError([f"{path.name} is not TOML: {error}."]) from None
    except RecursionError:
        raise SetlistError([f"{path.name} is nested too deeply for a setlist."]) from None
