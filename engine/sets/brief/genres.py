"""All the genres by name, and the way from one to another that a DJ would take.

Knows the data and its graph; knows nothing of words around it or of slots.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Mapping
from types import MappingProxyType

from engine.sets.brief.band_genres import BAND_GENRES
from engine.sets.brief.club_genres import CLUB_GENRES
from engine.sets.brief.genre import Genre, read_row
from engine.sets.usual_tempos import USUAL_TEMPOS

_PER_OCTAVE = 6.0
"""What a step costs besides its 1, for each doubling of the tempo."""
_PER_ENERGY = 1.0
_OUT_OF_RANGE = 3.0
"""What a genre on the way costs whose records are all outside the tempos that were asked for."""
_MOST_BETWEEN = 4

GENRES: Mapping[str, Genre] = MappingProxyType(
    {genre.name: genre for genre in map(read_row, (*CLUB_GENRES, *BAND_GENRES))}
)


def usual_bpm(genre: str) -> float:
    """The middle of a genre's usual tempos."""
    low, high = USUAL_TEMPOS[genre]
    return 0.5 * (low + high)


def way(
    start: str,
    end: str,
    bpm: tuple[float, float] | None = None,
    avoided: Collection[str] = (),
) -> tuple[str, ...]:
    """The genres from one to another, both included: the way with the smallest steps.

    Dijkstra's algorithm ("A note on two problems in connexion with graphs", 1959) over who is
    near whom; steps in tempo and energy cost, and so do genres outside `bpm`. A way through more
    than four others is none: then the two stand side by side.
    """
    heap: list[tuple[float, tuple[str, ...]]] = [(0.0, (start,))]
    settled: set[str] = set()
    while heap:
        cost, path = heapq.heappop(heap)
        here = path[-1]
        if here == end:
            return path if len(path) <= _MOST_BETWEEN + 2 else (start, end)
        if here in settled:
            continue
        settled.add(here)
        for name in neighbours(here):
            if name not in settled and name not in avoided:
                heapq.heappush(heap, (cost + _step(here, name, end, bpm), (*path, name)))
    return (start, end)


def neighbours(name: str) -> tuple[str, ...]:
    """Who is near a genre, by its own row or by theirs."""
    back = (other.name for other in GENRES.values() if name in other.near)
    return tuple(dict.fromkeys((*GENRES[name].near, *back)))


def _step(here: str, name: str, end: str, bpm: tuple[float, float] | None) -> float:
    octaves = abs(math.log2(usual_bpm(name) / usual_bpm(here)))
    energy = abs(GENRES[name].energy - GENRES[here].energy)
    cost = 1.0 + _PER_OCTAVE * min(octaves, abs(1.0 - octaves)) + _PER_ENERGY * energy
    if bpm is not None and name != end:
        low, high = USUAL_TEMPOS[name]
        cost += _OUT_OF_RANGE * (high < bpm[0] or low > bpm[1])
    return cost
