"""Added parts: new instruments over a track, or a band for a solo part, in its time and key.

The track itself is never touched: the new parts stand at a level against it and make way where
the sum would be too high.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.overlay import LAYER_LU, balance_lu, level_gain, overlaid, own_peaks
from engine.audio.windows import Window
from engine.errors import InvalidRequest, Unsupported
from engine.renderers.sketch.compose import Plan, perform
from engine.renderers.sketch.reshape.casting import all_playing, cast_parts, plan_for
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.reshape.playing import Stage, play
from engine.renderers.sketch.reshape.result import Reshaped
from engine.renderers.sketch.score import Line, PartName, Score
from engine.renderers.sketch.synth.waves import Samples
from engine.requests import AddPartsRequest

_BALANCE_LU = {"layer": LAYER_LU, "accompany": (-6.0, -2.0)}
_NEED_TIME: frozenset[PartName] = frozenset({"drums", "percussion", "fx"})
_TAIL_BARS = 1
_SHORTEST_S = 0.5


@dataclass(frozen=True, slots=True)
class _Span:
    """From which to which beat the parts play, and the samples in which they may be heard."""

    begin: float
    end: float
    window: Window


def add_parts(
    request: AddPartsRequest, original: Original, audio: Samples, stage: Stage
) -> Reshaped:
    """The track with the parts. Raises `Unsupported` if none of them can be had."""
    seed = request.seed or 0
    span = _span(request, original)
    asked, without = _playable(request.parts, original)
    made = cast_parts(asked, request.caption, original, seed)
    plan = plan_for(made, original, seed)
    score = _heard(perform(plan), plan, asked, span)
    missing = [part for part in asked if part not in {line.part for line in score.lines}]
    if missing:
        without = (*without, *(f"parts: sketch has nothing for {part} here." for part in missing))
    if not score.lines:
        raise Unsupported(" ".join(without) or "parts: nothing could be added.", field="parts")
    added = play(score, original, (span.window.start, span.window.end), stage)
    stage.progress("mastering", 0.9)
    balance = balance_lu(len(asked) - len(missing), _BALANCE_LU[request.mode])
    gain = level_gain(audio, added, span.window, balance)
    faded = _faded(added, audio.shape[1] - span.window.end)
    total = overlaid(audio, faded * gain, span.window)
    warnings = (*original.said, *score.warnings, *without, *own_peaks(audio))
    style = original.plan.chart.style.name if original.plan else made.style.name
    return Reshaped(total, original, style, (*original.lines, *score.lines), warnings)


def _playable(
    parts: tuple[PartName, ...], original: Original
) -> tuple[tuple[PartName, ...], tuple[str, ...]]:
    """The parts that can be had, and a word about the others."""
    if original.timed:
        return parts, ()
    kept = tuple(part for part in parts if part not in _NEED_TIME)
    left = ", ".join(part for part in parts if part in _NEED_TIME)
    said = f"parts: no beat is heard in the track, so there is none for {left}."
    if not kept:
        raise Unsupported(said, field="parts")
    return kept, (said,) if left else ()


def _span(request: AddPartsRequest, original: Original) -> _Span:
    """The asked stretch on bar lines, where there are any."""
    start_s, end_s = request.start_s or 0.0, request.end_s or original.duration_s
    if end_s - start_s < _SHORTEST_S or start_s >= original.duration_s:
        raise InvalidRequest(
            f"start_s: the parts would play from {start_s:g} to {end_s:g} s of "
            f"{original.duration_s:g} s; give a stretch within the track.",
            field="start_s",
        )
    beats = original.grid.meter.beats
    begin = float(beats * original.first_bar)
    end = original.form.end
    if request.start_s is not None:
        begin = float(beats * round(original.bar_at(start_s)))
    if request.end_s is not None:
        end = min(end, max(begin + beats, float(beats * round(original.bar_at(end_s)))))
    stop_s = original.clock.moment_s(end + _TAIL_BARS * beats)
    start = max(0, round(original.clock.moment_s(begin) * SAMPLE_RATE_HZ))
    stop = min(original.samples, round(stop_s * SAMPLE_RATE_HZ))
    return _Span(begin, end, Window(start, stop))


def _heard(score: Score, plan: Plan, asked: tuple[PartName, ...], span: _Span) -> Score:
    """The score with each asked part's notes in the stretch.

    A part that would wait all the time, because the sections there have no place for it, plays
    in all of them.
    """
    lines = [_cut(line, span) for line in score.lines if line.part in asked]
    silent = set(asked) - {line.part for line in lines if line.notes} - {"fx"}
    if silent:
        chart = replace(plan.chart, form=all_playing(plan.chart.form))
        again = perform(replace(plan, chart=chart))
        lines += [_cut(line, span) for line in again.lines if line.part in silent]
    return replace(score, lines=tuple(line for line in lines if line.notes))


def _cut(line: Line, span: _Span) -> Line:
    return replace(
        line,
        notes=tuple(
            replace(note, length=min(note.length, span.end - note.start))
            for note in line.notes
            if span.begin - 0.05 <= note.start < span.end - 0.05
        ),
    )


def _faded(added: Samples, left: int) -> Samples:
    """What rings on after the stretch fades out over its last half second, if the track goes on."""
    if left == 0:
        return added
    fade = min(SAMPLE_RATE_HZ // 2, added.shape[1])
    faded = added.copy()
    faded[:, -fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32) ** 2
    return faded
