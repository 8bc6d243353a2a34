"""The keys, tempos and energies that planning chooses, held to theory and to trying everything."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import ARCS, CAPTIONS, CLUB, SLOW, captioned, keys_of, tempos_of

from engine.keys import ALL_KEYS, parse_key
from engine.sets.plan import ArcName, SetPlan, Slot
from engine.sets.solving.solve import solve
from engine.sets.theory import arc_levels, compatible, tempo_step


@SLOW
@given(
    st.lists(st.sampled_from(CAPTIONS), min_size=2, max_size=16),
    st.integers(0, 99),
    st.sampled_from(ARCS),
)
def test_free_keys_always_mix(captions: list[str], seed: int, arc: ArcName):
    solved = solve(captioned(*captions, seed=seed, arc=arc), {})
    keys = keys_of(solved.plan)
    assert all(compatible(out, into) for out, into in pairwise(keys))
    assert not any("don't mix" in note for note in solved.notes)


@st.composite
def half_keyed(draw: st.DrawFn) -> SetPlan:
    """Up to five slots, two of them at most without a key, and sometimes a cover of the first."""
    count = draw(st.integers(2, 5))
    opened = draw(st.sets(st.integers(0, count - 1), max_size=2))
    written = [
        Slot(
            title=f"Nr {place}",
            caption="house",
            key=None if place in opened else str(draw(st.sampled_from(ALL_KEYS))),
        )
        for place in range(count)
    ]
    if draw(st.booleans()):
        written.append(Slot(cover=draw(st.integers(1, count)), caption="techno"))
    return SetPlan(slots=tuple(written), seed=draw(st.integers(0, 3)))


def fewest_clashes(plan: SetPlan) -> int:
    """By trying everything."""
    opened = [n for n, slot in enumerate(plan.slots) if slot.key is None and slot.cover is None]
    best = len(plan.slots)
    for chosen in product(ALL_KEYS, repeat=len(opened)):
        given_keys = dict(zip(opened, chosen, strict=True))
        keys = [
            given_keys.get(n) or (parse_key(slot.key) if slot.key else None)
            for n, slot in enumerate(plan.slots)
        ]
        if isinstance(covered := plan.slots[-1].cover, int):
            keys[-1] = keys[covered - 1]
        best = min(best, sum(not compatible(out, into) for out, into in pairwise(keys)))
    return best


@settings(deadline=None, max_examples=40)
@given(half_keyed())
def test_no_other_keys_would_mix_better(plan: SetPlan):
    keys = keys_of(solve(plan, {}).plan)
    clashes = sum(not compatible(out, into) for out, into in pairwise(keys))
    assert clashes == fewest_clashes(plan)


def test_another_seed_gives_another_journey():
    journeys = {tuple(keys_of(solve(captioned(*CLUB, seed=seed), {}).plan)) for seed in range(8)}
    assert len(journeys) >= 6
    tempos = {
        tuple(s.bpm for s in solve(captioned(*CLUB, seed=seed), {}).plan.slots) for seed in range(8)
    }
    assert len(tempos) == 1


@pytest.mark.parametrize(
    ("caption", "mode"), [("happy disco", "major"), ("sad piano", "minor"), ("techno", "minor")]
)
def test_moods_choose_major_or_minor(caption: str, mode: str):
    keys = keys_of(solve(captioned(*[caption] * 6), {}).plan)
    assert all(key and key.mode == mode for key in keys)


@SLOW
@given(
    st.lists(st.sampled_from(CLUB), min_size=2, max_size=20),
    st.sampled_from([None, (116.0, 122.0), (118.0, 134.0), (60.0, 180.0)]),
    st.sampled_from(ARCS),
)
def test_club_sets_step_gently(captions: list[str], limits: tuple[float, float], arc: ArcName):
    tempos = tempos_of(solve(captioned(*captions, bpm=limits, arc=arc), {}).plan)
    shares = [abs(tempo_step(out, into).share) for out, into in pairwise(tempos)]
    assert max(shares) <= 0.06
    assert sum(share <= 0.03 for share in shares) >= 0.7 * len(shares) - 1


def test_tempo_rises_with_the_energy_within_the_range_that_is_given():
    plan = captioned(*["house"] * 9, bpm=(118, 126), arc="build")
    tempos = tempos_of(solve(plan, {}).plan)
    assert tempos == sorted(tempos)
    assert (tempos[0], tempos[-1]) == (118, 126)


@pytest.mark.parametrize(
    ("caption", "slowest", "fastest"),
    [("deep house", 114, 128), ("liquid dnb", 164, 184), ("lo-fi hip hop", 64, 104),
     ("dubstep", 130, 150)],
)  # fmt: skip
def test_without_a_range_styles_have_their_usual_tempos(
    caption: str, slowest: float, fastest: float
):
    for slot in solve(captioned(*[caption] * 4), {}).plan.slots:
        assert slot.bpm
        assert slowest <= slot.bpm <= fastest


def test_half_time_goes_into_double_time():
    first, second = solve(captioned("hip hop, 87 bpm", "drum and bass"), {}).plan.slots
    assert first.transition
    assert (first.bpm, first.transition.type) == (87, "blend")
    assert second.bpm in (170, 171, 172, 173, 174, 175, 176, 177, 178)


@given(st.sampled_from(ARCS), st.integers(2, 30))
@settings(deadline=None, max_examples=20)
def test_open_energies_follow_the_arc(arc: ArcName, count: int):
    plan = solve(captioned(*["house"] * count, arc=arc), {}).plan
    assert [slot.energy for slot in plan.slots] == list(arc_levels(arc, count))


def test_a_set_without_an_arc_is_a_journey_unless_its_energies_say_otherwise():
    assert solve(captioned("house", "techno"), {}).plan.arc == "journey"
    written = SetPlan(slots=(Slot(caption="house", energy=0.9), Slot(caption="techno")))
    solved = solve(written, {}).plan
    assert solved.arc is None
    assert solved.slots[1].energy == arc_levels("journey", 2)[1]


def test_a_tempo_and_a_key_that_a_caption_names_are_kept():
    slot = solve(captioned("techno, 131.5 BPM, in F# minor", "house"), {}).plan.slots[0]
    assert (slot.bpm, slot.key) == (131.5, "F# minor")
