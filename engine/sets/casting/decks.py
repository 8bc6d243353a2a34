"""From a finished track and what was heard in it to a deck, and to its two sides.

Where a track was played from a score, its grid and sections are those of the score; otherwise they
are as heard. Knows no audio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from engine.keys import Key, parse_key
from engine.listen.readings import Analysis, GridSegment, HeardSection, Stretch
from engine.results import Made, Track
from engine.sets.casting.rulings import Found, Ruling
from engine.sets.deck import PHRASE_BARS, Deck, Grid
from engine.sets.plan import BEATS_PER_BAR
from engine.sets.transitions import Side

_SURE = 0.2
"""A tempo that is claimed with less confidence is not trusted to lay beats on."""
_CLEAR_KEY = 0.7
"""Of ninety tracks by a renderer that misses keys none that was surer was misheard."""
_EVEN_S = 0.015
"""Beats may lie this far from an even grid for it to be one."""
_EDGE_S = 40.0
"""Somebody who sings within so much of a track's end sings in a transition."""
_UNKNOWN_ENERGY = 0.5
_STRETCH_S = 2.0
"""What a bar is taken to be where there is no tempo."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A track in the library, or a file that may be read, and all that is heard in it."""

    track: Track
    analysis: Analysis

    @property
    def score(self) -> Made | None:
        """What was written in the track's score, if it was played from one."""
        made = self.track.made
        return made if made and made.exact else None


def found_in(heard: Heard) -> Found:
    """What rulings are made on."""
    grid, analysis = grid_of(heard), heard.analysis
    return Found(
        grid.bpm if grid else None,
        key_of(heard),
        analysis.loudness_lufs,
        _doubts(heard),
        analysis.energy,
    )


def _doubts(heard: Heard) -> tuple[Key, ...]:
    """The other keys that a track may be in which the studio made and which no score tells of: what
    was asked for may have been heard into it. What a given track is in is its owner's business."""
    if heard.score or heard.track.made is None:
        return ()
    analysis = heard.analysis
    unclear = analysis.key_alternatives if analysis.key_confidence < _CLEAR_KEY else ()
    return tuple(parse_key(one) for one in dict.fromkeys((analysis.key_by_ear, *unclear)) if one)


def key_of(heard: Heard) -> Key | None:
    key = heard.score.key if heard.score else heard.analysis.key
    return parse_key(key) if key else None


def grid_of(heard: Heard) -> Grid | None:
    """The track's even grid; None if no single tempo holds or is sure enough."""
    score, analysis = heard.score, heard.analysis
    if score and score.bpm and score.time_signature:
        beats = BEATS_PER_BAR[score.time_signature]
        return _with_phrases(score.bpm, 0.0, beats, [one.start_s for one in score.sections])
    if analysis.bpm is None or analysis.bpm_confidence < _SURE:
        return None
    even = _even(analysis.grid, analysis.bpm)
    if even is None:
        return None
    beats = analysis.grid[0].beats_per_bar
    starts_s = [one.start_s for one in analysis.sections]
    # What the studio has made begins with a phrase, unless most of it says otherwise.
    made = heard.track.made is not None
    return _with_phrases(analysis.bpm, even, beats, starts_s, len(starts_s) / 2 if made else 0.5)


def deck_of(number: int, title: str, heard: Heard, ruling: Ruling) -> Deck:
    """The deck of slot `number`, to be played as it was ruled."""
    analysis = heard.analysis
    grid = grid_of(heard)
    return Deck(
        slot=number,
        title=title or heard.track.title,
        path=Path(heard.track.path),
        duration_s=analysis.duration_s,
        loudness_lufs=analysis.loudness_lufs,
        grid=grid,
        key=key_of(heard),
        energy=_UNKNOWN_ENERGY if analysis.energy is None else analysis.energy,
        sections=_sections(heard),
        vocals=_vocals(heard),
        play_bpm=ruling.play_bpm if grid else None,
        semitones=ruling.semitones,
    )


def side(deck: Deck, edge: Literal["start", "end"]) -> Side:
    """What matters of a deck for the transition at this edge."""
    grid = deck.grid
    bar_s = grid.bar_s if grid else _STRETCH_S
    near = (0.0, _EDGE_S) if edge == "start" else (deck.duration_s - _EDGE_S, deck.duration_s)
    label, place = ("intro", 0) if edge == "start" else ("outro", -1)
    section = deck.sections[place] if deck.sections else None
    drop_s = next((one.start_s for one in deck.sections if one.label == "drop"), None)
    edge_s = section.end_s - section.start_s if section and section.label == label else 0.0
    return Side(
        bars=deck.duration_s / bar_s,
        bpm=deck.tempo,
        beats_per_bar=grid.beats_per_bar if grid else None,
        has_grid=grid is not None,
        key=deck.heard_key,
        vocals=any(one.start_s < near[1] and one.end_s > near[0] for one in deck.vocals),
        energy=deck.energy,
        edge_bars=float(round(edge_s / bar_s)),
        has_drop=drop_s is not None,
        drop_after_bars=max(0.0, ((drop_s or 0.0) - (grid.first_line_s if grid else 0.0)) / bar_s),
    )


def _sections(heard: Heard) -> tuple[HeardSection, ...]:
    if not heard.score:
        return heard.analysis.sections
    return tuple(
        HeardSection(
            label=one.name.rstrip(" 0123456789").lower(),
            start_s=one.start_s,
            end_s=one.end_s,
            bars=one.bars,
            energy=one.energy,
        )
        for one in heard.score.sections
    )


def _vocals(heard: Heard) -> tuple[Stretch, ...]:
    """Where somebody sings; a score knows whether anybody does."""
    silent = heard.score and not {"vocals", "backing_vocals"} & set(heard.score.parts)
    if silent or heard.analysis.vocals is None:
        return ()
    return heard.analysis.vocals.where


def _even(segments: Sequence[GridSegment], bpm: float) -> float | None:
    """Where an even grid of this tempo through all segments has a downbeat, within its first bar;
    None if there is none."""
    if not segments:
        return None
    period_s = 60.0 / bpm
    starts = np.array([one.first_beat_s for one in segments] + [segments[-1].end_s])
    counts = np.cumsum([0] + [round((b - a) / period_s) for a, b in pairwise(starts)])
    offsets = (starts - counts * period_s)[:-1]
    if float(np.ptp(offsets)) > 2 * _EVEN_S:
        return None
    middle = float(np.median(offsets))
    first = segments[0]
    to_downbeat = round((first.first_downbeat_s - first.first_beat_s) * first.bpm / 60.0)
    return middle + to_downbeat * period_s


def _with_phrases(
    bpm: float, downbeat_s: float, beats: int, starts_s: Sequence[float], first: float = 0.5
) -> Grid:
    """The grid whose phrases begin where most sections do; the first bar has so many votes more."""
    bar_s = beats * 60.0 / bpm
    bars = [round((start_s - downbeat_s) / bar_s) for start_s in starts_s if start_s >= downbeat_s]
    votes = [float(sum(bar % PHRASE_BARS == phase for bar in bars)) for phase in range(PHRASE_BARS)]
    votes[0] += first
    phase = votes.index(max(votes))
    return Grid(bpm, downbeat_s, beats, downbeat_s + phase * bar_s)
