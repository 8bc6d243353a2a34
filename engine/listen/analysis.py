"""The analysis of a piece: everything that is heard in it, put together.

Knows which kinds of listening there are and lets them share what they can. Knows nothing of
files, tracks or caches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ, levels
from engine.errors import AudioUnreadable
from engine.keys import parse_key
from engine.listen.chords import Chord, read_chords
from engine.listen.chroma import Pitches, hear_pitches
from engine.listen.energy import energy_of
from engine.listen.features import hear
from engine.listen.findings import find_faults
from engine.listen.grid import Grid, find_grid
from engine.listen.key import KeyReading, read_key
from engine.listen.readings import Analysis, Detail, GridSegment, Known
from engine.listen.sections import divide, find_cues
from engine.listen.texture import Texture, hear_texture
from engine.listen.voice import find_vocals

Audio = NDArray[np.float32]

_UNLIKELY = 0.3
"""Chords less likely than this aren't named."""


def analyse(audio: Audio, known: Known | None = None, detail: Detail = "full") -> Analysis:
    """Listen to float32 audio [2, n] at 48 000 Hz of at least one finite sample.

    What is `known` is used as a prior, and the result's `priors` say so. Raises
    `AudioUnreadable` for audio without samples and `InvalidRequest` for a known key that is none.
    """
    if audio.ndim != 2 or not audio.shape[1]:
        raise AudioUnreadable("The audio holds no samples; give another file.")
    known = known or Known()
    features = hear(audio)
    grid = find_grid(features, known.bpm, known.time_signature, known.begins_with_bar)
    pitches = hear_pitches(audio)
    key = read_key(pitches, known.key, known.key_trust)
    loudness_lufs, loudest_lufs = levels.loudness_and_loudest_lufs(audio)
    heard = Analysis(
        duration_s=round(audio.shape[1] / SAMPLE_RATE_HZ, 6),
        bpm=None if grid.bpm is None else round(grid.bpm, 3),
        bpm_alternatives=tuple(round(float(bpm), 3) for bpm in grid.alternatives),
        bpm_confidence=round(float(grid.confidence), 3),
        key=key.key,
        key_camelot=parse_key(key.key).camelot if key.key else None,
        key_alternatives=key.alternatives,
        key_confidence=key.confidence,
        key_by_ear=key.heard if key.heard != key.key else None,
        time_signature=grid.time_signature,
        loudness_lufs=round(loudness_lufs, 2),
        loudest_lufs=round(loudest_lufs, 2),
        true_peak_dbtp=round(levels.true_peak_dbtp(audio), 2),
        grid=_segments(grid),
        priors=_priors(grid, key, known),
        findings=find_faults(audio),
    )
    if detail == "basic":
        return heard
    texture = hear_texture(audio)
    heard = heard.model_copy(update={"energy": round(energy_of(texture, features), 3)})
    return _in_full(heard, audio, grid, pitches, texture)


def _in_full(
    heard: Analysis, audio: Audio, grid: Grid, pitches: Pitches, texture: Texture
) -> Analysis:
    sections = divide(texture, pitches, grid)
    chords = read_chords(pitches, grid, parse_key(heard.key) if heard.key else None)
    return heard.model_copy(
        update={
            "sections": sections,
            "cues": find_cues(sections, grid),
            "chords": tuple(_name(chord) for chord in chords),
            "vocals": find_vocals(audio),
        }
    )


def _name(chord: Chord) -> str:
    return chord.name if chord.confidence >= _UNLIKELY else "?"


def _segments(grid: Grid) -> tuple[GridSegment, ...]:
    return tuple(
        GridSegment(
            start_s=round(segment.start_s, 4),
            end_s=round(segment.end_s, 4),
            bpm=round(segment.bpm, 3),
            first_beat_s=round(segment.first_beat_s, 4),
            first_downbeat_s=round(segment.first_downbeat_s, 4),
            beats_per_bar=segment.beats_per_bar,
        )
        for segment in grid.segments
    )


def _priors(grid: Grid, key: KeyReading, known: Known) -> tuple[str, ...]:
    said = [f"grid: {grid.prior}."] if grid.prior else []
    if key.prior:
        agrees = {
            None: "no key was heard",
            key.prior: "which is what was heard",
        }.get(key.heard, f"where {key.heard} would have been heard")
        said.append(f"key: {key.prior} was known, {agrees}.")
    if said and known.source:
        said.append(f"known from: {known.source}.")
    return tuple(said)
