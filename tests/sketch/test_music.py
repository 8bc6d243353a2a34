"""What every style sounds like, measured in the finished audio by tools that aren't ours.

pyloudnorm for loudness, librosa for tempo and key, scipy for the rest: none of it knows the score.
Every style is rendered once, for a minute, with everything but the seed left open.
"""

from __future__ import annotations

import warnings
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from engine import GenerateRequest, checked
from engine.keys import Key, parse_key
from engine.renderers import Rendered, Sources, sketch

RATE_HZ = 48_000
STYLES = (
    "house", "deep house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop",
    "lo-fi", "synthwave", "ambient", "disco funk", "pop", "rock", "jazz", "reggae", "latin",
)  # fmt: skip
STEADY = tuple(style for style in STYLES if style != "ambient")
"""Styles with a beat that an estimator can be held to."""

# One process renders all of them and keeps them; in several, each would do it again.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("music")]

Audio = NDArray[np.float32]


@cache
def piece(style: str, seed: int = 1) -> Rendered:
    request = checked(GenerateRequest, caption=style, duration_s=60, seed=seed)
    return sketch.load().render(request, Sources(), lambda stage, done: None, lambda: False)


@cache
def band_shares(style: str, seed: int = 1) -> NDArray[np.float64]:
    """The share of energy in each octave: below 50 Hz, 50-100, 100-200, … above 12 800."""
    power = np.abs(np.fft.rfft(piece(style, seed).audio.mean(axis=0))) ** 2
    frequencies = np.fft.rfftfreq(60 * RATE_HZ, 1 / RATE_HZ)
    edges = [0.0, *(50.0 * 2**octave for octave in range(9)), RATE_HZ]
    shares = [power[(frequencies >= a) & (frequencies < b)].sum() for a, b in pairwise(edges)]
    return np.array(shares) / power.sum()


def mono(style: str, seed: int = 1) -> Audio:
    """The piece as estimators take it: one channel at 22 050 Hz."""
    return resample_poly(piece(style, seed).audio.mean(axis=0), 147, 320).astype(np.float32)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_mastered_to_the_same_loudness_with_headroom(style: str) -> None:
    audio = piece(style).audio
    loudness = pyloudnorm.Meter(RATE_HZ).integrated_loudness(audio.T.astype(np.float64))
    assert loudness == pytest.approx(-14.0, abs=0.5)
    true_peak = np.abs(resample_poly(audio, 4, 1, axis=1)).max()
    assert 20 * np.log10(true_peak) <= -1.0 + 0.05  # another filter than ours reads it


@pytest.mark.parametrize("style", STYLES)
def test_no_style_has_direct_current_dropouts_or_broken_samples(style: str) -> None:
    audio = piece(style).audio
    assert np.isfinite(audio).all()
    assert np.abs(audio.mean(axis=1)).max() < 1e-3
    body = audio[:, : 58 * RATE_HZ].reshape(2, 29, -1)
    quietest = np.sqrt((body**2).mean(axis=(0, 2))).min()
    assert 20 * np.log10(quietest) > -50.0


@pytest.mark.parametrize("style", STYLES)
def test_no_style_clicks_at_a_section_line_or_at_its_ends(style: str) -> None:
    rendered = piece(style)
    audio = rendered.audio
    # A cut or a jump is a step between two samples that its surroundings don't explain.
    bend = np.abs(np.diff(audio, n=2, axis=1)).max(axis=0)
    usual = np.sort(bend)[-len(bend) // 10_000]
    for section in rendered.made.sections[1:]:
        line = round(section.start_s * RATE_HZ)
        assert bend[line - 48 : line + 480].max() < 3.0 * usual, section
    assert np.abs(audio[:, 0]).max() < 0.02
    assert np.abs(audio[:, -1]).max() < 0.02


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_wide_but_survives_mono_and_keeps_its_lows_in_the_middle(style: str) -> None:
    left, right = piece(style).audio.astype(np.float64)
    middle, side = (left + right) / 2, (left - right) / 2
    share = (side**2).sum() / ((middle**2).sum() + (side**2).sum())
    assert 0.005 < share < 0.4
    spectra = np.abs(np.fft.rfft([middle, side])) ** 2
    low = np.fft.rfftfreq(len(left), 1 / RATE_HZ) < 100
    assert spectra[1, low].sum() < 0.1 * spectra[0, low].sum()


@pytest.mark.parametrize("style", STYLES)
def test_no_style_is_all_bass_or_has_a_dead_band(style: str) -> None:
    shares = band_shares(style)
    assert shares[:2].sum() < 0.6
    assert shares[1:-1].min() > 1e-5  # 50 dB under the whole, in every octave up to 12.8 kHz


def features(style: str, seed: int) -> NDArray[np.float64]:
    """What sets styles apart by ear: balance, brightness over time, how much and where it hits."""
    audio = piece(style, seed).audio.mean(axis=0)
    made = piece(style, seed).made
    assert made.bpm is not None
    beats = made.bpm
    frames = audio[: len(audio) // 512 * 512].reshape(-1, 512)
    spectra = np.abs(np.fft.rfft(frames * np.hanning(512), axis=1))
    bands = np.stack([part.sum(axis=1) for part in np.split(spectra, [2, 8, 40], axis=1)])
    flux = np.maximum(np.diff(np.log1p(bands), axis=1), 0)
    # Where in a bar each band hits: the pattern that a drummer would write down.
    position = (np.arange(flux.shape[1]) * 512 / RATE_HZ * beats / 60 % 4 * 4).astype(int)
    pattern = np.stack([flux[:, position == step].mean(axis=1) for step in range(16)], axis=1)
    pattern /= pattern.sum(axis=1, keepdims=True) + 1e-9
    balance = 10 * np.log10(band_shares(style, seed) + 1e-6) / 10
    return np.concatenate([balance, 12 * pattern.ravel(), [made.bpm / 30, flux.mean() * 10]])


def test_every_style_is_nearer_to_itself_with_another_seed_than_to_most_others() -> None:
    first = {style: features(style, 1) for style in STYLES}
    again = {style: features(style, 2) for style in STYLES}
    right = 0
    for style in STYLES:
        distances = {other: np.linalg.norm(again[style] - first[other]) for other in STYLES}
        nearest = sorted(distances, key=distances.__getitem__)[:3]
        right += style in nearest
    assert right >= 0.8 * len(STYLES)


def test_no_two_styles_sound_alike() -> None:
    heard = {style: features(style, 1) for style in STYLES}
    pairs = {
        pair: float(np.linalg.norm(heard[pair[0]] - heard[pair[1]]))
        for pair in combinations(STYLES, 2)
    }
    closest = min(pairs, key=pairs.__getitem__)
    assert pairs[closest] > 1.0, closest


def test_the_tempo_that_librosa_hears_is_the_one_that_was_made() -> None:
    from librosa.feature.rhythm import tempo

    right = 0
    for style in STEADY:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # librosa's own
            heard = float(tempo(y=mono(style), sr=22_050)[0])
        made = piece(style).made.bpm
        assert made is not None
        # An estimator may count half or double time, or in threes.
        right += any(abs(heard * ratio / made - 1) < 0.04 for ratio in (0.5, 2 / 3, 1, 1.5, 2, 3))
    assert right >= 0.85 * len(STEADY)


def test_the_key_that_librosas_chroma_shows_is_near_the_one_that_was_made() -> None:
    scores = [mirex(heard_key(style), piece(style).made.key) for style in STYLES]
    assert np.mean(scores) >= 0.6


# Krumhansl and Kessler's probe-tone ratings (1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def heard_key(style: str) -> Key:
    from librosa.feature import chroma_cqt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Tuned to 440 Hz as written. Left to estimate it, librosa's compiled code may crash.
        chroma = chroma_cqt(y=mono(style), sr=22_050, tuning=0.0).mean(axis=1)
    matches = {
        Key(tonic, mode): float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1])
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    }
    return max(matches, key=matches.__getitem__)


def mirex(heard: Key, made: str | None) -> float:
    """The weighted score of the MIREX key task: 1 exact, 0.5 fifth, 0.3 relative, 0.2 parallel."""
    assert made is not None
    true = parse_key(made)
    step = (heard.tonic - true.tonic) % 12
    if heard.mode == true.mode:
        return {0: 1.0, 7: 0.5, 5: 0.5}.get(step, 0.0)
    relative = 9 if true.mode == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(step, 0.0)
