"""What a renderer is: request in, audio and facts out.

A renderer never touches the library, the queue or the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.audio import SAMPLE_RATE_HZ
from engine.fields import PartName
from engine.requests import RenderRequest
from engine.results import Made, MadeBy, Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str, float], None]
"""Called with a stage's name and how much of the whole is done, 0 to 1. Cheap to call often."""

OPTIONS = ("reference", "adapter", "mode")
"""Fields that not every renderer has an answer to; of the modes, those of a cover."""

Cancelled = Callable[[], bool]
"""True once the job should stop; asked between steps. The renderer then raises `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a renderer can do, known without loading it."""

    name: str
    revision: str
    tasks: frozenset[str]
    note: str
    """One sentence for people: what it is, or what it lacks."""
    ready: bool = True
    """Whether all that it needs is here."""
    options: frozenset[str] = frozenset()
    """Those of `OPTIONS` that it has an answer to."""
    adapters: tuple[str, ...] = ()
    """The adapters there are, by name."""
    lacks: Mapping[str, str] = field(default_factory=dict)
    """For each task that it could do with something that isn't here: how to get that."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where work is done: the studio's folder, the device, and where checkpoints may lie."""

    home: Path
    device: str = "cpu"
    checkpoints: tuple[Path, ...] = ()
    fake_vram_gb: float | None = None
    """Pretend that the device has so much memory; None: it has what it has."""
    adapters: Path | None = None
    """Where adapters lie; None: in the studio's folder."""


@dataclass(frozen=True, slots=True)
class Source:
    """A track that a request names: what is known of it, and how it sounds."""

    track: Track
    """With its recipe, if the studio made it."""
    audio: NDArray[np.float32]
    """float32 of shape [2, samples] at 48 000 Hz: the file decoded, resampled and nothing else."""

    @property
    def duration_s(self) -> float:
        """How long it sounds, to the sample."""
        return self.audio.shape[1] / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Sources:
    """The tracks that are heard for a request: the one that is reshaped, and one whose timbre is
    to be had."""

    track: Source | None = None
    reference: Source | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """One finished take: float32 audio of shape [2, samples] at 48 000 Hz, and what is in it."""

    audio: NDArray[np.float32]
    made_by: MadeBy
    made: Made
    warnings: tuple[str, ...] = ()


class Renderer(Protocol):
    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        """Make one take of a request whose seed is set and whose `variations` is 1.

        `sources` are the request's tracks, as far as it names any. Raises `Unsupported` for what
        it can't do and `Cancelled` when it was stopped.
        """
        ...


@runtime_checkable
class Extractor(Protocol):
    """A renderer that can also take one part out of a mix, by ear."""

    def extract(
        self, part: PartName, source: Source, progress: Progress, cancelled: Cancelled
    ) -> Rendered:
        """The part alone, as long as the source and as loud as it is in there.

        Raises `Unsupported`, naming what could, and `Cancelled` when it was stopped.
        """
        ...


def step_of(progress: Progress, number: int, count: int) -> Progress:
    """Progress of one of so many equal steps, as progress of the whole."""
    return lambda stage, done: progress(stage, (number + done) / count)
