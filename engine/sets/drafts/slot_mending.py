"""One fault of one slot put right: the field that it names, and no other.

Knows for each fault the smallest change that ends it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.fields import MAX_CAPTION, MAX_DURATION_S, MAX_TITLE, MIN_DURATION_S, MIN_WINDOW_S
from engine.sets.drafts import reading_words as words
from engine.sets.drafts.changes import short
from engine.sets.linting.faults import Fault
from engine.sets.linting.kinds import has_lines, out_of_place
from engine.sets.plan import Bars, Slot, Transition, TransitionType, Window
from engine.sets.references import is_findable
from engine.sets.transitions import PHRASES

_USUAL_EXTENSION_S = 30.0
_SAME_MUSIC = "the same music, in another arrangement"
_SONG = "song with vocals"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rest of the set leaves to a slot."""

    tempos: tuple[float, float]
    source_s: float | None
    """How long what it is made of lasts, if that is known."""
    transition_bars: float
    """How long the transition to the next slot may be."""


def mended(slot: Slot, fault: Fault, limits: Limits) -> tuple[Slot | None, str]:
    """The slot without the fault, and what was done; None if nothing is left in it to play."""
    field = fault.field
    if field in out_of_place(slot):
        return _without(slot, field)
    match field:
        case "bpm":
            return _with(slot, bpm=_within(slot.bpm or 0.0, limits.tempos))
        case "caption":
            return _worded(slot)
        case "track":
            title = slot.title or words.line(slot.track, MAX_TITLE)
            return slot.model_copy(update={"track": None, "title": title}), "taken for a title"
        case "windows":
            return _windowed(slot, limits.source_s)
        case "seconds" if slot.seconds is None:
            return _with(slot, seconds=_USUAL_EXTENSION_S)
        case "seconds":
            return _without(slot, "extend")
        case "minutes":
            low, high = MIN_DURATION_S / 60.0, MAX_DURATION_S / 60.0
            return _with(slot, minutes=min(high, max(low, slot.minutes or 0.0)))
        case "bars":
            return _of_one_length(slot)
        case "transition.type":
            return _leading(slot, None, slot.transition.bars if slot.transition else None)
        case "transition.bars":
            return _leading_shorter(slot, limits.transition_bars)
    return _without(slot, field)


def _with(slot: Slot, **value: float) -> tuple[Slot, str]:
    return slot.model_copy(update=value), f"now {short(next(iter(value.values())))}"


def _without(slot: Slot, field: str) -> tuple[Slot, str]:
    return slot.model_copy(update={field: Slot.model_fields[field].default}), "left out"


def _within(bpm: float, tempos: tuple[float, float]) -> float:
    """The tempo brought into the set's range: half or double if that is in it, else its edge."""
    low, high = tempos
    octaves = [bpm * octave for octave in (2.0, 0.5) if low <= bpm * octave <= high]
    return octaves[0] if octaves else min(high, max(low, bpm))


def _worded(slot: Slot) -> tuple[Slot | None, str]:
    """The slot with a caption from its style or title; a cover without words keeps the music."""
    caption = words.joined(slot.style, limit=MAX_CAPTION) or words.joined(
        slot.title, limit=MAX_CAPTION
    )
    if slot.kind == "cover":
        caption = caption or _SAME_MUSIC
    if not caption and has_lines(slot.lyrics):
        caption = _SONG
    if not caption:
        return None, "nothing to play, and was left out"
    return slot.model_copy(update={"caption": caption}), f"now {short(caption)}"


def _windowed(slot: Slot, most_s: float | None) -> tuple[Slot, str]:
    """The slot with its windows in order, apart, and within what is repainted."""
    merged: list[tuple[float, float]] = []
    for window in sorted(slot.windows, key=lambda window: window.start_s):
        end_s = window.end_s if most_s is None else min(window.end_s, most_s)
        if merged and window.start_s < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        elif end_s - window.start_s >= MIN_WINDOW_S:
            merged.append((window.start_s, end_s))
    if merged:
        windows = tuple(Window(start_s=start_s, end_s=end_s) for start_s, end_s in merged)
        told = ", ".join(f"{window.start_s:g} to {window.end_s:g} s" for window in windows)
        return slot.model_copy(update={"windows": windows}), f"now {told}"
    update: dict[str, object] = {"repaint": None, "windows": ()}
    if isinstance(slot.repaint, str) and is_findable(slot.repaint):
        update |= {"track": slot.repaint}
        return slot.model_copy(update=update), "played as it is"
    return slot.model_copy(update=update), "made anew instead"


def _of_one_length(slot: Slot) -> tuple[Slot, str]:
    """The slot with bars or minutes, not both, that it can last."""
    if slot.bpm is None:
        return _without(slot, "bars")
    bar_s = slot.beats_per_bar * 60.0 / slot.bpm
    fewest, most = math.ceil(MIN_DURATION_S / bar_s), math.floor(MAX_DURATION_S / bar_s)
    bars = min(most, max(fewest, slot.bars or 1))
    if slot.minutes is None:
        return _with(slot, bars=bars)
    if bars == slot.bars:
        return slot.model_copy(update={"minutes": None}), "the bars count"
    return _without(slot, "bars")


def _leading(slot: Slot, type_: TransitionType | None, bars: Bars | None) -> tuple[Slot, str]:
    transition = Transition(type=type_, bars=bars) if type_ or bars else None
    told = " ".join(filter(None, (type_, f"{bars} bars" if bars else ""))) or "open"
    return slot.model_copy(update={"transition": transition}), f"now {told}"


def _leading_shorter(slot: Slot, most_bars: float) -> tuple[Slot, str]:
    fitting = [bars for bars in PHRASES if bars <= most_bars]
    type_ = slot.transition.type if slot.transition else None
    return _leading(slot, type_, fitting[-1] if fitting else None)
