"""Where two decks meet: which lines come together, for how long, and at which tempo.

Times are seconds in each deck's source, but for `Leg.mix_s`. Knows pairs of decks only; where a
meeting lies in the mix is `engine.sets.playing.arrange`'s to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from engine.sets.deck import PHRASE_BARS, Deck, Grid
from engine.sets.plan import Transition, TransitionType
from engine.sets.theory import tempo_step
from engine.sets.transitions import PHRASES

HEARD_SHARE = 0.85
"""How much of a track is heard at least, where its length leaves a choice."""

_OWN_TEMPO = 2e-4
"""Nobody hears so small a change of tempo, and a body that isn't stretched keeps every sample."""
_NEAR_BARS = 0.25
"""How far what rises may lie from a line to be on it."""
_END_S = 0.05
"""By how much a grid may be off at the end of a track."""
_FADE_S = (4.0, 12.0)
_FADE_BAR_S = 2.0
_ECHO_BARS = 2
_DROP_ECHO_BEATS = 2
_LATEST_DROP = 0.4
"""A drop further into a track would cost too much of it."""
_BARS_AROUND_SEAM = 4
_FARTHEST_STEP = 0.12
"""Beats are matched up to here if somebody insists."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch at constant rates: how long it takes, and how far both sources go meanwhile."""

    mix_s: float
    out_s: float
    into_s: float
    beats: int = 0
    """That both have in it, evenly spaced; 0 where none are matched."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two decks from where the outgoing one is at `out_s` and the incoming one at `into_s`."""

    type: TransitionType
    bars: int
    """Of the outgoing deck, in which beats are matched."""
    out_s: float
    into_s: float
    legs: tuple[Leg, ...] = ()
    swap: float = 0.0
    """The bass goes over after so many legs."""

    @property
    def out_end_s(self) -> float:
        return self.out_s + sum(leg.out_s for leg in self.legs)

    @property
    def into_end_s(self) -> float:
        return self.into_s + sum(leg.into_s for leg in self.legs)


def body_rate(deck: Deck) -> float:
    """Seconds of the source for one of the mix, in the body of a deck's stay."""
    if deck.grid is None or deck.tempo is None:
        return 1.0
    rate = deck.tempo / deck.grid.bpm
    return 1.0 if abs(rate - 1.0) < _OWN_TEMPO else rate


def first_line_s(deck: Deck) -> float:
    """Where a deck comes in: what lies before its first line is left out."""
    return deck.grid.first_line_s if deck.grid else 0.0


def meet(out: Deck, entry_s: float, free_s: float, into: Deck, wish: Transition) -> Meeting:
    """The meeting of two decks, as like the wish as they allow.

    The outgoing deck came in at `entry_s` and is alone from `free_s` on. A transition that is too
    long for one of them is shortened, at last to a cut; one that needs beats which aren't there
    becomes a fade.
    """
    for meeting in _attempts(out, free_s, into, wish):
        if meeting is None:
            continue
        half = meeting.into_s + 0.5 * (into.duration_s - meeting.into_s)
        wanted_s = min(entry_s + HEARD_SHARE * out.duration_s, out.duration_s)
        roomy = meeting.out_s >= free_s - 1e-6 and meeting.into_end_s <= half + 1e-6
        if roomy and meeting.out_end_s >= wanted_s - 1e-6:
            return meeting
    return _cut(_last_bar_s(out, free_s), into)


def _attempts(out: Deck, free_s: float, into: Deck, wish: Transition) -> Iterator[Meeting | None]:
    """Meetings from the one that is wished for to ever shorter ones."""
    kind, bars = wish.type or "blend", wish.bars or 16
    pair = _matched(out, into)
    if kind in ("blend", "filter") and pair is not None:
        shorter = [phrase for phrase in reversed(PHRASES) if phrase <= bars]
        # Four bars end in the middle of a phrase, which may cost too much of a short track.
        for phrase in (*shorter, PHRASE_BARS):
            yield _blend(pair, out, into, kind, phrase)
    elif kind == "bridge" and pair is not None:
        yield _bridge(pair, out, into)
    elif kind in ("blend", "bridge", "fade") or (out.grid is None and kind == "echo_out"):
        yield _fade(out, free_s, into, "fade", bars)
    elif kind == "filter":
        yield _fade(out, free_s, into, kind, bars)
    elif kind == "echo_out":
        ring = min(bars, _ECHO_BARS) * (out.grid.beats_per_bar if out.grid else 4)
        for line_s, beats in product(_ends(out), (ring, 4)):
            yield _stop(out, line_s, into, kind, beats)
    elif kind == "drop_in":
        yield from (_stop(out, line_s, into, kind, _DROP_ECHO_BEATS) for line_s in _ends(out))
    yield _cut(_ends(out)[0], into)


@dataclass(frozen=True, slots=True)
class _Matched:
    """Two grids that can be laid over each other, at the tempos of their decks' bodies."""

    one: Grid
    other: Grid
    out_bpm: float
    into_bpm: float

    @property
    def octave(self) -> float:
        """0.5 for an incoming deck in double time, 2 for one in half time, mostly 1."""
        return tempo_step(self.out_bpm, self.into_bpm).ratio

    @property
    def shared_beats(self) -> int:
        """Beats that both decks have in a bar of the outgoing one."""
        beats = self.one.beats_per_bar
        return beats if self.octave <= 1.0 else beats // 2

    def glide(self, bars: int) -> list[tuple[float, float, float]]:
        """For each bar of the outgoing deck: how long it takes, and how much of both sources.

        The tempo goes from one to the other in equal steps, which begin and end with a step from
        and to the bodies.
        """
        octave = self.octave
        step_bpm = (self.into_bpm * octave - self.out_bpm) / (bars + 1)
        return [
            (
                self.one.beats_per_bar * 60.0 / (self.out_bpm + step_bpm * (bar + 1)),
                self.one.bar_s,
                self.other.bar_s / octave,
            )
            for bar in range(bars)
        ]


def _matched(out: Deck, into: Deck) -> _Matched | None:
    """None where beats can't be matched."""
    one, other = out.grid, into.grid
    if one is None or other is None or one.beats_per_bar != other.beats_per_bar:
        return None
    pair = _Matched(one, other, one.bpm * body_rate(out), other.bpm * body_rate(into))
    step = tempo_step(pair.out_bpm, pair.into_bpm)
    if step.ratio > 1.0 and one.beats_per_bar % 2:
        return None  # a bar of the outgoing deck ends between two beats of the other
    return pair if abs(step.share) <= _FARTHEST_STEP else None


def _line_s(grid: Grid, before_s: float, bars: int = PHRASE_BARS) -> float:
    """The last line of so many bars that lies before a moment, or the first line there is."""
    length_s = bars * grid.bar_s
    count = math.floor((before_s + _END_S - grid.first_line_s) / length_s)
    return grid.first_line_s + max(0, count) * length_s


def _last_bar_s(deck: Deck, free_s: float) -> float:
    """The last bar line of a deck, or its end if it has none after it was left alone."""
    line_s = _line_s(deck.grid, deck.duration_s, bars=1) if deck.grid else deck.duration_s
    return line_s if line_s > free_s else deck.duration_s


def _ends(out: Deck) -> tuple[float, ...]:
    """Where a deck may stop: its last line or its last bar line, or its end without a grid."""
    if out.grid is None:
        return (out.duration_s,)
    return tuple(_line_s(out.grid, out.duration_s, bars) for bars in (PHRASE_BARS, 1))


def _blend(
    pair: _Matched, out: Deck, into: Deck, kind: TransitionType, bars: int
) -> Meeting | None:
    """The incoming deck's first line on the last line of the outgoing one that leaves the bars;
    None if none does."""
    length_s = bars * pair.one.bar_s
    start_s = _line_s(pair.one, out.duration_s - length_s)
    if start_s + length_s > out.duration_s + _END_S:
        return None
    legs = tuple(Leg(*bar, pair.shared_beats) for bar in pair.glide(bars))
    swap = 0
    if kind == "blend":
        fuller = _energy_at(into, first_line_s(into)) > _energy_at(out, start_s + 0.5 * length_s)
        swap = _swap_bar(pair, _rise_bar(pair, into), bars, early=fuller)
    return Meeting(kind, bars, start_s, first_line_s(into), legs, swap)


def _swap_bar(pair: _Matched, rise: float | None, bars: int, early: bool) -> int:
    """After how many bars the bass goes over: on a line of both grids, in the middle if it can.

    Of 32 bars it is where the incoming deck rises, if that is such a line. Where only the two
    ends are lines, `early` says which.
    """
    lines = range(0, bars + 1, round(PHRASE_BARS * max(1.0, pair.octave)))
    if bars == max(PHRASES) and rise is not None:
        near = [line for line in lines[1:-1] if abs(rise - line) < _NEAR_BARS]
        if near:
            return near[0]
    nearest = min(abs(2 * line - bars) for line in lines)
    middle = [line for line in lines if abs(2 * line - bars) == nearest]
    return middle[0] if early else middle[-1]


def _rise_bar(pair: _Matched, into: Deck) -> float | None:
    """Where the incoming deck rises, in bars of the outgoing one after they meet."""
    rise_s = _first_rise_s(into)
    if rise_s is None:
        return None
    return (rise_s - first_line_s(into)) * pair.octave / pair.other.bar_s


def _first_rise_s(deck: Deck) -> float | None:
    """Where a deck's drop begins, or else where its intro ends."""
    named = [(section.label.lower(), section) for section in deck.sections]
    drops = [section.start_s for label, section in named if label.startswith("drop")]
    intros = [section.end_s for label, section in named if label.startswith("intro")]
    return next(iter(drops + intros), None)


def _energy_at(deck: Deck, moment_s: float) -> float:
    within = [one.energy for one in deck.sections if one.start_s <= moment_s < one.end_s]
    return within[0] if within else 0.0


def _bridge(pair: _Matched, out: Deck, into: Deck) -> Meeting:
    """Back to back at a line, with the bars around it to be made anew."""
    around, shared = _BARS_AROUND_SEAM, pair.shared_beats
    bars = pair.glide(2 * around)
    legs = [Leg(mix_s, out_s, 0.0, shared) for mix_s, out_s, _ in bars[:around]]
    legs += [Leg(mix_s, 0.0, into_s, shared) for mix_s, _, into_s in bars[around:]]
    start_s = _line_s(pair.one, out.duration_s) - around * pair.one.bar_s
    return Meeting("bridge", 2 * around, start_s, first_line_s(into), tuple(legs), around)


def _stop(out: Deck, line_s: float, into: Deck, kind: TransitionType, beats: int) -> Meeting:
    """The outgoing deck stops on its line, and something of it rings on for so many beats."""
    entry_s = first_line_s(into)
    if kind == "drop_in":
        rises = _first_rise_s(into)
        if rises is not None and entry_s < rises < _LATEST_DROP * into.duration_s:
            entry_s = _line_s(into.grid, rises + 0.5 * into.grid.beat_s, 1) if into.grid else rises
    ring_s = beats * echo_beat_s(out, into)
    return Meeting(kind, 0, line_s, entry_s, (Leg(ring_s, 0.0, ring_s * body_rate(into)),))


def echo_beat_s(out: Deck, into: Deck) -> float:
    """A beat of an echo over the incoming deck, in its tempo if that is near the outgoing one's;
    half a second if neither has one."""
    grid = out.grid or into.grid
    if grid is None:
        return 0.5
    if pair := _matched(out, into):
        return 60.0 / (pair.into_bpm * pair.octave)
    return grid.beat_s / body_rate(out if out.grid else into)


def _cut(line_s: float, into: Deck) -> Meeting:
    return Meeting("cut", 0, line_s, first_line_s(into))


def _fade(out: Deck, free_s: float, into: Deck, kind: TransitionType, bars: int) -> Meeting:
    """A fade over the outgoing deck's last seconds, which is never longer than half of either."""
    asked_s = bars * (out.grid.bar_s if out.grid else _FADE_BAR_S)
    entry_s, rate, other = first_line_s(into), body_rate(out), body_rate(into)
    fade_s = min(
        max(_FADE_S[0], min(_FADE_S[1], asked_s)),
        0.5 * (out.duration_s - free_s) / rate,
        0.5 * (into.duration_s - entry_s) / other,
    )
    leg = Leg(fade_s, fade_s * rate, fade_s * other)
    return Meeting(kind, 0, out.duration_s - leg.out_s, entry_s, (leg,), 0.5)
