"""Letting a request in: what it names is there, may be read, and is long enough.

Done once, before anything is queued. From then on the request holds a track's id or a file's real
path, and whoever works on it need not ask again.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InvalidRequest
from engine.library import Library
from engine.requests import (
    MAX_SOURCE_S,
    AddPartsRequest,
    AnalyzeRequest,
    ExtendRequest,
    GenerateRequest,
    RepaintRequest,
    Request,
    SeparateRequest,
)
from engine.results import Track
from engine.text import one_line, title_of


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that was let in, what its job is called, and the track that it names, if any."""

    request: Request
    title: str
    track: Track | None = None


def admit(request: Request, library: Library) -> Admitted:
    """The request with its track settled.

    Raises `NotFound`, `AccessRefused` or `AudioUnreadable` for the track, `InvalidRequest` for a
    window that isn't in it.
    """
    if isinstance(request, GenerateRequest):
        return Admitted(request, request.title or title_of(request.caption))
    track = library.track(request.track)
    _check_span(request, track)
    settled = request.model_copy(update={"track": track.id})
    return Admitted(settled, _name(request, track), track)


def _check_span(request: Request, track: Track) -> None:
    match request:
        case RepaintRequest():
            _check_inside("windows", max(one.end_s for one in request.windows), track)
        case AddPartsRequest():
            start_s, end_s = request.start_s or 0.0, request.end_s or track.duration_s
            _check_inside("end_s", end_s, track)
            if start_s >= end_s:
                raise InvalidRequest(
                    f"start_s: {start_s:g} is not before end_s, {end_s:g}.", field="start_s"
                )
        case ExtendRequest() if track.duration_s + request.seconds > MAX_SOURCE_S:
            raise InvalidRequest(
                f"seconds: {request.seconds:g} more would make the track longer than "
                f"{MAX_SOURCE_S / 60:g} minutes.",
                field="seconds",
            )


def _check_inside(field: str, end_s: float, track: Track) -> None:
    if end_s > track.duration_s + 0.001:
        raise InvalidRequest(
            f"{field}: {end_s:g} s is after the track's end at {track.duration_s:.2f} s.",
            field=field,
        )


def _name(request: Request, track: Track) -> str:
    match request:
        case AnalyzeRequest() | SeparateRequest():
            return track.title
        case _ if request.title:
            return request.title
        case RepaintRequest():
            word = "repainted"
        case ExtendRequest():
            word = "extended"
        case AddPartsRequest():
            word = f"with {', '.join(request.parts)}".replace("_", " ")
        case _:
            word = f"as {title_of(request.caption)}"
    return one_line(f"{track.title}, {word}", 80)
