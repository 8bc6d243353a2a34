"""A run: one take on its way through the stages.

The source is heard, the words are read, noise becomes latents, latents become sound. Each stage is
tried again in smaller steps where memory runs out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from torch import Tensor

from engine.hardware import Hardware
from engine.renderers.acestep.crew import Crew
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.frames import samples_in
from engine.renderers.acestep.ladder import Attempt, Stage, climb
from engine.renderers.acestep.latents import whole_frames
from engine.renderers.acestep.placing import Audio, finished, laid_out
from engine.renderers.acestep.plan import Plan
from engine.renderers.acestep.take import Ready, make, prepare
from engine.renderers.protocol import Progress, Source

Done = TypeVar("Done")

_HEARD, _READ, _DENOISED = 0.1, 0.15, 0.6
"""The share of the work that is done after these stages, on a processor."""


class Run:
    """One take on its way through the stages."""

    def __init__(self, crew: Crew, hardware: Hardware, watch: Watch, progress: Progress) -> None:
        self._crew, self._hardware = crew, hardware
        self._watch, self._progress = watch, progress

    def take(
        self, plan: Plan, source: Source | None, like: Audio | None, attempt: Attempt
    ) -> Audio:
        """The sound of a take, float32 [2, n], perhaps of a source and like something else."""
        placed = laid_out(source.audio, plan) if source else None
        heard = None
        if placed is not None:
            heard, attempt = self._heard(placed, attempt)
        timbre, attempt = self._timbre(like, attempt)
        self._progress("reading", _HEARD)
        with self._crew.on_duty("text encoder", attempt):
            ready = prepare(self._crew.models, plan, heard, timbre)
        latents, attempt = self._climb(
            "denoise", attempt, lambda how: self._denoise(ready, plan, how)
        )
        audio, _ = self._climb("decode", attempt, lambda how: self._sound(latents, how))
        audio = np.ascontiguousarray(audio[:, : samples_in(plan.duration_s)])
        return finished(audio, placed, plan)

    def _climb(
        self, stage: Stage, attempt: Attempt, made: Callable[[Attempt], Done]
    ) -> tuple[Done, Attempt]:
        return climb(attempt, self._hardware, stage, made)

    def _heard(self, audio: Audio, attempt: Attempt) -> tuple[Tensor, Attempt]:
        """Latents of what there is to hear, [1, frames, 64]."""
        return self._climb("encode", attempt, lambda how: self._listen(audio, how))

    def _timbre(self, like: Audio | None, attempt: Attempt) -> tuple[list[Tensor], Attempt]:
        """Latents of a reference; those of the last one are kept, because takes share them."""
        if like is None:
            return [], attempt
        digest = hashlib.sha256(like.tobytes()).digest()
        if self._crew.timbre is None or self._crew.timbre[0] != digest:
            latents, attempt = self._heard(like, attempt)
            self._crew.timbre = (digest, latents)
        return [self._crew.timbre[1]], attempt

    def _listen(self, audio: Audio, attempt: Attempt) -> Tensor:
        with self._crew.on_duty("autoencoder", attempt):
            watch = self._told("listening", 0.0, _HEARD)
            tile = attempt.listening_tile
            return self._crew.codec.encode(whole_frames(audio), tile, watch).unsqueeze(0)

    def _denoise(self, ready: Ready, plan: Plan, attempt: Attempt) -> Tensor:
        with self._crew.on_duty("decoder", attempt):
            watch = self._told("denoising", _READ, _DENOISED)
            return make(self._crew.models, ready, plan, watch)

    def _sound(self, latents: Tensor, attempt: Attempt) -> Audio:
        with self._crew.on_duty("autoencoder", attempt):
            watch = self._told("decoding", _DENOISED, 1.0)
            return self._crew.codec.decode(latents, attempt.sounding_tile, watch)

    def _told(self, stage: str, start: float, end: float) -> Watch:
        """Progress of a stage as progress of the whole."""
        return Watch(
            lambda done, total: self._progress(stage, start + (end - start) * done / total),
            self._watch.cancelled,
        )
