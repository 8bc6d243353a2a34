"""What could not be had in a plan: one sentence each, with the reason and the fix."""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.sets.solving.lengths import USUAL_S, tolerance_s
from engine.sets.solving.scheme import Scheme
from engine.sets.theory import compatible, tempo_step


def shortfalls(scheme: Scheme, minutes: float | None) -> tuple[str, ...]:
    """All sentences, in the order of the slots; the set's length last."""
    notes: list[str] = []
    for number in range(len(scheme.places)):
        if scheme.is_unheard(number):
            notes.append(
                f"slot {number + 1}: its tempo isn't known before it is heard; the transitions "
                "beside it are chosen then."
            )
        if number:
            notes.extend(_between(scheme, number))
    if minutes is not None:
        notes.extend(_length(scheme, minutes))
    return tuple(notes)


def _between(scheme: Scheme, number: int) -> Iterator[str]:
    """Of a place and the one before it."""
    slots = f"slots {number} and {number + 1}"
    out, into = scheme.keys[number - 1 : number + 1]
    choice = scheme.choices[number - 1]
    if out and into and not compatible(out, into):
        yield (
            f"{slots}: {out} ({out.camelot}) and {into} ({into.camelot}) don't mix, and no other "
            "keys are possible there; free one of them, or put another slot between them."
        )
    slow, fast = scheme.tempos[number - 1 : number + 1]
    danced = all(place.has_beat for place in scheme.places[number - 1 : number + 1])
    if slow and fast and danced and not tempo_step(slow, fast).matchable:
        yield (
            f"{slots}: {slow:g} and {fast:g} bpm are {abs(tempo_step(slow, fast).share):.0%} "
            f"apart, too far for their beats to be matched; the transition is {choice.type}."
        )
    written = scheme.places[number - 1].slot.transition
    if written and written.type not in (None, choice.type):
        yield f"slot {number}: {choice.why}"


def _length(scheme: Scheme, minutes: float) -> Iterator[str]:
    off_s = scheme.lengths.off_s
    if abs(off_s) <= tolerance_s(minutes * 60.0, scheme.tempos) + 1e-6:
        return
    comes_to = minutes + off_s / 60.0
    count = len(scheme.places)
    settled = [bars is None for bars in scheme.lengths.bars]
    why = ", and no length is open" if all(settled) else ""
    usual_s = max(USUAL_S, minutes * 60.0 / count) if off_s > 0 else USUAL_S
    slots = max(1, math.floor(abs(off_s) / usual_s + 0.5))
    more = "1 slot" if slots == 1 else f"{min(slots, count)} slots"
    fix = f"remove about {more}" if off_s > 0 else f"add about {slots} slot{'s' * (slots > 1)}"
    yield (
        f"minutes: these {count} slots come to {comes_to:.1f} and not {minutes:g}{why}; {fix}"
        f"{', or leave more lengths open' if any(settled) else ''}."
    )
