"""The setlist file: what a set should be, in TOML or JSON, written by a person or a model.

Reads it and finds everything that is wrong with it at once. Knows nothing about servers, jobs or
audio.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from dj_agent.complaints import complaints
from dj_agent.references import settled
from dj_agent.slot import (
    MAX_TITLE,
    Bpm,
    Line,
    Number,
    Part,
    Seed,
    Slot,
    Text,
    Transition,
    Window,
    underscored,
)
from dj_agent.text import one_line

# The limits of the studio's plans, held to them by a test.
MAX_SLOTS, MAX_BRIEF, MAX_MINUTES = 200, 2000, 24 * 60.0
Arc = Literal["build", "wave", "peak", "wind_down", "journey", "static"]


def _rising(bpm: tuple[float, float]) -> tuple[float, float]:
    if bpm[0] > bpm[1]:
        raise ValueError("the slowest comes first")
    return bpm


class Setlist(Part):
    """A set as it is written down. Everything but the slots may be left open."""

    version: Literal[1]
    title: Annotated[Line, Field(max_length=MAX_TITLE)] = ""
    brief: Annotated[Text, Field(max_length=MAX_BRIEF)] | None = None
    minutes: Annotated[Number, Field(gt=0, le=MAX_MINUTES)] | None = None
    """How long the mix should be."""
    bpm: Annotated[tuple[Bpm, Bpm], AfterValidator(_rising)] | None = None
    """The slowest and the fastest tempo."""
    arc: Annotated[Arc, BeforeValidator(underscored)] | None = None
    """How the energy goes."""
    order: Annotated[Literal["kept", "free"], BeforeValidator(underscored)] = "kept"
    """`free`: slots that aren't locked may be put in another order."""
    renderer: Annotated[Line, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")] | None = None
    seed: Seed | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=MAX_SLOTS)]

    @field_validator("slots", mode="before")
    @classmethod
    def _know_each_other(cls, slots: object, info: ValidationInfo) -> object:
        return settled(slots, info.context or Path())

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the files that it plays or is made of."""
        named = [ref for slot in self.slots for ref in (slot.track, slot.source)]
        files = [Path(ref) for ref in named if isinstance(ref, str)]
        return tuple(sorted({file.parent for file in files if file.is_absolute()}))

    def planned(self) -> dict[str, Any]:
        """The set as the studio's plans have it: what is open is left out."""
        said = self.model_dump(mode="json", exclude_defaults=True, exclude={"slots"})
        slots = [slot.planned() for slot in self.slots]
        return {**said, "slots": slots}


_FIELDS = {
    "": list(Setlist.model_fields),
    "slots": list(Slot.model_fields),
    "transition": list(Transition.model_fields),
    "windows": list(Window.model_fields),
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
    except ValueError:
        raise SetlistError([f"{path.name} holds a number that is too long."]) from None
    except RecursionError:
        raise SetlistError([f"{path.name} is nested too deeply for a setlist."]) from None
