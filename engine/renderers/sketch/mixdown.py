"""The mixdown: a score's lines become sound, stand in one room and add up to a stereo mix.

The piece is mixed in blocks of 2.7 s, so memory holds one full-length buffer and what still
rings. Everything is linear: the stems add up to the mix. Buses carry middle and side instead of
left and right, because the side loses its lows (records and clubs are mono down there) and the
room is fed from the middle. Colour and loudness are the master's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, groupby
from types import MappingProxyType

import numpy as np

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import Cancelled as CancelledError
from engine.renderers.protocol import Cancelled, Progress
from engine.renderers.sketch.automation import dips, ride_value
from engine.renderers.sketch.outboard import Convolver, Echo, HighPass, room_response
from engine.renderers.sketch.score import Line, Note, PartName, Score
from engine.renderers.sketch.synth.kits import CHOKED_BY, FX, KITS, hit
from engine.renderers.sketch.synth.tones import Tone, play
from engine.renderers.sketch.synth.waves import (
    HOP,
    Curve,
    Samples,
    control_times,
    soften_edges,
    spread,
)

BLOCK = 1 << 17
"""Samples between two looks at the shared effects: a long block makes the room cheap."""

STRIP = 1 << 15
"""Samples a line is played in at once: what fits into the processor's cache."""

PART_DB = MappingProxyType(
    {
        "drums": -8.0,
        "percussion": -3.0,
        "bass": -4.0,
        "keyboard": -4.0,
        "synth": -4.0,
        "guitar": -5.0,
        "strings": -6.0,
        "brass": -5.0,
        "woodwinds": -4.0,
        "vocals": -2.0,
        "backing_vocals": -7.0,
        "fx": -9.0,
    }
)
"""Where each part's fader stands before a line's own gain."""

_LOW_PARTS = frozenset({"drums", "bass", "fx"})
_LOW_CUT_HZ = 105.0  # for the middle of all other parts, and for everybody's side

_ECHO_INTO_ROOM = np.float32(0.3)
_LAST_RAMP = 240


def mixdown(score: Score, progress: Progress, cancelled: Cancelled) -> Samples:
    """The unmastered mix, float32 [2, score.samples].

    Reports "mixing" from 0 to 1 and asks `cancelled` at every block; raises `Cancelled`.
    """
    return _mixed(score, score.lines, progress, cancelled)


def stems(score: Score) -> dict[PartName, Samples]:
    """Each part alone, in the mix's room and at its level; they add up to the mix.

    In the score's order of parts. Float rounding keeps the sum within 1e-6 of the mix.
    """
    by_part = sorted(score.lines, key=lambda line: line.part)
    parts = {part: tuple(lines) for part, lines in groupby(by_part, key=lambda line: line.part)}
    order = dict.fromkeys(line.part for line in score.lines)
    return {part: _mixed(score, parts[part], _silently, _never) for part in order}


def _silently(_stage: str, _fraction: float) -> None:
    pass


def _never() -> bool:
    return False


def _mixed(
    score: Score, lines: Sequence[Line], progress: Progress, cancelled: Cancelled
) -> Samples:
    mix = np.empty((2, score.samples), dtype=np.float32)
    desk = _Desk(score)
    dip = dips(_kicks(score), score.samples)
    channels = [_channel(line, score, dip) for line in lines]
    for start in range(0, score.samples, BLOCK):
        if cancelled():
            raise CancelledError("Stopped on request before it was finished.")
        progress("mixing", start / score.samples)
        for begin in range(0, BLOCK, STRIP):
            for line, channel in zip(lines, channels, strict=True):
                desk.take(line, begin, next(channel))
        mix[:, start : start + BLOCK] = desk.give()[:, : score.samples - start]
    ramp = min(_LAST_RAMP, score.samples)
    mix[:, -ramp:] *= np.linspace(1.0, 0.0, ramp, dtype=np.float32)
    progress("mixing", 1.0)
    return mix


def _kicks(score: Score) -> Iterator[tuple[float, float]]:
    for line in score.lines:
        if line.patch in KITS:
            for note in line.notes:
                if note.sound == "kick":
                    yield score.moment_s(note.start), note.velocity


class _Desk:
    """The buses: what came in during this block, and the room that all share."""

    def __init__(self, score: Score) -> None:
        self._low = np.zeros(BLOCK, dtype=np.float32)
        self._cut = np.zeros((2, BLOCK), dtype=np.float32)  # middle of the others, side of all
        self._to_room = np.zeros(BLOCK, dtype=np.float32)
        self._to_echo = np.zeros(BLOCK, dtype=np.float32)
        self._room = Convolver(room_response(score.room.size), BLOCK)
        self._echo = Echo(round(score.room.delay_beats * score.beat_s * SAMPLE_RATE_HZ))
        self._low_cut = HighPass(_LOW_CUT_HZ, channels=2)

    def take(self, line: Line, begin: int, strip: tuple[Samples, Samples] | None) -> None:
        """Add a strip of a line, as middle and side, to the block from `begin`; None is silence."""
        if strip is None:
            return
        middle, side = strip
        now = slice(begin, begin + STRIP)
        self._cut[1, now] += side
        bus = self._low if line.part in _LOW_PARTS else self._cut[0]
        bus[now] += middle
        if line.reverb:
            self._to_room[now] += middle * np.float32(line.reverb)
        if line.delay:
            self._to_echo[now] += middle * np.float32(line.delay)

    def give(self) -> Samples:
        """This block of the mix as left and right, [2, BLOCK]; then the buses are empty."""
        left, right = self._echo.process(self._to_echo)
        echoes = (left + right) * np.float32(0.5)
        self._cut[0] += echoes
        self._cut[1] += (left - right) * np.float32(0.5)
        self._to_room += echoes * _ECHO_INTO_ROOM
        middle, side = self._low_cut.process(self._cut)
        room_middle, room_side = self._room.process(self._to_room)
        middle += self._low
        middle += room_middle
        side += room_side
        for bus in (self._low, self._cut, self._to_room, self._to_echo):
            bus.fill(0.0)
        return np.stack([middle + side, middle - side])


def _channel(line: Line, score: Score, dip: Curve) -> Iterator[tuple[Samples, Samples] | None]:
    """A line's strips at its level, as middle and side [STRIP], one after the other, endlessly.

    The arrays are used again for the next strip; None when nothing sounds.
    """
    fader = _fader(line, score, dip)
    strip = np.empty((2, STRIP), dtype=np.float32)
    events = _events(line, score)
    coming = next(events, None)
    ringing: list[tuple[int, Samples]] = []
    for start in count(0, STRIP):
        end = start + STRIP
        while coming is not None and coming[0] < end:
            ringing.append((coming[0], coming[1]()))
            coming = next(events, None)
        if not ringing:
            yield None
            continue
        strip.fill(0.0)
        for onset, audio in ringing:
            begin, stop = max(onset, start), min(onset + audio.shape[1], end)
            strip[:, begin - start : stop - start] += audio[:, begin - onset : stop - onset]
        ringing = [(onset, audio) for onset, audio in ringing if onset + audio.shape[1] > end]
        yield _middle_and_side(strip, line, fader(start))


def _fader(line: Line, score: Score, dip: Curve) -> Callable[[int], Samples | None]:
    """What moves the line's gain over the strip that starts at a sample: [STRIP], or nothing."""
    rides = [ride for ride in line.rides if ride.parameter == "gain"]
    if not rides and not line.duck:
        return lambda _start: None
    beats = _control_beats(score)
    curve = ride_value(rides, 1.0, beats) * (1.0 - line.duck * dip)
    curve = np.pad(curve, (0, BLOCK // HOP), mode="edge")
    return lambda start: spread(curve[start // HOP : (start + STRIP) // HOP + 1], STRIP)


def _control_beats(score: Score) -> Curve:
    """The beat at each control point of the piece."""
    moments_s = control_times(score.samples)
    if score.clock is None:
        return moments_s / score.beat_s
    knots_s = (0.0, *score.clock.moments_s, float(moments_s[-1]))
    inside = sorted({one for one in knots_s if 0.0 <= one <= moments_s[-1]})
    return np.interp(moments_s, inside, [score.clock.beat(one) for one in inside])


def _middle_and_side(strip: Samples, line: Line, moving: Samples | None) -> tuple[Samples, Samples]:
    """The strip, which is overwritten, at the line's level and place: panned with equal power.

    The bass stays in the middle whatever its pan.
    """
    angle = ((0.0 if line.part == "bass" else line.pan) + 1) * np.pi / 4
    level = 10 ** ((PART_DB[line.part] + line.gain_db) / 20) * np.sqrt(0.5)
    left, right = strip
    left *= np.float32(level * np.cos(angle))
    right *= np.float32(level * np.sin(angle))
    if moving is not None:
        strip *= moving
    side = left - right
    left += right
    return left, side


def _events(line: Line, score: Score) -> Iterator[tuple[int, Callable[[], Samples]]]:
    """Onsets in samples, in order, with what makes the sound there; made only when it is due."""
    notes = sorted(line.notes, key=lambda note: note.start)
    onsets = [round(score.moment_s(note.start) * SAMPLE_RATE_HZ) for note in notes]
    if line.patch in KITS or line.patch == FX:
        for note, onset, end in zip(notes, onsets, _choked(notes, onsets), strict=True):
            length_s = score.length_s(note)
            yield onset, partial(_stroke, line.patch, note, length_s, end and end - onset)
        return
    rides = [ride for ride in line.rides if ride.parameter == "cutoff"]
    cutoffs = ride_value(rides, line.cutoff, np.array([note.start for note in notes]))
    for note, onset, cutoff in zip(notes, onsets, cutoffs, strict=True):
        tone = Tone(
            pitch=note.pitch,
            length_s=score.length_s(note),
            velocity=note.velocity,
            cutoff=float(np.clip(cutoff, 0.0, 1.0)),
            beat_s=score.beat_s,
            glide_to=note.glide_to,
            vowel=note.vowel,
        )
        yield onset, partial(play, line.patch, tone)


def _choked(notes: Sequence[Note], onsets: Sequence[int]) -> list[int | None]:
    """For each stroke the onset of the later one that silences it, if any."""
    ends: list[int | None] = [None] * len(notes)
    following: dict[str, int] = {}
    for index in reversed(range(len(notes))):
        sound = notes[index].sound
        ends[index] = min(
            (
                end
                for other in CHOKED_BY.get(sound, ())
                if (end := following.get(other, 0)) > onsets[index]
            ),
            default=None,
        )
        following[sound] = onsets[index]
    return ends


def _stroke(kit: str, note: Note, length_s: float, length: int | None) -> Samples:
    audio = hit(kit, note.sound, note.velocity, length_s)
    if length is None or length >= audio.shape[1]:
        return audio
    return soften_edges(audio[:, :length].copy(), fade_in_s=0.0, fade_out_s=0.008)
