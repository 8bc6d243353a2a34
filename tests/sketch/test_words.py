"""What a caption is understood to ask for, and what it is told it cannot have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.keys import Key
from engine.renderers.sketch.reading.words import read_caption
from engine.renderers.sketch.styles import STYLES

SEVENTEEN = (
    "house", "deep house", "techno", "trance", "drum & bass", "dubstep", "trap", "hip hop",
    "lo-fi", "synthwave", "ambient", "disco", "pop", "rock", "jazz", "reggae", "latin",
)  # fmt: skip


def warned(caption: str, *words: str) -> bool:
    return any(all(word in warning for word in words) for warning in read_caption(caption).warnings)


@pytest.mark.parametrize("name", SEVENTEEN)
def test_every_style_is_called_by_its_own_name_without_a_warning(name: str):
    brief = read_caption(f"a {name} track")
    assert brief.styles == (name,)
    assert brief.warnings == ()
    assert set(SEVENTEEN) == set(STYLES)


@pytest.mark.parametrize(
    ("caption", "style", "groove"),
    [
        ("melodic techno", "techno", ""),
        ("dnb", "drum & bass", ""),
        ("Drum'n'Bass", "drum & bass", ""),
        ("D&B", "drum & bass", ""),
        ("ragga jungle", "drum & bass", "jungle"),
        ("liquid", "drum & bass", "liquid"),
        ("90s boom-bap", "hip hop", "boom bap"),
        ("chillhop", "lo-fi", "dusty"),
        ("Lo-Fi hip-hop beats", "lo-fi", ""),
        ("bossa nova", "latin", "bossa nova"),
        ("salsa", "latin", "salsa"),
        ("funk", "disco", "funk"),
    ],
)
def test_other_names_lead_to_their_style_and_groove(caption: str, style: str, groove: str):
    brief = read_caption(caption)
    assert (brief.styles[0], brief.groove) == (style, groove)


@pytest.mark.parametrize("name", ["uk garage", "2-step", "EDM", "R&B", "soul", "classical"])
def test_a_style_that_only_comes_near_is_said_to(name: str):
    assert read_caption(name).styles
    assert warned(name, "not among the styles", read_caption(name).styles[0])


def test_a_waltz_is_in_three_and_asks_for_no_style():
    brief = read_caption("a jazz waltz")
    assert (brief.styles, brief.signature) == (("jazz",), "3/4")


def test_in_a_blend_the_first_style_leads_and_an_adjective_never_does():
    assert read_caption("deep house with jazz piano").styles == ("deep house", "jazz")
    assert read_caption("techno trance").styles == ("techno", "trance")
    assert read_caption("jazzy house").styles == ("house", "jazz")
    assert read_caption("deep house with jazz piano").wanted == ("piano",)


def test_instruments_are_wanted_in_the_order_of_the_words():
    brief = read_caption("rhodes, a sax and warm pads, with congas")
    assert brief.wanted == ("epiano", "sax", "warm_pad", "conga_high")


@pytest.mark.parametrize(
    ("caption", "parts", "sounds"),
    [
        ("techno, no drums", {"drums", "percussion"}, set()),
        ("techno without bass", {"bass"}, set()),
        ("without drums and bass, ambient", {"drums", "percussion", "bass"}, set()),
        ("jazz, no drums or guitar", {"drums", "percussion", "guitar"}, set()),
        ("beatless techno", {"drums", "percussion"}, set()),
        ("house with no piano", set(), {"piano"}),
        ("house, no heavy kick, warm", set(), {"kick"}),
    ],
)
def test_what_is_negated_is_left_out(caption: str, parts: set[str], sounds: set[str]):
    brief = read_caption(caption)
    assert brief.unwanted_parts == parts
    assert brief.unwanted == sounds


def test_a_negation_ends_at_a_comma_and_at_a_plain_and():
    assert read_caption("no drums, piano").wanted == ("piano",)
    assert read_caption("no drums and warm pads").wanted == ("warm_pad",)
    assert read_caption("not too fast house").mood.tempo == 0.0


@pytest.mark.parametrize(
    ("caption", "bpm"),
    [
        ("house at 124 bpm", 124.0), ("124.5bpm house", 124.5), ("tempo 90", 90.0),
        ("120-126 BPM", 123.0), ("100 beats per minute", 100.0), ("house", None),
        ("from 1999, 808 drums", None),
    ],
)  # fmt: skip
def test_a_tempo_in_figures_is_read(caption: str, bpm: float | None):
    assert read_caption(caption).bpm == bpm


@pytest.mark.parametrize(
    ("caption", "key"),
    [
        ("in F# minor", Key(6, "minor")), ("Bb major pop", Key(10, "major")),
        ("techno in Am", Key(9, "minor")), ("key of C", Key(0, "major")),
        ("Ebm roller", Key(3, "minor")), ("house in a minor", Key(9, "minor")),
        ("d minor house", Key(2, "minor")), ("key 8A", Key(9, "minor")),
        ("in a minor key", None), ("a major hit", None), ("I am here", None),
    ],
)  # fmt: skip
def test_a_key_in_words_is_read_and_an_article_is_not_one(caption: str, key: Key | None):
    assert read_caption(caption).key == key


def test_minor_and_moods_set_the_mode():
    assert read_caption("in a minor key").mood.mode == "minor"
    assert read_caption("dark").mood.mode == "minor"
    assert read_caption("happy").mood.mode == "major"
    assert read_caption("happy, in minor").mood.mode == "minor"


def test_figures_that_can_not_be_played_are_named():
    assert warned("rock in 7/8", "7/8")
    assert warned("house at 400 bpm", "400 bpm")
    assert read_caption("rock in 6/8").signature == "6/8"


@pytest.mark.parametrize(
    ("word", "instead"),
    [("bagpipes", "sax"), ("sitar", "nylon guitar"), ("guttural screams", "voice"),
     ("violin", "strings"), ("tabla", "conga high"), ("turntable", "left out")],
)  # fmt: skip
def test_what_has_no_voice_is_named_with_what_plays_instead(word: str, instead: str):
    assert warned(f"house with {word}", f"'{word}'", instead)


def test_words_without_effect_are_listed_once_and_ordinary_ones_are_not():
    warnings = read_caption("the house on a purple bicycle, a purple one with zithers").warnings
    assert warnings == ("caption: these words had no effect: purple, bicycle, one, zithers.",)


def test_another_script_is_admitted_not_to_be_understood():
    assert warned("тёмное техно", "no effect", "техно")


def test_a_singers_register_is_read():
    assert read_caption("female vocals").register == "high"
    assert read_caption("deep male voice").register == "low"
    assert read_caption("pop with vocals").sings is True
    assert read_caption("pop, no vocals").sings is False
    assert read_caption("instrumental pop").sings is False


@given(st.text(max_size=120))
def test_any_text_is_read(caption: str):
    brief = read_caption(caption)
    assert set(brief.styles) <= set(STYLES)
    assert not set(brief.wanted) & brief.unwanted


def test_what_is_said_of_the_energy_outright_outweighs_what_a_colour_leans_to():
    assert read_caption("epic techno").mood.energy > 0.0
    assert read_caption("epic techno, mellow").mood.energy == read_caption("mellow").mood.energy
