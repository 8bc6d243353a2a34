"""A turn with a real studio: tools are called, jobs are waited for, Ctrl-C stops them."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from doubles import Broken, Gate, Tone
from talks import asked, calls, ended, heard, of_type, results, says, studio_at_work, talk

from dj_agent.events import (
    Event,
    TextDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    UsageUpdate,
)
from dj_agent.providers.scripted import Scripted
from dj_agent.session import Limits, Session
from engine import Settings
from engine.errors import Cancelled as CancelledError
from engine.renderers import Cancelled, Progress, Rendered, Sources
from engine.requests import RenderRequest

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def impatient(settings: Settings) -> Settings:
    """A studio that hardly waits for a job before it answers."""
    return dataclasses.replace(settings, wait_s=0.05)


@dataclass
class FirstOnly:
    """Renders one take; the others wait until their job is cancelled."""

    tone: Tone = field(default_factory=Tone)
    stuck: threading.Event = field(default_factory=threading.Event)

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        if not self.tone.seeds:
            return self.tone.render(request, sources, progress, cancelled)
        self.stuck.set()
        progress("stuck", 0.5)
        while not cancelled():
            threading.Event().wait(0.005)
        raise CancelledError("Stopped on request before it was finished.")


def cancel_at(kind: type[Event], times: int = 1):
    """Presses Ctrl-C when the first such event comes."""
    left = [times]

    def press(event: Event) -> None:
        if isinstance(event, kind) and left[0]:
            left[0] -= 1
            task = asyncio.current_task()
            assert task
            task.cancel()

    return press


def job_of(session: Session) -> str:
    """The first job that the journal knows of."""
    lines = map(json.loads, session.journal.path.read_text("utf-8").splitlines())
    return next(line["data"][1] for line in lines if line["kind"] == "job")


async def test_what_tools_answer_comes_back_to_the_model_until_it_is_done(
    tmp_path: Path, settings: Settings
):
    script = [
        calls(("plan_set", {"brief": "20 minutes of techno"}), text="Let me see."),
        says("Five tracks it is."),
    ]
    async with (
        studio_at_work(settings, Tone()) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        events = await heard(session, "Techno!")
    assert ended(events).reason == "done"
    shown = [type(event) for event in events if not isinstance(event, UsageUpdate)]
    assert shown[:3] == [TextDelta, ToolStarted, ToolFinished]
    (finished,) = of_type(events, ToolFinished)
    assert finished.ok
    assert finished.summary.startswith("Planned: ")
    assert "Next:" not in finished.summary
    (text,) = results(session)
    assert asked(session)[1][-1].tool_results[0].text == text
    assert session.state.plan is not None
    assert session.state.plan.plan_id in text
    assert of_type(events, UsageUpdate)[-1].cost_usd == pytest.approx(0.5)


async def test_the_next_turn_is_told_where_the_set_stands_and_the_history_is_not(
    tmp_path: Path, settings: Settings
):
    script = [calls(("plan_set", {"brief": "20 minutes of techno"})), says("There."), says("Ok.")]
    async with (
        studio_at_work(settings, Tone()) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        await heard(session, "Techno!")
        await heard(session, "Nice.")
    plan = session.state.plan
    assert plan is not None
    last = asked(session)[-1][-1].text
    assert last.endswith("\n\nNice.")
    assert f"plan {plan.plan_id}" in last
    assert all(slot.title[:20] in last for slot in plan.slots)
    assert "plan_id" not in session.history[-2].text
    assert session.history[-2].text == "Nice."
    assert asked(session)[0][-1].text == "Techno!"


async def test_a_job_that_outlasts_its_call_is_waited_for_without_asking_the_model(
    tmp_path: Path, impatient: Settings
):
    gate = Gate()
    script = [calls(("generate_music", {"caption": "house", "duration_s": 10})), says("Here.")]

    def open_gate(event: Event) -> None:
        if isinstance(event, ToolProgress):
            gate.opened.set()

    async with (
        studio_at_work(impatient, gate) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        events = await heard(session, on=open_gate)
    assert len(asked(session)) == 2
    assert of_type(events, ToolProgress)
    (text,) = results(session)
    assert text.startswith("Done: ")
    assert len(gate.tone.seeds) == 1


async def test_at_the_wall_a_running_job_is_left_to_itself_and_looked_at_in_the_next_turn(
    tmp_path: Path, impatient: Settings
):
    gate, now = Gate(), [0.0]
    script = [calls(("generate_music", {"caption": "house", "duration_s": 10})), says("Done now.")]

    def let_time_pass(event: Event) -> None:
        if isinstance(event, ToolProgress):
            now[0] = 100.0

    async with (
        studio_at_work(impatient, gate) as toolbox,
        talk(tmp_path, script, toolbox, Limits(wall_s=60.0)) as session,
    ):
        session.clock = lambda: now[0]
        events = await heard(session, on=let_time_pass)
        assert ended(events).reason == "max_wall"
        (text,) = results(session)
        assert "get_job" in text
        assert session.state.job_id is not None
        assert session.state.job_id in session.state.block
        gate.opened.set()
        look = calls(("get_job", {"job_id": session.state.job_id}))
        session.provider = Scripted([look, says("There.")])
        await heard(session, "go on")
    assert results(session)[-1].startswith("Done: ")
    assert session.state.job_id is None


async def test_ctrl_c_stops_the_job_and_keeps_what_it_finished(tmp_path: Path, impatient: Settings):
    renderer = FirstOnly()
    asked_for = {"caption": "house", "duration_s": 10, "variations": 3}
    script = [
        calls(("generate_music", asked_for), ("search_library", {})),
        says("Stopped; one take is there."),
    ]
    press = cancel_at(ToolProgress)

    def when_stuck(event: Event) -> None:
        if renderer.stuck.is_set():
            press(event)

    async with (
        studio_at_work(impatient, renderer) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        events = await heard(session, on=when_stuck)
        assert ended(events).reason == "interrupted"
        stopped, never = results(session)
        assert stopped.startswith("Cancelled by the user. Cancelled: ")
        assert "1 finished track kept" in stopped
        assert "trk_" in stopped
        assert never == "Not called: cancelled by the user."
        job = await toolbox.job(job_of(session), 0.0)
        assert job.status == "cancelled"
        assert len(job.tracks) == 1
        again = await heard(session, "And now?")
    assert ended(again).reason == "done"
    assert len(asked(session)) == 2


async def test_a_refusal_is_told_to_the_model_as_an_error(tmp_path: Path, settings: Settings):
    script = [calls(("plan_set", {"plan": "set_nowhere"})), says("No such plan.")]
    async with (
        studio_at_work(settings, Tone()) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        events = await heard(session)
    (finished,) = of_type(events, ToolFinished)
    assert not finished.ok
    (result,) = session.history[2].tool_results
    assert result.is_error
    assert "set_nowhere" in result.text
    assert ended(events).reason == "done"


async def test_a_job_that_fails_is_no_success(tmp_path: Path, settings: Settings):
    script = [calls(("generate_music", {"caption": "house", "duration_s": 10})), says("Sorry.")]
    async with (
        studio_at_work(settings, Broken(ValueError("burst"))) as toolbox,
        talk(tmp_path, script, toolbox) as session,
    ):
        events = await heard(session)
    (finished,) = of_type(events, ToolFinished)
    assert not finished.ok
    assert finished.summary.startswith("Failed: ")
