"""The texts that people and models read."""

from __future__ import annotations

import pytest

from prompts import load


def test_a_text_has_its_names_filled_in() -> None:
    text = load("dj_set", brief="a {roof} at $dusk", minutes=45)
    assert "about 45 minutes" in text
    assert "a {roof} at $dusk" in text


def test_a_text_that_lacks_a_value_is_an_error() -> None:
    with pytest.raises(LookupError, match="minutes"):
        load("dj_set", brief="a roof")


@pytest.mark.parametrize("name", ["polka", "guide_captions.md", ""])
def test_a_text_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(LookupError, match="no text"):
        load(name)
