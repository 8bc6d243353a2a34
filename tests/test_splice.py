"""The splice: what it leaves alone, how it sounds at its seams, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.audio.levels import loudness_lufs, true_peak_dbtp
from engine.audio.splice import CEILING_DBTP, Patch, crossfade, join, lead, seam_samples, splice
from engine.audio.windows import Window, check_windows, snap
from engine.errors import InvalidRequest
from tests.sounds import RATE_HZ, level_db, music

SEAM_S = 0.03
SEAM = seam_samples(SEAM_S)


def tone(seconds: float, hz: float = 220.0, level: float = 0.2, phase: float = 0.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = level * np.sin(2 * np.pi * hz * time_s + phase)
    return np.stack([wave, wave]).astype(np.float32)


def hiss(samples: int, seed: int, level: float = 0.1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(0.0, level, (2, samples)).astype(np.float32)


def patch(window: Window, seed: int = 9, level: float = 0.1, seam: int = SEAM) -> Patch:
    return Patch(window, hiss(lead(window, seam) + window.length, seed, level))


def outside(windows: list[Window], length: int, seam: int = SEAM) -> np.ndarray:
    """True for every sample that no splice may touch."""
    kept = np.ones(length, dtype=bool)
    for window in windows:
        kept[window.start - lead(window, seam) : window.end] = False
    return kept


@some.composite
def layouts(draw) -> tuple[int, int, list[Window]]:
    """A piece's length, a seam, and windows that may be spliced into it."""
    seam = draw(some.integers(1, 3000))
    at, windows = draw(some.one_of(some.just(0), some.integers(seam, 20_000))), []
    for _ in range(draw(some.integers(0, 4))):
        end = at + draw(some.integers(max(seam, 1), 20_000))
        windows.append(Window(at, end))
        at = end + seam + draw(some.integers(0, 9_000))
    last = windows[-1].end if windows else at
    return last + draw(some.integers(0, 9_000)) + (not windows), seam, windows


@settings(max_examples=60, deadline=None)
@given(layouts(), some.floats(0.001, 2.0), some.floats(0.001, 1.5), some.integers(0, 99))
def test_samples_outside_windows_and_seams_stay_as_they_are(layout, level, new_level, seed):
    length, seam, windows = layout
    source = hiss(length, seed, level)
    patches = [patch(window, seed + n, new_level, seam) for n, window in enumerate(windows)]
    spliced = splice(source, patches, seam / RATE_HZ)
    kept = outside(windows, length, seam)
    assert spliced.dtype == np.float32
    assert spliced.shape == source.shape
    assert np.array_equal(spliced[:, kept], source[:, kept])


@settings(max_examples=80, deadline=None)
@given(layouts(), some.floats(0.01, 1.5), some.floats(0.5, 4.0), some.integers(0, 99))
def test_what_is_new_never_peaks_above_the_ceiling_or_the_old(layout, level, new_level, seed):
    length, seam, windows = layout
    source = hiss(length, seed, level)
    patches = [patch(window, seed + n, new_level, seam) for n, window in enumerate(windows)]
    spliced = splice(source, patches, seam / RATE_HZ)
    allowed = max(CEILING_DBTP, true_peak_dbtp(source))
    # Where unlike hiss meets, the curve between samples may rise a little above both.
    assert true_peak_dbtp(spliced) <= allowed + 0.6


def test_inside_the_window_only_the_patch_sounds():
    source, window = tone(6.0, 220.0), Window.from_seconds(2.0, 4.0)
    new = Patch(window, tone(2.0 + SEAM_S, 3_000.0))
    spliced = splice(source, [new], SEAM_S, match=False)
    middle = slice(window.start, window.end - SEAM)
    assert np.array_equal(spliced[:, middle], new.audio[:, SEAM:-SEAM])


def test_a_stroke_on_either_line_keeps_its_attack():
    source, window = np.zeros((2, 96_000), np.float32), Window(24_000, 72_000)
    source[:, window.end] = 0.5
    new = Patch(window, np.zeros((2, SEAM + window.length), np.float32))
    new.audio[:, SEAM] = 0.4
    spliced = splice(source, [new], SEAM_S, match=False)
    assert np.flatnonzero(spliced[0]).tolist() == [window.start, window.end]
    assert spliced[0, window.start] == np.float32(0.4)


@pytest.mark.parametrize("likeness", [0.0, 0.3, 0.7, 1.0])
def test_a_seam_is_as_loud_as_its_two_sides(likeness: float):
    old, stranger = hiss(RATE_HZ, 1), hiss(RATE_HZ, 2)
    new = (likeness * old + np.sqrt(1 - likeness**2) * stranger).astype(np.float32)
    faded = crossfade(old, new)
    for part in np.array_split(faded, 10, axis=1):
        assert level_db(part) == pytest.approx(level_db(old), abs=0.3)


def test_fading_into_the_same_sound_changes_nothing():
    old = tone(0.5)
    assert np.abs(crossfade(old, old) - old).max() < 1e-6


def test_a_sound_fades_into_its_opposite_without_getting_louder():
    old = tone(0.5)
    assert np.abs(crossfade(old, -old)).max() <= np.abs(old).max() + 1e-6


@pytest.mark.parametrize("phase", [0.0, 1.0, 2.0, 3.0])
def test_no_seam_clicks(phase: float):
    """A step or a corner has a far steeper third difference than the tones on both sides."""
    source, window = tone(4.0, 220.0), Window.from_seconds(1.003, 2.507)
    new = Patch(window, tone(window.length / RATE_HZ + SEAM_S, 277.0, phase=phase))
    edges = tone(1.0, 277.0, phase=phase), tone(1.0, 330.0, phase=phase)
    cut = source.copy()
    cut[:, window.start : window.end] = new.audio[:, SEAM:]

    def corner(audio: np.ndarray) -> float:
        return float(np.abs(np.diff(audio, n=3)).max())

    calm = 2 * corner(edges[1])
    assert corner(splice(source, [new], SEAM_S)) < calm
    assert corner(join(source, *edges, SEAM_S)) < calm
    assert corner(cut) > 50 * calm, "a bare cut would pass this test"


def test_a_patch_comes_to_the_loudness_of_its_surroundings():
    source, window = hiss(RATE_HZ * 12, 1, 0.1), Window.from_seconds(4.0, 8.0)
    for level in (0.06, 0.17):
        spliced = splice(source, [patch(window, level=level)], SEAM_S)
        inside = spliced[:, window.start : window.end - SEAM]
        assert loudness_lufs(inside) == pytest.approx(loudness_lufs(source), abs=0.3)


def test_a_patch_between_two_levels_stays_as_it_is():
    source, window = hiss(RATE_HZ * 12, 1, 0.05), Window.from_seconds(4.0, 8.0)
    source[:, window.end :] *= 4
    new = patch(window, level=0.1)
    spliced = splice(source, [new], SEAM_S)
    middle = slice(window.start, window.end - SEAM)
    assert np.array_equal(spliced[:, middle], new.audio[:, SEAM:-SEAM])


def test_a_breakdown_is_not_blown_up():
    source, window = hiss(RATE_HZ * 12, 1, 0.1), Window.from_seconds(4.0, 8.0)
    spliced = splice(source, [patch(window, level=0.002)], SEAM_S)
    raised_db = level_db(spliced[:, window.start : window.end - SEAM]) - 20 * np.log10(0.002)
    assert raised_db == pytest.approx(6.0, abs=0.1)


def test_silence_on_either_side_says_nothing_about_level():
    source, window = np.zeros((2, RATE_HZ * 6), np.float32), Window.from_seconds(2.0, 4.0)
    new = patch(window, level=0.01)
    spliced = splice(source, [new], SEAM_S)
    assert np.array_equal(spliced[:, window.start : window.end - SEAM], new.audio[:, SEAM:-SEAM])


@settings(max_examples=25, deadline=None)
@given(
    some.one_of(some.none(), some.integers(SEAM, 30_000)),
    some.one_of(some.none(), some.integers(2 * SEAM, 30_000)),
    some.integers(SEAM + 1, 40_000),
)
def test_an_extended_piece_holds_the_original_untouched(before, after, length):
    source = hiss(length, 1, 0.3)
    joined = join(
        source,
        None if before is None else hiss(before, 2),
        None if after is None else hiss(after, 3),
        SEAM_S,
    )
    start, kept = before or 0, length - (SEAM if after else 0)
    assert joined.shape == (2, start + length + ((after - SEAM) if after else 0))
    assert np.array_equal(joined[:, start : start + kept], source[:, :kept])


def test_what_comes_before_ends_where_the_source_begins():
    source, before = music(2.0), tone(1.0, 500.0)
    joined = join(source, before=before, match=False)
    assert np.array_equal(joined[:, : RATE_HZ - SEAM], before[:, :-SEAM])
    assert np.array_equal(joined[:, RATE_HZ:], source)


def test_both_sides_are_matched_to_the_original():
    source = hiss(RATE_HZ * 4, 1, 0.1)
    joined = join(source, hiss(RATE_HZ * 2, 2, 0.06), hiss(RATE_HZ * 2, 3, 0.15))
    for part in (joined[:, :RATE_HZ], joined[:, -RATE_HZ:]):
        assert loudness_lufs(part) == pytest.approx(loudness_lufs(source), abs=0.4)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ([(1.0, 7.0)], "isn't inside the piece; it lasts 6.000 s"),
        ([(-1.0, 2.0)], "isn't inside"),
        ([(2.0, 2.0)], "isn't inside"),
        ([(2.0, 2.01)], "shorter than its seam"),
        ([(0.01, 2.0)], "begin at 0 instead"),
        ([(3.0, 4.0), (1.0, 2.0)], "in the order of time"),
        ([(1.0, 3.0), (2.0, 4.0)], "overlaps"),
        ([(1.0, 3.0), (3.01, 4.0)], "leaves no 0.030 s after"),
    ],
)
def test_windows_that_cannot_be_spliced_are_refused_with_the_fix(windows, said: str):
    patches = [patch(Window.from_seconds(*window)) for window in windows if window[0] < window[1]]
    with pytest.raises(InvalidRequest, match=said) as refused:
        check_windows([Window.from_seconds(*window) for window in windows], 6 * RATE_HZ, SEAM)
    assert refused.value.field == "windows"
    if len(patches) == len(windows):
        with pytest.raises(InvalidRequest, match=said):
            splice(np.zeros((2, 6 * RATE_HZ), np.float32), patches, SEAM_S)


def test_a_patch_of_the_wrong_length_is_refused():
    new = Patch(Window.from_seconds(1.0, 2.0), tone(1.0))
    with pytest.raises(ValueError, match=r"is \(2, 48000\), not \(2, 49440\)"):
        splice(tone(3.0), [new], SEAM_S)


def test_windows_snap_to_the_nearest_bars():
    bars_s, length, asked = np.arange(0.5, 30.0, 2.0), 30 * RATE_HZ, Window.from_seconds(4.0, 9.4)
    assert snap(asked, bars_s, length) == Window.from_seconds(4.5, 8.5)
    assert snap(Window.from_seconds(0.1, 29.9), bars_s, length) == Window(0, length)
    assert snap(asked, [], length) == asked


def test_a_window_within_one_bar_takes_that_bar():
    bars_s = np.arange(0.0, 30.0, 2.0)
    for start_s, end_s in ((4.2, 4.9), (5.1, 5.8), (4.9, 5.1)):
        window = snap(Window.from_seconds(start_s, end_s), bars_s, 30 * RATE_HZ)
        assert window == Window.from_seconds(4.0, 6.0)


@settings(max_examples=200, deadline=None)
@given(
    some.lists(some.floats(-5.0, 25.0), max_size=30),
    some.integers(0, 959_998),
    some.integers(1, 960_000),
)
def test_a_snapped_window_is_never_empty_and_lies_on_lines(lines_s, start, length):
    window = Window(start, min(960_000, start + length))
    snapped = snap(window, lines_s, 960_000)
    assert 0 <= snapped.start < snapped.end <= 960_000
    lines = {0, 960_000, *(round(line * RATE_HZ) for line in lines_s)}
    assert snapped == window or {snapped.start, snapped.end} <= lines
    assert snap(snapped, lines_s, 960_000) == snapped
