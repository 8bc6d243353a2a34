"""Tracks to reshape: the sketch's own, which it knows note by note, and files it can only hear."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine import GenerateRequest, Track, checked
from engine.listen.chroma import bar_chroma
from engine.listen.features import hear
from engine.listen.grid import find_grid
from engine.renderers import Rendered, sketch
from engine.renderers.protocol import Source, Sources
from engine.requests import RenderRequest
from engine.results import Recipe

RATE = 48_000
Audio = NDArray[np.float32]
Times = NDArray[np.float64]


def render(request: RenderRequest, source: Source | None) -> Rendered:
    return sketch.load().render(request, Sources(source), lambda stage, done: None, lambda: False)


@cache
def own(caption: str, seed: int = 3, duration_s: float = 40.0, **asked: str | float) -> Source:
    """A track of the sketch, as it comes from the library: with its recipe."""
    values = {"caption": caption, "seed": seed, "duration_s": duration_s, **asked}
    request = checked(GenerateRequest, **values)
    made = render(request, None)
    recipe = Recipe(request=request.model_dump(mode="json"), made_by=made.made_by)
    track = Track(
        id="own", title=caption, path="/own.flac", duration_s=duration_s, recipe=recipe,
        made=made.made,
    )  # fmt: skip
    return Source(track, made.audio)


def foreign(audio: NDArray[np.floating]) -> Source:
    """The same sound as a file of unknown origin."""
    seconds = audio.shape[1] / RATE
    track = Track(id="/file.wav", title="file", path="/file.wav", duration_s=seconds)
    return Source(track, np.ascontiguousarray(audio, dtype=np.float32))


def drone(seconds: float) -> Source:
    """A chord of A minor that neither begins nor changes: there is no beat in it."""
    moments_s = np.arange(round(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * hertz * moments_s) for hertz in (220.0, 261.63, 329.63)]
    return foreign(np.stack([sum(tones)] * 2) * 0.1)


def both(caption: str, **asked: str | float) -> tuple[Source, Source]:
    known = own(caption, **asked)
    return known, foreign(known.audio)


def true_beats(source: Source, start_s: float = 0.0, end_s: float | None = None) -> Times:
    """The beats of one of the sketch's own tracks, which are exact."""
    assert source.track.made is not None
    period_s = 60.0 / (source.track.made.bpm or 0.0)
    beats_s = np.arange(0.0, end_s or source.track.duration_s, period_s)
    return beats_s[beats_s >= start_s]


def heard_beats(audio: Audio, bpm: float) -> Times:
    """The beats that an ear finds which knows the tempo."""
    beats_s = find_grid(hear(audio), bpm).beats_s
    assert len(beats_s) > 8, "no beat is heard"
    return beats_s


def furthest_s(beats_s: Times, grid_s: Times) -> float:
    """How far the beats are from the grid: the 95th percentile."""
    away = np.abs(beats_s[:, None] - grid_s[None, :]).min(axis=1)
    return float(np.percentile(away, 95))


def likeness(source: Source, audio: Audio) -> float:
    """The mean correlation of chroma with a source's, bar by bar as an ear counts them there."""
    grid = find_grid(hear(source.audio))
    first, second = bar_chroma(source.audio, grid), bar_chroma(audio, grid)
    sounding = (first.std(axis=1) > 0) & (second.std(axis=1) > 0)
    pairs = zip(first[sounding], second[sounding], strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs]))


def changed(source: Audio, result: Audio) -> NDArray[np.bool_]:
    """Which samples are not the source's, bit for bit."""
    length = min(source.shape[1], result.shape[1])
    return (source[:, :length] != result[:, :length]).any(axis=0)


def stretches(flags: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """From when to when flags are set, in seconds; gaps of less than 50 ms are none."""
    places = np.flatnonzero(flags)
    if not len(places):
        return []
    cuts = np.flatnonzero(np.diff(places) > RATE // 20)
    borders = [0, *(cuts + 1), len(places)]
    return [(float(places[a] / RATE), float(places[b - 1] / RATE)) for a, b in pairwise(borders)]
