"""The order of slots that may be moved: what follows the arc, with small steps between them.

Locked slots stay where they are, and a slot stays behind what it is made of. Starts from the order
that follows the arc best, then swaps pairs and turns runs while that makes the whole cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.keys import Key
from engine.sets.plan import SetPlan, Slot
from engine.sets.report import KeyRelation
from engine.sets.solving.places import Place
from engine.sets.theory import MATCHABLE_STEP, key_relation, tempo_step

_OFF_THE_ARC = 60.0
"""For a slot whose rank by energy is off by the whole set; it grows with the square."""
_WORST_MATCHED_STEP, _UNMATCHED = 0.4, 1.0
_BEAT_STOPS = 0.3
_KEYS: dict[KeyRelation, float] = {"diagonal": 0.6, "boost": 0.6, "clash": 1.0}
_BETTER = 1e-9
_LONGEST_RUN = 12
"""Neighbouring slots that are turned round or moved on together."""
_FARTHEST_SWAP = 40
_MOST_PASSES = 20

_Known = tuple[Key | None, bool, float | None]
"""Of a slot: its key, whether it has a beat, and its tempo in bpm."""


@dataclass(frozen=True, slots=True)
class _Prices:
    fit: list[list[float]]
    """Of a slot at a place."""
    step: list[list[float]]
    """From a slot to another."""
    behind: list[frozenset[int]]
    """Which slots are made of each."""


def arranged(places: Sequence[Place], levels: Sequence[float]) -> tuple[int, ...]:
    """For every place in the set the slot that comes there, both from 0.

    `levels` is the energy that the arc has at each place. Slots of which nothing is known keep
    close to their place.
    """
    pinned = _pinned(places)
    free = [number for number in range(len(places)) if number not in pinned]
    heats = [_heat(place) for place in places]
    prices = _Prices(
        _fits(heats, levels),
        _steps(places),
        [
            frozenset(number for number, place in enumerate(places) if place.source == source)
            for source in range(len(places))
        ],
    )
    start = _along_the_arc(free, heats, levels, len(places))
    if not _is_in_order(start, places):
        start = list(range(len(places)))
    return tuple(_improved(start, free, prices, places))


def reordered(plan: SetPlan, places: Sequence[Place], order: Sequence[int]) -> SetPlan:
    """The plan in that order, which is settled with it; numbers of slots follow the slots."""
    now_at = {old: new for new, old in enumerate(order)}
    slots = []
    for old in order:
        slot, source = plan.slots[old], places[old].source
        if source is not None and now_at[source] != source and not _is_by_title(plan, slot, source):
            slot = slot.model_copy(update={slot.kind: now_at[source] + 1})
        slots.append(slot)
    return plan.model_copy(update={"slots": tuple(slots), "order": "kept"})


def _is_by_title(plan: SetPlan, slot: Slot, source: int) -> bool:
    ref = slot.source
    return isinstance(ref, str) and " ".join(ref.split()) == plan.slots[source].title


def _pinned(places: Sequence[Place]) -> frozenset[int]:
    """Locked slots, and those which they refer to by number or title."""
    locked = {number for number, place in enumerate(places) if not place.is_open}
    sources = {places[number].source for number in locked}
    return frozenset(locked | {source for source in sources if source is not None})


def _heat(place: Place) -> float | None:
    if place.slot.energy is not None:
        return place.slot.energy
    if place.facts is not None and place.slot.kind == "track":
        return place.facts.energy
    return place.hints.heat


def _along_the_arc(
    free: list[int], heats: Sequence[float | None], levels: Sequence[float], count: int
) -> list[int]:
    """The hottest slot where the arc is highest, and so on; unknown ones stay in the middle."""
    order = list(range(count))
    known = [number for number in free if heats[number] is not None]
    by_heat = sorted(known, key=lambda number: (heats[number], levels[number]))
    by_level = sorted(known, key=lambda number: levels[number])
    for place, slot in zip(by_level, by_heat, strict=True):
        order[place] = slot
    return order


def _fits(heats: Sequence[float | None], levels: Sequence[float]) -> list[list[float]]:
    known = [heat for heat in heats if heat is not None]
    ranks = [_rank(level, levels) for level in levels]
    fits = []
    for heat in heats:
        own = None if heat is None else _rank(heat, known)
        fits.append([0.0 if own is None else _OFF_THE_ARC * (own - rank) ** 2 for rank in ranks])
    return fits


def _rank(value: float, among: Sequence[float]) -> float:
    """From 0, the least, to 1; equals share theirs."""
    if len(among) < 2:
        return 0.5
    less = sum(other < value for other in among)
    equal = sum(other == value for other in among)
    return (less + (equal - 1) / 2) / (len(among) - 1)


def _steps(places: Sequence[Place]) -> list[list[float]]:
    known = [(place.key, place.has_beat, _tempo(place)) for place in places]
    return [[_step(before, after) for after in known] for before in known]


def _step(before: _Known, after: _Known) -> float:
    cost = _KEYS.get(key_relation(before[0], after[0]), 0.0)
    if before[1] != after[1]:
        return cost + _BEAT_STOPS
    out, into = before[2], after[2]
    if not before[1] or out is None or into is None:
        return cost
    step = tempo_step(out, into)
    if not step.matchable:
        return cost + _UNMATCHED
    return cost + _WORST_MATCHED_STEP * abs(step.share) / MATCHABLE_STEP


def _tempo(place: Place) -> float | None:
    usual = place.hints.tempos_bpm
    return place.bpm or (sum(usual) / 2 if usual and place.is_new else None)


def _is_in_order(order: Sequence[int], places: Sequence[Place]) -> bool:
    now_at = {old: new for new, old in enumerate(order)}
    return all(
        place.source is None or now_at[place.source] < now_at[number]
        for number, place in enumerate(places)
    )


def _improved(
    order: list[int], free: list[int], prices: _Prices, places: Sequence[Place]
) -> list[int]:
    """A local search; it ends where no move is cheaper, or after enough passes."""
    for _ in range(_MOST_PASSES):
        before = list(order)
        for ats, slots in _moves(order, free):
            cost = _cost(order, ats, prices)
            kept = [order[at] for at in ats]
            _put(order, ats, slots)
            cheaper = _cost(order, ats, prices) < cost - _BETTER
            if not (cheaper and _may_stand(kept, order, prices, places)):
                _put(order, ats, kept)
        if order == before:
            break
    return order


def _moves(order: list[int], free: list[int]) -> Iterator[tuple[Sequence[int], list[int]]]:
    """Places, and the slots that could come there instead; `order` changes in between."""
    for number, one in enumerate(free):
        for other in free[number + 1 : number + _FARTHEST_SWAP]:
            yield (one, other), [order[other], order[one]]
    for number in range(len(free)):
        for length in range(3, _LONGEST_RUN + 1):
            ats = free[number : number + length]
            if len(ats) == length:
                yield ats, [order[at] for at in reversed(ats)]
                yield ats, [order[at] for at in (*ats[1:], ats[0])]
                yield ats, [order[at] for at in (ats[-1], *ats[:-1])]


def _put(order: list[int], ats: Sequence[int], slots: list[int]) -> None:
    for at, slot in zip(ats, slots, strict=True):
        order[at] = slot


def _cost(order: list[int], ats: Sequence[int], prices: _Prices) -> float:
    """All that other slots at these places would change."""
    cost = sum(prices.fit[order[at]][at] for at in ats)
    for at in {*ats, *(at + 1 for at in ats)}:
        if 0 < at < len(order):
            cost += prices.step[order[at - 1]][order[at]]
    return cost


def _may_stand(
    moved: list[int], order: list[int], prices: _Prices, places: Sequence[Place]
) -> bool:
    """Whether moved slots are still behind their sources and before what is made of them."""
    for slot in moved:
        source = places[slot].source
        if source is None and not prices.behind[slot]:
            continue
        at = order.index(slot)
        if source is not None and order.index(source) > at:
            return False
        if any(order.index(made) < at for made in prices.behind[slot]):
            return False
    return True
