"""How one track leads into the next: which type of transition, how long, and why.

Knows the edges of two tracks and nothing else, so it serves on planned facts as on measured ones.

What each type does to the two tracks:

- `blend`: their beats are laid over each other, the bass swaps in the middle.
- `filter`: the same, but the outgoing track loses its body to a filter first, so keys hardly meet.
- `fade`: one fades out while the other fades in, without regard to beats.
- `echo_out`: the outgoing track stops on a line and its echo rings over the incoming one.
- `drop_in`: the outgoing track stops on a line and the incoming one begins with its drop,
  or at its start if that comes late.
- `cut`: on a line from one to the other.
- `bridge`: one follows the other on a line, and the bars around the seam are made anew.

`OVERLAPPING` says in which both are heard for bars. An overlap may cover the intro or outro of a
track and 7.5 % of its body; where there is neither, its outer eighth is taken for one. So 85 % of
every body is heard alone, and at most about a third of a track without intro and outro is not.
Tracks under 32 bars are exempt: they may give four bars at either end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from engine.keys import Key
from engine.sets.deck import PHRASE_BARS
from engine.sets.plan import Bars, Transition, TransitionType
from engine.sets.report import KeyRelation
from engine.sets.theory import MATCHABLE_STEP, key_relation, tempo_step

PHRASES: tuple[Bars, ...] = (4, 8, 16, 32)
OVERLAPPING: tuple[TransitionType, ...] = ("blend", "filter", "fade")
FADE_S = (4.0, 12.0)
"""How long a fade is at least and at most."""
_WITHOUT_LENGTH: tuple[TransitionType, ...] = ("cut", "drop_in")
_TYPES: tuple[TransitionType, ...] = get_args(TransitionType)
_ASSUMED_EDGE = 1 / 8
"""How much of a track counts as its intro or outro if it has none."""
_BODY_GIVEN = 0.075
_SHORT_BARS, _LEAST_BARS = 32, 8
_WISHED_SHARE = 0.5
"""How much of a track an overlap may cover that somebody asked for."""
_LATEST_DROP = 0.4
"""A drop further into a track would cost too much of it."""
_NEAR_LINE = 0.01
_MAY_BE_SKIPPED = 0.15
"""How much of a track may come before its drop and not be heard."""
_JUMP = 0.3
"""A change of energy that should come at once."""
_CALM = 0.12
"""A change of energy that takes its time."""
_BRIDGE_BELOW = 0.6
"""A blend that scores less is worth making new music for, where that is allowed."""
_AGAINST_BLEND: dict[KeyRelation, float] = {
    "same": 0.0, "adjacent": 0.0, "relative": 0.03, "unknown": 0.1, "diagonal": 0.2, "boost": 0.2,
    "clash": 0.45,
}  # fmt: skip
"""What a blend loses by its keys; a filter loses a third of it."""
_KEYS: dict[KeyRelation, str] = {
    "same": "the same key", "adjacent": "adjacent keys", "relative": "relative keys",
    "unknown": "keys that aren't known", "diagonal": "diagonal keys",
    "boost": "keys that lift more than they blend", "clash": "clashing keys",
}  # fmt: skip
_MOST_BARS: dict[KeyRelation, Bars] = {"clash": 4, "boost": 8, "diagonal": 8, "unknown": 16}


@dataclass(frozen=True, slots=True)
class Side:
    """A track at the edge that takes part: its end if it goes out, its start if it comes in."""

    bars: float
    """Of the whole track; where there is no tempo, in bars of two seconds."""
    bpm: float | None = None
    beats_per_bar: int | None = None
    """None: unknown, taken for four."""
    has_grid: bool = False
    """Whether it has beats that can be matched."""
    key: Key | None = None
    vocals: bool | None = None
    """Whether somebody sings at that edge."""
    energy: float | None = None
    edge_bars: float = 0.0
    """Of its outro, or of its intro; 0: it has none."""
    has_drop: bool = False
    drop_after_bars: float = 0.0
    """How much comes before its first drop."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A transition that is possible. `bars` is 0 for a cut and a drop."""

    type: TransitionType
    bars: int
    why: str
    """One sentence."""
    tried: tuple[str, ...] = ()
    """The other types that were possible, with their scores."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two sides, and what lies between them."""

    out: Side
    into: Side
    relation: KeyRelation
    step: float | None
    """Of the tempo, octaves left out."""
    lift: float
    """How much the energy rises; 0 if that isn't known."""
    obstacle: str
    """Why beats can't be matched; empty if they can."""

    @property
    def two_voices(self) -> bool:
        return bool(self.out.vocals and self.into.vocals)


def overlap_bars(type_: TransitionType, bars: int) -> int:
    """Bars of the outgoing track in which both are heard."""
    return bars if type_ in OVERLAPPING else 0


def taken_s(type_: TransitionType, bars: int, out: Side, into: Side) -> float:
    """How much shorter a mix is than its tracks because of this transition.

    Where there are beats, it begins on the last line of eight bars that leaves room for it, so what
    comes after a shorter overlap is lost, as is what comes before a drop. A bar of an overlap lasts
    as at the mean of both tempos, since one glides into the other.
    """
    bar_s = _bar_s(out)
    if type_ == "fade":
        return min(FADE_S[1], max(FADE_S[0], bars * bar_s))
    skipped_s = _skipped_bars(into) * _bar_s(into) if type_ == "drop_in" else 0.0
    if not out.has_grid:
        return skipped_s
    overlap = overlap_bars(type_, bars)
    line = PHRASE_BARS * math.floor((out.bars - overlap) / PHRASE_BARS + _NEAR_LINE)
    if overlap and out.bpm and into.bpm:
        bar_s /= 1.0 + tempo_step(out.bpm, into.bpm).share / 2.0
    return max(0.0, out.bars - line) * bar_s + skipped_s


def _bar_s(side: Side) -> float:
    """How long a bar is; two seconds where there are no beats."""
    return (side.beats_per_bar or 4) * 60.0 / side.bpm if side.has_grid and side.bpm else 2.0


def _skipped_bars(into: Side) -> float:
    """What comes before a drop, unless that is so much that the track is begun at its start."""
    early = into.has_drop and into.drop_after_bars <= _LATEST_DROP * into.bars
    return into.drop_after_bars if early else 0.0


def room_bars(side: Side) -> float:
    """How many bars of a track an overlap at this edge may cover."""
    edge = max(side.edge_bars, side.bars * _ASSUMED_EDGE)
    room = edge + _BODY_GIVEN * max(0.0, side.bars - 2 * edge)
    return max(room, 4.0) if _LEAST_BARS <= side.bars < _SHORT_BARS else min(room, side.bars / 2)


def choose(
    out: Side, into: Side, wish: Transition | None = None, *, allow_bridge: bool = False
) -> Choice:
    """The best transition, or the one that is wished for if that is possible.

    A bridge takes part if it is wished for, or allowed while a blend would score badly. A wish that
    is impossible is replaced by the best type, and `why` says so.
    """
    pair = _pair(out, into)
    wished = wish.type if wish else None
    scores: dict[TransitionType, float] = {
        type_: _score(type_, pair) for type_ in _TYPES if not _obstacle(type_, pair)
    }
    if wished != "bridge" and not (allow_bridge and scores.get("blend", 0.0) < _BRIDGE_BELOW):
        scores.pop("bridge", None)
    pool = scores
    if wish and wish.bars and not wished:
        pool = {type_: scores[type_] for type_ in scores if type_ not in _WITHOUT_LENGTH} or scores
    best = wished if wished in scores else max(pool, key=lambda type_: pool[type_])
    bars = _length(best, pair)
    why = f"{best}: {_reason(best, pair)}."
    if wished:
        missed = f"{wished} was asked for, but {_obstacle(wished, pair)}; {best} instead."
        why = f"{best}: as asked for." if best == wished else missed
    if wish and wish.bars and best not in _WITHOUT_LENGTH:
        bars, why = _wished_length(best, wish.bars, pair, why)
    tried = tuple(
        f"{type_} {score:.2f}"
        for type_, score in sorted(scores.items(), key=lambda item: -item[1])
        if type_ != best
    )
    return Choice(best, bars, why, tried)


def _pair(out: Side, into: Side) -> _Pair:
    step = tempo_step(out.bpm, into.bpm) if out.bpm and into.bpm else None
    obstacle = ""
    if not (out.has_grid and into.has_grid):
        which = "neither track has" if out.has_grid == into.has_grid else "one track has no"
        obstacle = f"{which} beats to match"
    elif step is None:
        obstacle = "a tempo is unknown"
    elif (out.beats_per_bar or 4) != (into.beats_per_bar or 4):
        obstacle = f"{out.beats_per_bar or 4} beats in a bar don't fit {into.beats_per_bar or 4}"
    elif not step.matchable:
        obstacle = f"{out.bpm:g} and {into.bpm:g} bpm are too far apart"
    known = out.energy is not None and into.energy is not None
    return _Pair(
        out=out,
        into=into,
        relation=key_relation(out.key, into.key),
        step=None if step is None else step.share,
        lift=(into.energy or 0.0) - (out.energy or 0.0) if known else 0.0,
        obstacle=obstacle,
    )


def _obstacle(type_: TransitionType, pair: _Pair) -> str:
    """Why a type is impossible; empty if it is possible."""
    if type_ == "bridge":
        long_enough = min(pair.out.bars, pair.into.bars) >= 2 * PHRASE_BARS
        return pair.obstacle or ("" if long_enough else "a track is too short")
    if type_ in ("blend", "filter"):
        return pair.obstacle or ("" if _room(pair) >= PHRASES[0] else "a track is too short")
    if type_ == "fade":
        return "" if _room(pair) >= PHRASES[0] else "a track is too short"
    if type_ == "echo_out":
        has_tempo = pair.out.has_grid and pair.out.bpm
        return "" if has_tempo else "the outgoing track has no beats to echo in"
    if type_ == "drop_in":
        if not pair.into.has_drop:
            return "the incoming track has no drop"
        return "" if pair.out.has_grid and pair.into.has_grid else "one track has no beats"
    return ""


def _score(type_: TransitionType, pair: _Pair) -> float:
    """How well a possible type suits the two, 0 to 1."""
    keys = _AGAINST_BLEND[pair.relation]
    stretch = 0.15 * abs(pair.step or 0.0) / MATCHABLE_STEP
    beats = pair.out.has_grid and pair.into.has_grid
    voices = pair.two_voices
    if type_ == "blend":
        jump = 0.15 * (abs(pair.lift) > _JUMP)
        score = 1.0 - keys - stretch - jump - 0.45 * voices
    elif type_ == "filter":
        score = 0.72 - keys / 3 - stretch - 0.2 * voices
    elif type_ == "fade":
        score = 0.25 if beats else 0.7 - keys / 3 - 0.25 * voices
    elif type_ == "echo_out":
        score = 0.52 + 0.1 * (pair.lift < -_CALM) + 0.05 * voices
    elif type_ == "drop_in":
        late = pair.into.drop_after_bars > _LATEST_DROP * pair.into.bars
        lost = max(0.0, _skipped_bars(pair.into) / max(1.0, pair.into.bars) - _MAY_BE_SKIPPED)
        score = 0.3 if late else 0.45 + 0.3 * (pair.lift > _CALM) - 2.0 * lost
    elif type_ == "cut":
        score = 0.4 if beats else 0.3
    else:
        score = 0.75 - 0.1 * voices
    return round(max(0.0, score), 3)


def _length(type_: TransitionType, pair: _Pair) -> int:
    """How many bars a type likes to be here, within what both tracks have room for."""
    if type_ in _WITHOUT_LENGTH:
        return 0
    if type_ == "echo_out":
        return 4
    if type_ == "bridge":
        return 8
    liked = 8
    if type_ == "fade" and liked * _bar_s(pair.out) > 1.5 * FADE_S[1]:
        liked = 4
    if type_ == "blend":
        calm = abs(pair.lift) <= _CALM and min(pair.out.edge_bars, pair.into.edge_bars) >= 32
        liked = 8 if abs(pair.lift) > _JUMP else 32 if calm else 16
        liked = min(liked, _MOST_BARS.get(pair.relation, 32))
    if pair.two_voices:
        liked = 4
    return _phrase(min(liked, _room(pair)))


def _wished_length(type_: TransitionType, wished: Bars, pair: _Pair, why: str) -> tuple[int, str]:
    """A length that was asked for may cover half a track, but no more."""
    most = min(pair.out.bars, pair.into.bars) * _WISHED_SHARE
    if type_ not in OVERLAPPING or wished <= most:
        return wished, why
    bars = _phrase(max(PHRASES[0], most))
    return bars, f"{why[:-1]}; {wished} bars are more than half a track, so {bars}."


def _reason(type_: TransitionType, pair: _Pair) -> str:
    keys = _KEYS[pair.relation]
    energy = _energy(pair)
    against = "two voices would meet in a blend" if pair.two_voices else pair.obstacle
    against = against or ("" if _room(pair) >= PHRASES[0] else "a track is too short to overlap")
    against = against or f"a blend suffers from {keys}"
    step = abs(pair.step or 0.0)
    tempos = f"tempos {step:.1%} apart" if step > 5e-4 else "one tempo"
    drop = f"the energy rises by {pair.lift:.2f}" if pair.lift > _CALM else against
    reasons: dict[TransitionType, str] = {
        "blend": f"{tempos}, {keys} and {energy}",
        "filter": f"beats match, and the filter keeps apart what doesn't: {keys}",
        "fade": against,
        "echo_out": against,
        "drop_in": f"{drop}, and there is a drop to begin with",
        "cut": against,
        "bridge": f"{against}, and new music can lead over",
    }
    return reasons[type_]


def _energy(pair: _Pair) -> str:
    if pair.out.energy is None or pair.into.energy is None:
        return "energy that isn't known"
    if abs(pair.lift) <= _CALM:
        return "level energy"
    return "rising energy" if pair.lift > 0 else "falling energy"


def _room(pair: _Pair) -> float:
    return min(room_bars(pair.out), room_bars(pair.into))


def _phrase(bars: float) -> int:
    """The longest phrase that fits; four bars if none does."""
    return max((phrase for phrase in PHRASES if phrase <= bars), default=PHRASES[0])
