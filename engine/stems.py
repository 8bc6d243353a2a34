"""Taking a track apart: exactly where its score is known, by what is heard where it isn't.

By ear there are two ways: a network that has learned what parts sound like, if its extra and its
weights are here, and signal processing, which always is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import Unsupported
from engine.finishing import Draft
from engine.listen import separate as by_signal
from engine.listen.separation import Separation
from engine.models import MODELS, folder_of, lacking
from engine.renderers import Cancelled, Progress, Rendered, Source, Sources, Workplace
from engine.renderers.sketch import capabilities
from engine.renderers.sketch.reshape.stems import exact_stems
from engine.requests import SeparateRequest
from engine.results import Made, MadeBy
from engine.revision import revision

_LISTEN = Path(__file__).parent / "listen"
_LEARNED = ("drums", "bass", "other", "vocals", "no_drums", "no_vocals")
"""What a network can find."""
_WITHOUT = {
    "no_drums": ("drums", "percussion"),
    "no_vocals": ("vocals", "backing_vocals"),
    "other": ("drums", "percussion", "bass", "vocals", "backing_vocals"),
}
"""Stems that hold all but some parts."""
_CEILING = np.float32(0.98)
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
    workplace: Workplace,
    progress: Progress,
    cancelled: Cancelled,
) -> Iterator[tuple[int, Draft]]:
    """A draft for every stem, with its number.

    Raises `Unsupported` for one that can't be had, saying what would be needed, and `Cancelled`.
    """
    apart = _exactly(request, source)
    if apart is None:
        apart = _told(_by_ear(request, source, workplace, progress, cancelled))
    made = source.track.made or Made(duration_s=source.track.duration_s)
    for number, (part, audio) in enumerate(apart.parts.items()):
        own = made.model_copy(
            update={"parts": (part,), "sections": (), "duration_s": source.track.duration_s}
        )
        rendered = Rendered(audio, apart.made_by, own, (apart.said,))
        yield number, Draft(rendered, request, f"{title} ({part})", Sources(source), part)


def _exactly(request: SeparateRequest, source: Source) -> _Apart | None:
    sketch = capabilities()
    parts = exact_stems(source, sketch.revision)
    if parts is None:
        return None
    missing = [part for part in request.stems if part not in parts and part not in _WITHOUT]
    if missing:
        raise Unsupported(
            f"stems: {missing[0]} is not in this track; it has {', '.join(parts)}.", field="stems"
        )
    names: tuple[str, ...] = request.stems or tuple(parts)
    wanted = {name: _sum(name, parts) for name in names}
    loudest = max(float(np.abs(audio).max()) for audio in wanted.values())
    if loudest > _CEILING:
        wanted = {part: audio * (_CEILING / np.float32(loudest)) for part, audio in wanted.items()}
    return _Apart(wanted, MadeBy(renderer=sketch.name, revision=sketch.revision), _EXACT)


def _sum(part: str, parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """The part, or all of them but those that it goes without."""
    if part in parts:
        return parts[part]
    kept = [audio for name, audio in parts.items() if name not in _WITHOUT[part]]
    return np.sum(kept, axis=0) if kept else np.zeros_like(next(iter(parts.values())))


def _by_ear(
    request: SeparateRequest,
    source: Source,
    workplace: Workplace,
    progress: Progress,
    cancelled: Cancelled,
) -> Separation:
    model = MODELS["stems"]
    needed = lacking(model, workplace.home)
    _refuse_unknown(request, needed)
    if needed:
        wanted = request.stems or by_signal.WHOLE
        return by_signal.separate(source.audio, wanted, progress, cancelled)
    # Importing torch takes seconds and gigabytes, which nobody else in a worker should pay for.
    from engine.listen.neural import htdemucs
    from engine.listen.neural import separate as by_network

    (file,) = model.files
    progress("loading", 0.0)
    network = htdemucs.load(folder_of(model, workplace.home) / file.name, file, workplace.device)
    return by_network.separate(source.audio, request.stems, network, progress, cancelled)


def _refuse_unknown(request: SeparateRequest, needed: str | None) -> None:
    """Raise `Unsupported` for a stem that can't be had, or not without what is `needed`."""
    can = by_signal.PARTS if needed else _LEARNED
    for part in request.stems:
        if part in can:
            continue
        if part in _LEARNED:
            raise Unsupported(f"stems: {part} takes the neural separator: {needed}.", field="stems")
        raise Unsupported(
            f"stems: {part} can't be told apart in this track; ask for {', '.join(can)}.",
            field="stems",
        )


def _told(separation: Separation) -> _Apart:
    """What was found, and what is to be said of it."""
    how = separation.method + (f", {separation.checkpoint}" if separation.checkpoint else "")
    said = f"stems: estimated by {how}, so they hold traces of one another"
    if separation.residual_db is not None:
        said += f"; what they leave of the mix is at {separation.residual_db:.0f} dB of it"
    made_by = MadeBy(
        renderer="listen",
        revision=revision(_LISTEN),
        checkpoint=separation.checkpoint,
        device=separation.device,
    )
    return _Apart(separation.parts, made_by, f"{said}.")
