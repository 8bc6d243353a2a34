"""Taking a track apart: exactly where its score is known, by what is heard where it isn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import Unsupported
from engine.finishing import Draft
from engine.listen.separate import refuse_unknown, separate
from engine.renderers import Cancelled, Progress, Rendered, Source
from engine.renderers.sketch import capabilities
from engine.renderers.sketch.reshape.stems import exact_stems
from engine.requests import SeparateRequest
from engine.results import Made, MadeBy
from engine.revision import revision

_LISTEN = Path(__file__).parent / "listen"
_HEARD = ("drums", "bass", "other")
"""What is taken out of a mix when nobody says what: together they are the mix."""
_EXACT = "stems: exact, from the score; together they are the mix before the master."


@dataclass(frozen=True, slots=True)
class _Apart:
    parts: Mapping[str, NDArray[np.float32]]
    made_by: MadeBy
    said: str


def stems(
    request: SeparateRequest,
    title: str,
    source: Source,
    progress: Progress,
    cancelled: Cancelled,
) -> Iterator[tuple[int, Draft]]:
    """A draft for every stem, with its number. Raises `Unsupported` for one that can't be had."""
    apart = _exactly(request, source) or _by_ear(request, source, progress, cancelled)
    made = source.track.made or Made(duration_s=source.track.duration_s)
    for number, (part, audio) in enumerate(apart.parts.items()):
        own = made.model_copy(
            update={"parts": (part,), "sections": (), "duration_s": source.track.duration_s}
        )
        rendered = Rendered(audio, apart.made_by, own, (apart.said,))
        yield number, Draft(rendered, request, f"{title} ({part})", role=part, source=source)


def _exactly(request: SeparateRequest, source: Source) -> _Apart | None:
    sketch = capabilities()
    parts = exact_stems(source, sketch.revision)
    if parts is None:
        return None
    missing = [part for part in request.stems if part not in parts]
    if missing:
        raise Unsupported(
            f"stems: {missing[0]} is not in this track; it has {', '.join(parts)}.", field="stems"
        )
    wanted = {part: audio for part, audio in parts.items() if part in (request.stems or parts)}
    return _Apart(wanted, MadeBy(renderer=sketch.name, revision=sketch.revision), _EXACT)


def _by_ear(
    request: SeparateRequest, source: Source, progress: Progress, cancelled: Cancelled
) -> _Apart:
    wanted = request.stems or _HEARD
    refuse_unknown(wanted)
    found = separate(source.audio, wanted, progress, cancelled)
    said = f"stems: estimated by {found.method}, so they hold traces of one another"
    if found.residual_db is not None:
        said += f"; together they miss the mix by {found.residual_db:.0f} dB"
    return _Apart(found.parts, MadeBy(renderer="listen", revision=revision(_LISTEN)), f"{said}.")
