"""The key of every slot: such that neighbours mix, and the set goes somewhere on the wheel.

Exact: no other assignment of the open keys has fewer neighbours that don't mix. Among the best, a
seed decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random

from engine.keys import ALL_KEYS, Key
from engine.sets.report import KeyRelation
from engine.sets.solving.paths import cheapest
from engine.sets.solving.places import Place, owners
from engine.sets.theory import compatible, key_distance, key_relation, rises

_DOES_NOT_MIX = 1e6
"""More than all else in a set together."""
_NOT_THAT_BAD: dict[KeyRelation, float] = {"diagonal": 5.0, "boost": 10.0, "clash": 20.0}
_STANDS_STILL, _CHANGES_MODE, _AGAINST_THE_ENERGY = 0.45, 0.3, 0.25
_OFF_MOOD = 0.8
_CHANCE = 0.5


def planned_keys(places: Sequence[Place], levels: Sequence[float], seed: int) -> list[Key | None]:
    """A key for every place; None where it can't be known. `levels` is the energy of each."""
    rows = tuple(places)
    drawn = Random(f"keys {seed}")
    chances = [{key: drawn.random() for key in ALL_KEYS} for _ in rows]

    def price(number: int, key: Key | None) -> float:
        if key is None or rows[number].key is not None:
            return 0.0
        off_mood = key.mode != (rows[number].hints.mode or "minor")
        return _CHANCE * chances[number][key] + _OFF_MOOD * off_mood

    def step(number: int, before: Key | None, here: Key | None) -> float:
        if before is None or here is None:
            return 0.0
        return _table(levels[number] >= levels[number - 1])[before, here]

    return cheapest([_choices(place) for place in rows], price, step, owners(rows, "key"))


def _choices(place: Place) -> Sequence[Key | None]:
    if place.key is not None or not place.is_open or not place.is_new:
        return [place.key]
    return ALL_KEYS


@lru_cache(maxsize=2)
def _table(lifts: bool) -> dict[tuple[Key, Key], float]:
    """The price of every step: by how it mixes, then by whether the set moves with the energy."""
    return {(before, here): _price(before, here, lifts) for before in ALL_KEYS for here in ALL_KEYS}


def _price(before: Key, here: Key, lifts: bool) -> float:
    relation = key_relation(before, here)
    if not compatible(before, here):
        return _DOES_NOT_MIX + _NOT_THAT_BAD[relation] + key_distance(before, here)
    if relation == "same":
        return _STANDS_STILL
    if relation == "relative":
        return _CHANGES_MODE
    return 0.0 if rises(before, here) == lifts else _AGAINST_THE_ENERGY
