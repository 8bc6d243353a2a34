"""Which language a text is written in, by its commonest little words. A guess, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_LITTLE: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to in is it you my we with for on that this are was be i'm your me "
              "from who about song at by he she they have not don't where when what all so up down",
        "de": "der die das und ist nicht ein eine einen einem einer ich du wir mit von über den "
              "dem im am zu auf für mein meine meinen meiner lied es sie er "
              "auch noch wie so hab durch",
        "fr": "le la les et est une un des du je tu nous vous dans sur avec pour mon ma mes que "
              "qui pas ne chanson au aux elle il ce cette sans c'est",
        "es": "el la los las y es una un de del yo tú en con por para mi mis que no canción se te "
              "me sobre como su lo al más",
        "it": "il lo la gli e è una un di del della io tu con per mio mia che non canzone nel sul "
              "mi ti si come sono le",
        "pt": "o a os as e é uma um de do da eu você em com por para meu minha que não canção se "
              "no na sobre como mais",
    }.items()
}  # fmt: skip
_SCRIPTS: Mapping[str, str] = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru",
    "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENOUGH = 2


def language_of(text: str) -> str | None:
    """The code of the language that a text reads like; None where that can't be told."""
    for script, language in _SCRIPTS.items():
        found = sum(unicodedata.name(letter, "").startswith(script) for letter in text)
        if found > 0.3 * sum(map(str.isalpha, text)):
            return language
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    counts = {
        language: sum(word in little for word in words) for language, little in _LITTLE.items()
    }
    best = max(counts, key=lambda language: counts[language])
    rest = max(count for language, count in counts.items() if language != best)
    return (
        best
        if counts[best] >= min(_ENOUGH, max(1, len(words) // 3)) and counts[best] > rest
        else None
    )
