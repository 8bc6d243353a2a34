"""A brief becomes a plan.

Puts together what the words ask for, the course of the set, captions and titles. Leaves keys,
lengths, transitions and exact tempos open unless the words fix them: filling them in is
`engine.sets.solving.solve`'s work.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engine.fields import MAX_SLOTS, MAX_TITLE
from engine.sets.brief.course import Course, lay_course, said_there
from engine.sets.brief.figures import Figures, Range, read_figures
from engine.sets.brief.numerals import with_figures
from engine.sets.brief.phases import Phase, Wanted, read_wanted
from engine.sets.brief.shape import arc_of, key_walk, set_bpm
from engine.sets.brief.titles import set_title
from engine.sets.brief.writing import Told, written
from engine.sets.facts import TrackFacts
from engine.sets.plan import ArcName, SetPlan, Slot
from engine.text import clean

_USUAL_MINUTES, _MINUTES_PER_TRACK = 30.0, 4.0
_LONGEST_BRIEF = 2000


@dataclass(frozen=True, slots=True)
class Briefed:
    """A plan, and what was chosen or left out on the way, a sentence each."""

    plan: SetPlan
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A brief, read."""

    text: str
    figures: Figures
    wanted: Wanted


def read_brief(text: str) -> Asked:
    """What a brief asks for. Never raises: what isn't understood is imagery, or nothing."""
    text = clean(text).strip()[:_LONGEST_BRIEF]
    figures = read_figures(with_figures(text.replace("ß", "ss")))
    return Asked(text, figures, read_wanted(figures))


def plan_from_brief(
    text: str,
    *,
    minutes: float | None = None,
    arc: ArcName | None = None,
    tracks: Sequence[TrackFacts] = (),
    seed: int | None = None,
) -> Briefed:
    """The set that is asked for in words; `minutes` and `arc` go before what the words say.

    `tracks` become slots in whatever order suits, new music the rest of the time. The same words,
    tracks and seed give the same plan.
    """
    asked = read_brief(text)
    figures, wanted = asked.figures, asked.wanted
    minutes = figures.minutes if minutes is None else minutes
    if minutes is None and figures.count is None and figures.each_minutes is None and not tracks:
        minutes, notes = _USUAL_MINUTES, [f"minutes: not said; {_USUAL_MINUTES:g} were chosen."]
    else:
        notes = []
    bpm = set_bpm(figures, wanted)
    crate = _crate(tracks, figures.count, minutes, bpm)
    count = _count(figures, minutes, crate)
    slots = tuple(Slot(track=track.ref, title=track.title[:MAX_TITLE]) for track in crate)
    course = None
    if count:
        course = lay_course(wanted, count, bpm)
        notes += course.notes
        slots = (*slots, *_slots(asked, course, seed))
    if len(crate) < len(tracks):
        notes.append(
            f"tracks: {len(crate)} of {len(tracks)} are played; there is no time for more."
        )
    chosen, why = arc_of(wanted, course, len(slots))
    plan = SetPlan(
        title=set_title(wanted, course, f"{asked.text}\0{seed}"),
        brief=asked.text,
        minutes=minutes,
        bpm=bpm,
        arc=arc or chosen,
        order="free" if crate else "kept",
        seed=seed,
        slots=slots,
    )
    return Briefed(plan, tuple(dict.fromkeys((*notes, *(why if arc is None else ())))))


def _crate(
    tracks: Sequence[TrackFacts], count: int | None, minutes: float | None, bpm: Range | None
) -> list[TrackFacts]:
    """The tracks there is room for: those in the tempo range first, else in their order."""

    def misses(track: TrackFacts) -> bool:
        return not (bpm and track.bpm and bpm[0] * 0.97 <= track.bpm <= bpm[1] * 1.03)

    most = MAX_SLOTS if count is None else count
    room_s = float("inf") if minutes is None else minutes * 60.0
    chosen: list[TrackFacts] = []
    for track in sorted(tracks, key=misses) if bpm else tracks:
        if len(chosen) < most and room_s > 0.3 * track.duration_s:
            chosen.append(track)
            room_s -= track.duration_s
    chosen = chosen or list(tracks[:1])
    return [track for track in tracks if track in chosen]


def _count(figures: Figures, minutes: float | None, crate: Sequence[TrackFacts]) -> int:
    """How many slots are made from words, beside the tracks that are there."""
    if figures.count is not None:
        return max(0, min(MAX_SLOTS, figures.count) - len(crate))
    each = figures.each_minutes or _MINUTES_PER_TRACK
    if minutes is None:
        minutes = 0.0 if crate else _USUAL_MINUTES
    left = minutes - sum(track.duration_s for track in crate) / 60.0
    if crate:
        return max(0, min(MAX_SLOTS - len(crate), round(left / each)))
    return slots_for(minutes, each)


def slots_for(minutes: float, each: float = _MINUTES_PER_TRACK) -> int:
    """How many tracks of about four minutes fill the time; three to five minutes if it can be."""
    return max(1, min(MAX_SLOTS, int(minutes / each + 0.5)))


def _slots(asked: Asked, course: Course, seed: int | None) -> tuple[Slot, ...]:
    figures, wanted = asked.figures, asked.wanted
    count = len(course.genres)
    name = f"{asked.text}\0{seed}"
    dice = random.Random(name)
    told = [told_of(asked, said_there(wanted, course, slot)) for slot in range(count)]
    if figures.ends_bpm and count > 1:
        told[0].bpm, told[-1].bpm = figures.ends_bpm
    start = next((one.key for one in told if one.key), None)
    if wanted.mode and wanted.everywhere.key is None:
        walk = key_walk(wanted.mode, count, start, dice)
        for one, key in zip(told, walk, strict=True):
            one.key = one.key or key
    slots = written(course.genres, told, wanted, name)
    if figures.lyrics:
        slots = (slots[0].model_copy(update={"lyrics": figures.lyrics}), *slots[1:])
    return slots


def told_of(asked: Asked, here: Phase) -> Told:
    """What holds for one slot: its own words, and the whole set's."""
    figures, everywhere = asked.figures, asked.wanted.everywhere
    fixed = here.bpm is not None and (here.about or here.bpm[0] == here.bpm[1])
    return Told(
        moods=[*here.moods, *everywhere.moods],
        instruments=[*here.instruments, *everywhere.instruments],
        energy=here.energy,
        step=here.step + everywhere.step,
        tempo=everywhere.tempo if here.tempo is None else here.tempo,
        bpm=0.5 * sum(here.bpm) if here.bpm and fixed else None,
        key=here.key or everywhere.key,
        minutes=figures.each_minutes,
        metre=figures.metre,
    )
