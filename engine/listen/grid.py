"""The grid: tempo, beats and bars of a piece, or the finding that it has none.

Three outcomes. One constant grid: a bpm and one segment. A tempo that wanders: several segments,
and no bpm if it wanders by more than one per cent. No steady pulse: no segments and no beats.

Knows tempos between 47 and 220 bpm and bars of three and four beats; others only as given. The
shares in `alternatives` and `confidence` come from a model fitted to synthetic popular music.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.listen.drift import Clock, follow
from engine.listen.evidence import Evidence, bend, gather
from engine.listen.features import Heard
from engine.listen.metre import METRES, Ranked, Reading, rank
from engine.listen.pulse import (
    KNOWN_WITHIN,
    Pulse,
    find_pulse_near,
    find_pulses,
    measure_periodicity,
)
from engine.listen.segments import Segment, Times, cut
from engine.listen.steadiness import settle_phase, steadiness
from engine.listen.three_or_four import settle

BEATS_PER_BAR = {"2/4": 2, "3/4": 3, "4/4": 4, "6/8": 2}
SHORTEST_S = 8.0
"""Less than this holds too few beats to tell a grid from chance."""

_SHORTEST_TO_FOLLOW_S = 24.0

# Measured: noise and speech reach a steadiness of 0.41, or 0.48 when straightened; music stays
# above 0.55 where its tempo holds, and above 0.6 straightened where it doesn't.
_STEADY, _STEADY_STRAIGHTENED = 0.48, 0.55
_SURE_BELOW, _SURE_ABOVE = 0.4, 0.7
_WANDERING_S = 0.009
"""Less than this (standard deviation) isn't a tempo that wanders: patterns that change pull at the
clock as much."""
_STEADIER = 0.04
_ONE_TEMPO = 0.01
_SPAN = 16
_WORTH_TELLING = 0.05
_DOUBT_IN_DRIFT = 0.3
_JUST_BEFORE_S = 0.006
"""A beat that seems to come up to this long before the piece begins it."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What was heard of tempo and metre.

    `bpm` is None where no single tempo holds; `alternatives` are the other tempos that the same
    music could be counted in, likeliest first. `confidence` (0 to 1) is in the claim that this
    bpm holds throughout. `beats_s` and `downbeats_s` are float64 seconds, rising. `prior` says
    what was known beforehand and how it was used.
    """

    bpm: float | None
    alternatives: tuple[float, ...]
    confidence: float
    beats_per_bar: int | None
    time_signature: str | None
    segments: tuple[Segment, ...]
    beats_s: Times
    downbeats_s: Times
    prior: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Count:
    """One attempt to count: evidence on a clock, its readings, and how steady the best is."""

    evidence: Evidence
    ranked: Ranked
    steady: float
    plainly: float
    """How steady it is without straightening."""
    clock: Clock | None = None

    @property
    def reading(self) -> Reading:
        return self.ranked.readings[0]


def find_grid(
    heard: Heard,
    known_bpm: float | None = None,
    known_signature: str | None = None,
    begins_with_bar: bool = False,
) -> Grid:
    """Find the grid. A known tempo is searched for within 5 %; a known signature is believed; that
    its first sound `begins_with_bar` makes readings likelier in which one begins there.

    `known_signature` is one of `BEATS_PER_BAR`.
    """
    begins_s = heard.first_sound_s if begins_with_bar else None
    evidence = gather(heard, begins_s)
    count = _best_count(evidence, known_bpm, known_signature)
    said = _prior(known_bpm, known_signature, begins_s, found=count is not None)
    if count is None and known_bpm is not None:
        count = _best_count(evidence, None, known_signature)
    if count is None:
        return _no_grid(said)
    return replace(_grid(count, heard.duration_s, known_signature), prior=said)


def _best_count(
    evidence: Evidence, known_bpm: float | None, signature: str | None
) -> _Count | None:
    """The count on the piece's own clock, or on a straightened one if that is steadier."""
    if evidence.duration_s < SHORTEST_S:
        return None
    plain = _count(evidence, known_bpm, signature)
    if plain is None:
        return None
    counts = [plain]
    enough = max(plain.steady + _STEADIER, _STEADY_STRAIGHTENED)
    if enough < 1.0 and evidence.duration_s >= _SHORTEST_TO_FOLLOW_S:
        for clock in follow(evidence.onset, 1.0 / plain.reading.period_s):
            if clock.wander_s > _WANDERING_S:
                straight = _count(bend(evidence, clock.moments_s), known_bpm, signature, clock)
                if straight and straight.steady > enough:
                    counts.append(replace(straight, plainly=plain.steady))
    best = max(counts, key=lambda count: count.steady)
    if best.steady < _STEADY:
        return None
    return best if known_bpm else replace(best, ranked=settle(best.evidence, best.ranked))


def _count(
    evidence: Evidence, known_bpm: float | None, signature: str | None, clock: Clock | None = None
) -> _Count | None:
    periodicity = measure_periodicity(evidence.onset)
    if known_bpm is None:
        pulses: Sequence[Pulse] = find_pulses(periodicity)
    else:
        pulses = [find_pulse_near(periodicity, known_bpm)]
    beats = BEATS_PER_BAR[signature] if signature else None
    metres = METRES if beats is None else (beats if beats in METRES else 4,)
    ranked = rank(evidence, periodicity, pulses, metres)
    if not ranked.readings:
        return None
    steady = steadiness(evidence.curves, ranked.readings[0])
    return _Count(evidence, ranked, steady, steady, clock)


def _grid(count: _Count, duration_s: float, signature: str | None) -> Grid:
    best = count.reading
    beats_per_bar = BEATS_PER_BAR[signature] if signature else best.beats_per_bar
    phase_s = settle_phase(count.evidence.onset, best.period_s, best.phase_s)
    first = -np.ceil((phase_s + _JUST_BEFORE_S) / best.period_s)
    numbers = np.arange(first, (duration_s - phase_s) / best.period_s)
    beats_s: Times = phase_s + numbers * best.period_s
    if count.clock:
        beats_s = count.clock.moment(beats_s)
    inside = (beats_s >= -_JUST_BEFORE_S) & (beats_s < duration_s)
    numbers, beats_s = numbers[inside], np.maximum(beats_s[inside], 0.0)
    to_downbeat = int((best.downbeat - numbers[0]) % beats_per_bar)
    segments = cut(beats_s, to_downbeat, beats_per_bar, duration_s)
    if count.clock:
        beats_s = np.concatenate([segment.beats() for segment in segments])
    one_tempo = count.clock is None or _is_one_tempo(beats_s)
    share, others = _alternatives(count.ranked)
    sure = float(np.interp(count.plainly, (_SURE_BELOW, _SURE_ABOVE), (0.0, 1.0)))
    return Grid(
        bpm=60.0 * (len(beats_s) - 1) / float(beats_s[-1] - beats_s[0]) if one_tempo else None,
        alternatives=others,
        confidence=sure * share * (1.0 if one_tempo else _DOUBT_IN_DRIFT),
        beats_per_bar=beats_per_bar,
        time_signature=signature or f"{beats_per_bar}/4",
        segments=segments,
        beats_s=beats_s,
        downbeats_s=beats_s[to_downbeat::beats_per_bar],
    )


def _is_one_tempo(beats_s: Times) -> bool:
    """Whether no sixteen beats are more than one per cent shorter than any other sixteen."""
    lengths = beats_s[_SPAN:] - beats_s[:-_SPAN]
    return len(lengths) == 0 or float(lengths.max() / lengths.min()) < 1.0 + _ONE_TEMPO


def _alternatives(ranked: Ranked) -> tuple[float, tuple[float, ...]]:
    """The share of belief in the best reading's tempo, and other tempos worth telling."""
    shares: dict[float, float] = {}
    for reading, share in zip(ranked.readings, ranked.shares, strict=True):
        shares[reading.bpm] = shares.get(reading.bpm, 0.0) + float(share)
    heard = ranked.readings[0].bpm
    others = sorted(shares.keys() - {heard}, key=lambda bpm: -shares[bpm])
    return shares[heard], tuple(bpm for bpm in others if shares[bpm] >= _WORTH_TELLING)


def _prior(
    known_bpm: float | None, signature: str | None, begins_s: float | None, *, found: bool
) -> str:
    said = []
    if known_bpm is not None:
        within = f"{100 * KNOWN_WITHIN:g} %"
        said.append(
            f"searched within {within} of the known {known_bpm:g} bpm"
            if found
            else f"no steady pulse within {within} of the known {known_bpm:g} bpm"
        )
    if signature is not None:
        said.append(f"bars counted in the known {signature}")
    if begins_s is not None:
        said.append(f"a bar most likely begins at {begins_s:.2f} s")
    return "; ".join(said)


def _no_grid(prior: str) -> Grid:
    return Grid(None, (), 0.0, None, None, (), np.zeros(0), np.zeros(0), prior)
