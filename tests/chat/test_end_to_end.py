"""A conversation with everything real but the model: terminal, loop, MCP, studio, worker, sound."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from conftest import dismiss_worker

from chat.terminals import PYTHON, Terminal, bare_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real_studio")]

RECORDED = Path(__file__).with_name("transcript.txt")
README = Path(__file__).parents[2] / "README.md"
BRIEF = "two short tracks, deep house into melodic techno, sunny"


def plan(*slots: tuple[str, str, float, float]) -> str:
    told = [
        {"title": title, "caption": caption, "bpm": bpm, "key": "A minor", "duration_s": seconds}
        for title, caption, bpm, seconds in slots
    ]
    return json.dumps({"version": 1, "title": "Terrace", "slots": told})


WARM = ("Golden Hour", "warm deep house, rhodes", 120.0, 64.0)
BRIGHT = ("Further Out", "melodic techno, arp", 122.0, 63.0)
DARK = ("Undertow", "dark techno, low drone", 122.0, 63.0)
DEEP = ("Trench", "dub techno, deep", 121.0, 90.0)


def reply(text: str = "", tool: str = "", **arguments: Any) -> dict[str, Any]:
    calls = [{"name": tool, "arguments": arguments}] if tool else []
    usage = {"input_tokens": 3200, "output_tokens": 90, "cost_usd": 0.011}
    return {"text": text, "calls": calls, "usage": usage}


SCRIPT = [
    reply("Two tracks, one long rise. ", "plan_set", plan=plan(WARM, BRIGHT)),
    reply("Golden Hour is the terrace at six, Further Out the first lights. Shall I make it?"),
    reply("", "render_set", plan=plan(WARM, BRIGHT)),
    reply("There you are. The blend holds its beats together; try /play 1-2."),
    reply("", "render_set", plan=plan(WARM, DARK)),
    reply("Darker now; the first track stayed as it was."),
    reply("", "render_set", plan=plan(WARM, DARK, DEEP)),
]
AFTERWARDS = [reply("", "get_job"), reply("It came out after all.")]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "Music" / "dj-agent"
    yield home
    dismiss_worker(home)


@pytest.fixture
def opened(home: Path, tmp_path: Path) -> Iterator[Any]:
    terminals: list[Terminal] = []

    def open(replies: list[dict[str, Any]], *arguments: str) -> Terminal:
        script = tmp_path / "demo.json"
        script.write_text(json.dumps(replies))
        environ = bare_environment(
            home, DJ_PROVIDER="scripted", DJ_MODEL=script.name, DJ_RENDERER="sketch",
            HOME=str(tmp_path),
        )  # fmt: skip
        one = Terminal([*PYTHON, *arguments], environ, tmp_path, width=90)
        terminals.append(one)
        one.wait_for("›", 60)
        return one

    yield open
    for one in terminals:
        one.close()


def finished(seen: Terminal, words: str) -> None:
    """Wait for these words, and for the prompt after them."""
    seen.wait_for(words, 180)
    seen.wait_for("›", 20, after=seen.plain.rindex(words))


def test_from_a_brief_to_a_set_that_is_changed_and_survives_a_crash(
    opened: Any, home: Path, tmp_path: Path
) -> None:
    seen = opened(SCRIPT)
    seen.type(f"{BRIEF}\r")
    finished(seen, "Shall I make it?")
    seen.type("yes\r")
    finished(seen, "try /play 1-2.")
    told = _told(seen.screen.text)
    if os.environ.get("RECORD"):  # after a change that is meant
        RECORDED.write_text(told, "utf-8")
    assert _rounded(told) == _rounded(RECORDED.read_text("utf-8"))
    mix = next((home / "sets").rglob("Terrace.flac"))
    assert 105.0 < soundfile.info(mix).duration < 125.0
    tracks = set((home / "tracks").rglob("*.flac"))
    assert len(tracks) == 2

    seen.type("darker at the end\r")
    finished(seen, "stayed as it was.")
    after = set((home / "tracks").rglob("*.flac"))
    assert tracks < after
    assert len(after) == 3, "only what changed is made again"

    before = len(seen.plain)
    seen.type("and a third\r")
    seen.wait_for("▸ render_set  track", 60, after=before)
    seen.process.kill()
    seen.process.wait()

    again = opened(AFTERWARDS, "--continue")
    again.wait_for("an empty line goes on with it")
    assert "Going on with" in again.screen.text
    assert "› and a third" in again.screen.text
    again.type("\r")
    finished(again, "It came out after all.")
    again.type("/set\r")
    finished(again, "Mix  ")
    assert re.search(r"3 +\d:\d\d +Trench", again.screen.text)
    again.type("\x04")
    assert again.leave() == 0


def test_the_readme_shows_what_was_said_here() -> None:
    assert f"\n```text\n{RECORDED.read_text('utf-8')}```\n" in README.read_text("utf-8")


def _told(text: str) -> str:
    """The conversation without how long things took."""
    text = re.sub(r" · (?:\d+ min )?\d+ s$", "", text, flags=re.MULTILINE)
    return text.rstrip(" ›\n") + "\n"


def _rounded(text: str) -> str:
    """Tenths of a millisecond are the processor's."""
    return re.sub(r"beats [0-2]\.\d ms apart", "beats together", text)
