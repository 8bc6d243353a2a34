"""The course of a set: which genre each slot plays, and what was said of just that slot.

Knows how many slots there are; knows nothing of captions or titles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.sets.brief.figures import Range
from engine.sets.brief.genres import GENRES, usual_bpm, way
from engine.sets.brief.phases import Phase, Wanted
from engine.sets.usual_tempos import USUAL_TEMPOS

_SCENES: tuple[tuple[str, tuple[str, str], str], ...] = (
    ("beach", ("downtempo", "deep house"),
     "beach sea ocean sunset island summer palm terrace sand waves coast harbour harbor boat surf "
     "strand meer sommer plage mer playa verano sonnenuntergang poolside pool"),
    ("rain", ("trip hop", "dub techno"),
     "rain rainy storm fog foggy mist drizzle puddles umbrella regen pluie lluvia cloudy grey"),
    ("road", ("synthwave", "indie"),
     "road drive driving highway motorway car desert miles motorbike autobahn route coche"),
    ("winter", ("ambient", "soundtrack"),
     "winter snow ice frozen cold lighthouse christmas arctic glacier schnee neige nieve"),
    ("space", ("ambient", "electronica"),
     "space stars cosmos orbit planet moon galaxy satellite astronaut nebula universe weltraum"),
    ("forest", ("folk", "ambient"),
     "forest woods trees mountain river meadow cabin campfire garden wald foret bosque spring"),
    ("home", ("lo-fi", "soul"),
     "coffee cafe morning study studying reading kitchen cooking sunday breakfast book homework "
     "dinner wine living sofa bath work working focus coding"),
    ("club", ("house", "techno"),
     "club party dancefloor dance warehouse rave birthday wedding dancing gym workout running "
     "strobe festival fest fete fiesta"),
    ("night", ("deep house", "melodic techno"),
     "night midnight neon nocturnal dark late moonlight nacht nuit noche after"),
    ("city", ("hip hop", "house"),
     "city street alley tokyo paris berlin london york metro subway rooftop stadt ville ciudad"),
)  # fmt: skip
_USUAL = ("deep house", "melodic techno")
_FAMILIAR = (
    "house", "techno", "drum and bass", "deep house", "trance", "hip hop", "lo-fi", "disco", "pop",
    "ambient", "dubstep", "reggae", "rock", "punk", "big band",
)  # fmt: skip
_ROUND, _ROUND_GENRES = ("3/4", "6/8"), ("folk", "jazz")
_SHORT_PART, _SHORT_SET = 0.2, 4
"""The share of the slots that a word about the start or the end is for, in sets of more than 4."""


@dataclass(frozen=True, slots=True)
class Course:
    """A genre per slot, the phase that each belongs to, and what the words left to be chosen."""

    genres: tuple[str, ...]
    phases: tuple[Phase, ...]
    notes: tuple[str, ...] = ()


def scene_of(phrases: Sequence[str]) -> str:
    """What a set is about by its imagery; empty if nothing is known of it."""
    spoken = {word.strip("',.").lower() for phrase in phrases for word in phrase.split()}
    return next((name for name, _, known in _SCENES if spoken & set(known.split())), "")


def lay_course(wanted: Wanted, count: int, bpm: Range | None) -> Course:
    """Who plays what in so many slots."""
    named, notes = _named(wanted, bpm)
    stretches = _stretches(named, count, bpm, wanted.avoided)
    genres, phases = [], []
    weights = [phase.minutes for _, phase in stretches]
    for (genre, phase), length in zip(stretches, _lengths(weights, count), strict=True):
        genres += [genre] * length
        phases += [phase] * length
    return Course(tuple(genres), tuple(phases), notes)


def said_there(wanted: Wanted, course: Course, slot: int) -> Phase:
    """All that holds for one slot (from 0): its part's words, and those for its place."""
    count = len(course.genres)
    here = Phase()
    reach = 1 if count <= _SHORT_SET else max(1, round(_SHORT_PART * count))
    for phase in wanted.places:
        middle = abs(slot - (count - 1) / 2) <= max(0.5, (reach - 1) / 2)
        if (
            (phase.place == "start" and slot < reach and (count > 1 or len(wanted.places) == 1))
            or (phase.place == "end" and slot >= count - reach)
            or (phase.place in ("middle", "then") and middle)
        ):
            here.take(phase)
    own = course.phases[slot]
    here.take(
        Phase(moods=own.moods, instruments=own.instruments, energy=own.energy, step=own.step,
              tempo=own.tempo, bpm=own.bpm, about=own.about, key=own.key)
    )  # fmt: skip
    return here


def _named(wanted: Wanted, bpm: Range | None) -> tuple[list[Phase], tuple[str, ...]]:
    """The phases, completed where the words name no genre for the start or for the end."""
    phases = wanted.phases
    if not phases:
        first, last, why = _likely(wanted, bpm)
        note = f"style: none was said; {why}."
        return [Phase(genre=first), Phase(genre=last, glides=True)][: 1 + (first != last)], (note,)
    if len(phases) == 1 and phases[0].place in ("start", "end"):
        other, _, _ = _likely(Wanted(everywhere=wanted.everywhere), bpm)
        if other == phases[0].genre:
            return phases, ()
        where = "rest" if phases[0].place == "start" else "slots before the end"
        note = f"style: none was said for the {where}; a way from {other} was chosen."
        if phases[0].place == "start":
            note = f"style: none was said for the {where}; a way to {other} was chosen."
            return [phases[0], Phase(genre=other, glides=True)], (note,)
        phases[0].glides = True
        return [Phase(genre=other), phases[0]], (note,)
    if len(phases) == 2 and phases[0].place == "start" and phases[1].place == "end":
        phases[1].glides = True
    return phases, ()


def _likely(wanted: Wanted, bpm: Range | None) -> tuple[str, str, str]:
    """From which genre to which, if none was said, and why."""
    everywhere = wanted.everywhere
    if wanted.metre in _ROUND and not everywhere.instruments:
        first, last = _ROUND_GENRES
        return first, last, f"{first} to {last} was chosen for the metre"
    if bpm is not None:
        middle = 0.5 * (bpm[0] + bpm[1])
        fitting = [name for name in (*_FAMILIAR, *GENRES) if _plays(name, middle)]
        fitting = [name for name in fitting if name not in wanted.avoided]
        if fitting:
            return fitting[0], fitting[0], f"{fitting[0]} was chosen for its tempo"
    if everywhere.instruments:
        name = max(
            (name for name in GENRES if name not in wanted.avoided),
            key=lambda name: _suits(name, everywhere),
        )
        return name, name, f"{name} was chosen for the instruments"
    scene = scene_of(everywhere.moods)
    ends = next((ends for name, ends, _ in _SCENES if name == scene), _USUAL)
    if everywhere.energy is not None and not scene:
        ends = ("downtempo", "ambient") if everywhere.energy < 0.4 else ("house", "techno")
    ends = tuple(name for name in ends if name not in wanted.avoided) or ("house",)
    return ends[0], ends[-1], f"{' to '.join(dict.fromkeys(ends))} was chosen"


def _plays(genre: str, bpm: float) -> bool:
    low, high = USUAL_TEMPOS[genre]
    return low <= bpm <= high


def _suits(name: str, asked: Phase) -> float:
    genre = GENRES[name]
    shared = sum(
        any(word in own.split() for word in instrument.split())
        for instrument in asked.instruments
        for own in genre.instruments
    )
    energy = 0.35 if asked.energy is None and (asked.tempo or 0.0) < 0 else asked.energy
    off = abs(genre.energy - (0.5 if energy is None else energy))
    return shared - 2.0 * off + 0.3 * (asked.tempo or 0.0) * (usual_bpm(name) > 110.0)


def _stretches(
    phases: Sequence[Phase], count: int, bpm: Range | None, avoided: Sequence[str]
) -> list[tuple[str, Phase]]:
    """Genres in order, with those on the way; at most `count`, what was named before the rest."""
    stretches: list[tuple[str, Phase, bool]] = []
    for phase in phases:
        if phase.glides and stretches and stretches[-1][0] != phase.genre:
            between = way(stretches[-1][0], phase.genre, bpm, avoided)[1:-1]
            before = stretches[-1][1]
            stretches += [(name, Phase(moods=before.moods), False) for name in between]
        stretches.append((phase.genre, phase, True))
    while len(stretches) > count:
        unnamed = [place for place, (_, _, named) in enumerate(stretches) if not named]
        inner = unnamed or list(range(1, len(stretches) - 1)) or [0]
        del stretches[inner[len(inner) // 2]]
    return [(name, phase) for name, phase, _ in stretches]


def _lengths(minutes: Sequence[float | None], count: int) -> list[int]:
    """Whole numbers of slots, one at least: by their minutes where all have some, else as equal
    as can be, the longer ones in the middle."""
    parts = len(minutes)
    known = [length for length in minutes if length]
    if len(known) < parts or parts == 1:
        base, spare = divmod(count, parts)
        by_middle = sorted(range(parts), key=lambda part: (abs(part - (parts - 1) / 2), part))
        longer = set(by_middle[:spare])
        return [base + (part in longer) for part in range(parts)]
    lengths = [1] * parts
    for _ in range(count - parts):
        neediest = max(range(parts), key=lambda part: known[part] / (lengths[part] + 0.5))
        lengths[neediest] += 1
    return lengths
