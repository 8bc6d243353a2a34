"""Mixes whose parts are known, made by sketch and by a SoundFont, and how near a part was got."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ as RATE
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.mixdown import stems
from engine.requests import GenerateRequest, checked
from tests.listen.midi_band import FEELS, Feel, Tune, play_tune, write_tune

Audio = NDArray[np.float32]

STYLES = (
    "house", "deep house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop",
    "lo-fi", "synthwave", "ambient", "disco funk", "pop", "rock", "jazz", "reggae", "latin",
)  # fmt: skip
DRUMMED = tuple(feel for feel in FEELS if feel.drums)

_HELD_BY = {"drums": "drums", "percussion": "drums", "bass": "bass"}
_CHANNELS = {9: "drums", 0: "bass"}
_START_S = 15.0  # most pieces open without drums or bass


@dataclass(frozen=True, slots=True, eq=False)
class Multitrack:
    """The parts `drums`, `bass` and `other` of one mix; a part that doesn't play is silent."""

    name: str
    parts: dict[str, Audio]

    @property
    def mix(self) -> Audio:
        return self.parts["drums"] + self.parts["bass"] + self.parts["other"]


def sketch_multitrack(style: str, seed: int, duration_s: float = 30.0) -> Multitrack:
    asked = checked(
        GenerateRequest, caption=style, duration_s=_START_S + duration_s + 15.0, seed=seed
    )
    first, last = round(_START_S * RATE), round((_START_S + duration_s) * RATE)
    parts = {part: np.zeros((2, last - first), np.float32) for part in ("drums", "bass", "other")}
    for part, audio in stems(compose(asked, seed)).items():
        parts[_HELD_BY.get(part, "other")] += audio[:, first:last]
    return Multitrack(style, parts)


def font_multitrack(feel: Feel, seed: int, duration_s: float = 30.0) -> Multitrack:
    """A General MIDI band, each part played alone. Needs `midi_band.available()`."""
    low, high = feel.bpm
    bpm = float(np.random.default_rng([seed, 5]).uniform(low, high))
    tune = write_tune(feel, bpm, _START_S + duration_s + 5.0, seed)
    first, last = round(_START_S * RATE), round((_START_S + duration_s) * RATE)
    parts = {
        part: np.pad(_played(tune, part), ((0, 0), (0, last)))[:, first:last]
        for part in ("drums", "bass", "other")
    }
    return Multitrack(feel.name, parts)


def si_sdr_db(estimate: Audio, truth: Audio) -> float:
    """Scale-invariant signal to distortion (Le Roux et al., ICASSP 2019), both channels as one."""
    found, true = estimate.ravel().astype(np.float64), truth.ravel().astype(np.float64)
    target = true * (found @ true) / (true @ true)
    wrong = found - target
    return 10.0 * float(np.log10((target @ target + 1e-20) / (wrong @ wrong + 1e-20)))


def is_heard(part: Audio) -> bool:
    return float(np.square(part).mean()) > 1e-7


def _played(tune: Tune, part: str) -> Audio:
    strokes = tuple(one for one in tune.strokes if _CHANNELS.get(one.channel, "other") == part)
    with tempfile.TemporaryDirectory() as folder:
        audio, _ = soundfile.read(play_tune(replace(tune, strokes=strokes), Path(folder)))
    return audio.T.astype(np.float32)
