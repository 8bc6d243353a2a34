"""Planning a set: from words or a draft to a plan that can be rendered.

Joins what `engine.sets` can do without any audio with what the library knows of its tracks. Loads
nothing heavy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from engine.errors import InvalidRequest, NotFound
from engine.keys import parse_key
from engine.library import Library
from engine.results import PlannedSet, Track
from engine.sets.brief import plan_from_brief, redirect
from engine.sets.draft import read_draft
from engine.sets.facts import TrackFacts
from engine.sets.lint import lint
from engine.sets.plan import BEATS_PER_BAR, SetPlan
from engine.sets.references import source_of
from engine.sets.repair import repair
from engine.sets.solving.solve import solve
from engine.sets.wishes import Wishes

PLAN_ID = "set_"
"""What the ids of plans begin with."""


def plan_set(wishes: Wishes, library: Library) -> PlannedSet:
    """The set that is wished for, with everything filled in, and kept under its id.

    Raises `InvalidRequest` for wishes that contradict each other or a plan that can't be mended,
    and what `Library.track` raises.
    """
    plan, notes = _drafted(wishes, library)
    stated = {"minutes": wishes.minutes, "arc": wishes.arc, "seed": wishes.seed}
    plan = plan.model_copy(
        update={name: value for name, value in stated.items() if value is not None}
    )
    return filled(plan, library, notes)


def filled(plan: SetPlan, library: Library, notes: Sequence[str] = ()) -> PlannedSet:
    """The plan with its tracks looked up and everything open filled in, kept under its id.

    Raises `InvalidRequest` naming the first thing that is wrong with it and how many more are,
    and what `Library.track` raises.
    """
    plan, facts = settled(plan, library)
    faults = [fault for fault in lint(plan, facts) if fault.severity == "error"]
    if faults:
        more = f" ({len(faults) - 1} more like it.)" if len(faults) > 1 else ""
        raise InvalidRequest(f"plan: {faults[0].text}{more}", field="plan")
    solved = solve(plan, facts)
    facts = {place: facts[old] for place, old in enumerate(solved.order, 1) if old in facts}
    warnings = [fault.text for fault in lint(solved.plan, facts)]
    said = tuple(dict.fromkeys((*notes, *solved.notes, *warnings)))
    plan_id = _id(solved.plan)
    library.keep_plan(plan_id, solved.plan)
    return PlannedSet(
        id=plan_id, plan=solved.plan, duration_s=round(solved.duration_s, 3), notes=said
    )


def read_plan(text: str, library: Library) -> tuple[SetPlan, tuple[str, ...]]:
    """The plan with this id or in this text, and what was mended in it.

    Raises `NotFound` for an unknown id, `InvalidRequest` for text that holds no set.
    """
    if text.strip().startswith(PLAN_ID) and "\n" not in text.strip():
        plan = library.plan(text.strip())
        if plan is None:
            raise NotFound(
                f"plan: there is no plan {text.strip()[:40]!r}; make one with plan_set.",
                field="plan",
            )
        return plan, ()
    mended = repair(read_draft(text))
    return mended.plan, tuple(change.text for change in mended.changes)


def settled(plan: SetPlan, library: Library) -> tuple[SetPlan, dict[int, TrackFacts]]:
    """The plan with every track by its id or real path and every slot it is made of by number, and
    what is known of these tracks, by slot.

    Raises what `Library.track` raises, naming the slot.
    """
    slots, facts = [], dict[int, TrackFacts]()
    for number, slot in enumerate(plan.slots, 1):
        source = source_of(plan, number)
        ref = slot.track if slot.kind == "track" else source
        if isinstance(ref, str):
            track = library.track(ref, f"slot {number}: {slot.kind}")
            facts[number] = facts_of(track)
            ref = track.id
        if ref is not None:
            slot = slot.model_copy(update={slot.kind: ref})
        slots.append(slot)
    return plan.model_copy(update={"slots": tuple(slots)}), facts


def facts_of(track: Track) -> TrackFacts:
    """What is known of a track without listening: as measured, else as made, else by its tags."""
    made, measured = track.made, track.measured
    if made is None:
        return _facts_by_tags(track)
    exact = made.exact or measured is None
    bpm = made.bpm if exact or measured is None else measured.bpm
    key = made.key if exact or measured is None else measured.key
    request = track.recipe.request if track.recipe else {}
    return TrackFacts(
        ref=track.id,
        title=track.title,
        duration_s=track.duration_s,
        bpm=bpm,
        key=parse_key(key) if key else None,
        beats_per_bar=BEATS_PER_BAR.get(made.time_signature or ""),
        energy=None,
        vocals="vocals" in made.parts or bool(request.get("lyrics")),
    )


def _facts_by_tags(track: Track) -> TrackFacts:
    from engine.audio.files import read_tags

    tags = read_tags(Path(track.path))
    return TrackFacts(
        ref=track.id,
        title=track.title,
        duration_s=track.duration_s,
        bpm=tags.bpm,
        key=parse_key(tags.key) if tags.key else None,
        beats_per_bar=None,
        energy=None,
        vocals=None,
    )


def _drafted(wishes: Wishes, library: Library) -> tuple[SetPlan, tuple[str, ...]]:
    if not wishes.plan:
        _refuse_redirect(wishes)
        crate = [facts_of(library.track(ref, "tracks")) for ref in wishes.tracks]
        briefed = plan_from_brief(
            wishes.brief, minutes=wishes.minutes, arc=wishes.arc, tracks=crate, seed=wishes.seed
        )
        return briefed.plan, briefed.notes
    plan, notes = read_plan(wishes.plan, library)
    if wishes.tracks:
        raise InvalidRequest(
            "tracks: these go with a brief; in a plan, give slots their track.", field="tracks"
        )
    if not wishes.brief:
        _refuse_redirect(wishes)
        return plan, notes
    first = wishes.from_slot or 1
    if first > len(plan.slots):
        raise InvalidRequest(
            f"from_slot: {first} is after the last slot, {len(plan.slots)}.", field="from_slot"
        )
    briefed = redirect(plan, wishes.brief, first)
    return briefed.plan, (*notes, *briefed.notes)


def _refuse_redirect(wishes: Wishes) -> None:
    if wishes.from_slot is not None:
        raise InvalidRequest(
            "from_slot: says from where on a brief changes a plan; give both.", field="from_slot"
        )


def _id(plan: SetPlan) -> str:
    return f"{PLAN_ID}{hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:16]}"
