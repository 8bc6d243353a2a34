"""One slot of a draft, read to values that a slot may hold.

Knows what people and models mean by what they write in a slot. Whether the fields go together, and
what other slots are, is left to `engine.sets.drafts.mending` and `engine.sets.repair`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.fields import (
    MAX_CAPTION,
    MAX_EXTENSION_S,
    MAX_LYRICS,
    MAX_SOURCE_S,
    MAX_TITLE,
    MAX_WINDOWS,
    MIN_WINDOW_S,
)
from engine.sets.drafts import reading_values as values
from engine.sets.drafts import reading_words as words
from engine.sets.drafts.changes import LOCKED, Note, short
from engine.sets.drafts.outline import LINE
from engine.sets.drafts.slot_lines import read_line
from engine.sets.drafts.spellings import fold, slot_field
from engine.sets.drafts.written_fields import WrittenFields
from engine.sets.linting.kinds import has_lines, is_no_lyrics, says_something
from engine.sets.plan import MADE_OF, MAX_MINUTES
from engine.sets.references import is_findable

_MAX_STYLE = 60
_MAX_BARS = 2000
MAX_REF = 1024
_SIDES = {
    "end": "end", "after": "end", "right": "end", "back": "end", "outro": "end", "append": "end",
    "start": "start", "before": "start", "left": "start", "front": "start", "intro": "start",
    "beginning": "start", "prepend": "start",
}  # fmt: skip
_TASKS = {
    "cover": "cover", "remix": "cover", "restyle": "cover", "repaint": "repaint",
    "inpaint": "repaint", "extend": "extend", "outpaint": "extend", "continue": "extend",
    "track": "track", "file": "track", "library": "track",
}  # fmt: skip
_NUMBERED = re.compile(r"(?:the\s+)?(?:slot|track|song|nr|no|titel|#)\.?\s*#?(\d{1,3})")
_NAMES_A_SLOT = ("index", "track", "of", "title")
_WITHOUT_VOICE = ("instrumental", "none", "novocals", "instrumentalonly", "no", "withoutvocals")
_VOICES = ("instrumental", "vocals")
_ANYWHERE = ("bpm", "key", "energy", "transition", "transition_bars")
"""What means something in every slot, also one that is there already."""
LENGTHS = ("minutes", "duration", "duration_s", "duration_ms", "bars")


@dataclass(frozen=True, slots=True)
class DraftedSlot:
    place: int
    """Where it stood in the draft, from 0."""
    values: dict[str, object]
    """What `Slot` takes. References are numbers as they were written, or names."""
    notes: tuple[Note, ...]
    index: int | None
    """The number that it was given, if it was."""


def read_slot(
    entry: object, place: int, shared: Mapping[str, object], energy_scale: float
) -> DraftedSlot | None:
    """The slot that is meant; None if there is nothing to play in it.

    `shared` holds what the set says for all slots, `energy_scale` what its energies count up to.
    """
    fields = _written(entry, place)
    if fields is None:
        return None
    locked = bool(fields.read("locked", values.flag))
    index = _index(fields)
    read = {**_source(fields), **({"locked": True} if locked else {})}
    if not locked:
        _share(fields, read, shared)
    read |= _numbers(fields, 1.0 if locked and _is_share(fields) else energy_scale)
    read |= _lengths(fields, read)
    read |= _singing(fields)
    read |= _making(fields)
    read |= _description(fields, read, locked=locked)
    for name in list(fields.held):
        fields.note(name, f"{short(fields.pop(name))} has no use in this slot; left out")
    if not _plays(read):
        return None
    notes = (replace(note, what=f"{note.what}{LOCKED}") for note in fields.notes)
    return DraftedSlot(place, read, tuple(notes if locked else fields.notes), index)


def _written(entry: object, place: int) -> WrittenFields | None:
    """The fields of the slot by what they mean; None for what is no slot at all."""
    fields = WrittenFields(place)
    if isinstance(entry, str):
        fields.add(read_line(entry), slot_field)
        fields.note("slots", f"{short(entry)} was read as a slot")
        return fields
    if not isinstance(entry, Mapping):
        return None
    fields.add({name: held for name, held in entry.items() if name != LINE}, slot_field)
    told = entry.get(LINE)
    if isinstance(told, str):
        line = read_line(told, is_title=fields.has("caption"))
        fields.add({name: held for name, held in line.items() if not fields.has(name)}, slot_field)
    return fields


def _index(fields: WrittenFields) -> int | None:
    """The number that the slot was given, which some call its track."""
    for written, raw in fields.held.get("track", ()):
        if written == "track" and (isinstance(raw, int) or str(raw).strip().isdecimal()):
            fields.held["index"] = [(written, raw), *fields.held.get("index", [])]
            fields.pop("track")
            break
    return values.whole(fields.pop("index"))


def _share(fields: WrittenFields, read: Mapping[str, object], shared: Mapping[str, object]) -> None:
    """Fill in what the set says for all its slots, where the slot itself says nothing."""
    sings = has_lines(words.lyrics(fields.held.get("lyrics", [("", "")])[0][1], MAX_LYRICS))
    is_made = not any(read.get(kind) is not None for kind in ("track", *MADE_OF))
    said = {
        "lengths": any(map(fields.has, LENGTHS)) or not is_made,
        "voices": sings or fields.has("instrumental") or fields.has("vocals") or not is_made,
    }
    for name, value in shared.items():
        group = "lengths" if name in LENGTHS else "voices" if name in _VOICES else ""
        unsuited = (name == "language" and not sings) or (name not in _ANYWHERE and not is_made)
        if not said.get(group, fields.has(name)) and not unsuited:
            fields.held[name] = [(name, value)]
            fields.quiet.add(name)


def _source(fields: WrittenFields) -> dict[str, object]:
    """The track that the slot is, or what it is made of."""
    task = _TASKS.get(fold(str(fields.held.get("kind", [("", "")])[0][1])))
    fields.pop("kind")
    if task and fields.has("of") and not fields.has(task):
        fields.held[task] = [(task, fields.pop("of"))]
    read: dict[str, object] = {}
    for kind in MADE_OF:
        read[kind] = fields.read(kind, _reference)
    track = fields.held.get("track", [("", None)])[0][1]
    if isinstance(track, str) and not is_findable(track.strip()):
        name = words.line(fields.pop("track"), MAX_TITLE)
        fields.note("track", f"{short(name)} is neither an id nor a path; taken for a title")
        fields.held.setdefault("title", [("title", name)])
    else:
        read["track"] = fields.read("track", _path)
    return {name: value for name, value in read.items() if value is not None}


def _numbers(fields: WrittenFields, energy_scale: float) -> dict[str, object]:
    read = {
        "bpm": fields.read("bpm", values.tempo),
        "key": fields.read("key", words.key),
        "energy": fields.read("energy", lambda raw: values.share(raw, energy_scale)),
        "seed": fields.read("seed", values.seed),
        "time_signature": fields.read("time_signature", words.time_signature),
        "transition": _transition(fields),
    }
    return {name: value for name, value in read.items() if value is not None}


def _transition(fields: WrittenFields) -> dict[str, object] | None:
    told = fields.read("transition", words.transition)
    bars = fields.read("transition_bars", lambda raw: words.phrase(values.number(raw)))
    return told if bars is None else {"bars": bars, **(told or {})}


def _lengths(fields: WrittenFields, read: Mapping[str, object]) -> dict[str, object]:
    """`bars`, `minutes`, and for an extension `seconds`."""
    if "extend" in read:
        if not fields.has("seconds"):
            told = next((name for name in ("duration", "duration_s") if fields.has(name)), "")
            if told:
                fields.held["seconds"] = fields.held.pop(told)
        seconds = fields.read("seconds", _extension)
        return {} if seconds is None else {"seconds": seconds}
    if fields.has("seconds") and not fields.has("duration_s"):
        fields.held["duration_s"] = fields.held.pop("seconds")
    minutes = fields.read("minutes", _minutes)
    for name, unit_s in (("duration", None), ("duration_s", 1.0), ("duration_ms", 0.001)):
        if minutes is None:
            minutes = _read_length(fields, name, unit_s)
        else:
            fields.pop(name)
    bars = fields.read("bars", _bars)
    told = {"minutes": minutes, "bars": bars}
    return {name: value for name, value in told.items() if value is not None}


def _read_length(fields: WrittenFields, name: str, unit_s: float | None) -> float | None:
    raw = fields.pop(name)
    if raw is None:
        return None
    length_s = values.length_s(raw, unit_s)
    if length_s is None or not 0.0 < length_s <= MAX_MINUTES * 60.0:
        fields.note("minutes", f"{short(raw)} is no length; left open")
        return None
    minutes = round(length_s / 60.0, 4)
    fields.note("minutes", f"{name} {short(raw)} was read as {short(minutes)}")
    return minutes or None


def _singing(fields: WrittenFields) -> dict[str, object]:
    """Lyrics, their language, and whether anybody sings; a song never becomes an instrumental."""
    read: dict[str, object] = {}
    raw = fields.held.get("lyrics", [("", None)])[0][1]
    if isinstance(raw, str) and is_no_lyrics(raw):
        fields.note("lyrics", f"{short(fields.pop('lyrics'))} means that there are none")
        fields.held.setdefault("instrumental", [("instrumental", True)])
    if lyrics := fields.read("lyrics", lambda told: words.lyrics(told, MAX_LYRICS)):
        read["lyrics"] = lyrics
    if (language := fields.read("language", words.language)) is not None:
        read["language"] = language
    vocals = fields.pop("vocals")
    instrumental = fields.read("instrumental", _instrumental)
    if instrumental is None and vocals is not None:
        sung = values.flag(vocals)
        instrumental = not (sung if sung is not None else says_something(words.text(vocals)))
        if isinstance(vocals, str) and _instrumental(vocals):
            instrumental = True
        fields.note("instrumental", f"vocals {short(vocals)} was read as {short(instrumental)}")
    if instrumental and has_lines(lyrics or ""):
        fields.note("instrumental", "there are lines to sing, so it can't be; left out")
    elif instrumental is not None:
        read["instrumental"] = instrumental
    return read


def _instrumental(raw: object) -> bool | None:
    told = values.flag(raw)
    if told is None and isinstance(raw, str):
        word = fold(raw)
        return (
            True if word in _WITHOUT_VOICE else False if "voc" in word or "sing" in word else None
        )
    return told


def _making(fields: WrittenFields) -> dict[str, object]:
    """What covers, repaints and extensions may say besides."""
    start_s, end_s = fields.pop("start_s"), fields.pop("end_s")
    if not fields.has("windows") and start_s is not None and end_s is not None:
        fields.held["windows"] = [("start_s and end_s", [{"start_s": start_s, "end_s": end_s}])]
    read: dict[str, object] = {
        "similarity": fields.read("similarity", _share_of_any),
        "strength": fields.read("strength", _share_of_any),
        "windows": fields.read("windows", _windows),
        "snap_to_bars": fields.read("snap_to_bars", values.flag),
        "side": fields.read("side", lambda raw: _SIDES.get(fold(str(values.single(raw))))),
    }
    return {name: value for name, value in read.items() if value is not None}


def _description(
    fields: WrittenFields, read: Mapping[str, object], *, locked: bool
) -> dict[str, object]:
    """Title, style and caption; a caption that is missing comes from what else is said."""
    title = fields.read("title", lambda raw: words.line(raw, MAX_TITLE)) or ""
    artist = words.line(fields.pop("artist"), MAX_TITLE)
    if artist and not locked and artist.lower() not in title.lower():
        title = words.cut(" - ".join(filter(None, (artist, title))), MAX_TITLE)
        fields.note("title", f"the artist is part of it: {short(title)}")
    style = fields.read("style", lambda raw: words.line(raw, _MAX_STYLE)) or ""
    caption = fields.read("caption", _caption) or ""
    more = [words.line(fields.pop(name), MAX_CAPTION) for name in ("mood", "instruments")]
    longer = caption if locked else words.joined(caption, *more, limit=MAX_CAPTION)
    if longer != caption and caption:
        fields.note("caption", f"mood and instruments are part of it: {short(longer)}")
    if not says_something(longer) and not any(kind in read for kind in ("track", *MADE_OF)):
        sung = "song with vocals" if has_lines(str(read.get("lyrics", ""))) else ""
        longer = words.joined(style, *more, limit=MAX_CAPTION) or words.joined(
            title or sung, limit=MAX_CAPTION
        )
        if longer:
            fields.note("caption", f"was missing; {short(longer)} comes from the rest of the slot")
    told = {"title": title, "style": style, "caption": longer}
    return {name: value for name, value in told.items() if value}


def _caption(raw: object) -> str:
    told = words.line(raw, MAX_CAPTION)
    return told if says_something(told) else ""


def _plays(read: Mapping[str, object]) -> bool:
    return any(read.get(kind) not in (None, "") for kind in ("caption", "track", *MADE_OF))


def _is_share(fields: WrittenFields) -> bool:
    found = values.number(fields.held.get("energy", [("", None)])[0][1])
    return found is not None and 0.0 <= found <= 1.0


def _share_of_any(raw: object) -> float | None:
    return values.share(raw, values.scale_of([raw]))


def _reference(raw: object) -> int | str | None:
    """A slot's number as it was written, or a name."""
    if isinstance(raw, Mapping):
        raw = next((held for name, held in raw.items() if slot_field(name) in _NAMES_A_SLOT), None)
    raw = values.single(raw)
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return values.whole(raw)
    if not isinstance(raw, str) or not says_something(raw):
        return None
    name = raw.strip()[:MAX_REF]
    numbered = _NUMBERED.fullmatch(name.lower())
    return int(numbered[1]) if numbered else name


def _path(raw: object) -> str | None:
    raw = values.single(raw)
    return raw.strip()[:MAX_REF] if isinstance(raw, str) and says_something(raw) else None


def _minutes(raw: object) -> float | None:
    """Minutes; more than 20 that could be seconds are seconds."""
    found = values.single(raw)
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found <= 20:
        return found
    length_s = values.length_s(raw, longest=20.0)
    if length_s is None:
        return None
    return min(MAX_MINUTES, max(length_s / 60.0, 1e-3))


def _bars(raw: object) -> int | None:
    found = values.whole(raw)
    return None if found is None or found < 1 else min(found, _MAX_BARS)


def _extension(raw: object) -> float | None:
    length_s = values.length_s(raw, 1.0)
    return None if length_s is None else min(MAX_EXTENSION_S, max(1.0, length_s))


def _windows(raw: object) -> list[dict[str, float]] | None:
    """Windows from tables, pairs or texts like "0:30-0:45"; those that are none are left out."""
    if isinstance(raw, Mapping | str) or (isinstance(raw, list | tuple) and _is_pair(raw)):
        raw = [raw]
    if not isinstance(raw, list | tuple):
        return None
    found: list[dict[str, float]] = []
    for one in raw:
        edges = _edges(one)
        if edges and edges[1] - edges[0] >= MIN_WINDOW_S:
            found.append({"start_s": edges[0], "end_s": edges[1]})
    return found[:MAX_WINDOWS] or None


def _is_pair(raw: Sequence[object]) -> bool:
    return len(raw) == 2 and all(isinstance(one, int | float) for one in raw)


def _edges(raw: object) -> tuple[float, float] | None:
    if isinstance(raw, Mapping):
        raw = list(raw.values())
    if isinstance(raw, str):
        raw = re.split(r"\s*(?:-|–|to|bis)\s*", raw.strip())
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        return None
    low, high = (_moment(one) for one in raw)
    return None if low is None or high is None else (min(low, high), max(low, high))


def _moment(raw: object) -> float | None:
    """Seconds from the start of a track; unlike a length it may be 0."""
    found = values.length_s(raw, 1.0)
    if found is None:
        return 0.0 if values.number(raw) == 0 else None
    return min(found, MAX_SOURCE_S)
