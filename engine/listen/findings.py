"""What is wrong with a piece's samples: silence, clipping, a constant offset, one side, no level.

Each finding says what, where in seconds, and how much, so that a person can go and look. Knows
nothing of music.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.listen.readings import Finding, FindingKind

Audio = NDArray[np.float32]

_CELL = SAMPLE_RATE_HZ // 100
_CELL_S = _CELL / SAMPLE_RATE_HZ
_SILENT = 10.0 ** (-60.0 / 20.0)
"""Cells whose peak stays below this (-60 dBFS) are silent."""
_SILENCE_S = {"silence at start": 0.5, "silence at end": 2.0, "silence inside": 1.0}
"""Shorter silences are part of the music; a file may ring out for a while."""
_CLIPPED_RUN = 3
"""So many samples in a row at one side's own ceiling are clipped, not a peak."""
_CEILING = 10.0 ** (-1.0 / 20.0)
"""A ceiling lower than this (-1 dBFS) is no converter's."""
_FLAT = 1e-4
_OFFSET = 0.005
_SAME_DB, _MISSING_DB = -60.0, -40.0
_QUIET_DBFS = -40.0
_MOST = 8
"""More findings of one kind than this are counted, not listed."""


def find_faults(audio: Audio) -> tuple[Finding, ...]:
    """Everything that is wrong with float32 audio [2, n] at 48 000 Hz, n > 0."""
    duration_s = audio.shape[1] / SAMPLE_RATE_HZ
    peaks = _cell_peaks(audio)
    if float(peaks.max()) < _SILENT:
        text = f"All {duration_s:.1f} s are silent (below -60 dBFS)."
        return (_finding("silent", 0.0, duration_s, text),)
    return (
        *_silences(peaks, duration_s),
        *_clipping(audio),
        *_whole(audio, duration_s),
    )


def _finding(kind: FindingKind, start_s: float, end_s: float, text: str) -> Finding:
    return Finding(
        kind=kind, start_s=round(float(start_s), 3), end_s=round(float(end_s), 3), text=text
    )


def _cell_peaks(audio: Audio) -> NDArray[np.float32]:
    """The highest sample of both sides in every 10 ms; the last cell may be shorter."""
    highest = np.maximum(np.abs(audio[0]), np.abs(audio[1]))
    return np.maximum.reduceat(highest, np.arange(0, len(highest), _CELL))


def _silences(peaks: NDArray[np.float32], duration_s: float) -> list[Finding]:
    found = []
    for first, last in _runs(peaks < _SILENT):
        start_s, end_s = first * _CELL_S, min(last * _CELL_S, duration_s)
        kind: FindingKind = "silence inside"
        if first == 0:
            kind = "silence at start"
        elif last == len(peaks):
            kind = "silence at end"
        if end_s - start_s >= _SILENCE_S[kind]:
            text = f"{end_s - start_s:.1f} s of silence from {start_s:.1f} s."
            found.append(_finding(kind, start_s, end_s, text))
    return _counted(found)


def _clipping(audio: Audio) -> list[Finding]:
    """Stretches in which a side stays at its own highest value for several samples at a time.

    Stretches less than a second apart are one.
    """
    flat = np.zeros(audio.shape[1], dtype=bool)
    for side in audio:
        ceiling = float(np.abs(side).max())
        if ceiling >= _CEILING:
            top = ceiling * (1.0 - _FLAT)
            flat |= _long(side >= top) | _long(side <= -top)
    if not flat.any():
        return []
    places = np.flatnonzero(flat)
    breaks = np.flatnonzero(np.diff(places) > SAMPLE_RATE_HZ)
    firsts, lasts = places[np.append(0, breaks + 1)], places[np.append(breaks, len(places) - 1)]
    return _counted(
        [
            _finding(
                "clipping",
                first / SAMPLE_RATE_HZ,
                (last + 1) / SAMPLE_RATE_HZ,
                f"{int(flat[first : last + 1].sum())} samples are clipped from "
                f"{first / SAMPLE_RATE_HZ:.1f} to {(last + 1) / SAMPLE_RATE_HZ:.1f} s.",
            )
            for first, last in zip(firsts, lasts, strict=True)
        ]
    )


def _long(at_ceiling: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only the runs of at least `_CLIPPED_RUN`."""
    kept = np.zeros_like(at_ceiling)
    for first, last in _runs(at_ceiling):
        if last - first >= _CLIPPED_RUN:
            kept[first:last] = True
    return kept


def _whole(audio: Audio, duration_s: float) -> list[Finding]:
    """What is true of the piece as a whole."""
    means = audio.mean(axis=1, dtype=np.float64)
    levels = _decibels(np.array([_deviation(side) for side in audio]))
    found: list[tuple[FindingKind, str]] = []
    if float(np.abs(means).max()) > _OFFSET:
        found.append(
            ("constant offset", f"The wave is {np.abs(means).max():.3f} of full scale off centre.")
        )
    weaker, stronger = sorted(levels)
    if weaker - stronger < _MISSING_DB:
        side = "right" if levels[0] < levels[1] else "left"
        found.append(("one-sided", f"All sound is on the {side}."))
    elif float(_decibels(_deviation(audio[0] - audio[1]))) - stronger < _SAME_DB:
        found.append(("mono", "Left and right are the same."))
    if stronger < _QUIET_DBFS:
        found.append(("too quiet", f"The level is {stronger:.0f} dBFS on average."))
    return [_finding(kind, 0.0, duration_s, text) for kind, text in found]


def _deviation(side: NDArray[np.float32]) -> np.float64:
    """The standard deviation, without a copy of the samples."""
    power = float(np.dot(side, side)) / len(side)
    return np.sqrt(np.float64(max(0.0, power - float(side.mean(dtype=np.float64)) ** 2)))


def _decibels(amplitude: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return 20.0 * np.log10(np.maximum(amplitude, 1e-6))


def _runs(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The first place of each run of trues, and the place after it."""
    edges = np.flatnonzero(np.diff(wanted.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _counted(found: list[Finding]) -> list[Finding]:
    """The longest few; the last of them says how many more there are."""
    if len(found) <= _MOST:
        return found
    kept = sorted(sorted(found, key=lambda one: one.start_s - one.end_s)[:_MOST],
                  key=lambda one: one.start_s)  # fmt: skip
    more = f" There are {len(found) - _MOST} more."
    last = kept[-1]
    return [*kept[:-1], last.model_copy(update={"text": last.text + more})]
