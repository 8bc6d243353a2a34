"""From rendered audio to a track: measure it, write it with its recipe, and describe it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.audio import SAMPLE_RATE_HZ, files, levels
from engine.library import Library, new_track_id, now
from engine.renderers import Rendered
from engine.requests import MAX_SEED, Request
from engine.results import Measured, Recipe, Track
from engine.text import one_line


def takes(request: Request) -> list[Request]:
    """One request a variation. The first keeps the seed, the others' are derived from it."""
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


def finish_take(
    rendered: Rendered, request: Request, title: str, drafts: Path, library: Library
) -> tuple[str, Track]:
    """Measure and write one take; the file's name in the library and the track to be added.

    Raises `StorageFull`; then nothing of the file is left.
    """
    recipe = Recipe(request=request.model_dump(mode="json"), made_by=rendered.made_by)
    measured = Measured(
        duration_s=round(rendered.audio.shape[1] / SAMPLE_RATE_HZ, 6),
        loudness_lufs=round(levels.loudness_lufs(rendered.audio), 2),
        true_peak_dbtp=round(levels.true_peak_dbtp(rendered.audio), 2),
    )
    made = rendered.made
    tags = files.Tags(
        title=title,
        artist=f"dj-agent ({rendered.made_by.renderer})",
        genre=made.style or "",
        comment=recipe.model_dump_json(exclude_none=True),
        bpm=made.bpm,
        key=made.key or "",
    )
    draft = drafts / "take.flac"
    files.write(draft, rendered.audio, tags, "flac")
    name = library.adopt(draft, title)
    track = Track(
        id=new_track_id(),
        title=one_line(title, 80),
        path=str(library.folder / name),
        duration_s=measured.duration_s,
        created_at=now(),
        recipe=recipe,
        made=made,
        measured=measured,
        warnings=rendered.warnings,
    )
    return name, track
