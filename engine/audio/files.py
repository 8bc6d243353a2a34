"""Audio files, from outside: write one, read one, and see what one says about itself.

Everything about sound files that the rest of the engine needs is a name in here.
"""

from __future__ import annotations

from engine.audio.drafts import DRAFT_SUFFIX
from engine.audio.formats import BY_NAME
from engine.audio.reading import Probe, probe, read, read_blocks, read_tags
from engine.audio.tags import Chapter, Tags
from engine.audio.writing import write, write_blocks

FORMATS = tuple(BY_NAME)
"""`flac`, `wav`, `mp3`, `ogg`, `opus`: what `write` takes, and each file's extension."""

__all__ = [
    "DRAFT_SUFFIX",
    "FORMATS",
    "Chapter",
    "Probe",
    "Tags",
    "probe",
    "read",
    "read_blocks",
    "read_tags",
    "write",
    "write_blocks",
]
