"""Casting: every slot of a plan gets its track, made or given, measured and ruled on.

The next track is rendered while the one before is written and listened to. A track that doesn't
fit is made again with another seed, a few times, and one whose energy is out of order is asked for
in other words; a slot for which that never works is left out, so that a set is the smaller for it
and not lost.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import Cancelled, InvalidRequest, StorageFull, StudioError, Unsupported
from engine.keys import Key, parse_key
from engine.results import Track
from engine.sets.casting.decks import Heard, deck_of, found_in
from engine.sets.casting.making import derived, request_of, seeds
from engine.sets.casting.rulings import Ruling, Wanted, rule
from engine.sets.casting.trials import Trial, asked_next, best_of
from engine.sets.deck import Deck
from engine.sets.plan import SetPlan, Slot
from engine.sets.report import Attempt, Decision

if TYPE_CHECKING:
    from engine.booth import Booth

_ALIKE = 0.05
"""Tracks that are planned so close have no order to keep."""
_ENDS_ALL = (Cancelled, StorageFull)
SHARE = 0.7
"""Of a set's work, about, that goes into its tracks."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A slot and what fills it. `deck` and `heard` are None for one that failed."""

    number: int
    slot: Slot
    decision: Decision
    heard: Heard | None
    deck: Deck | None
    attempts: tuple[Attempt, ...]
    warnings: tuple[str, ...] = ()


class Casting:
    """One casting of a plan. `settled` hears of each slot's track as soon as it is settled."""

    def __init__(self, plan: SetPlan, booth: Booth, settled: Callable[[int, Track], None]) -> None:
        self._plan = plan
        self._booth = booth
        self._settled = settled
        self._seeds = seeds(plan)
        self._casts: list[Cast] = []

    def run(self) -> tuple[Cast, ...]:
        """The cast of every slot, in order.

        Raises `Cancelled`, `StorageFull` and whatever says that no slot can be made at all.
        """
        waiting: list[tuple[int, Future[Heard] | StudioError]] = []
        for number, slot in enumerate(self._plan.slots, 1):
            if isinstance(slot.source, int):
                # What it is made of must be settled before, and slots are settled in order.
                self._settle_all(waiting)
            waiting.append((number, self._begin(number, slot, self._seeds.get(number))))
            while waiting and _is_over(waiting[0][1]):
                self._casts.append(self._settle(*waiting.pop(0)))
        self._settle_all(waiting)
        return tuple(self._casts)

    def _settle_all(self, waiting: list[tuple[int, Future[Heard] | StudioError]]) -> None:
        while waiting:
            self._casts.append(self._settle(*waiting.pop(0)))

    def _begin(self, number: int, slot: Slot, seed: int | None) -> Future[Heard] | StudioError:
        """A slot's track, rendered now and heard later, or why it can't be had."""
        try:
            if seed is None:
                return self._booth.given(slot.track or "")
            return self._make(number, slot, seed)
        except _ENDS_ALL:
            raise
        except StudioError as error:
            return error

    def _make(self, number: int, slot: Slot, seed: int) -> Future[Heard]:
        request = request_of(slot, seed, self._source_of(slot))
        assert request is not None
        count = len(self._plan.slots)

        def progress(stage: str, done: float) -> None:
            self._booth.progress(
                f"track {number} of {count}: {stage}", SHARE * (number - 1 + done) / count
            )

        progress("starting", 0.0)
        return self._booth.make(request, slot.title, progress)

    def _source_of(self, slot: Slot) -> str:
        if not isinstance(slot.source, int):
            return slot.source or ""
        source = self._casts[slot.source - 1].heard
        if source is None:
            raise InvalidRequest(
                f"{slot.kind}: slot {slot.source}, which it is made of, could not be made.",
                field=slot.kind,
            )
        return source.track.id

    def _settle(self, number: int, first: Future[Heard] | StudioError) -> Cast:
        slot, seed = self._plan.slots[number - 1], self._seeds.get(number)
        trials = [self._try(number, slot, seed, first)]
        while asked := asked_next(slot, trials):
            seed = derived(self._seeds[number], "attempt", len(trials))
            trials.append(self._try(number, asked, seed, self._begin(number, asked, seed)))
        return self._cast(number, trials)

    def _try(
        self, number: int, asked: Slot, seed: int | None, begun: Future[Heard] | StudioError
    ) -> Trial:
        """What came of making a slot's track, or of reading one that is given."""
        once = asked.kind == "track"
        try:
            if isinstance(begun, StudioError):
                raise begun
            heard = begun.result()
        except _ENDS_ALL:
            raise
        except StudioError as error:
            once = once or isinstance(error, InvalidRequest | Unsupported)
            return Trial(asked, Attempt(seed=seed, verdict=error.message), once)
        ruling = rule(self._wanted(number), found_in(heard))
        return Trial(asked, _attempt(seed, heard, ruling), once, heard, ruling)

    def _cast(self, number: int, trials: list[Trial]) -> Cast:
        slot, given = self._plan.slots[number - 1], number not in self._seeds
        attempts = tuple(trial.attempt for trial in trials)
        best = best_of(trials)
        if best is None:
            return Cast(number, slot, "failed", None, None, attempts, (attempts[-1].verdict,))
        heard, ruling = best
        warnings = heard.track.warnings
        if given and slot.locked:
            ruling = replace(ruling, semitones=0)
        if not ruling.fits:
            warnings = (*warnings, f"kept although it doesn't fit: {ruling.verdict}")
        if not given:
            self._settled(number, heard.track)
        decision: Decision = "given" if given and ruling.decision == "accepted" else ruling.decision
        deck = deck_of(number, slot.title, heard, ruling)
        return Cast(number, slot, decision, heard, deck, attempts, warnings)

    def _wanted(self, number: int) -> Wanted:
        slot = self._plan.slots[number - 1]
        before = next((cast.deck for cast in reversed(self._casts) if cast.deck), None)
        after = self._plan.slots[number].key if number < len(self._plan.slots) else None
        calmest, hottest = self._energy_between(slot)
        return Wanted(
            bpm=slot.bpm,
            key=_key(slot.key),
            before=before.heard_key if before else None,
            after=_key(after),
            calmest=calmest,
            hottest=hottest,
        )

    def _energy_between(self, slot: Slot) -> tuple[float, float]:
        """The energy of the hottest track before that is planned calmer, and of the calmest that
        is planned hotter."""
        known = [
            (cast.slot.energy - slot.energy, cast.deck.energy)
            for cast in self._casts
            if cast.deck and cast.slot.energy is not None and slot.energy is not None
        ]
        calmer = [energy for above, energy in known if above < -_ALIKE]
        hotter = [energy for above, energy in known if above > _ALIKE]
        return max(calmer, default=0.0), min(hotter, default=1.0)


def _is_over(begun: Future[Heard] | StudioError) -> bool:
    return isinstance(begun, StudioError) or begun.done()


def _key(text: str | None) -> Key | None:
    return parse_key(text) if text else None


def _attempt(seed: int | None, heard: Heard, ruling: Ruling) -> Attempt:
    found = found_in(heard)
    return Attempt(
        seed=seed,
        track_id=heard.track.id,
        bpm=None if found.bpm is None else round(found.bpm, 3),
        key=str(found.key) if found.key else None,
        loudness_lufs=found.loudness_lufs,
        verdict=ruling.verdict,
    )
