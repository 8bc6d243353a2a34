"""What the studio's tools answer, as far as the DJ reads it.

Shapes only. Text in them may come from strangers (titles, tags, file names), so it is cleaned.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from dj_agent.text import one_line

Text = Annotated[str, AfterValidator(lambda text: one_line(text, 1024))]


class _Answer(BaseModel):
    """What a tool returns. Fields that a newer server adds are left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(_Answer):
    message: Text
    code: str = ""


class Asked(_Answer):
    """What the request fixed, as the studio spells it."""

    bpm: float | None = None
    key: Text | None = None
    duration_s: float | None = None


class Track(_Answer):
    id: str
    title: Text
    path: str | None = None
    duration_s: float
    bpm: float | None = None
    key: Text | None = None
    key_camelot: Text | None = None
    time_signature: Text | None = None
    loudness_lufs: float | None = None
    seed: int | None = None
    renderer: Text | None = None
    asked: Asked = Asked()
    measured: dict[str, float | Text] | None = None
    warnings: tuple[Text, ...] = ()


class Job(_Answer):
    job_id: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    stage: Text = ""
    progress: float = 0.0
    eta_s: float | None = None
    message: Text = ""
    tracks: tuple[Track, ...] = ()
    warnings: tuple[Text, ...] = ()
    error: Problem | None = None

    @property
    def finished(self) -> bool:
        return self.status in ("done", "failed", "cancelled")


class Found(_Answer):
    tracks: tuple[Track, ...]
    total: int


class RendererNote(_Answer):
    """A renderer, and a sentence on what it is or how to get it."""

    name: Text
    ready: bool
    note: Text


class Status(_Answer):
    renderers: tuple[RendererNote, ...]
