"""Extending: more bars before or after a track, in its time, key and at its level.

At the end the last hit and its ring give way to music that goes on, and a new ending comes after
as many bars as were asked for. At the start an intro leads to the track's first bar line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.splice import SEAM_S, join, seam_samples
from engine.renderers.sketch.compose import perform
from engine.renderers.sketch.form import Form, Section
from engine.renderers.sketch.reading.lyrics import Kind
from engine.renderers.sketch.reshape.casting import cast, plan_for, with_lines
from engine.renderers.sketch.reshape.original import Original, extended, later
from engine.renderers.sketch.reshape.playing import Stage, as_loud_as, finish
from engine.renderers.sketch.reshape.result import Reshaped
from engine.renderers.sketch.score import Line, Score
from engine.renderers.sketch.synth.waves import Samples
from engine.requests import ExtendRequest

# What the new bars are, from the track outwards: kinds, their share of the bars and their energy.
# The first row whose bars suffice is taken.
_AFTER: tuple[tuple[int, tuple[tuple[Kind, int, float], ...]], ...] = (
    (40, (("breakdown", 1, 0.4), ("drop", 2, 0.9), ("outro", 2, 0.45))),
    (20, (("groove", 1, 0.65), ("outro", 1, 0.45))),
    (0, (("outro", 1, 0.45),)),
)
_BEFORE: tuple[tuple[int, tuple[tuple[Kind, int, float], ...]], ...] = (
    (40, (("intro", 2, 0.45), ("groove", 2, 0.65), ("breakdown", 1, 0.4))),
    (20, (("intro", 1, 0.45), ("groove", 1, 0.6))),
    (0, (("intro", 1, 0.45),)),
)
_ON_THE_BEAT = 0.05
_ON_THE_LINE_S = 0.01
_WORTH_TELLING_S = 0.05
_FREE_FADE_S = 3.0
_FREE_SEAM_S = 0.4
_CONTEXT = 12 * SAMPLE_RATE_HZ
"""How much of the music around the join is played, to compare levels by."""


@dataclass(frozen=True, slots=True, eq=False)
class _Longer:
    """The longer piece: its time and form, and the beat and sample where old and new meet."""

    ground: Original
    join: float
    moment: int
    offset: int
    """The sample of the result with which the track begins."""


def extend(request: ExtendRequest, original: Original, audio: Samples, stage: Stage) -> Reshaped:
    """The track with more music at one side; what is kept of it is kept sample by sample.

    As many whole bars are added as come nearest to `seconds`, or just so many seconds where no
    beat is heard.
    """
    at_end = request.side == "end"
    longer, said = _longer(request, original)
    ground, known = longer.ground, original.plan
    # The same seed has the same themes and figures, so a known track goes on as itself.
    seed = known.chart.seed if known and not request.caption else request.seed or 0
    made = cast(request.caption, ground, seed)
    score = perform(plan_for(made, ground, seed, sung=bool(request.lyrics)))
    if known:
        score = replace(score, lines=_continued(ground.lines, score.lines, longer.join, at_end))
    joined = _joined(score, longer, audio, stage, at_end=at_end)
    style = known.chart.style.name if known else made.style.name
    lines = (*original.lines, *score.lines)
    warnings = (*original.said, *score.warnings, *said, *_replaced(original, longer, at_end))
    return Reshaped(joined, ground, style, lines, warnings)


def _longer(request: ExtendRequest, original: Original) -> tuple[_Longer, tuple[str, ...]]:
    if request.side == "end":
        return _longer_after(request, original)
    return _longer_before(request, original)


def _longer_after(request: ExtendRequest, original: Original) -> tuple[_Longer, tuple[str, ...]]:
    join, end = original.last_bar, original.form.bars
    bar_s = original.bar_length_s(end)
    if original.timed:
        bars = max(1, round(request.seconds / bar_s), join - end + 1)
        added, count = round(bars * bar_s * SAMPLE_RATE_HZ), end + bars - join
    else:
        added = round(request.seconds * SAMPLE_RATE_HZ)
        count = max(1, math.ceil(original.bar_at(original.duration_s + request.seconds)) - join)
    moment_s = original.bar_s(join) if original.timed else original.duration_s
    sections, said = _sections(_AFTER, count, request.lyrics)
    ground = _resized(extended(original, [], sections), original.samples + added)
    return _Longer(
        ground,
        float(join * original.grid.meter.beats),
        round(moment_s * SAMPLE_RATE_HZ),
        offset=0,
    ), said


def _longer_before(request: ExtendRequest, original: Original) -> tuple[_Longer, tuple[str, ...]]:
    join = original.first_bar + (original.bar_s(original.first_bar) < -_ON_THE_LINE_S)
    bar_s = original.bar_length_s(-1)
    bars = max(1, round(request.seconds / bar_s))
    added_s = bars * bar_s if original.timed else request.seconds
    count = bars if original.timed else math.ceil(added_s / bar_s)
    added = round(added_s * SAMPLE_RATE_HZ)
    sections, said = _sections(_BEFORE, count, request.lyrics)
    ground = extended(original, sections, [])
    ground = replace(ground, clock=later(ground.clock, added / SAMPLE_RATE_HZ))
    ground = _resized(ground, original.samples + added)
    moment_s = max(0.0, original.bar_s(join)) if original.timed else 0.0
    moment = added + round(moment_s * SAMPLE_RATE_HZ)
    return _Longer(
        ground, float((join + count) * original.grid.meter.beats), moment, offset=added
    ), said


def _resized(ground: Original, samples: int) -> Original:
    return replace(ground, samples=samples, form=replace(ground.form, samples=samples))


def _sections(
    table: tuple[tuple[int, tuple[tuple[Kind, int, float], ...]], ...], bars: int, lyrics: str
) -> tuple[list[Section], tuple[str, ...]]:
    """So many new bars as sections of whole fours where there are enough."""
    rows = next(rows for least, rows in table if bars >= least)
    total = sum(share for _, share, _ in rows)
    laid: list[Section] = []
    start = 0
    for place, (kind, share, energy) in enumerate(rows):
        last = place == len(rows) - 1
        length = bars - start if last else max(4, 4 * round(bars * share / total / 4))
        laid.append(Section(f"New {kind}", kind, start, length, energy))
        start += length
    if not lyrics:
        return laid, ()
    form, said = with_lines(Form(tuple(laid), 4, float(bars), 0), lyrics)
    return list(form.sections), said


def _continued(
    old: tuple[Line, ...], new: tuple[Line, ...], join: float, at_end: bool
) -> tuple[Line, ...]:
    """The old lines up to the join and the new ones after it, or the other way round."""
    sides = ((old, at_end), (new, not at_end))
    lines = [_side(line, join, before) for side, before in sides for line in side]
    return tuple(line for line in lines if line.notes)


def _side(line: Line, join: float, before: bool) -> Line:
    edge = join - _ON_THE_BEAT
    kept = (note for note in line.notes if (note.start < edge) == before)
    return replace(line, notes=tuple(
        replace(note, length=min(note.length, join - note.start)) if before else note
        for note in kept
    ))  # fmt: skip


def _joined(
    score: Score, longer: _Longer, audio: Samples, stage: Stage, *, at_end: bool
) -> Samples:
    """The new music played, with some of what the track has around the join, and put to it."""
    ground, moment = longer.ground, longer.moment
    seam_s = SEAM_S if ground.timed else _FREE_SEAM_S
    seam, kept = seam_samples(seam_s), moment - longer.offset
    if at_end:
        start, end = max(0, moment - _CONTEXT), ground.samples
        both = slice(start, moment)
    else:
        start, end = 0, min(ground.samples, moment + _CONTEXT)
        both = slice(moment, end)
    played = finish(score, ground, (start, end), stage)
    old = audio[:, both.start - longer.offset : both.stop - longer.offset]
    played *= as_loud_as(old, played[:, both.start - start : both.stop - start])
    if not ground.timed:
        played = _faded(played, at_end=at_end)
    if at_end:
        after = played[:, moment - seam - start :]
        return join(audio[:, :kept], after=after, seam_s=seam_s, match=False)
    return join(audio[:, kept:], before=played[:, :moment], seam_s=seam_s, match=False)


def _faded(patch: Samples, *, at_end: bool) -> Samples:
    """Music without a beat comes out of nothing, or goes there."""
    fade = min(round(_FREE_FADE_S * SAMPLE_RATE_HZ), patch.shape[1])
    ramp = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
    curve = np.ones(patch.shape[1], dtype=np.float32)
    if at_end:
        curve[-fade:] = ramp[::-1]
    else:
        curve[:fade] = ramp
    return patch * curve


def _replaced(original: Original, longer: _Longer, at_end: bool) -> tuple[str, ...]:
    """A word about what of the track is no longer heard."""
    moment_s = longer.moment / SAMPLE_RATE_HZ
    lost_s = (
        original.duration_s - moment_s if at_end else (moment_s - longer.offset / SAMPLE_RATE_HZ)
    )
    if lost_s < _WORTH_TELLING_S:
        return ()
    what = "last" if at_end else "first"
    return (f"track: its {what} {lost_s:.1f} s gave way; old and new meet at {moment_s:.2f} s.",)
