"""Energy in words: what a caption says of it, and what to add to one that says nothing.

The words are those that change what is composed, in steps that can be heard; see
`tests/listen/test_energy.py`. Knows nothing of genres but that some have such a word in their name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.fields import MAX_CAPTION
from engine.sets.brief.genres import GENRES

_LEVELS: tuple[tuple[float, str], ...] = (
    (0.17, "calm, soft, sparse, muted"),
    (0.30, "calm, sparse"),
    (0.42, "mellow"),
    (0.55, "moderate"),
    (0.66, "groovy"),
    (0.78, "driving"),
    (0.90, "driving, energetic"),
    (1.00, "driving, energetic, intense, peak"),
)
"""Up to which energy each wording holds."""

_SAID: tuple[tuple[float, str], ...] = (
    (0.1, "sleepy meditative lullaby motionless still"),
    (0.2, "calm calmer calming peaceful soothing tranquil serene quiet quieter quietly softly "
          "gentle tender delicate ruhig ruhige ruhiges ruhiger ruhigen leise sanft calme doux "
          "douce "
          "tranquilo tranquila suave"),
    (0.25, "soft softer sparse"),
    (0.3, "chill chilled chilling relaxed relaxing relax mellow lazy easy laidback entspannt "
          "relajado relajante detendu low-key"),
    (0.35, "intimate subdued restrained low_energy laid_back"),
    (0.5, "moderate medium_energy"),
    (0.65, "groovy danceable lively upbeat tanzbar dansant bailable"),
    (0.75, "driving pumping uplifting treibend"),
    (0.8, "energetic energy energetisch energique energico energica powerful wild full_power"),
    (0.85, "aggressive intense furious fierce raging frantic"),
    (0.95, "peak peaks peaking climax banging bangers explosive massive high_energy full_energy "
           "hard harder maximum hands_in_the_air rave raving hohepunkt"),
)  # fmt: skip

SAID: Mapping[str, float] = {
    word.replace("_", " "): energy for energy, words in _SAID for word in words.split()
}
"""Words for an energy, in the languages that briefs are read in, folded to plain letters."""

_NAMES = sorted(
    {call for genre in GENRES.values() for call in genre.calls}, key=lambda call: (-len(call), call)
)
_GENRE = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _NAMES))})(?!\w)", re.IGNORECASE)
_WORD = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, SAID), key=lambda word: (-len(word), word)))})"
    r"(?!\w)",
    re.IGNORECASE,
)


def energy_words(energy: float) -> str:
    """The wording of an energy from 0 to 1."""
    return next((words for limit, words in _LEVELS if energy <= limit), _LEVELS[-1][1])


def with_energy(caption: str, energy: float | None) -> str:
    """The caption with words for its energy, 0 to 1, at its end.

    A caption that says something of it already stays as it is, as does one without an energy. The
    result has at most `MAX_CAPTION` characters: what doesn't fit is cut from the caption, at a
    comma where there is one.
    """
    if energy is None or _WORD.search(_GENRE.sub(" ", caption)):
        return caption
    words = energy_words(energy)
    if not caption.strip():
        return words
    room = MAX_CAPTION - len(words) - 2
    if len(caption) > room:
        cut = caption[:room]
        caption = cut.rpartition(",")[0].rstrip() or cut.rstrip()
    return f"{caption}, {words}"
