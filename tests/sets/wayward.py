"""A renderer that misses on purpose, as neural ones do: in tempo, in key and in loudness.

It plays sketches and says that it made what was asked for; `truth` knows better.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.audio.levels import normalise
from engine.keys import Key, parse_key
from engine.renderers import Cancelled, Progress, Rendered, Renderer, Sources, sketch
from engine.requests import GenerateRequest, RenderRequest

FAR, WRONG_KEYS, OFF_TEMPO = 6.0, 0.2, 0.3
"""How far loudness may be off, in LU, and how often keys and tempos are."""
MOST_OFF = 0.04


@dataclass(frozen=True)
class Truth:
    """What is really in a track."""

    bpm: float
    key: Key


@dataclass
class Wayward:
    """`truth` is by the seed of the request."""

    truth: dict[int, Truth] = field(default_factory=dict)
    inner: Renderer = field(default_factory=sketch.load)

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        if not isinstance(request, GenerateRequest):
            return self.inner.render(request, sources, progress, cancelled)
        chance = np.random.default_rng(request.seed)
        off, wrong, far, loud = chance.random(4)
        speed = 1.0 + (MOST_OFF * (2.0 * far - 1.0) if off < OFF_TEMPO else 0.0)
        turn = int(chance.integers(1, 12)) if wrong < WRONG_KEYS else 0
        asked = parse_key(request.key or "A minor")
        key = Key((asked.tonic + turn) % 12, asked.mode)
        bpm, duration_s = request.bpm or 120.0, request.duration_s or 60.0
        played = request.model_copy(
            update={"bpm": bpm * speed, "key": str(key), "duration_s": duration_s / speed}
        )
        rendered = self.inner.render(played, sources, progress, cancelled)
        self.truth[request.seed or 0] = Truth(bpm * speed, key)
        audio = normalise(rendered.audio, -14.0 + FAR * (2.0 * loud - 1.0), -0.5)
        claimed = {"exact": False, "bpm": bpm, "key": str(asked), "sections": ()}
        return Rendered(audio, rendered.made_by, rendered.made.model_copy(update=claimed))
