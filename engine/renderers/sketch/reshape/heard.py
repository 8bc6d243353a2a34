"""Any other track: its beat, key, chords, sections and tune as they are heard.

What is known of the track (a bpm, a key) helps to hear. Where no beat is heard the original is
not timed: its bars are four seconds each and mean nothing but time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Unsupported
from engine.keys import Key, parse_key
from engine.listen.chords import INTERVALS, read_chords
from engine.listen.chords import Chord as ListenChord
from engine.listen.chroma import hear_pitches
from engine.listen.features import FRAME_S, Heard, hear
from engine.listen.grid import Grid as HeardGrid
from engine.listen.key import KeyReading, read_key
from engine.listen.sections import HeardSection, find_sections
from engine.renderers.protocol import Source
from engine.renderers.sketch.band.chart import Changes, lay_changes, write_changes
from engine.renderers.sketch.form import SHORTEST_RING_S, Form, Section
from engine.renderers.sketch.reading.lyrics import Kind
from engine.renderers.sketch.reshape.bars import Bars, count_bars, meter_of, uncounted
from engine.renderers.sketch.reshape.original import Original, whole_bars
from engine.renderers.sketch.reshape.tune import heard_tune
from engine.renderers.sketch.score import Clock, Meter
from engine.renderers.sketch.styles import STYLES
from engine.renderers.sketch.theory.harmony import SCALES, Chord
from engine.renderers.sketch.theory.rhythm import Grid
from engine.renderers.source_grid import grid_of

_SURE = 0.5
"""Below this confidence the listener is told that a reading is doubtful."""
_AUDIBLE_DB = -40.0
"""Bars quieter than this, against the loud ones, are silence."""
_FULL_DB = -15.0
"""Bars quieter than this are a fade: music is continued from before them."""
_RINGING, _BEFORE = 0.45, 4
"""A bar with this share of the onsets of the bars before it is the ring of a last chord."""
_LEAST_ENERGY = 0.25
_PLAIN = "house"
"""Whose chords go with a track that has none."""


def listened(source: Source, seed: int) -> Original:
    """The track as it is heard.

    `seed` chooses what can't be heard, such as a key for a drum loop. Raises `Unsupported` where
    neither a beat nor a key is heard.
    """
    heard = hear(source.audio)
    made = source.track.made
    found = grid_of(source, heard)
    pitches = hear_pitches(source.audio)
    reading = read_key(pitches, made.key if made else None)
    timed = len(found.beats_s) > 1
    if not timed and reading.key is None:
        raise Unsupported(
            "track: neither a beat nor a key is heard in it; give one that something can be "
            "played to.",
            field="track",
        )
    if not timed:
        found = uncounted(heard.duration_s)
    meter = meter_of(found)
    bpm = found.bpm or 60.0 / float(np.diff(found.beats_s).mean())
    bars = count_bars(found, meter, bpm)
    grid = Grid(meter, round(bpm, 3))
    form = _form(bars.clock, meter, source.audio.shape[1], _sections(source, found, timed))
    key = parse_key(reading.key) if reading.key else _any_key(seed)
    if reading.key:
        changes = _changes(read_chords(pitches, found, key), bars, form, grid, key)
    else:
        changes = write_changes(STYLES[_PLAIN], grid, key, form, seed)
    first, last = _sounding(source, bars.clock, meter)
    accents = _accents(heard, bars.clock, grid, form) if timed else ()
    return Original(
        grid=grid,
        clock=bars.clock,
        key=key,
        form=form,
        changes=changes,
        samples=source.audio.shape[1],
        kept={"lead": heard_tune(heard, bars.clock, grid, key)} if timed else {},
        accents=accents,
        first_bar=first,
        last_bar=_without_ring(last, accents, grid),
        timed=timed,
        tuning_cents=pitches.tuning_cents,
        said=_said(found, bpm, reading, key) if timed else _said_free(reading, key),
    )


def _form(
    clock: Clock, meter: Meter, samples: int, sections: Sequence[tuple[float, str, float]]
) -> Form:
    """The heard sections on bar lines. The last hit falls where a piece of this length has it."""
    end = clock.beat(samples / SAMPLE_RATE_HZ)
    whole = whole_bars(end / meter.beats)
    ring_s = samples / SAMPLE_RATE_HZ - clock.moment_s(float(whole * meter.beats))
    count = max(1, whole - 1 if ring_s < SHORTEST_RING_S else whole)
    starts: dict[int, tuple[str, float]] = {}
    for start_s, label, energy in sections:
        bar = max(0, round(clock.beat(start_s) / meter.beats))
        if bar < count:
            starts.setdefault(bar, (label, energy))
    first = min(starts, default=0)
    starts[0] = starts.pop(first, ("groove", 0.7))
    lines = [*sorted(starts), count]
    laid: list[Section] = []
    for start, stop in pairwise(lines):
        label, energy = starts[start]
        kind = _kind(label, energy)
        turn = sum(section.kind == kind for section in laid)
        energy = round(max(_LEAST_ENERGY, min(1.0, energy)), 3)
        laid.append(Section(label.title(), kind, start, stop - start, energy, turn=turn))
    return Form(tuple(laid), 8 if count >= 40 else 4, end, samples)


def _kind(label: str, energy: float) -> Kind:
    word = label.lower().split()[0] if label else ""
    known = next((kind for kind in get_args(Kind) if kind == word), None)
    return known or ("theme" if energy >= 0.7 else "groove")


def _sections(source: Source, found: HeardGrid, timed: bool) -> list[tuple[float, str, float]]:
    if not timed:
        return [(0.0, "theme", 0.5)]
    heard: Sequence[HeardSection] = find_sections(source.audio, found)
    return [(one.start_s, one.label, one.energy) for one in heard]


def _changes(
    chords: Sequence[ListenChord], bars: Bars, form: Form, grid: Grid, key: Key
) -> Changes:
    """The heard chord of each bar; where none is heard, the one before goes on."""
    by_bar = {
        bar: Chord(chord.root, INTERVALS[chord.quality])
        for bar, chord in zip(bars.downbeats, chords, strict=False)
    }
    home = Chord(key.tonic, (0, SCALES[key.mode][2], 7))
    now = by_bar[min(by_bar)] if by_bar else home
    filled: list[tuple[Chord, ...]] = []
    for bar in range(math.ceil(form.end / grid.meter.beats)):
        now = by_bar.get(bar, now)
        filled.append((now,))
    return lay_changes(filled, grid.meter.beats, home)


def _sounding(source: Source, clock: Clock, meter: Meter) -> tuple[int, int]:
    """The first bar that sounds, and the bar line up to which music goes on at full strength."""
    end_s = source.audio.shape[1] / SAMPLE_RATE_HZ
    count = max(1, whole_bars(clock.beat(end_s) / meter.beats))
    borders = [
        round(max(0.0, clock.moment_s(float(bar * meter.beats))) * SAMPLE_RATE_HZ)
        for bar in range(count + 1)
    ]
    power = np.array(
        [float(np.square(source.audio[:, a:b]).mean()) if b > a else 0.0
         for a, b in pairwise(borders)]
    )  # fmt: skip
    loud = float(np.percentile(power, 80))
    audible = np.flatnonzero(power > loud * 10 ** (_AUDIBLE_DB / 10))
    full = np.flatnonzero(power > loud * 10 ** (_FULL_DB / 10))
    if not len(full):
        return 0, count
    return int(audible[0]), int(full[-1]) + 1


def _accents(heard: Heard, clock: Clock, grid: Grid, form: Form) -> tuple[float, ...]:
    """How strong an onset is heard on each step, against the strong ones of the piece."""
    onset = heard.onset
    steps = math.ceil(form.end * grid.steps_per_beat) + 1
    moments_s = np.array([clock.moment_s(step / grid.steps_per_beat) for step in range(steps)])
    frames = np.round(moments_s / FRAME_S).astype(int)
    reach = range(-4, 5)
    near = np.max([onset[np.clip(frames + shift, 0, len(onset) - 1)] for shift in reach], axis=0)
    strong = float(np.percentile(near, 95)) or 1.0
    return tuple(np.clip(near / strong, 0.0, 1.0).tolist())


def _without_ring(last: int, accents: tuple[float, ...], grid: Grid) -> int:
    """The last bar line before a closing chord that only rings: hardly anything begins in its bar.

    The first half beat, in which the chord itself is struck, does not count.
    """
    width, struck = grid.steps_per_bar, grid.meter.division
    busy = [sum(accents[bar * width + struck : (bar + 1) * width]) for bar in range(last)]
    rings = last > _BEFORE and busy[-1] < _RINGING * float(np.median(busy[-1 - _BEFORE : -1]))
    return last - 1 if rings else last


def _any_key(seed: int) -> Key:
    """A key for what has none, the easy ones first."""
    return Key((9, 4, 2, 7, 0, 5)[seed % 6], "minor")


def _said(found: HeardGrid, bpm: float, reading: KeyReading, key: Key) -> tuple[str, ...]:
    steady = "" if found.bpm is not None else ", a tempo that wanders"
    prior = f"; {found.prior}" if found.prior else ""
    doubt = "" if found.confidence >= _SURE else ", which is doubtful"
    return (
        f"track: heard {bpm:.1f} bpm in {found.time_signature or '4/4'}{steady}, "
        f"confidence {found.confidence:.2f}{doubt}{prior}.",
        _said_key(reading, key),
    )


def _said_free(reading: KeyReading, key: Key) -> tuple[str, ...]:
    return (
        "track: no beat is heard in it, so everything is played in free time.",
        _said_key(reading, key),
    )


def _said_key(reading: KeyReading, key: Key) -> str:
    if reading.key is None:
        return f"track: no key is heard in it; {key} was chosen."
    doubt = "" if reading.confidence >= _SURE else ", which is doubtful"
    return f"track: heard {key}, confidence {reading.confidence:.2f}{doubt}."
