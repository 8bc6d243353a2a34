"""The report of a set, put together from what was planned, cast, laid out, mixed and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.sets.casting.casting import Cast
from engine.sets.plan import SetPlan
from engine.sets.playing.measuring import JoinMeasures
from engine.sets.report import JoinReport, SetReport, SlotReport
from engine.sets.theory import key_relation, tempo_step
from engine.sets.timeline import Join, Play, Timeline
from engine.sets.transitions import Choice
from engine.sets.waveform import Waveform

_STEADY = 0.1
"""Energies that are planned nearer to one another than this have no order to be kept."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A set as it is played: the cast of every slot, and for the timeline's joins why they are as
    they are and what was measured in them. `names` are the files of slots in the folder."""

    title: str
    casts: tuple[Cast, ...]
    choices: tuple[Choice, ...]
    timeline: Timeline
    heard: Sequence[JoinMeasures]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Mixed:
    """The mix as it was written: its file's name in the folder, and what the meters say of it."""

    name: str
    loudness_lufs: float
    true_peak_dbtp: float
    waveform: Waveform


def report_of(
    plan: SetPlan, staged: Staged, mixed: Mixed, renderer: str, trouble: Sequence[str] = ()
) -> SetReport:
    """The report, but for the names of the files other than the mix."""
    plays = {play.deck.slot: play for play in staged.timeline.plays}
    slots = tuple(
        _slot(cast, plays.get(cast.number), staged.names.get(cast.number)) for cast in staged.casts
    )
    failed = [slot for slot in slots if slot.decision == "failed"]
    lost = tuple(
        f"Slot {slot.slot} ({slot.title}) was left out: {slot.warnings[0]}" for slot in failed
    )
    return SetReport(
        title=staged.title,
        brief=plan.brief,
        arc=plan.arc,
        duration_s=round(staged.timeline.samples / SAMPLE_RATE_HZ, 6),
        asked_s=None if plan.minutes is None else plan.minutes * 60.0,
        loudness_lufs=round(mixed.loudness_lufs, 2),
        true_peak_dbtp=round(mixed.true_peak_dbtp, 2),
        energy_agreement=agreement(slots),
        renderer=renderer,
        slots=slots,
        joins=tuple(
            _join(join, choice, staged.timeline, heard)
            for join, choice, heard in zip(
                staged.timeline.joins, staged.choices, staged.heard, strict=True
            )
        ),
        warnings=(*lost, *trouble),
        files=(mixed.name,),
    )


def agreement(slots: Sequence[SlotReport]) -> float | None:
    """Spearman's rank correlation of the energy measured with that planned; None for fewer than
    three slots that have both, or where no rise or fall to speak of was planned."""
    both = [
        (slot.energy_planned, slot.energy_measured)
        for slot in slots
        if slot.energy_planned is not None and slot.energy_measured is not None
    ]
    if len(both) < 3:
        return None
    planned, measured = (np.array(column) for column in zip(*both, strict=True))
    if np.ptp(planned) < _STEADY or not np.ptp(measured):
        return None
    return round(float(np.corrcoef(_ranks(planned), _ranks(measured))[0, 1]), 3)


def _ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value, the mean of their ranks for equal ones."""
    return np.array([(values < one).sum() + ((values == one).sum() - 1) / 2 for one in values])


def _slot(cast: Cast, play: Play | None, file: str | None) -> SlotReport:
    deck, slot = cast.deck, cast.slot
    report = SlotReport(
        slot=cast.number,
        title=slot.title or (deck.title if deck else slot.caption or "Untitled"),
        decision=cast.decision,
        bpm_planned=slot.bpm,
        key_planned=slot.key,
        energy_planned=slot.energy,
        attempts=cast.attempts,
        warnings=cast.warnings,
    )
    if play is None or deck is None or cast.heard is None:
        return report
    played = play.knots[-1].source - play.knots[0].source
    key = deck.heard_key
    return report.model_copy(
        update={
            "track_id": cast.heard.track.id,
            "file": file,
            "start_s": round(play.start / SAMPLE_RATE_HZ, 3),
            "end_s": round(play.end / SAMPLE_RATE_HZ, 3),
            "heard_share": round(min(1.0, played / SAMPLE_RATE_HZ / deck.duration_s), 4),
            "bpm_measured": deck.grid and round(deck.grid.bpm, 3),
            "bpm_played": deck.tempo and round(deck.tempo, 3),
            "key_measured": deck.key and str(deck.key),
            "key_played": key and str(key),
            "key_camelot": key and key.camelot,
            "loudness_lufs": round(deck.loudness_lufs, 2),
            "gain_db": round(play.gain_db, 2),
            "energy_measured": round(deck.energy, 3),
        }
    )


def _join(join: Join, choice: Choice, timeline: Timeline, heard: JoinMeasures) -> JoinReport:
    out, into = (play.deck for play in timeline.plays[join.number : join.number + 2])
    step = tempo_step(out.tempo, into.tempo).share if out.tempo and into.tempo else None
    return JoinReport(
        from_slot=out.slot,
        to_slot=into.slot,
        type=join.type,
        bars=join.bars,
        start_s=round(join.start / SAMPLE_RATE_HZ, 3),
        swap_s=round(join.swap / SAMPLE_RATE_HZ, 3),
        end_s=round(join.end / SAMPLE_RATE_HZ, 3),
        why=choice.why,
        tried=choice.tried,
        key_relation=key_relation(out.heard_key, into.heard_key),
        tempo_step=None if step is None else round(step, 4),
        beat_error_ms=_rounded(heard.beat_error_ms),
        beat_error_max_ms=_rounded(heard.beat_error_max_ms),
        bass_overlap_beats=round(heard.bass_overlap_beats, 2),
        loudness_step_lu=round(heard.loudness_step_lu, 2),
        phrase_bars=(round(heard.phrase_bars[0], 3), round(heard.phrase_bars[1], 3)),
        vocal_overlap_s=round(heard.vocal_overlap_s, 2),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
