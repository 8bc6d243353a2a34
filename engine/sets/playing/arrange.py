"""Arranging: decks and transitions in, a timeline worked out to the sample.

A deck comes in on its first line and goes out at its end. Between transitions it runs at its own
`tempo`; across one, both decks glide from one tempo to the other. Knows no audio; how two decks
meet is `engine.sets.playing.meeting`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.audio import SAMPLE_RATE_HZ
from engine.sets.deck import Deck
from engine.sets.plan import Transition
from engine.sets.playing.meeting import Leg, Meeting, body_rate, meet
from engine.sets.timeline import Join, Knot, Play, Timeline

DECK_LUFS = -14.0
"""What every deck is brought to before the mix is brought to its own loudness."""

_MOST_GAIN_DB = 24.0


@dataclass(frozen=True, slots=True)
class _Point:
    """A deck's source at a moment of the mix, both in seconds."""

    mix_s: float
    source_s: float


def arrange(decks: Sequence[Deck], transitions: Sequence[Transition]) -> Timeline:
    """The set as a timeline; `transitions[i]` leads from `decks[i]` to the next.

    What is open in a transition is a blend of 16 bars. One that two decks can't do is shortened
    or replaced; the joins say what became of it. Raises `ValueError` unless there is one fewer
    transition than decks.
    """
    if len(transitions) != len(decks) - 1:
        raise ValueError(f"{len(decks)} decks need {len(decks) - 1}, not {len(transitions)} joins")
    meetings, entry_s, free_s = [], 0.0, 0.0
    for (out, into), wish in zip(pairwise(decks), transitions, strict=True):
        meeting = meet(out, entry_s, free_s, into, wish)
        entry_s, free_s = meeting.into_s, meeting.into_end_s
        meetings.append(meeting)
    paths, joins = _laid_out(decks, meetings)
    plays = tuple(
        Play(deck, _knots(path), _gain_db(deck)) for deck, path in zip(decks, paths, strict=True)
    )
    return Timeline(plays, tuple(joins), plays[-1].end)


def _laid_out(
    decks: Sequence[Deck], meetings: Sequence[Meeting]
) -> tuple[list[list[_Point]], list[Join]]:
    """The way of every deck through its source, and the joins between them."""
    paths, joins = [[_Point(0.0, 0.0)]], []
    for number, meeting in enumerate(meetings):
        start_s = _body(paths[-1], decks[number], meeting.out_s)
        clock_s, into = start_s, [_Point(start_s, meeting.into_s)]
        for leg in meeting.legs:
            clock_s += leg.mix_s
            for path, advance_s in ((paths[-1], leg.out_s), (into, leg.into_s)):
                if advance_s:
                    path.append(_Point(clock_s, path[-1].source_s + advance_s))
                elif path is into and len(path) == 1:
                    path[0] = _Point(clock_s, meeting.into_s)
        joins.append(_join(number, meeting, start_s))
        paths.append(into)
    _body(paths[-1], decks[-1], decks[-1].duration_s)
    return paths, joins


def _body(path: list[_Point], deck: Deck, until_s: float) -> float:
    """Play on at the deck's own tempo; when in the mix its source gets there."""
    last = path[-1]
    end_s = last.mix_s + (until_s - last.source_s) / body_rate(deck)
    if _sample(end_s) > _sample(last.mix_s):
        path.append(_Point(end_s, until_s))
    return end_s


def _join(number: int, meeting: Meeting, start_s: float) -> Join:
    lines_s = [start_s]
    for leg in meeting.legs:
        lines_s.append(lines_s[-1] + leg.mix_s)
    whole, rest = divmod(meeting.swap, 1.0)
    swap_s = lines_s[int(whole)] + (rest and rest * meeting.legs[int(whole)].mix_s)
    return Join(
        number=number,
        type=meeting.type,
        bars=meeting.bars,
        start=_sample(start_s),
        swap=_sample(swap_s),
        end=_sample(lines_s[-1]),
        beats=_beats(lines_s, meeting.legs),
    )


def _beats(lines_s: Sequence[float], legs: Sequence[Leg]) -> tuple[int, ...]:
    beats_s = [
        line_s + beat * leg.mix_s / leg.beats
        for line_s, leg in zip(lines_s, legs, strict=False)
        for beat in range(leg.beats)
    ]
    return tuple(_sample(beat_s) for beat_s in [*beats_s, *(lines_s[-1:] if beats_s else [])])


def _knots(path: Sequence[_Point]) -> tuple[Knot, ...]:
    """Knots on whole samples of the mix, and none where the rate stays as it is.

    A source is moved along with its moment when that is rounded, so that rates stay exact.
    """
    rates = [(b.source_s - a.source_s) / (b.mix_s - a.mix_s) for a, b in pairwise(path)]
    knots = []
    for place, point in enumerate(path):
        before, after = rates[max(0, place - 1)], rates[min(place, len(rates) - 1)]
        if 0 < place < len(rates) and abs(before / after - 1.0) < 1e-9:
            continue
        at = _sample(point.mix_s)
        source = point.source_s * SAMPLE_RATE_HZ
        knots.append(Knot(at, source + (at - point.mix_s * SAMPLE_RATE_HZ) * after))
    return tuple(knots)


def _sample(moment_s: float) -> int:
    return round(moment_s * SAMPLE_RATE_HZ)


def _gain_db(deck: Deck) -> float:
    return min(_MOST_GAIN_DB, DECK_LUFS - deck.loudness_lufs)
