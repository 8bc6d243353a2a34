"""Fit the weights of the cues by which beats and bars are heard (`engine/listen/cue_weights.py`).

    uv run --group dev python -m benchmarks.cues [sketch pieces] [SoundFont tunes]

Prints the table. The weights are those of a conditional logit: among all readings of a piece, the
true one should get all belief. Pieces have seeds from 1000 on; a third of them are resampled,
filtered, MP3-coded or noisy. Evaluation (`benchmarks/listening.py`) and tests use other seeds, and
six feels that are never fitted to. Takes about two seconds per piece.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.listen.cue_weights import TABLE
from engine.listen.evidence import gather
from engine.listen.features import hear
from engine.listen.metre import Reading, read_all
from engine.listen.pulse import find_pulses, measure_periodicity
from tests.listen.midi_band import FEELS
from tests.listen.pieces import TREATMENTS, Piece, sketch_programme, soundfont_piece, treated

Rows = NDArray[np.float64]

FIRST_SEED = 1000
SHARE_TREATED = 0.35
PENALTY = 5.0


def main() -> None:
    sketches, tunes = (*map(int, sys.argv[1:3]), 550, 400)[:2]
    examples = [example for piece in pieces(sketches, tunes) if (example := read(piece))[1].any()]
    print(f"{len(examples)} pieces")
    weights = fit(examples)
    start = 0
    for name, old in TABLE.items():
        numbers = weights[start : start + len(old)]
        print(f'    "{name}": ({", ".join(f"{one:.2f}" for one in numbers)},),')
        start += len(old)


def pieces(sketches: int, tunes: int) -> Iterator[Piece]:
    names = list(TREATMENTS)
    seeds = range(FIRST_SEED, FIRST_SEED + tunes)
    band = (soundfont_piece(FEELS[seed % len(FEELS)], seed) for seed in seeds)
    for index, piece in enumerate(chain(sketch_programme(sketches, FIRST_SEED), band)):
        rng = np.random.default_rng([FIRST_SEED, index])
        if rng.random() < SHARE_TREATED:
            piece = treated(piece, str(rng.choice(names)), index)
        yield piece


def read(piece: Piece) -> tuple[Rows, NDArray[np.bool_]]:
    """The cues of every reading, and which readings are true."""
    evidence = gather(hear(piece.audio))
    periodicity = measure_periodicity(evidence.onset)
    readings, cues = read_all(evidence, periodicity, find_pulses(periodicity))
    return cues, np.array([is_true(reading, piece) for reading in readings], dtype=bool)


def is_true(reading: Reading, piece: Piece) -> bool:
    """Right in tempo, in metre, in phase by a tenth of a beat, and in its downbeats."""
    if piece.bpm is None or abs(reading.bpm / piece.bpm - 1.0) > 0.02:
        return False
    if reading.beats_per_bar != int(piece.signature[0]):
        return False
    bar_s = reading.period_s * reading.beats_per_bar
    downbeat_s = reading.phase_s + reading.downbeat * reading.period_s
    middle_s = piece.audio.shape[1] / 96_000
    downbeat_s += bar_s * round((middle_s - downbeat_s) / bar_s)
    return float(np.abs(piece.downbeats_s - downbeat_s).min()) < 0.1 * reading.period_s


def fit(examples: list[tuple[Rows, NDArray[np.bool_]]]) -> Rows:
    """Maximum likelihood with a penalty on the squares of standardised weights."""
    cues = np.concatenate([one for one, _ in examples])
    true = np.concatenate([one for _, one in examples])
    spread = cues.std(axis=0) + 1e-3
    scaled = cues / spread
    sizes = np.array([len(one) for _, one in examples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def loss(weights: Rows) -> tuple[float, Rows]:
        scores = scaled @ weights
        belief = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        total, right = np.add.reduceat(belief, starts), np.add.reduceat(belief * true, starts)
        missing = belief / np.repeat(total, sizes) - belief * true / np.repeat(right, sizes)
        value = float(np.log(total / right).sum() + 0.5 * PENALTY * weights @ weights)
        return value, scaled.T @ missing + PENALTY * weights

    start = np.zeros(scaled.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B").x / spread


if __name__ == "__main__":
    main()
