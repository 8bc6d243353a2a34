"""The lines of each language, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.songs import lines_de, lines_en, refrains_en
from engine.songs.phrases import PhraseKind

Patterns = Mapping[str, tuple[str, ...]]
"""By story: refrains with `{it}` for a phrase."""


@dataclass(frozen=True, slots=True)
class LineBook:
    """All the lines of a language. Texts have a line to a line."""

    language: str
    scenes: Mapping[str, str]
    stories: Mapping[str, tuple[str, str, str]]
    """By story: lines of verses, of choruses and of bridges."""
    answers: str
    """What answers a refrain that it rhymes with."""
    hooks: Mapping[str, str]
    """By scene: refrains for ideas that name nothing, between bars."""
    refrains: Mapping[PhraseKind, Patterns]
    images: str = ""
    """Lines that hold an image; none where grammar forbids it."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Scenes whose lines are another's."""


BOOKS: Mapping[str, LineBook] = MappingProxyType(
    {
        "en": LineBook(
            "en",
            lines_en.SCENES,
            lines_en.STORIES,
            refrains_en.ANSWERS,
            refrains_en.HOOKS,
            {
                "thing": refrains_en.REFRAINS,
                "doing": refrains_en.DOING_REFRAINS,
                "place": refrains_en.PLACED_REFRAINS,
            },
            refrains_en.IMAGES,
        ),
        "de": LineBook(
            "de",
            lines_de.SCENES,
            lines_de.STORIES,
            lines_de.ANSWERS,
            lines_de.HOOKS,
            {"thing": lines_de.REFRAINS, "dative": lines_de.DATIVE_REFRAINS},
            elsewhere={"stage": "club", "desert": "road", "space": "night", "forest": "home"},
        ),
    }
)
