"""A change of mind: what was played stays, what comes is planned anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.sets.brief import plan_from_brief, redirect
from engine.sets.plan import SetPlan, Slot

PLAN = plan_from_brief(
    "40 minutes, sunset on the beach, deep house to melodic techno, 118 to 124, end calm"
).plan
FILLED = PLAN.model_copy(
    update={
        "slots": tuple(
            slot.model_copy(
                update={"bpm": 118.0 + n, "key": "A minor", "minutes": 4.0, "energy": 0.4}
            )
            for n, slot in enumerate(PLAN.slots)
        )
    }
)
CHANGES = (
    "darker and faster from here", "now some drum and bass, end calm", "calmer", "bring it up",
    "something else", "jazz", "no vocals", "in German, with female vocals", "at 128", "waltz", "",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CHANGES) | st.text(max_size=60),
    st.integers(1, len(FILLED.slots)),
    st.sets(st.integers(0, len(FILLED.slots) - 1), max_size=4),
)
def test_played_and_locked_slots_stay_and_all_others_change(text, from_slot, locks):
    slots = tuple(
        slot.model_copy(update={"locked": place in locks})
        for place, slot in enumerate(FILLED.slots)
    )
    plan = FILLED.model_copy(update={"slots": slots})
    changed = redirect(plan, text, from_slot).plan
    assert SetPlan.model_validate_json(changed.model_dump_json()) == changed
    for place, (before, after) in enumerate(zip(slots, changed.slots, strict=False)):
        if place < from_slot - 1:
            assert after == before.model_copy(update={"locked": True})
        elif before.locked:
            assert before in changed.slots
        elif place < len(changed.slots):
            assert (after.caption, after.title) != (before.caption, before.title)
            assert after.caption != before.caption


def test_there_are_as_many_slots_as_before_and_no_title_comes_again():
    changed = redirect(PLAN, "darker", 4).plan
    assert len(changed.slots) == len(PLAN.slots)
    assert changed.minutes == PLAN.minutes
    assert len({slot.title for slot in changed.slots}) == len(changed.slots)


def test_faster_is_faster_than_it_was_and_the_set_allows_it():
    changed = redirect(FILLED, "darker and faster from here", 5).plan
    pairs = list(zip(FILLED.slots, changed.slots, strict=True))[4:]
    assert all(after.bpm and before.bpm and after.bpm > before.bpm for before, after in pairs)
    assert changed.bpm is not None
    assert max(slot.bpm or 0.0 for slot in changed.slots) <= changed.bpm[1]
    assert all("dark" in slot.caption for slot in changed.slots[4:])


def test_a_genre_takes_over_and_the_end_is_calm():
    changed = redirect(FILLED, "now some drum and bass, end calm", 5).plan
    assert {slot.style for slot in changed.slots[4:]} == {"drum and bass"}
    assert changed.bpm is not None
    assert changed.bpm[1] >= 174
    assert changed.slots[-1].energy is not None
    assert changed.slots[-1].energy < 0.4
    assert "calm" in changed.slots[-1].caption


def test_calmer_and_harder_are_steps_from_what_was_planned():
    for text, sign in (("calmer", -1), ("harder", 1)):
        for before, after in zip(
            FILLED.slots[2:], redirect(FILLED, text, 3).plan.slots[2:], strict=True
        ):
            assert sign * ((after.energy or 0.0) - (before.energy or 0.0)) > 0.1


def test_the_imagery_of_the_set_stays_unless_it_is_contradicted():
    dark = plan_from_brief("dark alley, techno, 6 tracks").plan
    assert all("dark alley" in slot.caption for slot in redirect(dark, "house now", 3).plan.slots)
    brighter = redirect(dark, "brighter", 3).plan.slots[2:]
    assert not any("dark alley" in slot.caption for slot in brighter)


def test_a_number_or_a_length_is_that_of_the_rest():
    assert len(redirect(PLAN, "4 tracks of ambient", 8).plan.slots) == 11
    assert len(redirect(PLAN, "2 tracks of ambient", 5).plan.slots) == 6
    longer = redirect(FILLED, "20 more minutes of techno", 6).plan
    assert (longer.minutes, len(longer.slots)) == (40.0, 10)


def test_slots_made_of_others_still_point_to_them():
    slots = (
        *PLAN.slots[:5],
        PLAN.slots[5].model_copy(update={"title": "Anchor"}),
        *PLAN.slots[6:8],
        Slot(cover=8, caption="dub", locked=True),
        Slot(cover="Anchor", caption="jazz", locked=True),
    )
    changed = redirect(PLAN.model_copy(update={"slots": slots}), "3 tracks of house", 5).plan
    covers = [slot for slot in changed.slots if slot.kind == "cover"]
    assert len(changed.slots) == 4 + 3 + 2
    assert covers[0].source == 7
    assert covers[1].source == "Anchor"
    assert sum(slot.title == "Anchor" for slot in changed.slots) == 1


def test_where_all_is_locked_nothing_changes_and_that_is_said():
    slots = tuple(slot.model_copy(update={"locked": True}) for slot in PLAN.slots)
    briefed = redirect(PLAN.model_copy(update={"slots": slots}), "jazz", 3)
    assert briefed.plan.slots == slots
    assert "locked" in briefed.notes[0]


@pytest.mark.parametrize("from_slot", [0, -1, 11])
def test_a_slot_that_is_not_there_is_refused(from_slot: int):
    with pytest.raises(InvalidRequest, match="1 to 10") as refused:
        redirect(PLAN, "jazz", from_slot)
    assert refused.value.field == "from_slot"
