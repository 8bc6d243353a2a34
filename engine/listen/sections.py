"""Sections of a piece on its bar lines: where they are, how full, and what they are for.

A section is a run of bars that sound alike. Labels say what is heard and no more: whether drums
play, how full it is compared with its neighbours, and where in the piece it stands. What remains
is `section A`, `section B`, …, the same letter for what sounds alike; verse and chorus can't be
told apart without hearing words. Without a grid, stretches of two seconds stand in for bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.listen.chroma import Audio, Pitches, hear_pitches, mean_between
from engine.listen.grid import Grid
from engine.listen.readings import Cue, HeardSection
from engine.listen.texture import FRAME_S, Texture, hear_texture

Curve = NDArray[np.float64]
Bars = NDArray[np.float64]

STRETCH_S = 2.0
"""What a bar is taken to be where there is no grid."""

_SHORTEST_BAR = 0.5
_DYNAMICS_DB = 24.0
"""Bands further than this below the piece's loudest are silent."""
_ENERGY_DB = 24.0
"""A bar this far below the fullest has no energy left."""
_SILENT, _UNUSED = 1e-7, 1e-5
"""Power below which there is silence (-70 dBFS), and the share of the strongest band's power below
which a band is not in use."""
_LOW_HZ, _HIGH_HZ = 160.0, 4000.0
_RHYTHM, _HARMONY = 0.5, 0.1
"""The say of drums and of harmony in what sounds alike, beside the spectrum's."""

_CHANGE = 0.7
"""What a new section costs: it must explain as much of the piece's variety as this many bars hold
on average."""
_HALF_PHRASE, _ODD = 4, 6.0
"""Sections are so many bars long, or twice that, …; any other length costs extra. Only the last one
may be anything longer."""
_LONGEST = 64
_ALIKE = 0.6
"""Sections closer than this share of the piece's spread have one letter."""

_FULL, _NEARLY_FULL, _CALM = 0.85, 0.8, 0.65
"""Shares of the fullest section's energy."""
_JUMP, _RISE = 0.1, 0.06
_KICK = 0.45
"""Sections with less than this share of the full ones' low onsets have no kick drum."""
_MOST_INTRO = 0.3
"""An intro or outro is at most this share of the piece."""


@dataclass(frozen=True, slots=True, eq=False)
class _Outline:
    """A piece bar by bar. `lines_s` [bars + 1] divides the bars; the others are [bars, …]."""

    lines_s: Curve
    features: Bars
    energy: Curve
    kick: Curve
    has_grid: bool


def find_sections(audio: Audio, grid: Grid) -> tuple[HeardSection, ...]:
    """The sections of a piece, in order and without gaps from its start to its end.

    float32 [2, n] at 48 000 Hz. Sections begin on downbeats of the grid; what lies before the
    first downbeat belongs to the first section. Empty for audio without samples.
    """
    return divide(hear_texture(audio), hear_pitches(audio), grid)


def divide(texture: Texture, pitches: Pitches, grid: Grid) -> tuple[HeardSection, ...]:
    """`find_sections` for what was heard before."""
    if texture.duration_s <= 0.0:
        return ()
    outline = _outline(texture, pitches, grid)
    borders = _borders(outline.features)
    labels = _labels(outline, borders)
    lines = outline.lines_s.copy()
    lines[0], lines[-1] = 0.0, texture.duration_s
    sections = [
        HeardSection(
            label=label,
            start_s=round(float(lines[first]), 3),
            end_s=round(float(lines[last]), 3),
            bars=last - first if outline.has_grid else 0,
            energy=round(float(outline.energy[first:last].mean()), 2),
        )
        for label, (first, last) in zip(labels, pairwise(borders), strict=True)
    ]
    return _joined(sections)


def find_cues(sections: tuple[HeardSection, ...], grid: Grid) -> tuple[Cue, ...]:
    """Where the intro ends, each drop and where the outro starts, in order.

    All on downbeats of the grid; none without one.
    """
    if not len(grid.downbeats_s):
        return ()
    cues = []
    for place, section in enumerate(sections):
        after_intro = place > 0 and sections[place - 1].label == "intro"
        if after_intro:
            cues.append(Cue(kind="intro end", time_s=section.start_s))
        if section.label == "drop":
            cues.append(Cue(kind="drop", time_s=section.start_s))
        if section.label == "outro" and place > 0:
            cues.append(Cue(kind="outro start", time_s=section.start_s))
    return tuple(cues)


def _outline(texture: Texture, pitches: Pitches, grid: Grid) -> _Outline:
    has_grid = len(grid.downbeats_s) > 0
    lines = _lines(texture.duration_s, grid)
    power = _mean_rows(texture.power, lines)
    loudest = float(power.sum(axis=1).max())
    levels = _decibels(power, loudest)
    rhythm = np.stack(
        [_mean_rows(_onsets(texture, *band)[:, None], lines)[:, 0]
         for band in ((0.0, _LOW_HZ), (_HIGH_HZ, 20_000.0))], axis=1
    )  # fmt: skip
    rhythm /= np.quantile(rhythm, 0.9, axis=0) + 1e-9
    chroma = mean_between(pitches.chroma, lines)
    chroma /= np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-9
    views = ((levels, 1.0, 1.5), (rhythm, _RHYTHM, 0.2), (chroma, _HARMONY, 0.05))
    return _Outline(
        lines_s=lines,
        features=np.hstack([_standardised(view, least) * say**0.5 for view, say, least in views]),
        energy=_energy(power, texture.edges_hz[1:]),
        kick=rhythm[:, 0],
        has_grid=has_grid,
    )


def _lines(duration_s: float, grid: Grid) -> Curve:
    """The bar lines, from before the first downbeat, where a bar's room is, to the piece's end;
    a short rest joins the last bar."""
    lines = grid.downbeats_s[grid.downbeats_s < duration_s]
    if not len(lines):
        lines = np.arange(0.0, duration_s, STRETCH_S)
    usual = float(np.median(np.diff(lines))) if len(lines) > 1 else STRETCH_S
    if len(lines) > 1 and duration_s - lines[-1] < _SHORTEST_BAR * usual:
        lines = lines[:-1]
    missing = np.arange(lines[0] - usual, -_SHORTEST_BAR * usual, -usual)[::-1]
    lines = np.append(np.maximum(missing, 0.0), lines)
    return np.append(lines, duration_s)


def _mean_rows(rows: Bars, lines_s: Curve) -> Bars:
    """The mean of the texture's frames between each two lines, at least one frame each."""
    places = np.round(lines_s / FRAME_S).astype(int)
    starts = np.minimum(places[:-1], len(rows) - 1)
    ends = np.maximum(np.minimum(places[1:], len(rows)), starts + 1)
    total = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    return (total[ends] - total[starts]) / (ends - starts)[:, None]


def _decibels(power: Bars, loudest: float) -> Bars:
    floor = max(loudest, 1e-12) * 10.0 ** (-_DYNAMICS_DB / 10.0)
    return 10.0 * np.log10(np.maximum(power, floor))


def _onsets(texture: Texture, low_hz: float, high_hz: float) -> Curve:
    """How much the amplitude of a range rises from frame to frame."""
    amplitude = np.sqrt(texture.between(low_hz, high_hz))
    return np.maximum(np.diff(amplitude, prepend=amplitude[:1]), 0.0)


def _energy(power: Bars, tops_hz: Curve) -> Curve:
    """0 to 1: how full each bar is, in decibels below the fullest bar.

    Lows, middles and highs count alike, and so do the bands in each: neither a loud bass nor a
    burst of noise alone makes a bar full. `tops_hz` [bands] is where each band ends.
    """
    if float(power.sum(axis=1).max()) < _SILENT:
        return np.zeros(len(power))
    peaks = np.quantile(power, 0.95, axis=0)
    used = peaks > _UNUSED * float(peaks.max())
    floor = 10.0 ** (-_ENERGY_DB / 10.0)
    levels = 10.0 * np.log10(np.maximum(power / np.maximum(peaks, _SILENT**2), floor))
    ranges = np.searchsorted((_LOW_HZ, _HIGH_HZ), tops_hz, side="left")
    parts = [levels[:, used & (ranges == part)] for part in range(3)]
    full = np.mean([part.mean(axis=1) for part in parts if part.shape[1]], axis=0)
    return np.clip(1.0 + (full - np.quantile(full, 0.95)) / _ENERGY_DB, 0.0, 1.0)


def _standardised(view: Bars, least: float) -> Bars:
    """The view around its mean, such that the squares of a bar are one on average; less in a
    piece whose columns vary by less than `least`, so that chance isn't taken for change."""
    varying = view - view.mean(axis=0)
    spread = float(np.sqrt((varying**2).sum(axis=1).mean()))
    return varying / max(spread, least * view.shape[1] ** 0.5)


def _borders(features: Bars) -> list[int]:
    """Where sections begin and end, by the cheapest of all divisions (dynamic programming).

    A division costs the squares within its sections plus a price for each section, which is
    higher for lengths that aren't whole phrases.
    """
    count = len(features)
    sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0)])
    squares = np.append(0.0, np.cumsum((features**2).sum(axis=1)))
    cheapest, before = np.zeros(count + 1), np.zeros(count + 1, dtype=int)
    for end in range(1, count + 1):
        starts = np.arange(max(0, end - _LONGEST), end)
        lengths = end - starts
        within = squares[end] - squares[starts]
        within -= ((sums[end] - sums[starts]) ** 2).sum(axis=1) / lengths
        odd = lengths % _HALF_PHRASE > 0 if end < count else lengths < _HALF_PHRASE
        costs = cheapest[starts] + within + _CHANGE + _ODD * odd
        best = int(costs.argmin())
        cheapest[end], before[end] = costs[best], starts[best]
    borders = [count]
    while borders[-1] > 0:
        borders.append(int(before[borders[-1]]))
    return borders[::-1]


def _labels(outline: _Outline, borders: list[int]) -> list[str]:
    spans = list(pairwise(borders))
    energy = np.array([outline.energy[first:last].mean() for first, last in spans])
    full = float(energy.max())
    kick = np.array([outline.kick[first:last].mean() for first, last in spans])
    drums = kick >= _KICK * float(np.median(kick[energy >= _FULL * full]))
    energy = energy / (full + 1e-9)
    labels: list[str] = []
    for first, last in spans:
        labels.append(_role(_Scene(energy, drums, _rises(outline.energy[first:last]), labels)))
    labels = _with_ends(labels, energy, spans)
    unnamed = [span for span, label in zip(spans, labels, strict=True) if not label]
    letters = iter(_letters(outline.features, unnamed))
    return [label or f"section {next(letters)}" for label in labels]


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """A section among the others: `energy` (shares of the fullest) and `drums` are everybody's,
    `labels` those of the sections before."""

    energy: Curve
    drums: NDArray[np.bool_]
    rises: bool
    labels: list[str]


def _role(scene: _Scene) -> str:
    """What a section is for, judged by its neighbours; empty where nothing tells."""
    place, energy = len(scene.labels), scene.energy
    own = energy[place]
    before = energy[max(0, place - 1)]
    after = energy[min(place + 1, len(energy) - 1)]
    if place == 0:
        return "intro" if scene.rises and after >= own + _JUMP else ""
    tension = scene.labels[-1] in ("breakdown", "build")
    eager = scene.rises and after >= max(_FULL, own + _JUMP)
    if eager or (tension and after >= own + _RISE):
        return "build"
    calm = own < _CALM or not scene.drums[place]
    if calm and (before >= own + _JUMP or (tension and own < before + _RISE)):
        return "breakdown"
    released = own >= max(_FULL, before, _calmest(scene) + _JUMP)
    return "drop" if tension and released and scene.drums[place] else ""


def _calmest(scene: _Scene) -> float:
    """The lowest energy since the breakdown or build that leads here began."""
    place = len(scene.labels)
    while place > 1 and scene.labels[place - 1] in ("breakdown", "build"):
        place -= 1
    return float(scene.energy[place : len(scene.labels)].min(initial=1.0))


def _with_ends(labels: list[str], energy: Curve, spans: list[tuple[int, int]]) -> list[str]:
    """The labels with the quieter sections at either end as intro and outro."""
    bars = spans[-1][1]
    ended = list(labels)
    for place, (_, last) in enumerate(spans[:-1]):
        if energy[place] >= _NEARLY_FULL or last > _MOST_INTRO * bars:
            break
        ended[place] = "intro"
        if ended[place + 1] == "drop":
            ended[place + 1] = ""  # an intro that fills up, not a tension that is released
    for place, (first, _) in reversed(list(enumerate(spans))[1:]):
        if energy[place] >= _NEARLY_FULL or first < (1.0 - _MOST_INTRO) * bars:
            break
        ended[place] = "outro"
    return ended


def _rises(energy: Curve) -> bool:
    quarter = max(1, len(energy) // 4)
    return float(energy[-quarter:].mean() - energy[:quarter].mean()) >= _RISE


def _letters(features: Bars, spans: list[tuple[int, int]]) -> list[str]:
    """One letter for all sections that sound alike, in order of appearance."""
    spread = np.sqrt((features**2).sum(axis=1).mean())
    kinds: list[NDArray[np.float64]] = []
    letters = []
    for first, last in spans:
        sound = features[first:last].mean(axis=0)
        distances = [float(np.linalg.norm(sound - kind)) for kind in kinds]
        if not distances or min(distances) > _ALIKE * spread:
            kinds.append(sound)
            distances.append(0.0)
        letters.append(_letter(int(np.argmin(distances))))
    return letters


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26) * (1 + number // 26)


def _joined(sections: list[HeardSection]) -> tuple[HeardSection, ...]:
    """Neighbours of one label become one section."""
    joined: list[HeardSection] = []
    for section in sections:
        if joined and joined[-1].label == section.label:
            last = joined.pop()
            lengths = last.end_s - last.start_s, section.end_s - section.start_s
            energy = np.average([last.energy, section.energy], weights=lengths)
            section = HeardSection(
                label=last.label,
                start_s=last.start_s,
                end_s=section.end_s,
                bars=last.bars + section.bars,
                energy=round(float(energy), 2),
            )
        joined.append(section)
    return tuple(joined)
