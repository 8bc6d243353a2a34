"""Who is heard where: the tracks of a report as they follow each other in the mix."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sets.report import SetReport, SlotReport


@dataclass(frozen=True, slots=True)
class Place:
    """A track in the mix. It leads from `from_s` to `to_s`, between two swaps of the bass."""

    slot: SlotReport
    start_s: float
    end_s: float
    from_s: float
    to_s: float


def places(report: SetReport) -> tuple[Place, ...]:
    """The tracks that are heard, in order."""
    heard = [
        (slot, slot.start_s, report.duration_s if slot.end_s is None else slot.end_s)
        for slot in report.slots
        if slot.start_s is not None
    ]
    into = {join.to_slot: join.swap_s for join in report.joins}
    leads = [into.get(slot.slot, start_s) for slot, start_s, _ in heard]
    ends = [*leads[1:], report.duration_s]
    return tuple(
        Place(slot, start_s, end_s, 0.0 if number == 0 else leads[number], ends[number])
        for number, (slot, start_s, end_s) in enumerate(heard)
    )
