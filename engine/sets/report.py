"""The report card of a set: what was asked, what was done about it, and what the mix measures.

Values only, all of which become JSON. Times are seconds in the mix.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.sets.plan import ArcName, TransitionType

Decision = Literal["accepted", "retimed", "shifted", "retimed and shifted", "given", "failed"]
KeyRelation = Literal["same", "adjacent", "relative", "diagonal", "boost", "clash", "unknown"]


class _Reported(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attempt(_Reported):
    """One making of a slot's track, and why it was kept or not."""

    seed: int | None = None
    track_id: str | None = None
    bpm: float | None = None
    """As measured, like key and loudness_lufs."""
    key: str | None = None
    loudness_lufs: float | None = None
    verdict: str
    """One sentence."""


class SlotReport(_Reported):
    slot: int
    title: str
    decision: Decision
    track_id: str | None = None
    file: str | None = None
    """Its name in the set's folder."""
    start_s: float | None = None
    """When it is first heard; None for a slot that failed, like all that follows from it."""
    end_s: float | None = None
    heard_share: float | None = None
    """How much of it is in the mix, 0 to 1."""
    bpm_planned: float | None = None
    bpm_measured: float | None = None
    bpm_played: float | None = None
    key_planned: str | None = None
    key_measured: str | None = None
    key_played: str | None = None
    key_camelot: str | None = None
    """Of the key that is played."""
    loudness_lufs: float | None = None
    gain_db: float | None = None
    energy_planned: float | None = None
    energy_measured: float | None = None
    attempts: tuple[Attempt, ...] = ()
    warnings: tuple[str, ...] = ()


class JoinReport(_Reported):
    """A transition, measured in the audio of the two decks."""

    from_slot: int
    to_slot: int
    type: TransitionType
    bars: int
    start_s: float
    swap_s: float
    end_s: float
    why: str
    """One sentence: why this type and length."""
    tried: tuple[str, ...] = ()
    """Other types that were weighed, with their scores."""
    key_relation: KeyRelation
    tempo_step: float | None = None
    """How much faster the incoming track is, as a share; octaves don't count."""
    beat_error_ms: float | None = None
    """Median distance of the two decks' beats, as heard; None where no beats are matched, or too
    few of them are alike enough to be compared."""
    beat_error_max_ms: float | None = None
    bass_overlap_beats: float | None = None
    """How long both decks' energy under 200 Hz is within 6 dB."""
    loudness_step_lu: float | None = None
    """How far the short-term loudness in the transition leaves the range of the two tracks."""
    phrase_bars: tuple[float, float] | None = None
    """How far its start is from a line of eight bars, in bars: outgoing, incoming."""
    vocal_overlap_s: float = 0.0

    @property
    def is_matched(self) -> bool:
        """Whether the beats of the two decks are laid together."""
        return self.type in ("blend", "filter") and self.bars > 0


class SetReport(_Reported):
    version: Literal[1] = 1
    title: str
    brief: str = ""
    arc: ArcName | None = None
    duration_s: float
    asked_s: float | None = None
    """None: no length was asked for."""
    loudness_lufs: float
    true_peak_dbtp: float
    energy_agreement: float | None = None
    """Rank correlation of measured and planned energy, -1 to 1; None where no rise or fall was
    planned."""
    renderer: str
    """Who made the new tracks; `none` if all were given."""
    slots: tuple[SlotReport, ...]
    joins: tuple[JoinReport, ...]
    warnings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """All there is in the set's folder, the mix first."""

    def without_ids(self) -> SetReport:
        """The report as it goes into the set's folder: tracks are files there, and the ids that
        one library gave them mean nothing."""
        slots = tuple(
            slot.model_copy(
                update={
                    "track_id": None,
                    "attempts": tuple(
                        one.model_copy(update={"track_id": None}) for one in slot.attempts
                    ),
                }
            )
            for slot in self.slots
        )
        return self.model_copy(update={"slots": slots})
