"""How well tempo, beats, bars and key are heard, and how fast: ours beside librosa, in one run.

    uv run --group dev python -m benchmarks.listening [sketch pieces [first seed]]

Needs Debian's `fluidsynth`, `fluid-soundfont-gm` and `espeak-ng`. The pieces have seeds that were
never used to fit anything. `mir_eval` scores beats and downbeats (from 5 s on, within 70 ms) and
keys (weighted); a tempo is right within 4 %, and for `acc2` also at 1/3, 1/2, 2 and 3 times.
librosa gets the same audio at 22 050 Hz: `beat_track`, which knows no downbeats, and for the key
the mean of `chroma_cqt` against the profiles of Krumhansl and Kessler (1982), as librosa has no
key of its own. The time is CPU time, summed over threads, from samples in memory to grid and key;
the last line tells that of a full analysis.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import librosa
import mir_eval
import numpy as np

from engine.keys import Key
from engine.listen.analysis import analyse
from engine.listen.chroma import hear_pitches
from engine.listen.features import hear
from engine.listen.grid import Grid, find_grid
from engine.listen.key import read_key
from tests.listen.midi_band import FEELS, UNSEEN_FEELS, Feel
from tests.listen.pieces import (
    RATE,
    TREATMENTS,
    Audio,
    Piece,
    Times,
    beatless_piece,
    sketch_programme,
    soundfont_piece,
    spoken_piece,
    treated,
    wandering,
)

FIRST_SEED = 970_000
OCTAVES = (1 / 3, 1 / 2, 1, 2, 3)
UNSTEADY = 24
HEADING = (
    f"{'':34} {'n':>4} {'acc1':>6} {'acc2':>6} {'beat F':>6} {'down F':>6} {'key':>6} {'x RT':>5}"
)
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True, slots=True)
class Found:
    bpm: float | None
    beats_s: Times
    downbeats_s: Times
    key: str | None
    cost_s: float


Score = tuple[float, float, float, float, float, float]
"""Accuracy 1 and 2, F of beats and of downbeats, weighted key, and times real time."""


def ours(audio: Audio) -> Found:
    start = time.process_time()
    grid, key = find_grid(hear(audio)), read_key(hear_pitches(audio)).key
    return Found(grid.bpm, grid.beats_s, grid.downbeats_s, key, time.process_time() - start)


def librosas(audio: Audio) -> Found:
    mono = librosa.resample(audio.mean(axis=0), orig_sr=RATE, target_sr=22_050)
    start = time.process_time()
    bpm, beats_s = librosa.beat.beat_track(y=mono, sr=22_050, units="time")
    chroma = librosa.feature.chroma_cqt(y=mono, sr=22_050).mean(axis=1)
    likeness = [
        np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
        for profile in (MAJOR, MINOR)
        for tonic in range(12)
    ]
    best = int(np.argmax(likeness))
    key = str(Key(best % 12, "minor" if best >= 12 else "major"))
    cost_s = time.process_time() - start
    return Found(float(np.atleast_1d(bpm)[0]), beats_s, np.zeros(0), key, cost_s)


LISTENERS: dict[str, Callable[[Audio], Found]] = {"ours": ours, "librosa": librosas}


def score(piece: Piece, found: Found) -> Score:
    ratio = (found.bpm or 0.0) / (piece.bpm or np.nan)
    return (
        abs(ratio - 1) <= 0.04,
        any(abs(ratio / octave - 1) <= 0.04 for octave in OCTAVES),
        f_measure(piece.beats_s, found.beats_s),
        f_measure(piece.downbeats_s, found.downbeats_s),
        mir_eval.key.weighted_score(piece.key, found.key) if found.key else 0.0,
        piece.audio.shape[1] / RATE / max(found.cost_s, 1e-6),
    )


def f_measure(truth_s: Times, found_s: Times) -> float:
    trim = mir_eval.beat.trim_beats
    return float(mir_eval.beat.f_measure(trim(truth_s), trim(found_s)))


def main() -> None:
    warnings.filterwarnings("ignore", message="Estimated beats are empty")
    librosas(np.random.default_rng(0).random((2, 5 * RATE), np.float32))  # compiles
    count, seed = (*map(int, sys.argv[1:3]), *(136, FIRST_SEED)[len(sys.argv) - 1 :])
    compare(count, seed)
    known_tempo(count, seed)
    unsteady(seed)
    full_analysis(seed)


def compare(count: int, seed: int) -> None:
    """Accuracy and speed of both listeners by group; ours by style of sketch as well."""
    scores: dict[str, dict[str, list[Score]]] = {name: defaultdict(list) for name in LISTENERS}
    for group, piece in material(count, seed):
        for name, listen in LISTENERS.items():
            result = score(piece, listen(piece.audio))
            labels = [group]
            if group.startswith("sketch,"):
                labels += ["sketch", f"sketch: {piece.kind}"]
            for label in labels:
                scores[name][label].append(result)
            if name == "ours" and result[2] < 0.9:
                print(f"missed: {piece.name}, beat F {result[2]:.2f}", flush=True)
    for name, table in scores.items():
        print(f"\n{name}\n{HEADING}")
        for label, rows in sorted(table.items()):
            if ":" not in label or name == "ours":
                *means, speed = np.mean(rows, axis=0)
                numbers = " ".join(f"{one:6.3f}" for one in means)
                print(f"{label:34} {len(rows):4} {numbers} {speed:5.0f}")


def material(count: int, first_seed: int) -> Iterator[tuple[str, Piece]]:
    """Every piece, and the group it is told under."""
    for index, piece in enumerate(sketch_programme(count, first_seed)):
        where = "any tempo" if index // 17 % 2 else "own tempo"
        yield f"sketch, {where}", piece
        if index % 5 == 0:
            for treatment in list(TREATMENTS):
                yield f"sketch {treatment}", treated(piece, treatment, first_seed + index)
    yield from tunes("soundfont", FEELS, 2, first_seed)
    yield from tunes("unfitted soundfont", UNSEEN_FEELS, 5, first_seed)


def tunes(
    group: str, feels: Iterable[Feel], times: int, first_seed: int
) -> Iterator[tuple[str, Piece]]:
    for index, feel in enumerate(feels):
        for turn in range(times):
            seed = first_seed + 1000 * (index + 1) + turn
            piece = soundfont_piece(feel, seed)
            yield group, piece
            if turn == 0:
                for treatment in list(TREATMENTS):
                    yield f"{group} {treatment}", treated(piece, treatment, seed)


def known_tempo(count: int, first_seed: int) -> None:
    """With the planned tempo known, the true one up to 4 % off."""
    errors: dict[str, list[tuple[float, float]]] = defaultdict(list)
    away_s: dict[str, list[Times]] = defaultdict(list)
    groups = chain(
        (("sketch", piece) for piece in sketch_programme(count, first_seed)),
        (
            ("soundfont", soundfont_piece(feel, first_seed + 500 + index))
            for index, feel in enumerate((*FEELS, *UNSEEN_FEELS))
        ),
    )
    for index, (group, piece) in enumerate(groups):
        off = np.random.default_rng([first_seed, index]).uniform(-0.04, 0.04)
        assert piece.bpm
        grid = find_grid(hear(piece.audio), known_bpm=piece.bpm * (1 + off))
        errors[group].append(precision(piece, grid))
        away_s[group].append(distances(piece, grid))
        if max(errors[group][-1][0] / 0.02, errors[group][-1][1] / 0.005) > 1:
            bpm_error, beat_error_s = errors[group][-1]
            print(f"imprecise: {piece.name}, {bpm_error:.3f} bpm, {1e3 * beat_error_s:.1f} ms")
    print("\ntempo known within 4 %: share of pieces")
    for group, rows in errors.items():
        bpm_error, beat_error_s = np.array(rows).T
        print(
            f"{group:12} {len(rows):4}  tempo within 0.02 bpm {np.mean(bpm_error <= 0.02):.3f}"
            f" (median {np.median(bpm_error):.4f}), beats p95 within 5 ms"
            f" {np.mean(beat_error_s <= 0.005):.3f} (median {1e3 * np.median(beat_error_s):.1f} ms)"
            f"; p95 of all beats {1e3 * np.quantile(np.concatenate(away_s[group]), 0.95):.1f} ms"
        )


def precision(piece: Piece, grid: Grid) -> tuple[float, float]:
    """The error of the tempo in bpm, and what 95 % of the beats stay within, in seconds."""
    if grid.bpm is None or piece.bpm is None:
        return np.inf, np.inf
    return abs(grid.bpm - piece.bpm), float(np.quantile(distances(piece, grid), 0.95))


def distances(piece: Piece, grid: Grid) -> Times:
    """How far each beat is from the nearest true one, in seconds; beyond the last isn't counted."""
    inside = grid.beats_s[grid.beats_s <= piece.beats_s[-1] + 0.1]
    return np.abs(inside[:, None] - piece.beats_s).min(axis=1)


def unsteady(first_seed: int) -> None:
    """Is a constant grid claimed where there is none, and are wandering beats followed?"""
    steady = list(sketch_programme(51, first_seed + 40_000))
    sure = [find_grid(hear(piece.audio)).confidence for piece in steady]
    print(f"\n{'':14} {'n':>4} {'AUC':>6} {'one bpm':>8} {'beats':>6} {'beat F':>7} {'down F':>7}")
    for name, pieces in astray(steady, first_seed).items():
        rows = []
        for piece in pieces:
            grid = find_grid(hear(piece.audio))
            ours_f = [
                f_measure(piece.beats_s, grid.beats_s) if len(piece.beats_s) else np.nan,
                f_measure(piece.downbeats_s, grid.downbeats_s) if len(piece.beats_s) else np.nan,
            ]
            rows.append((grid.confidence, grid.bpm is not None, len(grid.beats_s) > 0, *ours_f))
        table = np.array(rows, dtype=float)
        surer = np.subtract.outer(np.array(sure), table[:, 0])
        area = np.mean((surer > 0) + 0.5 * (surer == 0))
        one, any_beats, beat, down = table[:, 1:].mean(axis=0)
        print(
            f"{name:14} {len(rows):4} {area:6.3f} {one:8.2f} {any_beats:6.2f} "
            f"{beat:7.3f} {down:7.3f}"
        )


def astray(steady: list[Piece], first_seed: int) -> dict[str, Iterator[Piece]]:
    """Pieces without one tempo. Those that wander do so by this share of their speed."""
    shares = (0.01, 0.02, 0.04, 0.06)
    drummed = [piece for piece in steady if piece.kind != "ambient"][:UNSTEADY]
    seeds = range(first_seed + 50_000, first_seed + 50_000 + UNSTEADY)
    return {
        "speech": map(spoken_piece, seeds),
        "beatless": map(beatless_piece, seeds),
        "wandering 1-6%": (
            wandering(piece, shares[seed % 4], seed)
            for piece, seed in zip(drummed, seeds, strict=True)
        ),
        "band 1-6%": (
            soundfont_piece(FEELS[seed % len(FEELS)], seed, bend=shares[seed % 4]) for seed in seeds
        ),
        "wandering 0.3%": (
            wandering(piece, 0.003, seed) for piece, seed in zip(drummed, seeds, strict=True)
        ),
    }


def full_analysis(first_seed: int) -> None:
    """The speed of everything that `analyze_track` does in full."""
    pieces = list(sketch_programme(17, first_seed + 60_000))
    start = time.process_time()
    for piece in pieces:
        analyse(piece.audio, detail="full")
    cost_s = time.process_time() - start
    sounding_s = sum(piece.audio.shape[1] for piece in pieces) / RATE
    print(f"\nfull analysis: {sounding_s / cost_s:.0f} times real time")


if __name__ == "__main__":
    main()
