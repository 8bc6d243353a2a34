"""The command `dj-agent plan`: from words to a setlist file that can be changed and played.

The studio plans; this writes it down.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dj_agent.answers import Planned
from dj_agent.drafts import put
from dj_agent.setlist import Setlist
from dj_agent.slot import Slot
from dj_agent.summary import clock, count
from dj_agent.toolbox import open_toolbox
from dj_agent.trouble import Trouble
from dj_agent.writing import as_json, as_toml

_DONE, _FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a set is to be: in words, and how long and how the energy goes if the words don't."""

    brief: str
    minutes: float | None = None
    arc: str | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """What was said besides the words."""
        others = {"minutes": self.minutes, "arc": self.arc}
        return {name: value for name, value in others.items() if value is not None}


def plan(wishes: Wishes, out: Path | None, environ: Mapping[str, str]) -> int:
    """Plan the set and write its file, or print it; the exit code."""
    try:
        planned = asyncio.run(_planned(wishes, environ))
    except Trouble as error:
        _say(error.message)
        return _FAILED
    try:
        setlist = _setlist(wishes, planned)
    except ValidationError:
        _say("The studio's plan can't be written down; is it another version of dj-agent?")
        return _FAILED
    length = f"{count(len(setlist.slots), 'slot')}, about {clock(planned.minutes * 60)}"
    notes = [f"Note: {note}" for note in planned.notes]
    if out is not None and out.suffix.lower() == ".json":
        text = as_json(setlist)
    else:
        how = "Change what you like; what you take out is chosen anew when it is played."
        text = as_toml(setlist, [f"Planned from a brief: {length}. {how}", *notes])
    if out is None:
        sys.stdout.write(text)
        _say("To play it, put it into a file: dj-agent play FILE")
        return _DONE
    try:
        put(out, lambda draft: draft.write_text(text, encoding="utf-8"))
    except OSError as error:
        _say(f"{out} can't be written: {error.strerror}.")
        return _FAILED
    _say(
        f"{setlist.title}: {length}.", *notes, f"To play it: dj-agent play {shlex.quote(str(out))}"
    )
    return _DONE


async def _planned(wishes: Wishes, environ: Mapping[str, str]) -> Planned:
    async with open_toolbox(None, environ) as toolbox:
        return await toolbox.plan_set({"brief": wishes.brief, **wishes.stated})


def _setlist(wishes: Wishes, planned: Planned) -> Setlist:
    """The plan as a setlist. Raises `ValidationError` if it is none."""
    said = {"arc": planned.arc, **wishes.stated, "title": planned.title, "brief": wishes.brief}
    slots = [_slot(slot) for slot in planned.slots]
    return Setlist.model_validate({"version": 1, **said, "slots": slots})


def _slot(planned: Mapping[str, Any]) -> Slot:
    said = {name: value for name, value in planned.items() if name in Slot.model_fields}
    if "bars" not in said and "duration_s" in planned and Slot(**said).kind == "caption":
        said["minutes"] = planned["duration_s"] / 60
    return Slot.model_validate(said)


def _say(*sentences: str) -> None:
    """On stderr, so that stdout holds nothing but a setlist."""
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
