"""Numbers and choices as people read them: one way to write each, with its unit.

Knows spelling; what is good or poor is `engine.sets.page.verdicts`' to say.
"""

from __future__ import annotations

from engine.sets.plan import TransitionType
from engine.sets.report import Decision, KeyRelation

UNKNOWN = "–"
ARROW = " → "

TYPES: dict[TransitionType, str] = {
    "blend": "Blend",
    "filter": "Filter",
    "echo_out": "Echo out",
    "cut": "Cut",
    "drop_in": "Drop in",
    "fade": "Fade",
    "bridge": "Bridge",
}
DECISIONS: dict[Decision, str] = {
    "accepted": "Made, and taken as it is",
    "retimed": "Made, then retimed to the set",
    "shifted": "Made, then shifted in pitch",
    "retimed and shifted": "Made, then retimed and shifted in pitch",
    "given": "Given, not made here",
    "failed": "Failed; the set goes on without it",
}
RELATIONS: dict[KeyRelation, str] = {
    "same": "the same key",
    "adjacent": "adjacent, a fifth apart",
    "relative": "relative major and minor",
    "diagonal": "diagonal on the wheel",
    "boost": "an energy boost, a tone up",
    "clash": "a clash",
    "unknown": "not known",
}
ARCS = {
    "build": "builds up",
    "wave": "comes in waves",
    "peak": "rises to a peak and falls",
    "wind_down": "winds down",
    "journey": "is a journey",
    "static": "stays level",
}


def number(value: float | None, places: int, unit: str = "", signed: bool = False) -> str:
    """`−14.0 LUFS`, `+1.5 %`; a dash for None."""
    if value is None:
        return UNKNOWN
    rounded = round(value, places) + 0.0  # no negative nought
    text = f"{rounded:{'+' if signed else ''}.{places}f}".replace("-", "−")
    return f"{text} {unit}" if unit else text


def short(value: float | None, places: int = 2) -> str:
    """A number with no more digits than it needs: `124`, `123.79`."""
    text = number(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def clock(seconds: float | None) -> str:
    """`4:05`, `1:02:09`; a dash for None."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def share(value: float | None, signed: bool = False) -> str:
    """A share of one as per cent."""
    return number(None if value is None else 100.0 * value, 0 if not signed else 1, "%", signed)


def count(things: int, one: str, many: str = "") -> str:
    """`1 track`, `8 tracks`."""
    return f"{things} {one if things == 1 else many or one + 's'}"


def length(bars: int) -> str:
    """How long a transition is, after its type: ` over 16 bars`."""
    return f" over {count(bars, 'bar')}" if bars else ""
