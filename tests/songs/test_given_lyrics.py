"""Lyrics that somebody sends: every word is kept, the sections are found, what is wrong is said."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fields import MAX_LYRICS
from engine.renderers.sketch.reading.lyrics import kind_of as renderers_kind_of
from engine.songs import Song, SongWishes, write_song
from engine.songs.tags import TAGS
from engine.text import clean

RIVER = """I walked along the river
the   water it was cold
I threw a stone in after
And watched the rings unfold

Oh river, take me down
Oh river, take me home

My father built a paper boat
He sailed it in the spring
It never learned to stay afloat
But how that boat could sing

Oh river, take me down
oh river take me home!

And now the boat is mine
and now the spring is gone



Oh river, take me down
Oh river, take me home"""
GERMAN = """Verse 1:
Ich geh die Straße runter
und zähle jeden Stein

[Refrian]
Bleib bei mir, bleib bei mir

[Strophe 2]
Der Mond ist eine Laterne
und ich bin nicht allein
[Chorus]
[Outro]"""
LONG_LINE = (
    "this line goes on and on and on and never takes a single breath at all until it is over"
)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def tags(song: Song) -> list[str]:
    return re.findall(r"^\[(.*)\]$", song.lyrics, re.MULTILINE)


def test_sections_are_guessed_from_empty_lines_and_from_what_comes_back():
    song = write_song(SongWishes("slow folk", RIVER))
    assert tags(song) == [
        "Intro", "Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Chorus", "Outro",
    ]  # fmt: skip
    assert "the water it was cold" in song.lyrics
    assert any("guessed" in note for note in song.notes)
    assert any("odd spaces" in note for note in song.notes)
    assert any("empty lines" in note for note in song.notes)
    assert song.title == "Oh River, Take Me Down"
    assert song.language == "en"
    assert not song.instrumental


def test_names_of_sections_and_misspelt_tags_become_tags_and_a_named_chorus_is_written_out():
    song = write_song(SongWishes("rock", GERMAN))
    assert tags(song) == ["Verse 1", "Chorus", "Strophe 2", "Chorus", "Outro"]
    assert song.lyrics.count("Bleib bei mir, bleib bei mir") == 2
    assert song.language == "de"
    assert any("[Refrian]" in note and "[Chorus]" in note for note in song.notes)


def test_lyrics_may_be_in_another_language_than_the_idea():
    song = write_song(SongWishes("a slow rock song about the night, with guitars", GERMAN))
    assert song.language == "de"
    assert not any("language" in note for note in song.notes)


def test_lines_without_end_are_four_to_a_section():
    song = write_song(SongWishes("pop", "\n".join(f"line of number {n}" for n in "abcdefghijkl")))
    assert tags(song) == ["Intro", "Verse 1", "Verse 2", "Verse 3", "Outro"]


def test_lyrics_in_an_idea_are_lyrics():
    song = write_song(SongWishes('pop song, lyrics: "hello my darling, hello my dear"'))
    assert "hello my darling, hello my dear" in song.lyrics
    assert not any("rules" in note for note in song.notes)


def test_tags_alone_make_an_instrumental():
    song = write_song(SongWishes("jazz", "[Intro]\n[Theme]\n[Solo]\n[Theme]"))
    assert song.instrumental
    assert tags(song) == ["Intro", "Theme", "Solo", "Theme"]
    voiced = write_song(SongWishes("jazz", "[Intro]\n[Verse]", instrumental=False))
    assert any("only tags" in note for note in voiced.notes)


def test_lines_of_an_instrumental_are_kept_and_not_sung():
    song = write_song(SongWishes("jazz", RIVER, instrumental=True))
    assert song.instrumental
    assert words(RIVER) <= words(song.lyrics)
    assert any("aren't sung" in note for note in song.notes)


@pytest.mark.parametrize(
    ("lyrics", "options", "note"),
    [
        (RIVER, {"duration_s": 20.0}, "too many to sing"),
        (RIVER, {"duration_s": 500.0}, "leave most of it without a voice"),
        (LONG_LINE, {}, "break it in two"),
        ("[Verse]\n" + "\n".join(f"a line {n}" for n in range(13)), {}, "make two sections"),
        ("[Outro]\nbye now\n[Verse]\nhello there", {}, "move it to the end"),
        ("[Verse]\nhello there\n[Intro]\n[Outro]", {}, "move it to the start"),
        ("[Pre-Chorus]\nwait for me\n[Verse]\nhello there", {}, "leads into no [Chorus]"),
        ("[Verse]\na one\n[Verse 2]\na two\n[Verse 3]\na three", {}, "no [Chorus]"),
        ("[Bridge]\na one\n[Verse]\na two", {}, "after the second [Chorus]"),
        (RIVER, {"language": "de"}, "read like 'en'"),
        ("[Wobbly thing]\nhello there you", {}, "no known tag"),
        ("hello there\n[Verse]\nand you", {}, "before the first tag"),
        ("\n\n".join(["a line that is said again and again"] * 150), {}, "were left out"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(lyrics: str, options: dict, note: str):
    song = write_song(SongWishes("pop, 110 bpm", lyrics, **options))
    assert any(note in one for one in song.notes), song.notes
    assert len(song.lyrics) <= MAX_LYRICS


def test_good_lyrics_are_left_alone():
    first = write_song(SongWishes("pop about trains"))
    again = write_song(SongWishes("pop about trains", first.lyrics, duration_s=first.duration_s))
    assert again.lyrics == first.lyrics
    assert again.notes == ()


def test_the_time_that_is_proposed_for_too_many_words_is_enough():
    hurried = write_song(SongWishes("pop, 110 bpm", RIVER, duration_s=20.0))
    (fix,) = [note for note in hurried.notes if "too many" in note]
    seconds = re.search(r"duration_s (\d+)", fix)
    assert seconds
    calm = write_song(SongWishes("pop, 110 bpm", RIVER, duration_s=float(seconds[1])))
    assert not any("too many" in note for note in calm.notes)


def test_every_tag_is_one_that_the_renderer_knows():
    assert all(renderers_kind_of(tag) == tag.lower() for tag in TAGS)


_lines = st.one_of(
    st.sampled_from([
        "", "", "  ", "[Verse]", "[Chorus x2]", "[Hook: loud]", "(Bridge)", "Chorus:", "VERSE 2",
        "[???]", "[", "Oh river, take me down", "a-ha (ooh) it's o'clock", "Über den Wolken",
        "夜に駆ける", "[Verse] and on", "\tla  la", "…", "1999",
    ]),
    st.text(alphabet="abc déß,.'-!", max_size=30),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(_lines, min_size=1, max_size=40).map("\n".join),
    st.sampled_from([None, "en", "de"]),
    st.one_of(st.none(), st.floats(10.0, 600.0)),
)
def test_any_lyrics_keep_their_words_and_are_a_request(
    lyrics: str, language: str | None, duration_s: float | None
):
    song = write_song(SongWishes("pop", lyrics, language, duration_s=duration_s))
    request = song.request()
    assert request.lyrics == song.lyrics
    sung = re.sub(r"^\s*\[[^\]]*\]", "", clean(lyrics), flags=re.MULTILINE)
    assert words(sung) <= words(song.lyrics)
    assert write_song(SongWishes("pop", lyrics, language, duration_s=duration_s)) == song
