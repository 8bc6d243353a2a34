"""What became of a set: what each slot asked for, what was made, and where it lies.

It is written as `set.json` beside the tracks after every finished slot, so that playing the same
file again, or a file that changed in one place, makes only what is missing.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dj_agent.answers import Track
from dj_agent.asking import GENERATE, LOOK_UP
from dj_agent.text import one_line

VERBS = {"cover_track": "covers", "repaint_section": "repaints", "extend_track": "extends"}
SlotStatus = Literal["open", "done", "failed", "cancelled"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SlotRecord(_Part):
    slot: int
    """From 1."""
    title: str = ""
    status: SlotStatus = "open"
    reused: bool = False
    """Made by an earlier run."""
    tool: str = GENERATE
    """The tool that fills the slot."""
    asked: dict[str, Any]
    """Its arguments. For a slot that is made of another, `track` is there once that one is."""
    made_of: int | None = None
    """The slot whose track this one is made of."""
    track: Track | None = None
    """What was made and measured."""
    file: str | None = None
    """Its name beside `set.json`."""
    start_s: float | None = None
    """When it begins, if the files are played one after the other."""
    message: str = ""
    """The studio's own line about the result."""
    warnings: tuple[str, ...] = ()
    """What was asked for and couldn't be done."""
    error: str | None = None

    @property
    def name(self) -> str:
        """The title, or as long as there is none, what the track is to be."""
        if self.tool == LOOK_UP:
            return self.title or one_line(PurePath(self.asked["track"]).stem, 40)
        return self.title or one_line(self.asked.get("caption") or self.origin, 40)

    @property
    def origin(self) -> str:
        """What the track is made of, like `covers slot 1`; empty if it is made of nothing."""
        verb = VERBS.get(self.tool)
        if verb is None:
            return ""
        named = one_line(PurePath(self.asked.get("track", "")).name, 40)
        return f"{verb} {f'slot {self.made_of}' if self.made_of else named}"


class SetRecord(_Part):
    version: Literal[1] = 1
    title: str
    renderer: str
    """Who was asked to make it; each track says who did."""
    duration_s: float = 0.0
    not_used_yet: tuple[str, ...] = ()
    """What the setlist says that this version keeps but doesn't act on."""
    setlist: dict[str, Any]
    """The setlist as it was read."""
    slots: tuple[SlotRecord, ...]

    @property
    def done(self) -> bool:
        """Whether every slot has its track."""
        return all(slot.status == "done" for slot in self.slots)

    def with_slot(self, slot: SlotRecord) -> SetRecord:
        """The record with this slot's news."""
        slots = tuple(slot if old.slot == slot.slot else old for old in self.slots)
        return self.model_copy(update={"slots": slots}).timed()

    def timed(self) -> SetRecord:
        """The record with the clock of the set worked out from the tracks that are there."""
        slots: list[SlotRecord] = []
        clock_s = 0.0
        for slot in self.slots:
            length_s = slot.track.duration_s if slot.track and slot.file else None
            start_s = None if length_s is None else round(clock_s, 6)
            slots.append(slot.model_copy(update={"start_s": start_s}))
            clock_s += length_s or 0.0
        return self.model_copy(update={"slots": tuple(slots), "duration_s": round(clock_s, 6)})
