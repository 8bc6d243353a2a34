"""Sets through the server: planned from words, changed from a slot on, rendered and reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import staffed
from mcp_clients import connected, text, tokens

from engine import Settings, Studio
from engine.audio import files
from engine.renderers import sketch

pytestmark = pytest.mark.anyio

BRIEF = "2 minutes, two tracks, deep house, 120 to 122 bpm"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def busy_studio(settings: Settings) -> Iterator[Studio]:
    """A studio whose worker renders sketches in this process."""
    opened = Studio(settings)
    with staffed(settings, sketch.load()):
        yield opened
    opened.close()


async def test_a_plan_is_made_from_words_at_once_with_everything_filled_in(studio: Studio):
    async with connected(studio) as host:
        plan = await host.data("plan_set", brief="30 minutes of house, 120 to 124, end calm")
    assert plan["plan_id"] in plan["message"]
    assert "render_set" in plan["message"]
    assert abs(plan["minutes"] - 30.0) <= 0.3
    for slot in plan["slots"]:
        assert 120 <= slot["bpm"] <= 124
        assert slot["key_camelot"]
        assert slot["bars"] % 8 == 0
    assert all(slot["transition"]["type"] for slot in plan["slots"][:-1])


async def test_the_text_of_a_plan_says_as_much_as_its_structure(studio: Studio):
    async with connected(studio) as host:
        result = await host.call("plan_set", brief="20 minutes of techno")
        structure = result.structured_content
    assert structure is not None
    shown = text(result)
    for slot in structure["slots"]:
        assert slot["title"] in shown
        assert slot["key"] in shown
    assert tokens(shown) <= 2000
    assert tokens(structure) <= 2000


async def test_a_plan_may_be_sent_back_changed_as_json_or_as_an_object(studio: Studio):
    async with connected(studio) as host:
        first = await host.data("plan_set", brief="20 minutes of techno")
        slots = [{"caption": slot["caption"], "title": slot["title"]} for slot in first["slots"]]
        slots[1]["title"] = "The One I Wanted"
        document = {"version": 1, "minutes": 20, "slots": slots}
        as_text = await host.data("plan_set", plan=json.dumps(document))
        as_object = await host.data("plan_set", plan=document)
    assert as_text["slots"][1]["title"] == "The One I Wanted"
    assert as_text["plan_id"] == as_object["plan_id"]


async def test_a_brief_changes_a_plan_from_a_slot_on_and_nothing_before_it(studio: Studio):
    async with connected(studio) as host:
        first = await host.data("plan_set", brief="30 minutes of deep house, 118 to 122")
        then = await host.data(
            "plan_set",
            plan=first["plan_id"],
            brief="darker, drum and bass at 174 from here",
            from_slot=3,
        )
    before, after = first["slots"], then["slots"]
    kept = [{**slot, "locked": None, "transition": None} for slot in before[:2]]
    assert [{**slot, "locked": None, "transition": None} for slot in after[:2]] == kept
    assert all(slot["bpm"] > 160 for slot in after[2:])
    changed = {slot["caption"] for slot in after[2:]}
    assert changed.isdisjoint(slot["caption"] for slot in before[2:])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"plan": "set_nowhere"}, "plan"),
        ({"plan": "no set at all"}, "plan"),
        ({"plan": '{"slots": []}'}, "plan"),
        ({"brief": "house", "from_slot": 2}, "from_slot"),
        ({"brief": "house", "minutes": -3}, "minutes"),
        ({"brief": "house", "arc": "sideways"}, "arc"),
        ({"brief": "house", "tracks": ["trk_000000000000"]}, "tracks"),
        ({"plan": '{"slots": [{"track": "trk_000000000000"}]}'}, "slot 1"),
        ({"plan": '{"slots": [{"track": "/etc/passwd"}]}'}, "slot 1"),
    ],
)
async def test_a_wrong_wish_is_one_sentence_that_names_it(
    studio: Studio, arguments: dict[str, object], field: str
):
    async with connected(studio) as host:
        refusal = await host.refusal("plan_set", **arguments)
    assert refusal.startswith(field), refusal
    assert "Traceback" not in refusal


@pytest.mark.slow
async def test_a_set_is_made_mixed_measured_and_handed_over(busy_studio: Studio):
    async with connected(busy_studio) as host:
        plan = await host.data("plan_set", brief=BRIEF)
        result = await host.call("render_set", plan=plan["plan_id"])
        while (content := result.structured_content or {})["status"] == "running":
            result = await host.call("get_job", job_id=content["job_id"])
    made = content["set_made"]
    assert content["status"] == "done", content
    assert abs(made["loudness_lufs"] + 14.0) <= 0.5
    assert made["true_peak_dbtp"] <= -1.0
    (transition,) = made["transitions"]
    assert transition["beat_error_ms"] <= 3.0
    assert transition["bass_overlap_beats"] <= 2.0
    folder = Path(made["folder"])
    assert all((folder / name).is_file() for name in made["files"])
    assert abs(files.probe(Path(made["mix"])).duration_s - made["duration_s"]) < 0.01
    assert made["mix"] in text(result)
    assert "report.html" in text(result)
    assert [track["title"] for track in content["tracks"]] == [
        slot["title"] for slot in plan["slots"]
    ]


@pytest.mark.slow
async def test_the_same_set_asked_for_again_is_there_at_once(busy_studio: Studio):
    async with connected(busy_studio) as host:
        plan = await host.data("plan_set", brief=BRIEF)
        first = await host.data("render_set", plan=plan["plan_id"])
        while first["status"] == "running":
            first = await host.data("get_job", job_id=first["job_id"])
        again = await host.data("render_set", plan=plan["plan_id"])
    assert again["status"] == "done"
    assert again["job_id"] == first["job_id"]
