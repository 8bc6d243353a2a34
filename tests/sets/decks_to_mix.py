"""Decks for the tests of the mix: tracks whose grids are known to the sample."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine import GenerateRequest
from engine.audio.files import Tags, write
from engine.audio.levels import loudness_lufs
from engine.keys import parse_key
from engine.listen.readings import HeardSection, Stretch
from engine.renderers import sketch
from engine.renderers.protocol import Sources
from engine.sets.deck import Deck, Grid

RATE = 48_000
Audio = NDArray[np.float32]

CHORDS = ((0, 3, 7), (-4, 0, 3), (3, 7, 10), (-2, 2, 5))


def groove(
    bpm: float, bars: int, seed: int = 1, root_hz: float = 55.0, lead_s: float = 0.0
) -> Audio:
    """Kick, hats, bass and pad: beat 0 at `lead_s`, intro and outro of eight bars without bass."""
    chance = np.random.default_rng(seed)
    beat_s = 60.0 / bpm
    audio = np.zeros((2, round((lead_s + bars * 4 * beat_s) * RATE)), np.float32)
    kick, hat = _kick(), _hat(chance)
    for beat in range(bars * 4):
        place = lead_s + beat * beat_s
        _lay(audio, kick, place)
        _lay(audio, hat, place + beat_s / 2)
        if 8 <= beat // 4 < bars - 8:
            step = CHORDS[beat // 16 % 4][0]
            note = _note(root_hz * 2 ** (step / 12), 0.42 * beat_s, 0.32, 3)
            _lay(audio, note, place + beat_s / 2)
    for bar in range(0, bars, 4):
        for step in CHORDS[bar // 4 % 4]:
            pad = _note(root_hz * 4 * 2 ** (step / 12), 16 * beat_s, 0.05, 5)
            _lay(audio, pad, lead_s + bar * 4 * beat_s)
    return audio


def unsteady(bpm: float, bars: int, seed: int) -> Audio:
    """A kick on two beats of five and on one sixteenth in ten between them, at random."""
    chance = np.random.default_rng(seed)
    step_s = 15.0 / bpm
    audio = np.zeros((2, round(bars * 16 * step_s * RATE)), np.float32)
    for step in range(16 * bars):
        if chance.random() < (0.1 if step % 4 else 0.4):
            _lay(audio, _kick(), step * step_s)
    return audio


def _kick() -> Audio:
    time_s = np.arange(RATE // 4) / RATE
    sweep = 48 * time_s + 4.0 * (1 - np.exp(-time_s * 45))
    body = 0.75 * np.sin(2 * np.pi * sweep) * np.exp(-time_s * 16)
    click = 0.25 * np.sin(2 * np.pi * 1_800 * time_s) * np.exp(-time_s * 400)
    return np.stack([body + click] * 2).astype(np.float32)


def _hat(chance: np.random.Generator) -> Audio:
    time_s = np.arange(RATE // 12) / RATE
    noise = np.diff(chance.standard_normal((2, len(time_s) + 1)), axis=1)
    return (0.08 * noise * np.exp(-time_s * 60)).astype(np.float32)


def _note(hertz: float, length_s: float, level: float, partials: int) -> Audio:
    time_s = np.arange(round(length_s * RATE)) / RATE
    edge = np.minimum(1.0, np.minimum(time_s, time_s[::-1]) / 0.01)
    tone = sum(np.sin(2 * np.pi * hertz * k * time_s + k) / k for k in range(1, partials + 1))
    return np.stack([level * edge * tone] * 2).astype(np.float32)


def _lay(audio: Audio, sound: Audio, place_s: float) -> None:
    start = round(place_s * RATE)
    kept = min(sound.shape[1], audio.shape[1] - start)
    audio[:, start : start + kept] += sound[:, :kept]


def deck(
    folder: Path, audio: Audio, bpm: float, *, slot: int = 1, lead_s: float = 0.0, **known
) -> Deck:
    """The audio as a file of the library's kind, and what is known of it."""
    path = folder / f"deck-{slot}-{bpm:g}-{crc32(audio.tobytes())}.flac"
    write(path, audio, Tags(), "flac")
    made = Deck(
        slot=slot,
        title=f"Deck {slot}",
        path=path,
        duration_s=audio.shape[1] / RATE,
        loudness_lufs=loudness_lufs(audio),
        grid=Grid(bpm, lead_s, 4, lead_s),
        key=parse_key("A minor"),
        energy=0.5,
    )
    return replace(made, **known)


def groove_deck(folder: Path, bpm: float, bars: int = 48, *, slot: int = 1, **known) -> Deck:
    lead_s = known.pop("lead_s", 0.0)
    audio = groove(bpm, bars, seed=slot, root_hz=known.pop("root_hz", 55.0), lead_s=lead_s)
    return deck(folder, audio, bpm, slot=slot, lead_s=lead_s, **known)


@cache
def song(caption: str, bpm: float, bars: int, key: str, seed: int) -> tuple[Audio, tuple]:
    """A track of the sketch renderer and its sections."""
    length_s = bars * 240.0 / bpm
    request = GenerateRequest(caption=caption, bpm=bpm, key=key, seed=seed, duration_s=length_s)
    made = sketch.load().render(request, Sources(None), lambda stage, done: None, lambda: False)
    sections = tuple(
        HeardSection(
            label=one.name, start_s=one.start_s, end_s=one.end_s, bars=one.bars, energy=one.energy
        )
        for one in made.made.sections
    )
    return made.audio, sections


def song_deck(
    folder: Path, caption: str, bpm: float, *, slot: int, bars: int = 48, **known
) -> Deck:
    key = known.pop("key", "A minor")
    audio, sections = song(caption, bpm, bars, key, 100 + slot)
    return deck(folder, audio, bpm, slot=slot, sections=sections, key=parse_key(key), **known)


def retimed(one: Deck, share: float) -> Deck:
    assert one.grid is not None
    return replace(one, play_bpm=one.grid.bpm * (1 + share))


def sung(start_s: float, end_s: float) -> Stretch:
    return Stretch(start_s=start_s, end_s=end_s)
