"""Files that appear whole or not at all: written under a passing name, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def put(target: Path, fill: Callable[[Path], object]) -> None:
    """Have the file filled, and its folder made if need be. Raises `OSError`, whatever was in the
    file before being there still."""
    target.parent.mkdir(parents=True, exist_ok=True)
    opened, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    os.close(opened)
    draft = Path(name)
    try:
        fill(draft)
        draft.chmod(0o644)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
