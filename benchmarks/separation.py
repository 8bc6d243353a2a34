"""How near the split without a model comes to the truth, on mixes whose parts are known.

    uv run --group dev python -m benchmarks.separation [first seed]

For each mix: SI-SDR of the untouched mix, and by how many dB drums and bass are nearer, beside
librosa's median split (`librosa.effects.hpss`; bass: what it calls harmonic, below 200 Hz). Mixes
are sketch pieces of every style and, if FluidSynth and FluidR3 of Debian are there, General MIDI
bands of every feel that has drums. No seed above 9700 was used while tuning.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from engine.audio import SAMPLE_RATE_HZ
from engine.listen.separate import separate
from tests.listen import midi_band
from tests.listen.multitracks import (
    DRUMMED,
    STYLES,
    Multitrack,
    font_multitrack,
    is_heard,
    si_sdr_db,
    sketch_multitrack,
)

Audio = NDArray[np.float32]
Split = Callable[[Audio], dict[str, Audio]]

FIRST_SEED = 9700
PARTS = ("drums", "bass")


def ours(mix: Audio) -> dict[str, Audio]:
    return dict(separate(mix, PARTS).parts)


def medians(mix: Audio) -> dict[str, Audio]:
    harmonic, percussive = librosa.effects.hpss(mix)
    low_pass = butter(4, 200.0, fs=SAMPLE_RATE_HZ, output="sos")
    return {"drums": percussive, "bass": sosfiltfilt(low_pass, harmonic).astype(np.float32)}


SPLITS: dict[str, Split] = {"ours": ours, "librosa": medians}


def sketches(seed: int) -> Iterator[Multitrack]:
    for number, style in enumerate(STYLES):
        yield sketch_multitrack(style, seed + number)


def bands(seed: int) -> Iterator[Multitrack]:
    if not midi_band.available():
        print("no FluidSynth with FluidR3 here: bands are left out")
        return
    for number, feel in enumerate(DRUMMED):
        yield font_multitrack(feel, seed + 100 + number)


def measure(title: str, tracks: Iterable[Multitrack]) -> None:
    """Print one row per mix, then mean, median, spread and the worst of each column."""
    columns = [f"{name} {part}" for name in SPLITS for part in PARTS]
    print(f"\n{title:18}{'mix: drums':>12}{'bass':>7}   gain in dB:" + "".join(map(_cell, columns)))
    table, cpu_s, audio_s = [], dict.fromkeys(SPLITS, 0.0), 0.0
    for track in tracks:
        mix = track.mix
        audio_s += mix.shape[1] / SAMPLE_RATE_HZ
        before = {part: _nearness(mix, track, part) for part in PARTS}
        gains = []
        for name, split in SPLITS.items():
            started = time.process_time()
            found = split(mix)
            cpu_s[name] += time.process_time() - started
            gains += [_nearness(found[part], track, part) - before[part] for part in PARTS]
        table.append(gains)
        print(f"{track.name:18}{before['drums']:12.1f}{before['bass']:7.1f}{_row(gains)}")
    if not table:
        return
    gains_db = np.array(table)
    for label, value in (
        ("mean", np.nanmean(gains_db, axis=0)),
        ("median", np.nanmedian(gains_db, axis=0)),
        ("deviation", np.nanstd(gains_db, axis=0)),
        ("worst", np.nanmin(gains_db, axis=0)),
    ):
        print(f"{label:18}{'':19}{_row(value)}")
    speeds = ", ".join(f"{name} {audio_s / cpu_s[name]:.0f}" for name in SPLITS)
    print(f"times real time, CPU: {speeds}")


def _nearness(found: Audio, track: Multitrack, part: str) -> float:
    truth = track.parts[part]
    return si_sdr_db(found, truth) if is_heard(truth) else float("nan")


def _row(gains: Iterable[float]) -> str:
    return " " * 14 + "".join(f"{gain:+15.1f}" for gain in gains)


def _cell(title: str) -> str:
    return f"{title:>15}"


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else FIRST_SEED
    measure("sketch", sketches(seed))
    measure("SoundFont", bands(seed))


if __name__ == "__main__":
    main()
