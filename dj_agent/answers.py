"""What the studio's tools answer, as far as the DJ reads it.

Shapes only. Text in them may come from strangers (titles, tags, file names), so it is cleaned.
"""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dj_agent.text import one_line


def _inside(name: str) -> str:
    """A name that can't lead out of the folder that it is a file of, on any system."""
    if (
        not PurePosixPath(name).name
        or ".." in (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
        or PurePosixPath(name).root
        or PureWindowsPath(name).anchor
        or "\0" in name
    ):
        raise ValueError("is no file in the folder")
    return name


Text = Annotated[str, AfterValidator(lambda text: one_line(text, 1024))]
FileName = Annotated[str, AfterValidator(_inside)]
"""A file's path within a folder, with `/` between its parts."""


class _Answer(BaseModel):
    """What a tool returns. Fields that a newer server adds are left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(_Answer):
    message: Text
    code: str = ""


class Track(_Answer):
    """A track that a job has finished."""

    id: str
    title: Text
    duration_s: float
    bpm: float | None = None
    key: Text | None = None


class PlayedSlot(_Answer):
    """What became of a slot."""

    slot: int
    title: Text
    decision: Text
    """What was done with its track after it was measured, or `failed`."""
    start_s: float | None = None
    """In the mix; None for a slot that was left out."""
    bpm: float | None = None
    """As played, like key."""
    key: Text | None = None
    loudness_lufs: float | None = None
    warnings: tuple[Text, ...] = ()

    @property
    def failed(self) -> bool:
        return self.decision == "failed"


class PlayedTransition(_Answer):
    """How one slot led into the next, as measured."""

    from_slot: int
    to_slot: int
    type: Text
    bars: int
    start_s: float
    beat_error_ms: float | None = None
    key_relation: Text


class FinishedSet(_Answer):
    """A mixed set in the studio's library."""

    folder: str
    files: Annotated[tuple[FileName, ...], Field(min_length=1)]
    """In the folder, the mix first."""
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    energy_agreement: float | None = None
    """Rank correlation of measured and planned energy, -1 to 1."""
    slots: tuple[PlayedSlot, ...]
    transitions: tuple[PlayedTransition, ...] = ()
    notes: tuple[Text, ...] = ()


class Job(_Answer):
    job_id: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    renderer: Text = ""
    stage: Text = ""
    progress: float = 0.0
    eta_s: float | None = None
    message: Text = ""
    tracks: tuple[Track, ...] = ()
    """Those that are settled so far."""
    warnings: tuple[Text, ...] = ()
    error: Problem | None = None
    set_made: FinishedSet | None = None

    @property
    def finished(self) -> bool:
        return self.status in ("done", "failed", "cancelled")


class Planned(_Answer):
    """A plan with everything filled in. Each of its slots is as a setlist file has it, and more."""

    title: Text = ""
    minutes: float
    """About how long the mix will be."""
    arc: Text | None = None
    slots: tuple[dict[str, Any], ...]
    notes: tuple[Text, ...] = ()


class RendererNote(_Answer):
    """A renderer, and a sentence on what it is or how to get it."""

    name: Text
    ready: bool
    note: Text


class Status(_Answer):
    renderers: tuple[RendererNote, ...]
