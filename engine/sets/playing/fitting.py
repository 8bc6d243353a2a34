"""Fitting the mix to the length that was asked for: some of its blends become shorter or longer.

Tracks are planned in whole phrases for that length, but one that came out too fast and is
stretched, or that ends past a line, leaves the mix some bars off. Knows no audio.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from engine.audio import SAMPLE_RATE_HZ
from engine.requests import checked
from engine.sets.deck import Deck
from engine.sets.plan import Transition
from engine.sets.playing.arrange import arrange
from engine.sets.timeline import Timeline
from engine.sets.transitions import PHRASES, Choice

_NEAR, _NEAR_BARS = 0.01, 4
"""A mix this near to its length, by its share or in bars of the slowest deck, is left as it is."""
_WORTH_S = 1.0
"""A change that brings it less than this nearer is none."""
_FAR = 0.1
"""A track is missing, or was given with another length: blends can't make up for it."""


def laid_out(decks: Sequence[Deck], choices: Sequence[Choice]) -> Timeline:
    """The timeline of decks with chosen transitions between them."""
    return arrange(
        decks, [checked(Transition, type=one.type, bars=one.bars or None) for one in choices]
    )


def fitted(
    decks: Sequence[Deck], choices: Sequence[Choice], mix_s: float, kept: Collection[int] = ()
) -> tuple[Choice, ...]:
    """The choices, with as few blends as can be one step of `PHRASES` shorter or longer.

    `choices[i]` leads from `decks[i]` to the next; those at the numbers in `kept` stay.
    """
    best, changed = tuple(choices), set(kept)
    off_s = _length_s(decks, best) - mix_s
    if abs(off_s) > _FAR * mix_s:
        return best
    bar_s = max((deck.grid.bar_s for deck in decks if deck.grid), default=0.0)
    while abs(off_s) > max(_NEAR * mix_s, _NEAR_BARS * bar_s):
        tries = [
            (abs(_length_s(decks, one) - mix_s), number, one)
            for number, one in _changes(best, changed)
        ]
        nearest = min(tries, key=lambda one: one[:2], default=None)
        if nearest is None or nearest[0] > abs(off_s) - _WORTH_S:
            break
        off_s, number, best = nearest
        changed.add(number)
    return best


def _changes(
    choices: tuple[Choice, ...], kept: Collection[int]
) -> Iterator[tuple[int, tuple[Choice, ...]]]:
    """The choices with one blend changed by a step, and which."""
    for number, choice in enumerate(choices):
        if number in kept or choice.type not in ("blend", "filter") or choice.bars not in PHRASES:
            continue
        place = PHRASES.index(choice.bars)
        for bars in (*PHRASES[place + 1 : place + 2], *PHRASES[max(0, place - 1) : place]):
            why = f"{choice.why.removesuffix('.')}, of {bars} bars for the length of the set."
            changed = replace(choice, bars=bars, why=why)
            yield number, (*choices[:number], changed, *choices[number + 1 :])


def _length_s(decks: Sequence[Deck], choices: Sequence[Choice]) -> float:
    return laid_out(decks, choices).samples / SAMPLE_RATE_HZ
