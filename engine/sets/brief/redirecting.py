"""A change of mind in the middle of a set.

What was played, and the slot that is playing, stay as they are; what comes after is planned anew.
Knows plans and words; how captions are made is `writing`'s to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import InvalidRequest
from engine.fields import MAX_BPM, MAX_SLOTS, MIN_BPM
from engine.sets.brief.briefed import Asked, Briefed, read_brief, slots_for, told_of
from engine.sets.brief.course import Course, lay_course, said_there
from engine.sets.brief.energy_words import SAID
from engine.sets.brief.genres import GENRES
from engine.sets.brief.phases import Phase
from engine.sets.brief.reading import read_items
from engine.sets.brief.shape import set_bpm
from engine.sets.brief.writing import Told, written
from engine.sets.plan import MADE_OF, SetPlan, Slot
from engine.sets.usual_tempos import USUAL_TEMPOS

_TEMPO_STEP = 0.05
"""How much faster "faster" is: not quite as far as two tracks can be matched."""
_LONGEST_BRIEF = 2000
_USUAL_STYLE = "house"
_OPPOSITES = (("dark", "bright"), ("dark", "happy"), ("sad", "happy"), ("warm", "cold"))


def redirect(plan: SetPlan, text: str, from_slot: int) -> Briefed:
    """The plan with every slot from `from_slot` (counted from 1) on planned anew from words.

    Slots before it stay as they are and are locked, with an open transition to the first new one;
    so do later ones that their writer
    locked. There are as many slots as before unless the words give a number or a length, which
    are those of the rest. Each new slot asks for something else than the one that was there.
    Raises `InvalidRequest` (field: `from_slot`) for a slot that isn't there.
    """
    if not 1 <= from_slot <= len(plan.slots):
        raise InvalidRequest(
            f"from_slot: {from_slot} is not in the set; its slots are 1 to {len(plan.slots)}.",
            field="from_slot",
        )
    asked = read_brief(text)
    kept = _kept(plan.slots[: from_slot - 1])
    later = plan.slots[from_slot - 1 :]
    old = [slot for slot in later if not slot.locked]
    if not old and asked.figures.count is None and asked.figures.minutes is None:
        unchanged = plan.model_copy(update={"slots": (*kept, *later)})
        return Briefed(unchanged, (f"every slot from {from_slot} on is locked; none was changed.",))
    count = _count(asked, plan, old)
    new = _anew(asked, plan, from_slot, old, count)
    slots, notes = _put_together(kept, later, new)
    figures = asked.figures
    minutes = plan.minutes
    if figures.minutes is not None:
        minutes = None if minutes is None else _used(plan, from_slot) + figures.minutes
    said = f"{plan.brief}; from slot {from_slot} on: {asked.text}".removeprefix("; ")
    changed = plan.model_copy(
        update={
            "slots": slots,
            "minutes": minutes,
            "bpm": _bpm(asked, plan, new),
            "arc": asked.wanted.arcs[0] if asked.wanted.arcs else plan.arc,
            "brief": said[:_LONGEST_BRIEF],
        }
    )
    return Briefed(SetPlan.model_validate(changed.model_dump()), notes)


def _kept(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """What stays as it is, but for how the last of it leads into what isn't known yet."""
    opened = [slot.model_copy(update={"locked": True}) for slot in slots]
    if opened:
        opened[-1] = opened[-1].model_copy(update={"transition": None})
    return tuple(opened)


def _count(asked: Asked, plan: SetPlan, old: Sequence[Slot]) -> int:
    figures = asked.figures
    most = MAX_SLOTS - len(plan.slots) + len(old)
    if figures.count is not None:
        return min(figures.count, most)
    if figures.minutes is not None:
        return min(slots_for(figures.minutes), most)
    return len(old)


def _anew(
    asked: Asked, plan: SetPlan, from_slot: int, old: Sequence[Slot], count: int
) -> tuple[Slot, ...]:
    """New slots for the old ones, and for what there are more."""
    wanted = asked.wanted
    before = [*old, *[old[-1] if old else plan.slots[-1]] * (count - len(old))][:count]
    if wanted.phases:
        course = lay_course(wanted, count, set_bpm(asked.figures, wanted))
    else:
        styles = tuple(_style(slot, plan) for slot in before)
        course = Course(styles, (Phase(),) * count)
    imagery = _imagery(plan, wanted.everywhere.moods)
    told = [
        _redirected(asked, said_there(wanted, course, place), slot, course.genres[place], imagery)
        for place, slot in enumerate(before)
    ]
    _ramp(asked, told)
    taken = [slot.title for slot in plan.slots]
    name = f"{plan.brief}\0{asked.text}\0{from_slot}\0{plan.seed}"
    slots = written(course.genres, told, wanted, name, taken)
    for _ in range(3):
        same = [one.caption == slot.caption for one, slot in zip(slots, before, strict=True)]
        if not any(same):
            break
        for one, alike in zip(told, same, strict=True):
            one.turn += alike
        slots = written(course.genres, told, wanted, name, taken)
    return slots


def _redirected(asked: Asked, here: Phase, old: Slot, genre: str, imagery: Sequence[str]) -> Told:
    """What holds for a new slot: the new words, steps from the old slot, and the old imagery."""
    told = told_of(asked, here)
    everywhere = asked.wanted.everywhere
    told.moods += [phrase for phrase in imagery if phrase not in told.moods]
    told.energy = everywhere.energy if here.energy is None else here.energy
    if told.step and told.energy is None:
        told.energy = old.energy
    if everywhere.tempo and told.bpm is None and not asked.wanted.phases:
        low, high = USUAL_TEMPOS[genre]
        bpm = old.bpm or 0.5 * (low + high)
        step = _TEMPO_STEP if everywhere.tempo > 0 else -_TEMPO_STEP
        told.bpm = round(min(MAX_BPM, max(MIN_BPM, bpm * (1.0 + step))), 1)
        told.tempo = None
    return told


def _ramp(asked: Asked, told: Sequence[Told]) -> None:
    """Tempi that the words give for the rest: one for all, or from one to another."""
    said = asked.figures.ends_bpm or asked.wanted.everywhere.bpm
    if said is None:
        return
    for place, one in enumerate(told):
        share = place / max(1, len(told) - 1)
        one.bpm = one.bpm or round(said[0] + share * (said[1] - said[0]), 1)


def _style(slot: Slot, plan: SetPlan) -> str:
    """The genre of a slot by its style or its caption, else that of the set's first words."""
    for words in (slot.style.lower(), slot.style, slot.caption, plan.brief):
        if words in GENRES:
            return words
        for item in read_items(words):
            if item.kind == "genre":
                return str(item.value)
    return _USUAL_STYLE


def _imagery(plan: SetPlan, new: Sequence[str]) -> tuple[str, ...]:
    """What the set was about, as far as the new words don't say the opposite."""
    old = read_brief(plan.brief).wanted.everywhere.moods if plan.brief else []
    against = {one for pair in _OPPOSITES for one in pair if set(pair) & set(new)}
    return tuple(
        phrase for phrase in old if phrase.lower() not in SAID and not set(phrase.split()) & against
    )


def _bpm(asked: Asked, plan: SetPlan, new: Sequence[Slot]) -> tuple[float, float] | None:
    """The set's tempi, widened to what the new slots need."""
    if plan.bpm is None:
        return None
    needed = [*plan.bpm, *(slot.bpm for slot in new if slot.bpm)]
    for slot in new:
        low, high = USUAL_TEMPOS[slot.style]
        apart = high < plan.bpm[0] or low > plan.bpm[1]
        if asked.wanted.phases and slot.bpm is None and apart:
            needed += (low, high)
    return (min(needed), max(needed))


def _used(plan: SetPlan, from_slot: int) -> float:
    """The minutes of the slots that stay, as planned or as their share of the set."""
    share = (plan.minutes or 0.0) / len(plan.slots)
    planned = [slot.duration_s for slot in plan.slots[: from_slot - 1]]
    return sum(share if one is None else one / 60.0 for one in planned)


def _put_together(
    kept: Sequence[Slot], later: Sequence[Slot], new: Sequence[Slot]
) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """Locked later slots at their places, new ones at the others, spare ones at the end.

    Slots that are made of another by number go on pointing to it.
    """
    slots = list(kept)
    moved = {number: number for number in range(1, len(kept) + 1)}
    spare = list(new)
    for number, slot in enumerate(later, len(kept) + 1):
        if slot.locked:
            slots.append(slot)
        elif spare:
            slots.append(_named_alike(spare.pop(0), slot, later))
        else:
            continue
        moved[number] = len(slots)
    slots += spare
    notes = []
    for place, slot in enumerate(slots):
        source = slot.source
        if not slot.locked or not isinstance(source, int) or place < len(kept):
            continue
        if source in moved:
            slots[place] = slot.model_copy(update={slot.kind: moved[source]})
        else:
            slots[place] = slot.model_copy(update={slot.kind: max(1, place)})
            notes.append(
                f"slot {place + 1}: {slot.kind}: slot {source} is gone; it is made of the one "
                "before it now."
            )
    return tuple(slots), tuple(notes)


def _named_alike(new: Slot, old: Slot, later: Sequence[Slot]) -> Slot:
    """The new slot, under the old one's title if a locked slot is made of it by that name."""
    named = {slot.source for slot in later if slot.locked and slot.kind in MADE_OF}
    return new.model_copy(update={"title": old.title}) if old.title in named else new
