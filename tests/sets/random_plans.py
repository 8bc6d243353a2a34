"""Plans for tests: random ones that lint would let through, and what is read off them."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st

from engine.keys import ALL_KEYS, Key, parse_key
from engine.sets.facts import TrackFacts
from engine.sets.plan import MADE_OF, ArcName, SetPlan, Slot, Transition, TransitionType

ARCS = get_args(ArcName)
CAPTIONS = (
    "warm deep house, rhodes", "melodic techno, arp", "drum and bass, dark",
    "calm ambient, no drums",
    "disco, happy", "hip hop, rap vocals", "something nice", "trance, euphoric", "lo-fi beats",
)  # fmt: skip
CLUB = (
    "warm deep house",
    "house, organ",
    "melodic techno, dark",
    "techno, hypnotic",
    "disco house",
)
SLOW = settings(deadline=None, max_examples=30)


def captioned(*captions: str, **values: Any) -> SetPlan:
    return SetPlan(slots=tuple(Slot(caption=caption) for caption in captions), **values)


def keys_of(plan: SetPlan) -> list[Key | None]:
    return [parse_key(slot.key) if slot.key else None for slot in plan.slots]


def tempos_of(plan: SetPlan) -> list[float]:
    return [slot.bpm or 0.0 for slot in plan.slots]


@st.composite
def slots(draw: st.DrawFn, number: int) -> Slot:
    """Any slot that lint would let through, with anything written in it or nothing."""
    kinds = ["caption", "caption", "caption", "track"] + list(MADE_OF) * (number > 1)
    kind = draw(st.sampled_from(kinds))
    values: dict[str, Any] = {"title": f"Nr {number}", "locked": draw(st.booleans())}
    maybe = {
        "energy": st.floats(0.0, 1.0),
        "bpm": st.sampled_from([60.0, 87.0, 100.0, 118.5, 122.0, 128.0, 174.0]),
        "key": st.sampled_from(ALL_KEYS).map(str),
        "transition": st.builds(
            Transition,
            type=st.none() | st.sampled_from(get_args(TransitionType)),
            bars=st.sampled_from([None, 4, 8, 16, 32]),
        ),
    }
    if kind == "caption":
        maybe["bars"] = st.sampled_from([16, 64, 96])
        maybe["time_signature"] = st.sampled_from(["3/4", "4/4", "6/8"])
    values |= {name: draw(some) for name, some in maybe.items() if draw(st.integers(0, 2)) == 0}
    if kind in ("caption", "cover"):
        values["caption"] = draw(st.sampled_from(CAPTIONS))
    if kind == "track":
        values["track"] = f"trk_{number}"
    if kind in MADE_OF:
        earlier = st.integers(1, number - 1)
        values[kind] = draw(earlier | earlier.map("Nr {}".format) | st.just("trk_elsewhere"))
    if kind == "extend":
        values["seconds"] = 20.0
    return Slot(**values)


@st.composite
def plans(draw: st.DrawFn) -> tuple[SetPlan, dict[int, TrackFacts]]:
    count = draw(st.integers(1, 7))
    plan = SetPlan(
        slots=tuple(draw(slots(number)) for number in range(1, count + 1)),
        minutes=draw(st.none() | st.floats(5.0, 60.0)),
        bpm=draw(st.none() | st.sampled_from([(118.0, 126.0), (80.0, 180.0), (122.0, 122.0)])),
        arc=draw(st.none() | st.sampled_from(ARCS)),
        order=draw(st.sampled_from(["kept", "free"])),
        seed=draw(st.none() | st.integers(0, 5)),
    )
    known = st.builds(
        TrackFacts,
        ref=st.just("trk_"),
        duration_s=st.floats(30.0, 400.0),
        bpm=st.sampled_from([None, 84.0, 120.0, 125.3, 140.0]),
        key=st.none() | st.sampled_from(ALL_KEYS),
        beats_per_bar=st.sampled_from([None, 3, 4]),
        energy=st.none() | st.floats(0.0, 1.0),
        vocals=st.sampled_from([None, True, False]),
    )
    facts = {
        number: draw(known)
        for number, slot in enumerate(plan.slots, 1)
        if slot.kind != "caption" and not names_a_slot(slot) and draw(st.booleans())
    }
    return plan, facts


def names_a_slot(slot: Slot) -> bool:
    return isinstance(slot.source, int) or str(slot.source).startswith("Nr ")
