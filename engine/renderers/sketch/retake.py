"""Another take of a piece: how much of it is played as it was, and what is thought of anew.

A small variance changes ornaments, a large one harmony; tempo, key and form always stay, because
otherwise it would be another piece.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.renderers.sketch.theory.streams import Seed
from engine.requests import GenerateRequest, Turn

_ANEW_FROM = {
    # The ways in which a theme is developed have letters, as in `band.melody`.
    **dict.fromkeys(("approaches", "last", "a", "s", "i", "d", "o", "c"), 0.05),
    **dict.fromkeys(("solo", "arp"), 0.15),
    **dict.fromkeys(("bass", "comping", "drums"), 0.3),
    **dict.fromkeys(("groove", "melody", "singing"), 0.5),
    "instruments": 0.7,
    "harmony": 0.9,
}
"""The least variance at which a subject, by its first word, is drawn anew."""


@dataclass(frozen=True, slots=True)
class Retake:
    """Seeds of a piece that came to be in several turns, the first take first."""

    turns: tuple[Turn, ...]

    def seed_of(self, subject: str) -> int:
        """That of the last turn that drew the subject."""
        first, *later = self.turns
        least = _ANEW_FROM.get(subject.partition(" ")[0])
        drawn = [turn.seed for turn in later if least is not None and turn.variance >= least]
        return drawn[-1] if drawn else first.seed


def seed_for(request: GenerateRequest) -> Seed:
    """What a request leaves to chance, settled."""
    turns = request.turns
    return turns[0].seed if len(turns) == 1 else Retake(turns)
