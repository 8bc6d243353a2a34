"""What is written is music: in key, voice-led, sung in steps, shaped by the form."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scores import (
    STYLE_NAMES,
    chord_line,
    drums,
    end,
    part,
    pitched,
    scale,
    strokes,
    write,
)

from engine.renderers.sketch.score import FormSection, Line, Note, Score
from engine.renderers.sketch.styles import STYLES

DIATONIC = tuple(name for name, style in STYLES.items() if style.idiom == "diatonic")
BORROWING = tuple(name for name, style in STYLES.items() if style.idiom != "diatonic")
DRUMMED = tuple(name for name, style in STYLES.items() if style.kit)
SEEDS = range(6)


def lead(score: Score) -> Line | None:
    """The melody: the one-voiced line with the most notes outside bass and arpeggios."""
    seated = {"bell", "pluck", "arp"}
    lines = [
        line
        for line in pitched(score)
        if line.part != "bass"
        and max(Counter(round(n.start, 3) for n in line.notes).values()) == 1
        and line.gain_db == -0.5
    ]
    return max(lines, key=lambda line: (line.patch not in seated, len(line.notes)), default=None)


def inside(notes: list[Note] | tuple[Note, ...], section: FormSection, score: Score) -> list[Note]:
    beats = score.meter.beats
    first, last = section.start * beats, (section.start + section.bars) * beats
    return [note for note in notes if first - 0.2 <= note.start < last - 0.2]


def sections(score: Score, name: str) -> list[FormSection]:
    return [section for section in score.sections if section.name.startswith(name)]


@pytest.mark.parametrize("style", DIATONIC)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_pitch_of_a_diatonic_style_is_in_key(style: str, mode: str):
    for seed in SEEDS:
        score = write(style, seed, key=f"Eb {mode}")
        foreign = {
            (line.patch, note.pitch % 12)
            for line in pitched(score)
            for note in line.notes
            if note.pitch % 12 not in scale(score.key)
        }
        assert not foreign


@pytest.mark.parametrize("style", BORROWING)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_style_that_borrows_chords_still_rests_on_its_key(style: str, mode: str):
    notes = [
        note
        for seed in SEEDS
        for line in pitched(write(style, seed, key=f"G {mode}"))
        for note in line.notes
    ]
    in_key = scale(write(style, 0, key=f"G {mode}").key)
    assert sum(note.pitch % 12 in in_key for note in notes) > 0.8 * len(notes)


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_chords_lead_into_each_other_with_little_movement(style: str):
    for seed in SEEDS:
        line = chord_line(write(style, seed))
        assert line is not None
        size = max(len(stroke) for stroke in strokes(line))
        full = [stroke for stroke in strokes(line) if len(stroke) == size]
        moves = [
            sum(abs(a - b) for a, b in zip(one, other, strict=True)) / size
            for one, other in pairwise(full)
            if one != other
        ]
        assert np.mean(moves or [0]) <= 3.0
        assert max(moves, default=0) <= 7.0
        assert all(38 <= pitch <= 84 for stroke in full for pitch in stroke)


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_the_melody_moves_in_steps_and_turns_back_after_leaps(style: str):
    steps, leaps, turned = 0, 0, 0
    for seed in SEEDS:
        line = lead(write(style, seed))
        if line is None:
            continue
        moves = np.diff([note.pitch for note in line.notes])
        assert np.abs(moves).max() <= 13
        steps += int((np.abs(moves) <= 4).sum())
        leaps += int((np.abs(moves) > 5).sum())
        turned += sum(
            abs(move) > 5 and move * after <= 0 for move, after in pairwise(moves.tolist())
        )
        assert max(n.pitch for n in line.notes) - min(n.pitch for n in line.notes) <= 29
    assert steps > 3 * leaps
    assert turned >= 0.7 * leaps


@pytest.mark.parametrize("style", [name for name in STYLE_NAMES if name != "rock"])
def test_the_melody_stands_on_chord_tones_where_the_bar_is_strong(style: str):
    right = total = 0
    for seed in SEEDS:
        score = write(style, seed)
        line = lead(score)
        held = sorted(
            (note for other in pitched(score) if other is not line for note in other.notes),
            key=lambda note: note.start,
        )
        for note in line.notes if line else ():
            if abs(note.start % score.meter.beats) > 0.01 or note.length < 0.4:
                continue
            bar = note.start // score.meter.beats * score.meter.beats
            sounding = {
                round(other.pitch) % 12
                for other in held
                if other.start < note.start + 1.0 and other.start + other.length > bar
            }
            # A fifth may be left out of a full chord, and still belongs to it.
            sounding |= {
                (round(other.pitch) + 7) % 12
                for other in part(score, "bass")
                if other.start < note.start + 1.0 and other.start + other.length > note.start
            }
            if len(sounding) >= 3:
                total += 1
                right += round(note.pitch) % 12 in sounding
    assert total > 4
    assert right >= 0.85 * total


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_a_motif_comes_back(style: str):
    returned = 0
    for seed in SEEDS:
        score = write(style, seed)
        line = lead(score)
        if line is None:
            continue
        window = 2 * score.meter.beats
        units: dict[int, list[float]] = {}
        for note in line.notes:
            units.setdefault(int(note.start // window), []).append(round(note.start % window, 2))
        rhythms = Counter(tuple(unit) for unit in units.values() if len(unit) >= 2)
        returned += max(rhythms.values(), default=0) >= 3
        assert len(rhythms) >= 2  # and is varied
    assert returned >= 4


@pytest.mark.parametrize("style", DRUMMED)
def test_drums_come_first_and_stay_last_so_that_pieces_mix(style: str):
    for seed in range(3):
        score = write(style, seed)
        beats = score.meter.beats
        last = max(note.start for note in part(score, "drums")) // beats * beats
        others = [
            note.start for line in pitched(score) for note in line.notes if note.start < last - 0.1
        ]
        assert min(note.start for note in drums(score)) < beats
        assert min(others) >= 4 * beats - 0.1
        assert max(others) < last - 3 * beats
        assert any(last - beats - 0.1 <= note.start < last - 0.1 for note in drums(score))


def test_ambient_has_no_drums_unless_they_are_asked_for():
    assert not drums(write("ambient"))
    assert drums(write("ambient with drums"))
    assert not write("ambient with drums").warnings


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_no_bar_is_silent(style: str):
    for seed in range(3):
        score = write(style, seed)
        sounding = {
            bar
            for line in score.lines
            for note in line.notes
            for bar in range(
                int(note.start // score.meter.beats),
                int((note.start + note.length - 1e-6) // score.meter.beats) + 1,
            )
        }
        assert set(range(int(end(score) / score.meter.beats))) <= sounding


@pytest.mark.parametrize("style", DRUMMED)
def test_energy_follows_the_sections(style: str):
    score = write(style, 2)
    hottest = max(score.sections, key=lambda section: section.energy)
    intro = score.sections[0]

    def busy(section: FormSection) -> float:
        notes = [note for line in score.lines for note in line.notes]
        return sum(note.velocity for note in inside(notes, section, score)) / section.bars

    def lines(section: FormSection) -> int:
        return sum(bool(inside(line.notes, section, score)) for line in score.lines)

    assert busy(hottest) > 1.25 * busy(intro)
    assert lines(hottest) >= lines(intro)


@pytest.mark.parametrize("style", ["house", "deep house", "techno", "trance", "dubstep"])
def test_breakdowns_have_no_kick_and_drops_are_announced(style: str):
    score = write(style, 3)
    assert sections(score, "Breakdown")
    for section in sections(score, "Breakdown"):
        kicks = [note for note in inside(drums(score), section, score) if note.sound == "kick"]
        assert not kicks
    for section in sections(score, "Drop"):
        start = section.start * score.meter.beats
        effects = part(score, "fx")
        assert any(n.sound == "riser" and n.start + n.length == start for n in effects)
        assert any(n.sound == "crash" and abs(n.start - start) < 0.1 for n in drums(score))


@pytest.mark.parametrize("style", ["house", "trance", "drum & bass"])
def test_a_build_rolls_faster_and_its_filter_opens(style: str):
    score = write(style, 1)
    build = sections(score, "Build")[0]
    snares = [n for n in inside(drums(score), build, score) if n.sound == "snare"]
    gaps = np.diff([note.start for note in snares])
    assert gaps[0] > 2 * gaps[-1]
    assert snares[-1].velocity > snares[0].velocity
    start = build.start * score.meter.beats
    rides = [ride for line in score.lines for ride in line.rides if ride.start == start]
    assert any(ride.to_value > ride.from_value + 0.05 for ride in rides)


@pytest.mark.parametrize("style", ["house", "rock", "hip hop", "drum & bass", "disco"])
def test_phrases_end_with_fills(style: str):
    score = write(style, 4)
    beats = score.meter.beats
    middle = max(score.sections, key=lambda section: section.energy)
    bars = Counter[tuple[tuple[str, float], ...]]()
    for bar in range(middle.start, middle.start + middle.bars):
        hits = [n for n in drums(score) if bar * beats - 0.02 <= n.start < (bar + 1) * beats - 0.02]
        bars[tuple(sorted((n.sound, round((n.start - bar * beats) * 4)) for n in hits))] += 1
    assert len(bars) >= 2


def test_no_line_fades_out():
    for style in STYLE_NAMES:
        for line in write(style).lines:
            assert not any(ride.parameter == "gain" for ride in line.rides)


def test_the_bass_makes_room_for_the_kick():
    for style in ("house", "techno", "trance"):
        bass = next(line for line in write(style).lines if line.part == "bass")
        assert bass.duck >= 0.35


@pytest.mark.parametrize("style", ["rock"])
def test_rhythm_guitars_are_doubled_left_and_right(style: str):
    guitars = [line for line in write(style).lines if line.patch == "crunch_guitar"]
    pans = sorted(line.pan for line in guitars if len(line.notes) == len(guitars[0].notes))
    assert pans[0] < -0.5
    assert pans[-1] > 0.5


def test_chords_are_the_harmony_that_the_style_speaks():
    jazz = chord_line(write("jazz", 1))
    rock = chord_line(write("rock", 1))
    assert jazz is not None
    assert rock is not None
    assert np.mean([len({p % 12 for p in stroke}) for stroke in strokes(jazz)]) > 3.2
    assert np.mean([len({p % 12 for p in stroke}) for stroke in strokes(rock)]) <= 3.0


def test_jazz_walks_in_quarters_and_approaches_by_semitone():
    score = write("jazz", 1, duration_s=90)
    bass = part(score, "bass")
    gaps = np.diff([note.start for note in bass])
    assert np.median(gaps) == pytest.approx(1.0, abs=0.01)
    downbeats = [i for i, note in enumerate(bass) if note.start % 4 < 0.01 and i]
    approaches = [abs(bass[i].pitch - bass[i - 1].pitch) for i in downbeats]
    assert np.mean([step == 1 for step in approaches]) > 0.5


def test_reggae_drops_the_one_and_skanks_off_the_beat():
    score = write("one drop reggae", 1)
    skank = next(line for line in score.lines if line.patch in ("muted_guitar", "organ"))
    places = [note.start % 1.0 for note in skank.notes if note.length < 0.3]
    assert np.mean([0.4 < place < 0.9 for place in places]) > 0.95


@pytest.mark.parametrize(
    ("style", "places"),
    [("house", {2, 6, 10, 14}), ("trance", {2, 6, 10, 14}), ("synthwave", set(range(0, 16, 2)))],
)
def test_the_bass_sits_where_the_style_wants_it(style: str, places: set[int]):
    heard: Counter[int] = Counter()
    for seed in SEEDS:
        score = write(style, seed)
        heard.update(round((note.start % 4) * 4) % 16 for note in part(score, "bass"))
    assert {place for place, _ in heard.most_common(4)} <= places | {1, 3, 5, 7, 9, 11, 13, 15}
    assert sum(heard[place] for place in places) > 0.4 * sum(heard.values())


def test_trap_slides_and_dubstep_and_trap_are_in_half_time():
    slides = [n for seed in SEEDS for n in part(write("trap", seed), "bass") if n.glide_to]
    assert slides
    score = write("dubstep", 1)
    drop = sections(score, "Drop")[0]
    hits = inside(drums(score), drop, score)
    snares = [note.start % 4 for note in hits if note.sound == "snare"]
    assert np.mean([abs(place - 2) < 0.1 for place in snares]) > 0.5


@pytest.mark.parametrize("style", [name for name in DRUMMED if name not in ("latin", "jazz")])
def test_a_groove_in_three_has_its_weight_on_the_one(style: str):
    score = write(style, 1, time_signature="3/4")
    accents = ("kick",) if style != "reggae" else ("snare", "rim", "hat")
    hottest = max(score.sections, key=lambda section: section.energy)
    kicks = [n for n in inside(drums(score), hottest, score) if n.sound in accents]
    on_one = sum(note.velocity for note in kicks if note.start % 3 < 0.05 or note.start % 3 > 2.97)
    assert on_one > 0.3 * sum(note.velocity for note in kicks) or style == "reggae"


def test_six_eight_moves_in_threes():
    score = write("pop", 1, time_signature="6/8")
    hats = [note.start % 1.0 for note in drums(score) if note.sound == "hat"]
    thirds = [min(abs(place - third) for third in (0, 1 / 3, 2 / 3, 1)) < 0.03 for place in hats]
    assert np.mean(thirds) > 0.9


def test_swing_delays_the_offbeats():
    late = [
        n.start % 1.0 for n in drums(write("jazz", 1)) if n.sound == "ride" and n.start % 1 > 0.4
    ]
    inner = [place for place in late if place < 0.9]
    assert np.mean(inner) == pytest.approx(0.645, abs=0.02)
