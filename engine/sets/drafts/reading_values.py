"""Numbers, lengths, tempos, shares and yes or no, however they were written.

Each function takes a plain value and gives what is meant, or None if that can't be told. Knows how
people and models write values; which field they stand in is the caller's to know.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from engine.fields import MAX_BPM, MAX_SEED, MIN_BPM

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,]\d+)?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_SPAN = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*"
    r"(hours?|hrs?|h|stunden?|std|minutes?|minuten?|mins?|m|seconds?|sekunden?|secs?|sek|s|''|\"|'|ms)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:bpm)?\s*(?:-|–|—|to|bis|\.\.+|/|~)\s*(\d+(?:[.,]\d+)?)"
)
_OUT_OF = re.compile(r"([\d.,]+)\s*(?:/|out of|von|of)\s*([\d.,]+)")
_YES = frozenset({"true", "yes", "y", "on", "1", "ja", "wahr", "x", "✓", "✔"})
_NO = frozenset({"false", "no", "n", "off", "0", "nein", "falsch", "none", "✗", "✘"})
_LEVELS = {
    "very low": 0.1, "minimal": 0.1, "low": 0.25, "calm": 0.2, "chill": 0.2, "ambient": 0.15,
    "soft": 0.25, "gentle": 0.25, "relaxed": 0.25, "mellow": 0.3, "warm up": 0.35, "warmup": 0.35,
    "medium low": 0.4, "low medium": 0.4, "medium": 0.5, "mid": 0.5, "middle": 0.5,
    "moderate": 0.5, "mittel": 0.5, "steady": 0.5, "building": 0.6, "rising": 0.6,
    "medium high": 0.65, "mid high": 0.65, "driving": 0.75, "high": 0.8, "hoch": 0.8,
    "energetic": 0.8, "intense": 0.85, "very high": 0.95, "extreme": 0.95, "peak": 1.0,
    "max": 1.0, "maximum": 1.0, "full": 1.0, "niedrig": 0.25, "tief": 0.25,
}  # fmt: skip
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "'": 60.0, '"': 1.0}


def single(value: object) -> object:
    """The value itself, or the first of a list of them."""
    while isinstance(value, Sequence) and not isinstance(value, str):
        value = next((one for one in value if one not in (None, "")), None)
    return value


def number(value: object) -> float | None:
    """A finite number: 128, "128", "128 BPM", "1,5", "about 3"; True is none."""
    value = single(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None
    if not isinstance(value, str):
        return None
    if grouped := _GROUPED.fullmatch(value.strip()):
        return float(grouped[0].replace(",", ""))
    if found := _NUMBER.search(value):
        return _float(found[0])
    return None


def whole(value: object) -> int | None:
    found = number(value)
    return None if found is None else round(found)


def seed(value: object) -> int | None:
    """A seed; None for -1 and whatever else means that one is to be drawn."""
    value = single(value)
    if isinstance(value, bool):
        return None
    found = value if isinstance(value, int) else whole(value)
    return None if found is None or found < 0 else found % (MAX_SEED + 1)


def flag(value: object) -> bool | None:
    value = single(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return {0: False, 1: True}.get(value)
    if isinstance(value, str):
        word = value.strip().strip(".!").lower()
        return True if word in _YES else False if word in _NO else None
    return None


def span(value: object) -> tuple[float, float] | None:
    """Two numbers, the lower one first: [118, 124], "118-124", {"min": 118, "max": 124}."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        found = _RANGE.search(value)
        value = [found[1], found[2]] if found else []
    if not isinstance(value, Sequence) or len(value) != 2:
        return None
    low, high = (number(one) for one in value)
    return None if low is None or high is None else (min(low, high), max(low, high))


def tempo(value: object) -> float | None:
    """A tempo within what is allowed: of a range its middle; half or double if that was meant."""
    ends = span(value)
    bpm = round(sum(ends) / 2, 6) if ends else number(value)
    if bpm is None:
        return None
    if MAX_BPM < bpm <= 2 * MAX_BPM:
        bpm /= 2
    if MIN_BPM / 2 <= bpm < MIN_BPM:
        bpm *= 2
    return bpm if MIN_BPM <= bpm <= MAX_BPM else None


def length_s(value: object, unit_s: float | None = None, longest: float = 20.0) -> float | None:
    """A length in seconds: "3:30", "3 min", "PT3M30S", 210.

    A bare number counts `unit_s`. Where that is None it is minutes up to `longest`, else seconds.
    """
    value = single(value)
    if isinstance(value, str) and (told := _told_s(value.strip())) is not None:
        return told
    bare = number(value)
    if bare is None or bare <= 0:
        return None
    return bare * (unit_s or (60.0 if bare <= longest else 1.0))


def share(value: object, scale: float = 1.0) -> float | None:
    """From 0 to 1: 0.7, "70%", "7/10", "high", or a number that counts up to `scale`."""
    value = single(value)
    if isinstance(value, str):
        if out_of := _OUT_OF.fullmatch(value.strip()):
            part, all_ = _float(out_of[1]), _float(out_of[2])
            return _clamped(round(part / all_, 6)) if part is not None and all_ else None
        if value.strip().endswith("%"):
            scale = 100.0
        words = re.sub(r"[\W_]+", " ", value).strip().lower().removesuffix(" energy")
        if words in _LEVELS:
            return _LEVELS[words]
    found = number(value)
    return None if found is None else _clamped(round(found / scale, 6) if scale != 1.0 else found)


def scale_of(values: Sequence[object]) -> float:
    """Up to what the numbers of a set count that should be shares: 1, 10 or 100."""
    numbers = [one for value in values if (one := _plain(value)) is not None]
    top = max(numbers, default=0.0)
    return 1.0 if top <= 1.0 else 10.0 if top <= 10.0 else 100.0


def _plain(value: object) -> float | None:
    is_plain = not isinstance(value, str) or bool(_NUMBER.fullmatch(value.strip()))
    return number(value) if is_plain else None


def _told_s(text: str) -> float | None:
    """Seconds of a text that says its unit."""
    if clock := _CLOCK.match(text):
        return int(clock[1] or 0) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3])
    if (iso := _ISO.fullmatch(text)) and len(text) > 2:
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * 3600.0 + minutes * 60.0 + seconds
    parts = _SPAN.findall(text)
    if not parts:
        return None
    total = 0.0
    for amount, unit in parts:
        size = 0.001 if unit.lower() == "ms" else 1.0 if unit == "''" else _UNIT_S[unit[0].lower()]
        total += (_float(amount) or 0.0) * size
    return total if 0.0 < total < 1e9 else None


def _float(text: str) -> float | None:
    try:
        found = float(
            text.strip(".,").replace(",", ".") if text[:1] not in ".," else f"0.{text[1:]}"
        )
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))
