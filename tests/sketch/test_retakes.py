"""Other takes of a piece: the same piece, as much of it played anew as is asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine import GenerateRequest, checked
from engine.renderers.sketch.compose import compose
from engine.renderers.sketch.retake import seed_for
from engine.renderers.sketch.score import Line, Score

FIRST = {"seed": 3, "variance": 1.0}
CAPTIONS = ("deep house", "jazz trio, brushed drums", "synthwave with a lead", "drum and bass")


def take(caption: str, *turns: tuple[int, float]) -> Score:
    """A piece after these turns, each a seed and a variance; none: as it was first."""
    (*before, last) = (FIRST, *({"seed": seed, "variance": share} for seed, share in turns))
    own = {"seed": last["seed"], **({"variance": last["variance"]} if before else {})}
    request = checked(
        GenerateRequest, caption=caption, duration_s=60.0, lineage=tuple(before), **own
    )
    return compose(request, seed_for(request))


def notes(lines: tuple[Line, ...]) -> set[tuple[str, float, float]]:
    return {(line.part, round(note.start, 3), note.pitch) for line in lines for note in line.notes}


def shared(one: Score, other: Score) -> float:
    """The share of all notes that both have."""
    mine, theirs = notes(one.lines), notes(other.lines)
    return len(mine & theirs) / len(mine | theirs)


@pytest.mark.parametrize("caption", CAPTIONS)
def test_a_take_of_no_variance_is_the_first_one(caption: str):
    assert take(caption, (9, 0.0)).lines == take(caption).lines


@pytest.mark.parametrize("caption", CAPTIONS)
@pytest.mark.parametrize("variance", [0.3, 0.6, 1.0])
def test_another_take_is_the_same_piece_played_otherwise(caption: str, variance: float):
    first, other = take(caption), take(caption, (9, variance))
    assert (other.bpm, other.key, other.meter) == (first.bpm, first.key, first.meter)
    assert other.sections == first.sections
    assert other.lines != first.lines


@pytest.mark.parametrize("caption", CAPTIONS)
def test_the_more_variance_the_fewer_notes_stay(caption: str):
    first = take(caption)
    alike = [shared(first, take(caption, (9, share))) for share in (0.0, 0.1, 0.4, 0.6, 1.0)]
    assert alike[0] == 1.0
    assert all(before >= after - 0.05 for before, after in pairwise(alike)), alike
    assert alike[1] > alike[-1]
    assert alike[-1] < 0.5


def test_another_take_of_another_take_goes_on_from_there():
    second = take("deep house", (9, 0.6))
    assert take("deep house", (9, 0.6), (5, 0.0)).lines == second.lines
    third = take("deep house", (9, 0.6), (5, 0.1))
    assert shared(second, third) > shared(take("deep house"), third)
