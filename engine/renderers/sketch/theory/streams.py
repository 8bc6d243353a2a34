"""Seeded randomness: one independent stream per subject.

A choice about the drums then never shifts a choice about the melody, and the same seed gives the
same music in every process. Knows nothing about music.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol, TypeAlias, TypeVar

from numpy.random import PCG64, Generator, SeedSequence

T = TypeVar("T")


class Seeds(Protocol):
    """A seed for every subject."""

    def seed_of(self, subject: str) -> int: ...


Seed: TypeAlias = "int | Seeds"
"""One for all subjects, or one for each."""


def stream(seed: Seed, subject: str) -> Generator:
    """The random numbers of one subject, such as `"drums"`."""
    if not isinstance(seed, int):
        seed = seed.seed_of(subject)
    return Generator(PCG64(SeedSequence([seed, zlib.crc32(subject.encode())])))


def pick(rng: Generator, options: Sequence[T]) -> T:
    """One of the options, all equally likely. Draws exactly one number, however many there are."""
    return options[int(rng.random() * len(options))]


def chance(rng: Generator, probability: float) -> bool:
    return bool(rng.random() < probability)
