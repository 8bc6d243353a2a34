"""Metre: which pulse is the beat, where it falls, and which beat begins the bar.

Every pulse, every phase and every bar of three or four beats is a *reading*. All readings of a
piece are compared by the same cues: what happens, in each of the five curves, on the beat, between
beats, on the downbeat, on the backbeat. How much a cue counts is the table in `cue_weights`.

The cues describe how drums, bass and harmony are used in popular music since the 1950s; a music
with other habits is read with less certainty, which shows in `Ranked.shares`. Bars of two, five
or seven beats and compound time are not told apart: ask with a known signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.listen.cue_weights import WEIGHTS
from engine.listen.evidence import CURVES, FRAMES_PER_S, Curve, Curves, Evidence
from engine.listen.pulse import Periodicity, Pulse, find_phases

PARTS = 12
"""Parts of a beat: thirds and quarters are whole numbers of them."""
METRES = (4, 3)
_FEWEST_BEATS = 6
_TEMPO_KNOTS = np.log2([50, 65, 80, 95, 110, 125, 140, 160, 180, 215])
_ONSETS = slice(0, 3)
_BEGINS, _NEAR_BEATS = 3.0, 1 / 8
"""How much more a reading is believed, as a logarithm, in which a bar begins where one is supposed
to: twenty to one."""

# A cue is a name and, in a reading, five numbers (one per curve) or a few without names.
Cue = tuple[str, Curve]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to count: beats lie at `phase_s + k * period_s`, bars begin where
    `k % beats_per_bar == downbeat`."""

    period_s: float
    phase_s: float
    beats_per_bar: int
    downbeat: int

    @property
    def bpm(self) -> float:
        return 60.0 / self.period_s


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Readings, likeliest first, and the logarithm of the belief in each."""

    readings: tuple[Reading, ...]
    scores: Curve

    @property
    def shares(self) -> Curve:
        """The share of belief in each reading; they sum to 1."""
        shares = np.exp(self.scores - self.scores.max(initial=0.0))
        return shares / shares.sum()


def rank(
    evidence: Evidence,
    periodicity: Periodicity,
    pulses: Sequence[Pulse],
    metres: Sequence[int] = METRES,
) -> Ranked:
    """Compare all readings with these pulses and bars; none if the piece is too short for any."""
    readings, cues = read_all(evidence, periodicity, pulses, metres)
    if not readings:
        return Ranked((), np.zeros(0))
    scores = cues @ WEIGHTS
    if evidence.begins_s is not None:
        begins = [_begins_at(reading, evidence.begins_s) for reading in readings]
        scores = scores + _BEGINS * np.array(begins)
    order = np.argsort(-scores)
    return Ranked(tuple(readings[index] for index in order), scores[order])


def _begins_at(reading: Reading, moment_s: float) -> bool:
    """Whether a bar begins there, within an eighth of a beat."""
    beats = (moment_s - reading.phase_s) / reading.period_s - reading.downbeat
    away = beats - reading.beats_per_bar * round(beats / reading.beats_per_bar)
    return abs(away) <= _NEAR_BEATS


def read_all(
    evidence: Evidence,
    periodicity: Periodicity,
    pulses: Sequence[Pulse],
    metres: Sequence[int] = METRES,
) -> tuple[list[Reading], NDArray[np.float64]]:
    """Every reading, and its cues: [readings, cues] in the order of `cue_names`."""
    total = running_total(evidence.curves)
    readings: list[Reading] = []
    rows: list[Curve] = []
    for pulse in pulses:
        tempo = _tempo_cues(periodicity, pulse)
        for phase_s in find_phases(evidence.onset, pulse.period_s):
            beats = divide(total, pulse.period_s, phase_s)
            if beats.shape[1] < _FEWEST_BEATS:
                continue
            beats = _standardised(beats)
            shared = [*tempo, *_beat_cues(beats)]
            for beats_per_bar, downbeat, bar in _bar_cues(beats, metres):
                readings.append(Reading(pulse.period_s, phase_s, beats_per_bar, downbeat))
                rows.append(np.concatenate([numbers for _, numbers in (*shared, *bar)]))
    return readings, np.array(rows)


def running_total(curves: Curves) -> Curves:
    """Sums up to each frame, from which means over any stretch follow: [curves, frames + 1]."""
    return np.concatenate([np.zeros((len(curves), 1)), np.cumsum(curves, axis=1)], axis=1)


def divide(total: Curves, period_s: float, phase_s: float) -> Curves:
    """Mean of each curve in each twelfth of each whole beat, [curves, beats, 12].

    The first part of a beat lies around the beat itself.
    """
    last = total.shape[1] - 1
    count = max(0, int((last / FRAMES_PER_S - phase_s) / period_s))
    borders = phase_s + (np.arange(count * PARTS + 1) - 0.5) * period_s / PARTS
    places = np.clip(borders * FRAMES_PER_S + 0.5, 0, last)
    whole = np.minimum(places.astype(np.intp), last - 1)
    rest = places - whole
    sums = total[:, whole] * (1.0 - rest) + total[:, whole + 1] * rest
    means = np.diff(sums, axis=1) / (period_s / PARTS * FRAMES_PER_S)
    return means.reshape(len(total), count, PARTS)


def _standardised(beats: Curves) -> Curves:
    mean = beats.mean(axis=(1, 2), keepdims=True)
    return (beats - mean) / np.maximum(beats.std(axis=(1, 2), keepdims=True), 1e-9)


def _tempo_cues(periodicity: Periodicity, pulse: Pulse) -> list[Cue]:
    knots = np.eye(len(_TEMPO_KNOTS))
    place = np.log2(pulse.bpm)
    return [
        ("tempo", np.array([np.interp(place, _TEMPO_KNOTS, knot) for knot in knots])),
        ("echo", periodicity.echo_at(pulse.period_s * np.array([0.5, 1, 2, 3, 4]))),
        ("strength", np.array([pulse.strength])),
    ]


def _beat_cues(beats: Curves) -> list[Cue]:
    """What happens within the beat, and from one beat to the next."""
    profile = beats.mean(axis=1)
    on_beat = _on_beats(beats)
    alternation = on_beat[:, 0::2].mean(axis=1) - on_beat[:, 1::2].mean(axis=1)
    return [
        ("on the beat", profile[:, 0]),
        ("halves", profile[:, 6]),
        ("swung", profile[:, 7] + profile[:, 8]),
        ("quarters", np.maximum(profile[:, 3], 0) + np.maximum(profile[:, 9], 0)),
        ("thirds", profile[:, 4] + profile[:, 8]),
        ("beside", profile[:, [1, 2, 10, 11]].sum(axis=1)),
        ("alternation", np.abs(alternation)),
        ("kick and snare", -alternation[0] * alternation[1:3]),
    ]


def _on_beats(beats: Curves) -> Curves:
    """Each beat with half of its neighbouring parts, [curves, beats]."""
    before = np.concatenate([np.zeros((len(beats), 1)), beats[:, :-1, PARTS - 1]], axis=1)
    return beats[:, :, 0] + 0.5 * (beats[:, :, 1] + before)


def _bar_cues(beats: Curves, metres: Sequence[int]) -> Iterator[tuple[int, int, list[Cue]]]:
    """For each bar length and each first beat: what tells the beats of a bar apart."""
    on_beat, between = _on_beats(beats), beats[:, :, PARTS // 2]
    alike = _likeness(beats)
    for count in metres:
        for downbeat in range(count):
            bars = (beats.shape[1] - downbeat) // count
            if not bars:
                continue
            within = slice(downbeat, downbeat + bars * count)
            strokes = _centred(on_beat[:, within], count)
            offbeats = _centred(between[:, within], count)
            yield count, downbeat, _bar_of(count, strokes, offbeats, alike)


def _centred(rows: Curves, count: int) -> Curves:
    """The mean bar of `count` beats, around nought: [curves, count]."""
    mean = rows.reshape(len(rows), -1, count).mean(axis=1)
    return mean - mean.mean(axis=1, keepdims=True)


def _bar_of(count: int, strokes: Curves, offbeats: Curves, alike: dict[int, float]) -> list[Cue]:
    """The cues of bars of four and of bars of three; those of the other kind are noughts."""
    rest = np.zeros(CURVES)
    four, three = count == 4, count == 3
    fourfold = (
        alike[4] - max(alike[3], alike[6]), alike[8] - alike[6], alike[4] - alike[2],
    )  # fmt: skip
    threefold = (alike[3] - max(alike[2], alike[4]), alike[6] - max(alike[4], alike[8]))
    return [
        ("4: downbeat", strokes[:, 0] if four else rest),
        ("4: third beat", strokes[:, 2] if four else rest),
        ("4: backbeat", strokes[:, 1] + strokes[:, 3] if four else rest),
        ("4: after the first", offbeats[:, 0] if four else rest),
        ("4: after the second", offbeats[:, 1] if four else rest),
        ("4: upbeat", offbeats[:, 3] if four else rest),
        ("3: downbeat", strokes[:, 0] if three else rest),
        ("3: second beat", strokes[:, 1] if three else rest),
        ("3: after the first", offbeats[:, 0] if three else rest),
        ("3: upbeat", offbeats[:, 2] if three else rest),
        ("4: likeness", np.array(fourfold) * four),
        ("3: likeness", np.array(threefold) * three),
        ("3", np.array([float(three)])),
    ]


def _likeness(beats: Curves) -> dict[int, float]:
    """How alike the onsets of beats some beats apart are: 1 the same, 0 unrelated."""
    rows = beats[_ONSETS].transpose(1, 0, 2).reshape(beats.shape[1], -1)
    rows = rows - rows.mean(axis=0)
    usual = max(float((rows**2).sum(axis=1).mean()), 1e-9)
    return {
        lag: float((rows[lag:] * rows[:-lag]).sum(axis=1).mean()) / usual
        if len(rows) > lag + 4
        else 0.0
        for lag in (2, 3, 4, 6, 8)
    }
