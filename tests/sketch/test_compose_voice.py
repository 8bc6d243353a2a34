"""Lyrics: their tags shape the form, their syllables are sung, their words are not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from scores import part, write

from engine.renderers.sketch.reading.syllables import VOWELS, sung_vowels
from engine.renderers.sketch.score import FormSection, Score

SONG = """[Intro]
[Verse 1]
Walking down the empty street tonight
Every window holds a little light
[Pre-Chorus]
And I wonder where you are
[Chorus]
Come home, come home to me
Over the hills and over the sea
[Verse 2]
Morning finds me waiting by the door
[Chorus]
Come home, come home to me
Over the hills and over the sea
[Outro]
"""


def names(score: Score) -> list[str]:
    return [section.name for section in score.sections]


def sung_in(score: Score, section: FormSection) -> int:
    beats = score.meter.beats
    first, last = section.start * beats, (section.start + section.bars) * beats
    return sum(first - 1e-6 <= note.start < last - 1e-6 for note in part(score, "vocals"))


@pytest.mark.parametrize(
    ("line", "language", "count"),
    [
        ("Come home to me", "en", 4), ("Every window holds a little light", "en", 10),
        ("love", "en", 1), ("wanted", "en", 2), ("walked", "en", 1), ("table", "en", 2),
        ("the rhythm of the night", "en", 6), ("yesterday", "en", 3), ("hmm", "en", 1),
        ("la noche es joven", "es", 6), ("volare oh oh", "it", 5), ("schöne Grüße", "de", 4),
        ("さくら", "ja", 3), ("きょう", "ja", 2), ("사랑해요", "ko", 4),
        ("月亮代表我的心", "zh", 7),
        ("Катюша", "ru", 3), ("моя земля", "ru", 4), ("καλημέρα", "el", 4), ("99", "en", 2),
        ("...", "en", 0), ("don't", "en", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted(line: str, language: str, count: int):
    assert len(sung_vowels(line, language)) == count


def test_vowels_come_from_the_text():
    assert sung_vowels("la noche", "es") == ("a", "o", "e")
    assert sung_vowels("さくら", "ja") == ("a", "u", "a")
    assert sung_vowels("hmm", "en") == ("m",)
    assert sung_vowels("moon", "en") == ("u",)


@pytest.mark.parametrize("text", ["สวัสดี", "שלום עולם", "مرحبا", "नमस्ते दुनिया", "ᚠᚢᚦ", "x1y2"])
def test_every_script_has_syllables(text: str):
    vowels = sung_vowels(text)
    assert vowels
    assert set(vowels) <= set(VOWELS)


@pytest.mark.parametrize("style", ["pop", "techno", "jazz", "drum & bass", "ambient"])
@pytest.mark.parametrize("signature", ["3/4", "4/4", "6/8"])
def test_each_syllable_is_one_note_in_its_own_section(style: str, signature: str):
    score = write(style, lyrics=SONG, language="en", time_signature=signature, duration_s=150)
    lines = {
        "Verse 1": SONG.splitlines()[2:4], "Pre-Chorus": SONG.splitlines()[5:6],
        "Chorus 1": SONG.splitlines()[7:9], "Verse 2": SONG.splitlines()[10:11],
        "Chorus 2": SONG.splitlines()[12:14],
    }  # fmt: skip
    for section in score.sections:
        wanted = sum(len(sung_vowels(line, "en")) for line in lines.get(section.name, ()))
        assert sung_in(score, section) == wanted, section
    assert any("can't sing words" in warning for warning in score.warnings)


def test_the_voice_keeps_its_range_and_its_vowels():
    notes = part(write("pop", lyrics=SONG, language="en"), "vocals")
    assert all(note.vowel in VOWELS for note in notes)
    assert all(57 <= note.pitch <= 76 for note in notes)
    low = part(write("pop with male vocals", lyrics=SONG), "vocals")
    high = part(write("pop with female vocals", lyrics=SONG), "vocals")
    assert sum(n.pitch for n in high) / len(high) > sum(n.pitch for n in low) / len(low) + 6


def test_notes_of_a_line_never_overlap_and_lines_leave_a_breath():
    notes = part(write("pop", lyrics=SONG, language="en", duration_s=120), "vocals")
    gaps = [after.start - before.start - before.length for before, after in pairwise(notes)]
    assert min(gaps) > -1e-6
    assert sum(gap > 0.5 for gap in gaps) >= 6


def test_choruses_are_sung_alike():
    score = write("pop", 3, lyrics=SONG, language="en", duration_s=150, key="C major")
    beats = score.meter.beats
    choruses = []
    for section in score.sections:
        if section.name.startswith("Chorus"):
            start, end = section.start * beats, (section.start + section.bars) * beats
            rhythm = [n.start - start for n in part(score, "vocals") if start <= n.start < end]
            choruses.append([round(place, 3) for place in rhythm])
    assert choruses[0] == choruses[1]


def test_the_lead_leaves_room_for_the_voice():
    score = write("pop", lyrics=SONG, language="en", duration_s=150)
    spans = [(n.start, n.start + n.length) for n in part(score, "vocals")]
    for line in score.lines:
        if line.gain_db == -0.5:  # the lead
            clashes = [n for n in line.notes for a, b in spans if a < n.start < b]
            assert not clashes


def test_tags_decide_the_form():
    score = write("pop", lyrics=SONG)
    assert names(score) == [
        "Intro", "Verse 1", "Pre-Chorus", "Chorus 1", "Verse 2", "Chorus 2", "Outro",
    ]  # fmt: skip
    assert all(section.start % 8 == 0 for section in score.sections)
    tags = write("techno", lyrics="[Intro]\n[Build]\n[Drop]\n[Breakdown]\n[Drop]\n[Outro]")
    assert names(tags) == ["Intro", "Build", "Drop 1", "Breakdown", "Drop 2", "Outro"]
    assert not part(tags, "vocals")
    assert tags.warnings == ()


def test_sections_differ_as_their_kinds_do():
    tags = write("house", lyrics="[Intro]\n[Verse]\n[Chorus]\n[Bridge]\n[Drop]\n[Outro]")
    heat = {section.name: section.energy for section in tags.sections}
    assert heat["Drop"] > heat["Chorus"] > heat["Verse"] > heat["Intro"]


@pytest.mark.parametrize("tag", ["Guitar Solo", "Final Chorus", "Post-Chorus", "Strophe", "Coda"])
def test_other_names_of_sections_are_known(tag: str):
    assert not write("pop", lyrics=f"[Intro]\n[{tag}]\n[Outro]").warnings


def test_a_soloist_named_in_a_tag_has_the_melody_there():
    score = write("pop", lyrics="[Intro]\n[Chorus]\n[Sax Solo]\n[Chorus]\n[Outro]")
    solo = score.sections[2]
    beats = score.meter.beats
    notes = [note for line in score.lines if line.patch == "sax" for note in line.notes]
    assert len(notes) > 8
    first, last = solo.start * beats, (solo.start + solo.bars) * beats
    assert all(first <= note.start < last for note in notes)
    assert not score.warnings
    drums = write("pop", lyrics="[Intro]\n[Drum Solo]\n[Piano Intro]")
    assert sum("has no effect" in warning for warning in drums.warnings) == 2


def test_unknown_tags_and_remarks_in_tags_are_named():
    score = write("pop", lyrics="[Blorp]\n[Verse: whispered]\nhello there\n[Zap]\nand again")
    text = " ".join(score.warnings)
    assert "[Blorp]" in text
    assert "whispered" in text
    assert "[Zap]" in text
    assert len(score.sections) == 3


def test_untagged_paragraphs_become_verses_and_the_one_that_returns_the_chorus():
    verse, hook = "one line\nanother line", "sing it back\nto me"
    score = write("pop", lyrics=f"{verse}\n\n{hook}\n\nthird line here\n\n{hook}")
    assert names(score) == ["Intro", "Verse 1", "Chorus 1", "Verse 2", "Chorus 2", "Outro"]
    assert part(score, "vocals")


def test_instrumental_true_takes_the_tags_and_says_so():
    score = write("pop", lyrics=SONG, instrumental=True)
    assert not part(score, "vocals")
    assert len(score.sections) == 7
    assert any("instrumental" in warning for warning in score.warnings)


def test_instrumental_false_without_lyrics_is_a_vocalise():
    score = write("pop", instrumental=False)
    notes = part(score, "vocals")
    assert notes
    assert all(note.vowel in VOWELS for note in notes)
    assert any("open vowels" in warning for warning in score.warnings)
    asked = write("house with female vocals")
    assert part(asked, "vocals")


@pytest.mark.parametrize("style", ["house", "trap", "drum & bass", "ambient"])
def test_without_a_wish_for_a_voice_there_is_none(style: str):
    for seed in range(8):
        assert not part(write(style, seed), "vocals")


def test_lines_without_time_are_left_out_and_said_to_be():
    score = write("pop", lyrics="[Verse]\n" + "walking down the street\n" * 60, duration_s=12)
    assert any("no time to sing" in warning for warning in score.warnings)
    gaps = [n.length * score.beat_s for n in part(score, "vocals")]
    assert all(gap > 0.05 for gap in gaps)


def test_sections_without_room_are_left_out_and_said_to_be():
    score = write("pop", lyrics="[Verse]\nla\n[Chorus]\nla\n" * 30, duration_s=20)
    assert any("no room" in warning for warning in score.warnings)
