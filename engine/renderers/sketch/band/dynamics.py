"""Brightness over the form: where a line stands, and how it opens and closes with the energy."""

from __future__ import annotations

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.score import Ride

_SWEPT_KINDS = ("build", "breakdown")
_SETTLING_BEATS = 1.0
_NOTICEABLE = 0.04


def steady(chart: Chart, base: float) -> float:
    """A line's starting brightness: its own, coloured by the mood."""
    return _kept(base + 0.22 * chart.mood.bright)


def cutoff_rides(chart: Chart, base: float, depth: float) -> tuple[Ride, ...]:
    """The filter's way through the form: each section at the brightness of its energy.

    Builds and breakdowns of styles with effects open slowly all the way to the next section;
    elsewhere the change takes a beat. `depth` is how far energy moves the brightness.
    """
    beats = chart.grid.meter.beats
    sections = chart.form.sections
    rides: list[Ride] = []
    now = steady(chart, base)
    for place, section in enumerate(sections):
        start, end = float(section.start * beats), float(section.end * beats)
        target = _kept(steady(chart, base) + depth * (section.energy - 0.6))
        if section.kind in _SWEPT_KINDS and chart.style.effects and place + 1 < len(sections):
            following = _kept(steady(chart, base) + depth * (sections[place + 1].energy - 0.6))
            dark = _kept(min(now, target) - depth * 0.5)
            rides.append(Ride("cutoff", start, end, dark, following))
            now = following
        elif abs(target - now) >= _NOTICEABLE:
            rides.append(Ride("cutoff", start, start + _SETTLING_BEATS, now, target))
            now = target
    return tuple(rides)


def _kept(value: float) -> float:
    return round(min(1.0, max(0.05, value)), 3)
