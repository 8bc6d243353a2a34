"""Which of a style's figures are played: sparse ones in mellow moods, busy ones in driving moods.

Knows how often a figure strikes, not what is struck.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from numpy.random import Generator

from engine.renderers.sketch.score import Meter
from engine.renderers.sketch.styles.style import Groove
from engine.renderers.sketch.theory.rhythm import bars

T = TypeVar("T")

_STRONG = 0.4
"""A mood that moves the energy this far has a say in what is played."""


def calm_and_full(
    figures: Sequence[str], meter: Meter, push: float, rng: Generator
) -> tuple[str, str]:
    """Two figures for a piece, the sparser one first; `push` is what the mood does to its energy.

    One figure alone is both.
    """
    fitting = figures_for(figures, meter, push)
    order = [int(place) for place in rng.permutation(len(fitting))]
    pair = fitting[order[0]], fitting[order[1 % len(order)]]
    calm, full = sorted(pair, key=lambda figure: _strokes(figure, meter))
    return calm, full


def figures_for(figures: Sequence[str], meter: Meter, push: float) -> Sequence[str]:
    """The figures that fit the mood."""
    return _fitting(figures, [_strokes(figure, meter) for figure in figures], push)


def grooves_for(grooves: Sequence[Groove], meter: Meter, push: float) -> Sequence[Groove]:
    """The grooves that fit the mood."""
    strokes = [
        sum(_strokes(figure, meter) for figure in groove.rows.values()) for groove in grooves
    ]
    return _fitting(grooves, strokes, push)


def _fitting(options: Sequence[T], strokes: Sequence[float], push: float) -> Sequence[T]:
    """All of the options, or half of them at most where a mood is strong."""
    if abs(push) < _STRONG:
        return options
    order = sorted(range(len(options)), key=lambda place: strokes[place])
    half = max(1, len(options) // 2)
    return [options[place] for place in (order[:half] if push < 0.0 else order[-half:])]


def _strokes(figure: str, meter: Meter) -> float:
    """How often a figure strikes in a bar."""
    played = bars(figure, meter)
    return sum(map(len, played)) / max(1, len(played))
