"""Whatever the set, what is written about it can be read back."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as XML

import pytest
from export_readers import cue_starts, element, marks, written
from export_sets import RATE_HZ, any_set
from hypothesis import HealthCheck, given, settings

from engine.sets.deck import Grid
from engine.sets.exports import write_exports
from engine.sets.report import SetReport
from engine.sets.timeline import Play, Timeline


@given(any_set())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_set_can_be_read_back_to_the_millisecond(made: tuple[Timeline, SetReport]):
    timeline, report = made
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = write_exports(folder, timeline, report)
        assert all(file == Path(file).name and len(file.encode()) < 256 for file in names)
        tracks = written(folder).findall("COLLECTION/TRACK")[:-1]
        entries = written(folder, "traktor.nml").findall("COLLECTION/ENTRY")[:-1]
        for track, entry, play in zip(tracks, entries, timeline.plays, strict=True):
            check_rekordbox(track, play)
            check_traktor(entry, play)
        starts = cue_starts((folder / names[1]).read_text(encoding="utf-8"))
        assert starts == pytest.approx([p.start / RATE_HZ for p in timeline.plays], abs=1 / 75)
        assert (folder / names[0]).read_text("utf-8").count("\n") == 2 + 2 * len(timeline.plays)
        json.loads((folder / "timeline.json").read_text(encoding="utf-8"))


def check_rekordbox(track: XML.Element, play: Play) -> None:
    times = [time_s for _, time_s in marks(track, hot=True)]
    assert times == sorted(times)
    if len(times) < 8:
        for time_s in moments(play):
            assert min(abs(time_s - found) for found in times) < 0.002
    if grid := play.deck.grid:
        tempo = element(track, "TEMPO").attrib
        first_s, beat = float(tempo["Inizio"]), int(tempo["Battito"])
        assert 0.0 <= first_s <= grid.beat_s + 0.001
        assert off_the_bars(first_s - (beat - 1) * grid.beat_s, grid) < 0.001


def check_traktor(entry: XML.Element, play: Play) -> None:
    cues = [cue.attrib for cue in entry.iter("CUE_V2")]
    times = [float(cue["START"]) / 1000 for cue in cues if cue["TYPE"] != "4"]
    assert len(times) <= 8
    if len(times) < 8:
        for time_s in moments(play):
            assert min(abs(time_s - found) for found in times) < 0.002
    grids = [float(cue["START"]) / 1000 for cue in cues if cue["TYPE"] == "4"]
    assert len(grids) == (play.deck.grid is not None)
    if play.deck.grid:
        assert off_the_bars(grids[0], play.deck.grid) < 0.001


def moments(play: Play) -> list[float]:
    heard = play.deck.sections
    outros = [section.start_s for section in heard[1:] if section.label == "outro"]
    after_intros = [second.start_s for first, second in pairwise(heard) if first.label == "intro"]
    return [play.knots[0].source / RATE_HZ, *outros, *after_intros]


def off_the_bars(time_s: float, grid: Grid) -> float:
    """How far it is from a bar line, in seconds."""
    off = (time_s - grid.first_downbeat_s) % grid.bar_s
    return min(off, grid.bar_s - off)
