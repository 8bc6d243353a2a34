"""The splice: new audio in the place of old, or joined on before and after it.

Every sample outside a window and the seam before each of its edges is the source's own, bit for
bit. A seam ends where its line is, so that whatever begins on a line, old or new, keeps its
attack. Knows nothing of who made the new audio or why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.levels import SILENCE_LUFS, limit, loudness_lufs, true_peak_dbtp
from engine.audio.windows import Window, check_windows

Audio = NDArray[np.float32]
Fade = Callable[[Audio, Audio], Audio]

SEAM_S = 0.03
"""Long enough to hide a change of sound, short enough to lie between two strokes."""

CEILING_DBTP = -1.0
MOST_MATCH_DB = 6.0
"""A patch further off than this is meant to be: a breakdown, or a drop."""

_NEIGHBOURHOOD = 8 * SAMPLE_RATE_HZ
_SHORTEST_MEASURE = SAMPLE_RATE_HZ // 2


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """New audio for a window, float32 [2, n], from `lead(window, seam)` samples before it on."""

    window: Window
    audio: Audio


def seam_samples(seam_s: float) -> int:
    """A seam's length in samples; at least one, so that a splice is never a bare cut."""
    return max(1, round(seam_s * SAMPLE_RATE_HZ))


def lead(window: Window, seam: int) -> int:
    """How many samples before a window its patch begins: a seam, or none at the piece's start."""
    return seam if window.start else 0


def splice(
    source: Audio,
    patches: Sequence[Patch],
    seam_s: float = SEAM_S,
    *,
    match: bool = True,
    fade: Fade | None = None,
) -> Audio:
    """A copy of `source` [2, n] in which each patch fills its window.

    The old fades into the new during the seam before a window's start, and the new into the old
    during the seam before its end; there is no seam where the window touches the piece's own end.
    With `match`, each patch is brought to the loudness of its surroundings, by 6 dB at most. What
    is new stays at or below -1 dBTP, unless the old audio in a seam is louder by itself. `fade` is
    `crossfade`, or `ramp` for a patch that follows the source in its seams.

    Raises `InvalidRequest` for windows that are outside, out of order or too close, `ValueError`
    for a patch whose audio isn't as long as its window and lead.
    """
    seam, length = seam_samples(seam_s), source.shape[1]
    windows = [patch.window for patch in patches]
    check_windows(windows, length, seam)
    befores = [0, *(window.end for window in windows)][: len(windows)]
    afters = [*(window.start - seam for window in windows), length][1:]
    spliced = source.copy()
    for patch, before, after in zip(patches, befores, afters, strict=True):
        start, audio = patch.window.start - lead(patch.window, seam), patch.audio
        needed = (2, patch.window.end - start)
        if audio.shape != needed:
            raise ValueError(f"the patch for {patch.window} is {audio.shape}, not {needed}")
        if match:
            old = source[:, before:start], source[:, patch.window.end : after]
            audio = audio * _matching_gain(audio, old)
        audio = limit(audio, CEILING_DBTP)
        sewn = _sewn(source, Patch(patch.window, audio), seam, fade or crossfade)
        spliced[:, start : patch.window.end] = sewn
    return spliced


def join(
    source: Audio,
    before: Audio | None = None,
    after: Audio | None = None,
    seam_s: float = SEAM_S,
    *,
    match: bool = True,
) -> Audio:
    """The source with new audio on one side or both: [2, before + n + after - seam].

    `before` ends where the source begins, and every sample of the source is kept: the seam fades
    into the source's first moments turned about its first sample, which meet it without a
    corner. `after` begins one seam before the source's end. Levels and peaks are `splice`'s.

    Raises `InvalidRequest` for a part that is shorter than its seam, `ValueError` for a source that
    isn't longer than one.
    """
    seam, length = seam_samples(seam_s), source.shape[1]
    if length <= seam:
        raise ValueError(f"the source has {length} samples, and its seam needs more than {seam}")
    start = before.shape[1] if before is not None else 0
    end = start + length
    patches = [Patch(Window(0, start), before)] if before is not None else []
    total = end
    if after is not None:
        total += after.shape[1] - seam
        patches.append(Patch(Window(end, total), after))
    canvas = np.zeros((2, total), dtype=np.float32)
    canvas[:, start:end] = source
    if start >= seam:
        mirrored = 2.0 * source[:, :1] - source[:, seam:0:-1]
        canvas[:, start - seam : start] = limit(mirrored, CEILING_DBTP)
    return splice(canvas, patches, seam_s, match=match)


def _sewn(source: Audio, patch: Patch, seam: int, fade: Fade) -> Audio:
    """The patch's audio with the source faded in and out of it where there are seams."""
    window, sewn = patch.window, patch.audio.copy()
    if window.start:
        old = source[:, window.start - seam : window.start]
        sewn[:, :seam] = fade(old, patch.audio[:, :seam])
    if window.end < source.shape[1]:
        old = source[:, window.end - seam : window.end]
        # Backwards, so that both seams are mirror images of each other.
        sewn[:, -seam:] = fade(old[:, ::-1], sewn[:, ::-1][:, :seam])[:, ::-1]
    return sewn


def ramp(old: Audio, new: Audio) -> Audio:
    """From one to the other in a straight line, [2, n]: for sounds that follow each other."""
    rising = np.arange(1, old.shape[1] + 1, dtype=np.float32) / (old.shape[1] + 1)
    return (1.0 - rising) * old + rising * new


def crossfade(old: Audio, new: Audio) -> Audio:
    """From one to the other over their whole length, [2, n]: as loud in the middle as at the ends.

    With correlation c the gains satisfy a² + b² + 2c·ab = 1 (Fink, Holters and Zölzer,
    "Signal-matched power-complementary cross-fading", DAFx 2016): equal power for strangers,
    equal gain for one and the same sound. Where that would peak above both sounds and above
    -1 dBTP, the fade is at equal gain, which can't.
    """
    highest = max(float(np.abs(sound).max(initial=0.0)) for sound in (old, new))
    ceiling_dbtp = max(CEILING_DBTP, 20.0 * float(np.log10(max(highest, 1e-9))))
    faded = _faded(old, new, _correlation(old, new))
    return faded if true_peak_dbtp(faded) <= ceiling_dbtp else _faded(old, new, 1.0)


def _faded(old: Audio, new: Audio, correlation: float) -> Audio:
    place = (np.arange(old.shape[1]) + 0.5) / old.shape[1]
    rising = np.sin(0.5 * np.pi * place) ** 2
    falling = 1.0 - rising
    power = falling**2 + rising**2 + 2.0 * correlation * falling * rising
    gains = np.stack([falling, rising]) / np.sqrt(power)
    return (old * gains[0] + new * gains[1]).astype(np.float32)


def _correlation(old: Audio, new: Audio) -> float:
    """How much of one is in the other, 0 to 1; opposites count as strangers."""
    one, other = old.astype(np.float64), new.astype(np.float64)
    powers = np.vdot(one, one) * np.vdot(other, other)
    return float(np.clip(np.vdot(one, other) / np.sqrt(powers), 0.0, 1.0)) if powers else 0.0


def _matching_gain(audio: Audio, old: tuple[Audio, Audio]) -> np.float32:
    """What brings the new audio between the loudness of what comes before and after it.

    It is heard within eight seconds on either side; too little or silent audio says nothing.
    """
    before, after = old
    near = (before[:, -_NEIGHBOURHOOD:], after[:, :_NEIGHBOURHOOD])
    levels = [loudness_lufs(side) for side in near if side.shape[1] >= _SHORTEST_MEASURE]
    levels = [level for level in levels if level > SILENCE_LUFS]
    own = loudness_lufs(audio)
    if not levels or own <= SILENCE_LUFS:
        return np.float32(1.0)
    wanted = float(np.clip(own, min(levels), max(levels)))
    gain_db = float(np.clip(wanted - own, -MOST_MATCH_DB, MOST_MATCH_DB))
    return np.float32(10.0 ** (gain_db / 20.0))
