"""The cheapest way through a row of choices: exact dynamic programming (Viterbi's).

Knows prices only, not what is chosen. Places may be tied: a tied place takes whatever its owner
takes, wherever that stands in the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from operator import add
from typing import TypeVar

T = TypeVar("T")

_MOST_SWEEPS = 20

Costs = list[float]


@dataclass(frozen=True, slots=True)
class _Row:
    """Prices by place and option, and steps by place, option and the option before it."""

    prices: list[Costs]
    steps: list[list[Costs]]


def cheapest(
    choices: Sequence[Sequence[T]],
    price: Callable[[int, T], float],
    step: Callable[[int, T, T], float],
    owners: Sequence[int],
) -> list[T]:
    """One choice for every place, so that all prices and steps together cost least.

    `choices` has at least one for every owner, `owners` the place that each place follows (itself
    if none). `price(place, choice)` is paid by owners, `step(place, before, here)` between each
    place and the one before it. The first of equals wins. Exact with no or one owner that others
    follow; with more, their choices are improved one after the other until that helps no more.
    """
    options = [choices[owner] for owner in owners]
    row = _Row(
        [
            [price(place, choice) if owners[place] == place else 0.0 for choice in options[place]]
            for place in range(len(choices))
        ],
        [[]]
        + [
            [
                [step(place, before, here) for before in options[place - 1]]
                for here in options[place]
            ]
            for place in range(1, len(choices))
        ],
    )
    taken = _way(row, {})
    followed = {owner for place, owner in enumerate(owners) if owner != place}
    if followed:
        taken = _way(row, _agreed(row, taken, owners, followed))
    return [options[place][option] for place, option in enumerate(taken)]


def _agreed(
    row: _Row, taken: list[int], owners: Sequence[int], followed: set[int]
) -> dict[int, int]:
    """Options for all places that are tied, starting from those that owners have taken.

    Between two tied places the cheapest way depends on their options only, so its cost is worked
    out once for each pair of these.
    """
    tied = [place for place, owner in enumerate(owners) if owner in followed]
    head = _onward(row, row.prices[0], 0, tied[0])
    between = [
        [_onward(row, _only(row, start, option), start, end) for option in _options(row, start)]
        for start, end in pairwise(tied)
    ]
    last = len(row.prices) - 1
    tail = [
        min(_onward(row, _only(row, tied[-1], option), tied[-1], last))
        for option in _options(row, tied[-1])
    ]

    def total(led: Mapping[int, int]) -> float:
        at = [led[owners[place]] for place in tied]
        ways = zip(between, pairwise(at), strict=True)
        return head[at[0]] + sum(way[one][other] for way, (one, other) in ways) + tail[at[-1]]

    led = {leader: taken[leader] for leader in sorted(followed)}
    for _ in range(_MOST_SWEEPS):
        before = dict(led)
        for leader in led:
            trials = [led | {leader: option} for option in _options(row, leader)]
            best = min(trials, key=total)
            led = best if total(best) < total(led) else led
        if led == before:
            break
    return {place: led[owners[place]] for place in tied}


def _options(row: _Row, place: int) -> range:
    return range(len(row.prices[place]))


def _only(row: _Row, place: int, option: int) -> Costs:
    """Costs at a place where only one option is open; its own price is not counted."""
    return [0.0 if other == option else inf for other in _options(row, place)]


def _onward(row: _Row, costs: Costs, start: int, end: int) -> Costs:
    """The least cost of every option at `end`, from costs at `start`."""
    for place in range(start + 1, end + 1):
        costs = [
            min(map(add, costs, into)) + own
            for into, own in zip(row.steps[place], row.prices[place], strict=True)
        ]
    return costs


def _way(row: _Row, fixed: Mapping[int, int]) -> list[int]:
    """The cheapest options, one for each place; those in `fixed` are given."""
    options = [
        [fixed[place]] if place in fixed else list(_options(row, place))
        for place in range(len(row.prices))
    ]
    costs = [row.prices[0][option] for option in options[0]]
    origins: list[list[int]] = []
    for place in range(1, len(options)):
        before, arrived, origin = options[place - 1], [], []
        for option in options[place]:
            into = row.steps[place][option]
            if len(before) < len(into):
                into = [into[other] for other in before]
            sums = list(map(add, costs, into))
            least = min(sums)
            origin.append(sums.index(least))
            arrived.append(least + row.prices[place][option])
        origins.append(origin)
        costs = arrived
    way = [costs.index(min(costs))]
    for origin in reversed(origins):
        way.append(origin[way[-1]])
    return [open_[at] for open_, at in zip(options, reversed(way), strict=True)]
