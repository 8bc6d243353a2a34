"""Fit the weights that tell three beats in a bar from four (`engine/listen/cue_weights.py`).

    uv run --group dev python -m benchmarks.three_or_four [rounds]

Prints the table, and how many pieces and halves of pieces come out wrong when their style is left
out of the fit. A round is 34 sketch pieces over all styles, 16 of the styles whose bars are hardest
to count, and 14 SoundFont tunes; three in ten are resampled, filtered, MP3-coded or noisy. Seeds
are from 1 300 000 on; the feels that no fit has seen stay out of this one too. Needs Debian's
`fluidsynth` and `fluid-soundfont-gm`, and about three seconds per piece.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.listen.cue_weights import THREE_OR_FOUR
from engine.listen.evidence import gather
from engine.listen.features import FRAME_S, PITCH_FRAME_S, Heard, hear
from engine.listen.metre import Reading, rank
from engine.listen.pulse import find_pulses, measure_periodicity
from engine.listen.three_or_four import compare, take_sides
from tests.listen.midi_band import FEELS
from tests.listen.pieces import (
    STYLES,
    TREATMENTS,
    Piece,
    sketch_piece,
    soundfont_piece,
    treated,
)

Rows = NDArray[np.float64]
Truth = NDArray[np.bool_]

FIRST_SEED = 1_300_000
ROUNDS = 7
SHARE_TREATED = 0.3
HARD = (
    "ambient", "deep house", "jazz", "lo-fi", "ambient", "reggae", "trap", "synthwave", "trance",
    "dubstep",
)  # fmt: skip
OCTAVES = (1 / 3, 1 / 2, 1, 2, 3)
PENALTY = np.array([0.05, 0.3, 0.3, 0.3, 0.3, 0.05])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    kinds, cues, three = [], [], []
    for piece in pieces(rounds):
        for row, is_three in examples(hear(piece.audio), piece.bpm or np.nan):
            kinds.append(piece.kind)
            cues.append(row)
            three.append(is_three)
    report(kinds, np.array(cues), np.array(three))


def report(kinds: list[str], cues: Rows, three: Truth) -> None:
    """The weights, and what comes out wrong among examples of a style that wasn't fitted to."""
    wrong = 0
    for kind in set(kinds):
        out = np.array([one == kind for one in kinds])
        wrong += int((likelier_three(cues[out], fit(cues[~out], three[~out])) != three[out]).sum())
    print(f"{len(cues)} examples; wrong by belief alone: {int(((cues[:, 0] > 0) != three).sum())}")
    print(f"wrong when their style is left out of the fit: {wrong}")
    for name, weight in zip(THREE_OR_FOUR, fit(cues, three), strict=True):
        print(f'    "{name}": {weight:.2f},')


def pieces(rounds: int) -> Iterator[Piece]:
    for index in range(34 * rounds):
        turn = index // len(STYLES)
        bpm = anywhere(FIRST_SEED + index) if turn % 2 else None
        piece = sketch(STYLES[index % len(STYLES)], FIRST_SEED + index, bpm, turn // 2)
        yield some_treated(piece, FIRST_SEED + index)
    for index in range(16 * rounds):
        seed = FIRST_SEED + 10_000 + index
        bpm = anywhere(seed) if index % 3 else None
        piece = sketch(HARD[index % len(HARD)], seed, bpm, index // 10)
        yield some_treated(piece, seed)
    for index in range(14 * rounds):
        seed = FIRST_SEED + 20_000 + index
        yield some_treated(soundfont_piece(FEELS[index % len(FEELS)], seed), seed)


def anywhere(seed: int) -> float:
    return round(float(np.random.default_rng([seed, 5]).uniform(60.0, 180.0)), 2)


def sketch(style: str, seed: int, bpm: float | None, turn: int) -> Piece:
    return sketch_piece(style, seed, bpm=bpm, signature="3/4" if turn % 2 else "4/4")


def some_treated(piece: Piece, seed: int) -> Piece:
    rng = np.random.default_rng([seed, 99])
    if rng.random() < SHARE_TREATED:
        piece = treated(piece, str(rng.choice(list(TREATMENTS))), seed)
    return piece


def examples(heard: Heard, bpm: float) -> Iterator[tuple[Rows, bool]]:
    """Cues, and whether three is true, of a piece and of its halves, where just one side is."""
    for part in (heard, half(heard, 0), half(heard, 1)):
        evidence = gather(part)
        periodicity = measure_periodicity(evidence.onset)
        sides = take_sides(evidence, rank(evidence, periodicity, find_pulses(periodicity)))
        if sides is None:
            continue
        readings = sides.ranked.readings
        three, four = (is_tempo(readings[one[0]], bpm) for one in (sides.three, sides.four))
        if three != four:
            yield compare(evidence, sides), three


def half(heard: Heard, which: int) -> Heard:
    frames = heard.onsets.shape[1] // 2
    first = which * frames
    hops = round(first * FRAME_S / PITCH_FRAME_S), round(frames * FRAME_S / PITCH_FRAME_S)
    return replace(
        heard,
        duration_s=heard.duration_s / 2,
        onsets=heard.onsets[:, first : first + frames],
        pitches=heard.pitches[:, hops[0] : sum(hops)],
    )


def is_tempo(reading: Reading, bpm: float) -> bool:
    return any(abs(reading.bpm / bpm / octave - 1.0) <= 0.04 for octave in OCTAVES)


def likelier_three(cues: Rows, weights: Rows) -> Truth:
    """Where three is likelier."""
    return np.asarray(cues @ weights > 0)


def fit(cues: Rows, three: Truth) -> Rows:
    """Maximum likelihood with a penalty on the squares of standardised weights."""
    spread = cues.std(axis=0)
    spread[-1] = 1.0
    signed = cues / spread * np.where(three, 1.0, -1.0)[:, None]

    def loss(weights: Rows) -> tuple[float, Rows]:
        margins = signed @ weights
        doubts = np.exp(-np.logaddexp(0.0, margins))
        value = float(np.logaddexp(0.0, -margins).sum() + 0.5 * (PENALTY * weights) @ weights)
        return value, PENALTY * weights - signed.T @ doubts

    start = np.zeros(cues.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B").x / spread


if __name__ == "__main__":
    main()
