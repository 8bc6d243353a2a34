"""The sketch renderer: composer, synthesiser and master, one after the other."""

from __future__ import annotations

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.errors import Unsupported
from engine.renderers.protocol import Cancelled, Progress, Rendered
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.master import master
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.score import Score
from engine.requests import Request
from engine.results import Made, MadeBy, Section

_MIX_FROM, _MIX_TO = 0.05, 0.75
"""The mixdown's share of the work, measured."""


class SketchRenderer:
    def __init__(self, revision: str) -> None:
        self._made_by = MadeBy(renderer="sketch", revision=revision)

    def render(self, request: Request, progress: Progress, cancelled: Cancelled) -> Rendered:
        """Compose and play one take. Raises `Unsupported`, or `Cancelled` between lines."""
        if request.task != "generate":
            raise Unsupported(f"task: sketch can't {request.task} yet.", field="task")
        progress("composing", 0.0)
        score = compose(request, request.seed or 0)

        def mixing(stage: str, fraction: float) -> None:
            progress(stage, _MIX_FROM + (_MIX_TO - _MIX_FROM) * fraction)

        mix = mixdown(score, mixing, cancelled)
        if cancelled():
            raise CancelledError("Stopped on request before it was finished.")
        progress("mastering", _MIX_TO)
        audio = master(mix, score.room)
        return Rendered(audio, self._made_by, describe(score), _warnings(request, score))


def describe(score: Score) -> Made:
    """What the score holds, in the words of a result."""
    last = len(score.sections) - 1
    duration_s = score.samples / SAMPLE_RATE_HZ
    return Made(
        duration_s=duration_s,
        bpm=round(score.bpm, 3),
        key=str(score.key),
        time_signature=score.meter.signature,
        style=score.style,
        parts=tuple(sorted({line.part for line in score.lines})),
        sections=tuple(
            Section(
                name=section.name,
                start_s=round(section.start * score.bar_s, 3),
                end_s=round(
                    duration_s if index == last else (section.start + section.bars) * score.bar_s,
                    3,
                ),
                bars=section.bars,
                energy=section.energy,
            )
            for index, section in enumerate(score.sections)
        ),
    )


def _warnings(request: Request, score: Score) -> tuple[str, ...]:
    if request.quality == "standard":
        return score.warnings
    return (*score.warnings, f"quality {request.quality!r} has no effect: sketch has one quality.")
