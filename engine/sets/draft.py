"""A draft of a set, from whatever a language model or a person wrote, to plain values.

Finds the set in the text: JSON or TOML, with prose and fences around it, cut short or slightly
wrong; or, as a best effort, YAML and Markdown. Nothing is evaluated. What the fields mean is
`engine.sets.repair`'s to say.
"""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from engine.errors import InvalidRequest
from engine.sets.drafts.loose_json import MAX_NESTING, Unreadable, read_value, too_deep
from engine.sets.drafts.outline import read_outline
from engine.sets.drafts.shapes import find_set, looks_like_slot

MAX_DRAFT_BYTES = 1_000_000

_FENCE = re.compile(
    r"^[ \t>]*(```+|~~~+)[^\n]*\n(.*?)(?:^[ \t>]*\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_THOUGHT = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_MAX_FENCES = 50
_OPENING = re.compile(r"[{\[]")
_MAX_OPENINGS = 50
"""Places that are tried for a value; each may read the text to its end."""
_WHOLE, _LINES, _ALONE = 3, 2, 1
"""How much of a set something looks: a list of slots, slots line by line, or a slot by itself."""
_SMART = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Values that were read from a part of the text, and how much they look like a set."""

    value: object
    rank: int
    """`_WHOLE`, `_LINES` or `_ALONE`."""


def read_draft(text: str) -> object:
    """The values of the set in this text: mappings, lists, strings, numbers, bools and None.

    Where there are several the last whole set counts, a list of slots before a slot alone. Raises
    `InvalidRequest` (field `plan`) if there is nothing like a set in it, or if it is longer than
    1 MB or nested more than 40 deep.
    """
    if len(text) > MAX_DRAFT_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_DRAFT_BYTES:
        raise InvalidRequest(
            "plan: is longer than 1 MB; send only the set, as JSON or TOML.", field="plan"
        )
    text = _after_thoughts(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    fences = [fence[2] for fence in _FENCE.finditer(text)][-_MAX_FENCES:]
    best = _best(chain.from_iterable(map(_candidates, fences)))
    if best is None or best.rank < _WHOLE:
        best = _best([*_candidates(text), *([best] if best else [])])
    if best is None:
        raise InvalidRequest(
            "plan: there is no set in this text; write JSON or TOML with a list of slots, each "
            'with a caption, like {"slots": [{"caption": "warm deep house"}]}.',
            field="plan",
        )
    return best.value


def _after_thoughts(text: str) -> str:
    """What follows the thoughts of models that write them down, if anything does."""
    answer = _THOUGHT.split(text)[-1]
    return answer if answer.strip() else text


def _best(candidates: Iterable[_Candidate]) -> _Candidate | None:
    """The last of those that look most like a set."""
    return max(reversed(list(candidates)), key=lambda found: found.rank, default=None)


def _candidates(part: str) -> Iterator[_Candidate]:
    """What may be a set in this part of the text, in the order in which it is written."""
    if (value := _toml(part)) is not None:
        yield _Candidate(value, _WHOLE)
        return
    alone: list[object] = []
    is_whole = False
    for value in _values(part):
        shape = find_set(value)
        if shape and shape.is_listed:
            is_whole = True
            yield _Candidate(value, _WHOLE)
        elif shape:
            yield _Candidate(value, _ALONE)
        if looks_like_slot(value) and not (shape and shape.is_listed):
            alone.append(value)
    if is_whole:
        return
    if len(alone) > 1:
        yield _Candidate(alone, _LINES)
    if (value := read_outline(part)) is not None:
        yield _Candidate(value, _LINES)


def _toml(part: str) -> object:
    for text in (part, part.translate(_SMART)):
        try:
            values = tomllib.loads(text)
        except (ValueError, RecursionError):  # TOMLDecodeError, or a number that is too long
            continue
        if (shape := find_set(values)) and shape.is_listed:
            _refuse_deep(values)
            return _plain(values)
    return None


def _values(part: str) -> Iterator[object]:
    """The JSON-like values that are in the text, one after another."""
    if part.lstrip()[:1] in ('"', "'"):  # a string that holds JSON, or a set without its braces
        for text in (part, "{" + part):
            quoted = list(_read(text.lstrip(), 0)[0])
            if any(map(find_set, quoted)):
                yield from quoted
                return
    position = 0
    for _ in range(_MAX_OPENINGS):
        opening = _OPENING.search(part, position)
        if opening is None:
            return
        values, end = _read(part, opening.start())
        yield from values
        position = end if any(map(find_set, values)) else opening.start() + 1


def _read(text: str, start: int) -> tuple[list[object], int]:
    """The value that begins there, after what its strings hold if that is JSON, as in the calls of
    tools; and where it ends."""
    try:
        found = read_value(text, start)
    except Unreadable:
        return [], start
    value = found.value
    strings = value.values() if isinstance(value, dict) else [value]
    inner = [
        _read(held.lstrip(), 0)[0]
        for held in strings
        if isinstance(held, str) and held.lstrip()[:1] in ("{", "[")
    ]
    return [*chain.from_iterable(inner), value], found.end


def _refuse_deep(value: object) -> None:
    level = [value]
    for _ in range(MAX_NESTING + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise too_deep()


def _plain(value: object) -> object:
    """TOML has dates and infinities, which JSON hasn't."""
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
