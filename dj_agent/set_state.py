"""Where the set stands: the plan, what was made of it, and what is still being made.

Kept beside the conversation, so that shortening that loses none of it. Learned from what tools
answer; text in those answers is cleaned, for it may come from strangers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from dj_agent.answers import FinishedSet, Text
from dj_agent.summary import clock
from dj_agent.text import one_line
from prompts import load

_MOST_SLOTS = 24
"""So many slots of a plan are shown; of a longer one, the first and the last."""
_SHOWN = 80


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlanSlot(_Known):
    slot: int
    title: Text = ""
    caption: Text = ""
    bpm: float | None = None
    key: Text | None = None
    duration_s: float | None = None
    energy: float | None = None


class Plan(_Known):
    plan_id: Text
    title: Text = ""
    minutes: float
    arc: Text | None = None
    slots: tuple[PlanSlot, ...]


class SetState(_Known):
    """What is known of the set. Nothing, to begin with."""

    plan: Plan | None = None
    made: FinishedSet | None = None
    """The last set that was rendered."""
    made_of: Text | None = None
    """The id of the plan that it was rendered from."""
    job_id: Text | None = None
    """A job that was still running when it was last looked at."""

    def after(self, arguments: Mapping[str, Any], data: Mapping[str, Any] | None) -> SetState:
        """The state once a tool that was called with these arguments has answered this."""
        if data is None:
            return self
        try:
            if "plan_id" in data:
                return self.model_copy(update={"plan": Plan.model_validate(data)})
            update = self._of_job(data)
            if data.get("set_made") is not None:
                update["made"] = FinishedSet.model_validate(data["set_made"])
                update["made_of"] = self._source(arguments)
        except ValidationError:  # another version of the studio: nothing to be learned
            return self
        return self.model_copy(update=update)

    def _of_job(self, data: Mapping[str, Any]) -> dict[str, Any]:
        job_id, status = data.get("job_id"), data.get("status")
        if not isinstance(job_id, str):
            return {}
        if status in ("queued", "running"):
            return {"job_id": one_line(job_id, _SHOWN)}
        return {"job_id": None} if job_id == self.job_id else {}

    def _source(self, arguments: Mapping[str, Any]) -> str | None:
        asked = arguments.get("plan")
        if isinstance(asked, str) and self.plan and asked.strip() == self.plan.plan_id:
            return self.plan.plan_id
        return None

    @property
    def block(self) -> str:
        """What a model is told of it before each turn; nothing if nothing is known."""
        lines = list(self._lines())
        return load("dj_state", state="\n".join(lines)) if lines else ""

    def _lines(self) -> Iterator[str]:
        if plan := self.plan:
            facts = f"{len(plan.slots)} slots, about {plan.minutes:.0f} min, arc {plan.arc}"
            yield f'plan {plan.plan_id} "{one_line(plan.title, _SHOWN)}": {facts}'
            yield from _slot_lines(plan.slots)
        if made := self.made:
            of = f" of {self.made_of}" if self.made_of else ""
            yield f"last set{of}: {clock(made.duration_s)}, {made.loudness_lufs:.1f} LUFS"
            yield f"folder: {one_line(made.folder, 300)}; mix: {made.files[0]}"
            yield from _weak(made)
        if self.job_id:
            yield f"still running when last looked at: {self.job_id}"


def without_block(text: str) -> str:
    """The person's own words in a message that begins with such a block."""
    opening = load("dj_state", state="").partition("\n")[0]
    return text.partition("\n\n")[2] if text.startswith(opening) else text


def _slot_lines(slots: tuple[PlanSlot, ...]) -> Iterator[str]:
    half = _MOST_SLOTS // 2
    left_out = len(slots) - _MOST_SLOTS
    for place, slot in enumerate(slots):
        if left_out > 0 and half <= place < half + left_out:
            if place == half:
                yield f"({left_out} more)"
            continue
        facts = [f'{slot.slot}. "{one_line(slot.title, 40)}"', one_line(slot.caption, 60)]
        facts += [f"{slot.bpm:g} bpm"] if slot.bpm else []
        facts += [slot.key] if slot.key else []
        facts += [clock(slot.duration_s)] if slot.duration_s else []
        facts += [f"energy {slot.energy:.2f}"] if slot.energy is not None else []
        yield " · ".join(filter(None, facts))


def _weak(made: FinishedSet) -> Iterator[str]:
    """What fell short in a set, as its report has it; the first few."""
    short = [
        f"slot {slot.slot} {slot.decision}: {one_line('; '.join(slot.warnings), 120)}"
        for slot in made.slots
        if slot.failed or slot.warnings
    ]
    short += [
        f"{join.from_slot} to {join.to_slot}: keys clash"
        for join in made.transitions
        if join.key_relation == "clash"
    ]
    short += [one_line(note, 160) for note in made.notes]
    yield from short[:8]
    if len(short) > 8:
        yield f"({len(short) - 8} more in its report)"
