"""How much memory and time a long mix takes: five minutes of music, played over and over.

    uv run python benchmarks/mixing.py [decks, 48]

Every other deck is retimed by 2 %, so half of the set is stretched.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.audio.files import Tags, write
from engine.audio.levels import Audio, Meter, loudness_lufs
from engine.sets.deck import Deck, Grid
from engine.sets.plan import Transition
from engine.sets.playing.arrange import arrange
from engine.sets.playing.mixing import mix

RATE = 48_000
BPM, BARS = 128.0, 160


def music() -> Audio:
    """A kick, a bass and noise on the off-beats for five minutes."""
    beat = round(60 / BPM * RATE)
    time_s = np.arange(beat) / RATE
    kick = 0.7 * np.sin(2 * np.pi * (50 * time_s + 4 * (1 - np.exp(-45 * time_s))))
    sound = kick * np.exp(-12 * time_s) + 0.15 * np.sin(2 * np.pi * 110 * time_s) * (time_s > 0.2)
    chance = np.random.default_rng(1)
    noise = chance.standard_normal((2, beat)) * np.exp(-50 * ((time_s - 0.23) % 1)) * 0.08
    return np.tile((sound + noise).astype(np.float32), 4 * BARS)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        audio = music()
        path = Path(folder) / "deck.flac"
        write(path, audio, Tags(), "flac")
        seconds, loudness = audio.shape[1] / RATE, loudness_lufs(audio)
        grid = Grid(60 * RATE / round(60 / BPM * RATE), 0.0, 4, 0.0)
        decks = [
            Deck(
                slot + 1, f"Deck {slot + 1}", path, seconds, loudness, grid, None, 0.5,
                play_bpm=grid.bpm * (1.02 if slot % 2 else 1.0),
            )
            for slot in range(count)
        ]  # fmt: skip
        del audio
        report(mix(arrange(decks, [Transition()] * (count - 1)), Path(folder)))


def report(blocks: Iterator[Audio]) -> None:
    before_mb = peak_mb()
    started_s, spent_s = time.perf_counter(), time.process_time()
    meter, samples, highest = Meter(), 0, 0.0
    for block in blocks:
        meter.feed(block)
        samples += block.shape[1]
        highest = max(highest, float(np.abs(block).max(initial=0.0)))
    wall_s, cpu_s = time.perf_counter() - started_s, time.process_time() - spent_s
    seconds = samples / RATE
    print(f"length   {seconds / 60:.1f} minutes")
    print(f"time     {wall_s:.0f} s, {seconds / wall_s:.0f} times as fast as it plays")
    print(f"cpu      {cpu_s:.0f} s, {seconds / cpu_s:.0f} times")
    print(f"memory   {peak_mb():.0f} MB at most, {before_mb:.0f} MB before the mix")
    print(f"loudness {meter.loudness_lufs:.2f} LUFS, peak {meter.true_peak_dbtp:.2f} dBTP")
    print(f"highest  {highest:.4f}")


def peak_mb() -> float:
    """The most memory so far. What `getrusage` says of a child begins with what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 48)
