"""How well tempo, beats and bars are heard, and how fast: ours beside librosa, in one run.

    uv run --group dev python -m benchmarks.listening [sketch pieces]

Needs Debian's `fluidsynth`, `fluid-soundfont-gm` and `espeak-ng`. The pieces have seeds that were
never used to fit anything. `mir_eval` scores beats and downbeats (from 5 s on, within 70 ms); a
tempo is right within 4 %, and for `acc2` also at 1/3, 1/2, 2 and 3 times. librosa's `beat_track`
gets the same audio at 22 050 Hz and knows no downbeats. The time is CPU time, summed over
threads, from samples in memory to the grid.
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

from engine.listen.features import hear
from engine.listen.grid import Grid, find_grid
from tests.listen.midi_band import FEELS, UNSEEN_FEELS
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

SEED = 700_000
OCTAVES = (1 / 3, 1 / 2, 1, 2, 3)
UNSTEADY = 24
HEADING = f"{'':24} {'n':>4} {'acc1':>6} {'acc2':>6} {'beat F':>7} {'down F':>7} {'x RT':>6}"


@dataclass(frozen=True, slots=True)
class Found:
    bpm: float | None
    beats_s: Times
    downbeats_s: Times
    cost_s: float


Score = tuple[float, float, float, float, float]
"""Accuracy 1 and 2, F of beats and of downbeats, and times real time."""


def ours(audio: Audio) -> Found:
    start = time.process_time()
    grid = find_grid(hear(audio))
    return Found(grid.bpm, grid.beats_s, grid.downbeats_s, time.process_time() - start)


def librosas(audio: Audio) -> Found:
    mono = librosa.resample(audio.mean(axis=0), orig_sr=RATE, target_sr=22_050)
    start = time.process_time()
    bpm, beats_s = librosa.beat.beat_track(y=mono, sr=22_050, units="time")
    cost_s = time.process_time() - start
    return Found(float(np.atleast_1d(bpm)[0]), beats_s, np.zeros(0), cost_s)


LISTENERS: dict[str, Callable[[Audio], Found]] = {"ours": ours, "librosa": librosas}


def score(piece: Piece, found: Found) -> Score:
    ratio = (found.bpm or 0.0) / (piece.bpm or np.nan)
    return (
        abs(ratio - 1) <= 0.04,
        any(abs(ratio / octave - 1) <= 0.04 for octave in OCTAVES),
        f_measure(piece.beats_s, found.beats_s),
        f_measure(piece.downbeats_s, found.downbeats_s),
        piece.audio.shape[1] / RATE / max(found.cost_s, 1e-6),
    )


def f_measure(truth_s: Times, found_s: Times) -> float:
    trim = mir_eval.beat.trim_beats
    return float(mir_eval.beat.f_measure(trim(truth_s), trim(found_s)))


def main() -> None:
    warnings.filterwarnings("ignore", message="Estimated beats are empty")
    librosas(np.zeros((2, 5 * RATE), np.float32))  # compiles
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 136
    compare(count)
    known_tempo(count)
    unsteady()


def compare(count: int) -> None:
    """Accuracy and speed of both listeners over everything, then ours by group and style."""
    scores: dict[str, dict[str, list[Score]]] = {name: defaultdict(list) for name in LISTENERS}
    for group, piece in material(count):
        for name, listen in LISTENERS.items():
            result = score(piece, listen(piece.audio))
            for label in (group, f"{group}: {piece.kind}"):
                scores[name][label].append(result)
            if group.startswith("sketch,"):
                scores[name]["sketch"].append(result)
                if piece.kind != "ambient":
                    scores[name]["sketch but ambient"].append(result)
            if name == "ours" and result[2] < 0.9:
                print(f"missed: {piece.name}, beat F {result[2]:.2f}", flush=True)
    for name, table in scores.items():
        print(f"\n{name}\n{HEADING}")
        for label, rows in sorted(table.items()):
            if ":" not in label or name == "ours":
                means = np.mean(rows, axis=0)
                numbers = " ".join(f"{one:6.3f}" for one in means[:2])
                print(
                    f"{label:34.34} {len(rows):4} {numbers} {means[2]:7.3f} {means[3]:7.3f} "
                    f"{means[4]:6.0f}"
                )


def material(count: int) -> Iterator[tuple[str, Piece]]:
    """Every piece, and the group it is told under."""
    for index, piece in enumerate(sketch_programme(count, SEED)):
        where = "any tempo" if index // 17 % 2 else "own tempo"
        yield f"sketch, {where}", piece
        if index % 5 == 0:
            for treatment in list(TREATMENTS):
                yield f"sketch {treatment}", treated(piece, treatment, SEED + index)
    yield from tunes("soundfont", FEELS, 2)
    yield from tunes("soundfont, feels never fitted", UNSEEN_FEELS, 5)


def tunes(group: str, feels: Iterable, times: int) -> Iterator[tuple[str, Piece]]:
    for index, feel in enumerate(feels):
        for turn in range(times):
            seed = SEED + 1000 * (index + 1) + turn
            piece = soundfont_piece(feel, seed)
            yield group, piece
            if turn == 0:
                for treatment in list(TREATMENTS):
                    yield f"{group} {treatment}", treated(piece, treatment, seed)


def known_tempo(count: int) -> None:
    """With the planned tempo known, the true one up to 4 % off."""
    errors: dict[str, list[tuple[float, float]]] = defaultdict(list)
    groups = chain(
        (("sketch", piece) for piece in sketch_programme(count, SEED)),
        (
            ("soundfont", soundfont_piece(feel, SEED + 500 + index))
            for index, feel in enumerate((*FEELS, *UNSEEN_FEELS))
        ),
    )
    for index, (group, piece) in enumerate(groups):
        off = np.random.default_rng([SEED, index]).uniform(-0.04, 0.04)
        assert piece.bpm
        grid = find_grid(hear(piece.audio), known_bpm=piece.bpm * (1 + off))
        errors[group].append(precision(piece, grid))
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
        )


def precision(piece: Piece, grid: Grid) -> tuple[float, float]:
    """The error of the tempo in bpm, and what 95 % of the beats stay within, in seconds."""
    if grid.bpm is None or piece.bpm is None:
        return np.inf, np.inf
    inside = grid.beats_s[grid.beats_s <= piece.beats_s[-1] + 0.1]
    away = np.abs(inside[:, None] - piece.beats_s).min(axis=1)
    return abs(grid.bpm - piece.bpm), float(np.quantile(away, 0.95))


def unsteady() -> None:
    """Is a constant grid claimed where there is none, and are wandering beats followed?"""
    steady = list(sketch_programme(51, SEED + 40_000))
    sure = [find_grid(hear(piece.audio)).confidence for piece in steady]
    print(f"\n{'':14} {'n':>4} {'AUC':>6} {'one bpm':>8} {'beats':>6} {'beat F':>7} {'down F':>7}")
    for name, pieces in astray(steady).items():
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


def astray(steady: list[Piece]) -> dict[str, Iterator[Piece]]:
    """Pieces without one tempo. Those that wander do so by this share of their speed."""
    shares = (0.01, 0.02, 0.04, 0.06)
    drummed = [piece for piece in steady if piece.kind != "ambient"][:UNSTEADY]
    seeds = range(SEED + 50_000, SEED + 50_000 + UNSTEADY)
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


if __name__ == "__main__":
    main()
