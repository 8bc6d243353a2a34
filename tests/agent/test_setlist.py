"""The setlist file: what it may say, and what is said when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dj_agent import setlist as set_limits
from dj_agent import slot as limits
from dj_agent.setlist import Setlist, SetlistError, read_setlist
from dj_agent.slot import Slot
from engine import fields as studio
from engine.keys import ALL_KEYS, parse_key
from engine.sets import plan
from engine.sets.linting import kinds
from engine.sets.plan import SetPlan

EXAMPLES = Path(__file__).parents[2] / "examples"


def written(folder: Path, text: str, name: str = "set.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, slots: str, head: str = "version = 1") -> list[str]:
    with pytest.raises(SetlistError) as error:
        read_setlist(written(folder, f"{head}\n{slots}"))
    return list(error.value.problems)


def planned(folder: Path, text: str) -> dict:
    """The plan that the studio is asked for."""
    return read_setlist(written(folder, f"version = 1\n{text}")).planned()


def test_every_problem_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    assert problems(
        tmp_path,
        """
        bpm = [124, 118]
        titel = "Sunset"
        arc = "up and down"
        order = "random"
        [[slots]]
        caption = "house"
        bpm = "fast"
        key = "H minor"
        tempo = 120
        [[slots]]
        style = "techno"
        [[slots]]
        track = "nowhere.flac"
        [[slots]]
        caption = "house"
        language = "klingon"
        time_signature = "7/8"
        energy = 11
        transition = { type = "fade to grey", bars = 12, length = 3 }
        """,
        head="version = 2",
    ) == [
        "version: 2 won't do; write 1.",
        "bpm: [124, 118] won't do; write the slowest and the fastest tempo, like [118, 124].",
        "arc: 'up_and_down' won't do; "
        "write 'build', 'wave', 'peak', 'wind_down', 'journey' or 'static'.",
        "order: 'random' won't do; "
        "write 'kept', or 'free' to have the slots put in the order that mixes best.",
        "slot 1: bpm: 'fast' won't do; write a tempo from 30 to 300, like 122.",
        "slot 1: key: 'H minor' won't do; "
        "write a key, like 'A minor', 'F# minor', 'Bb major' or '8A'.",
        "slot 1: tempo: unknown; did you mean bpm?",
        "slot 2: caption: missing; describe the music in a few words, or name a track.",
        "slot 3: track: there is no file 'nowhere.flac'; give a path relative to the setlist file, "
        "or a track's id from the library.",
        "slot 4: language: 'klingon' won't do; write a code like 'en', 'de' or 'ja'.",
        "slot 4: time_signature: '7/8' won't do; write '2/4', '3/4', '4/4' or '6/8'.",
        "slot 4: energy: 11 won't do; "
        "write a number from 0 (nearly nothing) to 1 (the peak of the night).",
        "slot 4: transition.type: 'fade_to_grey' won't do; "
        "write 'blend', 'filter', 'echo_out', 'cut', 'drop_in', 'fade' or 'bridge'.",
        "slot 4: transition.bars: 12 won't do; write 4, 8, 16 or 32.",
        "slot 4: transition.length: unknown; the fields are type, bars.",
        "titel: unknown; did you mean title?",
    ]


@pytest.mark.parametrize(
    ("slot", "problem"),
    [
        ('caption = "…"', "caption: missing; describe the music in a few words, or name a track."),
        (
            'caption = "x"\nbars = 32\nbpm = 120\nminutes = 3',
            "bars: there are minutes as well; keep one of them.",
        ),
        (
            'caption = "x"\nbars = 4\nbpm = 120',
            "bars: 4 at 120 bpm last 8 s; stay between 10 s and 10 min.",
        ),
        (
            'track = "trk_1"\nbars = 32',
            "bars: is for tracks that are made; remove it, or remove track.",
        ),
        (
            'caption = "x"\nbpm = true',
            "bpm: True won't do; write a tempo from 30 to 300, like 122.",
        ),
        (
            'caption = "x"\nbpm = nan',
            "bpm: nan won't do; write a tempo from 30 to 300, like 122.",
        ),
        (
            'caption = "x"\nminutes = 11',
            "minutes: 11 won't do; write a length from 0.17 to 10, like 3.5.",
        ),
        (
            'caption = "x"\nseed = -1',
            "seed: -1 won't do; write a whole number from 0 to 4294967295.",
        ),
    ],
)
def test_a_wrong_slot_is_one_sentence_with_the_fix(tmp_path: Path, slot: str, problem: str) -> None:
    assert problems(tmp_path, f"[[slots]]\n{slot}") == [f"slot 1: {problem}"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("set.toml", "version = = 1", "set.toml is not TOML: Invalid value"),
        ("set.json", "{", "set.json is not JSON: Expecting property name"),
        ("set.json", "[]", "The file holds no setlist; begin with version = 1"),
        ("set.json", "[" * 100_000, "set.json is nested too deeply for a setlist."),
        ("set.json", "9" * 5_000, "set.json holds a number that is too long."),
        ("set.toml", "", "version: missing; write 1."),
    ],
)
def test_a_file_that_is_no_setlist_says_so(
    tmp_path: Path, name: str, text: str, problem: str
) -> None:
    with pytest.raises(SetlistError) as error:
        read_setlist(written(tmp_path, text, name))
    assert error.value.problems[0].startswith(problem)


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    slots = [{"caption": "house", "bpm": 120, "bars": 64, "transition": {"type": "blend"}}]
    as_json = json.dumps({"version": 1, "title": "A", "slots": slots})
    as_toml = (
        'version = 1\ntitle = "A"\n[[slots]]\ncaption = "house"\nbpm = 120\nbars = 64\n'
        'transition = { type = "blend" }'
    )
    assert read_setlist(written(tmp_path, as_json, "a.json")) == read_setlist(
        written(tmp_path, as_toml)
    )


@pytest.mark.parametrize(
    ("signature", "bars", "bpm", "duration_s"),
    [("4/4", 96, 120.0, 192.0), ("3/4", 64, 96.0, 120.0), ("6/8", 40, 60.0, 80.0)],
)
def test_bars_become_seconds(signature: str, bars: int, bpm: float, duration_s: float) -> None:
    values = {"caption": "x", "bars": bars, "bpm": bpm, "time_signature": signature}
    slot = Slot.model_validate(values)
    assert slot.duration_s == duration_s


def test_bars_alone_are_a_length_that_the_studio_works_out(tmp_path: Path) -> None:
    assert planned(tmp_path, '[[slots]]\ncaption = "house"\nbars = 4\n') == {
        "version": 1, "title": "set", "slots": [{"caption": "house", "bars": 4}],
    }  # fmt: skip


def test_all_that_is_written_is_planned_and_what_is_open_is_left_to_the_studio(
    tmp_path: Path,
) -> None:
    text = """
    title = "Friday"
    brief = "warm, then dark"
    minutes = 60
    bpm = [118, 124]
    arc = "Wind-down"
    order = "free"
    renderer = "sketch"
    seed = 7
    [[slots]]
    track = "trk_1"
    bpm = 120
    key = "8A"
    energy = 0.5
    locked = true
    transition = { type = "drop in" }
    [[slots]]
    caption = "house"
    transition = { bars = 32 }
    """
    assert planned(tmp_path, text) == {
        "version": 1, "title": "Friday", "brief": "warm, then dark", "minutes": 60.0,
        "bpm": [118.0, 124.0], "arc": "wind_down", "order": "free", "renderer": "sketch",
        "seed": 7,
        "slots": [
            {
                "track": "trk_1", "bpm": 120.0, "key": "8A", "energy": 0.5, "locked": True,
                "transition": {"type": "drop_in"},
            },
            {"caption": "house", "transition": {"bars": 32}},
        ],
    }  # fmt: skip


def test_an_empty_title_is_the_files_name(tmp_path: Path) -> None:
    file = written(tmp_path, 'version = 1\n[[slots]]\ncaption = "x"', "friday night.toml")
    assert read_setlist(file).title == "friday night"


def test_the_file_takes_what_the_studio_takes() -> None:
    for name in (
        "MAX_CAPTION", "MAX_LYRICS", "MAX_TITLE", "MIN_BPM", "MAX_BPM", "MIN_DURATION_S",
        "MAX_DURATION_S", "MAX_SEED", "MAX_SOURCE_S", "MAX_EXTENSION_S", "MAX_WINDOWS",
        "MIN_WINDOW_S",
    ):  # fmt: skip
        assert getattr(limits, name) == getattr(studio, name)
    assert set_limits.MAX_SLOTS == studio.MAX_SLOTS
    assert set_limits.MAX_MINUTES == plan.MAX_MINUTES
    assert set_limits.Arc == plan.ArcName
    assert get_args(limits.TransitionType)[0] == plan.TransitionType
    assert limits.Transition.model_fields["bars"].annotation == plan.Bars | None
    assert set(limits.LANGUAGES) == set(studio.LANGUAGES)
    assert limits.BEATS_PER_BAR == plan.BEATS_PER_BAR


def test_a_plan_has_the_fields_of_a_setlist() -> None:
    assert SetPlan.model_fields.keys() == Setlist.model_fields.keys()
    assert plan.Slot.model_fields.keys() == Slot.model_fields.keys() - {"start_s", "end_s"}
    for kind, fields in kinds.SUITS.items():
        assert set(limits._SUITS[kind]) - {"start_s", "end_s"} == set(fields)


@pytest.mark.parametrize(
    "key", [*map(str, ALL_KEYS), *(key.camelot for key in ALL_KEYS), "Am", "bb minor", "C♯ moll"]
)
def test_every_key_the_studio_reads_may_stand_in_a_file(key: str) -> None:
    assert parse_key(Slot(caption="x", key=key).key or "")


@given(st.from_regex(limits.KEY, fullmatch=True))
def test_no_key_that_a_file_may_hold_is_refused_by_the_studio(text: str) -> None:
    assert parse_key(Slot(caption="x", key=text).key or "")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_SLOTS = st.dictionaries(st.sampled_from([*Slot.model_fields, "tempo"]), _VALUES, max_size=6)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*Setlist.model_fields, "songs"]), _VALUES), st.lists(_SLOTS)
)
def test_any_file_is_a_setlist_or_a_list_of_sentences(
    tmp_path_factory: pytest.TempPathFactory, head: dict, slots: list[dict]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = written(folder, json.dumps({"version": 1, "slots": slots} | head), "any.json")
    wrong: tuple[str, ...] = ()
    asked: dict = {}
    try:
        asked = read_setlist(file).planned()
    except SetlistError as error:
        wrong = error.problems
    assert bool(asked) != bool(wrong)
    assert all(sentence[-1] in ".?" for sentence in wrong)
    if asked:
        for number, slot in enumerate(SetPlan.model_validate(asked).slots, 1):
            assert not isinstance(slot.source, int) or 1 <= slot.source < number


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_the_examples_are_right(file: Path) -> None:
    setlist = read_setlist(file)
    assert setlist.title != file.stem
    assert all(slot.title for slot in setlist.slots)
    SetPlan.model_validate(setlist.planned())
