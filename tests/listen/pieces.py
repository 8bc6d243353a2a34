"""Pieces whose truth is known, to listen to: made by sketch, by a SoundFont, and treated badly.

Every piece starts somewhere within a bar, so that no grid begins at nought by accident.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from engine.audio import SAMPLE_RATE_HZ as RATE
from engine.keys import Key
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.master import master
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.score import Score
from engine.requests import GenerateRequest, checked
from tests.listen.midi_band import SOUNDING_S, Feel, play_tune, write_tune

Audio = NDArray[np.float32]
Times = NDArray[np.float64]

STYLES = (
    "house", "deep house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop",
    "lo-fi", "synthwave", "ambient", "disco funk", "pop", "rock", "jazz", "reggae", "latin",
)  # fmt: skip

SENTENCES = (
    "It had rained since the morning, and the roads were empty.",
    "The committee will meet again on Thursday, unless nobody comes.",
    "Twenty seven ships left the harbour before noon.",
    "Why did they leave so early? Perhaps the weather.",
    "She opened the letter, read it twice, and put it away without a word.",
    "The price of copper rose again, while tin fell slightly.",
    "Heavy rain is expected in the north, with strong winds near the coast.",
    "He counted the steps to the gate, one by one, and forgot the number.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Audio and what is true of it. `bpm` is None where no constant tempo is true."""

    name: str
    kind: str
    audio: Audio
    bpm: float | None
    beats_s: Times
    downbeats_s: Times
    signature: str = ""
    key: str = ""
    score: Score | None = None


def sketch_piece(
    style: str,
    seed: int,
    *,
    bpm: float | None = None,
    signature: str = "4/4",
    key: str | None = None,
    duration_s: float = 60.0,
) -> Piece:
    """A piece of the sketch renderer, mastered, its first moments cut off."""
    rng = np.random.default_rng([seed, 1])
    cut_s = float(rng.uniform(0.0, 6.0))
    request = checked(
        GenerateRequest, caption=style, bpm=bpm, time_signature=signature, key=key,
        duration_s=duration_s + cut_s, seed=seed,
    )  # fmt: skip
    score = compose(request, seed)
    audio = master(mixdown(score, lambda stage, done: None, lambda: False), score.room)
    whole = Piece(
        name=f"{style} {score.bpm:g} {signature} #{seed}",
        kind=style,
        audio=audio,
        bpm=score.bpm,
        beats_s=_every(score.beat_s, score),
        downbeats_s=_every(score.bar_s, score),
        signature=signature,
        key=str(score.key),
        score=score,
    )
    return starting_at(whole, cut_s)


def sketch_programme(count: int, first_seed: int, duration_s: float = 60.0) -> Iterator[Piece]:
    """Sketch pieces in turn over all styles: at the style's own tempo and anywhere from 60 to
    180 bpm, in four and in three, in major and in minor, each as often as the other."""
    for index in range(count):
        seed, turn = first_seed + index, index // len(STYLES)
        rng = np.random.default_rng([seed, 5])
        anywhere = round(float(rng.uniform(60.0, 180.0)), 2)
        key = Key(int(rng.integers(12)), "major" if (index + turn) % 2 else "minor")
        yield sketch_piece(
            STYLES[index % len(STYLES)],
            seed,
            bpm=anywhere if turn % 2 else None,
            signature="3/4" if turn // 2 % 2 else "4/4",
            key=str(key),
            duration_s=duration_s,
        )


def soundfont_piece(
    feel: Feel, seed: int, *, bpm: float | None = None, duration_s: float = 60.0, bend: float = 0.0
) -> Piece:
    """A tune played by FluidSynth; with a `bend` its tempo wanders and no bpm is true."""
    rng = np.random.default_rng([seed, 2])
    bpm = bpm or float(np.round(rng.uniform(*feel.bpm), 2))
    cut_s = float(rng.uniform(0.0, 6.0))
    tune = write_tune(feel, bpm, duration_s + cut_s, seed, bend)
    with tempfile.TemporaryDirectory() as folder:
        audio = _read(play_tune(tune, Path(folder)))[:, : round((duration_s + cut_s) * RATE)]
    whole = Piece(
        name=f"{feel.name} {bpm:g} {feel.beats}/4 #{seed}" + (f" bend {bend:g}" if bend else ""),
        kind=feel.name,
        audio=(0.7 / max(0.01, float(np.abs(audio).max())) * audio).astype(np.float32),
        bpm=None if bend else bpm,
        beats_s=tune.beats_s + SOUNDING_S,
        downbeats_s=tune.downbeats_s + SOUNDING_S,
        signature=f"{feel.beats}/4",
        key=str(Key(tune.tonic, "minor" if tune.minor else "major")),
    )
    return starting_at(whole, cut_s)


def starting_at(piece: Piece, start_s: float) -> Piece:
    """The piece without its first seconds."""
    first = round(start_s * RATE)

    def later(times: Times) -> Times:
        moved = times - first / RATE
        return moved[moved >= 0]

    return replace(
        piece,
        audio=piece.audio[:, first:],
        beats_s=later(piece.beats_s),
        downbeats_s=later(piece.downbeats_s),
    )


def _every(step_s: float, score: Score) -> Times:
    return np.arange(0.0, score.samples / RATE, step_s)


def wandering(piece: Piece, share: float, seed: int) -> Piece:
    """The piece at a speed that wanders slowly by up to `share` (as on a worn tape deck)."""
    rng = np.random.default_rng([seed, 3])
    count = piece.audio.shape[1]
    place = np.linspace(0.0, 1.0, 2001)
    turns, start = rng.uniform(0.6, 1.4), rng.uniform(0, 2 * np.pi)
    wave = 0.75 * np.sin(2 * np.pi * turns * place + start)
    wave += 0.25 * np.sin(4.6 * np.pi * turns * place + 2 * start)
    heard_at = np.concatenate([[0.0], np.cumsum(1.0 / (1.0 + share * wave))[:-1]])
    heard_at *= count / 2000  # in samples of the result, for each moment of the source
    source = place * count
    positions = np.interp(np.arange(int(heard_at[-1])), heard_at, source)
    index = np.arange(count)
    audio = np.stack([np.interp(positions, index, row) for row in piece.audio])

    def moved(times: Times) -> Times:
        return np.interp(times * RATE, source, heard_at) / RATE

    return replace(
        piece,
        name=f"{piece.name} wandering {share:g}",
        audio=audio.astype(np.float32),
        bpm=None,
        beats_s=moved(piece.beats_s),
        downbeats_s=moved(piece.downbeats_s),
    )


def _resampled(audio: Audio, rng: Generator) -> Audio:
    low = soxr.resample(audio.T, RATE, 22_050)
    return soxr.resample(low, 22_050, RATE).T.astype(np.float32)[:, : audio.shape[1]]


def _telephone(audio: Audio, rng: Generator) -> Audio:
    sos = butter(2, (250, 4500), "bandpass", fs=RATE, output="sos")
    return sosfilt(sos, audio).astype(np.float32)


def _dull(audio: Audio, rng: Generator) -> Audio:
    return sosfilt(butter(4, 1500, fs=RATE, output="sos"), audio).astype(np.float32)


def _noisy(audio: Audio, rng: Generator) -> Audio:
    level = float(np.sqrt(np.mean(audio**2))) * 10 ** (-10 / 20)
    noise = rng.standard_normal(audio.shape, dtype=np.float32)
    return audio + np.float32(level) * noise


def _mp3(audio: Audio, rng: Generator) -> Audio:
    file = io.BytesIO()
    soundfile.write(file, audio.T, RATE, format="MP3", compression_level=0.9)
    file.seek(0)
    return _read(file)[:, : audio.shape[1]]


def _read(file: Path | io.BytesIO) -> Audio:
    audio, _ = soundfile.read(file, dtype="float32", always_2d=True)
    return np.ascontiguousarray(audio.T, dtype=np.float32)


def spoken_piece(seed: int, duration_s: float = 60.0) -> Piece:
    """Speech by espeak-ng (Debian), in one of five languages."""
    rng = np.random.default_rng([seed, 6])
    text = " ".join(SENTENCES[one] for one in rng.permutation(len(SENTENCES)))
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        voice, speed = str(rng.choice(["en-gb", "en-us", "de", "es", "fr"])), rng.integers(130, 200)
        command = ["espeak-ng", "-v", voice, "-s", str(speed), "-w", str(wav), 5 * text]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        samples, rate = soundfile.read(wav, dtype="float64")
    voice_only = soxr.resample(samples, rate, RATE)[: round(duration_s * RATE)]
    return _unmetred(f"speech #{seed}", "speech", voice_only)


def beatless_piece(seed: int, duration_s: float = 60.0) -> Piece:
    """In turn: surf (swelling noise), rain (drops at random) and a drone (slow partials)."""
    rng = np.random.default_rng([seed, 7])
    kind = ("surf", "rain", "drone")[seed % 3]
    time_s = np.arange(round(duration_s * RATE)) / RATE
    made = {"surf": _surf, "rain": _rain, "drone": _drone}[kind](time_s, rng)
    return _unmetred(f"{kind} #{seed}", "beatless", made)


def _surf(time_s: Times, rng: Generator) -> Times:
    swell = 1.2 + np.sin(2 * np.pi * rng.uniform(0.03, 0.11) * time_s + rng.uniform(0, 6))
    dark = butter(1, (60, 900), "bandpass", fs=RATE, output="sos")
    return np.asarray(sosfilt(dark, rng.standard_normal(len(time_s)) * swell))


def _rain(time_s: Times, rng: Generator) -> Times:
    made = 0.003 * rng.standard_normal(len(time_s))
    drop_s = np.arange(RATE // 2) / RATE
    for start in rng.integers(0, len(time_s) - len(drop_s), size=int(4 * time_s[-1])):
        drop = np.sin(2 * np.pi * rng.uniform(100, 4000) * drop_s)
        drop *= rng.uniform(0.05, 0.5) * np.exp(-drop_s / rng.uniform(0.01, 0.12))
        made[start : start + len(drop_s)] += drop
    return made


def _drone(time_s: Times, rng: Generator) -> Times:
    made = np.zeros(len(time_s))
    for step in (0, 7, 12, 16, 19):
        swell = 1 + np.sin(2 * np.pi * rng.uniform(0.02, 0.2) * time_s + rng.uniform(0, 6))
        made += swell * np.sin(2 * np.pi * 110 * 2 ** (step / 12) * time_s)
    return made


def _unmetred(name: str, kind: str, mono: Times) -> Piece:
    level = (0.7 / np.abs(mono).max() * mono).astype(np.float32)
    return Piece(name, kind, np.stack([level, level]), None, np.zeros(0), np.zeros(0))


TREATMENTS: dict[str, Callable[[Audio, Generator], Audio]] = {
    "resampled": _resampled,
    "telephone": _telephone,
    "dull": _dull,
    "noisy": _noisy,
    "mp3": _mp3,
}
"""Ways to spoil a piece that leave its beats where they are (noise is 10 dB below the music)."""


def treated(piece: Piece, treatment: str, seed: int = 0) -> Piece:
    audio = TREATMENTS[treatment](piece.audio, np.random.default_rng([seed, 4]))
    return replace(piece, name=f"{piece.name} {treatment}", audio=audio)
