"""Renderers for tests of everything around rendering."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np

from engine import Made
from engine.errors import Cancelled as CancelledError
from engine.renderers import Cancelled, Progress, Rendered, Sources
from engine.requests import GenerateRequest, RenderRequest
from engine.results import MadeBy


@dataclass
class Tone:
    """Renders a sine wave whose pitch is the seed: quick, and different for each seed."""

    seeds: list[int] = field(default_factory=list)

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        progress("playing", 0.5)
        seed = request.seed or 0
        self.seeds.append(seed)
        assert isinstance(request, GenerateRequest)
        duration_s = request.duration_s or 10.0
        time = np.arange(round(duration_s * 48_000)) / 48_000
        wave = 0.1 * np.sin(2 * np.pi * (100 + seed % 1000) * time)
        made = Made(duration_s=duration_s, bpm=request.bpm or 120.0, key=request.key or "A minor")
        audio = np.stack([wave, wave]).astype(np.float32)
        return Rendered(audio, MadeBy(renderer="tone", revision="1"), made, ("only a tone",))


@dataclass
class Gate:
    """Renders like `Tone`, but each take waits until `opened` is set or the job is cancelled."""

    opened: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)
    tone: Tone = field(default_factory=Tone)

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        progress("waiting", 0.3)
        self.entered.set()
        while not self.opened.wait(0.01):
            if cancelled():
                raise CancelledError("Stopped on request before it was finished.")
        return self.tone.render(request, sources, progress, cancelled)


@dataclass
class Broken:
    """Raises the given error."""

    error: BaseException

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        raise self.error
