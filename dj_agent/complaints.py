"""What is wrong with a setlist file, said so that the writer knows what to change.

Turns pydantic's findings into one sentence each: where, what was found, and what to write instead.
Knows the fields' meanings in words; their limits are enforced by `dj_agent.slot` and
`dj_agent.setlist`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from dj_agent.text import one_line

Place = tuple[int | str, ...]
Fields = Mapping[str, Sequence[str]]
"""The fields there are in the file (`""`), and in each kind of table in it: `"slots"`, …"""

_WRITE = {
    "version": "1",
    "title": "a name of at most 80 characters",
    "brief": "a few sentences, at most 2000 characters",
    "minutes": "the length of the set, like 60",
    "bpm": "the slowest and the fastest tempo, like [118, 124]",
    "arc": "'build', 'wave', 'peak', 'wind_down', 'journey' or 'static'",
    "order": "'kept', or 'free' to have the slots put in the order that mixes best",
    "renderer": "a renderer's name, like 'sketch', or leave it out",
    "seed": "a whole number from 0 to 4294967295",
    "slots": "a [[slots]] table for each track, at most 200",
    "slots.title": "a name of at most 80 characters",
    "slots.caption": "at most 512 characters, like 'warm deep house with soft pads'",
    "slots.track": "the path of an audio file or a track's id",
    "slots.style": "a style's name, like 'deep house'",
    "slots.bpm": "a tempo from 30 to 300, like 122",
    "slots.key": "a key, like 'A minor', 'F# minor', 'Bb major' or '8A'",
    "slots.minutes": "a length from 0.17 to 10, like 3.5",
    "slots.bars": "a whole number, like 96",
    "slots.lyrics": "at most 4096 characters, lines with tags like [Verse]",
    "slots.language": "a code like 'en', 'de' or 'ja'",
    "slots.instrumental": "true or false",
    "slots.time_signature": "'2/4', '3/4', '4/4' or '6/8'",
    "slots.energy": "a number from 0 (nearly nothing) to 1 (the peak of the night)",
    "slots.similarity": "a number from 0 (a new arrangement) to 1 (melody and accents kept)",
    "slots.start_s": "seconds from the start of the source, at most 1800",
    "slots.end_s": "seconds from the start of the source, at most 1800",
    "slots.windows": "at most 16 windows, like [{ start_s = 60, end_s = 75 }]",
    "slots.windows.start_s": "seconds from the start of the source, at most 1800",
    "slots.windows.end_s": "seconds from the start of the source, at most 1800",
    "slots.strength": "a number from 0 (close to what was there) to 1 (all new)",
    "slots.snap_to_bars": "true or false",
    "slots.seconds": "about how much more, from 1 to 300",
    "slots.side": "'end' or 'start'",
    "slots.seed": "a whole number from 0 to 4294967295",
    "slots.locked": "true or false",
    "slots.transition": "a table, like { type = 'blend', bars = 16 }",
    "slots.transition.type": (
        "'blend', 'filter', 'echo_out', 'cut', 'drop_in', 'fade' or 'bridge'"
    ),
    "slots.transition.bars": "4, 8, 16 or 32",
}
_MEANT = {
    "tempo": "bpm", "prompt": "caption", "description": "caption", "file": "track",
    "path": "track", "genre": "style", "duration": "minutes", "duration_s": "minutes",
    "length": "minutes", "name": "title", "meter": "time_signature", "tracks": "slots",
    "remix": "cover", "inpaint": "repaint", "outpaint": "extend", "continue": "extend",
    "intensity": "energy", "curve": "arc", "mix": "transition",
    "window": "windows", "after_s": "seconds", "before_s": "seconds",
}  # fmt: skip


_SELF_SAID = ("", "track", "cover", "repaint", "extend")
"""Fields whose finding is a sentence already; the empty one is a slot as a whole."""


def complaints(error: ValidationError, fields: Fields) -> list[str]:
    """One sentence for each field that is wrong."""
    sentences: dict[Place, str] = {}
    for finding in error.errors(include_url=False):
        place: Place = finding["loc"]
        if place == ("slots",) and finding["type"] == "too_short" and finding["input"]:
            continue  # pydantic counts only the slots that are right
        field = place[:1] if place[:1] == ("bpm",) else place
        sentences.setdefault(field, _sentence(finding, fields))
    return list(sentences.values())


def _sentence(finding: Any, fields: Fields) -> str:
    place: Place = finding["loc"]
    if not place:
        return "The file holds no setlist; begin with version = 1 and a [[slots]] table."
    names = [step for step in place if isinstance(step, str)]
    in_slot = len(place) > 1 and place[0] == "slots"
    where = f"slot {int(place[1]) + 1}: " if in_slot else ""
    shown = ".".join(names[1:] if in_slot else names)
    if finding["type"] == "extra_forbidden":
        known = fields[next((name for name in reversed(names[:-1]) if name in fields), "")]
        return f"{where}{one_line(shown, 60)}: unknown; {_suggestion(names[-1], known)}"
    if in_slot and finding["type"] == "value_error" and shown in _SELF_SAID:
        return f"{where}{finding['ctx']['error']}."
    write = _WRITE[".".join(names)]
    if finding["type"] == "missing":
        return f"{where}{shown}: missing; write {write}."
    found = f"{shown}: {_short(finding['input'])}" if shown else _short(finding["input"])
    return f"{where}{found} won't do; write {write}."


def _suggestion(field: str, known: Sequence[str]) -> str:
    meant = _MEANT.get(field, field)
    close = get_close_matches(meant, known, n=1)
    return f"did you mean {close[0]}?" if close else f"the fields are {', '.join(known)}."


def _short(value: object) -> str:
    return one_line(repr(value), 40)
