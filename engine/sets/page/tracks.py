"""The table of tracks: what was planned, what was measured, what is played, and what was done."""

from __future__ import annotations

from engine.sets.page.lanes import hue, key_name
from engine.sets.page.markup import Child, Markup, joined, tag
from engine.sets.page.wording import (
    ARROW,
    DECISIONS,
    UNKNOWN,
    clock,
    count,
    number,
    share,
    short,
)
from engine.sets.report import Attempt, SetReport, SlotReport

_COLUMNS = (
    ("Track", ""),
    ("Heard", "and how much of it"),
    ("Tempo", "BPM planned → measured → played"),
    ("Key", "planned → measured → played"),
    ("Loudness", "measured, gain in the mix"),
    ("Energy", "asked → measured"),
)


def tracks(report: SetReport) -> Markup:
    """One body per track: its numbers in a row, then what was done about it."""
    heads = [
        tag("th", name, tag("span", more) if more else None, scope="col", role="columnheader")
        for name, more in _COLUMNS
    ]
    return tag(
        "table",
        tag("caption", "Every track of the set, in order", class_="unseen"),
        tag("thead", tag("tr", *heads, role="row"), role="rowgroup"),
        *[_track(slot) for slot in report.slots],
        class_="tracks",
        role="table",
    )


def _track(slot: SlotReport) -> Markup:
    name = tag(
        "th",
        tag("span", str(slot.slot), class_="number"),
        tag("bdi", slot.title),
        tag("span", DECISIONS[slot.decision], class_="decision"),
        scope="rowgroup",
        role="rowheader",
    )
    row = tag("tr", name, *_numbers(slot), role="row")
    failed = " failed" if slot.decision == "failed" else ""
    return tag("tbody", row, _story(slot), role="rowgroup", class_=f"track{failed}")


def _numbers(slot: SlotReport) -> tuple[Markup, ...]:
    heard_s = None
    if slot.start_s is not None and slot.end_s is not None:
        heard_s = slot.end_s - slot.start_s
    heard = f"{clock(slot.start_s)}, for {clock(heard_s)}" if heard_s is not None else "not heard"
    gain = None if slot.gain_db is None else number(slot.gain_db, 1, "dB", signed=True)
    tempos = (slot.bpm_planned, slot.bpm_measured, slot.bpm_played)
    return (
        _cell(0, heard, share(slot.heard_share) if slot.heard_share is not None else None),
        _cell(1, _steps(*[short(bpm) for bpm in tempos])),
        _keys(slot),
        _cell(3, number(slot.loudness_lufs, 1, "LUFS"), gain),
        _cell(4, _steps(number(slot.energy_planned, 2), number(slot.energy_measured, 2))),
    )


def _keys(slot: SlotReport) -> Markup:
    played = slot.key_played or slot.key_measured
    degrees = hue(played)
    named = (slot.key_planned, slot.key_measured, slot.key_played)
    code = slot.key_camelot or (key_name(played).partition(" ")[0] if played else None)
    badge = None
    if code:
        style = None if degrees is None else f"--hue:{degrees}"
        kind = "none" if degrees is None else "minor" if code.endswith("A") else "major"
        badge = tag("b", code, class_=f"cell {kind}", style=style)
    return _cell(2, _steps(*[key or UNKNOWN for key in named]), badge)


def _steps(*values: str) -> Markup:
    """Planned, measured, played; a line may break only after an arrow."""
    if set(values) == {UNKNOWN}:
        return tag("span", UNKNOWN)
    *early, last = values
    steps = [tag("span", f"{value}{ARROW.rstrip()}", class_="step") for value in early]
    return joined(*[joined(step, " ") for step in steps], tag("span", last, class_="step"))


def _cell(column: int, first: Child, second: Child = None) -> Markup:
    name = _COLUMNS[column + 1][0]
    return tag(
        "td",
        tag("span", first),
        joined(" ", tag("span", second, class_="second")) if second else None,
        role="cell",
        data_name=name,
    )


def _story(slot: SlotReport) -> Markup | None:
    """Files, attempts and warnings; nothing if there is nothing to say."""
    known = [word for word in (slot.file, slot.track_id and f"track {slot.track_id}") if word]
    parts: list[Child] = []
    if slot.attempts:
        parts.append(tag("p", f"{count(len(slot.attempts), 'attempt')}:"))
        parts.append(tag("ol", *[_attempt(attempt) for attempt in slot.attempts]))
    if slot.warnings:
        warnings = [tag("li", warning) for warning in slot.warnings]
        parts.append(tag("ul", *warnings, class_="warnings", aria_label="Warnings"))
    if known:
        parts.append(tag("p", *[tag("span", word, class_="file") for word in known]))
    if not parts:
        return None
    columns = len(_COLUMNS)
    cell = tag("td", *parts, colspan=columns, role="cell", aria_colspan=columns)
    return tag("tr", cell, class_="story", role="row")


def _attempt(attempt: Attempt) -> Markup:
    found = [
        None if attempt.seed is None else f"seed {attempt.seed}",
        None if attempt.bpm is None else f"{short(attempt.bpm)} BPM",
        attempt.key,
        None if attempt.loudness_lufs is None else number(attempt.loudness_lufs, 1, "LUFS"),
        None if attempt.track_id is None else f"track {attempt.track_id}",
    ]
    facts = ", ".join(fact for fact in found if fact)
    return tag(
        "li",
        tag("span", attempt.verdict),
        joined(" ", tag("span", facts, class_="quiet")) if facts else None,
    )
