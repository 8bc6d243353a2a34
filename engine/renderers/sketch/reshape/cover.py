"""Covers: the same grid, form and harmony in another style.

`similarity` is how much of the original's own notes and accents the new band keeps, from none at
0.2 (a new arrangement on the same chords) to all of them at 1.
"""

from __future__ import annotations

from dataclasses import replace

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.compose import perform
from engine.renderers.sketch.reshape.casting import Cast, cast, plan_for, with_lines
from engine.renderers.sketch.reshape.colouring import recoloured
from engine.renderers.sketch.reshape.keeping import Weave, accented, rearranged
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.reshape.playing import Stage, finish
from engine.renderers.sketch.reshape.result import Reshaped
from engine.renderers.sketch.score import Line, Score
from engine.requests import CoverRequest

_NOTHING_KEPT = 0.2
_PHRASE_BARS = 2


def cover(request: CoverRequest, original: Original, stage: Stage) -> Reshaped:
    """The track in the caption's style, exactly as long as the track."""
    seed = request.seed or 0
    made = cast(request.caption, original, seed)
    form, said = with_lines(original.form, request.lyrics)
    sung = any(section.lines for section in form.sections) and bool(request.lyrics)
    if not sung:
        form = replace(form, sections=tuple(replace(one, lines=()) for one in form.sections))
    share = max(0.0, (request.similarity - _NOTHING_KEPT) / (1 - _NOTHING_KEPT))
    weave = Weave(share, _PHRASE_BARS * float(original.grid.meter.beats), original.form.end, seed)
    changes = recoloured(original, made.style, weave)
    ground = replace(original, form=form, changes=changes)
    plan = plan_for(made, ground, seed, sung=sung, language=request.language)
    score = perform(plan)
    lines = _kept(score, plan.chart, made, ground, weave)
    score = replace(score, lines=tuple(_audible(line, ground) for line in lines))
    audio = finish(score, ground, (0, original.samples), stage)
    warnings = (*original.said, *score.warnings, *said)
    return Reshaped(audio, ground, made.style.name, score.lines, warnings)


def _kept(
    score: Score, chart: Chart, made: Cast, original: Original, weave: Weave
) -> tuple[Line, ...]:
    """The new lines with what is kept of the old notes; singers sing their own."""
    if not original.timed:
        return score.lines
    singers = tuple(line for line in score.lines if line.part == "vocals" and _sings(chart))
    others = tuple(line for line in score.lines if line not in singers)
    kept = dict(original.kept)
    if singers:
        kept["lead"] = tuple(note for note in kept.get("lead", ()) if not _sung(chart, note.start))
    woven = rearranged(others, made.ensemble, replace(original, kept=kept), weave)
    return accented((*woven, *singers), original, weave.share)


def _sings(chart: Chart) -> bool:
    return any(section.lines for section in chart.form.sections)


def _sung(chart: Chart, beat: float) -> bool:
    bar = beat / chart.grid.meter.beats
    return any(one.start <= bar < one.end for one in chart.form.sections if one.lines)


def _audible(line: Line, original: Original) -> Line:
    """The line without what would sound before the original does."""
    start = float(original.first_bar * original.grid.meter.beats)
    return replace(line, notes=tuple(note for note in line.notes if note.start >= start - 0.05))
