"""Settings: read once from the environment at an entry point, then passed down."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import InvalidRequest
from engine.renderers import NAMES, Workplace

RENDERERS = ("auto", *NAMES)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how long to wait. Build it with `Settings.read`, or by hand in tests."""

    home: Path
    """The library and the queue."""
    media_dirs: tuple[Path, ...] = ()
    """Folders, besides the library, whose audio may be read."""
    renderer: str = "auto"
    device: str = "cpu"
    checkpoints: tuple[Path, ...] = ()
    """Folders in which neural renderers look for theirs; those fetched are put into the first."""
    fake_vram_gb: float | None = None
    """Pretend that the device has so much memory; None: it has what it has."""
    adapters: Path | None = None
    """The folder of adapters; None: `adapters` in `home`."""
    wait_s: float | None = None
    """How long a tool call waits for a job; None: as long as its client is known to."""
    http_token: str | None = field(default=None, repr=False)
    lease_s: float = 10.0
    """A running job whose worker hasn't been heard of for this long is claimed again."""
    idle_s: float = 120.0
    """A worker with nothing to do leaves after this long."""
    queue_limit: int = 64
    """At most this many unfinished jobs."""

    @property
    def workplace(self) -> Workplace:
        """What of this a renderer is told."""
        return Workplace(self.home, self.device, self.checkpoints, self.fake_vram_gb, self.adapters)

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings in `environ`. Raises `InvalidRequest` naming the variable."""

        def value(name: str, default: str = "") -> str:
            text = environ.get(name, "").strip()
            # An MCP host that forgot to fill in a template passes "${user_config.home}" on.
            return default if text.startswith("${") or not text else text

        home = value("DJ_HOME")
        where = _folder(home) if home else _music_folder() / "dj-agent"
        renderer = value("DJ_RENDERER", "auto").lower()
        if renderer not in RENDERERS:
            raise InvalidRequest(
                f"DJ_RENDERER: {renderer!r} is not a renderer here; "
                f"use one of {', '.join(RENDERERS)}.",
                field="DJ_RENDERER",
            )
        return cls(
            home=where,
            media_dirs=_folders(value("DJ_MEDIA_DIRS")),
            renderer=renderer,
            device=value("DJ_DEVICE", "cpu"),
            checkpoints=(
                *_folders(value("ACESTEP_CHECKPOINTS")),
                where / "models" / "acestep",
                _folder("checkpoints"),
                _hub(value),
            ),
            fake_vram_gb=_gigabytes("ACESTEP_FAKE_VRAM_GB", value("ACESTEP_FAKE_VRAM_GB")),
            adapters=_folder(adapters) if (adapters := value("ACESTEP_ADAPTERS")) else None,
            wait_s=_seconds("DJ_WAIT_S", value("DJ_WAIT_S")),
            http_token=value("DJ_HTTP_TOKEN") or None,
        )


def _folder(text: str) -> Path:
    return Path(text.strip()).expanduser().absolute()


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(_folder(part) for part in text.split(os.pathsep) if part.strip())


def _hub(value: Callable[[str], str]) -> Path:
    """The cache that Hugging Face's tools share, where they look for it."""
    if cache := value("HF_HUB_CACHE"):
        return _folder(cache)
    return _folder(value("HF_HOME") or "~/.cache/huggingface") / "hub"


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


def _gigabytes(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        size = float(text)
    except ValueError:
        size = 0.0
    if not 0.0 < size <= 4096.0:
        raise InvalidRequest(
            f"{name}: {text!r} is not a size; use gigabytes, up to 4096.", field=name
        )
    return size


def _music_folder() -> Path:
    from platformdirs import user_music_path

    return user_music_path()
