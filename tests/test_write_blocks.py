"""Audio written as it comes: in blocks of any size, in memory that doesn't grow, or not at all."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sounds import RATE_HZ, music

from engine.audio import files
from engine.audio.containers import riff
from engine.errors import InvalidRequest, RenderFailed

TAGS = files.Tags(title="Mix", chapters=(files.Chapter(0.0, 1.0, "One"),))
AUDIO = music(2.3)

every_format = pytest.mark.parametrize("format", files.FORMATS)


def cut(audio: NDArray[np.float32], *at: int) -> list[NDArray[np.float32]]:
    return np.split(audio, sorted(at), axis=1)


@every_format
def test_blocks_of_any_size_make_the_file_that_they_would_make_at_once(tmp_path: Path, format: str):
    whole, path = tmp_path / f"whole.{format}", tmp_path / f"blocks.{format}"
    files.write(whole, AUDIO, TAGS, format)
    second = (RATE_HZ - 1, RATE_HZ, RATE_HZ + 1)
    for sizes in ((1, 2, 3), second, (0, 0, 100_000), range(0, 9999, 77)):
        assert files.write_blocks(path, iter(cut(AUDIO, *sizes)), TAGS, format) == AUDIO.shape[1]
        assert path.read_bytes() == whole.read_bytes()


@given(st.lists(st.integers(0, AUDIO.shape[1]), max_size=30))
@settings(max_examples=25, deadline=None)
def test_how_the_audio_is_cut_cannot_be_seen(
    tmp_path_factory: pytest.TempPathFactory, at: list[int]
):
    folder = tmp_path_factory.mktemp("cut")
    files.write(folder / "whole.wav", AUDIO, TAGS, "wav")
    files.write_blocks(folder / "cut.wav", cut(AUDIO, *at), TAGS, "wav")
    assert (folder / "cut.wav").read_bytes() == (folder / "whole.wav").read_bytes()


def test_a_block_may_be_written_over_once_the_next_one_is_asked_for(tmp_path: Path):
    def reused() -> Iterator[NDArray[np.float32]]:
        buffer = np.empty((2, 1000), dtype=np.float32)
        for start in range(0, AUDIO.shape[1], 1000):
            piece = AUDIO[:, start : start + 1000]
            buffer[:, : piece.shape[1]] = piece
            yield buffer[:, : piece.shape[1]]

    files.write_blocks(tmp_path / "a.wav", reused(), TAGS, "wav")
    assert np.abs(files.read(tmp_path / "a.wav") - AUDIO).max() <= 2**-23


def test_audio_that_breaks_off_with_an_error_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "mix.flac"
    files.write(path, AUDIO, TAGS, "flac")
    before = path.read_bytes()

    def broken() -> Iterator[NDArray[np.float32]]:
        yield AUDIO
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        files.write_blocks(path, broken(), TAGS, "flac")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused_wherever_they_are(tmp_path: Path, bad: float):
    for place in (0, RATE_HZ, AUDIO.shape[1] - 1):
        audio = AUDIO.copy()
        audio[1, place] = bad
        with pytest.raises(RenderFailed, match="no numbers"):
            files.write_blocks(tmp_path / "a.flac", cut(audio, 1000, 70_000), TAGS, "flac")
    assert list(tmp_path.iterdir()) == []


def test_no_audio_and_audio_of_another_shape_are_refused(tmp_path: Path):
    for nothing in ([], [AUDIO[:, :0]], [AUDIO[:, :0]] * 3):
        with pytest.raises(RenderFailed, match="empty"):
            files.write_blocks(tmp_path / "a.flac", nothing, TAGS, "flac")
    with pytest.raises(ValueError, match="not \\[2, samples\\]"):
        files.write_blocks(tmp_path / "a.flac", [AUDIO, AUDIO[0]], TAGS, "flac")
    with pytest.raises(InvalidRequest, match="format"):
        files.write_blocks(tmp_path / "a.aac", [AUDIO], TAGS, "aac")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX way to ask for the peak")
@every_format
def test_memory_does_not_grow_with_the_length(tmp_path: Path, format: str):
    """Ninety seconds are 35 MB as float32 and 26 MB as a WAV file."""
    script = """
        import resource, sys
        from test_write_blocks import *
        second = music(1)
        def lasting(seconds):
            return (second for _ in range(seconds))
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if MAC else 1024)
        MAC = sys.platform == "darwin"
        path, format = Path(sys.argv[1]), sys.argv[2]
        files.write_blocks(path, lasting(6), TAGS, format)
        before = peak()
        assert files.write_blocks(path, lasting(90), TAGS, format) == 90 * RATE_HZ
        print(peak() - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / f"a.{format}", format],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    assert int(done.stdout) < 8_000_000


def test_a_wav_file_beyond_32_bits_is_an_rf64_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Chunk by chunk as EBU Tech 3306 has it; the limit is lowered, as 4 GB are slow to write."""
    path = tmp_path / "long.wav"
    monkeypatch.setattr(riff, "_LARGEST", 300_000)
    files.write(path, AUDIO, TAGS, "wav")
    content = path.read_bytes()
    assert (content[:4], content[4:8], content[8:12]) == (b"RF64", b"\xff" * 4, b"WAVE")
    chunks, position = {}, 12
    while position < len(content):
        size = int.from_bytes(content[position + 4 : position + 8], "little")
        if content[position : position + 4] == b"data":
            assert size == 0xFFFFFFFF
            size = len(content) - position - 8
        chunks[content[position : position + 4]] = content[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    assert list(chunks)[:2] == [b"ds64", b"fmt "]
    assert {b"LIST", b"id3 ", b"cue ", b"data"} <= set(chunks)
    lengths = [int.from_bytes(chunks[b"ds64"][at : at + 8], "little") for at in (0, 8, 16)]
    assert lengths == [len(content) - 8, AUDIO.shape[1] * 6, AUDIO.shape[1]]
    with soundfile.SoundFile(path) as sound:
        assert (sound.format, sound.frames) == ("RF64", AUDIO.shape[1])
        assert np.abs(sound.read(dtype="float32").T - AUDIO).max() <= 2**-23


def test_a_wav_file_within_32_bits_stays_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "short.wav"
    files.write(path, AUDIO, TAGS, "wav")
    before = path.read_bytes()
    assert before.startswith(b"RIFF")
    monkeypatch.setattr(riff, "_LARGEST", len(before) - 8)
    files.write(path, AUDIO, TAGS, "wav")
    assert path.read_bytes() == before
