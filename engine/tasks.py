"""What a worker does for each kind of request: drafts of new tracks, or an analysis.

Pure but for reading the source's file. The worker delivers what comes out of here, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.audio import files
from engine.errors import AudioUnreadable
from engine.finishing import Draft, content_of, takes
from engine.hearing import hear, known_from
from engine.library import Library
from engine.listen.readings import KEY_TRUST, Analysis, Known
from engine.renderers import Cancelled, Progress, Renderer, Source, Sources
from engine.requests import AnalyzeRequest, RenderRequest
from engine.results import Track

_FACTS = {"bpm", "key", "time_signature"}


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
    return hear(lambda: source.audio, content_of(source.track), known, request.detail, library)


def known_of(request: AnalyzeRequest, track: Track) -> Known:
    """What is known of a track's tempo, key and metre: told by somebody, else as it was made,
    else by its file's tags."""
    known = known_from(track.made) if track.made else _known_from_tags(Path(track.path))
    told = {name: getattr(request, name) for name in ("bpm", "key", "time_signature")}
    told = {name: value for name, value in told.items() if value}
    if not told:
        return known
    before = known.source if any(getattr(known, name) for name in _FACTS - told.keys()) else ""
    if "key" in told:
        told["key_trust"] = KEY_TRUST
    source = " and ".join(filter(None, ("the request", before)))
    return known.model_copy(update={**told, "source": source})


def _known_from_tags(file: Path) -> Known:
    tags = files.read_tags(file)
    source = "the file's tags" if tags.bpm or tags.key else ""
    return Known(bpm=tags.bpm, key=tags.key or None, source=source)


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
