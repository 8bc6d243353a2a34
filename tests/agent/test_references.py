"""Slots that are made of other slots or of files: how they name them, and what goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.test_setlist import planned, problems

DOORS = '[[slots]]\ntitle = "Doors"\ncaption = "house"\n'
SAME = DOORS + DOORS
REACH = "name one before this"


@pytest.mark.parametrize(
    ("before", "slot", "problem"),
    [
        (
            DOORS,
            'cover = 2\ncaption = "x"',
            "cover: is this slot itself; name one before it, or a file",
        ),
        (DOORS, 'cover = 9\ncaption = "x"', f"cover: the slots are 1 to 3; {REACH}"),
        (DOORS, "extend = 0\nseconds = 9", f"extend: the slots are 1 to 3; {REACH}"),
        (
            DOORS,
            'cover = "Later"\ncaption = "x"',
            "cover: slot 3 comes later; put it before this one, or name another",
        ),
        (
            DOORS,
            'cover = "Dors"\ncaption = "x"',
            "cover: no slot and no file is called 'Dors'; the title that comes closest is 'Doors'",
        ),
        (
            DOORS,
            'extend = "crate/no.flac"\nseconds = 9',
            "extend: no slot and no file is called 'crate/no.flac'; write the number or title of a "
            "slot before this one, or the path of an audio file",
        ),
        (
            DOORS,
            "extend = true\nseconds = 9",
            "extend: True won't do; write the number or title of a slot before this one, or the "
            "path of an audio file",
        ),
        (
            SAME,
            'extend = "Doors"\nseconds = 9',
            "extend: slots 1 and 2 have the title 'Doors'; use the number",
        ),
        (DOORS, "cover = 1", "caption: missing; describe the new style in a few words"),
        (DOORS, 'cover = 1\ncaption = "x"\nbars = 8', "bars: doesn't go with cover; remove it"),
        (
            DOORS,
            'cover = 1\ncaption = "x"\nextend = 1',
            "extend: doesn't go with cover; keep one of them",
        ),
        (DOORS, 'track = "trk_1"\nextend = 1', "extend: doesn't go with track; keep one of them"),
        (
            DOORS,
            'caption = "x"\nsimilarity = 0.5',
            "similarity: is for a slot with cover; remove it, or say what to cover",
        ),
        (
            DOORS,
            'cover = 1\ncaption = "x"\nsimilarity = 2',
            "similarity: 2 won't do; write a number from 0 (a new arrangement) to 1 (melody and "
            "accents kept)",
        ),
        (
            DOORS,
            "repaint = 1",
            "start_s: missing; say what to repaint with start_s and end_s, or with windows",
        ),
        (
            DOORS,
            "repaint = 1\nstart_s = 4",
            "end_s: missing; say what to repaint with start_s and end_s, or with windows",
        ),
        (
            DOORS,
            "repaint = 1\nstart_s = 4\nend_s = 4.2",
            "end_s: 4 to 4.2 s is no window; end at least 0.5 s after the start",
        ),
        (
            DOORS,
            "repaint = 1\nstart_s = 4\nend_s = 9\nwindows = [{ start_s = 1, end_s = 2 }]",
            "windows: there is start_s or end_s as well; keep one of the two ways",
        ),
        (
            DOORS,
            "repaint = 1\nwindows = [{ start_s = 4, end_s = 9 }, { start_s = 8, end_s = 12 }]",
            "windows: 8 s begins before 9 s, where the one before it ends; put them in order, "
            "without overlap",
        ),
        (
            DOORS,
            "repaint = 1\nwindows = [{ start = 4 }]",
            "windows.start_s: missing; write seconds from the start of the source, at most 1800",
        ),
        (DOORS, "extend = 1", "seconds: missing; say about how much more, from 1 to 300"),
        (
            DOORS,
            'extend = 1\nseconds = 8\nside = "left"',
            "side: 'left' won't do; write 'end' or 'start'",
        ),
    ],
)
def test_a_slot_that_cannot_be_made_of_another_says_why_and_what_to_write(
    tmp_path: Path, before: str, slot: str, problem: str
) -> None:
    later = '\n[[slots]]\ntitle = "Later"\ncaption = "x"\n'
    number = before.count("[[slots]]") + 1
    found = problems(tmp_path, f"{before}[[slots]]\n{slot}{later}")
    assert found[0] == f"slot {number}: {problem}."


def test_every_wrong_reference_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    slots = "".join(f"[[slots]]\nextend = {n}\nseconds = 9\n" for n in (1, 3, 9))
    assert [sentence[:14] for sentence in problems(tmp_path, slots)] == [
        "slot 1: extend", "slot 2: extend", "slot 3: extend",
    ]  # fmt: skip


@pytest.mark.parametrize("ref", ["1", '"1"', '"Doors"', '" Doors  "'])
def test_a_source_is_named_by_its_number_or_its_title(tmp_path: Path, ref: str) -> None:
    slot = f'[[slots]]\ncover = {ref}\nstyle = "reggae"\nsimilarity = 1\n'
    assert planned(tmp_path, DOORS + slot)["slots"][1] == {
        "cover": 1, "style": "reggae", "similarity": 1.0,
    }  # fmt: skip


def test_a_source_may_be_a_file_beside_the_setlist_or_a_track_of_the_library(
    tmp_path: Path,
) -> None:
    (tmp_path / "Old Friend").touch()
    slots = '[[slots]]\nextend = "{}"\nseconds = 16\nside = "start"\n'
    said = {"seconds": 16.0, "side": "start"}
    text = slots.format("Old Friend") + slots.format("trk_1")
    assert planned(tmp_path, text)["slots"] == [
        {"extend": str(tmp_path / "Old Friend"), **said},
        {"extend": "trk_1", **said},
    ]


def test_a_name_that_is_a_slot_and_a_file_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "Doors").touch()
    slot = "[[slots]]\nextend = '{}'\nseconds = 16\n"
    assert problems(tmp_path, DOORS + slot.format("Doors")) == [
        "slot 2: extend: 'Doors' is slot 1 and a file; use the slot's number, or write './Doors' "
        "for the file."
    ]
    extended = planned(tmp_path, DOORS + slot.format("./Doors"))["slots"][1]
    assert extended["extend"] == str(tmp_path / "Doors")


def test_one_window_and_a_list_of_them_are_the_same_plan(tmp_path: Path) -> None:
    slot = "[[slots]]\nrepaint = 1\n"
    _, one, many = planned(
        tmp_path,
        f"{DOORS}{slot}start_s = 4\nend_s = 9\n{slot}windows = [{{ start_s = 4, end_s = 9 }}]\n",
    )["slots"]
    assert one == many == {"repaint": 1, "windows": [{"start_s": 4.0, "end_s": 9.0}]}
