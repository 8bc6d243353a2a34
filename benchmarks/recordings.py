"""Is listening consistent with itself on real recordings, whose truth nobody knows?

    uv run --group dev python -m benchmarks.recordings FOLDER [most]

FOLDER holds recordings in any format and depth: `wesnoth-1.16-music` of Debian, for one, has 41
orchestral pieces (`/usr/share/games/wesnoth/1.16/data/core/music`). Of each,
90 s from the middle are heard as they are, slower by 3 %, and two semitones higher. A grid on both
has to be 3 % slower within 0.1 %, the key the same, then two semitones up. Each line tells a piece;
the last ones tell the shares.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from python_stretch import Signalsmith

from engine.audio import SAMPLE_RATE_HZ, files
from engine.errors import AudioUnreadable
from engine.keys import parse_key
from engine.listen.analysis import analyse
from engine.listen.readings import Analysis

Audio = NDArray[np.float32]

SLOWER, HIGHER = 0.97, 2
TEMPO_WITHIN = 0.001
LISTENED_S = 90
SUFFIXES = {".flac", ".mp3", ".ogg", ".opus", ".wav"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a recording and of its two copies."""

    plain: Analysis
    slower: Analysis
    higher: Analysis

    @property
    def steady(self) -> bool:
        """Whether a grid was claimed, on the recording and on its slower copy."""
        return self.plain.bpm is not None and self.slower.bpm is not None

    @property
    def tempo_holds(self) -> bool:
        if self.plain.bpm is None or self.slower.bpm is None:
            return False
        return abs(self.slower.bpm / (SLOWER * self.plain.bpm) - 1.0) <= TEMPO_WITHIN

    @property
    def key_holds(self) -> bool:
        return self.plain.key == self.slower.key

    @property
    def key_follows(self) -> bool:
        if self.plain.key is None or self.higher.key is None:
            return self.plain.key == self.higher.key
        low, high = parse_key(self.plain.key), parse_key(self.higher.key)
        return (low.tonic + HIGHER) % 12 == high.tonic and low.mode == high.mode


def main() -> None:
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    start = time.process_time()
    found = [one for _, one in zip(range(most), listen(Path(sys.argv[1])), strict=False)]
    cost_s = time.process_time() - start
    steady = [one for one in found if one.steady]
    print(f"\n{len(found)} recordings, {cost_s:.0f} s of CPU, no crash")
    tell("one tempo claimed", [one.plain.bpm is not None for one in found])
    tell("of them on the slower copy too", [one.steady for one in found if one.plain.bpm])
    tell("tempo 3 % slower within 0.1 %", [one.tempo_holds for one in steady])
    tell("same key where a grid is claimed", [one.key_holds for one in steady])
    tell("same key anywhere", [one.key_holds for one in found])
    tell("two semitones up", [one.key_follows for one in found])


def listen(folder: Path) -> Iterator[Heard]:
    for path in sorted(one for one in folder.rglob("*") if one.suffix.lower() in SUFFIXES):
        try:
            audio = middle(files.read(path))
        except AudioUnreadable as error:
            print(f"{path.name}: {error}")
            continue
        copies = (audio, stretched(audio, SLOWER, 0), stretched(audio, 1.0, HIGHER))
        heard = Heard(*(analyse(one, detail="full") for one in copies))
        print(
            f"{path.stem:32.32} {shown(heard.plain)} | {shown(heard.slower)} | "
            f"{shown(heard.higher)} {'' if heard.tempo_holds or not heard.steady else 'tempo! '}"
            f"{'' if heard.key_holds else 'key! '}{'' if heard.key_follows else 'pitch!'}",
            flush=True,
        )
        yield heard


def middle(audio: Audio) -> Audio:
    spare = max(0, audio.shape[1] - LISTENED_S * SAMPLE_RATE_HZ) // 2
    return np.ascontiguousarray(audio[:, spare : audio.shape[1] - spare])


def stretched(audio: Audio, speed: float, semitones: float) -> Audio:
    """Audio at another speed (1: as it is) and some semitones higher."""
    stretch = Signalsmith.Stretch()
    stretch.preset(2, SAMPLE_RATE_HZ)
    stretch.setTimeFactor(speed)
    stretch.setTransposeSemitones(semitones)
    return np.ascontiguousarray(stretch.process(audio), dtype=np.float32)


def shown(one: Analysis) -> str:
    tempo = "  --  " if one.bpm is None else f"{one.bpm:6.2f}"
    return f"{tempo} ({one.bpm_confidence:.2f}) {one.key or '--':>9} ({one.key_confidence:.2f})"


def tell(what: str, holds: list[bool]) -> None:
    share = f"{np.mean(holds):.3f}" if holds else "none"
    print(f"{what:36} {share:>6}  ({sum(holds)} of {len(holds)})")


if __name__ == "__main__":
    main()
