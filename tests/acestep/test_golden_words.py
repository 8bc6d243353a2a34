"""Prompts and their ids, against upstream's: equal as strings, equal as numbers."""

from __future__ import annotations

from typing import Any

import pytest

from engine.renderers.acestep.conditions import tokens_of
from engine.renderers.acestep.words import (
    Prompt,
    Words,
    instruction,
    lyric_prompt,
    prompt,
    sung,
    text_prompt,
)
from tests.acestep.golden import Case, cases, each, models

_ALSO = {"bpm": "tempo", "timesignature": "time_signature", "keyscale": "key", "duration": "length"}


def words(caption: str, lyrics: str, language: str, meta: dict[str, Any] | None) -> Words:
    """What upstream was asked with, as we say it."""

    def value(name: str) -> Any:
        known = (meta or {}).get(name, (meta or {}).get(_ALSO[name]))
        return None if known == "N/A" else known

    duration = value("duration")
    return Words(
        caption=caption,
        lyrics=lyrics,
        language=language,
        bpm=value("bpm"),
        key=value("keyscale"),
        time_signature=value("timesignature"),
        duration_s=None if duration is None else float(duration),
    )


def rows(name: str) -> list[dict[str, Any]]:
    return [row for case in cases("prompts") if case.name == name for row in case.facts["rows"]]


def as_we_say_it(text: str, meta: dict[str, Any] | None) -> str:
    """Upstream prints a value that is there but empty as `None`, and a duration that comes as text
    without its unit. We have one way to leave a value open, and durations are numbers."""
    text = text.replace(": None\n", ": N/A\n")
    if meta and isinstance(meta.get("duration"), str):
        text = text.replace(
            f"duration: {meta['duration']}\n", f"duration: {meta['duration']} seconds\n"
        )
    return text


@pytest.mark.parametrize("row", rows("dit_prompts"))
def test_golden_prompts_are_upstreams_letter_by_letter(row: dict[str, Any]):
    said = words(row["caption"], row["lyrics"], row["language"], row["meta"])
    asked = Prompt(text_prompt(row["instruction"], said), lyric_prompt(said))
    assert asked.text == as_we_say_it(row["text_prompt"], row["meta"])
    assert asked.lyrics == row["lyric_prompt"]


@pytest.mark.parametrize("row", rows("dit_prompts"))
def test_golden_prompts_become_upstreams_ids(row: dict[str, Any]):
    tokens = tokens_of(models("native-turbo-tiny"), Prompt(row["text_prompt"], row["lyric_prompt"]))
    assert tokens.text[0].tolist() == row["text_ids"]
    assert tokens.lyrics[0].tolist() == row["lyric_ids"]


@pytest.mark.parametrize(
    "row",
    # Upstream takes tasks that it doesn't know for text2music; ours have types.
    [row for row in rows("instructions") if row["task"] != "nonsense"],
    ids=lambda row: f"{row['task']}-{row['track'] or row['classes'] or 'any'}",
)
def test_golden_instructions_are_upstreams(row: dict[str, Any]):
    parts = (row["track"],) if row["track"] else tuple(row["classes"] or ())
    assert instruction(row["task"], parts) == row["instruction"]


@each("dit")
def test_golden_renders_are_asked_for_in_upstreams_words(case: Case):
    asked = case.facts["request"]
    for item, text in enumerate(case.facts["text_prompts"]):
        said = words(
            asked["captions"][item],
            asked["lyrics"][item],
            asked["vocal_languages"][item],
            asked["metas"][item],
        )
        assert text_prompt(asked["instructions"][item], said) == text
        assert lyric_prompt(said) == case.facts["lyric_prompts"][item]


@each("dit")
def test_golden_renders_read_upstreams_ids(case: Case):
    tensors = case.tensors
    texts, lyrics = case.facts["text_prompts"], case.facts["lyric_prompts"]
    for item, (text, sung_text) in enumerate(zip(texts, lyrics, strict=True)):
        tokens = tokens_of(case.models, Prompt(text, sung_text))
        for ids, name in ((tokens.text, "text"), (tokens.lyrics, "lyric")):
            real = tensors[f"{name}_mask"][item].bool()
            assert ids[0].tolist() == tensors[f"{name}_ids"][item][real].tolist()


@each("dit", where=lambda case: "nc_text_ids" in case)
def test_golden_covers_go_on_with_the_instruction_for_music_from_nothing(case: Case):
    asked = case.facts["request"]
    said = words(
        asked["captions"][0], asked["lyrics"][0], asked["vocal_languages"][0], asked["metas"][0]
    )
    later = tokens_of(case.models, prompt("text2music", said)).text[0].tolist()
    theirs = case.tensors["nc_text_ids"][0].tolist()
    # Upstream cuts them to the length of the first prompt; `asked_later` does the same.
    assert later[: len(theirs)] == theirs
    assert len(later) - len(theirs) == max(0, len(later) - case.tensors["text_ids"].shape[1])


def test_every_value_that_is_given_is_in_the_prompt():
    plain = Words("house")
    for given in (
        Words("techno"),
        Words("house", bpm=77.5),
        Words("house", key="F# minor"),
        Words("house", time_signature="6/8"),
        Words("house", duration_s=61.0),
    ):
        assert text_prompt("Do:", given) != text_prompt("Do:", plain)
    for given in (Words("house", lyrics="Hello"), Words("house", language="de")):
        assert lyric_prompt(given) != lyric_prompt(plain)


def test_a_signature_is_told_by_its_beats_and_a_tempo_without_a_needless_fraction():
    text = text_prompt("Do:", Words("house", bpm=120.0, time_signature="6/8", duration_s=12.9))
    assert "- bpm: 120\n- timesignature: 6\n- keyscale: N/A\n- duration: 12 seconds\n" in text


@pytest.mark.parametrize("lyrics", ["", "  \n", "[inst]", "[Instrumental]", "[INSTRUMENTAL]\n"])
def test_where_nobody_sings_the_lyrics_say_so(lyrics: str):
    assert sung(lyrics) == "[Instrumental]"
    assert sung("[Verse]\nHello") == "[Verse]\nHello"
