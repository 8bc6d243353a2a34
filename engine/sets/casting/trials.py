"""Trials: a slot's track is made until it fits, and asked for in other words if that may help.

Pure: trials in, what to ask for next and which one is kept out. Knows no renderer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.sets.casting.decks import Heard
from engine.sets.casting.making import request_of
from engine.sets.casting.rulings import Ruling
from engine.sets.plan import Slot
from engine.sets.report import Attempt

_MOST_ATTEMPTS = 6
"""How often a track is made before the best of them is taken as it is."""
_TAKES_FOR_ENERGY = 3
"""After how many that fit but for their energy the best of them is taken."""
_STEP = 0.15
"""How much hotter or calmer a track is asked for then: a word more or less."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One attempt at what was `asked` for. Without a track there is no ruling; `once` is True where
    trying again can't help."""

    asked: Slot
    attempt: Attempt
    once: bool
    heard: Heard | None = None
    ruling: Ruling | None = None

    @property
    def fits(self) -> bool:
        return self.ruling is not None and self.ruling.fits


def best_of(trials: Sequence[Trial]) -> tuple[Heard, Ruling] | None:
    """The track to keep, with its ruling: one that fits, with the fewest clashes, with a beat if
    any has one, nearest to where its energy should be. None if there is no track at all."""
    made = [(trial.heard, trial.ruling) for trial in trials if trial.heard and trial.ruling]

    def faults(one: tuple[Heard, Ruling]) -> tuple[float, ...]:
        ruling = one[1]
        return not ruling.fits, ruling.clashes, ruling.beatless, abs(ruling.too_hot)

    return min(made, key=faults, default=None)


def asked_next(slot: Slot, trials: Sequence[Trial]) -> Slot | None:
    """What to ask for after these trials of a slot; None if there is nothing to gain."""
    last, best = trials[-1], best_of(trials)
    if last.once or len(trials) >= _MOST_ATTEMPTS:
        return None
    asked = _in_other_words(slot, trials)
    if best is None or not best[1].fits:
        return asked
    enough = not best[1].too_hot or sum(trial.fits for trial in trials) >= _TAKES_FOR_ENERGY
    said = last.fits and request_of(asked, 0) == request_of(last.asked, 0)
    return None if enough or said else asked


def _in_other_words(slot: Slot, trials: Sequence[Trial]) -> Slot:
    """The slot, asked for hotter after each trial that was too calm, and the other way round."""
    if slot.locked or slot.energy is None:
        return slot
    off = [trial.ruling.too_hot for trial in trials if trial.ruling]
    steps = sum(one < 0.0 for one in off) - sum(one > 0.0 for one in off)
    energy = min(1.0, max(0.0, slot.energy + _STEP * steps))
    return slot.model_copy(update={"energy": round(energy, 3)})
