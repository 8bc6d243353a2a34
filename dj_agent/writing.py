"""A setlist written down: the text that reads back as the same set.

Knows TOML and JSON as far as setlists need them. What is left open isn't written.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dj_agent.setlist import Setlist
from dj_agent.slot import Slot
from dj_agent.summary import clock

_WIDTH = 98


def as_json(setlist: Setlist) -> str:
    return json.dumps(setlist.planned(), ensure_ascii=False, indent=2) + "\n"


def as_toml(setlist: Setlist, remarks: Sequence[str] = ()) -> str:
    """The setlist as TOML, with these remarks above it; each slot is a table."""
    plan = setlist.planned()
    head = {name: value for name, value in plan.items() if name != "slots"}
    blocks = ["\n#\n".join(map(_comment, remarks)), "\n".join(_lines(head))]
    for slot, said in zip(setlist.slots, plan["slots"], strict=True):
        blocks.append("\n".join(["[[slots]]", *_slot_lines(slot, said)]))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _slot_lines(slot: Slot, said: Mapping[str, Any]) -> Iterator[str]:
    """A line for each field, the lyrics last; bars say how long they last."""
    for line in _lines(dict(sorted(said.items(), key=lambda field: field[0] == "lyrics"))):
        lasts = line.startswith("bars = ") and slot.duration_s
        yield f"{line}  # {clock(lasts)}" if lasts else line


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        yield f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case Mapping():
            return f"{{ {', '.join(_lines(value))} }}"
        case Sequence():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return repr(value).removesuffix(".0")


def _text(text: str) -> str:
    """A string that TOML reads as this text but for line breaks at its ends, which setlists drop.

    JSON's escapes are TOML's, too; what they don't escape and TOML forbids was cleaned away.
    """
    if "\n" not in text:
        return json.dumps(text, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return f'"""\n{escaped}\n"""'


def _comment(remark: str) -> str:
    lines = textwrap.wrap(remark, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)
