"""What a worker does for each kind of request: drafts of new tracks, or an analysis.

Pure but for reading the source's file. The worker delivers what comes out of here, one by one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.audio import files
from engine.errors import AudioUnreadable
from engine.finishing import Draft, content_of, takes
from engine.library import Library
from engine.listen.analysis import analyse
from engine.listen.readings import Analysis, Known
from engine.renderers import Cancelled, Progress, Renderer, Source, Sources
from engine.requests import AnalyzeRequest, RenderRequest
from engine.results import Track
from engine.revision import revision

_LISTEN = Path(__file__).parent / "listen"


@dataclass(frozen=True, slots=True)
class Bench:
    """What is at hand while one job is worked on."""

    renderer: Callable[[], Renderer]
    progress: Progress
    cancelled: Cancelled
    done: frozenset[int]
    """Numbers of the drafts that an earlier attempt delivered."""


def listen(request: AnalyzeRequest, source: Source, library: Library) -> Analysis:
    """What is heard in the track; remembered by the file's content and by what was known.

    Raises `AudioUnreadable`.
    """
    known = known_of(request, source.track)
    asked = [content_of(source.track), request.detail, known.model_dump(), revision(_LISTEN)]
    fingerprint = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    if found := library.recall(fingerprint):
        return found
    found = analyse(source.audio, known, request.detail)
    library.remember(fingerprint, found)
    return found


def known_of(request: AnalyzeRequest, track: Track) -> Known:
    """What is known of a track's tempo, key and metre: told by somebody, else as it was made,
    else by its file's tags."""
    made = track.made
    tags = files.read_tags(Path(track.path)) if made is None else None
    readings = (
        ("the request", request.bpm, request.key, request.time_signature),
        ("the recipe", made and made.bpm, made and made.key, made and made.time_signature),
        ("the file's tags", tags and tags.bpm, (tags and tags.key) or None, None),
    )
    values: dict[str, Any] = {}
    origins: list[str] = []
    for origin, *found in readings:
        for name, value in zip(("bpm", "key", "time_signature"), found, strict=True):
            if value and name not in values:
                values[name] = value
                origins.append(origin)
    return Known(**values, source=" and ".join(dict.fromkeys(origins)))


def read_source(track: Track, field: str = "track") -> Source:
    """The track that a request names in `field`, with its sound. Raises `AudioUnreadable`."""
    try:
        return Source(track, files.read(Path(track.path)))
    except AudioUnreadable as error:
        raise AudioUnreadable(f"{field}: {error.message}", field=field) from error


def drafts(
    request: RenderRequest, title: str, sources: Sources, bench: Bench
) -> Iterator[tuple[int, Draft]]:
    """A draft for every take that isn't there yet, with its number."""
    wanted = takes(request)
    for number, take in enumerate(wanted):
        if number in bench.done:
            continue

        def progress(stage: str, fraction: float, number: int = number) -> None:
            bench.progress(stage, (number + fraction) / len(wanted))

        rendered = bench.renderer().render(take, sources, progress, bench.cancelled)
        name = title if len(wanted) == 1 else f"{title} ({number + 1})"
        yield number, Draft(rendered, take, name, sources)
