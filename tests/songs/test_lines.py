"""The lines that songs are made of: each rhymes, each can be sung, none is there twice."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.songs.books import BOOKS, LineBook
from engine.songs.phrases import syllables
from engine.songs.rhymes import family, last_word

POOLS = [
    (book, name, text.strip().splitlines())
    for book in BOOKS.values()
    for name, text in (
        *((f"{book.language} {scene}", text) for scene, text in book.scenes.items()),
        *(
            (f"{book.language} {story} {part}", text)
            for story, texts in book.stories.items()
            for part, text in zip(("verse", "chorus", "bridge"), texts, strict=True)
        ),
    )
]


@pytest.mark.parametrize(("book", "name", "lines"), POOLS, ids=[name for _, name, _ in POOLS])
def test_every_line_has_a_partner_that_rhymes_on_another_word(
    book: LineBook, name: str, lines: list[str]
):
    rhymes = Counter(family(line, book.language) for line in lines)
    assert rhymes[""] == 0
    assert min(rhymes.values()) >= 2
    assert len({last_word(line) for line in lines}) == len(lines)


@pytest.mark.parametrize(("book", "name", "lines"), POOLS, ids=[name for _, name, _ in POOLS])
def test_every_line_has_six_to_ten_syllables(book: LineBook, name: str, lines: list[str]):
    assert all(6 <= syllables(line, book.language) <= 10 for line in lines), lines


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_no_line_is_written_twice(book: LineBook):
    lines = [line for one, _, lines in POOLS if one is book for line in lines]
    answers = book.answers.strip().splitlines()
    assert len({*lines, *answers}) == len(lines) + len(answers)


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_every_answer_rhymes_and_every_scene_and_story_has_refrains(book: LineBook):
    assert all(family(line, book.language) for line in book.answers.strip().splitlines())
    assert set(book.hooks) == set(book.scenes)
    assert set(book.stories) == set(book.refrains["thing"])
    for patterns in book.refrains.values():
        assert all("{it}" in pattern for some in patterns.values() for pattern in some)
