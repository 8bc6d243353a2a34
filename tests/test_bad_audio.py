"""Files that are broken, odd or not what they say, through every tool that takes a track: one
sentence that names the argument and says why, or the right result.

A worker in this process serves all of them, with the real sketch renderer and the real listening.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import staffed
from mcp_clients import ERAS, ON_A_TRACK, connected
from numpy.typing import NDArray

from engine import Settings, Studio
from engine.audio import files
from engine.renderers import sketch

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.xdist_group("bad_audio"),
    pytest.mark.skipif(os.name != "posix", reason="makes a FIFO"),
]

RATE_HZ = 48_000
LENGTH_S = 8.0
MAKERS = ("cover_track", "repaint_section", "extend_track", "add_parts")


@dataclass(frozen=True)
class Crate:
    """A folder that the studio may read, with a file in it for every name of `FILES`."""

    studio: Studio
    folder: Path

    async def ask(self, tool: str, file: str, **asked: Any) -> dict[str, Any]:
        """The result of a tool that finishes, well or not."""
        async with connected(self.studio) as host:
            return await host.data(tool, track=str(self.folder / file), **ON_A_TRACK[tool] | asked)

    async def refusal(self, tool: str, file: str) -> str:
        async with connected(self.studio) as host:
            return await host.refusal(tool, track=str(self.folder / file), **ON_A_TRACK[tool])


def piece(rate_hz: int = RATE_HZ) -> NDArray[np.float64]:
    """A kick at 120 and a chord of A minor: [samples]."""
    time_s = np.arange(round(LENGTH_S * rate_hz)) / rate_hz
    beat_s = time_s % 0.5
    kick = np.sin(2 * np.pi * 55 * beat_s) * np.exp(-12 * beat_s)
    chord = sum(np.sin(2 * np.pi * hertz * time_s) for hertz in (220.0, 261.63, 329.63))
    return 0.5 * kick + 0.1 * chord


def _noise(path: Path) -> None:
    path.write_bytes(b"fLaC" + np.random.default_rng(1).bytes(5_000))


def _half(path: Path) -> None:
    soundfile.write(path, piece(), RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _lying(path: Path) -> None:
    """An MP3 whose header counts four times as many frames as there are."""
    soundfile.write(path, piece(), RATE_HZ)
    content = bytearray(path.read_bytes())
    at = content.find(b"Xing") + 8
    frames = int.from_bytes(content[at : at + 4], "big")
    content[at : at + 4] = (4 * frames).to_bytes(4, "big")
    path.write_bytes(content)


def _link_out(path: Path) -> None:
    outside = path.parent.parent / "outside.wav"
    soundfile.write(outside, piece(), RATE_HZ)
    path.symlink_to(outside)


def _not_numbers(path: Path) -> None:
    audio = piece()
    audio[RATE_HZ : RATE_HZ + 400] = np.nan
    audio[2 * RATE_HZ] = np.inf
    soundfile.write(path, audio, RATE_HZ, subtype="FLOAT")


FILES: dict[str, Callable[[Path], object]] = {
    "corrupt.flac": _noise,
    "empty.wav": Path.touch,
    "words.mp3": lambda path: path.write_text("not a song\n" * 99),
    "24 channels.wav": lambda path: soundfile.write(path, np.zeros((4_800, 24)), RATE_HZ),
    "31 minutes.flac": lambda path: soundfile.write(path, np.zeros(31 * 60 * 8_000), 8_000),
    "pipe.wav": os.mkfifo,
    "link.wav": _link_out,
    "folder.wav": Path.mkdir,
    "half.flac": _half,
    "lying.mp3": _lying,
    "silent.flac": lambda path: soundfile.write(path, np.zeros((RATE_HZ * 8, 2)), RATE_HZ),
    "one sample.wav": lambda path: soundfile.write(path, np.full((1, 2), 0.5), RATE_HZ),
    "8 kHz.wav": lambda path: soundfile.write(path, piece(8_000), 8_000),
    "192 kHz.wav": lambda path: soundfile.write(path, piece(192_000), 192_000),
    "not numbers.wav": _not_numbers,
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crate]:
    folder = tmp_path_factory.mktemp("bad") / "crate"
    folder.mkdir()
    for name, make in FILES.items():
        make(folder / name)
    studio = Studio(Settings(home=folder.parent / "home", media_dirs=(folder,), wait_s=60.0))
    with staffed(studio.settings, sketch.load()):
        yield Crate(studio, folder)
    studio.close()


@pytest.mark.parametrize("tool", ON_A_TRACK)
@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("corrupt.flac", "'corrupt.flac' is damaged or not audio (unknown error in flac decoder); "
                         "use FLAC, WAV, MP3, OGG, Opus or AIFF."),
        ("empty.wav", "'empty.wav' is empty; give another audio file."),
        ("words.mp3", "use FLAC, WAV, MP3, OGG, Opus or AIFF."),
        ("24 channels.wav", "has 24 channels; at most 16 are read; give another audio file."),
        ("31 minutes.flac", "lasts 31.0 minutes; at most 30 are read; give another audio file."),
        ("pipe.wav", "is not a regular file; name one audio file."),
        ("link.wav", "is outside the folders that may be read"),
        ("folder.wav", "is a folder; name one audio file."),
        ("missing.wav", "there is no file"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused_in_one_sentence_before_any_work(
    crate: Crate, tool: str, file: str, reason: str
) -> None:
    jobs = crate.studio.jobs()
    said = await crate.refusal(tool, file)
    assert said.startswith("track: ")
    assert reason in said
    assert "\n" not in said
    assert crate.studio.jobs() == jobs


@pytest.mark.parametrize("tool", ON_A_TRACK)
@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("half.flac", "'half.flac' is damaged"),
        ("lying.mp3", "it should last 32.1 s but ends after 8.0 s; get it again."),
    ],
)
async def test_a_file_that_ends_early_fails_its_job_with_the_reason(
    crate: Crate, tool: str, file: str, reason: str
) -> None:
    job = await crate.ask(tool, file)
    assert (job["status"], job["tracks"]) == ("failed", [])
    assert (job["error"]["code"], job["error"]["field"]) == ("audio_unreadable", "track")
    assert job["error"]["message"].startswith("track: ")
    assert reason in job["error"]["message"]


@pytest.mark.parametrize("tool", MAKERS)
async def test_nothing_can_be_played_to_silence(crate: Crate, tool: str) -> None:
    job = await crate.ask(tool, "silent.flac")
    assert job["error"]["code"] == "unsupported"
    assert job["error"]["message"].startswith("track: neither a beat nor a key is heard in it; ")


@pytest.mark.parametrize("tool", ["cover_track", "extend_track", "add_parts"])
async def test_nothing_can_be_played_to_one_sample(crate: Crate, tool: str) -> None:
    job = await crate.ask(tool, "one sample.wav")
    assert job["error"]["message"].startswith("track: neither a beat nor a key is heard in it; ")


async def test_a_window_after_the_only_sample_is_refused(crate: Crate) -> None:
    said = await crate.refusal("repaint_section", "one sample.wav")
    assert said == "windows: 4 s is after the track's end at 0.00 s."


@pytest.mark.parametrize("file", ["silent.flac", "one sample.wav"])
async def test_no_beat_and_no_key_are_claimed_where_there_is_nothing(
    crate: Crate, file: str
) -> None:
    job = await crate.ask("analyze_track", file)
    heard = job["analysis"]
    assert heard["grid"] == []
    assert "bpm" not in heard
    assert "key" not in heard
    assert (heard["bpm_confidence"], heard["key_confidence"]) == (0, 0)
    kinds = [finding["kind"] for finding in heard["findings"]]
    assert ("silent" in kinds) == (file == "silent.flac")
    assert crate.studio.picture(job["picture"].rpartition("/")[2])


@pytest.mark.parametrize(
    "file", ["silent.flac", "one sample.wav", "8 kHz.wav", "192 kHz.wav", "not numbers.wav"]
)
async def test_stems_of_anything_readable_add_up_to_it(crate: Crate, file: str) -> None:
    job = await crate.ask("separate_stems", file, stems=["drums", "bass", "other"])
    stems = [files.read(Path(track["path"])) for track in job["tracks"]]
    source = files.read(crate.folder / file)
    assert [track["role"] for track in job["tracks"]] == ["drums", "bass", "other"]
    assert np.abs(sum(stems) - source).max() < 1e-5


@pytest.mark.parametrize("file", ["8 kHz.wav", "192 kHz.wav", "not numbers.wav"])
async def test_odd_rates_and_values_are_heard_like_any_other_music(crate: Crate, file: str) -> None:
    heard = (await crate.ask("analyze_track", file))["analysis"]
    assert heard["duration_s"] == pytest.approx(LENGTH_S, abs=0.001)
    assert heard["key"] == "A minor"
    assert -30 < heard["loudness_lufs"] < -5


@pytest.mark.parametrize("tool", MAKERS)
@pytest.mark.parametrize("file", ["8 kHz.wav", "192 kHz.wav", "not numbers.wav"])
async def test_odd_rates_and_values_are_played_to_like_any_other_music(
    crate: Crate, tool: str, file: str
) -> None:
    (track,) = (await crate.ask(tool, file))["tracks"]
    audio = files.read(Path(track["path"]))
    assert np.isfinite(audio).all()
    assert track["duration_s"] >= LENGTH_S - 0.001
    assert track["measured"]["loudness_lufs"] > -30
    assert track["measured"]["true_peak_dbtp"] <= 0.1


@pytest.mark.parametrize("tool", ON_A_TRACK)
async def test_both_eras_of_the_protocol_get_the_same_result(crate: Crate, tool: str) -> None:
    results = []
    for era in ERAS:
        async with connected(crate.studio, era) as host:
            path = str(crate.folder / "8 kHz.wav")
            results.append(await host.data(tool, track=path, **ON_A_TRACK[tool]))
    assert results[0]["status"] == "done"
    assert results[0] == results[1]
