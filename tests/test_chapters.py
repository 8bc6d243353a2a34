"""Chapters in audio files: as each format has them, and as other software sees them."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import music

from engine.audio import files
from engine.audio.containers import id3, vorbis_comment
from engine.errors import InvalidRequest

AUDIO = music(5.0)
CHAPTERS = (
    files.Chapter(0.0, 1.5, 'Say "hi" & <bye>'),
    files.Chapter(1.5, 3.25, "日本 🌅"),
    files.Chapter(3.25, 5.0, "שלום"),
)
TAGS = files.Tags(title="Mix", comment="c" * 1000, bpm=124.0, chapters=CHAPTERS)

every_format = pytest.mark.parametrize("format", files.FORMATS)


@every_format
def test_chapters_come_back(tmp_path: Path, format: str):
    path = tmp_path / f"mix.{format}"
    files.write(path, AUDIO, TAGS, format)
    assert files.read_tags(path) == TAGS
    alone = files.Tags(chapters=CHAPTERS)
    files.write(path, AUDIO, alone, format)
    assert files.read_tags(path) == alone


@every_format
def test_chapters_change_nothing_but_the_tags(tmp_path: Path, format: str):
    without, path = tmp_path / f"without.{format}", tmp_path / f"with.{format}"
    files.write(without, AUDIO, files.Tags(title="Mix"), format)
    files.write(path, AUDIO, TAGS, format)
    assert (files.read(path) == files.read(without)).all()


@every_format
def test_the_same_chapters_are_the_same_bytes_and_others_are_others(tmp_path: Path, format: str):
    contents = []
    for title in ("One", "One", "Two"):
        path = tmp_path / f"mix.{format}"
        chapters = (files.Chapter(0.0, 5.0, title),)
        files.write(path, AUDIO, files.Tags(title="Mix", chapters=chapters), format)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1] != contents[2]


@every_format
@pytest.mark.skipif(not shutil.which("ffprobe"), reason="needs ffprobe")
def test_ffprobe_sees_each_chapter_once(tmp_path: Path, format: str):
    path = tmp_path / f"mix.{format}"
    files.write(path, AUDIO, TAGS, format)
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", path],
        capture_output=True,
        check=True,
    )
    seen = json.loads(done.stdout)["chapters"]
    assert [chapter["tags"]["title"] for chapter in seen] == [one.title for one in CHAPTERS]
    for chapter, one in zip(seen, CHAPTERS, strict=True):
        assert float(chapter["start_time"]) == pytest.approx(one.start_s, abs=0.001)
        assert float(chapter["end_time"]) == pytest.approx(one.end_s, abs=0.01)


def test_libsndfile_sees_cue_points_in_wav(tmp_path: Path):
    path = tmp_path / "mix.wav"
    files.write(path, AUDIO, TAGS, "wav")
    count = 0x10CD  # SFC_GET_CUE_COUNT in sndfile.h
    with soundfile.SoundFile(path) as sound:
        found = soundfile._ffi.new("uint32_t *")
        assert soundfile._snd.sf_command(sound._file, count, found, 4)
        assert found[0] == 3


def test_id3_has_a_frame_for_each_and_a_table_of_contents():
    """As id3v2-chapters-1.0 lays them out."""
    tag = id3.encode(files.Tags(chapters=CHAPTERS))
    contents = b"toc\0\x03\x03ch0\0ch1\0ch2\0"
    assert b"CTOC" + bytes([0, 0, 0, len(contents), 0, 0]) + contents in tag
    title = b"TIT2\0\0\0\x0c\0\0\x03" + "日本 🌅".encode()
    chapter = b"ch1\0" + (1500).to_bytes(4, "big") + (3250).to_bytes(4, "big") + b"\xff" * 8 + title
    assert b"CHAP" + bytes([0, 0, 0, len(chapter), 0, 0]) + chapter in tag


def test_vorbis_comments_have_a_start_and_a_name_for_each(tmp_path: Path):
    path = tmp_path / "mix.flac"
    files.write(path, AUDIO, TAGS, "flac")
    content = path.read_bytes()
    for comment in ("CHAPTER001=00:00:01.500", "CHAPTER001NAME=日本 🌅", "CHAPTER002=00:00:03.250"):
        assert len(comment.encode()).to_bytes(4, "little") + comment.encode() in content
    late = (files.Chapter(36_061.001, 40_000.0, "Late"),)
    assert b"CHAPTER000=10:01:01.001" in vorbis_comment.encode(b"", files.Tags(chapters=late))


@every_format
@pytest.mark.parametrize(
    ("chapters", "fault"),
    [
        ((files.Chapter(1.0, 1.0, "x"),), "after it starts"),
        ((files.Chapter(2.0, 3.0, "x"), files.Chapter(1.0, 2.0, "y")), "put them in order"),
        ((files.Chapter(-1.0, 3.0, "x"),), "put them in order"),
        (tuple(files.Chapter(n, n + 1.0, "x") for n in range(256)), "255 at most"),
    ],
)
def test_chapters_that_no_file_can_hold_are_refused_and_leave_nothing(
    tmp_path: Path, format: str, chapters: tuple[files.Chapter, ...], fault: str
):
    with pytest.raises(InvalidRequest, match=f"chapters: .*{fault}"):
        files.write(tmp_path / "mix", AUDIO[:, :9000], files.Tags(chapters=chapters), format)
    assert list(tmp_path.iterdir()) == []


def test_as_many_chapters_as_a_table_holds_come_back(tmp_path: Path):
    chapters = tuple(files.Chapter(n / 100, (n + 1) / 100, f"No. {n}") for n in range(255))
    tags = files.Tags(chapters=chapters)
    for format in files.FORMATS:
        path = tmp_path / f"mix.{format}"
        files.write(path, AUDIO[:, : 255 * 480], tags, format)
        assert files.read_tags(path) == tags, format


@given(st.lists(st.integers(0, 4_999), min_size=1, max_size=20, unique=True), st.text(max_size=300))
@settings(max_examples=30, deadline=None)
def test_any_chapters_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, starts: list[int], title: str
):
    bounds = [*sorted(starts), 5_000]
    chapters = tuple(files.Chapter(a / 1000, b / 1000, title) for a, b in pairwise(bounds))
    folder = tmp_path_factory.mktemp("any")
    read = []
    for format in ("flac", "wav"):
        files.write(folder / "mix", AUDIO, files.Tags(chapters=chapters), format)
        read.append(files.read_tags(folder / "mix").chapters)
    assert read[0] == read[1]
    assert [(one.start_s, one.end_s) for one in read[0]] == [
        (one.start_s, one.end_s) for one in chapters
    ]
    assert len({one.title for one in read[0]}) == 1
    assert len(read[0][0].title) <= 200


def test_a_strangers_chapters_are_read_as_far_as_they_make_sense():
    comments = [
        "CHAPTER001=00:01:00.5", "chapter001name=Second", "CHAPTER000=00:00:00.000",
        "CHAPTER003=soon", "CHAPTER002=00:09:00", "CHAPTER0005=00:00:10", "CHAPTER004NAME=nowhere",
    ]  # fmt: skip
    block = bytes(4) + len(comments).to_bytes(4, "little")
    block += b"".join(len(c).to_bytes(4, "little") + c.encode() for c in comments)
    _, tags = vorbis_comment.decode(block, 120.0)
    assert tags.chapters == (files.Chapter(0.0, 60.5, ""), files.Chapter(60.5, 120.0, "Second"))
