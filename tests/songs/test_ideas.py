"""What is understood of an idea, and that any idea becomes a song that can be made and sung."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.fields import MAX_DURATION_S, MIN_DURATION_S
from engine.renderers.sketch.reading.syllables import sung_vowels
from engine.songs import Song, SongWishes, write_song
from engine.songs.forms import Beat, unit
from engine.songs.rhymes import family, last_word
from engine.songs.structure import read_stanzas
from engine.songs.vocabulary import RAPPED

IDEAS: list[tuple[str, dict[str, Any]]] = [
    ("a slow waltz about my grandmother's kitchen",
     {"style": "folk", "bpm": (60, 100), "metre": "3/4", "sings": "my grandmother's kitchen"}),
    ("midnight drive through neon city, synthwave, female vocals",
     {"style": "synthwave", "bpm": (84, 118), "caption": "female vocals",
      "sings": "midnight drive"}),
    ("sad love song for my dog Rufus", {"minor": True, "sings": "my dog Rufus"}),
    ("a lighthouse keeper who falls in love with the fog",
     {"sings": "the lighthouse keeper", "also": "the fog"}),
    ("drum and bass at 174 about leaving home, 2 minutes",
     {"style": "drum and bass", "bpm": (174, 174), "length": 120, "sings": "leaving home"}),
    ("ein trauriges Lied über den letzten Zug nach Hause",
     {"language": "de", "minor": True, "sings": "den letzten Zug nach Hause"}),
    ("ein Walzer von meiner Oma", {"language": "de", "metre": "3/4", "sings": "von meiner Oma"}),
    ("angry punk song about my landlord, 90 seconds",
     {"style": "punk", "bpm": (150, 190), "length": 90, "minor": True, "sings": "my landlord"}),
    ("lofi beats to study to", {"style": "lo-fi", "bpm": (68, 88), "instrumental": True}),
    ("techno instrumental 135 bpm in F minor",
     {"style": "techno", "bpm": (135, 135), "key": "F minor", "instrumental": True}),
    ("happy birthday song for Anna, ukulele", {"caption": "ukulele", "minor": False,
                                               "sings": "Anna"}),
    ("a reggae song in French about the sea",
     {"style": "reggae", "bpm": (66, 86), "language": "en", "note": "'fr'", "sings": "the sea"}),
    ("6/8 sea shanty about whales", {"style": "folk", "metre": "6/8", "sings": "the whales"}),
    ("surprise me", {"instrumental": False}),
    ("", {"instrumental": False}),
    ("robots learning to love", {"sings": "the robots"}),
    ('an indie rock song called "Glass Houses"', {"style": "indie", "title": "Glass Houses",
                                                  "sings": "Glass Houses"}),
    ("a lullaby for my daughter in 3/4 at 70 bpm",
     {"metre": "3/4", "bpm": (70, 70), "sings": "my daughter"}),
    ("dancing in the rain, disco", {"style": "disco", "bpm": (110, 124),
                                    "sings": "dancing in the rain"}),
    ("write me a country song about a truck that broke down in Texas",
     {"style": "country", "bpm": (90, 130), "sings": "the truck"}),
    ("chill bossa nova, no drums", {"style": "bossa nova", "caption": "no drums"}),
    ("99 balloons over Berlin, new wave", {"style": "synthpop", "bpm": (104, 128)}),
    ("rap about my first job with piano, 85 bpm",
     {"style": "hip hop", "bpm": (85, 85), "caption": "piano", "sings": "my first job"}),
    ("ambient, 60 s", {"style": "ambient", "length": 60, "instrumental": True}),
    ("a techno song about the moon",
     {"style": "techno", "instrumental": False, "sings": "the moon"}),
    ("instrumental folk tune about the river, 3 minutes",
     {"style": "folk", "instrumental": True, "length": 180}),
    ("fast ska in Bb major about summer, 2 min 30",
     {"style": "ska", "bpm": (135, 150), "key": "Bb major"}),
    ("romantic ballad in D minor, male vocals",
     {"key": "D minor", "caption": "male vocals", "bpm": (90, 105)}),
    ("soul song with lyrics about forgiveness", {"style": "soul", "instrumental": False,
                                                 "sings": "forgiveness"}),
    ("I can't sleep because of you", {"sings": "I can't sleep because of you"}),
    ("vocal house about friday",
     {"style": "soulful house", "sings": "Friday", "without": "coffee"}),
    ("wedding song for Tom and Maria", {"sings": "Tom and Maria"}),
    ("the last day of school, pop punk", {"style": "punk", "sings": "the last day of school"}),
    ("please write me something nice", {"instrumental": False}),
    ("una canción triste sobre Madrid", {"language": "en", "note": "'es'"}),
]  # fmt: skip


def sung_lines(song: Song) -> list[str]:
    return [line for line in song.lyrics.splitlines() if line and not line.startswith("[")]


@pytest.mark.parametrize(("idea", "wanted"), IDEAS, ids=[idea or "nothing" for idea, _ in IDEAS])
def test_an_idea_becomes_the_song_that_it_asks_for(idea: str, wanted: dict[str, Any]):
    song = write_song(SongWishes(idea))
    if "style" in wanted:
        assert song.caption.startswith(wanted["style"]), song.caption
    low, high = wanted.get("bpm", (30, 300))
    assert low <= song.bpm <= high
    assert song.time_signature == wanted.get("metre", "4/4")
    assert song.key == wanted.get("key", song.key)
    if "minor" in wanted:
        assert song.key.endswith("minor") == wanted["minor"]
    silent = wanted.get("instrumental", False)
    assert song.language == wanted.get("language", "unknown" if silent else "en")
    assert song.instrumental == silent
    assert song.duration_s == wanted.get("length", song.duration_s)
    assert 100 <= song.duration_s <= 240 or "length" in wanted or "2 min" in idea
    assert wanted.get("caption", "") in song.caption
    assert wanted.get("title", song.title) == song.title
    for words in (wanted.get("sings", ""), wanted.get("also", "")):
        assert words in song.lyrics
    assert wanted.get("without", "\0") not in song.lyrics
    if "note" in wanted:
        assert any(wanted["note"] in note for note in song.notes), song.notes


def test_a_song_says_that_rules_wrote_it():
    assert "not by a language model" in write_song(SongWishes("a song about the sea")).notes[0]


def test_the_chorus_comes_back_word_for_word_and_no_other_line_comes_twice():
    for idea, wanted in IDEAS:
        song = write_song(SongWishes(idea))
        stanzas, _ = read_stanzas(song.lyrics)
        choruses = {one.lines for one in stanzas if one.kind == "Chorus"}
        assert len(choruses) <= 1
        others = [line for one in stanzas if one.kind != "Chorus" for line in one.lines]
        assert len(others) == len(set(others)), idea
        assert not set(others) & {line for one in choruses for line in one}
        assert bool(choruses) or wanted.get("instrumental")


def rhymes(one: str, other: str, language: str) -> bool:
    known = family(one, language)
    same_word = last_word(one) == last_word(other)
    return bool(known) and known == family(other, language) and not same_word


def test_quatrains_rhyme_crossed_or_in_pairs_and_choruses_turn_on_their_refrain():
    crossed = paired = 0
    for idea, _ in IDEAS:
        song = write_song(SongWishes(idea, instrumental=False))
        stanzas, _ = read_stanzas(song.lyrics)
        for one in stanzas:
            for start in range(0, len(one.lines), 4):
                a, b, c, d = one.lines[start : start + 4]
                if one.kind == "Chorus":
                    turns = a == c and rhymes(b, d, song.language)
                    answers = rhymes(a, b, song.language) and rhymes(c, d, song.language)
                    assert turns or answers, one
                    continue
                is_paired = rhymes(a, b, song.language) and rhymes(c, d, song.language)
                assert is_paired or (rhymes(a, c, song.language) and rhymes(b, d, song.language))
                paired += is_paired
                crossed += not is_paired
    assert min(paired, crossed) >= 10


def test_an_instrumental_has_tags_only():
    song = write_song(SongWishes("a folk song about bread", instrumental=True))
    assert song.instrumental
    assert not sung_lines(song)
    assert song.lyrics.startswith("[Intro]")
    assert "instrumental" in song.caption


def test_what_is_passed_goes_before_what_the_idea_says():
    wishes = SongWishes("a 3 minute techno instrumental in English", "", "de", False, 75.0)
    song = write_song(wishes)
    assert (song.language, song.instrumental, song.duration_s) == ("de", False, 75.0)
    assert sung_lines(song)


def test_other_seeds_are_other_songs_and_the_same_seed_the_same():
    songs = [write_song(SongWishes("a song about rain", seed=seed)) for seed in range(8)]
    assert len({song.lyrics for song in songs}) == 8
    assert write_song(SongWishes("a song about rain", seed=3)) == songs[3]
    assert write_song(SongWishes("A song  about rain")) == write_song(
        SongWishes("A song about rain")
    )


def test_shorter_songs_have_fewer_sections_and_end_as_songs_do():
    counts = [
        write_song(SongWishes("a pop song about buses", duration_s=seconds)).lyrics.count("[")
        for seconds in (10.0, 30.0, 60.0, 120.0, 180.0, 240.0)
    ]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert counts[-1] >= 9


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        (SongWishes(language="klingon"), "language"),
        (SongWishes(duration_s=5.0), "duration_s"),
        (SongWishes(duration_s=601.0), "duration_s"),
        (SongWishes(duration_s=float("nan")), "duration_s"),
    ],
)
def test_what_no_request_takes_is_refused_by_its_name(wishes: SongWishes, field: str):
    with pytest.raises(InvalidRequest) as refused:
        write_song(wishes)
    assert refused.value.field == field


_PIECES = (
    "song about", "my", "the sea", "a robot", "who", "techno", "rap", "waltz", "Lied über", "von",
    "den Hund", "sad", "happy", "fast", "slow", "6/8", "2/4", "30 bpm", "299 bpm", "in F# minor",
    "instrumental", "with vocals", "no drums", "10 seconds", "9 minutes", "for 5 hours",
    "“Quoted”",
    "called The Long Way", "dancing in", "99 luft", ",", "in Japanese", "{it}", "[Verse]", "%s",
    "\n",
)  # fmt: skip
_ideas = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=9).map(" ".join), st.text(max_size=80)
)
_wishes = st.builds(
    SongWishes,
    idea=_ideas,
    language=st.sampled_from([None, None, "en", "de", "fr", "ja"]),
    instrumental=st.sampled_from([None, None, True, False]),
    duration_s=st.one_of(st.none(), st.floats(MIN_DURATION_S, MAX_DURATION_S)),
    seed=st.one_of(st.none(), st.integers(0, 2**32 - 1)),
)


@settings(max_examples=150, deadline=None)
@given(_wishes)
def test_any_idea_is_a_request_that_can_be_made_and_the_same_one_each_time(wishes: SongWishes):
    song = write_song(wishes)
    request = song.request(seed=1)
    assert request.lyrics == song.lyrics
    assert request.title == song.title
    assert MIN_DURATION_S <= song.duration_s <= MAX_DURATION_S
    assert wishes.duration_s in (None, song.duration_s)
    assert bool(sung_lines(song)) is not song.instrumental
    assert write_song(wishes) == song


@settings(max_examples=150, deadline=None)
@given(_wishes)
def test_every_section_has_time_for_its_syllables(wishes: SongWishes):
    song = write_song(replace(wishes, instrumental=False))
    stanzas, _ = read_stanzas(song.lyrics)
    whole = sum(unit(len(one.lines)) for one in stanzas)
    rapped = song.caption.partition(",")[0] in RAPPED
    beat = Beat(song.bpm, song.time_signature, rapped)
    assert beat.line_bars in (1, 2, 4, 8)
    for one in stanzas:
        seconds = song.duration_s * unit(len(one.lines)) / whole
        count = sum(len(sung_vowels(line, song.language)) for line in one.lines)
        assert count / seconds <= (5.5 if rapped else 5.0), (one, seconds)
