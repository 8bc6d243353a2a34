"""Where the studio's folder is, for what the DJ keeps in it: conversations, and what was typed.

The same rule as the studio's own, so that both agree without the studio running.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home(environ: Mapping[str, str]) -> Path:
    """DJ_HOME, or a folder of ours where this system keeps music. It need not exist."""
    text = environ.get("DJ_HOME", "").strip()
    if text and not text.startswith("${"):  # a host that forgot to fill in its template
        return Path(text).expanduser().absolute()
    from platformdirs import user_music_path

    return user_music_path() / "dj-agent"
