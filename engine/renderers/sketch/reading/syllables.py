"""Syllables: how many a line has, and the vowel each is sung on.

Counts groups of vowel letters in Latin, Greek and Cyrillic script; one syllable per character
where a character is one (kana, hangul, Chinese); about every second letter where vowels are not
written. Knows nothing of meaning, so it errs now and then, as hyphenation does.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VOWELS = ("a", "e", "i", "o", "u", "m")
"""What the voice can sing."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LATIN = {
    "a": "a", "e": "e", "i": "i", "o": "o", "u": "u", "y": "i", "æ": "e", "ø": "o", "œ": "o",
    "å": "o", "ı": "i", "ə": "e",
    "α": "a", "ε": "e", "η": "i", "ι": "i", "ο": "o", "υ": "i", "ω": "o",
    "а": "a", "е": "e", "ё": "o", "и": "i", "і": "i", "ї": "i", "о": "o", "у": "u", "ы": "i",
    "э": "e", "ю": "u", "я": "a", "є": "e", "ъ": "",
}  # fmt: skip
_ENGLISH_GROUPS = {"oo": "u", "ou": "a", "ow": "o", "ee": "i", "ea": "i", "ie": "i", "ai": "e",
                   "ay": "e", "ey": "e", "au": "o", "oa": "o", "ue": "u", "ew": "u"}  # fmt: skip
_ENGLISH_SIGNS = frozenset(
    {"the", "and", "you", "is", "of", "my", "to", "we", "it", "your", "with"}
)
_EACH_LETTER_APART = frozenset({"ru", "uk", "bg", "sr", "el"})
_SMALL_KANA = frozenset("ゃゅょャュョぁぃぅぇぉァィゥェォっッー")
_ALL_SINGLE = ("HIRAGANA", "KATAKANA", "HANGUL", "CJK")
_DIGIT_VOWELS = "oauieaiaee"
"""The stressed vowels of zero to nine, roughly as English has them."""


def sung_vowels(line: str, language: str = "unknown") -> tuple[str, ...]:
    """The vowels of a line, one per syllable, each one of `VOWELS`."""
    words = _WORD.findall(unicodedata.normalize("NFC", line))
    english = language == "en" or (
        language == "unknown" and any(word.lower() in _ENGLISH_SIGNS for word in words)
    )
    return tuple(vowel for word in words for vowel in _word(word.lower(), english, language))


@lru_cache(maxsize=4096)
def _word(word: str, english: bool, language: str) -> tuple[str, ...]:
    if word.isdigit():
        return tuple(_DIGIT_VOWELS[int(digit)] for digit in word if digit.isdecimal()) or ("a",)
    script = _script(word)
    if script in _ALL_SINGLE:
        return tuple(_single(letter) for letter in word if letter not in _SMALL_KANA) or ("a",)
    if script == "WRITTEN":
        return _alphabetic(word, english, apart=language in _EACH_LETTER_APART)
    letters = sum(unicodedata.category(letter).startswith("L") for letter in word)
    count = max(1, (letters + 1) // 2)
    return tuple(VOWELS[place % 5] for place in range(count))


@lru_cache(maxsize=1024)
def _script(word: str) -> str:
    """`WRITTEN` where vowels are letters of their own, else the first word of the script's name."""
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
    for script in _ALL_SINGLE:
        if script in names:
            return script
    return "WRITTEN" if names & {"LATIN", "GREEK", "CYRILLIC", "FULLWIDTH"} else "OTHER"


def _single(letter: str) -> str:
    """The vowel a one-character syllable ends on: kana and hangul name it, Chinese does not."""
    name = unicodedata.name(letter, "CJK")
    if name.startswith(("HIRAGANA", "KATAKANA")):
        ending = name[-1].lower()
        return ending if ending in VOWELS else "m"
    if name.startswith("HANGUL"):
        vowels = [sound for sound in name.split()[-1].lower() if sound in "aeiou"]
        return vowels[-1] if vowels else "a"
    return VOWELS[ord(letter) % 5]


def _alphabetic(word: str, english: bool, *, apart: bool) -> tuple[str, ...]:
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", word.replace("'", "").replace("’", ""))
        if not unicodedata.combining(letter)
    )
    if "ё" in word or "й" in word or "ї" in word:
        bare = word  # decomposing would turn these into other letters
    groups = _vowel_groups(bare, apart)
    if english and len(groups) > 1 and _silent_ending(bare):
        groups.pop()
    if english and bare.endswith(("thm", "sm")):
        groups.append("e")  # rhythm, prism: the m is a syllable of its own
    vowels = [_ENGLISH_GROUPS.get(group, "") if english else "" for group in groups]
    sung = tuple(
        vowel or _LATIN[group[0]] or "a" for vowel, group in zip(vowels, groups, strict=True)
    )
    return sung or ("m",)


def _vowel_groups(word: str, apart: bool) -> list[str]:
    groups: list[str] = []
    open_group = False
    for place, letter in enumerate(word):
        consonant_y = letter == "y" and place == 0 and len(word) > 1
        vowel = letter in _LATIN and _LATIN[letter] and not consonant_y
        if vowel and open_group and not apart:
            groups[-1] += letter
        elif vowel:
            groups.append(letter)
        open_group = bool(vowel)
    return groups


def _silent_ending(word: str) -> bool:
    """English: `love`, `times`, `walked` end on an e that is not sung; `table`, `wanted` do."""
    if word.endswith("e"):
        return not word.endswith(("le", "ee", "ie", "oe", "ue"))
    if word.endswith("ed"):
        return len(word) > 3 and word[-3] not in "tdaeiouy"
    return word.endswith("es") and word[-3:-2] not in tuple("sxzcgh" + "aeiouy")
