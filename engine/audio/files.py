"""Audio files, from outside: write one, read one, and see what one says about itself.

Everything about sound files that the rest of the engine needs is a name in here.
"""

from __future__ import annotations

from engine.audio.formats import BY_NAME
from engine.audio.reading import Probe, probe, read, read_tags
from engine.audio.tags import Tags
from engine.audio.writing import DRAFT_SUFFIX, write

FORMATS = tuple(BY_NAME)
"""`flac`, `wav`, `mp3`, `ogg`, `opus`: what `write` takes, and each file's extension."""

__all__ = ["DRAFT_SUFFIX", "FORMATS", "Probe", "Tags", "probe", "read", "read_tags", "write"]
