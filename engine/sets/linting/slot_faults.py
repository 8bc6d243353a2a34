"""What is wrong within a slot: fields that don't go together, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.fields import MAX_BPM, MAX_DURATION_S, MAX_SOURCE_S, MIN_BPM, MIN_DURATION_S
from engine.sets.casting.rulings import MAX_SHIFT
from engine.sets.linting.faults import Fault
from engine.sets.linting.kinds import (
    KINDS,
    SUITS,
    has_lines,
    is_no_lyrics,
    out_of_place,
    says_something,
)
from engine.sets.linting.known import Known
from engine.sets.plan import Kind, SetPlan, Slot
from engine.sets.references import Unclear, follow, is_findable, unknown_title
from engine.sets.theory import MATCHABLE_STEP, shifted, tempo_step

_LENGTHS = f"stay between {MIN_DURATION_S:g} s and {MAX_DURATION_S / 60:g} min"


def slot_faults(plan: SetPlan, number: int, known: Known) -> Iterator[Fault]:
    """Everything that is wrong with this slot, seen without its neighbours."""
    slot = plan.slots[number - 1]
    for field in out_of_place(slot):
        yield Fault(number, field, *_out_of_place(slot, field))
    yield from _reference(plan, number, is_known=known.source is not None)
    yield from _words(slot, number)
    if slot.kind == "caption":
        yield from _length(plan, slot, number)
    elif slot.kind == "repaint":
        yield from _windows(slot, number, known.source)
    elif slot.kind == "extend":
        yield from _extension(slot, number, known.source)
    yield from _singing(slot, number)
    yield from _tempo(plan, slot, number)
    if known.source is not None:
        yield from _against_source(slot, number, known.source)


def _out_of_place(slot: Slot, field: str) -> tuple[str, str]:
    kind = slot.kind
    if field in KINDS and field != "caption":
        return f"doesn't go with {kind}", "keep one of them"
    if kind == "track":
        return "is for tracks that are made", "remove it, or remove track"
    if kind == "caption":
        owner = next(other for other, names in SUITS.items() if field in names)
        return f"is for a slot with {owner}", f"remove it, or say what to {owner}"
    return f"doesn't go with {kind}", "remove it"


def _reference(plan: SetPlan, number: int, *, is_known: bool) -> Iterator[Fault]:
    slot = plan.slots[number - 1]
    found = follow(plan, number)
    if isinstance(found, str) and not (is_known or is_findable(found)):
        found = unknown_title(plan, number, found)
    if isinstance(found, Unclear):
        yield Fault(number, slot.kind, found.problem, found.fix)
    if slot.track is not None and not (is_known or is_findable(slot.track)):
        yield Fault(
            number, "track", "is neither a track's id nor a file's path",
            "name one, or describe the music in caption",
        )  # fmt: skip


def _words(slot: Slot, number: int) -> Iterator[Fault]:
    if slot.kind == "caption" and not says_something(slot.caption):
        yield Fault(
            number, "caption", "missing" if not slot.caption else "has no words",
            "describe the music in a few words, or name a track",
        )  # fmt: skip
    if slot.kind == "cover" and not (says_something(slot.caption) or says_something(slot.style)):
        yield Fault(number, "caption", "missing", "describe the new style in a few words")
    if is_no_lyrics(slot.lyrics):
        yield Fault(number, "lyrics", "are none", "leave them out, and set instrumental")


def _length(plan: SetPlan, slot: Slot, number: int) -> Iterator[Fault]:
    if slot.bars is not None and slot.minutes is not None:
        yield Fault(number, "bars", "there are minutes as well", "keep one of them")
        return
    if slot.minutes is not None and not _fits(slot.minutes * 60.0):
        yield Fault(number, "minutes", f"{slot.minutes:g} won't do", _LENGTHS)
    if slot.bars is None:
        return
    if slot.bpm is not None:
        length_s = _bars_s(slot, slot.bpm)
        if not _fits(length_s):
            yield Fault(
                number, "bars", f"{slot.bars} at {slot.bpm:g} bpm last {length_s:.0f} s", _LENGTHS
            )
        return
    slow, fast = (min(plan.bpm), max(plan.bpm)) if plan.bpm else (MIN_BPM, MAX_BPM)
    if _bars_s(slot, fast) > MAX_DURATION_S or _bars_s(slot, slow) < MIN_DURATION_S:
        yield Fault(
            number, "bars", f"{slot.bars} can't be right at {slow:g} to {fast:g} bpm", _LENGTHS
        )


def _bars_s(slot: Slot, bpm: float) -> float:
    return (slot.bars or 0) * slot.beats_per_bar * 60.0 / bpm


def _fits(length_s: float) -> bool:
    return MIN_DURATION_S - 1e-6 <= length_s <= MAX_DURATION_S + 1e-6


def _windows(slot: Slot, number: int, source: Known | None) -> Iterator[Fault]:
    if not slot.windows:
        yield Fault(
            number, "windows", "missing",
            "say what to repaint, like [{ start_s = 30, end_s = 45.5 }]",
        )  # fmt: skip
    for before, after in pairwise(slot.windows):
        if after.start_s < before.end_s:
            yield Fault(
                number, "windows",
                f"{after.start_s:g} s begins before {before.end_s:g} s, where the last one ends",
                "put them in order, without overlap",
            )  # fmt: skip
    if slot.windows and source and source.duration_s is not None:
        end_s = max(window.end_s for window in slot.windows)
        if end_s > source.duration_s + 0.05:
            yield Fault(
                number, "windows", f"{end_s:g} s is after the end of what is repainted",
                f"end at {source.duration_s:.1f} s or before",
            )  # fmt: skip


def _extension(slot: Slot, number: int, source: Known | None) -> Iterator[Fault]:
    if slot.seconds is None:
        yield Fault(number, "seconds", "missing", "say about how much more, from 1 to 300")
    elif source and source.duration_s and source.duration_s + slot.seconds > MAX_SOURCE_S:
        yield Fault(
            number, "seconds", f"{slot.seconds:g} more make it longer than {MAX_SOURCE_S:g} s",
            "extend by less",
        )  # fmt: skip


def _singing(slot: Slot, number: int) -> Iterator[Fault]:
    sings = has_lines(slot.lyrics)
    if sings and slot.instrumental and not is_no_lyrics(slot.lyrics):
        yield Fault(
            number, "instrumental", "is true, but there are lines to sing",
            "remove it, or remove the lyrics",
        )  # fmt: skip
    if slot.language not in (None, "unknown") and not sings and "language" in _suited(slot):
        yield Fault(
            number, "language", "is set, but there is nothing to sing",
            "add lyrics, or leave it out", "warning",
        )  # fmt: skip


def _suited(slot: Slot) -> tuple[str, ...]:
    return SUITS[slot.kind]


def _tempo(plan: SetPlan, slot: Slot, number: int) -> Iterator[Fault]:
    if slot.bpm is None or plan.bpm is None:
        return
    slow, fast = min(plan.bpm), max(plan.bpm)
    if not slow - 1e-6 <= slot.bpm <= fast + 1e-6:
        yield Fault(
            number, "bpm", f"{slot.bpm:g} is outside the set's {slow:g} to {fast:g}",
            "stay within them, or widen bpm of the set", "warning" if slot.locked else "error",
        )  # fmt: skip


def _against_source(slot: Slot, number: int, source: Known) -> Iterator[Fault]:
    """What a track that is there can't be brought to without harm."""
    kinds: dict[Kind, str] = {"track": "the track"}
    what = kinds.get(slot.kind, "what it is made of")
    if slot.bpm and source.bpm:
        step = tempo_step(slot.bpm, source.bpm)
        if not step.matchable:
            yield Fault(
                number, "bpm", f"{slot.bpm:g} is more than {MATCHABLE_STEP:.0%} from "
                f"{source.bpm:g}, the tempo of {what}",
                "stay closer to it, or leave it open", "warning",
            )  # fmt: skip
    if slot.key and source.key:
        reachable = {str(shifted(source.key, by)) for by in range(-MAX_SHIFT, MAX_SHIFT + 1)}
        if slot.key not in reachable:
            yield Fault(
                number, "key", f"{slot.key} is more than a semitone from {source.key}, the key of "
                f"{what}", "leave it open", "warning",
            )  # fmt: skip
