"""Three or four: whether the bar that was found is counted in three beats or in four.

A bar of three and a bar of four last as long when one is a third faster, and much happens where
both have a beat. That choice is made anew here, between the best reading on either side, by what
tells them apart: how much the beats of a bar have in common, whether the rhythm comes back three
beats later, and whether strokes fall where neither halves, thirds nor quarters of a beat lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.listen.cue_weights import THREE_OR_FOUR
from engine.listen.evidence import FRAMES_PER_S, HIGH, MIDDLE, Curve, Evidence
from engine.listen.metre import METRES, PARTS, Ranked, Reading, divide, rank, running_total
from engine.listen.pulse import (
    FASTEST_BPM,
    SLOWEST_BPM,
    Pulse,
    measure_echo,
    measure_periodicity,
    refine,
)

_OCTAVES = (0.5, 1.0, 2.0)
_RIVAL_WITHIN = 0.004
"""A rival's period is searched for this far from where the bar has it."""
_SAME_PULSE, _SAME_BAR = 0.006, 0.008
_ECHO_BEATS = 3
_LITTLE = 0.05
_BESIDE = [1, 2, 5, 7, 10, 11]
"""The twelfths of a beat that are neither halves nor thirds nor quarters."""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """All readings, and the places of those that count one bar in three and in four, likeliest
    first."""

    ranked: Ranked
    three: NDArray[np.intp]
    four: NDArray[np.intp]

    @property
    def belief(self) -> tuple[float, float]:
        """The logarithm of the belief in three and in four."""
        scores = self.ranked.scores
        three, four = (np.logaddexp.reduce(scores[side]) for side in (self.three, self.four))
        return float(three), float(four)


def settle(evidence: Evidence, ranked: Ranked) -> Ranked:
    """These readings, with the other way to count the best one's bar first if more speaks for it.

    Readings of one metre alone, as when the signature is known, stay as they are.
    """
    sides = take_sides(evidence, ranked)
    if sides is None:
        return ranked
    logit = float(compare(evidence, sides) @ list(THREE_OR_FOUR.values()))
    if (3 if logit > 0 else 4) == ranked.readings[0].beats_per_bar:
        return ranked
    return _with_odds(sides, logit)


def take_sides(evidence: Evidence, ranked: Ranked) -> Sides | None:
    """Who counts the best reading's bar, or half of it or two, in three, and who in four.

    Pulses that are missing for that are added. None if one side is empty.
    """
    if {reading.beats_per_bar for reading in ranked.readings} != set(METRES):
        return None
    bar_s = ranked.readings[0].period_s * ranked.readings[0].beats_per_bar
    every = _with_rivals(evidence, ranked, bar_s)
    three, four = (_side(every, bar_s, count) for count in (3, 4))
    return Sides(every, three, four) if len(three) and len(four) else None


def compare(evidence: Evidence, sides: Sides) -> Curve:
    """How far three is ahead of four in each cue, in the order of the weights; the last is 1."""
    readings = sides.ranked.readings
    three, four = (_cues(evidence, readings[side[0]]) for side in (sides.three, sides.four))
    return np.concatenate([[np.subtract(*sides.belief)], three - four, [1.0]])


def _cues(evidence: Evidence, reading: Reading) -> Curve:
    """What speaks for a reading: how much of the mean high bar is there in its mean beat (1: all
    beats are alike), the middle and the high echo three beats later, and what starts in the middle
    range beside all divisions of a beat.

    Low onsets say less: fitted to some styles, they were wrong about others.
    """
    curves = evidence.curves[[MIDDLE, HIGH]]
    count = reading.beats_per_bar
    beats = divide(running_total(curves), reading.period_s, reading.phase_s)[:, reading.downbeat :]
    bars = beats[:, : beats.shape[1] // count * count].reshape(len(curves), -1, count, PARTS)
    spread = np.maximum(bars.std(axis=(1, 2, 3)), 1e-9)[:, None, None]
    bar = (bars.mean(axis=1) - bars.mean(axis=(1, 2, 3))[:, None, None]) / spread
    beat = bar.mean(axis=1)
    in_common = (beat[1] ** 2).mean() / max(float((bar[1] ** 2).mean()), 1e-9)
    echoes = [_echo(curve, _ECHO_BEATS * reading.period_s) for curve in curves]
    return np.array([np.log(_LITTLE + in_common), *echoes, beat[0, _BESIDE].sum()])


def _echo(curve: Curve, lag_s: float) -> float:
    echo = measure_echo(curve - curve.mean())
    return float(np.interp(lag_s * FRAMES_PER_S, np.arange(len(echo)), echo))


def _with_rivals(evidence: Evidence, ranked: Ranked, bar_s: float) -> Ranked:
    periodicity = measure_periodicity(evidence.onset)
    known = {reading.period_s for reading in ranked.readings}
    rivals: list[Pulse] = []
    for period_s in sorted(bar_s * octave / count for octave in _OCTAVES for count in METRES):
        within = 60.0 / FASTEST_BPM <= period_s <= 60.0 / SLOWEST_BPM
        if within and not any(_apart(period_s, one) < _SAME_PULSE for one in known):
            rival = refine(periodicity, Pulse(period_s, 0.0), _RIVAL_WITHIN)
            rivals.append(rival)
            known.add(rival.period_s)
    more = rank(evidence, periodicity, rivals)
    return _sorted((*ranked.readings, *more.readings), np.append(ranked.scores, more.scores))


def _side(ranked: Ranked, bar_s: float, count: int) -> NDArray[np.intp]:
    bars = [bar_s * octave for octave in _OCTAVES]
    return np.array(
        [
            place
            for place, reading in enumerate(ranked.readings)
            if reading.beats_per_bar == count
            and any(_apart(reading.period_s * count, bar) < _SAME_BAR for bar in bars)
        ],
        dtype=np.intp,
    )


def _with_odds(sides: Sides, logit: float) -> Ranked:
    """All readings with these odds for three, the best of the likelier side first."""
    scores = sides.ranked.scores.copy()
    both = np.logaddexp(*sides.belief)
    for side, belief, odds in zip(
        (sides.three, sides.four), sides.belief, (logit, -logit), strict=True
    ):
        scores[side] += both - belief - np.logaddexp(0.0, -odds)
    first = int((sides.three if logit > 0 else sides.four)[0])
    scores[first] = max(scores[first], np.nextafter(scores.max(), np.inf))
    return _sorted(sides.ranked.readings, scores)


def _sorted(readings: tuple[Reading, ...], scores: Curve) -> Ranked:
    order = np.argsort(-scores, kind="stable")
    return Ranked(tuple(readings[place] for place in order), scores[order])


def _apart(one: float, other: float) -> float:
    return abs(float(np.log(one / other)))
