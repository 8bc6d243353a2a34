"""The sketch's own tracks: composed once more from the recipe, so every note is known.

Only a track of this very revision qualifies: another would give other notes for the same request.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from engine.renderers.protocol import Source
from engine.renderers.sketch.band.ensemble import Ensemble
from engine.renderers.sketch.compose import perform, plan
from engine.renderers.sketch.reshape.original import Original, steady_clock
from engine.renderers.sketch.retake import seed_for
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.synth.kits import FX, KITS
from engine.renderers.sketch.theory.rhythm import Grid
from engine.requests import GenerateRequest, checked


def recomposed(source: Source, revision: str) -> Original | None:
    """The track as it was composed; None if it is not one of this revision's own, uncut."""
    recipe = source.track.recipe
    if recipe is None or (recipe.made_by.renderer, recipe.made_by.revision) != ("sketch", revision):
        return None
    if recipe.request.get("task") != "generate":
        return None
    request = checked(GenerateRequest, **recipe.request)
    planned = plan(request, seed_for(request))
    chart = planned.chart
    if chart.form.samples != source.audio.shape[1]:
        return None
    score = perform(planned)
    return Original(
        grid=chart.grid,
        clock=steady_clock(chart.grid),
        key=chart.key,
        form=chart.form,
        changes=chart.changes,
        samples=score.samples,
        kept=notes_by_role(score.lines, chart.ensemble),
        accents=accents(score.lines, chart.grid, chart.form.end),
        last_bar=chart.form.bars,
        plan=planned,
        lines=score.lines,
    )


def role_of(line: Line, ensemble: Ensemble) -> str:
    """Which role a line has in an ensemble: `drums`, `fx` or a chair's; soloists and singers
    lead."""
    if line.patch in KITS:
        return "drums"
    if line.patch == FX:
        return "fx"
    return next((role for role, chair in ensemble.chairs.items() if chair.patch == line.patch),
                "lead")  # fmt: skip


def notes_by_role(lines: Iterable[Line], ensemble: Ensemble) -> dict[str, tuple[Note, ...]]:
    """What each pitched role plays, in order of time. A doubled line counts once."""
    played: dict[str, dict[str, Line]] = {}
    for line in lines:
        role = role_of(line, ensemble)
        if role not in ("drums", "fx"):
            played.setdefault(role, {}).setdefault(line.patch, line)
    return {
        role: tuple(
            sorted((note for line in mine.values() for note in line.notes), key=lambda n: n.start)
        )
        for role, mine in played.items()
    }


def accents(lines: Iterable[Line], grid: Grid, end: float) -> tuple[float, ...]:
    """How much each step of a piece of `end` beats stands out, 0 to 1: the sum of all strokes
    there, against the strongest."""
    weights = [0.0] * (math.ceil(end * grid.steps_per_beat) + 1)
    for line in lines:
        for note in line.notes:
            step = round(note.start * grid.steps_per_beat)
            if 0 <= step < len(weights):
                weights[step] += note.velocity
    strongest = max(weights, default=0.0) or 1.0
    return tuple(weight / strongest for weight in weights)
