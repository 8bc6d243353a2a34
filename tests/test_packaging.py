"""The wheel that people install: what is in it, and that it works away from this folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "prompts", "mcp_server", "dj_agent")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("packaging")]


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """The command's standard output; the test fails with all it said if it fails."""
    ignored = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in ignored},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def uv() -> str:
    """uv, which builds and installs as the README does."""
    found = os.environ.get("UV") or shutil.which("uv")  # `uv run` tells where it is
    assert found, "uv is needed to build the wheel; install it with `python -m pip install uv`"
    return found


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(uv: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment with nothing but the wheel installed."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    run(uv, "venv", "--quiet", "--python", sys.executable, environment)
    folder = environment / ("Scripts" if sys.platform == "win32" else "bin")
    run(uv, "pip", "install", "--quiet", "--python", folder / "python", wheel)
    return folder


def shipped(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: Path):
    version = PROJECT["version"]
    assert wheel.name == f"dj_agent-{version}-py3-none-any.whl"
    assert {name.split("/")[0] for name in shipped(wheel)} == {
        *PACKAGES,
        f"dj_agent-{version}.dist-info",
    }
    assert f"dj_agent-{version}.dist-info/licenses/LICENSE" in shipped(wheel)


def test_every_module_and_every_prompt_is_shipped(wheel: Path):
    needed = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for kind in ("*.py", "*.md", "*.html", "*.json")
        for path in (ROOT / package).rglob(kind)
    }
    assert needed <= shipped(wheel)
    assert not {name for name in shipped(wheel) if "test" in name or "__pycache__" in name}


def test_the_commands_answer_from_any_folder(scripts: Path, tmp_path: Path):
    version = PROJECT["version"]
    assert run(scripts / "dj-agent", "--version", folder=tmp_path) == f"dj-agent {version}\n"
    assert run(scripts / "dj-mcp", "--version", folder=tmp_path) == f"dj-mcp {version}\n"
    config = json.loads(run(scripts / "dj-mcp", "--print-config", "claude", folder=tmp_path))
    (server,) = config["mcpServers"].values()
    assert Path(server["command"]).is_absolute()
    assert Path(server["command"]).exists()


def test_the_four_packages_come_from_this_distribution(scripts: Path, tmp_path: Path):
    script = "import json, importlib.metadata as m; print(json.dumps(m.packages_distributions()))"
    owners = json.loads(run(scripts / "python", "-c", script, folder=tmp_path))
    assert {package: owners[package] for package in PACKAGES} == {
        package: ["dj-agent"] for package in PACKAGES
    }
