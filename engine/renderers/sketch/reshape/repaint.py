"""Repainting: new material in windows of a track, in its time and key.

A known track keeps part of its own notes, phrase by phrase, the more the lower the `strength`. Of
a heard one the tune, the accents and, at low strength, the old sound itself are kept.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.splice import SEAM_S, Patch, lead, seam_samples, splice
from engine.audio.windows import Window, snap
from engine.errors import InvalidRequest
from engine.fields import MIN_WINDOW_S
from engine.renderers.sketch.band.chart import lay_changes, write_changes
from engine.renderers.sketch.compose import perform
from engine.renderers.sketch.reshape.casting import Cast, cast, plan_for, splits_at, with_lines
from engine.renderers.sketch.reshape.keeping import Weave, accented, mosaic, rearranged
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.reshape.playing import Stage, as_loud_as, finish
from engine.renderers.sketch.reshape.result import Reshaped
from engine.renderers.sketch.score import Line, Score
from engine.renderers.sketch.synth.waves import Samples
from engine.requests import RepaintRequest

_NEW_CHORDS = 0.8
"""From this strength on the chords are new, too."""
_ALL_NEW_SOUND = 0.5
"""Below this strength something of the old sound itself is heard under the new."""
_MOST_OLD = 0.85
"""How far the old sound leads at strength 0: 13 dB."""
_HEARD_PHRASE_BARS = 2
_ON_THE_BEAT = 0.02
_SURROUNDINGS = 8 * SAMPLE_RATE_HZ


def repaint(request: RepaintRequest, original: Original, audio: Samples, stage: Stage) -> Reshaped:
    """The track with its windows painted anew; every sample outside them and their seams is kept.

    Where there is a beat the seams lie on beat lines within each window, or on the bar lines
    nearest to its ends. Raises `InvalidRequest` for a window beyond the end.
    """
    windows = _windows(request, original)
    seed, known = request.seed or 0, original.plan
    made = cast(request.caption, original, seed)
    ground = _reharmonised(request, original, made, windows, seed)
    ground, said = _sung_in(request, ground, windows)
    sung = bool(request.lyrics or (known and known.sung))
    language = known.language if known else "unknown"
    score = perform(plan_for(made, ground, seed, sung=sung, language=language))
    score = replace(score, lines=_lines(request, score, ground, made, windows))
    patches = []
    for place, window in enumerate(windows):
        part = stage.part(place / len(windows), (place + 1) / len(windows))
        patches.append(_patch(request, score, ground, audio, window, part))
    painted = splice(audio, patches, match=False)
    style = known.chart.style.name if known else made.style.name
    lines = (*original.lines, *score.lines)
    return Reshaped(painted, original, style, lines, (*original.said, *score.warnings, *said))


def _windows(request: RepaintRequest, original: Original) -> list[Window]:
    """The windows in samples, on bar or beat lines where there are any; those that meet are one."""
    length = original.samples
    bars_s = [original.bar_s(bar) for bar in range(math.ceil(original.form.end))]
    windows: list[Window] = []
    for asked in request.windows:
        if asked.start_s >= original.duration_s - MIN_WINDOW_S / 2:
            raise InvalidRequest(
                f"windows: {asked.start_s:g} s is beyond the track's end at "
                f"{original.duration_s:.1f} s.",
                field="windows",
            )
        window = Window.from_seconds(asked.start_s, min(asked.end_s, original.duration_s))
        if original.timed and request.snap_to_bars:
            window = snap(window, bars_s, length)
        elif original.timed:
            window = _on_beats(window, original)
        seam = seam_samples(SEAM_S)
        if window.start < seam:
            window = replace(window, start=0)
        if windows and window.start < windows[-1].end + seam:
            window = Window(windows.pop().start, window.end)
        windows.append(window)
    return windows


def _on_beats(window: Window, original: Original) -> Window:
    """The window from its first beat line to its last; one with less than two stays as it is.

    A window that reaches the track's end ends there.
    """
    clock = original.clock
    first = math.ceil(clock.beat(window.start / SAMPLE_RATE_HZ) - _ON_THE_BEAT)
    last = math.floor(clock.beat(window.end / SAMPLE_RATE_HZ) + _ON_THE_BEAT)
    if last <= first:
        return window
    lines = Window.from_seconds(clock.moment_s(float(first)), clock.moment_s(float(last)))
    reaches_end = window.end >= original.samples - seam_samples(SEAM_S)
    end = original.samples if reaches_end else min(window.end, lines.end)
    return Window(max(window.start, lines.start), end)


def _bars_within(original: Original, windows: list[Window]) -> list[range]:
    """The bars that each window touches."""
    return [
        range(
            max(0, math.floor(original.bar_at(window.start / SAMPLE_RATE_HZ) + _ON_THE_BEAT)),
            min(
                original.form.bars,
                math.ceil(original.bar_at(window.end / SAMPLE_RATE_HZ) - _ON_THE_BEAT),
            ),
        )
        for window in windows
    ]


def _reharmonised(
    request: RepaintRequest, original: Original, made: Cast, windows: list[Window], seed: int
) -> Original:
    """The original with new chords in the windows' bars, if so much is to be new."""
    if request.strength <= _NEW_CHORDS or not original.timed:
        return original
    fresh = write_changes(made.style, original.grid, original.key, original.form, seed)
    chords = original.chords()
    for bars in _bars_within(original, windows):
        for bar in bars:
            chords[bar] = tuple(span.chord for span in fresh.bars[bar])
    changes = lay_changes(chords, original.grid.meter.beats, original.changes.final)
    return replace(original, changes=changes)


def _sung_in(
    request: RepaintRequest, original: Original, windows: list[Window]
) -> tuple[Original, tuple[str, ...]]:
    """The original with the request's lines in its windows, each of them a section."""
    if not request.lyrics:
        return original, ()
    ranges = [bars for bars in _bars_within(original, windows) if len(bars)]
    lines = sorted(
        {0, original.form.bars, *(bar for bars in ranges for bar in (bars[0], bars[-1] + 1))}
    )
    cut = [one for a, b in pairwise(lines) for one in splits_at(original.form, a, b)]
    inside = [one for one in cut if any(one.start in bars for bars in ranges)]
    sung, said = with_lines(replace(original.form, sections=tuple(inside)), request.lyrics)
    by_start = {one.start: one for one in sung.sections}
    sections = tuple(by_start.get(one.start, replace(one, lines=())) for one in cut)
    return replace(original, form=replace(original.form, sections=sections)), said


def _lines(
    request: RepaintRequest, score: Score, original: Original, made: Cast, windows: list[Window]
) -> tuple[Line, ...]:
    """The new lines, with as much of the old notes as the strength leaves.

    Of a known track all notes outside the windows are there, too, to be heard before and after.
    """
    if not original.timed:
        return score.lines
    share, bar = 1.0 - request.strength, float(original.grid.meter.beats)
    if original.plan:
        opened = frozenset(bar for bars in _bars_within(original, windows) for bar in bars)
        weave = Weave(share, bar, original.form.end, score.seed, opened)
        band = original.plan.chart.ensemble
        return mosaic(original.lines, score.lines, weave, band, made.ensemble)
    weave = Weave(share, _HEARD_PHRASE_BARS * bar, original.form.end, score.seed)
    return accented(rearranged(score.lines, made.ensemble, original, weave), original, share)


def _patch(
    request: RepaintRequest,
    score: Score,
    original: Original,
    audio: Samples,
    window: Window,
    stage: Stage,
) -> Patch:
    """What fills a window, at the level of what was there.

    Of a known track the surroundings are played as well, and brought to the level they have; of a
    heard one there is only the window to compare.
    """
    reach = _SURROUNDINGS if original.plan else seam_samples(SEAM_S)
    start, end = max(0, window.start - reach), min(original.samples, window.end + reach)
    played = finish(score, original, (start, end), stage)
    was = audio[:, start:end]
    new = slice(window.start - lead(window, seam_samples(SEAM_S)) - start, window.end - start)
    if original.plan:
        around = np.r_[0 : new.start, new.stop : end - start]
        patch = played[:, new] * as_loud_as(was[:, around], played[:, around])
    else:
        patch = played[:, new] * as_loud_as(was, played)
        keeping = _MOST_OLD * max(0.0, 1.0 - request.strength / _ALL_NEW_SOUND)
        old, fresh = np.sin(keeping * np.pi / 2), np.cos(keeping * np.pi / 2)
        patch = patch * np.float32(fresh) + was[:, new] * np.float32(old)
    return Patch(window, patch)
