"""Settings: read once from the environment at an entry point, then passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import InvalidRequest

RENDERERS = ("auto", "sketch")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how long to wait. Build it with `Settings.read`, or by hand in tests."""

    home: Path
    """The library and the queue."""
    media_dirs: tuple[Path, ...] = ()
    """Folders, besides the library, whose audio may be read."""
    renderer: str = "auto"
    device: str = "cpu"
    wait_s: float | None = None
    """How long a tool call waits for a job; None: as long as its client is known to."""
    http_token: str | None = field(default=None, repr=False)
    lease_s: float = 10.0
    """A running job whose worker hasn't been heard of for this long is claimed again."""
    idle_s: float = 120.0
    """A worker with nothing to do leaves after this long."""
    queue_limit: int = 64
    """At most this many unfinished jobs."""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings in `environ`. Raises `InvalidRequest` naming the variable."""

        def value(name: str, default: str = "") -> str:
            text = environ.get(name, "").strip()
            # An MCP host that forgot to fill in a template passes "${user_config.home}" on.
            return default if text.startswith("${") or not text else text

        home = value("DJ_HOME")
        renderer = value("DJ_RENDERER", "auto").lower()
        if renderer not in RENDERERS:
            raise InvalidRequest(
                f"DJ_RENDERER: {renderer!r} is not a renderer here; "
                f"use one of {', '.join(RENDERERS)}.",
                field="DJ_RENDERER",
            )
        return cls(
            home=_folder(home) if home else _music_folder() / "dj-agent",
            media_dirs=tuple(
                _folder(part) for part in value("DJ_MEDIA_DIRS").split(os.pathsep) if part.strip()
            ),
            renderer=renderer,
            device=value("DJ_DEVICE", "cpu"),
            wait_s=_seconds("DJ_WAIT_S", value("DJ_WAIT_S")),
            http_token=value("DJ_HTTP_TOKEN") or None,
        )


def _folder(text: str) -> Path:
    return Path(text.strip()).expanduser().absolute()


def _seconds(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds <= 3600.0:
        raise InvalidRequest(f"{name}: {text!r} is not a time; use 0 to 3600 seconds.", field=name)
    return seconds


def _music_folder() -> Path:
    from platformdirs import user_music_path

    return user_music_path()
