"""Rendering a set: from a plan to a folder with its mix, its tracks, its report and its exports.

The stages, each a value from the one before: casting (every slot has its track), decks, a timeline,
the same with the beats nudged together, bridges where they are wanted, the mix, what is measured
in it, and the folder. Effects are here and in `engine.booth`; the stages know of none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.audio import SAMPLE_RATE_HZ, files
from engine.audio.levels import Audio, Meter
from engine.errors import Cancelled, RenderFailed, StorageFull, StudioError
from engine.paths import slug
from engine.renderers import Source
from engine.requests import RenderSetRequest, RepaintRequest, checked
from engine.results import SetMade, Track
from engine.sets.casting.casting import SHARE, Cast, Casting
from engine.sets.casting.decks import side
from engine.sets.casting.making import derived
from engine.sets.exports import chapters, write_exports
from engine.sets.exports.writing import file_name
from engine.sets.folder import SetFolder
from engine.sets.page import report_page
from engine.sets.playing.beat_errors import Offsets
from engine.sets.playing.cueing import cue
from engine.sets.playing.fitting import fitted, laid_out
from engine.sets.playing.measuring import JoinMeasures, measure, nudge, offsets_of
from engine.sets.playing.mixing import Seam, mix, seam
from engine.sets.report import SetReport
from engine.sets.reporting import Mixed, Staged, report_of
from engine.sets.theory import key_relation
from engine.sets.timeline import Timeline
from engine.sets.transitions import Choice, choose
from engine.sets.waveform import WaveformDrawing

if TYPE_CHECKING:
    from engine.booth import Booth

_SETS = "sets"
_BRIDGE_CONTEXT_S = 16.0
"""What whoever makes a bridge hears before and after it."""
_MIXED = 0.95
"""Of a set's work, what is done once the mix is written."""


def render_set(
    request: RenderSetRequest,
    title: str,
    booth: Booth,
    settled: Callable[[int, Track], None],
) -> SetMade:
    """Everything for one set. `settled` hears of each slot's track as soon as it is settled.

    Raises `Cancelled`, `StorageFull`, and `RenderFailed` if not one slot could be filled.
    """
    plan = request.plan
    casts = Casting(plan, booth, settled).run()
    playing = [cast for cast in casts if cast.deck]
    if not playing:
        why = casts[0].attempts[-1].verdict
        raise RenderFailed(f"None of the set's tracks could be had: {why}")
    decks = [cast.deck for cast in playing if cast.deck]
    choices = tuple(_choice(one, other) for one, other in pairwise(playing))
    if plan.minutes is not None:
        locked = [number for number, cast in enumerate(playing) if cast.slot.locked]
        choices = fitted(decks, choices, 60.0 * plan.minutes, locked)
    place = booth.home / _SETS / f"{slug(title)}-{_mark(request)}"
    folder = SetFolder(place, booth.drafts, title)
    booth.progress("laying beats together", SHARE)
    timeline, heard = _laid_together(laid_out(decks, choices), folder.scratch)
    bridges, trouble = _bridges(timeline, booth, folder.scratch)
    names = {deck.slot: folder.add(deck.path, deck.slot, deck.title) for deck in decks}
    mixed = _mixed(request, timeline, bridges, booth, folder)
    booth.progress("writing the report", _MIXED)
    staged = Staged(title, casts, choices, timeline, heard, names)
    report = report_of(plan, staged, mixed, booth.renderer, trouble)
    report = _delivered(report, timeline, mixed, folder)
    folder.appear()
    return SetMade(folder=str(place), report=report)


def _choice(out: Cast, into: Cast) -> Choice:
    """The transition between two casts: as planned, unless what came out speaks against it."""
    assert out.deck
    assert into.deck
    edges = side(out.deck, "end"), side(into.deck, "start")
    free = choose(*edges, allow_bridge=True)
    planned = out.slot.transition if into.number == out.number + 1 else None
    clash = key_relation(out.deck.heard_key, into.deck.heard_key) == "clash"
    if planned is None or (clash and planned.type in ("blend", "filter") and not out.slot.locked):
        return free
    choice = choose(*edges, planned)
    return replace(choice, why=free.why) if choice.type == free.type else choice


def _laid_together(timeline: Timeline, scratch: Path) -> tuple[Timeline, list[JoinMeasures]]:
    """The timeline with the decks laid together where their beats are heard to be apart, and what
    is heard in its joins."""
    measures, offsets = list[JoinMeasures](), dict[int, Offsets]()
    for join in timeline.joins:
        cued = cue(timeline, join.number, scratch)
        measures.append(measure(timeline, cued))
        if found := offsets_of(cued):
            offsets[join.number] = found
    nudged = nudge(timeline, offsets)
    for join in nudged.joins:
        pair = slice(join.number, join.number + 2)
        if nudged.plays[pair] != timeline.plays[pair]:
            measures[join.number] = measure(nudged, cue(nudged, join.number, scratch))
    return nudged, measures


def _bridges(
    timeline: Timeline, booth: Booth, scratch: Path
) -> tuple[dict[int, Seam], tuple[str, ...]]:
    """New music over the seams that want it, by the numbers of their joins, and a sentence for
    each seam that has to be a cut."""
    bridges, trouble = dict[int, Seam](), list[str]()
    for join in timeline.joins:
        if join.type != "bridge":
            continue
        around = seam(timeline, join.number, _BRIDGE_CONTEXT_S, _BRIDGE_CONTEXT_S, scratch)
        try:
            bridges[join.number] = replace(around, audio=_repainted(around, join.number, booth))
        except (Cancelled, StorageFull):
            raise
        except StudioError as error:
            out, into = timeline.plays[join.number : join.number + 2]
            where = f"from slot {out.deck.slot} to {into.deck.slot}"
            trouble.append(f"No bridge {where}, so a cut: {error.message}")
    return bridges, tuple(trouble)


def _repainted(around: Seam, number: int, booth: Booth) -> Audio:
    request = checked(
        RepaintRequest,
        track=f"bridge {number + 1}",
        start_s=around.start_s,
        end_s=around.end_s,
        strength=1.0,
        seed=derived("bridge", number),
    )
    length_s = around.audio.shape[1] / SAMPLE_RATE_HZ
    track = Track(id=request.track, title=request.track, path="", duration_s=length_s)
    return booth.repaint(request, Source(track, around.audio)).audio


def _mixed(
    request: RenderSetRequest,
    timeline: Timeline,
    bridges: Mapping[int, Seam],
    booth: Booth,
    folder: SetFolder,
) -> Mixed:
    """The mix written into the folder, and what the meters say of it."""
    meter, drawing = Meter(), WaveformDrawing()

    def progress(done: float) -> None:
        if booth.cancelled():
            raise Cancelled("Stopped on request before it was finished.")
        booth.progress("mixing", SHARE + (_MIXED - SHARE) * done)

    def metered() -> Iterator[Audio]:
        for block in mix(timeline, folder.scratch, bridges, progress):
            meter.feed(block)
            drawing.add(block)
            yield block

    name = f"{file_name(folder.title)}.{request.format}"
    tags = files.Tags(
        title=folder.title,
        artist=f"dj-agent ({booth.renderer})",
        comment=request.plan.model_dump_json(exclude_defaults=True),
        chapters=chapters(timeline),
    )
    files.write_blocks(folder.path / name, metered(), tags, request.format)
    meter.feed(np.zeros((2, 0), np.float32), last=True)
    return Mixed(name, meter.loudness_lufs, meter.true_peak_dbtp, drawing.finish())


def _delivered(report: SetReport, timeline: Timeline, mixed: Mixed, folder: SetFolder) -> SetReport:
    """The report with the names of all files, which are now in the folder."""
    exported = write_exports(folder.path, timeline, report.without_ids())
    singles = tuple(slot.file for slot in report.slots if slot.file)
    named = (mixed.name, "report.html", *exported, "report.json", *singles)
    report = report.model_copy(update={"files": named})
    travelling = report.without_ids()
    folder.write("report.html", report_page(travelling, mixed.waveform, [mixed.name]))
    folder.write("report.json", travelling.model_dump_json(indent=1))
    return report


def _mark(request: RenderSetRequest) -> str:
    """Eight letters that tell this set from others of its title."""
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()[:8]
