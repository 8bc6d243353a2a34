"""What planning fills in, held to what is written, to the clock and to its own word."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import CAPTIONS, SLOW, captioned, plans, tempos_of

from engine.errors import InvalidRequest
from engine.keys import ALL_KEYS, parse_key
from engine.sets.facts import TrackFacts
from engine.sets.plan import MADE_OF, ArcName, SetPlan, Slot, Transition
from engine.sets.solving.solve import Solved, solve
from engine.sets.theory import arc_levels, matchable, tempo_step


def again(solved: Solved, facts: Mapping[int, TrackFacts]) -> Solved:
    moved = {new: facts[old] for new, old in enumerate(solved.order, 1) if old in facts}
    return solve(solved.plan, moved)


def ranks(values: list[float]) -> list[float]:
    return [sum(o < v for o in values) + sum(o == v for o in values) / 2 for v in values]


def spearman(one: list[float], other: list[float]) -> float:
    x, y = ranks(one), ranks(other)
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    both = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    spread = sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y)
    return both / spread**0.5


def source_number(plan: SetPlan, slot: Slot) -> int | None:
    """The number of the slot that this one is made of."""
    if isinstance(slot.source, int) or slot.source is None:
        return slot.source
    titles = [one.title for one in plan.slots]
    return titles.index(slot.source) + 1 if slot.source in titles else None


@SLOW
@given(plans())
def test_what_is_written_or_locked_stays(drawn: tuple[SetPlan, dict[int, TrackFacts]]):
    plan, facts = drawn
    solved = solve(plan, facts)
    assert sorted(solved.order) == list(range(1, len(plan.slots) + 1))
    if plan.order == "kept":
        assert list(solved.order) == sorted(solved.order)
    for number, slot in enumerate(plan.slots, 1):
        place = solved.order.index(number) + 1
        now = solved.plan.slots[place - 1]
        if slot.locked:
            assert (place, now) == (number, slot)
        written = slot.model_dump(exclude_defaults=True, exclude={"transition", *MADE_OF})
        assert written == {name: now.model_dump()[name] for name in written}
        for name, value in slot.transition or ():
            assert value is None or getattr(now.transition, name) == value
    left = {"slots", "order", "arc"}
    assert solved.plan.model_dump(exclude=left) == plan.model_dump(exclude=left)


@SLOW
@given(plans())
def test_a_slot_stays_behind_what_it_is_made_of_and_takes_after_it(
    drawn: tuple[SetPlan, dict[int, TrackFacts]],
):
    plan, facts = drawn
    solved = solve(plan, facts)
    for place, now in enumerate(solved.plan.slots, 1):
        before = source_number(plan, plan.slots[solved.order[place - 1] - 1])
        source = source_number(solved.plan, now)
        assert (source is None) == (before is None)
        if source is None:
            continue
        assert solved.order[source - 1] == before
        assert source < place
        origin, asked = solved.plan.slots[source - 1], plan.slots[solved.order[place - 1] - 1]
        if now.locked or origin.locked:
            continue
        assert asked.bpm is not None or now.bpm == origin.bpm
        assert asked.key is not None or now.key == origin.key


@SLOW
@given(plans())
def test_solving_is_repeatable_and_a_solved_plan_stays_as_it_is(
    drawn: tuple[SetPlan, dict[int, TrackFacts]],
):
    plan, facts = drawn
    solved = solve(plan, facts)
    assert solve(plan, facts) == solved
    second = again(solved, facts)
    assert second.plan == solved.plan
    assert list(second.order) == sorted(second.order)


@SLOW
@given(plans())
def test_beats_are_matched_only_where_they_can_be(drawn: tuple[SetPlan, dict[int, TrackFacts]]):
    plan, facts = drawn
    solved = solve(plan, facts)
    for place, (out, into) in enumerate(pairwise(solved.plan.slots)):
        asked = plan.slots[solved.order[place] - 1].transition
        chosen = out.transition.type if out.transition else None
        if chosen in ("blend", "filter", "bridge") and not (asked and asked.type):
            tempos = [
                slot.bpm or (facts[number].bpm if number in facts else None)
                for slot, number in zip((out, into), solved.order[place:], strict=False)
            ]
            known = [bpm for bpm in tempos if bpm]
            assert len(known) < 2 or matchable(*known)
    if plan.bpm:
        for place, slot in enumerate(solved.plan.slots):
            asked_bpm = plan.slots[solved.order[place] - 1].bpm
            if slot.kind == "caption" and not slot.locked and asked_bpm is None:
                assert slot.bpm
                assert plan.bpm[0] <= slot.bpm <= plan.bpm[1]
                assert slot.bpm * 2 % 1 == 0


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["build", "wave", "peak", "wind_down", "journey"]),
    st.integers(3, 40),
    st.randoms(use_true_random=False),
)
def test_a_free_order_follows_the_arc(arc: ArcName, count: int, chance: random.Random):
    energies = [round(place / count, 3) for place in range(count)]
    chance.shuffle(energies)
    plan = SetPlan(
        slots=tuple(
            Slot(caption="house", energy=energy, key=str(chance.choice(ALL_KEYS)))
            for energy in energies
        ),
        arc=arc,
        order="free",
    )
    solved = solve(plan, {}).plan
    planned = [slot.energy or 0.0 for slot in solved.slots]
    assert spearman(planned, list(arc_levels(arc, count))) >= 0.95
    assert solved.order == "kept"


def test_a_free_order_keeps_tempos_together_where_energy_does_not_care():
    captions = ["drum and bass", "house"] * 4
    plan = SetPlan(
        slots=tuple(Slot(caption=caption, energy=0.6) for caption in captions), order="free"
    )
    tempos = tempos_of(solve(plan, {}).plan)
    assert sum(not matchable(out, into) for out, into in pairwise(tempos)) == 1


def mix_s(plan: SetPlan) -> float:
    """How long the mix is: its tracks without what its transitions overlap."""
    total_s = sum(slot.duration_s or 0.0 for slot in plan.slots)
    for out, into in pairwise(plan.slots):
        assert out.transition
        bars = out.transition.bars or 0
        if out.transition.type in ("blend", "filter"):
            bpm = (out.bpm or 0.0) * (1 + tempo_step(out.bpm or 0.0, into.bpm or 0.0).share / 2)
            total_s -= max(8, bars) * out.beats_per_bar * 60.0 / bpm
        elif out.transition.type == "fade":
            danced = "ambient" not in out.caption
            bar_s = out.beats_per_bar * 60.0 / (out.bpm or 0.0) if danced else 2.0
            total_s -= min(12.0, max(4.0, bars * bar_s))
    return total_s


@SLOW
@given(
    st.lists(st.sampled_from(CAPTIONS), min_size=2, max_size=14),
    st.floats(1.5, 8.5),
    st.booleans(),
)
def test_the_mix_lasts_as_long_as_it_should(captions: list[str], each: float, waltz: bool):
    first = Slot(caption="house", time_signature="3/4" if waltz else None)
    new = tuple(Slot(caption=caption) for caption in captions)
    plan = SetPlan(slots=(first, *new), minutes=each * len(captions))
    solved = solve(plan, {})
    off_s = abs(mix_s(solved.plan) - each * len(captions) * 60.0)
    tempos = tempos_of(solved.plan)
    phrase_s = 4 * 4 * 60.0 * len(tempos) / sum(tempos)
    assert off_s <= max(0.01 * each * len(captions) * 60.0, phrase_s) + 1e-6
    assert not any(note.startswith("minutes") for note in solved.notes)
    for slot in solved.plan.slots:
        assert slot.bars
        assert slot.bars % 8 == 0
        assert 10.0 <= (slot.duration_s or 0.0) <= 600.0
        assert slot.bars >= 32 or "ambient" in slot.caption or each < 4


def test_without_minutes_tracks_take_about_three():
    for slot in solve(captioned(*CAPTIONS), {}).plan.slots:
        assert slot.duration_s == pytest.approx(180.0, rel=0.12)


def test_a_cover_counts_as_long_as_the_slot_that_it_is_made_of():
    plan = SetPlan(
        slots=(Slot(caption="house"), Slot(cover=1, caption="techno"), Slot(caption="house")),
        minutes=12,
    )
    solved = solve(plan, {}).plan
    first, cover, last = solved.slots
    length_s = 2 * (first.duration_s or 0.0) + (last.duration_s or 0.0)
    taken = sum(slot.transition.bars or 0 for slot in (first, cover) if slot.transition)
    assert abs(length_s - taken * 4 * 60 / (first.bpm or 0.0) - 720) <= 10.0
    assert cover.bars is None


def test_tracks_that_are_there_keep_their_length_and_the_rest_is_made_to_fit():
    facts = {2: TrackFacts("trk_1", 300.0, bpm=125.0, key=parse_key("8A"), beats_per_bar=4)}
    plan = SetPlan(
        slots=(Slot(caption="house"), Slot(track="trk_1"), Slot(caption="house")), minutes=12
    )
    solved = solve(plan, facts).plan
    first, track, last = solved.slots
    assert (track.bars, track.minutes, track.key) == (None, None, "A minor")
    assert track.bpm == pytest.approx(125.0, rel=0.031)
    made_s = (first.duration_s or 0.0) + (last.duration_s or 0.0)
    assert 720.0 - 300.0 < made_s < 720.0 - 300.0 + 90.0


def test_a_file_that_nobody_knows_leaves_its_neighbours_open_and_is_named():
    plan = SetPlan(slots=(Slot(caption="house"), Slot(track="x.flac"), Slot(caption="house")))
    solved = solve(plan, {})
    unknown = solved.plan.slots[1]
    assert (unknown.bpm, unknown.key, unknown.energy) == (None, None, arc_levels("journey", 3)[1])
    assert [slot.transition for slot in solved.plan.slots] == [None, None, None]
    assert any(note.startswith("slot 2: its tempo isn't known") for note in solved.notes)


def test_a_set_that_cannot_last_so_long_says_how_far_off_it_is():
    (note,) = solve(captioned("house", "house", minutes=60), {}).notes
    assert note.startswith("minutes: these 2 slots come to 19.")
    assert note.endswith("; add about 14 slots.")
    fixed = SetPlan(slots=(Slot(caption="house", bars=96, bpm=120),) * 10, minutes=10)
    (note,) = solve(fixed, {}).notes
    assert note.startswith("minutes: these 10 slots come to 27.")
    assert "no length is open; remove about 6 slots, or leave more lengths open." in note


def test_what_clashes_by_request_is_said():
    plan = SetPlan(
        slots=(
            Slot(caption="house", key="8A", bpm=120, transition=Transition(type="blend")),
            Slot(caption="drum and bass", key="2A", bpm=174),
        )
    )
    solved = solve(plan, {})
    keys, tempos, blend = solved.notes
    assert keys.startswith("slots 1 and 2: A minor (8A) and Eb minor (2A) don't mix")
    assert tempos.startswith("slots 1 and 2: 120 and 174 bpm are 28% apart")
    assert blend.startswith("slot 1: blend was asked for, but 120 and 174 bpm are too far apart")
    assert solved.plan.slots[0].transition == Transition(type="blend")


def test_bridges_are_planned_only_where_they_are_allowed():
    plan = SetPlan(
        slots=(Slot(caption="house", key="8A"), Slot(caption="house", key="2A")), arc="static"
    )
    for allowed, type_ in ((False, "filter"), (True, "bridge")):
        transition = solve(plan, {}, allow_bridge=allowed).plan.slots[0].transition
        assert transition
        assert transition.type == type_


def test_a_slot_made_of_a_later_one_is_refused():
    plan = SetPlan(slots=(Slot(cover=2, caption="techno"), Slot(caption="house")))
    with pytest.raises(InvalidRequest, match="slot 1"):
        solve(plan, {})


def test_forty_slots_in_free_order_take_less_than_a_second():
    chance = random.Random(4)
    plan = SetPlan(
        slots=tuple(
            Slot(
                title=f"Nr {number}",
                caption=chance.choice(CAPTIONS),
                energy=chance.choice([None, chance.random()]),
                key=chance.choice([None, str(chance.choice(ALL_KEYS))]),
                locked=number % 10 == 0,
            )
            for number in range(1, 41)
        ),
        order="free",
        minutes=150,
    )
    started = time.perf_counter()
    solve(plan, {})
    assert time.perf_counter() - started < 1.0
