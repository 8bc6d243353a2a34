"""The key of a piece, and how sure one can be of it.

Knows how pitch classes, basses and triads spread in pieces of each key. Knows nothing of bars.

Each of the 24 keys is compared with five views of the piece, turned so that the key's tonic comes
first: which pitch classes sound, which lie in the bass, which major and which minor triads they
form, and where the bass is at the end. All but the first tell a minor key from its relative major,
which has the same tones. How much each thing speaks for a key is a table
(`key_weights`) found by multinomial logistic regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.keys import ALL_KEYS, Key, parse_key
from engine.listen.chroma import Audio, Chroma, Pitches, hear_pitches
from engine.listen.key_weights import WEIGHTS
from engine.listen.readings import KEY_TRUST

_ALTERNATIVE = 0.1
"""Keys less likely than this are not mentioned."""
_SOUNDING = 0.05
"""Frames below this share of a loud one (26 dB) say nothing about the key."""
_BASS_SOUNDING = 0.3
_LEAST_FRAMES = 8  # 1.4 s
_LEAST_CONTRAST = 0.2
"""Audio whose pitch classes differ less than this has no key: noise and drums stay below."""
_FEWEST_TONES = 2.5
"""Nor has audio with fewer different tones, counted by their weight: a hum, a beep."""
_TRIADS = np.array(
    [[(step - root) % 12 in triad for step in range(12)]
     for triad in ((0, 4, 7), (0, 3, 7)) for root in range(12)], dtype=np.float64
) / np.sqrt(3.0)  # fmt: skip
_TRIAD_FRAMES, _TRIAD_SHARPNESS, _ROOT_WEIGHT = 5, 12.0, 0.3
_LAST_FRAMES = 12  # 2 s


@dataclass(frozen=True, slots=True)
class KeyReading:
    """`key` is spelt as `str(Key)` spells it; None where nothing is in any key.

    `confidence` is how likely the key is right, 0 to 1, as measured on pieces that were not used
    for making the weights. `alternatives` are other likely keys, the likeliest first. With a
    known key `prior` names it, and `heard` is what would have been read without it.
    """

    key: str | None
    confidence: float
    alternatives: tuple[str, ...] = ()
    prior: str = ""
    heard: str | None = None


def find_key(audio: Audio, known: str | None = None) -> KeyReading:
    """The key of a piece: float32 [2, n] at 48 000 Hz, of any length.

    `known` is a key that was asked for or stands in the tags, in any spelling; it then counts as
    right nineteen times in twenty. Raises `InvalidRequest` if it is no key.
    """
    return read_key(hear_pitches(audio), known)


def read_key(pitches: Pitches, known: str | None = None, trust: float = KEY_TRUST) -> KeyReading:
    """`find_key` for pitches that were heard before; `trust` is how likely a known key is."""
    stated = parse_key(known) if known else None
    evidence = weigh(pitches)
    if evidence is None:
        return KeyReading(str(stated) if stated else None, 0.0, prior=str(stated or ""))
    likely = _probabilities(evidence @ WEIGHTS)
    heard = ALL_KEYS[int(likely.argmax())]
    if stated is not None:
        likely = likely * np.where([key == stated for key in ALL_KEYS], trust, (1 - trust) / 23)
        likely /= likely.sum()
    order = [int(place) for place in np.argsort(-likely)]
    return KeyReading(
        key=str(ALL_KEYS[order[0]]),
        confidence=round(float(likely[order[0]]), 3),
        alternatives=tuple(
            str(ALL_KEYS[place]) for place in order[1:4] if likely[place] >= _ALTERNATIVE
        ),
        prior=str(stated or ""),
        heard=str(heard),
    )


def weigh(pitches: Pitches) -> NDArray[np.float64] | None:
    """What speaks for each key: [24, features], or None for audio without tones.

    For each key in the order of `ALL_KEYS`; major keys use the first half of the features, minor
    keys the second, so that one vector of weights serves both.
    """
    views = _views(pitches)
    if views is None:
        return None
    rows = []
    for key in ALL_KEYS:
        own = _turned(views, key)
        empty = np.zeros_like(own)
        rows.append(np.concatenate([own, empty] if key.mode == "major" else [empty, own]))
    return np.array(rows)


def _turned(views: NDArray[np.float64], key: Key) -> NDArray[np.float64]:
    return np.roll(views, -key.tonic, axis=1).ravel()


def _views(pitches: Pitches) -> NDArray[np.float64] | None:
    """The five views [5, 12]: pitch classes, bass, major triads, minor triads, the last bass."""
    levels = np.linalg.norm(pitches.chroma, axis=1)
    loud = float(np.quantile(levels, 0.9))
    sounding = levels > _SOUNDING * loud
    if loud <= 0.0 or sounding.sum() < _LEAST_FRAMES:
        return None
    tones = _normed(pitches.chroma[sounding])
    usual = tones.mean(axis=0)
    if usual.std() < _LEAST_CONTRAST * usual.mean():
        return None
    if usual.sum() ** 2 < _FEWEST_TONES * (usual**2).sum():
        return None
    basses = pitches.bass[sounding]
    strength = np.linalg.norm(basses, axis=1)
    full = _BASS_SOUNDING * float(np.quantile(strength, 0.9)) + 1e-9
    basses = _normed(basses) * np.minimum(1.0, strength / full)[:, None]
    triads = _triad_shares(tones, basses)
    return np.stack(
        [
            _standardised(usual),
            _standardised(basses.mean(axis=0)),
            2.0 * (triads[:12] - triads.mean()),
            2.0 * (triads[12:] - triads.mean()),
            _standardised(basses[-_LAST_FRAMES:].mean(axis=0)),
        ]
    )


def _triad_shares(tones: Chroma, basses: Chroma) -> NDArray[np.float64]:
    """For how much of the time each of the 24 triads is the likeliest, [24]."""
    triads = _normed(_smoothed(tones)) @ _TRIADS.T
    triads += _ROOT_WEIGHT * np.tile(_smoothed(basses), 2)
    shares = np.exp(_TRIAD_SHARPNESS * (triads - triads.max(axis=1, keepdims=True)))
    return (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)


def _smoothed(chroma: Chroma) -> Chroma:
    kernel = np.ones(_TRIAD_FRAMES) / _TRIAD_FRAMES
    return np.stack([np.convolve(row, kernel, "same") for row in chroma.T], axis=1)


def _normed(chroma: Chroma) -> Chroma:
    return chroma / (np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-9)


def _standardised(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = profile - profile.mean()
    return centred / (np.linalg.norm(centred) + 1e-9)


def _probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    likely = np.exp(scores - scores.max())
    return likely / likely.sum()
