"""From rendered audio to a track: measure it, write it with its recipe, and describe it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.audio import files
from engine.fields import MAX_SEED
from engine.hearing import hear, known_from
from engine.library import Library, new_track_id, now
from engine.listen.readings import Analysis, Detail
from engine.renderers import Rendered, Sources
from engine.requests import GenerateRequest, RenderRequest, Request
from engine.results import Measured, Recipe, Track
from engine.text import one_line


@dataclass(frozen=True, slots=True)
class Draft:
    """Finished audio that is not in the library yet: what was asked, and what it is."""

    rendered: Rendered
    request: Request
    title: str
    sources: Sources
    role: str = "mix"
    """`mix`, or the part that a stem holds."""

    @property
    def parent_id(self) -> str | None:
        """The track that it was made out of, or of which it is another take."""
        if self.sources.track:
            return self.sources.track.track.id
        return self.request.variation_of if isinstance(self.request, GenerateRequest) else None


def takes(request: RenderRequest) -> list[RenderRequest]:
    """One request a variation. The first keeps the seed, the others' are derived from it."""
    if not isinstance(request, GenerateRequest):
        return [request]
    seed = request.seed or 0
    return [
        request.model_copy(update={"variations": 1, "seed": _derived(seed, number)})
        for number in range(request.variations)
    ]


def _derived(seed: int, number: int) -> int:
    if number == 0:
        return seed
    digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (MAX_SEED + 1)


@dataclass(frozen=True, slots=True)
class Finished:
    """A track that is to be added to the library: its file's name there, and what was heard."""

    name: str
    track: Track
    analysis: Analysis


def finish(draft: Draft, folder: Path, library: Library, detail: Detail = "basic") -> Finished:
    """Write one draft and listen to it, so closely.

    `folder` is for the file while it is written. Raises `StorageFull`; then nothing of it is left.
    """
    rendered = draft.rendered
    sources = (draft.sources.track, draft.sources.reference)
    parents = tuple(content_of(one.track) for one in sources if one)
    recipe = Recipe(request=_asked(draft), made_by=rendered.made_by, parents=parents)
    file = folder / "take.flac"
    files.write(file, rendered.audio, _tags(draft, recipe), "flac")
    content = _content(file)
    heard = hear(lambda: rendered.audio, content, known_from(rendered.made), detail, library)
    measured = _measured(heard)
    name = library.adopt(file, draft.title)
    track = Track(
        id=new_track_id(),
        title=one_line(draft.title, 80),
        path=str(library.folder / name),
        duration_s=measured.duration_s,
        role=draft.role,
        parent_id=draft.parent_id,
        created_at=now(),
        recipe=recipe,
        made=rendered.made,
        measured=measured,
        warnings=rendered.warnings,
    )
    return Finished(name, track, heard)


def _tags(draft: Draft, recipe: Recipe) -> files.Tags:
    made = draft.rendered.made
    return files.Tags(
        title=draft.title,
        artist=f"dj-agent ({recipe.made_by.renderer})",
        genre=made.style or "",
        comment=recipe.model_dump_json(exclude_none=True),
        bpm=made.bpm,
        key=made.key or "",
    )


def _asked(draft: Draft) -> dict[str, Any]:
    """The request as JSON. A file outside the library is named without its folder, which is
    nobody's business who gets the finished file."""
    written = draft.request.model_dump(mode="json")
    asked = {name: value for name, value in written.items() if value != []}
    named = {name: Path(asked[name]).name for name in ("track", "reference") if asked.get(name)}
    return asked | named


def content_of(track: Track) -> str:
    """What a recipe calls a track: its file's content, so that it is found again anywhere."""
    return _content(Path(track.path))


def _content(file: Path) -> str:
    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _measured(heard: Analysis) -> Measured:
    return Measured(
        duration_s=heard.duration_s,
        loudness_lufs=heard.loudness_lufs,
        true_peak_dbtp=heard.true_peak_dbtp,
        bpm=heard.bpm,
        bpm_confidence=heard.bpm_confidence,
        key=heard.key,
        key_confidence=heard.key_confidence,
    )
