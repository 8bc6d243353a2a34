"""The typed results of the tools: what a client can rely on.

Only shapes, no text and no engine calls. Whatever isn't known is left out, never null, so results
stay small. Field docstrings are published on the reference page.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from engine import Analysis
from engine.results import JobStatus, Measured, Problem
from engine.sets.plan import ArcName, Transition


class View(BaseModel):
    """Base of all results."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    message: str
    """What happened and what to do next, in one or two sentences."""

    @property
    def outcome(self) -> str:
        """One word for the log."""
        return "done"

    @property
    def ids(self) -> dict[str, Any]:
        """The jobs and tracks this is about, for the log."""
        return {}

    def content(self) -> dict[str, Any]:
        """The result as JSON, without what isn't known."""
        return self.model_dump(mode="json", exclude_none=True)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Asked(_Part):
    """What the request fixed; anything else was the renderer's choice."""

    duration_s: float | None = None
    bpm: float | None = None
    key: str | None = None
    time_signature: str | None = None


class Section(_Part):
    name: str
    start_s: float
    end_s: float


class Track(_Part):
    """A track, or an audio file that may be read. Lists leave the details out."""

    id: str
    """Names the track in every tool; for a file outside the library, its path."""
    title: str
    path: str | None = None
    duration_s: float
    bpm: float | None = None
    """As made, like key and time_signature."""
    key: str | None = None
    key_camelot: str | None = None
    """The key as DJs write it, like 8A."""
    time_signature: str | None = None
    style: str | None = None
    seed: int | None = None
    """With the same request, makes the same track again."""
    renderer: str | None = None
    loudness_lufs: float | None = None
    role: str | None = None
    """`mix`, or the part that a stem holds."""
    parent_id: str | None = None
    asked: Asked | None = None
    measured: Measured | None = None
    """Found in the finished audio, whatever was planned."""
    caption: str | None = None
    created_at: str | None = None
    sections: tuple[Section, ...] | None = None
    warnings: tuple[str, ...] | None = None


class JobResult(View):
    """A job, with its tracks as far as they are finished."""

    job_id: str
    status: JobStatus
    title: str
    renderer: str
    stage: str | None = None
    progress: float
    """0 to 1."""
    eta_s: float | None = None
    """Seconds left, by the pace so far."""
    tracks: tuple[Track, ...] = ()
    warnings: tuple[str, ...] = ()
    """What was asked for and couldn't be done."""
    error: Problem | None = None

    @property
    def outcome(self) -> str:
        return self.status

    @property
    def ids(self) -> dict[str, Any]:
        return {"job": self.job_id, "tracks": [track.id for track in self.tracks]}


class ListeningResult(JobResult):
    """A job that may have been to listen."""

    analysis: Analysis | None = None
    """What analyze_track heard."""
    picture: str | None = None
    """A resource: waveform and spectrum with bars, sections and cues, as PNG."""


class PlannedSlot(_Part):
    """A place in a planned set: made from its caption, or a track that is there."""

    slot: int
    title: str | None = None
    caption: str | None = None
    track: str | None = None
    cover: int | str | None = None
    repaint: int | str | None = None
    extend: int | str | None = None
    style: str | None = None
    bpm: float | None = None
    """Its tempo in the set."""
    key: str | None = None
    key_camelot: str | None = None
    time_signature: str | None = None
    bars: int | None = None
    duration_s: float | None = None
    energy: float | None = None
    """0 to 1."""
    lyrics: str | None = None
    language: str | None = None
    instrumental: bool | None = None
    seed: int | None = None
    locked: bool | None = None
    """Planning leaves it as it is."""
    transition: Transition | None = None
    """How it leads into the next."""


class PlanResult(View):
    """A plan with everything filled in. Nothing was made yet."""

    plan_id: str
    """What render_set and plan_set take as plan."""
    title: str | None = None
    minutes: float
    arc: ArcName | None = None
    slots: tuple[PlannedSlot, ...]
    notes: tuple[str, ...] = ()
    """What was mended, couldn't be had, or might be better."""


class PlayedSlot(_Part):
    slot: int
    title: str
    decision: str
    """What was done with the track after it was measured."""
    track_id: str | None = None
    file: str | None = None
    """In the set's folder."""
    start_s: float | None = None
    """In the mix; absent if the slot was left out."""
    bpm: float | None = None
    """As played, like key."""
    key: str | None = None
    energy: float | None = None
    loudness_lufs: float | None = None
    attempts: int | None = None
    warnings: tuple[str, ...] | None = None


class PlayedTransition(_Part):
    """As measured in the two tracks' sound."""

    from_slot: int
    to_slot: int
    type: str
    bars: int
    start_s: float
    beat_error_ms: float | None = None
    key_relation: str
    bass_overlap_beats: float | None = None
    loudness_step_lu: float | None = None
    why: str


class FinishedSet(_Part):
    """A mixed set; the report in its folder says more."""

    folder: str
    mix: str
    """The path of the mix."""
    files: tuple[str, ...]
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    energy_agreement: float | None = None
    """Rank correlation of the energy measured with that planned."""
    slots: tuple[PlayedSlot, ...]
    transitions: tuple[PlayedTransition, ...]
    notes: tuple[str, ...] | None = None


class SetResult(JobResult):
    """A job that may have been to render a set."""

    set_made: FinishedSet | None = None


class AnyResult(SetResult, ListeningResult):
    """A job of any kind."""


class SongResult(View):
    """A song to be made. Nothing was made yet."""

    title: str
    caption: str
    lyrics: str
    """Tags alone if it is instrumental."""
    language: str
    instrumental: bool
    bpm: float
    key: str
    time_signature: str
    duration_s: float
    notes: tuple[str, ...] = ()
    """What was chosen, mended, or might be better."""


class JobLine(_Part):
    job_id: str
    status: JobStatus
    title: str
    progress: float


class Library(View):
    """A page of the library and the newest jobs."""

    tracks: tuple[Track, ...]
    total: int
    """All that match, on this page or not."""
    next_offset: int | None = None
    """Where the next page starts; absent on the last one."""
    jobs: tuple[JobLine, ...] = ()
    """The newest jobs, newest first; only on the first page."""


class Renderer(_Part):
    name: str
    ready: bool
    tasks: tuple[str, ...]
    adapters: tuple[str, ...] | None = None
    """By name, as `adapter` takes them."""
    note: str
    """One sentence: what it is, or how to get it."""


class Queue(_Part):
    running: int
    queued: int
    limit: int


class Limits(_Part):
    min_duration_s: float
    max_duration_s: float
    min_bpm: float
    max_bpm: float
    variations: int
    caption_characters: int
    lyrics_characters: int
    wait_s: float
    """How long one call waits for a job."""


class Folders(_Part):
    library: str
    readable: tuple[str, ...]
    """Where audio files may be read."""


class Status(View):
    """What the studio can do now."""

    version: str
    renderers: tuple[Renderer, ...]
    device: str
    worker_alive: bool
    """Whether a worker process is there now; one is started when there is work."""
    tools_available: tuple[str, ...]
    queue: Queue
    tracks: int
    limits: Limits
    folders: Folders
    free_gb: float
    stems: str
