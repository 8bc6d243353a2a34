"""Events as a terminal shows them, and as a pipe has them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from chat.terminals import Screen
from dj_agent.events import (
    Event,
    Notice,
    TextDelta,
    ThinkingDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnEnded,
    UsageUpdate,
)
from dj_agent.transcript import Transcript, dollars, tokens


def shown(*events: Event, width: int = 60, terminal: bool = True) -> str:
    """What stands on the screen in the end; in a pipe, all that was written."""
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=terminal, highlight=False, markup=False,
        color_system="standard" if terminal else None, legacy_windows=False,
        _environ={"TERM": "xterm"},
    )  # fmt: skip
    transcript = Transcript(console)
    transcript.begin("model")
    for event in events:
        transcript.show(event)
        transcript.tick()
    if not terminal:
        return file.getvalue()
    screen = Screen(width, 30)
    screen.feed(file.getvalue().replace("\n", "\r\n"))
    return screen.text


START = ToolStarted("a", "render_set", {"plan": "set_1"})
WORKING = ToolProgress("a", "track 3 of 6: mixing down, about 40 s left", 0.45)


def test_a_running_tool_has_one_line_with_how_far_it_is() -> None:
    assert shown(START) == "\n▸ render_set  set_1"
    assert shown(START, WORKING) == "\n▸ render_set  track 3 of 6: mixing down · 45 % · 40 s left"
    assert shown(START, WORKING, width=30) == "\n▸ render_set  track 3 of 6: …"


def test_a_finished_tool_has_one_line_with_what_came_of_it() -> None:
    done = ToolFinished("a", "render_set", True, 'Done: "Night". (job_abc)')
    assert shown(START, WORKING, done) == '\n✓ render_set  Done: "Night".'
    failed = ToolFinished("a", "render_set", False, "plan: there is none.")
    assert shown(START, failed) == "\n✗ render_set  plan: there is none."
    assert shown(failed) == "\n✗ render_set  plan: there is none.", "it was never called"


def test_tools_that_run_together_are_finished_one_by_one() -> None:
    both = [ToolStarted("a", "analyze_track"), ToolStarted("b", "search_library")]
    assert shown(*both) == "\n▸ search_library  1 more"
    done = ToolFinished("a", "analyze_track", True, "Heard.")
    assert shown(*both, done) == "\n✓ analyze_track  Heard.\n▸ search_library"


def test_what_is_of_different_kinds_stands_apart() -> None:
    assert shown(
        ThinkingDelta("Hm."),
        TextDelta("\n\nWell. "),
        START,
        ToolFinished("a", "render_set", True, "Done."),
        Notice("Asking again."),
        TextDelta("There."),
        UsageUpdate(1200, 30, 0.02, 0.12),
        TurnEnded("done"),
    ) == (
        "\nHm.\n\nWell.\n\n✓ render_set  Done.\n\nAsking again.\n\nThere.\n\n"
        "1.2k tokens in, 30 out · $0.0200 · 12 % of the window"
    )


def test_a_pipe_gets_plain_lines_and_each_piece_of_news_once() -> None:
    written = shown(
        TextDelta("Go. "),
        START,
        WORKING,
        ToolProgress("a", "track 3 of 6: rendering", 0.5),
        ToolProgress("a", "track 4 of 6: rendering", 0.6),
        ToolFinished("a", "render_set", True, "Done."),
        TurnEnded("max_cost", "That cost as much as one turn may."),
        terminal=False,
    )
    assert written == (
        "\nGo. \n\n▸ render_set  set_1\n· track 3 of 6\n· track 4 of 6\n✓ render_set  Done.\n\n"
        "That cost as much as one turn may.\n"
    )


@pytest.mark.parametrize("pieces", [1, 3, 7, 100])
def test_words_are_wrapped_the_same_however_they_come(pieces: int) -> None:
    text = "A slow rise out of the fog, until everything that hums is one long chord. " * 3
    deltas = [TextDelta(text[n : n + pieces]) for n in range(0, len(text), pieces)]
    lines = shown(*deltas, width=30).split("\n")
    assert all(len(line) < 30 for line in lines)
    assert " ".join(" ".join(lines).split()) == text.strip()


def test_a_word_longer_than_a_line_is_broken_by_the_terminal() -> None:
    assert shown(TextDelta("see " + "x" * 50), width=30).replace("\n", "") == "see " + "x" * 50


def test_amounts_are_short() -> None:
    assert [tokens(one) for one in (0, 999, 1000, 12_345, 2_000_000)] == [
        "0", "999", "1k", "12.3k", "2M",
    ]  # fmt: skip
    assert [dollars(one) for one in (0.0, 0.00421, 0.13, 2.5)] == [
        "$0.00", "$0.0042", "$0.13", "$2.50",
    ]  # fmt: skip


def test_the_prompt_is_there_before_anything_heavy_is() -> None:
    code = "import sys, dj_agent.chat, dj_agent.prompting; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "prompt_toolkit" in loaded
    heavy = "mcp mcp_server openai anthropic ollama httpx numpy pydantic engine"
    assert loaded.isdisjoint(heavy.split())
