"""What becomes of a finished track: kept as it is, retimed, shifted, or made again.

A plan wishes for a tempo and a key; a neural renderer takes them as wishes too. What came out is
measured, and ruled on here, slot by slot in the order of the set. Knows nothing of audio.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.keys import Key
from engine.sets.report import Decision
from engine.sets.theory import compatible, key_relation

MAX_RETIME = 0.04
"""A stretch of up to so much isn't heard as one."""
MAX_SHIFT = 1
"""Semitones."""
_AS_PLANNED = 0.0003
"""A tempo this close to the planned one drifts by less than a beat in an hour: let it be."""
_SILENT_LUFS = -45.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a slot's track should be. None: left open, or nothing there."""

    bpm: float | None
    key: Key | None
    before: Key | None
    """The key that the track before plays in."""
    after: Key | None
    """The key that is planned for the track after."""
    calmest: float = 0.0
    """What its energy must be above, and below, to be in order with the tracks before."""
    hottest: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured in it."""

    bpm: float | None
    key: Key | None
    loudness_lufs: float
    doubts: tuple[Key, ...] = ()
    """Other keys that it may be in."""
    energy: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """`fits` is False for a track that should be made again; the rest says how to play it if that
    can't be."""

    fits: bool
    play_bpm: float | None
    semitones: int
    verdict: str
    """One sentence."""
    clashes: int = 0
    """With how many of its neighbours its key clashes."""
    beatless: bool = False
    """No beat was heard in it, though it was to have a tempo."""
    too_hot: float = 0.0
    """How far its energy is above what it should be; below zero, how much too calm it is. Such a
    track may be made again, but fits."""

    @property
    def decision(self) -> Decision:
        if self.play_bpm is not None and self.semitones:
            return "retimed and shifted"
        if self.play_bpm is not None:
            return "retimed"
        return "shifted" if self.semitones else "accepted"


def rule(wanted: Wanted, found: Found) -> Ruling:
    """What to do with a track that should be as `wanted` and is as `found`."""
    if found.loudness_lufs < _SILENT_LUFS:
        return Ruling(False, None, 0, f"It is nearly silent ({found.loudness_lufs:.0f} LUFS).")
    in_time, play_bpm, tempo = _rule_tempo(wanted.bpm, found.bpm)
    in_key, semitones, key = _rule_key(wanted, found.key)
    worse = [one for one in found.doubts if _clashes(wanted, _shifted(one, semitones))]
    if in_key and worse:
        in_key, key = False, f"{key} It may be in {worse[0]}, which would clash."
    clashes = _clashes(wanted, _shifted(found.key, semitones))
    too_hot, energy = _rule_energy(wanted, found.energy)
    verdict = " ".join(filter(None, (tempo, key, energy)))
    beatless = wanted.bpm is not None and found.bpm is None
    return Ruling(in_time and in_key, play_bpm, semitones, verdict, clashes, beatless, too_hot)


def _rule_tempo(wanted: float | None, found: float | None) -> tuple[bool, float | None, str]:
    if found is None:
        return True, None, "No steady beat was heard."
    if wanted is None:
        return True, None, f"{found:.2f} bpm, as it came."
    away = wanted / found - 1.0
    if abs(away) <= _AS_PLANNED:
        return True, None, f"{found:.2f} bpm, as planned."
    if abs(away) <= MAX_RETIME:
        return True, wanted, f"{found:.2f} bpm, stretched by {away:+.1%} to {wanted:g}."
    return False, None, f"{found:.2f} bpm is too far from {wanted:g} to be stretched."


def _rule_key(wanted: Wanted, found: Key | None) -> tuple[bool, int, str]:
    if found is None:
        return True, 0, "No clear key was heard."
    if wanted.key is None or found == wanted.key:
        as_planned = "as it came" if wanted.key is None else "as planned"
        return True, 0, f"{found}, {as_planned}."
    for semitones in (-1, 1):
        if _shifted(found, semitones) == wanted.key:
            return True, semitones, f"{found}, shifted by {semitones:+d} semitone to {wanted.key}."
    if not _clashes(wanted, found):
        return True, 0, f"{found} and not {wanted.key}, which fits its neighbours as well."
    for semitones in (-1, 1):
        shifted = _shifted(found, semitones)
        if not _clashes(wanted, shifted):
            return True, semitones, f"{found}, shifted by {semitones:+d} semitone to {shifted}."
    return False, 0, f"{found} and not {wanted.key} clashes with its neighbours."


def _rule_energy(wanted: Wanted, found: float | None) -> tuple[float, str]:
    if found is None or wanted.calmest >= wanted.hottest:
        return 0.0, ""  # those before aren't in order themselves
    if found <= wanted.calmest:
        return found - wanted.calmest, f"Its energy, {found:.2f}, is that of a calmer track before."
    if found >= wanted.hottest:
        return found - wanted.hottest, f"Its energy, {found:.2f}, is that of a hotter track before."
    return 0.0, ""


def _clashes(wanted: Wanted, key: Key | None) -> int:
    neighbours = (wanted.before, wanted.after)
    return sum(
        key_relation(one, key) != "unknown" and not compatible(one, key) for one in neighbours
    )


def _shifted(key: Key | None, semitones: int) -> Key | None:
    return key and Key((key.tonic + semitones) % 12, key.mode)
