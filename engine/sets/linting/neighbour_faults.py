"""What is wrong between a slot and the one after it: tempo, metre, key, voices, the transition."""

from __future__ import annotations

from collections.abc import Iterator

from engine.sets.linting.faults import Fault
from engine.sets.linting.known import Known
from engine.sets.plan import SetPlan, Transition, TransitionType
from engine.sets.theory import MATCHABLE_STEP, key_relation, tempo_step
from engine.sets.transitions import OVERLAPPING, PHRASES

BEAT_MATCHED: tuple[TransitionType, ...] = ("blend", "filter", "bridge")
"""Transitions that lay the beats of two tracks over each other."""
_WITHOUT_LENGTH: tuple[TransitionType, ...] = ("cut", "drop_in")
_LONG_BARS = 16
_OTHER_TYPE = "use echo_out, cut or fade, or leave the type open"


def neighbour_faults(plan: SetPlan, number: int, known: tuple[Known, ...]) -> Iterator[Fault]:
    """Everything that is wrong between this slot and the next; for the last, about its end."""
    transition = plan.slots[number - 1].transition
    is_last = number == len(plan.slots)
    if transition and transition.bars and transition.type in _WITHOUT_LENGTH:
        yield Fault(
            number,
            "transition.bars",
            f"a {transition.type} has no bars",
            "leave them out",
            "warning",
        )
    if is_last:
        if transition and transition != Transition() and plan.order == "kept":
            yield Fault(
                number, "transition", "leads nowhere, this is the last slot", "remove it", "warning"
            )
        return
    out, into = known[number - 1], known[number]
    yield from _beats(number, transition, out, into)
    yield from _length(number, transition, out, into)
    yield from _voices(number, transition, out, into)
    if plan.order == "kept" or (plan.slots[number - 1].locked and plan.slots[number].locked):
        yield from _keys(number, transition, out, into)


def _beats(number: int, transition: Transition | None, out: Known, into: Known) -> Iterator[Fault]:
    if transition is None or transition.type not in BEAT_MATCHED:
        return
    if out.beats_per_bar and into.beats_per_bar and out.beats_per_bar != into.beats_per_bar:
        yield Fault(
            number, "transition.type",
            f"a {transition.type} can't lay {out.beats_per_bar} beats in a bar over "
            f"{into.beats_per_bar}", _OTHER_TYPE,
        )  # fmt: skip
    if out.bpm and into.bpm and not tempo_step(out.bpm, into.bpm).matchable:
        yield Fault(
            number, "transition.type",
            f"a {transition.type} can't match {out.bpm:g} and {into.bpm:g} bpm, which are more "
            f"than {MATCHABLE_STEP:.0%} apart", _OTHER_TYPE,
        )  # fmt: skip


def _length(number: int, transition: Transition | None, out: Known, into: Known) -> Iterator[Fault]:
    if transition is None or transition.bars is None:
        return
    if transition.type not in (None, *OVERLAPPING):
        return
    tracks = [bars for bars in (out.bars, into.bars) if bars is not None]
    if not tracks or transition.bars <= min(tracks) / 2:
        return
    fitting = [bars for bars in PHRASES if bars <= min(tracks) / 2]
    fix = f"use {fitting[-1]}" if fitting else "use a cut"
    yield Fault(
        number, "transition.bars", f"{transition.bars} bars are more than half of a track of "
        f"{min(tracks):.0f}", fix,
    )  # fmt: skip


def _voices(number: int, transition: Transition | None, out: Known, into: Known) -> Iterator[Fault]:
    if transition is None or transition.type not in OVERLAPPING or not transition.bars:
        return
    if out.vocals and into.vocals and transition.bars >= _LONG_BARS:
        yield Fault(
            number, "transition.bars", f"somebody sings in both tracks for {transition.bars} bars",
            "use 8 bars or fewer, or another type", "warning",
        )  # fmt: skip


def _keys(number: int, transition: Transition | None, out: Known, into: Known) -> Iterator[Fault]:
    overlaps = transition is None or transition.type in (None, *OVERLAPPING)
    if overlaps and out.key and into.key and key_relation(out.key, into.key) == "clash":
        yield Fault(
            number + 1, "key",
            f"{into.key} ({into.key.camelot}) clashes with {out.key} ({out.key.camelot}) before it",
            "choose a key next to it on the Camelot wheel, or leave one open", "warning",
        )  # fmt: skip
