"""The split without a model: how near it comes, how exactly it adds up, and what it refuses."""

from __future__ import annotations

import tracemalloc
from functools import cache

import numpy as np
import pytest

from engine.errors import Cancelled, Unsupported
from engine.listen.separate import METHOD, PARTS, WHOLE, separate
from engine.listen.separation import SILENT_DB, Separation, residual_db
from engine.listen.spectra import sound, spectra
from tests.listen import midi_band
from tests.listen.multitracks import (
    DRUMMED,
    Multitrack,
    font_multitrack,
    is_heard,
    si_sdr_db,
    sketch_multitrack,
)
from tests.sounds import RATE_HZ, level_db

SKETCHED = (("deep house", 611), ("drum and bass", 612), ("hip hop", 613), ("latin", 614))
PLAYED = (("samba", 621), ("half time", 622), ("motown", 623), ("four on the floor", 624))


@cache
def sketched() -> tuple[tuple[Multitrack, Separation], ...]:
    tracks = [sketch_multitrack(style, seed, 20.0) for style, seed in SKETCHED]
    return tuple((track, separate(track.mix, PARTS)) for track in tracks)


def gains_db(separated: tuple[tuple[Multitrack, Separation], ...], part: str) -> list[float]:
    """By how much each estimate is nearer to the truth than the untouched mix is."""
    return [
        si_sdr_db(result.parts[part], track.parts[part]) - si_sdr_db(track.mix, track.parts[part])
        for track, result in separated
        if is_heard(track.parts[part])
    ]


def noise(seconds: float, seed: int = 1, level: float = 0.2) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(0.0, level, (2, round(seconds * RATE_HZ))).astype(np.float32)


def kicks_and_bass() -> tuple[np.ndarray, np.ndarray]:
    """Eight seconds of a clicking, falling kick on each half second and a bass note between."""
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    sweep = np.sin(2 * np.pi * (50 * time_s + 2.5 * (1 - np.exp(-time_s / 0.02))))
    click = np.random.default_rng(3).normal(0, 0.3, len(time_s)) * np.exp(-time_s / 0.003)
    kick = 0.5 * (sweep * np.exp(-time_s / 0.08) + click)
    long_s = np.arange(8 * RATE_HZ) / RATE_HZ
    pitches = np.repeat([55.0, 65.4, 73.4, 49.0], 2 * RATE_HZ)
    phase = np.cumsum(pitches) / RATE_HZ
    note = sum(np.sin(2 * np.pi * order * phase) / order for order in range(1, 6))
    since_s = (long_s + 0.25) % 0.5
    held = np.clip(np.minimum(since_s / 0.01, (0.48 - since_s) / 0.05), 0.0, 1.0)
    bass = 0.2 * note * held * np.exp(-since_s / 0.6)
    return np.tile(kick, (2, 16)).astype(np.float32), np.tile(bass, (2, 1)).astype(np.float32)


@pytest.mark.slow
def test_drums_and_bass_come_nearer_to_the_truth_than_the_mix():
    drums, bass = gains_db(sketched(), "drums"), gains_db(sketched(), "bass")
    assert np.mean(drums) >= 2.0
    assert np.mean(bass) >= 5.0
    assert min(drums) > 0.0
    assert min(bass) > 0.0


@pytest.mark.slow
@pytest.mark.skipif(not midi_band.available(), reason="needs FluidSynth and FluidR3 of Debian")
def test_a_band_from_a_soundfont_is_separated_as_well():
    feels = {feel.name: feel for feel in DRUMMED}
    tracks = [font_multitrack(feels[name], seed, 20.0) for name, seed in PLAYED]
    separated = tuple((track, separate(track.mix)) for track in tracks)
    assert np.mean(gains_db(separated, "drums")) >= 2.0
    assert np.mean(gains_db(separated, "bass")) >= 5.0


@pytest.mark.slow
def test_parts_add_up_to_the_mix():
    for track, result in sketched():
        parts = result.parts
        for whole in (("drums", "bass", "other"), ("drums", "no_drums")):
            total = np.sum([parts[part] for part in whole], axis=0)
            assert np.abs(total - track.mix).max() < 1e-6
        assert result.residual_db is not None
        assert result.residual_db < -120.0
        assert result.method == METHOD


def test_a_kick_and_a_bass_in_one_octave_are_told_apart():
    kick, bass = kicks_and_bass()
    mix = kick + bass
    parts = separate(mix).parts
    assert si_sdr_db(parts["drums"], kick) > si_sdr_db(mix, kick) + 6.0
    assert si_sdr_db(parts["bass"], bass) > si_sdr_db(mix, bass) + 4.0


def test_what_nobody_hears_is_neither_drums_nor_bass():
    kick, bass = kicks_and_bass()
    rumble = np.float32(0.3) + np.sin(np.arange(kick.shape[1]) * 2 * np.pi * 6 / RATE_HZ) * 0.2
    clean, rumbling = (
        separate(mix).parts for mix in (kick + bass, (kick + bass + rumble).astype(np.float32))
    )
    inner = slice(RATE_HZ // 2, -RATE_HZ // 2)
    for part in ("drums", "bass"):
        changed = rumbling[part][:, inner] - clean[part][:, inner]
        assert level_db(changed) < level_db(clean[part][:, inner]) - 12


@pytest.mark.parametrize("seconds", [1 / RATE_HZ, 0.01, 0.5, 33.0, 70.3])
def test_any_length_adds_up_and_has_no_seams(seconds: float):
    mix = noise(seconds)
    result = separate(mix, ("drums", "bass", "other"))
    assert all(part.shape == mix.shape for part in result.parts.values())
    assert all(part.dtype == np.float32 for part in result.parts.values())
    assert np.abs(np.sum(list(result.parts.values()), axis=0) - mix).max() < 1e-6
    if seconds > 30:
        levels = [level_db(piece) for piece in np.array_split(result.parts["drums"], 8, axis=1)]
        assert max(levels) - min(levels) < 1.0


def test_a_scale_of_the_mix_is_a_scale_of_its_parts():
    kick, bass = kicks_and_bass()
    loud = separate(kick + bass, ("drums",)).parts["drums"]
    soft = separate((kick + bass) * np.float32(0.01), ("drums",)).parts["drums"]
    assert level_db(soft * 100 - loud) < level_db(loud) - 60


def test_silence_and_nothing_stay_what_they_are():
    silent = separate(np.zeros((2, RATE_HZ), np.float32), PARTS)
    assert not any(part.any() for part in silent.parts.values())
    assert silent.residual_db == SILENT_DB
    assert separate(np.zeros((2, 0), np.float32)).parts["drums"].shape == (2, 0)


def test_one_side_stays_on_its_side():
    kick, bass = kicks_and_bass()
    mix = kick + bass
    mix[1] = 0.0
    for part in separate(mix, PARTS).parts.values():
        assert not part[1].any()


@pytest.mark.parametrize("part", ["vocals", "guitar", "backing_vocals", ""])
def test_parts_that_only_a_model_finds_are_refused(part: str):
    with pytest.raises(Unsupported, match="signal processing") as refused:
        separate(noise(0.1), ("drums", part))
    assert refused.value.field == "stems"
    assert repr(part) in refused.value.message


def test_only_what_was_asked_for_comes_back():
    result = separate(noise(0.5), ("bass",))
    assert list(result.parts) == ["bass"]
    assert result.residual_db is None


def test_the_residual_is_what_the_parts_leave_of_the_mix():
    mix = noise(0.5)
    assert residual_db(mix, {"drums": mix * 0.5, "no_drums": mix * 0.4}, WHOLE) == pytest.approx(
        -20.0
    )
    assert residual_db(mix, {"drums": mix, "no_drums": mix * 0}, WHOLE) == SILENT_DB
    assert residual_db(mix, {"drums": mix, "bass": mix * 0}, WHOLE) is None


def test_it_reports_and_stops_between_blocks():
    heard: list[float] = []
    with pytest.raises(Cancelled):
        separate(
            noise(70.0),
            progress=lambda stage, fraction: heard.append(fraction),
            cancelled=lambda: len(heard) == 2,
        )
    assert heard[0] == 0.0
    assert 0.3 < heard[1] < 0.6


@pytest.mark.slow
def test_a_longer_piece_needs_no_more_memory_than_its_own_parts():
    def beyond_parts(seconds: float) -> float:
        mix = noise(seconds)
        tracemalloc.start()
        separate(mix, ("drums",))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - 2 * mix.nbytes

    assert beyond_parts(128.0) < 1.1 * beyond_parts(64.0)


def test_spectra_turn_back_into_the_sound_they_are_of():
    for length in (1, 1000, 4096, 50_001):
        audio = noise(1.1)[:, :length]
        assert np.abs(sound(spectra(audio), length) - audio).max() < 1e-5
