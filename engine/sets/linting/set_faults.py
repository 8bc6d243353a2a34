"""What is wrong with a set as a whole: length, tempo range, arc, and slots that come twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from engine.fields import MIN_DURATION_S
from engine.sets.linting.faults import Fault
from engine.sets.linting.kinds import says_something
from engine.sets.linting.known import Known
from engine.sets.plan import SetPlan, Transition
from engine.sets.theory import arc_levels
from engine.sets.transitions import OVERLAPPING

_LONGEST_BARS = 32
_FAR = 0.1
"""A set may last so much more or less than it was asked for."""
_ARC_SLOTS, _ARC_AGREES = 4, 0.3
_STATIC_RANGE = 0.4


def set_faults(plan: SetPlan, known: tuple[Known, ...]) -> Iterator[Fault]:
    if plan.bpm and plan.bpm[0] > plan.bpm[1]:
        yield Fault(
            None, "bpm", f"{plan.bpm[0]:g} to {plan.bpm[1]:g} is the wrong way round",
            "put the slowest first",
        )  # fmt: skip
    yield from _minutes(plan, known)
    yield from _arc(plan)
    yield from _twice(plan)


def most_minutes(known: tuple[Known, ...]) -> float:
    """What these slots can fill at most."""
    return sum(one.most_s for one in known) / 60.0


def can_fill(minutes: float, known: tuple[Known, ...]) -> bool:
    """Whether these slots can come near these minutes at all."""
    return minutes <= most_minutes(known) * (1 + _FAR)


def reach_minutes(plan: SetPlan, known: tuple[Known, ...]) -> tuple[float, float] | None:
    """How long the set can get by its transitions alone; None while a length is open."""
    lengths = [one.duration_s for one in known if one.duration_s is not None]
    if len(lengths) < len(plan.slots):
        return None
    overlaps = sum(
        _longest_overlap_s(slot.transition, one)
        for slot, one in zip(plan.slots[:-1], known, strict=False)
    )
    return max(0.0, sum(lengths) - overlaps) / 60.0, sum(lengths) / 60.0


def _longest_overlap_s(transition: Transition | None, known: Known) -> float:
    if transition and transition.type not in (None, *OVERLAPPING):
        return 0.0
    bars = transition.bars if transition and transition.bars else _LONGEST_BARS
    longest_s = bars * (known.beats_per_bar or 4) * 60.0 / (known.bpm or 120.0)
    return min(longest_s, (known.duration_s or 0.0) / 2)


def _minutes(plan: SetPlan, known: tuple[Known, ...]) -> Iterator[Fault]:
    if plan.minutes is None:
        return
    most = most_minutes(known)
    least = len(plan.slots) * MIN_DURATION_S / 2 / 60.0
    reach = reach_minutes(plan, known)
    if reach and not reach[0] * (1 - _FAR) <= plan.minutes <= reach[1] * (1 + _FAR):
        yield Fault(
            None, "minutes", f"{plan.minutes:g} were asked for, but the slots last "
            f"{reach[0]:.0f} to {reach[1]:.0f}",
            "leave some of the lengths open, or ask for what they last", "warning",
        )  # fmt: skip
    elif not can_fill(plan.minutes, known):
        yield Fault(
            None, "minutes", f"{plan.minutes:g} can't be filled by {len(plan.slots)} slots, which "
            f"last {most:.0f} at most", f"add slots, or ask for at most {most:.0f}",
        )  # fmt: skip
    elif plan.minutes < least:
        yield Fault(
            None, "minutes", f"{plan.minutes:g} are too few for {len(plan.slots)} slots",
            f"remove slots, or ask for at least {least:.1f}",
        )  # fmt: skip


def _arc(plan: SetPlan) -> Iterator[Fault]:
    energies = [slot.energy for slot in plan.slots if slot.energy is not None]
    count = len(plan.slots)
    if plan.arc is None or plan.order == "free" or len(energies) < max(count, _ARC_SLOTS):
        return
    if plan.arc == "static":
        agrees = max(energies) - min(energies) <= _STATIC_RANGE
    else:
        agrees = _correlation(_ranks(energies), _ranks(arc_levels(plan.arc, count))) >= _ARC_AGREES
    if not agrees:
        yield Fault(
            None, "arc", f"the energies of the slots don't go like a {plan.arc.replace('_', '-')}",
            "leave the energies open, or name another arc", "warning",
        )  # fmt: skip


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1, equal values sharing the mean of their ranks, as Spearman's correlation has it."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's; 0 if one of them is all the same."""
    mean, other_mean = sum(one) / len(one), sum(other) / len(other)
    pairs = [(x - mean, y - other_mean) for x, y in zip(one, other, strict=True)]
    spread = sum(x * x for x, _ in pairs) * sum(y * y for _, y in pairs)
    return sum(x * y for x, y in pairs) / spread**0.5 if spread > 0 else 0.0


def _twice(plan: SetPlan) -> Iterator[Fault]:
    seen: dict[tuple[str, object], int] = defaultdict(int)
    for number, slot in enumerate(plan.slots, 1):
        told: list[tuple[str, object, str]] = []
        if says_something(slot.title):
            told.append(("title", slot.title.casefold(), "give one of them another"))
        if slot.track is not None:
            told.append(("track", slot.track, "play another track"))
        elif slot.seed is not None:
            made = slot.model_copy(update={"title": "", "transition": None, "locked": False})
            told.append(("seed", made.model_dump_json(), "change the seed, or leave it open"))
        for field, value, fix in told:
            if first := seen[field, value]:
                what = "makes the same track as" if field == "seed" else "is the same as in"
                yield Fault(number, field, f"{what} slot {first}", fix, "warning")
            else:
                seen[field, value] = number
