"""The README tells the truth: its commands, its tool table, its example, its links."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from dj_agent.setlist import Arc, Setlist, read_setlist
from dj_agent.slot import Slot, Transition, TransitionType
from engine import Settings
from engine.sets.plan import SetPlan
from mcp_server.hosts import SERVER, host_config
from mcp_server.tools import TOOLS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = {
    "play": "pip install uv && uv run dj-agent play examples/sunset.toml",
    "test": "pip install uv && uv run --group dev pytest",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def tool_table() -> str:
    rows = [f"| `{tool.name}` | {tool.description} |" for tool in TOOLS]
    return "\n".join(["| tool | what it does |", "|---|---|", *rows])


@pytest.mark.parametrize("name", COMMANDS)
def test_ci_finds_each_command_as_one_line(name: str) -> None:
    found = re.search(rf"^<!-- ci: {name} -->\n```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found
    assert found[1] == f"{COMMANDS[name]}\n"


def test_the_tool_table_is_the_servers() -> None:
    begin, end = "<!-- tools: written by the server, checked by a test -->\n", "<!-- tools: end -->"
    assert README.partition(begin)[2].partition(end)[0].strip() == tool_table()


def test_the_example_setlist_is_one(tmp_path: Path) -> None:
    (tmp_path / "crate").mkdir()
    (tmp_path / "crate" / "old friend.flac").touch()
    file = tmp_path / "friday.toml"
    file.write_text(blocks("toml")[0], encoding="utf-8")
    SetPlan.model_validate(read_setlist(file).planned())


def test_every_field_of_a_setlist_is_named() -> None:
    written = blocks("toml")[0] + README.partition("Also in a slot:")[2].partition("Playing")[0]
    for field in {*Setlist.model_fields, *Slot.model_fields, *Transition.model_fields}:
        assert re.search(rf"\b{field}\b", written), field
    for name in (*get_args(Arc), *get_args(get_args(TransitionType)[0])):
        assert f"`{name}`" in written, name


def test_the_host_snippets_are_what_the_server_prints(tmp_path: Path) -> None:
    claude, vscode = (json.loads(block) for block in blocks("json"))
    settings = Settings(home=tmp_path)
    assert claude["mcpServers"][SERVER]["args"][-1] == "dj-mcp"
    assert claude.keys() == host_config("claude", settings).keys()
    assert vscode.keys() == host_config("vscode", settings).keys()
    assert vscode["servers"][SERVER]["type"] == "stdio"


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_setting_is_named() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings = set(re.findall(r"\bDJ_[A-Z_]+\b", example))
    assert settings == set(re.findall(r"\bDJ_[A-Z_]+\b", README))


def test_what_it_prints_is_the_sunset_set() -> None:
    printed = blocks("text")[0]
    for number, slot in enumerate(read_setlist(ROOT / "examples" / "sunset.toml").slots, 1):
        assert re.search(rf"(?m)^ {number} +\d+:\d\d +{slot.title} +.*{slot.key}", printed)
