"""Settings to paste into MCP hosts, with absolute paths because hosts start with a bare PATH."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from engine import Settings

HOSTS = ("claude", "claude-code", "cursor", "vscode")
SERVER = "dj-agent"

_CLAUDE_CODE_TIMEOUT_MS = 600_000


def host_config(host: str, settings: Settings) -> dict[str, Any]:
    """What to put into the settings file of one of `HOSTS`, as JSON."""
    entry: dict[str, Any] = {**_command(), "env": _environment(settings)}
    if host == "vscode":
        return {"servers": {SERVER: {"type": "stdio", **entry}}}
    if host == "claude-code":
        entry["timeout"] = _CLAUDE_CODE_TIMEOUT_MS
    return {"mcpServers": {SERVER: entry}}


def _command() -> dict[str, Any]:
    """How to start this very `dj-mcp`: through uv in a checkout, else its script."""
    checkout = Path(__file__).resolve().parent.parent
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv and _is_checkout(checkout):
        uv = str(Path(uv).absolute())
        return {"command": uv, "args": ["run", "--directory", str(checkout), "dj-mcp"]}
    script = shutil.which("dj-mcp", path=str(Path(sys.executable).parent))
    if script:
        return {"command": script, "args": []}
    return {"command": sys.executable, "args": ["-P", "-m", "mcp_server"]}


def _is_checkout(folder: Path) -> bool:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return False
    return project.get("name") == "dj-agent"


def _environment(settings: Settings) -> dict[str, str]:
    """The folders, so that the host's server shares the library that this terminal uses."""
    environment = {"DJ_HOME": str(settings.home)}
    if settings.media_dirs:
        environment["DJ_MEDIA_DIRS"] = os.pathsep.join(str(path) for path in settings.media_dirs)
    return environment
