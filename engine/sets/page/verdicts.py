"""How good a transition is, measure by measure, against fixed goals.

The goals: beats within 3 ms (median), no more than two beats with two basses, no more than 2 LU
outside the loudness of both tracks, tempos within 6 % where beats are matched, starts on lines of
eight bars, two voices together for no more than two bars. Fair is what dancers forgive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.sets.page.wording import RELATIONS, number, share, short
from engine.sets.report import JoinReport, KeyRelation

Verdict = Literal["good", "fair", "poor"]

GOALS = (
    "Beats: good within 3 ms (median), fair within 10. Bass: good up to 2 beats together, fair "
    "up to 4. Loudness: good up to 2 LU outside the range of both tracks, fair up to 4. Tempo, "
    "where beats are matched: good up to 6 %, fair up to 10. Key: good if the same, adjacent or "
    "relative, fair if diagonal or a boost. Phrase: good on a line of eight bars, fair on a bar "
    "line. Voices: good up to 2 bars together, fair up to 4. A transition is as good as the "
    "poorest of its measures."
)

_BEAT_MS = (3.0, 10.0)
_BASS_BEATS = (2.0, 4.0)
_LOUDNESS_LU = (2.0, 4.0)
_TEMPO_SHARE = (0.06, 0.10)
_VOICE_BARS = (2.0, 4.0)
_BAR_S = 2.0
"""A bar of 4/4 at 120 BPM, for transitions that have no bars of their own."""
_ON_LINE_BARS = 0.05
_RELATED: dict[KeyRelation, Verdict | None] = {
    "same": "good",
    "adjacent": "good",
    "relative": "good",
    "diagonal": "fair",
    "boost": "fair",
    "clash": "poor",
    "unknown": None,
}
_ORDER: tuple[Verdict, ...] = ("good", "fair", "poor")


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a transition's report card."""

    name: str
    value: str
    verdict: Verdict | None
    """None: nothing to judge."""


def measures(join: JoinReport, keys: str) -> tuple[Measure, ...]:
    """All that was measured in a transition; `keys` is how its two keys are written."""
    return (
        _beats(join),
        Measure("Key", f"{keys}: {RELATIONS[join.key_relation]}", _RELATED[join.key_relation]),
        _tempo(join),
        _bass(join),
        _loudness(join),
        _phrase(join),
        _voices(join),
    )


def poorest(measured: Sequence[Measure]) -> Verdict | None:
    """The verdict on a transition; None if nothing in it could be judged."""
    verdicts = [measure.verdict for measure in measured if measure.verdict]
    return max(verdicts, key=_ORDER.index) if verdicts else None


def _beats(join: JoinReport) -> Measure:
    if join.beat_error_ms is None:
        unlike = "laid together, too unlike to compare"
        return Measure("Beats", unlike if join.is_matched else "none matched", None)
    most = join.beat_error_max_ms
    value = f"{number(join.beat_error_ms, 1, 'ms')} median"
    if most is not None:
        value += f", {number(most, 1, 'ms')} at most"
    return Measure("Beats", value, _within(join.beat_error_ms, _BEAT_MS))


def _tempo(join: JoinReport) -> Measure:
    if join.tempo_step is None:
        return Measure("Tempo", "nothing to compare", None)
    verdict = _within(abs(join.tempo_step), _TEMPO_SHARE) if join.is_matched else None
    return Measure("Tempo", share(join.tempo_step, signed=True), verdict)


def _bass(join: JoinReport) -> Measure:
    beats = join.bass_overlap_beats
    if beats is None:
        return Measure("Bass", "not measured", None)
    unit = "beat" if beats == 1.0 else "beats"
    return Measure("Bass", f"{short(beats)} {unit} together", _within(beats, _BASS_BEATS))


def _loudness(join: JoinReport) -> Measure:
    step = join.loudness_step_lu
    if step is None:
        return Measure("Loudness", "not measured", None)
    return Measure("Loudness", f"{number(step, 1, 'LU')} step", _within(abs(step), _LOUDNESS_LU))


def _phrase(join: JoinReport) -> Measure:
    if join.phrase_bars is None:
        return Measure("Phrase", "no lines to meet", None)
    if all(abs(bars) <= _ON_LINE_BARS for bars in join.phrase_bars):
        return Measure("Phrase", "starts on both lines", "good")
    away = " and ".join(short(abs(bars)) for bars in join.phrase_bars)
    on_bars = all(abs(bars - round(bars)) <= _ON_LINE_BARS for bars in join.phrase_bars)
    return Measure("Phrase", f"{away} bars off the lines", "fair" if on_bars else "poor")


def _voices(join: JoinReport) -> Measure:
    overlap_s = join.vocal_overlap_s
    if overlap_s <= 0.0:
        return Measure("Voices", "never two at once", None)
    bar_s = (join.end_s - join.start_s) / join.bars if join.bars else _BAR_S
    verdict = _within(overlap_s / bar_s if bar_s > 0.0 else overlap_s, _VOICE_BARS)
    return Measure("Voices", f"{number(overlap_s, 1, 's')} together", verdict)


def _within(value: float, limits: tuple[float, float]) -> Verdict:
    good, fair = limits
    return "good" if value <= good else "fair" if value <= fair else "poor"


def summary(verdicts: Sequence[Verdict | None]) -> str:
    """`5 good, 1 fair, 1 poor`."""
    parts = [f"{verdicts.count(word)} {word}" for word in _ORDER if word in verdicts]
    if None in verdicts:
        parts.append(f"{verdicts.count(None)} not judged")
    return ", ".join(parts) or "nothing to lead to"
