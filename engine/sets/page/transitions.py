"""The report card of each transition: what it is, why, how good, and what else was weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.sets.page.lanes import key_name
from engine.sets.page.markup import Markup, joined, tag
from engine.sets.page.verdicts import Measure, Verdict, measures, poorest
from engine.sets.page.wording import ARROW, TYPES, UNKNOWN, clock, length
from engine.sets.report import JoinReport, SetReport, SlotReport


def measured(report: SetReport) -> tuple[tuple[Measure, ...], ...]:
    """What was measured in each transition."""
    slots = {slot.slot: slot for slot in report.slots}
    return tuple(measures(join, _keys(join, slots)) for join in report.joins)


def transitions(report: SetReport, cards: Sequence[tuple[Measure, ...]]) -> Markup:
    """All transitions in order; a set of one track has none."""
    if not report.joins:
        return tag("p", "One track, so there is nothing to lead from and to.", class_="quiet")
    slots = {slot.slot: slot for slot in report.slots}
    items = [
        _transition(number, join, card, slots)
        for number, (join, card) in enumerate(zip(report.joins, cards, strict=True))
    ]
    return tag("ol", *items, class_="transitions", role="list")


def mark(verdict: Verdict | None) -> Markup:
    """A verdict as a word with a shape of its own, never as a colour alone."""
    return tag("span", verdict or "not judged", class_=f"mark {verdict or 'unjudged'}")


def _transition(
    number: int,
    join: JoinReport,
    card: tuple[Measure, ...],
    slots: Mapping[int, SlotReport],
) -> Markup:
    titles = [_title(slots, slot) for slot in (join.from_slot, join.to_slot)]
    said = f"{TYPES[join.type]}, from track {join.from_slot} to track {join.to_slot}"
    heading = tag(
        "h3",
        tag("span", f"{join.from_slot}{ARROW}{join.to_slot}", class_="pair"),
        tag("bdi", titles[0]),
        tag("span", ARROW, class_="arrow"),
        tag("bdi", titles[1]),
    )
    times = (
        f"{TYPES[join.type]}{length(join.bars)}, {clock(join.start_s)} to {clock(join.end_s)}, "
        f"the bass changes over at {clock(join.swap_s)}"
    )
    listen = tag(
        "button", "Listen", tag("span", f" to {said}", class_="unseen"),
        type="button", class_="listen", data_join=number,
    )  # fmt: skip
    return tag(
        "li",
        tag("div", heading, tag("p", times, class_="times"), listen, class_="what"),
        tag("div", tag("p", join.why), _tried(join), _measures(card), class_="how"),
        id=f"transition-{number + 1}",
        class_="transition",
    )


def _measures(card: Sequence[Measure]) -> Markup:
    overall = tag("div", tag("dt", "Altogether"), tag("dd", mark(poorest(card))), class_="overall")
    lines = [
        tag(
            "div",
            tag("dt", measure.name),
            tag(
                "dd", tag("span", measure.value), mark(measure.verdict) if measure.verdict else None
            ),
        )
        for measure in card
    ]
    return tag("dl", overall, *lines, class_="measures")


def _tried(join: JoinReport) -> Markup | None:
    if not join.tried:
        return None
    parts = [joined(tag("span", one), "; " if more else ".") for one, more in _followed(join.tried)]
    return tag("p", "Also weighed: ", *parts, class_="quiet")


def _followed(words: Sequence[str]) -> list[tuple[str, bool]]:
    return [(word.rstrip("."), place < len(words) - 1) for place, word in enumerate(words)]


def _keys(join: JoinReport, slots: Mapping[int, SlotReport]) -> str:
    return ARROW.join(_code(slots.get(number)) for number in (join.from_slot, join.to_slot))


def _code(slot: SlotReport | None) -> str:
    if slot is None:
        return UNKNOWN
    key = slot.key_played or slot.key_measured
    return slot.key_camelot or key_name(key).partition(" ")[0] or UNKNOWN


def _title(slots: Mapping[int, SlotReport], number: int) -> str:
    return slots[number].title if number in slots else f"track {number}"
