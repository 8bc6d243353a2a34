"""Taking a track apart: exactly where its score is known, by what is heard where it isn't.

By ear there are two ways to split a mix: a network that has learned what parts sound like, if its
extra and its weights are here, and signal processing, which always is. What neither finds, a base
checkpoint of ACE-Step makes anew after what it hears, one part at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from engine.errors import Unsupported
from engine.fields import PartName
from engine.finishing import Draft
from engine.listen import separate as by_signal
from engine.listen.separation import Separation, remainder_db
from engine.models import MODELS, folder_of, lacking
from engine.renderers import Rendered, Source, Sources, Workplace, acestep, sketch
from engine.renderers.protocol import Extractor, Progress, step_of
from engine.renderers.sketch.reshape.stems import exact_stems
from engine.requests import SeparateRequest
from engine.results import Made, MadeBy
from engine.revision import revision
from engine.tasks import Bench

_LISTEN = Path(__file__).parent / "listen"
_LEARNED = ("drums", "bass", "other", "vocals", "no_drums", "no_vocals")
"""What a network can find."""
_EXTRACTED: tuple[PartName, ...] = get_args(PartName)
"""What can be extracted by itself."""
_WITHOUT = {
    "no_drums": ("drums", "percussion"),
    "no_vocals": ("vocals", "backing_vocals"),
    "other": ("drums", "percussion", "bass", "vocals", "backing_vocals"),
}
"""Stems that hold all but some parts."""
_CEILING = np.float32(0.98)
_EXACT = "stems: exact, from the score; together they are the mix before the master."


@dataclass(frozen=True, slots=True, eq=False)
class _Stem:
    """One part as sound, float32 [2, n]; who found it, and how well."""

    audio: NDArray[np.float32]
    made_by: MadeBy
    said: str


_Stems = Mapping[str, Callable[[], _Stem]]
"""The stems by name, each found when it is asked for."""


def stems(
    request: SeparateRequest, title: str, source: Source, workplace: Workplace, bench: Bench
) -> Iterator[tuple[int, Draft]]:
    """A draft for every stem that isn't there yet, with its number. The bench's renderer is who
    extracts what can't be had otherwise.

    Raises `Unsupported` for one that can't be had, saying what would be needed, and `Cancelled`.
    """
    found = _exactly(request, source) or _by_ear(request, source, workplace, bench)
    made = source.track.made or Made(duration_s=source.track.duration_s)
    for number, (part, find) in enumerate(found.items()):
        if number in bench.done:
            continue
        stem = find()
        own = made.model_copy(
            update={"parts": (part,), "sections": (), "duration_s": source.track.duration_s}
        )
        rendered = Rendered(stem.audio, stem.made_by, own, (stem.said,))
        yield number, Draft(rendered, request, f"{title} ({part})", Sources(source), part)


def _exactly(request: SeparateRequest, source: Source) -> _Stems | None:
    maker = sketch.capabilities()
    parts = exact_stems(source, maker.revision)
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
    made_by = MadeBy(renderer=maker.name, revision=maker.revision)
    return {part: partial(_Stem, audio, made_by, _EXACT) for part, audio in wanted.items()}


def _sum(part: str, parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """The part, or all of them but those that it goes without."""
    if part in parts:
        return parts[part]
    kept = [audio for name, audio in parts.items() if name not in _WITHOUT[part]]
    return np.sum(kept, axis=0) if kept else np.zeros_like(next(iter(parts.values())))


def _by_ear(request: SeparateRequest, source: Source, workplace: Workplace, bench: Bench) -> _Stems:
    """What the mix is split into at once, and what is extracted from it one by one, in the order
    in which it was asked for."""
    alone = _to_extract(request, workplace)
    together = [part for part in request.stems if part not in alone]
    splits = bool(together or not alone)
    count = splits + len(alone)
    found: dict[str, Callable[[], _Stem]] = {}
    if splits:
        progress = step_of(bench.progress, 0, count)
        found = _told(_split(together, source, workplace, progress, bench))
    for number, part in enumerate(alone, int(splits)):
        progress = step_of(bench.progress, number, count)
        found[part] = partial(_extracted, part, source, bench, progress)
    return {part: found[part] for part in request.stems or found}


def _to_extract(request: SeparateRequest, workplace: Workplace) -> tuple[PartName, ...]:
    """Those of the stems that no split has. Raises `Unsupported` if they can't be had at all."""
    separator = lacking(MODELS["stems"], workplace.home)
    extractor = acestep.capabilities(workplace).lacks.get("separate")
    can = by_signal.PARTS if separator else _LEARNED
    beyond = [part for part in dict.fromkeys(request.stems) if part not in can]
    for part in beyond:
        if part in _EXTRACTED and not extractor:
            continue
        if part in _LEARNED:
            raise Unsupported(
                f"stems: {part} takes the neural separator: {separator}.", field="stems"
            )
        raise Unsupported(
            f"stems: {part} can't be told apart in this track; ask for {', '.join(can)}, or "
            f"{extractor}.",
            field="stems",
        )
    return tuple(sorted((part for part in _EXTRACTED if part in beyond), key=beyond.index))


def _split(
    parts: Sequence[str], source: Source, workplace: Workplace, progress: Progress, bench: Bench
) -> Separation:
    """These parts of the mix, or all that together are the mix."""
    model = MODELS["stems"]
    if lacking(model, workplace.home):
        wanted = parts or by_signal.WHOLE
        return by_signal.separate(source.audio, wanted, progress, bench.cancelled)
    # Importing torch takes seconds and gigabytes, which nobody else in a worker should pay for.
    from engine.listen.neural import htdemucs
    from engine.listen.neural import separate as by_network

    (file,) = model.files
    progress("loading", 0.0)
    network = htdemucs.load(folder_of(model, workplace.home) / file.name, file, workplace.device)
    return by_network.separate(source.audio, parts, network, progress, bench.cancelled)


def _told(separation: Separation) -> dict[str, Callable[[], _Stem]]:
    """What a split found, and what is to be said of it."""
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
    return {
        part: partial(_Stem, audio, made_by, f"{said}.") for part, audio in separation.parts.items()
    }


def _extracted(part: PartName, source: Source, bench: Bench, progress: Progress) -> _Stem:
    """A part that a model hears in the mix, and how much of the mix it accounts for."""
    renderer = bench.renderer()
    assert isinstance(renderer, Extractor)
    rendered = renderer.extract(part, source, progress, bench.cancelled)
    left_db = remainder_db(source.audio, [rendered.audio])
    said = (
        f"stems: {part} was made anew by {rendered.made_by.checkpoint} after what it hears of it; "
        f"the mix without it is at {left_db:+.0f} dB of the mix"
    )
    if left_db >= 0.0:
        said += ", so it doesn't follow the mix wave by wave"
    return _Stem(rendered.audio, rendered.made_by, f"{said}.")
