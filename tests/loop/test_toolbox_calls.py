"""The toolbox as a model uses it: any tool by name, and what it says."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from doubles import Gate, Tone
from talks import studio_at_work

from dj_agent.answers import Job
from engine import Settings
from mcp_server.tools import TOOLS

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_tools_are_offered_as_the_server_lists_them(settings: Settings):
    async with studio_at_work(settings, Tone()) as toolbox:
        offered = await toolbox.tools()
    assert [tool.spec.name for tool in offered] == [tool.name for tool in TOOLS]
    reading = {tool.spec.name for tool in offered if tool.reads}
    assert {"plan_set", "search_library", "studio_status", "analyze_track"} <= reading
    assert not reading & {"generate_music", "render_set", "cancel_job"}
    for tool in offered:
        assert tool.spec.description
        assert tool.spec.schema["type"] == "object"


async def test_answers_come_as_text_and_as_data_and_refusals_as_such(settings: Settings):
    async with studio_at_work(settings, Tone()) as toolbox:
        fine = await toolbox.call("studio_status", {})
        wrong = await toolbox.call("plan_set", {"breif": "house"})
        unknown = await toolbox.call("polka", {})
    assert fine.text.startswith("Ready: ")
    assert fine.data is not None
    assert fine.data["message"] in fine.text
    assert fine.job is None
    assert wrong.is_error
    assert wrong.text == "breif: unknown argument; did you mean brief?"
    assert unknown.is_error
    assert "polka" in unknown.text


async def test_news_of_a_job_come_while_the_server_waits(settings: Settings, tmp_path: Path):
    gate, heard = Gate(), list[Job]()

    def hear(job: Job) -> None:
        heard.append(job)
        gate.opened.set()

    patient = dataclasses.replace(settings, wait_s=20.0)
    async with studio_at_work(patient, gate) as toolbox:
        made = {"caption": "house", "duration_s": 10}
        answer = await toolbox.call("generate_music", made, hear)
    assert answer.job is not None
    assert answer.job.status == "done"
    assert {job.job_id for job in heard} == {answer.job.job_id}
