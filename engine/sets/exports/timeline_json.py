"""The whole set as one JSON object, `timeline.json`: how it was mixed, and what was measured.

    version     1; it rises when a field changes its meaning or goes, not when one is added
    title, mix, duration_s
                the set's title, the mix's file, its length
    plays       for each track, in order:
                  slot, title, file   its slot (from 1), title, and file in this folder (or null)
                  start_s, end_s      when the mix plays it
                  gain_db             what was added to its level
                  play_bpm, semitones its tempo in the mix (null: its own) and its shift in pitch
                  knots               [[mix_s, source_s], …]: at mix_s the mix plays the file's
                                      source_s; straight lines between
                  duration_s, loudness_lufs, energy, key, key_camelot
                                      of the file, as measured
                  grid                null, or bpm, beats_per_bar, first_downbeat_s (one bar line)
                                      and first_line_s (the first line of a phrase of eight bars)
                  sections            label, start_s, end_s, bars, energy: in the file
                  vocals              start_s, end_s: in the file
                  cues                kind, name, source_s in the file, and mix_s: when that is
                                      heard, or null if it isn't
    joins       for each transition: from_slot, to_slot, type, bars, start_s, swap_s (when the
                bass changes hands), end_s, and beats_s, where both tracks have a beat
    report      the report as it is in `engine.sets.report`

All times are seconds, in the mix unless it says otherwise, and right to a microsecond; `null` is
what isn't known. Paths are relative to the file, so a copied folder needs no correction.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from engine.audio import SAMPLE_RATE_HZ
from engine.sets.deck import Deck
from engine.sets.exports.contents import Mark, marks
from engine.sets.report import SetReport
from engine.sets.timeline import Join, Play, Timeline

VERSION = 1


def text(timeline: Timeline, report: SetReport) -> str:
    files = {slot.slot: slot.file for slot in report.slots}
    plays = [
        {
            "slot": play.deck.slot,
            "title": play.deck.title,
            "file": files.get(play.deck.slot),
            **_played(play),
            **_measured(play.deck),
            "cues": [_cue(play, mark) for mark in marks(timeline, number)],
        }
        for number, play in enumerate(timeline.plays)
    ]
    whole = {
        "version": VERSION,
        "title": report.title,
        "mix": report.files[0],
        "duration_s": _seconds(timeline.samples),
        "plays": plays,
        "joins": [_join(timeline, join) for join in timeline.joins],
        "report": report.model_dump(mode="json"),
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _played(play: Play) -> dict[str, Any]:
    return {
        "start_s": _seconds(play.start),
        "end_s": _seconds(play.end),
        "gain_db": play.gain_db,
        "play_bpm": play.deck.play_bpm,
        "semitones": play.deck.semitones,
        "knots": [[_seconds(knot.at), _seconds(knot.source)] for knot in play.knots],
    }


def _measured(deck: Deck) -> dict[str, Any]:
    grid = deck.grid
    return {
        "duration_s": deck.duration_s,
        "loudness_lufs": deck.loudness_lufs,
        "energy": deck.energy,
        "key": str(deck.key) if deck.key else None,
        "key_camelot": deck.key.camelot if deck.key else None,
        "grid": grid
        and {
            "bpm": grid.bpm,
            "beats_per_bar": grid.beats_per_bar,
            "first_downbeat_s": grid.first_downbeat_s,
            "first_line_s": grid.first_line_s,
        },
        "sections": [section.model_dump() for section in deck.sections],
        "vocals": [stretch.model_dump() for stretch in deck.vocals],
    }


def _cue(play: Play, mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "name": mark.name,
        "source_s": round(mark.time_s, 6),
        "mix_s": _heard_s(play, mark.time_s),
    }


def _heard_s(play: Play, source_s: float) -> float | None:
    """When the mix plays that moment of the file; None if it doesn't."""
    source = source_s * SAMPLE_RATE_HZ
    for left, right in pairwise(play.knots):
        if left.source <= source <= right.source:
            share = (source - left.source) / (right.source - left.source)
            return _seconds(left.at + share * (right.at - left.at))
    return None


def _join(timeline: Timeline, join: Join) -> dict[str, Any]:
    outgoing, incoming = timeline.plays[join.number : join.number + 2]
    return {
        "from_slot": outgoing.deck.slot,
        "to_slot": incoming.deck.slot,
        "type": join.type,
        "bars": join.bars,
        "start_s": _seconds(join.start),
        "swap_s": _seconds(join.swap),
        "end_s": _seconds(join.end),
        "beats_s": [_seconds(beat) for beat in join.beats],
    }


def _seconds(samples: float) -> float:
    return round(samples / SAMPLE_RATE_HZ, 6)
