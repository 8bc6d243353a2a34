"""Styles are told apart, moods and instruments are heard, and nothing is dropped in silence."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray
from scores import STYLE_NAMES, drums, fingerprint, part, pitched, write

from engine.renderers.sketch.score import PartName, Score
from engine.renderers.sketch.styles import STYLES

SEEDS = range(5)


@cache
def prints(style: str) -> NDArray[np.float64]:
    return np.array([fingerprint(write(style, seed)) for seed in SEEDS])


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(one - other))


def test_no_piece_of_one_style_is_close_to_a_piece_of_another():
    closest = min(
        (distance(a, b), one, other)
        for one, other in combinations(STYLE_NAMES, 2)
        for a in prints(one)
        for b in prints(other)
    )
    assert closest[0] > 1.2, closest


def test_a_piece_is_nearest_to_the_other_pieces_of_its_style():
    right = total = 0
    for style in STYLE_NAMES:
        for seed in SEEDS:
            mine = prints(style)[seed]
            centres = {
                other: np.delete(prints(other), seed if other == style else [], axis=0).mean(axis=0)
                for other in STYLE_NAMES
            }
            nearest = min(centres, key=lambda other: distance(mine, centres[other]))
            right += nearest == style
            total += 1
    assert right >= 0.88 * total


def test_styles_lie_further_apart_than_pieces_of_a_style_do():
    within = [distance(a, b) for style in STYLE_NAMES for a, b in combinations(prints(style), 2)]
    between = [
        distance(a, b)
        for one, other in combinations(STYLE_NAMES, 2)
        for a, b in zip(prints(one), prints(other), strict=True)
    ]
    assert np.mean(between) > 1.8 * np.mean(within)


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_two_seeds_of_a_style_clearly_differ(style: str):
    assert min(distance(a, b) for a, b in combinations(prints(style), 2)) > 0.3


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_every_style_has_several_grooves_progressions_and_bass_lines(style: str):
    table = STYLES[style]
    assert table.kit is None or len(table.kit.grooves) >= 3
    assert len(table.in_minor) >= 3
    assert len(table.in_major) >= 2
    assert table.bass.walking or len(table.bass.figures) >= 2


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize(
    "mood", ["dark", "happy", "energetic", "calm", "dreamy", "warm", "minimal", "lush", "bright"]
)
def test_a_mood_changes_the_music_and_leaves_the_style(style: str, mood: str):
    plain, coloured = write(style, 3), write(f"{mood} {style}", 3)
    assert coloured != plain
    assert coloured.style == style
    assert coloured.warnings == ()
    low, high = STYLES[style].bpm
    assert low <= coloured.bpm <= high


def brightness(score: Score) -> float:
    return float(np.mean([line.cutoff for line in pitched(score)]))


def test_moods_push_where_their_words_say():
    assert brightness(write("dark house")) < brightness(write("house"))
    assert brightness(write("bright house")) > brightness(write("house"))
    assert write("happy pop").key.mode == "major"
    assert write("sad pop").key.mode == "minor"
    assert write("dreamy pop").room.size > write("pop").room.size
    assert write("dusty pop").room.noise > write("pop").room.noise
    assert np.mean([s.energy for s in write("energetic pop").sections]) > np.mean(
        [s.energy for s in write("calm pop").sections]
    )
    sparse, lush = write("minimal trance", 4), write("lush trance", 4)
    assert sum(len(x.notes) for x in sparse.lines) < sum(len(x.notes) for x in lush.lines)


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_the_calmest_music_has_no_hole_in_it(style: str):
    score = write(f"{style}, calm, soft, sparse, muted", 3, duration_s=90.0, instrumental=True)
    moments = np.arange(4.0, score.sections[-1].start * score.meter.beats, 0.5)
    heard = np.zeros(moments.shape, dtype=bool)
    for line in score.lines:
        for note in line.notes:
            heard |= (note.start - 4.0 <= moments) & (moments < note.start + note.length)
    assert heard.all(), moments[~heard]


def between_eighths(score: Score, name: PartName) -> int:
    """How many notes of a part lie on sixteenths."""
    return sum(0.1 < note.start % 0.5 < 0.4 for note in part(score, name))


def test_a_mellow_band_takes_the_sparse_figures_of_its_style():
    mellow, driven = (
        [write(f"disco with a clav, {mood}", seed) for seed in SEEDS]
        for mood in ("mellow", "driving, energetic")
    )
    for name in ("keyboard", "bass", "drums"):
        few, many = (sum(between_eighths(x, name) for x in scores) for scores in (mellow, driven))
        assert few < 0.5 * many, name


def test_a_piece_takes_the_sparser_of_its_two_bass_figures_for_its_calmer_sections():
    for style, seed in product(("disco", "synthwave", "techno", "house"), SEEDS):
        score = write(style, seed, duration_s=150.0)
        strokes = {True: 0, False: 0}
        played = {True: 0, False: 0}
        for section in score.sections[1:-1]:
            bars = range(section.start, section.start + section.bars)
            notes = [n for n in part(score, "bass") if int(n.start // score.meter.beats) in bars]
            full = section.energy >= 0.7
            strokes[full] += len(notes)
            played[full] += len({int(note.start // score.meter.beats) for note in notes})
        if played[True] and played[False]:
            assert strokes[False] / played[False] <= strokes[True] / played[True] + 0.3


def test_words_for_more_energy_make_music_that_is_fuller():
    words = ("calm, soft", "calm", "mellow", "moderate", "groovy", "driving", "driving, energetic")
    for style in ("techno", "disco", "drum & bass", "hip hop"):
        struck = [len(drums(write(f"{style}, {word}", 3, duration_s=90.0))) for word in words]
        assert struck == sorted(struck), style


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize(
    ("word", "patch"),
    [("piano", "piano"), ("rhodes", "epiano"), ("saxophone", "sax"), ("choir", "choir"),
     ("nylon guitar", "nylon_guitar"), ("marimba", "marimba"), ("acid", "acid_bass"),
     ("upright bass", "upright"), ("supersaw", "supersaw"), ("flute", "flute")],
)  # fmt: skip
def test_a_named_instrument_is_heard(style: str, word: str, patch: str):
    score = write(f"{style} with {word}")
    assert patch in {line.patch for line in score.lines}
    assert score.warnings == ()


@pytest.mark.parametrize("sound", ["congas", "cowbell", "shaker", "tambourine", "toms", "claps"])
def test_a_named_drum_is_heard(sound: str):
    drum = {"congas": "conga_high", "toms": "tom_low", "claps": "clap"}.get(sound, sound)
    for style in ("techno", "rock", "ambient"):
        assert drum in {note.sound for note in drums(write(f"{style} with {sound}"))}


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_what_is_left_out_is_not_heard(style: str):
    assert not drums(write(f"{style}, no drums"))
    assert not part(write(f"{style} without bass"), "bass")
    assert not part(write(f"{style} without synths"), "synth")
    assert "kick" not in {note.sound for note in drums(write(f"{style}, no kick"))}
    for score in (write(f"{style}, no drums"), write(f"{style} without drums and bass")):
        assert score.lines


def test_when_nobody_is_left_a_pad_plays_and_says_so():
    score = write(
        "ambient without drums, without bass, without synths, without keys, without strings, "
        "without guitar, without brass, without woodwinds, without choir, no marimba, no bells"
    )
    assert score.lines
    assert any("nobody to play" in warning for warning in score.warnings)


def test_a_blend_takes_its_groove_from_the_first_and_instruments_from_the_others():
    blend = write("techno trance", 2)
    assert blend.style == "techno"
    assert {line.patch for line in blend.lines} & {"supersaw", "saw_lead"}
    jazzy = write("deep house with jazz piano", 2)
    assert jazzy.style == "deep house"
    assert {"piano"} <= {line.patch for line in jazzy.lines}
    assert {line.patch for line in jazzy.lines} & {"sax", "trumpet", "vibraphone"}


def test_more_instruments_than_lines_are_named():
    wish = "piano, rhodes, organ, strings, brass, trumpet, sax, flute, marimba, guitar and bells"
    score = write(f"pop with {wish}")
    heard = {line.patch for line in score.lines}
    assert {"piano", "strings"} <= heard
    assert sum("no line is left" in warning for warning in score.warnings) >= 4


@pytest.mark.parametrize(
    ("caption", "named", "plays"),
    [("folk with bagpipes", "bagpipes", "sax"), ("trance with sitar", "sitar", "nylon_guitar"),
     ("jazz with violin", "violin", "strings"), ("house with kalimba", "kalimba", "marimba")],
)  # fmt: skip
def test_an_instrument_without_a_voice_is_named_and_its_stand_in_plays(
    caption: str, named: str, plays: str
):
    score = write(caption)
    assert any(f"'{named}'" in warning for warning in score.warnings)
    assert plays in {line.patch for line in score.lines}


def test_percussion_that_is_named_stays_when_the_drums_go():
    score = write("latin, no drums, with congas")
    assert not part(score, "drums")
    assert part(score, "percussion")


def test_a_groove_that_a_meter_does_not_have_is_named():
    assert any("jungle" in warning for warning in write("jungle in 3/4").warnings)
    assert not write("jungle").warnings
    assert not write("jungle in 2/4").warnings


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_every_figure_of_a_style_fills_whole_bars(style: str):
    table = STYLES[style]
    figures = [*table.bass.figures]
    figures += table.chords.figures if table.chords else ()
    figures += table.arp.figures if table.arp else ()
    assert all(len(figure.replace(" ", "")) % 16 == 0 for figure in figures)
    if table.kit:
        grooves = [*((groove, 16) for groove in table.kit.grooves)]
        grooves += [(table.kit.waltz, 12), (table.kit.compound, 12)]
        for groove, steps in grooves:
            for sound, row in groove.rows.items():
                length = len(row.replace(" ", ""))
                assert length > 0, (groove.name, sound)
                assert length % steps == 0, (groove.name, sound)
