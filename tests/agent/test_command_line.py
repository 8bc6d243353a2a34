"""The `dj-agent` command: help, exit codes, and what it says when something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from agent.conftest import Play
from agent.scripted_studio import ScriptedStudio
from dj_agent.__main__ import main


def python(code: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
    )  # fmt: skip


RUN = "import sys; from dj_agent.__main__ import main; sys.exit(main())"


def test_help_answers_at_once_and_needs_no_library() -> None:
    began = time.monotonic()
    done = python(f"{RUN[:-8]}\ntry: main(['--help'])\nfinally: print(*sys.modules)")
    took_s = time.monotonic() - began
    assert "dj-agent play examples/sunset.toml" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert loaded.isdisjoint({"mcp", "rich", "pydantic", "numpy", "engine", "mcp_server"})
    assert took_s < 2.0


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(f"\n    {command} " in out for command in ("play", "plan", "models"))


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"dj-agent {version('dj-agent')}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["play"], "FILE"),
        (["dance"], "dance"),
        (["play", "x.toml", "--loud"], "--loud"),
        (["play", "x.toml", "--mcp", "localhost:8000"], "write it like http://"),
        (["play", "x.toml", "--mcp", "http://localhost:99999/mcp"], "write it like http://"),
    ],
)
def test_wrong_use_ends_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert words in capsys.readouterr().err


def test_a_wrong_file_ends_with_2_before_anything_starts(
    scripted: ScriptedStudio, play: Play, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play('[[slots]]\ncaption = "x"\nbpm = 5\nkey = "Z"\n') == 2
    printed = capsys.readouterr()
    assert [line.split()[2] for line in printed.err.splitlines()] == ["bpm:", "key:"]
    assert printed.out == ""
    assert not scripted.opened_with
    assert not (tmp_path / "set").exists()


def test_a_renderer_that_is_not_there_is_named(
    play: Play, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
    assert play('renderer = "kazoo"\n[[slots]]\ncaption = "x"\n') == 2
    assert capsys.readouterr().err.startswith("renderer: 'kazoo' is not a renderer here;")


def test_an_address_where_no_studio_answers_is_one_sentence(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play('[[slots]]\ncaption = "x"\n', "--mcp", "http://127.0.0.1:9/mcp") == 1
    assert capsys.readouterr().err.startswith("No studio answers at http://127.0.0.1:9/mcp; ")


def test_settings_come_from_a_dotenv_file(
    scripted: ScriptedStudio, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJ_DEVICE", "x")
    monkeypatch.delenv("DJ_DEVICE")
    (tmp_path / ".env").write_text("DJ_DEVICE=theremin\n")
    assert play('[[slots]]\ncaption = "x"\n') == 0
    assert scripted.opened_with[0]["DJ_DEVICE"] == "theremin"


def test_a_bug_is_one_sentence_and_a_log(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text('version = 1\n[[slots]]\ncaption = "x"\n')
    code = f"import dj_agent.play as play\nplay.slug = lambda title: 1 / 0\n{RUN}"
    done = python(code, "play", str(file), TMPDIR=str(tmp_path))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "ZeroDivisionError" in done.stderr
    log = Path(done.stderr.split()[-1])
    assert "<lambda>" in log.read_text(encoding="utf-8")
