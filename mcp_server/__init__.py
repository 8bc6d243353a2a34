"""The studio as an MCP server: typed tools over the engine.

Importing this is cheap; `open_app` brings in the MCP library.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from engine import Settings, Studio, StudioError

if TYPE_CHECKING:
    from mcp_server.app import StudioServer

__all__ = ["StudioError", "open_app"]


@asynccontextmanager
async def open_app(
    environ: Mapping[str, str] | None = None, extra_media_dirs: Sequence[Path] = ()
) -> AsyncGenerator[StudioServer]:
    """The server in this process, for a client in this process.

    `environ` holds the settings (default: the process's environment); `extra_media_dirs` are
    folders that may be read besides. Raises `StudioError` if a setting is wrong or the library
    can't be opened.
    """
    from mcp_server.app import build_app

    settings = Settings.read(os.environ if environ is None else environ)
    folders = (*settings.media_dirs, *(folder.absolute() for folder in extra_media_dirs))
    with closing(Studio(dataclasses.replace(settings, media_dirs=folders))) as studio:
        yield build_app(studio)
