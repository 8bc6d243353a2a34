"""How long every slot is, so that the mix lasts as long as it should.

New tracks with an open length get whole phrases of eight bars. Knows what a transition takes off
the mix, not how it is chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.fields import MAX_DURATION_S, MIN_DURATION_S
from engine.sets.deck import PHRASE_BARS
from engine.sets.solving.places import Place
from engine.sets.theory import tempo_step

USUAL_S = 180.0
"""A track of open length in a set of open length, and what is assumed of an unknown one."""
_LEAST_BEAT_BARS = 32
_UNKNOWN_BPM = 120.0
_CLOSE_SHARE = 0.01
_CLOSE_BARS = 4


@dataclass(frozen=True, slots=True)
class Lengths:
    bars: tuple[int | None, ...]
    """What open slots get; None for all others."""
    durations_s: tuple[float, ...]
    """Of every slot as it is played."""
    mix_s: float
    """All of it together, what overlaps counted once."""
    off_s: float
    """How much longer the mix is than it should be; 0 if any length will do."""


@dataclass(frozen=True, slots=True)
class _Length:
    """`fixed_s`, and `times` as long as the slot `base` of open length if there is one."""

    fixed_s: float = 0.0
    base: int | None = None
    times: float = 0.0


@dataclass(frozen=True, slots=True)
class _Open:
    """A slot of open length: the least and the most phrases, how long one is, and how much longer
    the set gets by one, with all that is made of the slot."""

    least: int
    most: int
    phrase_s: float
    gain_s: float


def planned_lengths(
    places: Sequence[Place],
    tempos: Sequence[float | None],
    mix_s: float | None,
    taken_s: float,
) -> Lengths:
    """A length for every slot, for a mix of `mix_s` off which transitions take `taken_s`."""
    lengths = _lengths(places, tempos)
    given_s = sum(length.fixed_s for length in lengths)
    need_s = None if mix_s is None else mix_s + taken_s - given_s
    opened = _opened(places, tempos, lengths)
    counts = _phrases(places, opened, need_s, tolerance_s(mix_s or 0.0, tempos))
    durations = tuple(
        length.fixed_s
        if length.base is None
        else length.fixed_s + length.times * counts[length.base] * opened[length.base].phrase_s
        for length in lengths
    )
    whole_s = sum(durations) - taken_s
    return Lengths(
        tuple(counts[n] * PHRASE_BARS if n in counts else None for n in range(len(places))),
        durations,
        whole_s,
        0.0 if mix_s is None else whole_s - mix_s,
    )


def bar_s(place: Place, bpm: float | None) -> float:
    """How long a bar is; two seconds where there is no tempo."""
    return 60.0 / _UNKNOWN_BPM * 4 if bpm is None else place.beats_per_bar * 60.0 / bpm


def tolerance_s(mix_s: float, tempos: Sequence[float | None]) -> float:
    """How far a mix may be off: 1 %, or four bars of four at the mean tempo if that is more."""
    known = [bpm for bpm in tempos if bpm is not None] or [_UNKNOWN_BPM]
    return max(_CLOSE_SHARE * mix_s, _CLOSE_BARS * 4 * 60.0 * len(known) / sum(known))


def _lengths(places: Sequence[Place], tempos: Sequence[float | None]) -> list[_Length]:
    found: list[_Length] = []
    for number, place in enumerate(places):
        slot, bpm = place.slot, tempos[number]
        if not place.is_new:
            found.append(_of_source(place, number, tempos, found))
        elif slot.bars is not None:
            found.append(_Length(slot.bars * bar_s(place, bpm)))
        elif slot.minutes is not None:
            found.append(_Length(slot.minutes * 60.0))
        elif place.is_open and bpm is not None:
            found.append(_Length(base=number, times=1.0))
        else:
            found.append(_Length(USUAL_S))
    return found


def _of_source(
    place: Place, number: int, tempos: Sequence[float | None], found: Sequence[_Length]
) -> _Length:
    """The length of the track, or of what a slot is made of, at the tempo it plays at."""
    if place.source is not None:
        length, native = found[place.source], tempos[place.source]
    else:
        length = _Length(place.facts.duration_s if place.facts else USUAL_S)
        native = place.facts.bpm if place.facts else None
    added_s = (place.slot.seconds or 0.0) if place.slot.kind == "extend" else 0.0
    own = tempos[number]
    slower = 1.0 + tempo_step(own, native).share if own and native else 1.0
    return _Length((length.fixed_s + added_s) * slower, length.base, length.times * slower)


def _opened(
    places: Sequence[Place], tempos: Sequence[float | None], lengths: Sequence[_Length]
) -> dict[int, _Open]:
    opened: dict[int, _Open] = {}
    for number, place in enumerate(places):
        if lengths[number] != _Length(base=number, times=1.0):
            continue
        phrase_s = PHRASE_BARS * bar_s(place, tempos[number])
        times = sum(length.times for length in lengths if length.base == number)
        opened[number] = _Open(
            least=math.ceil(MIN_DURATION_S / phrase_s),
            most=math.floor(MAX_DURATION_S / phrase_s),
            phrase_s=phrase_s,
            gain_s=phrase_s * times,
        )
    return opened


def _phrases(
    places: Sequence[Place], opened: dict[int, _Open], need_s: float | None, close_s: float
) -> dict[int, int]:
    """How many phrases each open slot gets."""
    danced = {
        n: replace(one, least=min(one.most, max(one.least, _LEAST_BEAT_BARS // PHRASE_BARS)))
        for n, one in opened.items()
        if places[n].has_beat
    }
    wide = opened | danced
    share_s = USUAL_S
    if need_s is not None and opened:
        share_s = need_s / sum(one.gain_s / one.phrase_s for one in opened.values())
        if sum(one.least * one.gain_s for one in wide.values()) > need_s + close_s:
            wide = opened
    counts = {
        n: min(one.most, max(one.least, round(share_s / one.phrase_s))) for n, one in wide.items()
    }
    if need_s is not None:
        _fit(counts, wide, need_s, share_s)
    return counts


def _fit(counts: dict[int, int], opened: dict[int, _Open], need_s: float, share_s: float) -> None:
    """Add or take phrases, where they matter least, until none brings the sum closer."""
    while True:
        off_s = sum(counts[n] * one.gain_s for n, one in opened.items()) - need_s
        turn = -1 if off_s > 0 else 1
        closer = [
            n
            for n, one in opened.items()
            if one.least <= counts[n] + turn <= one.most
            and abs(off_s + turn * one.gain_s) < abs(off_s) - 1e-9
        ]
        if not closer:
            return
        best = min(closer, key=lambda n: abs((counts[n] + turn) * opened[n].phrase_s - share_s))
        counts[best] += turn
