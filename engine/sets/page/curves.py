"""Lines over the time of the mix: tempo, energy and loudness.

Drawings are a thousand units wide and a hundred tall, and are stretched to what room there is.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.sets.page.markup import Markup, joined, tag
from engine.sets.page.places import Place
from engine.sets.page.wording import number, short
from engine.sets.report import JoinReport, SetReport
from engine.sets.waveform import Waveform

_TALL = 100.0
_LOUDEST_LUFS, _QUIETEST_LUFS = -6.0, -30.0
_LOUDNESS_POINTS = 500
_TEMPO_MARGIN = 0.04
"""How far beyond the tempos of a set its lane reaches, so that a steady one is drawn steady."""


class Axis:
    """From seconds in the mix to places on the page."""

    def __init__(self, duration_s: float) -> None:
        self._per_second = 1.0 / max(duration_s, 1e-6)

    def at(self, seconds: float) -> str:
        return f"left:{100.0 * self._share(seconds):.3f}%"

    def span(self, start_s: float, end_s: float) -> str:
        width = max(0.0, self._share(end_s) - self._share(start_s))
        return f"{self.at(start_s)};width:{100.0 * width:.3f}%"

    def x(self, seconds: float) -> str:
        """On the thousand units that a drawing is wide."""
        return f"{1000.0 * self._share(seconds):.1f}"

    def _share(self, seconds: float) -> float:
        return min(1.0, max(0.0, seconds * self._per_second))


def tempo(axis: Axis, heard: Sequence[Place], joins: Sequence[JoinReport]) -> Markup:
    """A line that glides through each transition, broken where nobody has a tempo."""
    tempos = [place.slot.bpm_played or place.slot.bpm_measured for place in heard]
    known = [tempo for tempo in tempos if tempo]
    if not known:
        return tag("p", "No track has a tempo that holds.", class_="empty")
    low, high = min(known) * (1 - _TEMPO_MARGIN), max(known) * (1 + _TEMPO_MARGIN)
    steady_from = {join.to_slot: join.end_s for join in joins}
    steady_to = {join.from_slot: join.start_s for join in joins}
    path, labels, pen = "", [], "M"
    for place, bpm in zip(heard, tempos, strict=True):
        if not bpm:
            pen = "M"
            continue
        y = f"{_TALL * (high - bpm) / (high - low):.1f}"
        first_s = steady_from.get(place.slot.slot, place.from_s)
        last_s = max(first_s, steady_to.get(place.slot.slot, place.to_s))
        path += f"{pen}{axis.x(first_s)} {y}H{axis.x(last_s)}"
        pen = "L"
        span = f"{axis.span(place.from_s, place.to_s)};top:{y}%"
        labels.append(tag("div", tag("span", short(bpm, 1)), class_="value", style=span))
    return joined(_drawing(_path(path, "line")), *labels)


def energy(axis: Axis, heard: Sequence[Place]) -> Markup:
    """What was measured as an area, what was asked for as a line above or in it."""
    area, line, labels = "", "", []
    for place in heard:
        left, right = axis.x(place.from_s), axis.x(place.to_s)
        measured, asked = place.slot.energy_measured, place.slot.energy_planned
        if measured is not None:
            area += f"M{left} {_TALL:.0f}V{_height(measured)}H{right}V{_TALL:.0f}Z"
        if asked is not None:
            line += f"M{left} {_height(asked)}H{right}"
        said = f"{number(asked, 2)} / {number(measured, 2)}"
        label = tag(
            "div", tag("span", said), class_="value", style=axis.span(place.from_s, place.to_s)
        )
        labels.append(label)
    return joined(_drawing(_path(area, "area"), _path(line, "asked")), *labels)


def loudness(axis: Axis, report: SetReport, waveform: Waveform) -> Markup:
    """The short-term loudness, with the integrated loudness of the mix as a line."""
    values = waveform.loudness_lufs
    every = -(-len(values) // _LOUDNESS_POINTS) or 1
    points = []
    for first in range(0, len(values), every):
        some = values[first : first + every]
        at_s = (first + len(some) / 2) * waveform.loudness_step_s
        points.append(f"{axis.x(at_s)} {_loud(sum(some) / len(some))}")
    path = "M" + "L".join(points) if points else ""
    level = _loud(report.loudness_lufs)
    mean = tag("span", number(report.loudness_lufs, 1), class_="mean", style=f"top:{level}%")
    return joined(_drawing(_path(f"M0 {level}H1000", "level"), _path(path, "line")), mean)


def _height(share: float) -> str:
    return f"{_TALL * (1.0 - min(1.0, max(0.0, share))):.1f}"


def _loud(lufs: float) -> str:
    return _height((lufs - _QUIETEST_LUFS) / (_LOUDEST_LUFS - _QUIETEST_LUFS))


def _drawing(*paths: Markup) -> Markup:
    return tag("svg", *paths, viewBox="0 0 1000 100", preserveAspectRatio="none")


def _path(commands: str, kind: str) -> Markup:
    return tag("path", d=commands, class_=kind)
