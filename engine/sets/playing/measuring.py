"""Measuring: what a join came to, heard in both decks, and what a DJ would nudge.

Nothing here trusts the timeline for what can be heard. Knows no report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import Audio, short_term_lufs
from engine.sets.deck import PHRASE_BARS
from engine.sets.playing.bands import REACH, lows
from engine.sets.playing.beat_errors import Offsets, beat_offsets
from engine.sets.playing.crossing import voices_together
from engine.sets.playing.cueing import Cued
from engine.sets.playing.playback import source_at
from engine.sets.timeline import Join, Knot, Play, Timeline

Curve = NDArray[np.float64]

_SAME_BASS_DB = 6.0
_AUDIBLE_DB = -20.0
"""A bass that is so far below the louder deck's is none."""
_QUIET_LUFS = -50.0
_NUDGE_MS = (3.0, 60.0)
_STEADY_MS = 4.0
_SURE_SHARE, _FEWEST = 0.5, 4
"""Of a join's beats, and how many at least, must compare for anything to be said of them."""


@dataclass(frozen=True, slots=True)
class JoinMeasures:
    """What was heard in a join. Beat errors are None where no beats are matched or where those of
    the two decks are too unlike to be compared."""

    beat_error_ms: float | None
    """Median."""
    beat_error_p95_ms: float | None
    beat_error_max_ms: float | None
    bass_overlap_beats: float
    loudness_step_lu: float
    phrase_bars: tuple[float, float]
    """How far the start is from a line of eight bars, in bars: outgoing, incoming."""
    swap_phrase_bars: tuple[float, float]
    vocal_overlap_s: float


def measure(timeline: Timeline, cued: Cued) -> JoinMeasures:
    """The facts of a join, from both decks as `cue` has them."""
    join = cued.join
    lags_ms = _compared_ms(offsets_of(cued))
    plays = timeline.plays[join.number], timeline.plays[join.number + 1]
    return JoinMeasures(
        beat_error_ms=_of_errors(lags_ms, 50),
        beat_error_p95_ms=_of_errors(lags_ms, 95),
        beat_error_max_ms=_of_errors(lags_ms, 100),
        bass_overlap_beats=_bass_overlap_beats(cued, plays[0]),
        loudness_step_lu=_loudness_step_lu(cued),
        phrase_bars=(_from_line(plays[0], join.start), _from_line(plays[1], join.start)),
        swap_phrase_bars=(_from_line(plays[0], join.swap), _from_line(plays[1], join.swap)),
        vocal_overlap_s=_vocal_overlap_s(join, plays),
    )


def offsets_of(cued: Cued) -> Offsets | None:
    """By how much the incoming deck's beats are late, or None where beats aren't matched."""
    beats = [cued.at(beat) for beat in cued.join.beats]
    if len(beats) < 2 or cued.join.type == "bridge":
        return None
    return beat_offsets(*cued.decks, beats)


def nudge(timeline: Timeline, heard: Mapping[int, Offsets]) -> Timeline:
    """The timeline with each incoming deck pushed to where its beats meet the outgoing one's.

    `heard` are offsets by the number of the join. Only what is steady, surely heard and between
    3 and 60 ms is corrected: it is a grid that is off by a little. A deck that was pushed carries
    those after it along where they were heard to fit it before.
    """
    plays, pushed_ms = list(timeline.plays), 0.0
    for join in timeline.joins:
        late_ms = _steady_ms(heard.get(join.number))
        pushed_ms = 0.0 if late_ms is None else pushed_ms + late_ms
        if abs(pushed_ms) < _NUDGE_MS[0]:
            pushed_ms = 0.0
            continue
        plays[join.number + 1] = _pushed(plays[join.number + 1], pushed_ms)
    return replace(timeline, plays=tuple(plays))


def _compared_ms(offsets: Offsets | None) -> Curve | None:
    """The lags of those beats that are alike, if they are enough to say anything of them all."""
    if offsets is None or len(offsets.sure_ms) < max(_FEWEST, _SURE_SHARE * len(offsets.ms)):
        return None
    return offsets.sure_ms


def _of_errors(lags_ms: Curve | None, percent: float) -> float | None:
    return None if lags_ms is None else float(np.percentile(np.abs(lags_ms), percent))


def _steady_ms(offsets: Offsets | None) -> float | None:
    """The lag that all beats agree on, in ms; None where they don't or can't be heard."""
    lags_ms = _compared_ms(offsets)
    if lags_ms is None:
        return None
    low, middle, high = np.percentile(lags_ms, (25, 50, 75))
    if high - low > _STEADY_MS or abs(middle) > _NUDGE_MS[1]:
        return None
    return float(middle)


def _pushed(play: Play, late_ms: float) -> Play:
    """The same stay with its source so much further on."""
    shift = late_ms / 1_000.0 * SAMPLE_RATE_HZ
    rate = (play.knots[1].source - play.knots[0].source) / (play.knots[1].at - play.knots[0].at)
    return replace(
        play, knots=tuple(Knot(knot.at, knot.source + shift * rate) for knot in play.knots)
    )


def _bass_overlap_beats(cued: Cued, out: Play) -> float:
    """How long both decks' lows are within 6 dB as the mix has them, in beats."""
    grid = out.deck.grid
    beats = np.diff(cued.join.beats)
    beat = float(np.median(beats)) if len(beats) else grid.beat_s * SAMPLE_RATE_HZ if grid else 24e3
    levels = [_low_levels_db(part, beat) for part in cued.parts]
    loudest = max(float(np.percentile(level, 90)) for level in levels)
    audible = np.minimum(*levels) > loudest + _AUDIBLE_DB
    together = audible & (np.abs(levels[0] - levels[1]) < _SAME_BASS_DB)
    return float(together.sum()) / 4.0


def _low_levels_db(audio: Audio, beat: float) -> Curve:
    """The power below 200 Hz over a beat, four times a beat."""
    power = (lows(np.pad(audio, ((0, 0), (REACH, REACH)))).astype(np.float64) ** 2).sum(axis=0)
    summed = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0.0, max(1.0, len(power) - beat), beat / 4.0).astype(int)
    ends = np.minimum(starts + round(beat), len(power))
    return 10.0 * np.log10((summed[ends] - summed[starts]) / beat + 1e-12)


def _loudness_step_lu(cued: Cued) -> float:
    """How far the mix leaves the range of both decks' own loudness, over any three seconds."""
    mix = short_term_lufs(cued.parts[0] + cued.parts[1])
    out, into = (short_term_lufs(deck) for deck in cued.decks)
    tenth = SAMPLE_RATE_HZ // 10
    length = cued.decks[0].shape[1]
    # A deck that begins or ends is as loud as it is while all of the three seconds sound.
    sounding = [np.flatnonzero(np.abs(deck).max(axis=0) > 0.0) for deck in cued.decks]
    ends = sounding[0][-1] if len(sounding[0]) else length
    begins = sounding[1][0] if len(sounding[1]) else 0
    last = int(np.clip((ends // tenth) - 30, 0, len(out) - 1))
    first = int(np.clip(-(-begins // tenth), 0, len(into) - 1))
    out[last:], into[:first] = out[last], into[first]
    high, low = np.maximum(out, into), np.minimum(out, into)
    beyond = np.maximum(mix - high, low - mix)
    return float(np.where(high > _QUIET_LUFS, beyond, 0.0).max(initial=0.0))


def _from_line(play: Play, at: int) -> float:
    """How many bars a moment of the mix is from the nearest line of eight in a deck's grid."""
    grid = play.deck.grid
    if grid is None:
        return 0.0
    source_s = source_at(play, at) / SAMPLE_RATE_HZ
    phrases = (source_s - grid.first_line_s) / (PHRASE_BARS * grid.bar_s)
    return abs(phrases - round(phrases)) * PHRASE_BARS


def _vocal_overlap_s(join: Join, plays: tuple[Play, Play]) -> float:
    return sum(end - start for start, end in voices_together(join, *plays)) / SAMPLE_RATE_HZ
