"""The set along one time axis: decks, transitions, keys, tempo, energy and loudness.

Everything is placed in shares of the mix, so that it fits any width without a script. All of it
is also said in words elsewhere on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from engine.errors import InvalidRequest
from engine.keys import Key, parse_key
from engine.sets.page.curves import Axis, energy, loudness, tempo
from engine.sets.page.markup import Markup, joined, tag
from engine.sets.page.places import Place, places
from engine.sets.page.verdicts import Verdict
from engine.sets.page.wording import TYPES, clock
from engine.sets.report import JoinReport, SetReport
from engine.sets.waveform import Waveform

_TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_TICKS = 9


def lanes(report: SetReport, waveform: Waveform, verdicts: Sequence[Verdict | None]) -> Markup:
    """All lanes, the waveform first, with the zones of the transitions through it and the decks."""
    axis, heard = Axis(report.duration_s), places(report)
    return joined(
        tag(
            "div",
            _zones(axis, report.joins, verdicts),
            tag("canvas", id="wave", class_="wave"),
            _lane("Decks", "", _decks(axis, heard), "decks"),
            tag("div", _names(axis, report), class_="names"),
            class_="overlaid",
        ),
        _lane("Key", "Camelot", _keys(axis, heard), "keys"),
        _lane("Tempo", "BPM", tempo(axis, heard, report.joins), "tempo"),
        _lane("Energy", "asked (line), measured (area)", energy(axis, heard), "energy"),
        _lane("Loudness", "LUFS, short-term", loudness(axis, report, waveform), "loudness"),
        tag("div", *_ticks(axis, report.duration_s), class_="ticks"),
    )


def hue(key: str | None) -> int | None:
    """The colour of a key, in degrees: neighbours on the Camelot wheel are neighbours here."""
    found = _key(key)
    return None if found is None else (int(found.camelot[:-1]) - 1) * 30


def key_name(key: str | None) -> str:
    """`8A · A minor`; as it was written if that is no key we know."""
    found = _key(key)
    return (key or "") if found is None else f"{found.camelot} · {found}"


def _key(text: str | None) -> Key | None:
    try:
        return parse_key(text) if text else None
    except InvalidRequest:
        return None


def _lane(name: str, unit: str, content: Markup, kind: str) -> Markup:
    label = tag("p", name, tag("span", unit) if unit else None, class_="lane-name")
    return tag("div", label, tag("div", content, class_="lane-body"), class_=f"lane {kind}")


def _zones(axis: Axis, joins: Sequence[JoinReport], verdicts: Sequence[Verdict | None]) -> Markup:
    zones = []
    for join, verdict in zip(joins, verdicts, strict=True):
        span = axis.span(join.start_s, join.end_s)
        zones.append(tag("i", class_=f"zone {verdict or 'unjudged'}", style=span))
        zones.append(tag("i", class_="swap", style=axis.at(join.swap_s)))
    return tag("div", *zones, class_="zones")


def _decks(axis: Axis, heard: Iterable[Place]) -> Markup:
    plays = []
    for turn, place in enumerate(heard):
        plays.append(
            tag(
                "div",
                tag("b", str(place.slot.slot)),
                tag("bdi", place.slot.title),
                class_=f"play {'ab'[turn % 2]}",
                style=axis.span(place.start_s, place.end_s),
            )
        )
    return joined(*plays)


def _names(axis: Axis, report: SetReport) -> Markup:
    """Each name has the room from the middle of the track before to that of the track after."""
    joins = report.joins
    middles = [(one.swap_s + two.swap_s) / 2 for one, two in pairwise(joins)]
    borders = [0.0, *middles, report.duration_s]
    names = []
    for join, left_s, right_s in zip(joins, borders, borders[1:], strict=False):
        reach_s = min(join.swap_s - left_s, right_s - join.swap_s)
        span = axis.span(join.swap_s - reach_s, join.swap_s + reach_s)
        names.append(tag("div", tag("span", TYPES[join.type]), class_="name", style=span))
    return joined(*names)


def _keys(axis: Axis, heard: Iterable[Place]) -> Markup:
    cells = []
    for place in heard:
        key = place.slot.key_played or place.slot.key_measured
        found, degrees = _key(key), hue(key)
        code = place.slot.key_camelot or (found.camelot if found else "?")
        colour = "" if degrees is None else f";--hue:{degrees}"
        kind = "none" if found is None else found.mode
        cells.append(
            tag(
                "div",
                tag("b", code),
                tag("span", key or "no key"),
                class_=f"cell {kind}",
                style=axis.span(place.from_s, place.to_s) + colour,
            )
        )
    return joined(*cells)


def _ticks(axis: Axis, duration_s: float) -> list[Markup]:
    step_s = next((step for step in _TICKS_S if duration_s / step <= _MOST_TICKS), _TICKS_S[-1])
    moments = range(0, int(duration_s) + 1, step_s)
    return [tag("span", clock(second), style=axis.at(second)) for second in moments]
