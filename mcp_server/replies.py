"""Engine results as tool results: the typed view and the text, each complete on its own.

Everything that strangers may have written (titles, captions, tags, file names) is made safe to
print here. Knows nothing about MCP's transport or about how results came to be.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import (
    Job,
    LibraryPage,
    Made,
    Problem,
    Status,
    StudioError,
    Track,
    clean,
    one_line,
    parse_key,
)
from engine.fields import (
    MAX_BPM,
    MAX_CAPTION,
    MAX_DURATION_S,
    MAX_LYRICS,
    MAX_VARIATIONS,
    MIN_BPM,
    MIN_DURATION_S,
)
from mcp_server import views
from mcp_server.hearing import heard, hearing_lines
from mcp_server.sets import set_lines, set_view
from mcp_server.tool import Reply

MAX_TITLE, MAX_TEXT = 80, 512
SHORT_PAGE = 10
"""Longer pages leave the paths out, to stay within a model's patience."""


def _path(text: str) -> str:
    """A path as it can be passed on, whole, if there is nothing invisible in it."""
    return clean(text).replace("\n", " ")


# Jobs


def job_reply(job: Job) -> Reply:
    """A job, whatever state it is in."""
    tracks = tuple(_made(track) for track in job.tracks)
    warnings = [*job.warnings, *(text for track in job.tracks for text in track.warnings)]
    result = views.AnyResult(
        message=_job_message(job),
        job_id=job.id,
        status=job.status,
        title=one_line(job.title, MAX_TITLE),
        renderer=job.renderer,
        stage=None if job.finished else job.stage or None,
        progress=round(job.progress, 3),
        eta_s=job.eta_s,
        tracks=tracks,
        warnings=tuple(one_line(warning, MAX_TEXT) for warning in dict.fromkeys(warnings)),
        analysis=job.analysis,
        set_made=set_view(job.set_made) if job.set_made else None,
        picture=f"music://picture/{job.picture}" if job.picture else None,
        error=job.problem and _problem(job.problem),
    )
    lines = [f"{result.message} ({job.id})" if job.finished else result.message]
    lines += hearing_lines(job.analysis) if job.analysis else []
    lines += set_lines(result.set_made) if result.set_made else []
    lines += [f"Picture: {result.picture}"] if result.picture else []
    lines += [] if result.set_made else [track_line(track) for track in tracks]
    lines += [f"Warning: {warning}" for warning in result.warnings]
    return Reply(result, "\n".join(lines))


def _job_message(job: Job) -> str:
    title = f'"{one_line(job.title, MAX_TITLE)}"'
    match job.status:
        case "done" if job.analysis:
            return f"Heard {title}: {heard(job.analysis)}."
        case "done" if job.set_made:
            length = round(job.set_made.report.duration_s / 60.0)
            return f"Done: the set {title}, {length} minutes, tracks by {job.renderer}."
        case "done" if job.task == "separate":
            return f"Done: {title} in {_count(len(job.tracks), 'stem')}."
        case "done":
            takes = "" if len(job.tracks) == 1 else f" in {len(job.tracks)} takes"
            return f"Done: {title}{takes}, made by the {job.renderer} renderer."
        case "failed":
            reason = (
                one_line(job.problem.message, MAX_TEXT) if job.problem else "no reason was given."
            )
            return f"Failed: {title}. {reason}{_kept(job)}"
        case "cancelled":
            return f"Cancelled: {title}.{_kept(job)}"
        case "queued":
            state = f"Waiting in the queue: {title}."
        case "running":
            left = "" if job.eta_s is None else f", about {job.eta_s:.0f} s left"
            state = f"Running: {title}, {job.progress:.0%} done{left}."
    return f'{state} Next: call get_job with job_id "{job.id}"; don\'t start it again.'


def _kept(job: Job) -> str:
    return f" {_count(len(job.tracks), 'finished track')} kept." if job.tracks else ""


def _problem(problem: Problem) -> Problem:
    return problem.model_copy(update={"message": one_line(problem.message, MAX_TEXT)})


# Tracks


def track_line(track: views.Track) -> str:
    """A track in one line: title, id, length, tempo, key, loudness, path."""
    minutes, seconds = divmod(round(track.duration_s), 60)
    facts = [f'"{track.title}"', track.id, f"{minutes}:{seconds:02d}"]
    facts += [f"{track.bpm:g} BPM"] if track.bpm else []
    facts += [f"{track.key} ({track.key_camelot})"] if track.key else []
    facts += [track.time_signature] if track.time_signature not in (None, "4/4") else []
    facts += [f"{track.loudness_lufs:.1f} LUFS"] if track.loudness_lufs is not None else []
    facts += [track.path] if track.path and track.path != track.id else []
    return " · ".join(facts)


def _brief(track: Track) -> views.Track:
    """What a list needs."""
    made = track.made or Made(duration_s=track.duration_s)
    return views.Track(
        id=_path(track.id),
        title=one_line(track.title, MAX_TITLE),
        path=_path(track.path),
        duration_s=round(track.duration_s, 3),
        bpm=made.bpm,
        key=made.key,
        key_camelot=parse_key(made.key).camelot if made.key else None,
    )


def _made(track: Track) -> views.Track:
    """What the maker of a track wants to know."""
    made = track.made or Made(duration_s=track.duration_s)
    request = track.recipe.request if track.recipe else {}
    asked = {name: request.get(name) for name in views.Asked.model_fields}
    return _brief(track).model_copy(
        update={
            "time_signature": made.time_signature,
            "style": made.style,
            "seed": request.get("seed"),
            "renderer": track.recipe.made_by.renderer if track.recipe else None,
            "loudness_lufs": track.measured.loudness_lufs if track.measured else None,
            "role": track.role,
            "parent_id": track.parent_id,
            "asked": views.Asked(**asked) if any(asked.values()) else None,
            "measured": track.measured,
        }
    )


def _full(track: Track) -> views.Track:
    """Everything but the recipe."""
    caption = track.recipe.request.get("caption") if track.recipe else None
    sections = track.made.sections if track.made else ()
    return _made(track).model_copy(
        update={
            "caption": caption and one_line(caption, MAX_TEXT),
            "created_at": track.created_at,
            "sections": tuple(
                views.Section(
                    name=one_line(one.name, MAX_TITLE), start_s=one.start_s, end_s=one.end_s
                )
                for one in sections
            )
            or None,
            "warnings": tuple(one_line(text, MAX_TEXT) for text in track.warnings) or None,
        }
    )


# The library


def track_reply(track: Track) -> Reply:
    """One track, looked up by id or path."""
    full = _full(track)
    message = f'Found "{full.title}".'
    lines = [message, track_line(full)]
    lines += [f"Caption: {full.caption}"] if full.caption else []
    form = ", ".join(f"{one.name} {one.start_s:.0f} s" for one in full.sections or ())
    lines += [f"Sections: {form}"] if form else []
    lines += [f"Warning: {warning}" for warning in full.warnings or ()]
    return Reply(views.Library(message=message, tracks=(full,), total=1), "\n".join(lines))


def page_reply(page: LibraryPage, jobs: Sequence[Job], filtered: bool) -> Reply:
    """A page of the library, and the newest jobs if they are wanted."""
    tracks = tuple(_brief(track) for track in page.tracks)
    short = len(tracks) <= SHORT_PAGE
    if not short:
        tracks = tuple(track.model_copy(update={"path": None}) for track in tracks)
    result = views.Library(
        message=_page_message(page, filtered, short),
        tracks=tracks,
        total=page.total,
        next_offset=page.next_offset,
        jobs=tuple(
            views.JobLine(
                job_id=job.id,
                status=job.status,
                title=one_line(job.title, MAX_TITLE),
                progress=round(job.progress, 2),
            )
            for job in jobs
        ),
    )
    lines = [result.message, *(track_line(track) for track in tracks)]
    lines += ["Newest jobs:"] if jobs else []
    lines += [f'{job.job_id} {job.status} "{job.title}"' for job in result.jobs]
    return Reply(result, "\n".join(lines))


def _page_message(page: LibraryPage, filtered: bool, short: bool) -> str:
    if not page.total and not filtered:
        return "The library is empty; make a track with generate_music."
    if not page.total:
        return "No track matches; use fewer words or a wider bpm range."
    if not page.tracks:
        return f"There are only {_count(page.total, 'track')}; use a smaller offset."
    message = f"{len(page.tracks)} of {_count(page.total, 'track')}, newest first."
    if page.next_offset is not None:
        message += f" The next page is at offset {page.next_offset}."
    return message if short else message + " For a path, look one up with track."


# Status


def status_reply(status: Status, tools: Sequence[str], *, wait_s: float, queue_limit: int) -> Reply:
    """What the studio can do now, for a client whose calls wait at most `wait_s`."""
    ready = [one.name for one in status.renderers if one.ready]
    free_gb = round(status.free_bytes / 1e9, 1)
    result = views.Status(
        message=(
            f"Ready: {', '.join(ready) or 'no renderer'} on {status.device}; "
            f"{status.running} running, {status.queued} queued; "
            f"{_count(status.tracks, 'track')}, {free_gb:g} GB free."
        ),
        version=status.version,
        renderers=tuple(
            views.Renderer(
                name=one.name,
                ready=one.ready,
                tasks=one.tasks,
                adapters=one.adapters or None,
                note=one.note,
            )
            for one in status.renderers
        ),
        device=status.device,
        worker_alive=status.worker_alive,
        tools_available=tuple(tools),
        queue=views.Queue(running=status.running, queued=status.queued, limit=queue_limit),
        tracks=status.tracks,
        limits=views.Limits(
            min_duration_s=MIN_DURATION_S,
            max_duration_s=MAX_DURATION_S,
            min_bpm=MIN_BPM,
            max_bpm=MAX_BPM,
            variations=MAX_VARIATIONS,
            caption_characters=MAX_CAPTION,
            lyrics_characters=MAX_LYRICS,
            wait_s=wait_s,
        ),
        folders=views.Folders(library=status.library, readable=status.readable_folders),
        free_gb=free_gb,
        stems=status.stems,
    )
    limits = result.limits
    lines = [
        result.message,
        *(
            f"{one.name}: {'' if one.ready else 'not ready. '}{one.note}{_adapters(one.adapters)}"
            for one in status.renderers
        ),
        f"stems: {status.stems}",
        f"Limits: {limits.min_duration_s:g} to {limits.max_duration_s:g} s, "
        f"{limits.min_bpm:g} to {limits.max_bpm:g} BPM, {limits.variations} variations.",
        f"Library: {result.folders.library}",
        f"Audio files may be read in: {', '.join(result.folders.readable)}",
        f"Version {result.version}; tools: {', '.join(result.tools_available)}.",
    ]
    return Reply(result, "\n".join(lines))


def _adapters(names: Sequence[str]) -> str:
    return f" Adapters: {', '.join(names)}." if names else ""


# Errors


def error_text(error: StudioError) -> str:
    """The error as one sentence for a model."""
    return one_line(error.message, MAX_TEXT)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
