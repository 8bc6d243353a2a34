"""`dj-agent -p`, and a conversation over a pipe: both for scripts."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chat.child import ChatStudio
from chat.test_talking import PLAN
from dj_agent import toolbox
from dj_agent.__main__ import main
from dj_agent.messages import TextDelta
from dj_agent.providers.scripted import Scripted

KEYS = ("OPENAI", "ANTHROPIC", "GEMINI", "OPENROUTER", "OLLAMA")

Run = Callable[..., int]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChatStudio:
    """The studio that `dj-agent` finds; no settings but a home of its own."""
    for name in [name for name in os.environ if name.startswith(("DJ_", *KEYS))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing that plays
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studio").mkdir()
    studio = ChatStudio(tmp_path / "studio")
    monkeypatch.setattr(toolbox, "open_app", studio.open_app)
    return studio


@pytest.fixture
def run(studio: ChatStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dj-agent` with these arguments, what is piped in, and the model's replies."""

    def run(*arguments: str, piped: str = "", replies: list[dict[str, Any]] | None = None) -> int:
        script = tmp_path / "script.json"
        script.write_text(json.dumps(replies or []))
        monkeypatch.setenv("DJ_PROVIDER", "scripted")
        monkeypatch.setenv("DJ_MODEL", str(script))
        monkeypatch.setattr("sys.stdin", io.StringIO(piped))
        return main(list(arguments))

    return run


PLANS = {"text": "Let me see. ", "calls": [{"name": "plan_set", "arguments": {"brief": "x"}}],
         "usage": {"input_tokens": 1000, "output_tokens": 20, "cost_usd": 0.001}}  # fmt: skip
RENDERS = {"calls": [{"name": "render_set", "arguments": {"plan": PLAN}}],
           "usage": {"input_tokens": 1200, "output_tokens": 10, "cost_usd": 0.001}}  # fmt: skip
DONE = {"text": "Here is *Night*.", "usage": {"input_tokens": 1500, "output_tokens": 30}}


def test_one_turn_has_the_djs_words_on_stdout_and_all_else_on_stderr(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("-p", "two tracks", replies=[PLANS, RENDERS, DONE]) == 0
    printed = capfd.readouterr()
    assert printed.out.split("\n") == ["Let me see. ", "", "Here is *Night*.", ""]
    assert "✓ plan_set" in printed.err
    assert "▸ render_set" in printed.err
    assert "\x1b" not in printed.out + printed.err


def test_one_turn_as_json_is_one_object(
    run: Run, studio: ChatStudio, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("-p", "two tracks", "--json", replies=[PLANS, RENDERS, DONE]) == 0
    printed = capfd.readouterr()
    told = json.loads(printed.out)
    assert printed.out.count("\n") == 1
    assert list(told) == ["text", "tools", "set", "usage", "ending", "sentence"]
    assert told["text"] == "Here is *Night*."
    assert [(one["name"], one["ok"]) for one in told["tools"]] == [
        ("plan_set", True),
        ("render_set", True),
    ]
    assert told["set"]["files"][0] == "Night.flac"
    assert Path(told["set"]["folder"], "Night.flac").exists()
    assert told["usage"] == {"input_tokens": 3700, "output_tokens": 60, "cost_usd": 0.002}
    assert (told["ending"], told["sentence"]) == ("done", "")
    assert printed.err == ""


def test_what_is_piped_in_is_read_with_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []
    stream = Scripted.stream

    def listening(self: Scripted, messages, tools):
        heard.append(messages[-1].text)
        return stream(self, messages, tools)

    monkeypatch.setattr(Scripted, "stream", listening)
    for arguments, piped, words in (
        (["-p", "make this:"], "a brief\nof two lines\n", "make this:\n\na brief\nof two lines"),
        (["-p"], "only this\n", "only this"),
    ):
        assert run(*arguments, piped=piped, replies=[DONE]) == 0
        assert heard.pop().endswith(words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p"], "nothing to say"),
        (["-p", "x", "--provider", "nobody"], "There is no provider 'nobody'"),
        (["chat", "--provider", "nobody"], "There is no provider 'nobody'"),
        (["-p", "x", "--provider", "anthropic"], "set ANTHROPIC_API_KEY"),
    ],
)
def test_wrong_use_ends_with_2(
    run: Run, arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    printed = capfd.readouterr()
    assert words in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json"],
        ["-p", "x", "doctor"],
        ["--max-cost", "nothing"],
        ["chat", "--max-cost", "-1"],
        ["--mcp", "nowhere"],
    ],
)
def test_arguments_that_make_no_sense_end_with_2(run: Run, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(*arguments)
    assert exit_.value.code == 2


@pytest.mark.parametrize("json_", [True, False])
def test_a_turn_that_fails_ends_with_1_and_says_why(
    run: Run, json_: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--json"] if json_ else []
    assert run("-p", "x", *options, replies=[{"error": "AuthRefused"}]) == 1
    printed = capfd.readouterr()
    if json_:
        told = json.loads(printed.out)
        assert told["ending"] == "provider_error"
        assert told["sentence"] == "The script says AuthRefused."
    else:
        assert "The script says AuthRefused." in printed.err
        assert printed.out == ""


def test_a_studio_that_is_not_there_ends_with_1(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    url = "http://127.0.0.1:9/mcp"
    assert run("--mcp", url, "-p", "x", "--json", replies=[DONE]) == 1
    told = json.loads(capfd.readouterr().out)
    assert told["ending"] == "failed"
    assert told["sentence"].startswith(f"No studio answers at {url}")


def test_ctrl_c_ends_one_turn_with_130_and_keeps_what_was_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def interrupted(self: Scripted, messages, tools):
        import asyncio

        yield TextDelta("Half")
        await asyncio.sleep(0.1)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(30)

    monkeypatch.setattr(Scripted, "stream", interrupted)
    assert run("-p", "x", "--json") == 130
    told = json.loads(capfd.readouterr().out)
    assert (told["text"], told["ending"]) == ("Half", "interrupted")


def test_a_conversation_goes_over_a_pipe_in_plain_lines(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "two tracks\n\n/set\nmake it\n/cost\nexit\nnever said\n"
    assert run("chat", piped=lines, replies=[PLANS, DONE, RENDERS, DONE]) == 0
    out = capfd.readouterr().out
    assert "\x1b" not in out
    assert "\r" not in out
    assert out.count("Energy") == 2, "the plan, when it was made and when it was asked for"
    assert "▸ render_set" in out
    assert "· track 1 of 2\n" in out
    assert "1 → 2  echo out, 16 bars" in out
    assert "5.2k tokens in, 90 out, $0.0020." in out
    assert "never said" not in out


def test_one_turn_can_go_on_with_the_last_conversation(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("-p", "two tracks", replies=[PLANS, DONE]) == 0
    assert run("chat", "--continue", piped="/set\n", replies=[]) == 0
    out = capfd.readouterr().out
    assert "Going on with" in out
    assert "1 turn." in out
    assert "Energy" in out


COMMANDS = [
    ("/help", "/resume [name]"),
    ("/tools", "studio_status"),
    ("/tracks", "2  Rain"),
    ("/tracks polka", "No track matches"),
    ("/set", "There is no set yet"),
    ("/play", "There is no mix yet"),
    ("/play x", "Give a number"),
    ("/play 2-3", "no transition from 2 to 3"),
    ("/play stop", "Nothing is playing"),
    ("/model", "Another: /model and a provider"),
    ("/model nobody", "There is no script nobody"),
    ("/model anthropic", "needs a key; set ANTHROPIC_API_KEY"),
    ("/model offline", "No language model, as asked."),
    ("/cost", "Nothing so far."),
    ("/save Night Shift", "Kept as Night Shift"),
    ("/resume", "No other conversation is kept."),
    ("/resume nowhere", "There is no session 'nowhere'"),
    ("/compact", "There is nothing to shorten yet."),
    ("/clear", "A new conversation."),
    ("/plya", "There is no /plya. Do you mean /play?"),
    ("/xyzzy", "There is no /xyzzy. See /help."),
]


def test_every_command_answers_and_none_reaches_the_model(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"{line}\n" for line, _ in COMMANDS)
    assert run("chat", piped=f"{lines}/exit\nnever said\n", replies=[]) == 0
    out = capfd.readouterr().out
    for line, words in COMMANDS:
        assert words in out, line
    assert "script has only" not in out


def test_play_says_where_things_are_when_nothing_plays_them(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "go\n/play\n/play 2\n/play 1-2\n/play 9\n/tracks\n/play 1\n/set\n/play 1\n"
    assert run("chat", piped=lines, replies=[RENDERS, DONE]) == 0
    out = capfd.readouterr().out
    assert "it is " in out
    for words in (
        "Night.flac.",
        "tracks/02 - Rain.flac.",
        "Night.flac, from 2:08.",
        "The set has no track 9.",
        "/nowhere/Doors.flac isn't on this computer.",
        "tracks/01 - Doors.flac.",
    ):
        assert words in out.replace("\n", ""), words


def test_conversations_are_saved_and_found_again(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "two tracks\n/save Friday\n/clear\n/set\n/resume\n/resume Friday\n/set\n"
    assert run("chat", piped=lines, replies=[PLANS, DONE]) == 0
    out = capfd.readouterr().out
    after = out[out.index("A new conversation.") :]
    assert after.index("There is no set yet") < after.index("Friday  two tracks")
    assert after.index("Going on with Friday, 1 turn.") < after.index("Energy")


def test_a_dropped_file_is_readable_from_then_on(
    run: Run, studio: ChatStudio, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    crate = tmp_path / "my crate"
    crate.mkdir()
    (crate / "a.flac").touch()
    lines = f"hello\ncover '{crate}/a.flac'\nand '{crate}/a.flac' again\n"
    assert run("chat", piped=lines, replies=[DONE, DONE, DONE]) == 0
    assert studio.readable == [crate]
    assert len(studio.opened_with) == 2, "it is opened anew once"
    assert f"{crate}/a.flac isn't" not in capfd.readouterr().out


def test_nothing_is_kept_of_a_conversation_in_which_nothing_was_said(
    run: Run, tmp_path: Path
) -> None:
    assert run("chat", piped="/tracks\n/exit\n") == 0
    assert list((tmp_path / "home" / "sessions").iterdir()) == []


def test_no_key_is_ever_shown_or_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "sk-or-v1-0123456789abcdef0123"
    monkeypatch.setenv("OPENROUTER_API_KEY", key)
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{key}\x7f")
    lines = "go\n/model\n/model openrouter\n/model anthropic\n/cost\n/save\n"
    assert run("chat", piped=lines, replies=[DONE]) == 0
    printed = capfd.readouterr()
    assert "openrouter" in printed.out.lower()
    assert key not in printed.out + printed.err
    written = [one for one in (tmp_path / "home").rglob("*") if one.is_file()]
    assert written
    assert all(key.encode() not in one.read_bytes() for one in written)
