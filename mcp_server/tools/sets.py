"""Tools that plan sets and render them."""

from __future__ import annotations

import json
from typing import Annotated

from anyio.to_thread import run_sync
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine import RenderSetRequest, Wishes, checked
from engine.requests import MixFormat
from engine.sets.plan import MAX_MINUTES, ArcName
from mcp_server.replies import job_reply
from mcp_server.sets import plan_reply
from mcp_server.tool import DERIVES, READS, Call, Reply, Tool
from mcp_server.views import PlanResult, SetResult
from mcp_server.waiting import watch


def _as_text(plan: object) -> object:
    """A plan that a client sent as an object, as the text that it stands for."""
    return json.dumps(plan) if isinstance(plan, dict | list) else plan


_Plan = Annotated[str, Field(max_length=200_000), BeforeValidator(_as_text)]


class PlanSet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    brief: Annotated[str, Field(max_length=2000)] = ""
    plan: _Plan = ""
    minutes: Annotated[float, Field(gt=0, le=MAX_MINUTES)] | None = None
    arc: ArcName | None = None
    tracks: tuple[Annotated[str, Field(min_length=1, max_length=1024)], ...] = ()
    from_slot: Annotated[int, Field(ge=1)] | None = None


class RenderSet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    plan: _Plan
    format: MixFormat = "flac"


async def _plan(call: Call, wanted: PlanSet) -> Reply:
    wishes = Wishes(**dict(wanted))
    return plan_reply(await run_sync(call.studio.plan_set, wishes))


async def _render(call: Call, wanted: RenderSet) -> Reply:
    plan = await run_sync(call.studio.plan, wanted.plan)
    request = checked(RenderSetRequest, plan=plan, format=wanted.format)
    job = await run_sync(call.studio.submit, request)
    return job_reply(await watch(call, job, call.patience_s))


PLAN_SET = Tool(
    name="plan_set",
    title="Plan set",
    description=("Plan a DJ set from words: tracks, tempos, keys, transitions."),
    hints=READS,
    arguments=PlanSet,
    parameters={
        "brief": "Minutes, styles, tempos, moods, ending.",
        "plan": "A plan's id, or JSON.",
        "minutes": "Length of the mix.",
        "arc": "How the energy goes.",
        "tracks": "Track ids to play.",
        "from_slot": "Change it from this slot on.",
    },
    result=PlanResult,
    answer=_plan,
)

RENDER_SET = Tool(
    name="render_set",
    title="Render set",
    description="Make a set's tracks, mix them, report how it came out.",
    hints=DERIVES,
    arguments=RenderSet,
    parameters={
        "plan": "plan_id, or a plan as JSON.",
        "format": "Of the mix.",
    },
    result=SetResult,
    answer=_render,
)
