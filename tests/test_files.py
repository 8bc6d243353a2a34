"""Audio files written by the studio: complete, tagged, the same every time, or not there at all."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import RATE_HZ, lag, level_db, music

from engine.audio import files
from engine.errors import InvalidRequest, RenderFailed, StorageFull

TAGS = files.Tags(
    title="Sünset 🌅 日本 — mix",
    artist="dj-agent (sketch)",
    album="Beach Set",
    comment='{"caption":"ü日🌅","lyrics":"' + "la 日 " * 1500 + '"}',
    date="2026",
    genre="Deep House",
    tracknumber=3,
    bpm=127.5,
    key="F# minor",
)

every_format = pytest.mark.parametrize("format", files.FORMATS)


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own, which knows this module's names."""
    script = f"from test_files import *\n{textwrap.dedent(code)}"
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@every_format
def test_audio_comes_back_with_its_length_place_and_level(tmp_path: Path, format: str):
    audio = music(3.21)
    path = tmp_path / f"take.{format}"
    files.write(path, audio, TAGS, format)
    after = files.read(path)
    assert after.shape == audio.shape
    assert lag(audio, after) == 0
    assert [level_db(side) for side in after] == pytest.approx(
        [level_db(side) for side in audio], abs=0.2
    )
    if format in ("flac", "wav"):
        assert np.abs(after - audio).max() <= 2**-23


@every_format
def test_every_tag_comes_back_whatever_its_script_and_length(tmp_path: Path, format: str):
    path = tmp_path / f"take.{format}"
    files.write(path, music(0.3), TAGS, format)
    assert files.read_tags(path) == TAGS
    found = files.probe(path)
    assert (found.title, found.format) == (TAGS.title, format)
    assert (found.duration_s, found.sample_rate_hz, found.channels) == (0.3, RATE_HZ, 2)


@every_format
def test_empty_tags_come_back_empty(tmp_path: Path, format: str):
    path = tmp_path / f"take.{format}"
    files.write(path, music(0.3), files.Tags(), format)
    assert files.read_tags(path) == files.Tags()


@every_format
def test_a_comment_longer_than_one_ogg_page_comes_back(tmp_path: Path, format: str):
    tags = files.Tags(title="Long", comment="0123456789abcde\n" * 4096)
    path = tmp_path / f"take.{format}"
    files.write(path, music(1.5), tags, format)
    assert files.read_tags(path) == tags
    assert files.read(path).shape == (2, 72_000)


@pytest.mark.parametrize("format", [name for name in files.FORMATS if name != "wav"])
def test_other_software_sees_the_common_tags(tmp_path: Path, format: str):
    path = tmp_path / f"take.{format}"
    files.write(path, music(0.3), TAGS, format)
    with soundfile.SoundFile(path) as sound:
        seen = sound.copy_metadata()
    assert seen["title"] == TAGS.title
    assert seen["artist"] == TAGS.artist
    assert seen["album"] == TAGS.album
    assert seen["genre"] == TAGS.genre
    assert seen["tracknumber"] == "3"
    assert seen["comment"] == TAGS.comment


def test_tempo_and_key_are_where_dj_software_looks(tmp_path: Path):
    needles = {
        "flac": (b"BPM=127.5", b"INITIALKEY=F#m"),
        "ogg": (b"BPM=127.5", b"INITIALKEY=F#m"),
        "opus": (b"BPM=127.5", b"INITIALKEY=F#m"),
        "mp3": (b"TBPM\0\0\0\x06\0\0\x03127.5", b"TKEY\0\0\0\x04\0\0\x03F#m"),
        "wav": (b"TBPM\0\0\0\x06\0\0\x03127.5", b"TKEY\0\0\0\x04\0\0\x03F#m"),
    }
    for format, expected in needles.items():
        path = tmp_path / f"take.{format}"
        files.write(path, music(0.3), TAGS, format)
        content = path.read_bytes()
        assert all(needle in content for needle in expected), format


def test_the_same_audio_and_tags_are_the_same_bytes_in_every_process(tmp_path: Path):
    script = """
        for format in files.FORMATS:
            path = Path(sys.argv[1]) / f"{sys.argv[2]}.{format}"
            files.write(path, music(1.7), TAGS, format)
    """
    for name in ("first", "second"):
        assert python(script, tmp_path, name).returncode == 0
    for format in files.FORMATS:
        first, second = (tmp_path / f"{name}.{format}" for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes(), format


def test_values_beyond_full_scale_are_clipped_not_wrapped(tmp_path: Path):
    audio = np.array([[1.5, -1.5, 0.5], [-3.0, 3.0, -0.5]], dtype=np.float32)
    for format in ("flac", "wav"):
        path = tmp_path / f"loud.{format}"
        files.write(path, audio, files.Tags(), format)
        assert files.read(path) == pytest.approx(audio.clip(-1, 1), abs=1e-6)


@pytest.mark.slow
@pytest.mark.timeout(600)
@every_format
def test_ten_minutes_are_written_without_a_crash(tmp_path: Path, format: str):
    path = tmp_path / f"long.{format}"
    done = python(
        "files.write(Path(sys.argv[1]), np.tile(music(60), 10), TAGS, sys.argv[2])", path, format
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert files.probe(path).duration_s == 600.0
    assert files.read(path).shape == (2, 600 * RATE_HZ)


def test_an_unknown_format_is_refused_by_name(tmp_path: Path):
    with pytest.raises(InvalidRequest, match="format: 'aac' can't be written; use one of flac, "):
        files.write(tmp_path / "take.aac", music(0.1), TAGS, "aac")


def test_audio_that_is_not_finite_or_empty_is_refused_and_leaves_nothing(tmp_path: Path):
    audio = music(2.5)
    audio[1, -1] = np.nan
    for broken in (audio, audio[:, :0]):
        with pytest.raises(RenderFailed):
            files.write(tmp_path / "take.flac", broken, TAGS, "flac")
    with pytest.raises(ValueError, match="not \\[2, samples\\]"):
        files.write(tmp_path / "take.flac", audio.T, TAGS, "flac")
    assert list(tmp_path.iterdir()) == []


def test_files_have_the_permissions_that_the_user_gives_new_files(tmp_path: Path):
    path, other = tmp_path / "take.flac", tmp_path / "other"
    files.write(path, music(0.1), TAGS, "flac")
    other.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@every_format
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX limit on file sizes")
@pytest.mark.parametrize("where", ["audio", "tags"])
def test_a_full_disk_is_a_typed_error_and_leaves_the_old_file(
    tmp_path: Path, format: str, where: str
):
    path = tmp_path / f"take.{format}"
    files.write(path, music(2), files.Tags(title="old"), format)
    before = path.read_bytes()
    room = len(before) // 2 if where == "audio" else len(before) + 20_000
    done = python(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
        try:
            tags = files.Tags(comment="x" * 60_000)
            files.write(Path(sys.argv[1]), music(2), tags, sys.argv[2])
        except StorageFull as error:
            print(error.message)
        """,
        path,
        format,
        room,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"no room for take.{format}" in done.stdout
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, OSError)],
)
def test_a_failure_to_reach_the_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
):
    def fsync(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(error):
        files.write(tmp_path / "take.flac", music(0.2), TAGS, "flac")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_while_writing_leaves_no_file_with_the_final_name(tmp_path: Path):
    done = python(
        """
        import os, signal
        os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
        files.write(Path(sys.argv[1]), music(0.5), TAGS, "flac")
        """,
        tmp_path / "take.flac",
    )
    assert done.returncode == -signal.SIGKILL
    assert [path.suffix for path in tmp_path.iterdir()] == [files.DRAFT_SUFFIX]
