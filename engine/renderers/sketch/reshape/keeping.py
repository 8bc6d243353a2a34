"""Keeping: new lines and old notes woven together, phrase by phrase.

Which phrases are kept is drawn once per role and phrase, so asking for more keeps all that less
would have kept. Knows notes and lines, not styles or sound.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.renderers.sketch.band.ensemble import Ensemble
from engine.renderers.sketch.band.instruments import INSTRUMENTS, Instrument
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.reshape.own import role_of
from engine.renderers.sketch.score import Line, Note
from engine.renderers.sketch.synth.kits import KITS
from engine.renderers.sketch.theory.streams import Seed, stream

_ACCENT = 0.5
"""How far an old accent moves a new note's velocity, at the most."""
_TWIN_DELAY_BEATS = 0.02
_CHORD_RANGE = (48, 80)
_VOWELS = ("a", "o", "u", "e")


@dataclass(frozen=True, slots=True)
class Weave:
    """Which phrases of each role are kept: a `share` of them, in phrases of so many `beats`."""

    share: float
    beats: float
    end: float
    seed: Seed
    opened: frozenset[int] | None = None
    """The phrases of which only a share is kept; the others are kept whole. None: all."""

    def kept(self, role: str) -> tuple[bool, ...]:
        count = max(1, math.ceil(self.end / self.beats - 1e-6))
        draws = stream(self.seed, f"keeping {role}").random(count)
        return tuple(
            bool(draw < self.share) or (self.opened is not None and phrase not in self.opened)
            for phrase, draw in enumerate(draws)
        )


def mosaic(
    old: Iterable[Line], new: Iterable[Line], weave: Weave, old_band: Ensemble, new_band: Ensemble
) -> tuple[Line, ...]:
    """The old lines in the phrases that are kept, the new lines in all others."""
    woven: list[Line] = []
    for lines, band, wanted in ((old, old_band, True), (new, new_band, False)):
        for line in lines:
            kept = weave.kept(role_of(line, band))
            places = [flag == wanted for flag in kept]
            notes = within(line.notes, places, weave.beats)
            if notes:
                woven.append(replace(line, notes=notes))
    return tuple(woven)


def rearranged(
    lines: Sequence[Line], band: Ensemble, original: Original, weave: Weave
) -> tuple[Line, ...]:
    """The new lines, which in the phrases that are kept play the original's notes.

    Old notes move by octaves into the range of whoever plays them. Drums and effects are always
    new. A melody that nobody would play gets the first instrument there is, or a piano.
    """
    given: set[tuple[str, str]] = set()
    roles: set[str] = set()
    woven: list[Line] = []
    for line in lines:
        role = role_of(line, band)
        kept = weave.kept(role)
        if role not in original.kept:
            woven.append(line)
            continue
        fresh = within(line.notes, [not flag for flag in kept], weave.beats)
        twin = (role, line.patch) in given
        if role in roles and not twin:
            woven.append(replace(line, notes=fresh))
            continue
        roles.add(role)
        given.add((role, line.patch))
        late = _TWIN_DELAY_BEATS if twin else 0.0
        old = within(fitted(original.kept[role], role, line.patch), kept, weave.beats)
        shifted = tuple(replace(note, start=note.start + late) for note in old)
        woven.append(replace(line, notes=_in_order((*fresh, *shifted))))
    if "lead" in original.kept and "lead" not in roles:
        woven += _leaderless(original.kept["lead"], band, weave)
    return tuple(line for line in woven if line.notes)


def accented(lines: Iterable[Line], original: Original, share: float) -> tuple[Line, ...]:
    """The lines, louder where the original is accented and softer where it is not.

    What is rare is an accent, so a step counts against the mean of its surroundings.
    """
    accents = original.accents
    if not accents or not share:
        return tuple(lines)
    usual = sum(accents) / len(accents)
    per_beat = original.grid.steps_per_beat

    def louder(note: Note) -> Note:
        step = min(max(round(note.start * per_beat), 0), len(accents) - 1)
        push = 1.0 + _ACCENT * share * max(-0.5, min(0.5, accents[step] - usual))
        return replace(note, velocity=round(min(1.0, max(0.1, note.velocity * push)), 3))

    return tuple(replace(line, notes=tuple(louder(note) for note in line.notes)) for line in lines)


def within(notes: Iterable[Note], places: Sequence[bool], beats: float) -> tuple[Note, ...]:
    """The notes that begin in a wanted phrase, none of them ringing on into an unwanted one."""
    unwanted = [place * beats for place, wanted in enumerate(places) if not wanted]
    kept: list[Note] = []
    for note in notes:
        place = min(max(0, math.floor((note.start + 0.02) / beats)), len(places) - 1)
        if not places[place]:
            continue
        following = bisect_right(unwanted, note.start + 0.02)
        end = unwanted[following] if following < len(unwanted) else math.inf
        kept.append(replace(note, length=min(note.length, end - note.start)))
    return tuple(kept)


def fitted(notes: Sequence[Note], role: str, patch: str) -> tuple[Note, ...]:
    """Notes for another instrument: all moved by the same octaves, stray ones by their own."""
    if not notes or patch in KITS:
        return tuple(notes)
    low, high = _range(role, INSTRUMENTS[patch])
    pitches = sorted(note.pitch for note in notes)
    octaves = round(((low + high) / 2 - pitches[len(pitches) // 2]) / 12)
    moved: list[Note] = []
    for place, note in enumerate(notes):
        pitch = note.pitch + 12 * octaves
        pitch += 12 * math.ceil(max(0.0, low - pitch) / 12)
        pitch -= 12 * math.ceil(max(0.0, pitch - high) / 12)
        shift = pitch - note.pitch
        vowel = (note.vowel or _VOWELS[place % len(_VOWELS)]) if patch == "voice" else ""
        glide = None if note.glide_to is None else note.glide_to + shift
        moved.append(replace(note, pitch=pitch, vowel=vowel, glide_to=glide))
    return tuple(moved)


def _range(role: str, instrument: Instrument) -> tuple[int, int]:
    if role in ("chords", "pad"):
        return _CHORD_RANGE
    return instrument.low, max(instrument.high, instrument.low + 12)


def _leaderless(notes: tuple[Note, ...], band: Ensemble, weave: Weave) -> list[Line]:
    seats = [band.seat(role) for role in ("counter", "arp", "chords", "pad")]
    seat = next((seat for seat in seats if seat), INSTRUMENTS["piano"])
    old = within(fitted(notes, "lead", seat.patch), weave.kept("lead"), weave.beats)
    line = Line(seat.part, seat.patch, old, pan=seat.pan, reverb=seat.reverb, delay=seat.delay)
    return [line] if old else []


def _in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: (note.start, note.pitch)))
