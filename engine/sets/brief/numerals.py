"""Numbers in words, in English, German, French and Spanish, made figures."""

from __future__ import annotations

import re

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_OTHERS = {
    "zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12, "fünfzehn": 15, "zwanzig": 20,
    "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
    "achtzig": 80, "neunzig": 90, "hundert": 100, "fünfundvierzig": 45, "fünfundzwanzig": 25,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "quatre-vingt-dix": 90,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30,
    "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "noventa": 90,
}  # fmt: skip
_COUPLES = {
    "half a dozen": 6, "half dozen": 6, "a dozen": 12, "one dozen": 12, "two dozen": 24,
    "dozen": 12, "ein dutzend": 12, "dutzend": 12, "une douzaine de": 12, "una docena de": 12,
    "a couple of": 2, "a handful of": 5, "a few": 4, "several": 5, "ein paar": 4,
    "quelques": 4,
}  # fmt: skip

_ONE = "|".join(sorted(_ONES, key=len, reverse=True))
_TEN = "|".join(_TENS)
_BELOW_100 = rf"(?:(?:{_TEN})(?:[ -](?:{_ONE}))?|(?:{_ONE}))"
_HUNDREDS = re.compile(
    rf"\b(?P<hundreds>a|{_ONE})[ -]hundred(?:[ -](?:and[ -])?(?P<rest>{_BELOW_100}))?\b", re.I
)
_SPOKEN_TEMPO = re.compile(rf"\bone[ -](?P<rest>(?:{_TEN})(?:[ -](?:{_ONE}))?)\b", re.I)
_PLAIN = re.compile(rf"\b{_BELOW_100}\b", re.I)
_OTHER = re.compile(rf"\b(?:{'|'.join(sorted(_OTHERS, key=len, reverse=True))})\b", re.I)
_COUPLE = re.compile(rf"\b(?:{'|'.join(sorted(_COUPLES, key=len, reverse=True))})\b", re.I)
_KEPT = re.compile(r"\b(?:one drop|two step|once more|one more|one another)\b", re.I)


def with_figures(text: str) -> str:
    """The text with its numbers in words written as figures: `twenty-five` becomes `25`.

    `one` becomes 1 only where another number or a unit would make it one; names such as "two step"
    stay as they are.
    """
    kept: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    text = _KEPT.sub(put_away, text)
    text = _COUPLE.sub(lambda found: str(_COUPLES[found[0].lower()]), text)
    text = _HUNDREDS.sub(_hundreds, text)
    text = _SPOKEN_TEMPO.sub(lambda found: str(100 + _below_100(found["rest"])), text)
    text = _PLAIN.sub(lambda found: str(_below_100(found[0])), text)
    text = _OTHER.sub(lambda found: str(_OTHERS[found[0].lower()]), text)
    return re.sub("\x00(\\d+)\x00", lambda found: kept[int(found[1])], text)


def _hundreds(found: re.Match[str]) -> str:
    count = 1 if found["hundreds"].lower() == "a" else _ONES[found["hundreds"].lower()]
    return str(100 * count + (_below_100(found["rest"]) if found["rest"] else 0))


def _below_100(words: str) -> int:
    return sum(_TENS.get(word, _ONES.get(word, 0)) for word in re.split("[ -]", words.lower()))
