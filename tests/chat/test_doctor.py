"""`dj-agent doctor` in environments of all sorts."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import Visit, serving

from dj_agent import doctor as doctors
from dj_agent import probing
from dj_agent.__main__ import main
from dj_agent.providers import local_models

KEY = "sk-ant-0123456789abcdef0123456789"
KEYS = ("OPENAI", "ANTHROPIC", "GEMINI", "OPENROUTER", "OLLAMA")

Examine = Callable[..., tuple[int, str]]


@pytest.fixture
def examine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Examine:
    """`dj-agent doctor` with these settings and no others: its exit code and what it says."""
    for name in [name for name in os.environ if name.startswith(("DJ_", *KEYS))]:
        monkeypatch.delenv(name)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(**settings: str) -> tuple[int, str]:
        monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
        monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main(["doctor"])
        printed = capsys.readouterr()
        assert printed.err == ""
        assert KEY not in printed.out
        return code, printed.out

    return run


def line(said: str, about: str) -> str:
    return next(one for one in said.splitlines() if re.match(rf"\w+ +{about}\b", one))


def test_a_fresh_installation_is_well_and_told_what_else_there_is(
    examine: Examine, tmp_path: Path
) -> None:
    code, said = examine()
    assert code == 0, said
    assert all(one.split()[0] in ("ok", "warn") for one in said.splitlines())
    for about, level, words in (
        ("python", "ok", "3."),
        ("packages", "ok", "All that is needed"),
        ("studio", "ok", "Ready: sketch"),
        ("library", "ok", f"{tmp_path / 'home'} can be written to."),
        ("disk", "ok", "GB free") if "ok    disk" in said else ("disk", "warn", "GB free"),
        ("worker", "ok", ""),
        ("device", "ok", "cpu"),
        ("model", "warn", "No language model"),
        ("ollama", "ok", "Not running."),
        ("player", "warn", "Install ffmpeg or mpv"),
    ):
        assert line(said, about).startswith(level), said
        assert words in line(said, about)
    assert "renderer" in said
    assert "dj-agent models get" in said


def test_a_home_that_cannot_be_written_to_is_bad(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = examine(DJ_HOME=str(tmp_path / "file" / "home"))
    assert code == 1
    assert line(said, "studio").startswith("bad")
    assert "Set DJ_HOME" in said


def test_a_library_that_became_read_only_is_bad(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        folder = Path("/proc")
    else:
        folder = tmp_path
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    found = doctors._writable(folder)
    assert found.level == "bad"
    assert "DJ_HOME" in found.fix


def test_a_wrong_setting_is_bad_and_named(examine: Examine) -> None:
    code, said = examine(DJ_RENDERER="kazoo")
    assert code == 1
    assert "DJ_RENDERER" in line(said, "studio")
    code, said = examine(DJ_RENDERER="sketch", DJ_PROVIDER="nobody")
    assert code == 1
    assert line(said, "model").startswith("bad")


@pytest.mark.parametrize(
    ("version", "level"), [((3, 10, 1), "bad"), ((3, 11, 0), "ok"), ((3, 14, 0), "bad")]
)
def test_only_some_pythons_will_do(version: tuple[int, ...], level: str) -> None:
    assert doctors._python(version).level == level


@pytest.mark.parametrize(("free_gb", "level"), [(0.1, "bad"), (2.0, "warn"), (80.0, "ok")])
def test_a_full_disk_is_bad(free_gb: float, level: str, tmp_path: Path) -> None:
    assert doctors._room(free_gb, tmp_path).level == level


def test_jobs_without_a_worker_are_a_warning() -> None:
    levels = [doctors._worker(*one).level for one in (
        (True, 1, 0), (False, 0, 0), (False, 0, 2), (None, 0, 0)
    )]  # fmt: skip
    assert levels == ["ok", "ok", "warn", "ok"]


def test_what_is_missing_is_named_with_how_to_get_it(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ("diffusers", "demucs", "soundfile")
    real = doctors.find_spec
    monkeypatch.setattr(doctors, "find_spec", lambda name: None if name in gone else real(name))
    code, said = examine()
    assert code == 1
    assert "soundfile can't be found. Install them with `uv sync`." in line(said, "packages")
    assert "uv sync --extra ace" in said
    assert "uv sync --extra stems" in said


class _Server(Visit):
    status = 200
    seen: list[tuple[str, str | None]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        key = self.headers["x-api-key"] or self.headers["Authorization"]
        type(self).seen.append((self.path, key))
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        (200, "ok", "answers."),
        (401, "warn", "refuses the key (401). Copy the key again into ANTHROPIC_API_KEY."),
        (500, "warn", "answers with an error (500)."),
    ],
)
def test_a_provider_with_a_key_is_asked(
    examine: Examine, status: int, level: str, words: str
) -> None:
    class Server(_Server):
        seen: list[tuple[str, str | None]] = []  # noqa: RUF012

    Server.status = status
    with serving(Server) as address:
        code, said = examine(ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=address)
    assert code == 0
    assert line(said, "provider").startswith(level)
    assert words in said
    assert Server.seen == [("/v1/models", KEY)]
    assert "ANTHROPIC_API_KEY is set" in line(said, "model")


def test_a_provider_that_does_not_answer_is_not_waited_for(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "PROBE_S", 0.2)

    class Silent(_Server):
        def do_GET(self) -> None:
            self.rfile.read(1)

    with serving(Silent) as address:
        _, said = examine(OPENAI_API_KEY=KEY, OPENAI_BASE_URL=address, DJ_MODEL="m")
        assert "doesn't answer within 0.2 s" in said
    _, said = examine(OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://127.0.0.1:9")
    assert "can't be reached" in said


def test_ollama_is_asked_for_its_models(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "models_at", lambda _: ["qwen3:8b", "llama3.1:8b"])
    monkeypatch.setattr("dj_agent.providers.choosing.models_at", lambda _: ["qwen3:8b"])
    _, said = examine()
    assert "Runs, with qwen3:8b, llama3.1:8b." in line(said, "ollama")
    assert line(said, "model").startswith("ok")
    monkeypatch.setattr(probing, "models_at", lambda _: [])
    _, said = examine()
    assert "`ollama pull qwen3`" in line(said, "ollama")
    assert local_models.models_at("http://127.0.0.1:9") is None


def test_a_card_that_is_not_used_is_pointed_out(examine: Examine, tmp_path: Path) -> None:
    card = tmp_path / "nvidia-smi"
    card.write_text("#!/bin/sh\n")
    card.chmod(0o755)
    _, said = examine()
    assert "Set DJ_DEVICE=auto" in line(said, "device")
    _, said = examine(DJ_DEVICE="cpu")
    assert line(said, "device").startswith("ok")


def test_a_key_that_no_header_can_carry_is_a_warning(examine: Examine) -> None:
    code, said = examine(DJ_PROVIDER="offline", OPENROUTER_API_KEY=f"{KEY} \N{SNOWMAN}")
    assert code == 0
    assert "OPENROUTER_API_KEY holds spaces" in line(said, "provider")
