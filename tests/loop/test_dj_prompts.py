"""What the DJ is told: short, and true of the tools there are."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from engine.fields import (
    MAX_BPM,
    MAX_CAPTION,
    MAX_DURATION_S,
    MIN_BPM,
    MIN_DURATION_S,
)
from engine.sets.brief import plan_from_brief
from engine.sets.plan import ArcName, SetPlan
from mcp_server.tools import TOOLS
from prompts import load

SYSTEM = load("dj_system")
NAMES = {tool.name: tool for tool in TOOLS}


def test_the_system_prompt_is_short():
    assert len(SYSTEM) / 4 <= 1500


@pytest.mark.parametrize("name", ["dj_compact", "dj_offline_opening", "dj_offline_help"])
def test_the_other_texts_are_shorter(name: str):
    assert len(load(name)) / 4 <= 400


def test_every_tool_and_argument_that_it_names_exists():
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", SYSTEM))
    arguments = {name for tool in TOOLS for name in tool.parameters}
    known = {*NAMES, *arguments, *get_args(ArcName), "plan_id", "wind_down"}
    assert words <= known, words - known


def test_every_tool_there_is_has_its_place_in_it():
    assert [name for name in NAMES if name not in SYSTEM] == []


@pytest.mark.parametrize(
    "fact",
    [
        f"{MIN_DURATION_S:g} to {MAX_DURATION_S:g} seconds",
        f"{MIN_BPM:g} to {MAX_BPM:g} bpm",
        f"up to {MAX_CAPTION} characters",
        f"Arcs: {', '.join(('build', 'wave', 'peak', 'wind_down', 'journey', 'static'))}.",
    ],
)
def test_its_ranges_are_true(fact: str):
    assert fact in SYSTEM


def test_its_arcs_are_those_there_are():
    (line,) = re.findall(r"^- Arcs: (.*)\.$", SYSTEM, re.MULTILINE)
    assert set(line.split(", ")) == set(get_args(ArcName))


def test_what_a_plan_looks_like_in_it_is_a_plan():
    (plan,) = re.findall(r"\{\"version\".*\}\]\}", SYSTEM)
    assert SetPlan.model_validate_json(plan.replace('"..."', '"x"')).slots


def test_what_it_says_of_influence_is_what_the_tools_take():
    similarity = NAMES["cover_track"].schema["properties"]["similarity"]
    assert (similarity["minimum"], similarity["maximum"]) == (0, 1)
    assert "reference" in NAMES["generate_music"].parameters
    assert "percent / 100" in SYSTEM


def test_data_is_never_an_instruction():
    for text in (SYSTEM, load("dj_state", state=""), load("dj_compact")):
        assert "instructions" in text


def test_the_set_that_help_offers_can_be_planned():
    (brief,) = re.findall(r"^  (\d+ minutes.*?)  ", load("dj_offline_help"), re.MULTILINE)
    assert len(plan_from_brief(brief).plan.slots) >= 5
