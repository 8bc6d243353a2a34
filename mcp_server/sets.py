"""Plans and finished sets as tool results: the typed view and the text."""

from __future__ import annotations

from typing import Any

from engine import PlannedSet, SetMade, clean, one_line, parse_key
from engine.sets.plan import Slot
from engine.sets.report import JoinReport, SlotReport
from mcp_server import views
from mcp_server.tool import Reply

_TITLE, _TEXT = 80, 300


def plan_reply(planned: PlannedSet) -> Reply:
    """A plan that was made, changed or checked."""
    plan = planned.plan
    result = views.PlanResult(
        message=(
            f"Planned: {len(plan.slots)} slots, about {_clock(planned.duration_s)}. Next: call "
            f'render_set with plan "{planned.id}", or change it with plan_set.'
        ),
        plan_id=planned.id,
        title=plan.title or None,
        minutes=round(planned.duration_s / 60.0, 2),
        arc=plan.arc,
        slots=tuple(_slot(number, slot) for number, slot in enumerate(plan.slots, 1)),
        notes=tuple(one_line(note, _TEXT) for note in planned.notes),
    )
    lines = [result.message, *(_slot_line(slot) for slot in result.slots)]
    lines += [f"Note: {note}" for note in result.notes]
    return Reply(result, "\n".join(lines))


def set_view(made: SetMade) -> views.FinishedSet:
    """A set that was mixed."""
    report = made.report
    return views.FinishedSet(
        folder=clean(made.folder),
        mix=clean(made.mix),
        files=report.files,
        duration_s=round(report.duration_s, 3),
        loudness_lufs=report.loudness_lufs,
        true_peak_dbtp=report.true_peak_dbtp,
        energy_agreement=report.energy_agreement,
        slots=tuple(_played(slot) for slot in report.slots),
        transitions=tuple(_join(join) for join in report.joins),
        notes=tuple(one_line(text, _TEXT) for text in report.warnings) or None,
    )


def set_lines(made: views.FinishedSet) -> list[str]:
    """The same, a line each."""
    lines = [
        f"Mix: {made.mix} ({_clock(made.duration_s)}, {made.loudness_lufs:.1f} LUFS, "
        f"{made.true_peak_dbtp:.1f} dBTP).",
        f"Report: {made.folder}/report.html; also there: {', '.join(made.files[1:])}.",
    ]
    for slot in made.slots:
        start = "left out" if slot.start_s is None else _clock(slot.start_s)
        facts = [f'{slot.slot}. "{slot.title}"', start, slot.decision]
        facts += [f"{slot.bpm:g} BPM"] if slot.bpm else []
        facts += [slot.key] if slot.key else []
        lines.append(" · ".join(facts))
    for join in made.transitions:
        facts = [f"{join.from_slot} to {join.to_slot}", join.type, f"keys {join.key_relation}"]
        if join.beat_error_ms is not None:
            facts.append(f"beats {join.beat_error_ms:.1f} ms apart")
        lines.append(" · ".join(facts))
    return lines + [f"Note: {note}" for note in made.notes or ()]


def _slot(number: int, slot: Slot) -> views.PlannedSlot:
    shown: dict[str, Any] = slot.model_dump(exclude_defaults=True, mode="json")
    known = {name: value for name, value in shown.items() if name in views.PlannedSlot.model_fields}
    for name in ("title", "caption"):
        if name in known:
            known[name] = one_line(known[name], 512)
    key = parse_key(slot.key).camelot if slot.key else None
    return views.PlannedSlot(slot=number, **known, key_camelot=key, duration_s=slot.duration_s)


def _slot_line(slot: views.PlannedSlot) -> str:
    source = slot.track or slot.cover or slot.repaint or slot.extend
    what = slot.title or slot.caption or f"track {source}"
    facts = [f'{slot.slot}. "{one_line(what, _TITLE)}"']
    facts += [f"{slot.bpm:g} BPM"] if slot.bpm else []
    facts += [f"{slot.key} ({slot.key_camelot})"] if slot.key else []
    facts += [_clock(slot.duration_s)] if slot.duration_s else []
    facts += [f"energy {slot.energy:.2f}"] if slot.energy is not None else []
    if slot.transition and slot.transition.type:
        bars = f" {slot.transition.bars} bars" if slot.transition.bars else ""
        facts.append(f"then {slot.transition.type}{bars}")
    return " · ".join(facts)


def _played(slot: SlotReport) -> views.PlayedSlot:
    return views.PlayedSlot(
        slot=slot.slot,
        title=one_line(slot.title, _TITLE),
        decision=slot.decision,
        track_id=slot.track_id,
        file=slot.file,
        start_s=slot.start_s,
        bpm=slot.bpm_played,
        key=slot.key_played,
        energy=slot.energy_measured,
        loudness_lufs=slot.loudness_lufs,
        attempts=len(slot.attempts) or None,
        warnings=tuple(one_line(text, _TEXT) for text in slot.warnings) or None,
    )


def _join(join: JoinReport) -> views.PlayedTransition:
    return views.PlayedTransition(
        from_slot=join.from_slot,
        to_slot=join.to_slot,
        type=join.type,
        bars=join.bars,
        start_s=join.start_s,
        beat_error_ms=join.beat_error_ms,
        key_relation=join.key_relation,
        bass_overlap_beats=join.bass_overlap_beats,
        loudness_step_lu=join.loudness_step_lu,
        why=one_line(join.why, _TEXT),
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
