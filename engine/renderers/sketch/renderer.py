"""The sketch renderer: new music composed, played and mastered, or a track reshaped."""

from __future__ import annotations

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.errors import InvalidRequest
from engine.renderers.protocol import Cancelled, Progress, Rendered, Source, Sources
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.master import master
from engine.renderers.sketch.mixdown import mixdown
from engine.renderers.sketch.reshape.playing import Stage
from engine.renderers.sketch.retake import seed_for
from engine.renderers.sketch.score import Score
from engine.renderers.sketch.synth.waves import Samples
from engine.requests import GenerateRequest, RenderRequest, ReshapeRequest
from engine.results import Made, MadeBy, Section

_MIX_FROM, _MIX_TO = 0.05, 0.75
"""The mixdown's share of the work, measured."""


class SketchRenderer:
    def __init__(self, revision: str) -> None:
        self._made_by = MadeBy(renderer="sketch", revision=revision)

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        """Make one take. Raises `Unsupported`, or `Cancelled` between lines."""
        stage = Stage(progress, cancelled)
        if isinstance(request, GenerateRequest):
            audio, made, warnings = _generate(request, stage)
        else:
            audio, made, warnings = _reshape(request, sources.track, self._made_by.revision, stage)
        if request.quality != "standard":
            flat = f"quality {request.quality!r} has no effect: sketch has one quality."
            warnings = (*warnings, flat)
        return Rendered(audio, self._made_by, made, tuple(dict.fromkeys(warnings)))


def _generate(request: GenerateRequest, stage: Stage) -> tuple[Samples, Made, tuple[str, ...]]:
    stage.progress("composing", 0.0)
    score = compose(request, seed_for(request))
    mixing = stage.part(_MIX_FROM, _MIX_TO)
    mix = mixdown(score, mixing.progress, mixing.cancelled)
    if stage.cancelled():
        raise CancelledError("Stopped on request before it was finished.")
    stage.progress("mastering", _MIX_TO)
    return master(mix, score.room), describe(score), score.warnings


def _reshape(
    request: ReshapeRequest, source: Source | None, revision: str, stage: Stage
) -> tuple[Samples, Made, tuple[str, ...]]:
    # Listening is only loaded by those who need it.
    from engine.renderers.sketch.reshape.verbs import reshape

    if source is None:
        raise InvalidRequest("track: missing; it is what is reshaped.", field="track")
    result = reshape(request, source, revision, stage)
    return result.audio, result.made(), result.warnings


def describe(score: Score) -> Made:
    """What the score holds, in the words of a result."""
    last = len(score.sections) - 1
    duration_s = score.samples / SAMPLE_RATE_HZ
    return Made(
        duration_s=duration_s,
        exact=True,
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
