"""What the words of a slot hint at: its style, how fast and how hot that usually is, who sings.

Guesses from words only, for what a slot leaves open; nothing here overrules what is written in a
field. Loads nothing of the renderers but their list of moods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import InvalidRequest
from engine.fields import MAX_BPM, MIN_BPM
from engine.keys import Key, Mode, parse_key
from engine.renderers.sketch.reading.moods import MOODS, blend
from engine.sets.plan import Slot
from engine.sets.usual_tempos import USUAL_TEMPOS

_BEATLESS = ("ambient", "classical", "drone", "new age", "orchestral", "soundtrack")
_NO_BEAT = re.compile(
    r"\b(?:drumless|beatless|(?:no|without|minus) (?:any )?(?:drums?|beats?|percussion))\b"
)
_NO_VOICE = re.compile(
    r"\b(?:instrumental|(?:no|without|minus) (?:any )?(?:vocals?|voices?|singing|lyrics))\b"
)
_VOICE = re.compile(r"\b(?:vocals?|vocalist|singers?|singing|sung|sings|rapper|rapping|choir)\b")
_BPM = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)\s?bpm\b", re.IGNORECASE)
_KEY = re.compile(r"\b[A-G](?:#|♯|b|♭|-sharp|-flat)? (?:major|minor)\b", re.IGNORECASE)
_TAG = re.compile(r"\[[^\]]*\]")

_HEAT: tuple[tuple[float, str], ...] = (
    (0.15, "ambient, drone, new age, classical"),
    (0.25, "orchestral, soundtrack, downtempo, lo-fi, chillhop, jazz hop"),
    (0.35, "folk, trip hop, bossa nova, smooth jazz, chillwave, dub, blues, soul, ambient house"),
    (0.45, "jazz, reggae, r and b, hip hop, boom bap, deep house, dub techno, ambient techno"),
    (0.55, "pop, afro house, melodic techno, soulful house, minimal techno, funk, synthwave"),
    (0.65, "house, disco, rock, progressive house, tech house, latin, salsa"),
    (0.75, "techno, trance, edm, acid house, uk garage, breakbeat, dubstep, punk"),
    (0.85, "drum and bass, jungle, uplifting trance, peak time techno, psytrance, metal"),
    (0.95, "hard techno, hardstyle, neurofunk"),
)
_USUAL_HEAT, _HEAT_BY_MOOD = 0.55, 0.25
_DROPS = {
    "house", "techno", "trance", "edm", "dubstep", "bass", "jungle", "neurofunk", "hardstyle",
    "eurodance", "garage", "trap", "psytrance", "breakbeat",
}  # fmt: skip
"""Words in the names of styles whose tracks build up and drop."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Guesses; None where the words hint at nothing."""

    tempos_bpm: tuple[float, float] | None = None
    """What is usual for the style."""
    bpm: float | None = None
    """A tempo that is said in words."""
    key: Key | None = None
    mode: Mode | None = None
    heat: float | None = None
    """The energy of such music, 0 to 1."""
    beat: bool = True
    drops: bool = False
    voice: bool = False
    starts_sung: bool = False
    ends_sung: bool = False


def hints_of(slot: Slot) -> Hints:
    """What the style, caption and lyrics of a slot hint at."""
    words = _plain(f"{slot.style}, {slot.caption}")
    style = _style(words)
    mood = blend(MOODS[word] for word in _runs(words) if word in MOODS)
    heat = None
    if style or mood.energy:
        usual = _HEATS.get(style) or _HEATS.get(style.rpartition(" ")[2], _USUAL_HEAT)
        heat = round(min(1.0, max(0.05, usual + _HEAT_BY_MOOD * mood.energy)), 3)
    voice = _sings(slot, words)
    lines = [line.strip() for line in slot.lyrics.splitlines() if line.strip()]
    return Hints(
        tempos_bpm=_TEMPOS.get(style),
        bpm=_said_bpm(slot.caption),
        key=_said_key(slot.caption),
        mode=mood.mode,
        heat=heat,
        beat=style not in _BEATLESS and not _NO_BEAT.search(words),
        drops=not lines and not _DROPS.isdisjoint(style.split()),
        voice=voice,
        starts_sung=voice and (not lines or not all(map(_TAG.fullmatch, lines[:2]))),
        ends_sung=voice and (not lines or not _TAG.fullmatch(lines[-1])),
    )


def _sings(slot: Slot, words: str) -> bool:
    if slot.instrumental is not None:
        return not slot.instrumental
    if _TAG.sub("", slot.lyrics).strip():
        return True
    return bool(_VOICE.search(words)) and not _NO_VOICE.search(words)


def _said_bpm(caption: str) -> float | None:
    said = _BPM.search(caption)
    bpm = float(said[1]) if said else 0.0
    return bpm if MIN_BPM <= bpm <= MAX_BPM else None


def _said_key(caption: str) -> Key | None:
    said = _KEY.search(caption)
    try:
        return parse_key(said[0]) if said else None
    except InvalidRequest:
        return None


@lru_cache(maxsize=512)
def _style(words: str) -> str:
    """The style that leads: the first that ends a phrase (`warm deep house`), else the first.

    So the adjective in `melodic techno, ambient pads` is none.
    """
    phrases = [phrase.split() for phrase in words.split(",")]
    ending = (_named(phrase[start:]) for phrase in phrases for start in range(len(phrase)))
    anywhere = (
        _named(phrase[start:end])
        for phrase in phrases
        for start in range(len(phrase))
        for end in range(len(phrase), start, -1)
    )
    return next((name for names in (ending, anywhere) for name in names if name), "")


def _named(words: list[str]) -> str:
    name = " ".join(words)
    return name if name in _TEMPOS else ""


def _runs(words: str) -> list[str]:
    """Every word and every two neighbours, in order."""
    phrases = [phrase.split() for phrase in words.split(",")]
    return [
        " ".join(phrase[start : start + length])
        for phrase in phrases
        for start in range(len(phrase))
        for length in (2, 1)
        if start + length <= len(phrase)
    ]


def _plain(text: str) -> str:
    """Lower case, `and` for `&` and `n`, no hyphens; commas for all other marks."""
    text = re.sub(r"\s*&\s*|\s'?n'?\s", " and ", text.casefold())
    text = re.sub(r"[-‐‑_/]", " ", text)
    text = re.sub(r"\b(?:dnb|d and b)\b", "drum and bass", text)
    text = re.sub(r"\blofi\b", "lo fi", text)
    return re.sub(r"[^\w\s#]+", ",", text)


_TEMPOS = {_plain(name): tempos for name, tempos in USUAL_TEMPOS.items()}
_HEATS = {_plain(style).strip(): heat for heat, styles in _HEAT for style in styles.split(", ")}
