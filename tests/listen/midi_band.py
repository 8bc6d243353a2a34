"""Music made another way than the sketch renderer: written here, played by a SoundFont.

A small band of General MIDI instruments: grooves, chords and bass lines of its own, loosely timed,
rendered by FluidSynth with FluidR3 (Debian: `fluidsynth`, `fluid-soundfont-gm`, MIT). Nothing in
here shares code, patterns or sounds with the sketch renderer.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.random import Generator

FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
TICKS_PER_S = 9600
SOUNDING_S = 0.0034
"""How long after a note-on FluidR3's kick and snare begin to sound through FluidSynth (measured:
the first sample above 5 % of the peak; hats 2 ms, piano 3 ms, guitar 6 ms)."""
_DRUM_CHANNEL = 9

# General MIDI percussion keys.
KICK, RIM, SNARE, CLAP, CLOSED, PEDAL, OPEN, CRASH, RIDE = 36, 37, 38, 39, 42, 44, 46, 49, 51
TAMBOURINE, COWBELL, LOW_TOM, MID_TOM, HIGH_TOM, SHAKER, HIGH_CONGA, LOW_CONGA, CLAVES = (
    54, 56, 45, 47, 50, 70, 63, 64, 75,
)  # fmt: skip

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True, slots=True)
class Feel:
    """How one kind of band plays: `drums` and `bass` in steps of a bar, one character each.

    `9` is loud and `1` soft. `steps` is per beat. `swing` delays every other step of a beat of two
    (0.5 straight). `programs` are General MIDI: bass, chords, melody. `comping` is for the chords.
    """

    name: str
    bpm: tuple[int, int]
    beats: int
    steps: int
    drums: dict[int, str]
    bass: str
    comping: str
    programs: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    swing: float = 0.5
    looseness_s: float = 0.006
    bars_per_chord: tuple[int, ...] = (1, 2)


FEELS = (
    Feel("straight rock", (96, 150), 4, 2,
         {KICK: "9...8.6.", SNARE: "..9...9.", CLOSED: "65656565"},
         "88888888", "9...5.5.", ((33, 34), (27, 29, 30), (30, 65))),
    Feel("sixteen beat", (76, 108), 4, 4,
         {KICK: "9..6..8.......5.", SNARE: "....9..2.2..9..2", CLOSED: "7354735473547354"},
         "9..7..8...6.7.8.", "9.......6..5....", ((33, 36), (4, 28), (56, 65))),
    Feel("motown", (104, 136), 4, 2,
         {KICK: "9..79.7.", SNARE: "8.8.8.8.", TAMBOURINE: "..8...8."},
         "9.79.7.8", "..8...8.", ((33, 32), (0, 27), (61, 65))),
    Feel("shuffle", (88, 140), 4, 2,
         {KICK: "9...8...", SNARE: "..9...9.", RIDE: "86868686"},
         "98787878", "8.6.8.6.", ((32, 33), (0, 16), (22, 27)), swing=0.66),
    Feel("bossa", (104, 140), 4, 2,
         {KICK: "8..78..7", RIM: "7..7..7.", CLOSED: "65656565"},
         "9..79..7", "8..8.8..", ((32, 33), (24, 0), (73, 65))),
    Feel("samba", (90, 116), 4, 4,
         {KICK: "6..79..76..79..7", SHAKER: "7347734773477347", SNARE: "4..5..4..5.4..5."},
         "6..79..76..79..7", "8..8..8.8..8..8.", ((33,), (24, 0), (73, 11))),
    Feel("four on the floor", (110, 140), 4, 2,
         {KICK: "9.9.9.9.", CLAP: "..8...8.", OPEN: ".7.7.7.7"},
         ".8.8.8.8", "8..8..8.", ((38, 39), (81, 90, 4), (80, 81))),
    Feel("slow ballad", (60, 84), 4, 2,
         {KICK: "9....7..", SNARE: "..8...8.", CLOSED: "65656565"},
         "9....7..", "8.6.7.6.", ((33, 35), (0, 5), (40, 73)), bars_per_chord=(1,)),
    Feel("half time", (120, 160), 4, 2,
         {KICK: "9....7..", SNARE: "....9...", CLOSED: "7.6.7.65"},
         "9....7..", "9.......", ((34, 38), (30, 89), (29, 81))),
    Feel("breakbeat", (150, 178), 4, 2,
         {KICK: "9....8..9....8..", SNARE: "..9...9...9..59.", RIDE: "7676767676767676"},
         "9.......7..8....", "8.....6.........", ((38, 39), (89, 4), (81, 11))),
    Feel("country", (88, 126), 4, 2,
         {KICK: "9...8...", SNARE: "..8.5.85", CLOSED: "5.5.5.5."},
         "9...8...", "..8...8.", ((32, 33), (25, 0), (22, 40))),
    Feel("march", (96, 126), 4, 2,
         {KICK: "9...9...", SNARE: "6.8.6.86", CRASH: "........5......."},
         "9...9...", "..8...8.", ((58,), (60, 61), (56, 72))),
    Feel("swing", (110, 176), 4, 2,
         {RIDE: "8.868.86", PEDAL: "..7...7.", KICK: "4...4..."},
         "8.8.8.8.", "...7..6.", ((32,), (0, 26), (56, 65)), swing=0.64, looseness_s=0.01),
    Feel("son", (86, 108), 4, 4,
         {CLAVES: "8..8..8...8.8...", HIGH_CONGA: "4.4.7.4.4.4.4...",
          LOW_CONGA: "............7.8."},
         "...8....9..8..9.", "8.88.8.8.8.8.8.8", ((32, 33), (0,), (56, 73))),
    Feel("waltz", (84, 176), 3, 2,
         {KICK: "9.....", SNARE: "..5.5.", CLOSED: "5.5.5."},
         "9.....", "..7.7.", ((32, 33), (0, 21), (40, 73)), bars_per_chord=(1, 2)),
    Feel("jazz waltz", (104, 168), 3, 2,
         {RIDE: "8.8.86", PEDAL: "..7.7.", KICK: "6.....", SNARE: "...3.."},
         "8.8.8.", "...7..", ((32,), (0, 26), (65, 11)), swing=0.64),
    Feel("rock in three", (80, 150), 3, 2,
         {KICK: "9....6", SNARE: "..8.8.", CLOSED: "756565"},
         "9.7.7.", "9.....", ((33,), (27, 29), (30, 40))),
    Feel("folk waltz", (76, 140), 3, 2, {}, "9.....", "..6.6.", ((32,), (24, 25), (73, 21))),
    Feel("piano ballad", (60, 92), 4, 2, {}, "9...7...", "8787.787", ((0,), (0,), (0, 40)),
         bars_per_chord=(1,)),
    Feel("string band", (72, 120), 4, 2, {}, "9...7...", "7.6.7.6.", ((43, 42), (48,), (40, 71)),
         bars_per_chord=(1,)),
)  # fmt: skip
"""A row may run over two bars; the last three feels have no drums at all."""

UNSEEN_FEELS = (
    Feel("indie", (112, 152), 4, 2,
         {KICK: "9.8..8..", SNARE: "..9...9.", OPEN: "6.6.6.6.", LOW_TOM: "......65"},
         "88888888", "8.7.8.77", ((34, 33), (27, 28), (80, 30))),
    Feel("twelve eight", (60, 84), 4, 3,
         {KICK: "9.....8.6...", SNARE: "...9.....9..", CLOSED: "755755755755"},
         "9.....8.6...", "8.68.68.68.6", ((33, 35), (0, 16), (65, 26)), bars_per_chord=(1,)),
    Feel("afrobeat", (96, 124), 4, 4,
         {KICK: "9..6..8...6.9...", SNARE: "....4..7..6.4..7", CLOSED: "7.737.737.737.73",
          SHAKER: "6363636363636363"},
         "9..7..8...7..87.", "..8...8..8....8.", ((33, 36), (27, 16), (66, 61))),
    Feel("two step", (126, 138), 4, 4,
         {KICK: "9.........8.....", SNARE: "....9.......9...", CLOSED: "..7..67...7..67.",
          RIM: "...5.....5.5...."},
         "9..8......8..8..", "8.....8....8....", ((38, 39), (4, 88), (81, 11)), swing=0.5),
    Feel("musette", (140, 176), 3, 2,
         {PEDAL: "..6.6."}, "9.....", "..8.8.", ((32,), (21, 24), (21, 40)), bars_per_chord=(2,)),
    Feel("slow blues in three", (72, 104), 3, 3,
         {KICK: "9....6...", SNARE: "...8..8..", RIDE: "7.67.67.6"},
         "9..7.67..", "8........", ((33, 32), (16, 0), (27, 65)), bars_per_chord=(1,)),
)  # fmt: skip
"""Feels that are kept out of every fit, to see whether what was learned holds for them too."""


@dataclass(frozen=True, slots=True)
class Stroke:
    start_s: float
    length_s: float
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Tune:
    """What a band plays: strokes in seconds, and the truth about them."""

    feel: Feel
    strokes: tuple[Stroke, ...]
    programs: tuple[int, int, int]
    beats_s: np.ndarray
    downbeats_s: np.ndarray
    tonic: int
    minor: bool


def available() -> bool:
    return FONT.exists() and shutil.which("fluidsynth") is not None


def write_tune(feel: Feel, bpm: float, duration_s: float, seed: int, bend: float = 0.0) -> Tune:
    """A tune in this feel; `bend` lets the tempo wander by up to this share, slowly."""
    rng = np.random.default_rng([seed, 77])
    minor, tonic = bool(rng.random() < 0.5), int(rng.integers(12))
    bars = int(duration_s * bpm / 60 / feel.beats)
    moments = _moments(bars * feel.beats + 1, bpm, bend, rng)
    strokes = list(_play(feel, bars, moments, (tonic, MINOR if minor else MAJOR), rng))
    bass, chords, melody = (int(rng.choice(choices)) for choices in feel.programs)
    return Tune(
        feel=feel,
        strokes=tuple(strokes),
        programs=(bass, chords, melody),
        beats_s=moments[:-1],
        downbeats_s=moments[: -1 : feel.beats],
        tonic=tonic,
        minor=minor,
    )


def _moments(beats: int, bpm: float, bend: float, rng: Generator) -> np.ndarray:
    """When each beat falls; the tempo follows two slow waves of the size of `bend`."""
    place = np.linspace(0.0, 1.0, beats)
    turns, start = rng.uniform(0.6, 1.4), rng.uniform(0, 2 * np.pi)
    wave = np.sin(2 * np.pi * turns * place + start) * 0.75
    wave += np.sin(2 * np.pi * 2.3 * turns * place + 2 * start) * 0.25
    lengths = 60.0 / (bpm * (1.0 + bend * wave))
    return np.concatenate([[0.0], np.cumsum(lengths)[:-1]])


def _play(
    feel: Feel, bars: int, moments: np.ndarray, key: tuple[int, tuple[int, ...]], rng: Generator
) -> Iterator[Stroke]:
    tonic, scale = key
    held = int(rng.choice(feel.bars_per_chord))
    loop = [0, *rng.choice([0, 1, 3, 4, 5], size=3)]
    quiet = set(range(2)) if rng.random() < 0.3 else set()
    for bar in range(bars):
        degree = int(loop[bar // held % len(loop)])
        if bar % 16 == 14:
            degree = 4
        band = _Band(feel, moments, bar, rng)
        if bar not in quiet:
            yield from band.drums(fill=bar % 8 == 7)
        yield from band.bass(36 + (tonic + scale[degree] + 4) % 12 - 4)
        chord = [(tonic + scale[(degree + step) % 7]) % 12 for step in (0, 2, 4)]
        yield from band.chords([55 + (tone - 55) % 12 for tone in chord])
        if bar % 8 >= 2 or rng.random() < 0.5:
            yield from band.melody([tonic + one for one in scale], chord)


class _Band:
    """The players in one bar."""

    def __init__(self, feel: Feel, moments: np.ndarray, bar: int, rng: Generator) -> None:
        self.feel, self.moments, self.bar, self.rng = feel, moments, bar, rng

    def at(self, step: float) -> float:
        feel = self.feel
        beat, rest = divmod(step, feel.steps)
        place = rest / feel.steps
        if feel.steps == 2 and rest == 1:
            place = feel.swing
        index = min(self.bar * feel.beats + beat + place, len(self.moments) - 1.001)
        return float(np.interp(index, np.arange(len(self.moments)), self.moments))

    def stroke(self, step: int, steps: float, channel: int, pitch: int, loud: float) -> Stroke:
        late = float(np.clip(self.rng.normal(), -2, 2)) * self.feel.looseness_s
        velocity = int(np.clip(30 + 10 * loud + self.rng.normal() * 5, 20, 127))
        start = self.at(step)
        length = max(0.06, 0.92 * (self.at(step + steps) - start))
        return Stroke(max(0.0, start + late), length, channel, pitch, velocity)

    def written(self, row: str) -> Iterator[tuple[int, float, int]]:
        """Steps of this bar that sound, how long until the next, how loud."""
        width = self.feel.beats * self.feel.steps
        row = row[(self.bar * width) % len(row) :][:width]
        onsets = [step for step, mark in enumerate(row) if mark != "."]
        for step, end in pairwise([*onsets, width]):
            yield step, end - step, int(row[step])

    def drums(self, *, fill: bool) -> Iterator[Stroke]:
        width = self.feel.beats * self.feel.steps
        if not self.feel.drums:
            return
        for pitch, row in self.feel.drums.items():
            for step, _, loud in self.written(row):
                if fill and step >= width - 2 * self.feel.steps and pitch not in (KICK, RIDE):
                    continue
                if loud > 3 or self.rng.random() < 0.7:
                    yield self.stroke(step, 1, _DRUM_CHANNEL, pitch, loud)
        if fill:
            for step in range(width - 2 * self.feel.steps, width):
                drum = int(self.rng.choice([SNARE, HIGH_TOM, MID_TOM, LOW_TOM]))
                yield self.stroke(step, 1, _DRUM_CHANNEL, drum, 7)
        if self.bar % 8 == 0 and self.bar:
            yield self.stroke(0, 1, _DRUM_CHANNEL, CRASH, 7)

    def bass(self, root: int) -> Iterator[Stroke]:
        for count, (step, steps, loud) in enumerate(self.written(self.feel.bass)):
            other = count and self.rng.random() < 0.3
            yield self.stroke(step, steps, 0, root + (int(self.rng.choice([7, 12])) * other), loud)

    def chords(self, pitches: list[int]) -> Iterator[Stroke]:
        for step, steps, loud in self.written(self.feel.comping):
            for pitch in pitches:
                yield self.stroke(step, steps, 1, pitch, loud - 1)

    def melody(self, scale: list[int], chord: list[int]) -> Iterator[Stroke]:
        width, step = self.feel.beats * self.feel.steps, 0
        if self.rng.random() < 0.3:
            step = int(self.rng.integers(1, self.feel.steps + 1))
        while step < width:
            steps = int(self.rng.choice([1, 2, 2, 3, 4]) * self.feel.steps / 2)
            steps = max(1, min(steps, width - step))
            tones = chord if step % self.feel.steps == 0 else scale
            tone = int(self.rng.choice(tones)) % 12
            if self.rng.random() < 0.85:
                yield self.stroke(step, steps, 2, 67 + (tone - 67) % 12, 6)
            step += steps


def play_tune(tune: Tune, folder: Path) -> Path:
    """Render the tune to a 48 kHz stereo WAV in `folder` with FluidSynth."""
    midi, wav = folder / "tune.mid", folder / "tune.wav"
    midi.write_bytes(_midi(tune))
    command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "48000", "-F", wav, FONT, midi]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=120)
    return wav


def _midi(tune: Tune) -> bytes:
    """A standard MIDI file of one track, at a fixed fine clock: times are seconds, not beats."""
    events: list[tuple[int, int, bytes]] = []
    for channel, program in enumerate(tune.programs):
        events.append((0, 0, bytes([0xC0 | channel, program])))
    for stroke in tune.strokes:
        start = round(stroke.start_s * TICKS_PER_S)
        end = start + max(1, round(stroke.length_s * TICKS_PER_S))
        events.append((start, 2, bytes([0x90 | stroke.channel, stroke.pitch, stroke.velocity])))
        events.append((end, 1, bytes([0x80 | stroke.channel, stroke.pitch, 0])))
    events.sort()
    body, now = bytearray(b"\x00\xff\x51\x03" + (500_000).to_bytes(3, "big")), 0
    for tick, _, message in events:
        body += _variable(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, TICKS_PER_S // 2)
    return head + struct.pack(">4sI", b"MTrk", len(body)) + bytes(body)


def _variable(number: int) -> bytes:
    """MIDI's variable-length quantity."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(0x80 | (number & 0x7F))
    return bytes(reversed(parts))
