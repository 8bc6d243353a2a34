"""What may be asked: every wrong value is one sentence that names the field and the fix."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import GenerateRequest, InvalidRequest, checked, parse_key
from engine.keys import ALL_KEYS
from engine.text import clean, title_of


def generate(**values: Any) -> GenerateRequest:
    return checked(GenerateRequest, **{"caption": "warm deep house"} | values)


@pytest.mark.parametrize(
    ("values", "field", "hint"),
    [
        ({"caption": ""}, "caption", "at least 1"),
        ({"caption": "  \u200b "}, "caption", "at least 1"),
        ({"caption": "!!! ???"}, "caption", "describe the music"),
        ({"caption": "x" * 513}, "caption", "512"),
        ({"caption": None}, "caption", "string"),
        ({"caption": 5}, "caption", "string"),
        ({"bpm": 29.9}, "bpm", "30 to 300"),
        ({"bpm": 301}, "bpm", "30 to 300"),
        ({"bpm": math.nan}, "bpm", "30 to 300"),
        ({"bpm": math.inf}, "bpm", "30 to 300"),
        ({"bpm": "fast"}, "bpm", "number"),
        ({"duration_s": 9}, "duration_s", "10 to 600"),
        ({"duration_s": 601}, "duration_s", "10 to 600"),
        ({"duration_s": [60]}, "duration_s", "number"),
        ({"key": "H minor"}, "key", "'A minor'"),
        ({"key": "13B"}, "key", "'8A'"),
        ({"key": 7}, "key", "string"),
        ({"time_signature": "5/4"}, "time_signature", "'6/8'"),
        ({"language": "klingon"}, "language", "'en'"),
        ({"variations": 0}, "variations", "1 to 4"),
        ({"variations": 5}, "variations", "1 to 4"),
        ({"variations": 1.5}, "variations", "integer"),
        ({"seed": -1}, "seed", "0 to 4294967295"),
        ({"seed": 2**32}, "seed", "0 to 4294967295"),
        ({"quality": "ultra"}, "quality", "'standard'"),
        ({"instrumental": "perhaps"}, "instrumental", "boolean"),
        ({"lyrics": "la " * 2000}, "lyrics", "4096"),
        ({"title": "t" * 81}, "title", "80"),
        ({"lenght": 60}, "lenght", "duration_s"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_field_and_fix(
    values: dict[str, Any], field: str, hint: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        generate(**values)
    message = caught.value.message
    assert caught.value.field == field
    assert message.startswith(f"{field}: ")
    assert hint in message
    assert "\n" not in message
    assert "pydantic" not in message
    assert len(message) < 300


def test_a_missing_caption_is_named() -> None:
    with pytest.raises(InvalidRequest, match="caption: missing"):
        checked(GenerateRequest)


@pytest.mark.parametrize(
    ("text", "form", "camelot"),
    [
        ("A minor", "A minor", "8A"),
        ("Am", "A minor", "8A"),
        ("8A", "A minor", "8A"),
        ("8b", "C major", "8B"),
        ("C", "C major", "8B"),
        ("AM", "A major", "11B"),
        ("f sharp minor", "F# minor", "11A"),
        ("F#m", "F# minor", "11A"),
        ("Gb minor", "F# minor", "11A"),
        ("b♭ major", "Bb major", "6B"),
        ("D# min", "Eb minor", "2A"),
        ("h moll"[2:], None, None),
        ("E dur", "E major", "12B"),
        ("Cb major", "B major", "1B"),
    ],
)
def test_keys_are_read_in_many_spellings_and_returned_in_one(
    text: str, form: str | None, camelot: str | None
) -> None:
    if form is None:
        with pytest.raises(InvalidRequest):
            parse_key(text)
        return
    assert (str(parse_key(text)), parse_key(text).camelot) == (form, camelot)


def test_all_24_keys_and_their_camelot_codes_read_back() -> None:
    assert len({key.camelot for key in ALL_KEYS}) == 24
    for key in ALL_KEYS:
        assert parse_key(str(key)) == key == parse_key(key.camelot)


def test_a_step_on_the_camelot_wheel_is_a_fifth() -> None:
    for key in ALL_KEYS:
        fifth_up = next(
            k for k in ALL_KEYS if k.mode == key.mode and k.tonic == (key.tonic + 7) % 12
        )
        assert int(fifth_up.camelot[:-1]) == int(key.camelot[:-1]) % 12 + 1


def test_open_values_stay_open_and_words_for_open_are_understood() -> None:
    request = generate(key="auto", bpm=None)
    assert (request.key, request.bpm, request.duration_s, request.seed) == (None, None, None, None)


def test_text_is_cleaned_of_what_a_person_cannot_see() -> None:
    request = generate(caption="deep\u202e ho\u200buse\x00\n now", title="a\ud800b")
    assert request.caption == "deep house now"
    assert request.title == "ab"


@given(st.text())
def test_cleaned_text_can_always_be_stored_and_cleans_to_itself(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        ("warm deep house, 120 bpm", "Warm Deep House"),
        ("a song about the sea and", "A Song About The Sea"),
        ("techno", "Techno"),
        ("and", "And"),
        ("x" * 100, "X" + "x" * 46 + "…"),
    ],
)
def test_a_title_is_made_from_the_first_words_of_the_caption(caption: str, title: str) -> None:
    assert title_of(caption) == title


_loose = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=3),
)


@given(st.dictionaries(st.sampled_from(sorted(GenerateRequest.model_fields)), _loose))
def test_whatever_is_asked_is_a_valid_request_or_one_clear_sentence(values: dict[str, Any]) -> None:
    problem = None
    try:
        request = checked(GenerateRequest, **values)
    except InvalidRequest as error:
        problem = error.message
    if problem is None:
        assert GenerateRequest.model_validate_json(request.model_dump_json()) == request
    else:
        assert problem.strip()
        assert "\n" not in problem
