"""What the studio answers with: tracks, jobs, pages of the library, its status.

All are frozen pydantic models, so they are stored as JSON and sent over MCP as they stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from engine.errors import BY_CODE, StudioError
from engine.fields import TimeSignature
from engine.listen.readings import Analysis
from engine.sets.plan import SetPlan
from engine.sets.report import SetReport

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: frozenset[JobStatus] = frozenset({"done", "failed", "cancelled"})


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(_Result):
    name: str
    start_s: float
    end_s: float
    bars: int
    energy: float
    """0 (silence) to 1 (the fullest the style gets)."""


class MadeBy(_Result):
    """Who made the sound: enough to judge it and to make it again."""

    renderer: str
    revision: str
    """Changes whenever the same request and seed would give other bytes."""
    checkpoint: str | None = None
    device: str = "cpu"
    dtype: str = "float32"
    planner: str | None = None


class Made(_Result):
    """What the renderer set out to make, with everything chosen that was left open."""

    duration_s: float
    exact: bool = False
    """Whether tempo, key and bars are as they stand here, because they were written in a score;
    otherwise they were wished for."""
    bpm: float | None = None
    key: str | None = None
    time_signature: TimeSignature | None = None
    style: str | None = None
    parts: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


class Measured(_Result):
    """What was found in the finished audio. What was planned served as a prior where it helps."""

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    bpm: float | None = None
    """None where no steady tempo was heard."""
    bpm_confidence: float | None = None
    key: str | None = None
    key_confidence: float | None = None


class Recipe(_Result):
    """Everything needed to make a track again. Stored with the track and in its file's tags.

    Holds no clock time and no job id, so that the same recipe gives the same bytes.
    """

    version: Literal[1] = 1
    request: dict[str, Any]
    """The request as JSON, with the seed of this take and one variation."""
    made_by: MadeBy
    parents: tuple[str, ...] = ()


class Track(_Result):
    """A piece of audio in the library, or a file outside it that may be read.

    For a file outside the library `id` is its path and `recipe`, `made` are None.
    """

    id: str
    title: str
    path: str
    duration_s: float
    role: str = "mix"
    """`mix`, or the part a stem holds."""
    parent_id: str | None = None
    created_at: str | None = None
    """UTC, ISO 8601."""
    recipe: Recipe | None = None
    made: Made | None = None
    measured: Measured | None = None
    warnings: tuple[str, ...] = ()


class Problem(_Result):
    """An error as data, so that it survives the way through the database."""

    code: str
    message: str
    field: str | None = None

    @classmethod
    def of(cls, error: StudioError) -> Problem:
        return cls(code=error.code, message=error.message, field=error.field)

    def error(self) -> StudioError:
        return BY_CODE.get(self.code, StudioError)(self.message, field=self.field)


class PlannedSet(_Result):
    """A plan with everything filled in, and what there is to say about it."""

    id: str
    """Names the plan in `render_set`."""
    plan: SetPlan
    duration_s: float
    """How long the mix will be, by what is known."""
    notes: tuple[str, ...] = ()
    """What was mended, chosen differently from what was asked, or might be better."""


class SetMade(_Result):
    """A set that was mixed: where it lies, and how it came out."""

    folder: str
    report: SetReport
    """The names in it are those of files in the folder."""

    @property
    def mix(self) -> str:
        """The path of the mix."""
        return str(Path(self.folder) / self.report.files[0])


class Job(_Result):
    """One request on its way, with the tracks that are finished so far."""

    id: str
    task: str
    status: JobStatus
    title: str
    """What is being made, in a few words."""
    stage: str = ""
    progress: float = 0.0
    """0 to 1 over the whole job."""
    eta_s: float | None = None
    tracks: tuple[Track, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None
    analysis: Analysis | None = None
    """What a job that only listens has found."""
    set_made: SetMade | None = None
    """What a job that renders a set has come to."""
    picture: str | None = None
    """What `Studio.picture` calls the picture of it, which listening in full draws."""
    created_at: str
    renderer: str

    @property
    def finished(self) -> bool:
        return self.status in FINISHED


class LibraryPage(_Result):
    tracks: tuple[Track, ...]
    total: int
    next_offset: int | None


class RendererStatus(_Result):
    name: str
    ready: bool
    tasks: tuple[str, ...]
    adapters: tuple[str, ...] = ()
    """By name, as `adapter` takes them."""
    note: str
    """One sentence: what it is, or how to get it."""


class Status(_Result):
    version: str
    renderers: tuple[RendererStatus, ...]
    device: str
    running: int
    queued: int
    worker_alive: bool
    tracks: int
    library: str
    readable_folders: tuple[str, ...]
    free_bytes: int
    stems: str
    """One sentence: how a mix is taken apart here, and how to get more."""
