"""`dj-agent plan`: words in, a setlist file out that reads back as what was planned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.scripted_studio import PLANNED, ScriptedStudio
from agent.test_play import names_in
from dj_agent.__main__ import _ARCS, main
from dj_agent.setlist import Arc, Setlist, read_setlist
from dj_agent.slot import BEATS_PER_BAR, LANGUAGES, Slot, Transition, Window
from dj_agent.writing import as_json, as_toml
from engine.sets.plan import SetPlan

BRIEF = "an evening of warm house"


def test_a_brief_becomes_a_file_that_can_be_played(
    scripted: ScriptedStudio, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["plan", BRIEF, "--minutes", "7.5", "--arc", "wind-down"]
    assert main([*arguments, "-o", "sets/a friday.toml"]) == 0
    assert scripted.wishes == [{"brief": BRIEF, "minutes": 7.5, "arc": "wind_down"}]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "Doors and Rain: 3 slots, about 7:30.\n"
        "Note: The brief names no tempo; [31mdeep house is played at 118 to 124.\n"
        "To play it: dj-agent play 'sets/a friday.toml'\n"
    )
    assert main(["play", "sets/a friday.toml"]) == 0
    (plan,) = scripted.plans
    assert (plan["title"], plan["brief"]) == ("Doors and Rain", BRIEF)
    assert (plan["minutes"], plan["arc"]) == (7.5, "wind_down")
    for slot, planned in zip(plan["slots"], PLANNED, strict=True):
        said = {name: value for name, value in planned.items() if name in slot}
        assert {**slot, "minutes": None} == {**said, "minutes": None}
        assert slot.keys() | {"duration_s", "slot", "key_camelot"} >= planned.keys()
    assert [slot.get("minutes") for slot in plan["slots"]] == [None, None, 2.5]


def test_the_file_is_a_fair_copy_with_what_there_is_to_know_above_it(
    scripted: ScriptedStudio, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", BRIEF]) == 0
    printed = capsys.readouterr()
    assert (
        printed.out
        == '''\
# Planned from a brief: 3 slots, about 7:30. Change what you like; what you take out is chosen anew
# when it is played.
#
# Note: The brief names no tempo; [31mdeep house is played at 118 to 124.

version = 1
title = "Doors and Rain"
brief = "an evening of warm house"
arc = "wave"

[[slots]]
title = "Doors"
caption = "warm \\"deep\\" house\\\\dub"
style = "deep house"
bpm = 118.5
key = "A minor"
bars = 88  # 2:58
energy = 0.35
transition = { type = "echo_out", bars = 16 }

[[slots]]
title = "Rain"
caption = "jazz waltz"
bpm = 132
key = "E minor"
bars = 96  # 2:11
time_signature = "3/4"
seed = 7
locked = true
lyrics = """
[Verse]
""\\"Rain""\\" on the \\\\ roof

[Chorus]
and "again"
"""

[[slots]]
title = "Asleep"
caption = "ambient"
minutes = 2.5
energy = 0.1
'''
    )
    assert printed.err == "To play it, put it into a file: dj-agent play FILE\n"
    assert names_in(bare / "library") == []


def test_a_name_that_ends_in_json_gets_json_of_the_same_set(
    scripted: ScriptedStudio, bare: Path
) -> None:
    assert main(["plan", BRIEF, "-o", "a.toml"]) == main(["plan", BRIEF, "-o", "a.JSON"]) == 0
    json.loads((bare / "a.JSON").read_text(encoding="utf-8"))
    assert read_setlist(bare / "a.JSON") == read_setlist(bare / "a.toml")


def test_planning_twice_gives_the_same_bytes(scripted: ScriptedStudio, bare: Path) -> None:
    files = [bare / "a.toml", bare / "b.toml"]
    for file in files:
        main(["plan", BRIEF, "-o", str(file)])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_the_studio_says_against_a_brief_is_one_sentence(
    scripted: ScriptedStudio, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "nonsense", "-o", "a.toml"]) == 1
    assert capsys.readouterr().err == "brief: there is no music in it; say a style.\n"
    assert not (bare / "a.toml").exists()


def test_a_plan_that_no_setlist_can_hold_is_not_written(
    scripted: ScriptedStudio, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "strange", "-o", "a.toml"]) == 1
    assert "is it another version of dj-agent?" in capsys.readouterr().err
    assert not (bare / "a.toml").exists()


def test_a_file_that_cannot_be_written_is_one_sentence(
    scripted: ScriptedStudio, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bare / "folder").mkdir()
    assert main(["plan", BRIEF, "-o", "folder"]) == 1
    assert capsys.readouterr().err == "folder can't be written: Is a directory.\n"
    assert names_in(bare) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan"], "BRIEF"),
        (["plan", "  "], "say in up to 2000 characters"),
        (["plan", "x" * 2001], "say in up to 2000 characters"),
        (["plan", "x", "--minutes", "0"], "write minutes, like 60"),
        (["plan", "x", "--minutes", "nan"], "write minutes, like 60"),
        (["plan", "x", "--arc", "up"], "write one of build, wave"),
    ],
)
def test_wrong_use_ends_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_the_arcs_that_the_command_knows_are_a_setlists() -> None:
    assert get_args(Arc) == _ARCS


# Any setlist

_WORDS = st.text(max_size=20)
_SAYING = _WORDS.map(lambda text: f"a {text}")
_SHARES = st.none() | st.floats(0.0, 1.0)
_TEMPOS = st.floats(30.0, 300.0)
_TRANSITIONS = st.none() | st.builds(
    Transition,
    type=st.sampled_from(["blend", "cut", "drop_in", None]),
    bars=st.sampled_from([4, 32, None]),
)
_EVERY = {
    "title": _WORDS,
    "key": st.sampled_from([None, "A minor", "8A", "C♯ moll"]),
    "energy": _SHARES,
    "locked": st.booleans(),
    "transition": _TRANSITIONS,
}
_WORDED = {
    "style": st.none() | _WORDS,
    "lyrics": st.none() | st.text(max_size=40),
    "seed": st.none() | st.integers(0, 2**32 - 1),
}
_MADE = st.builds(
    Slot,
    caption=_SAYING,
    minutes=st.none() | st.floats(0.17, 10.0),
    language=st.none() | st.sampled_from(LANGUAGES),
    instrumental=st.none() | st.booleans(),
    time_signature=st.none() | st.sampled_from(sorted(BEATS_PER_BAR)),
    bpm=st.none() | _TEMPOS,
    **_EVERY,
    **_WORDED,
)
_COUNTED = st.builds(Slot, caption=_SAYING, bars=st.integers(1, 2000), **_EVERY, **_WORDED)
_COVERS = st.builds(
    Slot, cover=st.just(1), caption=_SAYING, similarity=_SHARES, **_EVERY, **_WORDED
)
_WINDOWS = st.sampled_from(
    [
        (Window(start_s=1, end_s=2.25),),
        (Window(start_s=0, end_s=0.5), Window(start_s=0.5, end_s=1800)),
    ]
)
_REPAINTS = st.builds(
    Slot, repaint=st.just("trk_1"), windows=_WINDOWS, strength=_SHARES,
    snap_to_bars=st.none() | st.booleans(), **_EVERY, **_WORDED,
)  # fmt: skip
_EXTENDS = st.builds(
    Slot, extend=st.just("trk_2"), seconds=st.floats(1.0, 300.0),
    side=st.sampled_from([None, "end", "start"]), **_EVERY, **_WORDED,
)  # fmt: skip
_LATER = st.lists(_COUNTED | _COVERS | _REPAINTS | _EXTENDS, max_size=2)
_SETLISTS = st.builds(
    Setlist,
    version=st.just(1),
    title=_SAYING,
    brief=st.none() | _WORDS,
    minutes=st.none() | st.floats(0.1, 1440.0),
    bpm=st.none() | st.tuples(_TEMPOS, _TEMPOS).map(lambda pair: tuple(sorted(pair))),
    arc=st.none() | st.sampled_from(_ARCS),
    order=st.sampled_from(["kept", "free"]),
    renderer=st.none() | st.just("sketch"),
    seed=st.none() | st.integers(0, 2**32 - 1),
    slots=st.tuples(_MADE, _LATER).map(lambda slots: (slots[0], *slots[1])),
)


@settings(deadline=None)
@given(_SETLISTS, st.lists(_WORDS.map(lambda text: " ".join(text.split())), max_size=2))
def test_any_setlist_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, setlist: Setlist, remarks: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    clean = [remark for remark in remarks if remark.isprintable()]
    for name, text in (("a.toml", as_toml(setlist, clean)), ("a.json", as_json(setlist))):
        file = folder / name
        file.write_text(text, encoding="utf-8", newline="")
        assert read_setlist(file) == setlist
        SetPlan.model_validate(setlist.planned())
