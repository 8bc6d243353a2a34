"""Letting a request in: what it names is there, may be read, and is long enough.

Done once, before anything is queued. From then on the request holds a track's id or a file's real
path, and whoever works on it need not ask again.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InvalidRequest
from engine.fields import MAX_SOURCE_S
from engine.library import TRACK_ID, Library
from engine.requests import (
    AddPartsRequest,
    AnalyzeRequest,
    ExtendRequest,
    GenerateRequest,
    RenderSetRequest,
    RepaintRequest,
    Request,
    SeparateRequest,
    TrackRequest,
    checked,
)
from engine.results import Track
from engine.text import one_line, title_of

_KEPT = (
    "lyrics", "language", "instrumental", "duration_s", "bpm", "key", "time_signature", "reference",
    "adapter",
)  # fmt: skip
"""What another take has in common with the first, unless something else is asked for."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that was let in, what its job is called, and the track that it reshapes or
    varies, if any."""

    request: Request
    title: str
    track: Track | None = None


def admit(request: Request, library: Library) -> Admitted:
    """The request with its tracks settled.

    Raises `NotFound`, `AccessRefused` or `AudioUnreadable` for a track, `InvalidRequest` for a
    window that isn't in it, and for a track of which there is no second take.
    """
    if isinstance(request, RenderSetRequest):
        return _admit_set(request, library)
    if isinstance(request, GenerateRequest):
        return _admit_words(request, library)
    track = library.track(request.track)
    _check_span(request, track)
    settled = request.model_copy(update={"track": track.id})
    return Admitted(settled, _name(request, track), track)


def _admit_set(request: RenderSetRequest, library: Library) -> Admitted:
    """A set with everything in its plan filled in."""
    # Planning is only loaded by those who plan.
    from engine.planning import filled

    plan = filled(request.plan, library).plan
    title = plan.title or title_of(plan.brief) or "Set"
    return Admitted(request.model_copy(update={"plan": plan}), title)


def _admit_words(request: GenerateRequest, library: Library) -> Admitted:
    """Music from words: what it is to sound like, and the take that it varies."""
    title, first = request.title or title_of(request.caption), None
    if request.variation_of:
        first = library.track(request.variation_of, "variation_of")
        request = another_take(request, first)
    if request.reference:
        sound = library.track(request.reference, "reference")
        request = request.model_copy(update={"reference": sound.id})
    return Admitted(request, title, first)


def another_take(request: GenerateRequest, first: Track) -> GenerateRequest:
    """The request with all that it leaves open as it was for `first`, and how that came to be.

    Raises `InvalidRequest` for a track that wasn't made from words, or like a file of which its
    recipe has only the name.
    """
    asked = first.recipe.request if first.recipe else {}
    if asked.get("task") != "generate":
        raise InvalidRequest(
            "variation_of: only a track that generate_music made has other takes; cover_track "
            "and repaint_section vary any track.",
            field="variation_of",
        )
    before = checked(GenerateRequest, **asked)
    taken = {name: getattr(before, name) for name in _KEPT if name not in request.model_fields_set}
    if (sound := taken.get("reference")) and not sound.startswith(TRACK_ID):
        raise InvalidRequest(
            f"reference: the first take was made like the file {sound}; name it again.",
            field="reference",
        )
    own = {"variation_of": first.id, "lineage": before.turns}
    return request.model_copy(update={**taken, **own})


def _check_span(request: TrackRequest, track: Track) -> None:
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


def _name(request: TrackRequest, track: Track) -> str:
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
