"""Containers: how each file format stores its tags around the encoded audio.

A container is a module with two functions on open binary files:

    copy(source, target, tags)   the file `source` into `target`, with these tags and no others
    tags_in(stream)              the tags of a file, whoever wrote it; empty ones if it has none

libsndfile encodes the audio but keeps tags in some formats only, mangles what isn't ASCII in MP3,
knows neither tempo nor key, and numbers Ogg streams at random. So it writes audio alone, and these
modules, which know nothing about audio, add the rest. They trust no length that a file states,
and give up on tags with more entries or bytes than any honest file has.
"""

from __future__ import annotations

MOST_ENTRIES = 4_096
"""Blocks, chunks, frames, pages or comments looked at before giving up."""
MOST_BYTES = 1 << 24
"""Of one file's tags; pictures count."""
