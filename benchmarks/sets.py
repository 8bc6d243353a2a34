"""Sets from a renderer that misses: what the goals say, measured in what was rendered.

    uv run --group dev python -m benchmarks.sets [sets [first seed]]

Each set is planned from words and rendered through the studio, in a fresh library, by a renderer
that is up to 4 % off in the tempo of 30 % of its tracks, plays 20 % in another key, and is up to
6 LU too loud or too quiet. What it really played is known here and nowhere else. Loudness is
pyloudnorm's; beats, bass and loudness steps are measured in the sound of the two decks. How far
beats and bars are apart is told a second time, by what was really played.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
from scipy.stats import spearmanr

from engine import Job, RenderSetRequest, SetMade, Settings, Studio, Wishes, checked, parse_key
from engine.sets.plan import SetPlan
from engine.sets.report import JoinReport
from engine.sets.theory import arc_levels, compatible, shifted
from engine.staffing import Seat
from engine.worker import Worker
from tests.sets.clicks import meetings_in, sharpest_seam
from tests.sets.wayward import Truth, Wayward

FIRST_SEED = 1_010_000
BRIEFS = (
    "7 minutes, five tracks, sunset on the beach, deep house to melodic techno, 118 to 124, build",
    "6 minutes, four tracks of peak time techno, 130 to 136, dark",
    "8 minutes, five tracks, slow start, trip hop and lofi, 80 to 92 bpm, wind down",
    "6 minutes, five tracks, drum and bass, liquid to neurofunk, 172 to 176, build",
    "6 minutes, four tracks of uplifting trance, 134 to 140, journey",
    "6 minutes, four tracks, disco and funky house, 116 to 124, wave, happy",
    "7 minutes, five tracks, synthwave at night, 100 to 112, peak in the middle",
    "7 minutes, five tracks, ambient to deep house to techno, 110 to 122, build",
    "6 minutes, four tracks of afro house and latin, 118 to 124",
    "7 minutes, four tracks, trap and hip hop, 70 to 80, steady",
)
_PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class Mix:
    loudness_lufs: float
    clipped: int
    click: float
    """The sharpest corner near a seam, against those of both decks' beats."""


@dataclass(frozen=True, slots=True)
class Lag:
    """By how much two decks' beats are apart at most, and by how many whole beats their bars."""

    ms: float
    beats: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One set: what was planned, what came out, what was really played, and the time it took."""

    plan: SetPlan
    made: SetMade
    mix: Mix
    truths: dict[int, Truth]
    """By the number of the slot."""
    lags: list[Lag]
    """In the blends, by what was really played."""
    took_s: float


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    outcomes = []
    for number in range(count):
        outcome = rendered(BRIEFS[number % len(BRIEFS)], first + number)
        outcomes.append(outcome)
        report = outcome.made.report
        print(
            f"{first + number}  {report.duration_s / 60:5.2f} min in {outcome.took_s:5.1f} s  "
            f"{len(report.slots)} slots  {report.loudness_lufs:6.2f} LUFS  energy "
            f"{'-' if report.energy_agreement is None else f'{report.energy_agreement:.2f}'}  "
            f"{' '.join(slot.decision for slot in report.slots)} | beats "
            f"{' '.join(f'{one.beat_error_max_ms:.0f}' for one in compared(blends(outcome)))} ms | "
            f"{' '.join(f'{join.type} {join.bars}' for join in report.joins)}",
            flush=True,
        )
        if (number + 1) % 4 == 0 or number + 1 == count:
            print(f"\n{number + 1} sets")
            for line in table(outcomes):
                print(line, flush=True)


def rendered(brief: str, seed: int) -> Outcome:
    """One set, in a library of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), renderer="sketch", idle_s=3600.0)
        renderer = Wayward()
        studio = Studio(settings)
        with staffed(settings, renderer):
            planned = studio.plan_set(Wishes(brief=brief, seed=seed))
            started = time.perf_counter()
            request = checked(RenderSetRequest, plan=planned.plan)
            job = studio.wait(studio.submit(request).id, _PATIENCE_S)
            took_s = time.perf_counter() - started
        studio.close()
        made = _made(job)
        truths = truths_of(made, renderer)
        lags = list(true_lags(made, truths))
        return Outcome(planned.plan, made, heard_in(made), truths, lags, took_s)


@contextmanager
def staffed(settings: Settings, renderer: Wayward) -> Generator[None]:
    seat = Seat(settings.home, settings.device)
    assert seat.take()
    leaving = threading.Event()
    staff = Worker(settings, leaving, lambda *_: renderer)
    thread = threading.Thread(target=staff.run)
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join()
        staff.close()
        seat.leave()


def _made(job: Job) -> SetMade:
    if job.set_made is None:
        raise SystemExit(f"the set failed: {job.problem}")
    return job.set_made


def heard_in(made: SetMade) -> Mix:
    """The mix as tools that aren't ours hear it."""
    audio, rate = soundfile.read(made.mix, dtype="float32")
    meetings = meetings_in(Path(made.folder) / "timeline.json")
    return Mix(
        loudness_lufs=pyloudnorm.Meter(rate).integrated_loudness(audio),
        clipped=int((np.abs(audio) >= 1.0).sum()),
        click=sharpest_seam(audio.T.astype(np.float32, copy=False), meetings),
    )


def truths_of(made: SetMade, renderer: Wayward) -> dict[int, Truth]:
    """What was really played in each slot that was filled."""
    kept = {
        slot.slot: next((one for one in slot.attempts if one.track_id == slot.track_id), None)
        for slot in made.report.slots
        if slot.decision != "failed"
    }
    return {
        number: renderer.truth[one.seed]
        for number, one in kept.items()
        if one and one.seed is not None
    }


def true_lags(made: SetMade, truths: dict[int, Truth]) -> Iterator[Lag]:
    """Of every blend; all tracks are in 4/4 and begin with a bar."""
    told = json.loads((Path(made.folder) / "timeline.json").read_text())
    pairs = zip(made.report.joins, told["joins"], pairwise(told["plays"]), strict=True)
    for join, times, plays in pairs:
        if not join.is_matched:
            continue
        moments_s = np.linspace(times["start_s"], times["end_s"], 9)
        out, into = (
            np.interp(moments_s, *np.transpose(play["knots"])) * truths[play["slot"]].bpm / 60.0
            for play in plays
        )
        octave = 2.0 ** round(np.log2(np.ptp(out) / np.ptp(into)))
        apart = out - octave * into
        whole = round(float(np.median(apart)))
        beat_ms = 1e3 * np.ptp(moments_s) / np.ptp(out)
        yield Lag(float(np.abs(apart - whole).max() * beat_ms), (whole + 2) % 4 - 2)


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each goal."""
    slots = [slot for outcome in outcomes for slot in outcome.made.report.slots]
    blended = [join for outcome in outcomes for join in blends(outcome)]
    heard = [slot for slot in slots if slot.heard_share is not None]
    pairs = [pair for outcome in outcomes for pair in truly_compatible(outcome)]
    yield f"keys, as really played       {np.mean(pairs):7.1%} of {len(pairs)} pairs (goal 100 %)"
    steps = [abs(join.tempo_step or 0.0) for join in blended]
    yield f"tempo steps of blends, most  {max(steps):7.1%} (6 %)"
    yield f"on lines of both tracks      {np.mean([on_lines(j) for j in blended]):7.1%} (100 %)"
    off = max(map(length_off, outcomes))
    yield f"length off, most             {off:7.2f} of what is allowed (1)"
    alike = compared(blended)
    errors = [join.beat_error_ms or 0.0 for join in alike]
    worst = [join.beat_error_max_ms or 0.0 for join in alike]
    yield (
        f"beats apart                  median {np.median(errors):.1f} ms, p95 "
        f"{np.quantile(errors, 0.95):.1f}, max {max(worst):.1f} (3, 10, 20), "
        f"{len(alike)} of {len(blended)} blends"
    )
    lags = [lag for outcome in outcomes for lag in outcome.lags]
    yield (
        f"the same, as really played   median {np.median([lag.ms for lag in lags]):.1f} ms, max "
        f"{max(lag.ms for lag in lags):.1f}; bars apart in "
        f"{sum(lag.beats != 0 for lag in lags)} of {len(lags)} (0)"
    )
    bass = [join.bass_overlap_beats or 0.0 for join in blended]
    yield f"two basses, most             {max(bass):7.2f} beats (2)"
    loud = [join.loudness_step_lu or 0.0 for join in blended]
    yield f"loudness step in blends      {max(loud):7.2f} LU (2)"
    mixes = [outcome.mix for outcome in outcomes]
    loudness = [mix.loudness_lufs for mix in mixes]
    peaks = [outcome.made.report.true_peak_dbtp for outcome in outcomes]
    yield (
        f"loudness                     {min(loudness):.2f} to {max(loudness):.2f} LUFS "
        f"(-14 ± 0.5), true peak {max(peaks):.2f} dBTP (-1), "
        f"{sum(mix.clipped for mix in mixes)} clipped, clicks {max(m.click for m in mixes):.2f} (1)"
    )
    least = min(slot.heard_share or 0.0 for slot in heard)
    yield f"least of a track heard       {least:7.1%} (85 %)"
    planned = [plan_agrees(outcome) for outcome in outcomes]
    agreements = [outcome.made.report.energy_agreement for outcome in outcomes]
    measured = [one for one in agreements if one is not None]
    yield (
        f"energy                       plan to arc, least {min(planned):.2f} (0.95); measured to "
        f"plan, mean {np.mean(measured):.2f}, least {min(measured):.2f} (0.8), "
        f"{len(measured)} sets that rise or fall"
    )
    failed = sum(slot.decision == "failed" for slot in slots)
    kinds = {
        kind: sum(slot.decision == kind for slot in slots)
        for kind in sorted({s.decision for s in slots})
    }
    yield f"{len(slots)} slots, {failed} left out; {kinds}"


def blends(outcome: Outcome) -> list[JoinReport]:
    """The joins in which beats are laid together."""
    return [join for join in outcome.made.report.joins if join.is_matched]


def compared(joins: Sequence[JoinReport]) -> list[JoinReport]:
    """Those whose beats are alike enough to be compared."""
    return [join for join in joins if join.beat_error_max_ms is not None]


def truly_compatible(outcome: Outcome) -> Iterator[bool]:
    """Whether what is really heard in neighbours fits."""
    keys = [
        shifted(outcome.truths[slot.slot].key, _shift(slot.key_measured, slot.key_played))
        for slot in outcome.made.report.slots
        if slot.slot in outcome.truths
    ]
    yield from (compatible(one, other) for one, other in pairwise(keys))


def _shift(measured: str | None, played: str | None) -> int:
    if not measured or not played:
        return 0
    return (parse_key(played).tonic - parse_key(measured).tonic + 6) % 12 - 6


def on_lines(join: JoinReport) -> bool:
    return join.phrase_bars is not None and max(map(abs, join.phrase_bars)) < 0.02


def length_off(outcome: Outcome) -> float:
    """How far the length is from the one asked for, in the larger of 1 % and four bars."""
    report = outcome.made.report
    if report.asked_s is None:
        return 0.0
    bpm = min(slot.bpm or 120.0 for slot in outcome.plan.slots)
    allowed_s = max(0.01 * report.asked_s, 16 * 60.0 / bpm)
    return abs(report.duration_s - report.asked_s) / allowed_s


def plan_agrees(outcome: Outcome) -> float:
    plan = outcome.plan
    levels = arc_levels(plan.arc or "journey", len(plan.slots))
    energies = [slot.energy or 0.0 for slot in plan.slots]
    return float(spearmanr(levels, energies).statistic)


if __name__ == "__main__":
    main()
