"""What a genre is to somebody who plans a set, and the rows in which genres are written.

Knows the shape of the data; the genres themselves are in `club_genres` and `band_genres`, their
tempos in `engine.sets.usual_tempos`.
"""

from __future__ import annotations

from dataclasses import dataclass

Row = tuple[str, float, str, str, str, str, str]
"""Name, energy, instruments, colours, neighbours, scene, and what else it is called; lists have
commas."""


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre by the name that captions use.

    `energy` is where its records usually lie, 0 to 1. `colours` are moods that suit it and say
    nothing of energy. `near` are the genres that a DJ would step to from here, and `scene` is what
    its titles are about.
    """

    name: str
    energy: float
    instruments: tuple[str, ...]
    colours: tuple[str, ...]
    near: tuple[str, ...]
    scene: str
    calls: tuple[str, ...] = ()


def read_row(row: Row) -> Genre:
    name, energy, instruments, colours, near, scene, calls = row
    return Genre(
        name,
        energy,
        _listed(instruments),
        _listed(colours),
        _listed(near),
        scene,
        (name, *_listed(calls)),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())
