"""What a set is, at a glance: its title, what was asked, how long and loud, and who made it."""

from __future__ import annotations

from engine.sets.page.markup import Child, Markup, tag
from engine.sets.page.wording import ARCS, UNKNOWN, clock, count, number, share
from engine.sets.report import SetReport

_FOLLOWS, _LOOSELY = 0.8, 0.4
"""Rank correlations from which energy follows the plan, or does so loosely."""
_CEILING_DBTP = -1.0
_RENDERERS = {
    "none": ("Nobody", "All tracks were given; nothing was made."),
    "sketch": (
        "Sketch",
        "The built-in composer and synthesisers made the new tracks. They are sketches to try "
        "a set with, not produced records.",
    ),
    "acestep": ("ACE-Step", "A neural network made the new tracks."),
}


def header(report: SetReport, summary: str) -> Markup:
    """The top of the page."""
    heard = sum(slot.start_s is not None for slot in report.slots)
    failed = sum(slot.decision == "failed" for slot in report.slots)
    kicker = f"A set of {count(heard, 'track')} in {clock(report.duration_s)}"
    if failed:
        kicker += f"; {failed} more failed"
    return tag(
        "header",
        tag("p", kicker, class_="kicker"),
        tag("h1", tag("bdi", report.title or "Untitled set")),
        tag("p", tag("bdi", report.brief), class_="brief") if report.brief else None,
        tag("dl", *_facts(report, summary), class_="facts"),
    )


def notes(report: SetReport, goals: str) -> tuple[Markup, ...]:
    """What to know about the whole set: warnings, how it was judged, and its files."""
    told = [tag("li", warning) for warning in report.warnings]
    files = [tag("li", tag("span", name, class_="file")) for name in report.files]
    parts = (
        ("Warnings", tag("ul", *told, class_="warnings") if told else None),
        ("How it is judged", tag("p", goals)),
        ("In the folder", tag("ul", *files, class_="files") if files else None),
    )
    return tuple(
        tag("section", tag("h3", name), content, class_="note")
        for name, content in parts
        if content
    )


def _facts(report: SetReport, summary: str) -> list[Markup]:
    renderer, honestly = _RENDERERS.get(
        report.renderer, (report.renderer, "This renderer made the new tracks.")
    )
    facts: list[tuple[str, str, Child]] = [
        ("Length", clock(report.duration_s), _length(report)),
        ("Loudness", number(report.loudness_lufs, 1, "LUFS"), "integrated, over the whole mix"),
        ("True peak", number(report.true_peak_dbtp, 1, "dBTP"), _peak(report.true_peak_dbtp)),
        ("Energy", number(report.energy_agreement, 2), _energy(report)),
        ("Transitions", str(len(report.joins)), summary),
        ("Made by", renderer, honestly),
    ]
    return [
        tag("div", tag("dt", name), tag("dd", tag("strong", value), tag("span", more)))
        for name, value, more in facts
    ]


def _length(report: SetReport) -> str:
    if report.asked_s is None:
        return "no length was asked for"
    away = (
        share(report.duration_s / report.asked_s - 1.0, signed=True) if report.asked_s else UNKNOWN
    )
    return f"{clock(report.asked_s)} asked for ({away})"


def _peak(true_peak_dbtp: float) -> str:
    if true_peak_dbtp <= _CEILING_DBTP + 0.05:
        return "room enough for any player"
    return "above −1 dBTP: some players may clip"


def _energy(report: SetReport) -> str:
    agreement = report.energy_agreement
    arc = f"The plan {ARCS[report.arc]}. " if report.arc else ""
    if agreement is None:
        return f"{arc}Too few tracks, or planned too much alike, to compare."
    follows = (
        "The music follows it" if agreement >= _FOLLOWS
        else "The music follows it loosely" if agreement >= _LOOSELY
        else "The music does not follow it"
    )  # fmt: skip
    return f"{arc or 'Against the plan: '}{follows} (rank correlation)."
