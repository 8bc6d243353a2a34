"""What a draft says of the set as a whole, and what it says once for all slots.

Knows what people and models mean by what they write around the slots; reads no slots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.fields import MAX_TITLE
from engine.sets.drafts import reading_values as values
from engine.sets.drafts import reading_words as words
from engine.sets.drafts.changes import Note
from engine.sets.drafts.spellings import fold, set_field, slot_field
from engine.sets.drafts.written_fields import WrittenFields
from engine.sets.plan import MAX_MINUTES

MAX_BRIEF = 2000
_SHARED = frozenset(
    {"style", "bpm", "key", "duration", "duration_s", "duration_ms", "bars", "time_signature",
     "language", "instrumental", "vocals", "energy", "transition", "transition_bars", "mood",
     "instruments"}
)  # fmt: skip
"""What may be said once for all slots."""
_EACH = "each "
"""What the meaning of a field begins with that is meant for all slots."""
_LONGEST_MINUTES = 480.0
"""A bare number above is the set's length in seconds."""
_LONGEST_SLOT = 10.0
_ORDERS = {
    "kept": "kept", "fixed": "kept", "asis": "kept", "aswritten": "kept", "strict": "kept",
    "sequential": "kept", "free": "free", "any": "free", "auto": "free", "shuffle": "free",
    "shuffled": "free", "random": "free", "flexible": "free", "optimize": "free",
}  # fmt: skip
_RENDERER = re.compile(r"[a-z][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class DraftedSet:
    values: dict[str, object]
    """What `SetPlan` takes, but for the slots."""
    shared: dict[str, object]
    """What is meant for every slot that doesn't say it, by its meaning, as it was written."""
    count: int | None
    """How many slots were announced."""
    notes: tuple[Note, ...]


def read_set(entries: Mapping[str, object]) -> DraftedSet:
    """What these entries mean, which stood beside the slots."""
    fields = WrittenFields(None)
    plain: dict[str, object] = {}
    for name, value in entries.items():
        if set_field(str(name)) == "settings" and isinstance(value, Mapping):
            fields.add(value, _meaning_in_settings(value))
        else:
            plain[str(name)] = value
    fields.add(plain, _meaning)
    fields.pop("settings")
    count = values.whole(fields.pop("count"))
    shared = dict(_shared(fields))
    read = {
        "title": fields.read("title", lambda raw: words.line(raw, MAX_TITLE)),
        "brief": fields.read("brief", lambda raw: words.cut(words.text(raw), MAX_BRIEF)),
        "minutes": _minutes(fields),
        "bpm": _tempos(fields, shared),
        "arc": _arc(fields, shared),
        "order": fields.read("order", lambda raw: _ORDERS.get(fold(str(raw)))),
        "renderer": fields.read("renderer", _renderer),
        "seed": fields.read("seed", values.seed),
    }
    version = fields.pop("version")
    if version is not None and version != 1:
        fields.note("version", "1 is the only one there is")
    if shared:
        fields.note("slots", f"{', '.join(shared)} went to every slot that doesn't say it")
    told: dict[str, object] = {name: value for name, value in read.items() if value is not None}
    return DraftedSet(told, shared, count, tuple(fields.notes))


def _meaning(name: str) -> str | None:
    meant = set_field(name)
    if meant is None and (shared := slot_field(name)) in _SHARED:
        return f"{_EACH}{shared}"
    return meant


def _meaning_in_settings(settings: Mapping[str, object]) -> Callable[[str], str | None]:
    """In a block of settings a length is that of every slot, unless no slot can be so long."""

    def meaning(name: str) -> str | None:
        shared = slot_field(name)
        if shared == "minutes" and (values.number(settings.get(name)) or 0.0) <= _LONGEST_SLOT:
            return f"{_EACH}minutes"
        return f"{_EACH}{shared}" if shared in _SHARED and shared != "bpm" else set_field(name)

    return meaning


def _shared(fields: WrittenFields) -> Iterator[tuple[str, object]]:
    for meant in [meant for meant in fields.held if meant.startswith(_EACH)]:
        yield meant.removeprefix(_EACH), fields.pop(meant)


def _minutes(fields: WrittenFields) -> float | None:
    minutes = fields.read("minutes", _read_minutes)
    other = fields.read("minutes_s", lambda raw: _clamped(values.length_s(raw, 1.0)))
    return other if minutes is None else minutes


def _read_minutes(raw: object) -> float | None:
    found = values.single(raw)
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if is_number and 0 < found <= _LONGEST_MINUTES:
        return found
    return _clamped(values.length_s(raw, longest=_LONGEST_MINUTES))


def _clamped(length_s: float | None) -> float | None:
    return None if not length_s else min(MAX_MINUTES, max(0.1, round(length_s / 60.0, 4)))


def _tempos(fields: WrittenFields, shared: dict[str, object]) -> tuple[float, float] | None:
    """The range of tempos; a single one is meant for every slot."""
    ends = [fields.read(name, values.tempo) for name in ("bpm_low", "bpm_high")]
    raw = fields.held.get("bpm", [("", None)])[0][1]
    if raw is not None and values.span(raw) is None and values.tempo(raw) is not None:
        shared.setdefault("bpm", fields.pop("bpm"))
    if found := fields.read("bpm", _range):
        return found
    low, high = ends
    return None if low is None or high is None else (min(low, high), max(low, high))


def _range(raw: object) -> tuple[float, float] | None:
    if isinstance(raw, list | tuple) and len(raw) == 2:
        low, high = (values.tempo(one) for one in raw)
    else:
        low, high = (values.tempo(one) for one in values.span(raw) or (None, None))
    return None if low is None or high is None else (low, high)


def _arc(fields: WrittenFields, shared: dict[str, object]) -> str | None:
    arc = fields.read("arc", words.arc)
    energy = shared.get("energy")
    if arc is None and isinstance(energy, str) and (arc := words.arc(energy)):
        del shared["energy"]
        fields.note("arc", f"the energy of the set was read as {arc!r}")
    return arc


def _renderer(raw: object) -> str | None:
    name = str(raw).strip().lower()
    return name if _RENDERER.fullmatch(name) else None
