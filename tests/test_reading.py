"""Audio files that strangers made: read as stereo at 48 kHz, or refused with one clear sentence."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sounds import RATE_HZ, lag, music

from engine.audio import files
from engine.errors import AudioUnreadable

TAGS = files.Tags(title="Sunset", artist="dj-agent", tracknumber=3, bpm=127.5, key="F# minor")

every_format = pytest.mark.parametrize("format", files.FORMATS)


def sound(path: Path, frames: NDArray[Any], rate_hz: int, subtype: str | None = None) -> Path:
    """Write frames of shape [n] or [n, channels] as a stranger would."""
    soundfile.write(path, frames, rate_hz, subtype=subtype)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(AudioUnreadable) as caught:
        files.read(path)
    message = caught.value.message
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_mono_goes_to_both_sides_unchanged(tmp_path: Path):
    mono = music(0.5)[0]
    audio = files.read(sound(tmp_path / "mono.wav", mono, RATE_HZ, subtype="FLOAT"))
    assert audio.dtype == np.float32
    assert np.array_equal(audio, np.stack([mono, mono]))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 96_000, 192_000])
def test_every_rate_becomes_48_khz_without_delay_or_loss(tmp_path: Path, rate_hz: int):
    seconds = 2.37
    count = round(seconds * rate_hz)

    def chirp(samples: int, rate: int) -> NDArray[np.float64]:
        time_s = np.arange(samples) / rate
        fade = np.sin(np.pi * time_s / seconds) ** 2
        return 0.5 * fade * np.sin(2 * np.pi * (300 * time_s + 400 * time_s**2))

    stereo = np.stack([chirp(count, rate_hz)] * 2, axis=1)
    audio = files.read(sound(tmp_path / "chirp.wav", stereo, rate_hz, subtype="FLOAT"))
    expected = chirp(audio.shape[1], RATE_HZ).astype(np.float32)
    assert audio.shape == (2, round(count * RATE_HZ / rate_hz))
    assert lag(np.stack([expected, expected]), audio) == 0
    assert np.abs(audio - expected).max() < 2e-3


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("surround.wav", ("left", "right", "centre", "bass", "left", "right")),
        ("surround.flac", ("left", "right", "centre", "bass", "left", "right")),
        ("surround.ogg", ("left", "centre", "right", "left", "right", "bass")),
    ],
)
def test_surround_is_folded_down_in_its_formats_own_order(
    tmp_path: Path, name: str, order: tuple[str, ...]
):
    sides = {"left": (1, 0), "right": (0, 1), "centre": (1, 1), "bass": (0, 0)}
    for channel, speaker in enumerate(order):
        frames = np.zeros((RATE_HZ // 2, 6))
        frames[:, channel] = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ // 2) / RATE_HZ)
        audio = files.read(sound(tmp_path / name, frames, RATE_HZ))
        assert tuple(np.abs(audio).max(axis=1) > 0.05) == sides[speaker], (channel, speaker)


@pytest.mark.parametrize("channels", range(1, 17))
def test_no_channel_count_gets_louder_than_full_scale(tmp_path: Path, channels: int):
    path = sound(tmp_path / "many.wav", np.ones((480, channels)), RATE_HZ, subtype="FLOAT")
    audio = files.read(path)
    assert audio.max() == pytest.approx(1.0, abs=1e-5)
    assert audio[0] == pytest.approx(audio[1])


def test_values_that_are_no_numbers_become_silence_and_absurd_ones_are_limited(tmp_path: Path):
    frames = np.array([[np.nan, np.inf], [-np.inf, 1e30], [0.25, -0.5]])
    audio = files.read(sound(tmp_path / "odd.wav", frames, RATE_HZ, subtype="DOUBLE"))
    assert np.array_equal(audio, [[0.0, 0.0, 0.25], [0.0, 16.0, -0.5]])


@pytest.mark.parametrize("name", ["a.aiff", "a.au", "a.caf", "a.w64"])
def test_other_formats_that_libsndfile_knows_are_read(tmp_path: Path, name: str):
    before = music(0.4)
    audio = files.read(sound(tmp_path / name, before.T, RATE_HZ, subtype="PCM_24"))
    assert np.abs(audio - before).max() < 2**-22


def test_the_title_of_a_foreign_aiff_is_found(tmp_path: Path):
    with soundfile.SoundFile(tmp_path / "a.aiff", "w", RATE_HZ, 2) as file:
        file.title = "Other\u202e People's\n Song"
        file.write(music(0.1).T)
    assert files.read_tags(tmp_path / "a.aiff").title == "Other People's Song"


def test_an_id3_tag_of_version_2_3_in_utf_16_is_read(tmp_path: Path):
    def frame(name: bytes, body: bytes) -> bytes:
        return name + len(body).to_bytes(4, "big") + b"\0\0" + body

    path = tmp_path / "a.mp3"
    files.write(path, music(0.3), files.Tags(), "mp3")
    untagged = path.read_bytes()
    frames = (
        frame(b"TIT2", b"\x01" + "Ünder".encode("utf-16"))
        + frame(b"COMM", b"\x01eng" + "note".encode("utf-16") + b"\0\0" + "no".encode("utf-16"))
        + frame(b"COMM", b"\x01eng" + "".encode("utf-16") + b"\0\0" + "yes".encode("utf-16"))
        + frame(b"TYER", b"\x001999")
        + frame(b"TBPM", b"\x00128,5")
        + frame(b"TKEY", b"\x008A")
        + frame(b"TRCK", b"\x007/12")
        + bytes(300)
    )
    size = len(frames)
    synchsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\0\0" + synchsafe + frames + untagged)
    assert files.read_tags(path) == files.Tags(
        title="Ünder", comment="yes", date="1999", bpm=128.5, key="A minor", tracknumber=7
    )
    assert files.read(path).shape == (2, 14_400)


def test_a_wav_with_only_an_info_list_has_its_tags_read(tmp_path: Path):
    with soundfile.SoundFile(tmp_path / "a.wav", "w", RATE_HZ, 2) as file:
        file.title, file.artist, file.genre = "Tïtle", "Artist", "Dub"
        file.write(music(0.1).T)
    assert files.read_tags(tmp_path / "a.wav") == files.Tags(
        title="Tïtle", artist="Artist", genre="Dub"
    )


def test_nonsense_in_foreign_tags_is_left_out(tmp_path: Path):
    path = tmp_path / "a.flac"
    files.write(path, music(0.1), TAGS, "flac")
    content = path.read_bytes()
    content = content.replace(b"BPM=127.5", b"BPM=-1e99").replace(b"KEY=F#m", b"KEY=no!")
    path.write_bytes(content.replace(b"TRACKNUMBER=3", b"TRACKNUMBER=x"))
    tags = files.read_tags(path)
    assert (tags.bpm, tags.key, tags.tracknumber) == (None, "", None)
    assert tags.title == TAGS.title


@every_format
@pytest.mark.parametrize("kept", [0.002, 0.3, 0.97])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, format: str, kept: float):
    path = tmp_path / f"take.{format}"
    files.write(path, music(8), files.Tags(title="whole"), format)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert f"'take.{format}' is damaged" in refusal(path)


def test_an_ogg_whose_last_page_counts_a_little_too_much_is_read_as_far_as_it_goes(tmp_path: Path):
    path = tmp_path / "edited.ogg"
    files.write(path, music(3), TAGS, "ogg")
    plain = files.read(path)
    content = bytearray(path.read_bytes())
    page = content.rindex(b"OggS")
    samples = int.from_bytes(content[page + 6 : page + 14], "little") + 9_600
    content[page + 6 : page + 14] = samples.to_bytes(8, "little")
    content[page + 22 : page + 26] = bytes(4)
    content[page + 22 : page + 26] = ogg_checksum(bytes(content[page:])).to_bytes(4, "little")
    path.write_bytes(content)
    audio = files.read(path)
    assert audio.shape[1] == plain.shape[1] + 9_600
    np.testing.assert_array_equal(audio[:, : plain.shape[1]], plain)


def ogg_checksum(page: bytes) -> int:
    """RFC 3533: the polynomial 0x04c11db7, most significant bit first, nothing inverted."""
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ (0x04C11DB7 if checksum & 0x80000000 else 0)
        checksum &= 0xFFFFFFFF
    return checksum


@pytest.mark.parametrize("format", ["flac", "mp3", "ogg"])
def test_a_file_overwritten_in_the_middle_is_refused(tmp_path: Path, format: str):
    path = tmp_path / f"take.{format}"
    files.write(path, music(8), TAGS, format)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 30_000] = np.random.default_rng(2).bytes(30_000)
    path.write_bytes(content)
    assert "is damaged" in refusal(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"x", "not audio"),
        ("Shopping list: milk, bread — and eggs.\n".encode() * 500, "not audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "not audio"),
        (b"\0" * 100_000, "not audio"),
        (b"RIFF\xff\xff\xff\xffWAVE", "not audio"),
        (b"fLaC", "not audio"),
        (b"OggS" + bytes(300), "is damaged"),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(300), "not audio"),
        (b"FORM\0\0\0\x04AIFF", "not audio"),
    ],
)
def test_what_is_not_audio_is_refused(tmp_path: Path, content: bytes, says: str):
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    assert says in refusal(path)


@pytest.mark.parametrize(
    ("offset", "value", "says"),
    [
        (24, 1, "claims 1 Hz"),
        (24, 2_000_000_000, "claims 2000000000 Hz"),
        (22, 200, "has 200 channels"),
    ],
)
def test_a_header_that_no_music_has_is_refused(tmp_path: Path, offset: int, value: int, says: str):
    path = sound(tmp_path / "a.wav", np.zeros((48_000, 2)), RATE_HZ)
    content = bytearray(path.read_bytes())
    width = 2 if offset == 22 else 4
    content[offset : offset + width] = value.to_bytes(width, "little")
    path.write_bytes(content)
    assert says in refusal(path)


def test_a_file_without_a_single_sample_is_refused(tmp_path: Path):
    assert "holds no sound" in refusal(sound(tmp_path / "a.wav", np.zeros((0, 2)), RATE_HZ))


def test_a_file_over_thirty_minutes_is_refused_with_the_numbers(tmp_path: Path):
    path = sound(tmp_path / "long.flac", np.zeros(8_000 * 60 * 31, dtype=np.int16), 8_000)
    for look in (files.read, files.probe):
        with pytest.raises(AudioUnreadable, match=r"lasts 31\.0 minutes; at most 30 are read"):
            look(path)


def test_a_header_that_claims_years_costs_nothing(tmp_path: Path):
    path = tmp_path / "bomb.flac"
    files.write(path, music(0.5), TAGS, "flac")
    content = bytearray(path.read_bytes())
    content[21:26] = bytes([content[21] | 0x0F]) + b"\xff" * 4  # STREAMINFO's 36-bit length
    path.write_bytes(content)
    assert "minutes; at most 30 are read" in refusal(path)


def test_a_file_over_200_mb_is_refused_before_it_is_looked_at(tmp_path: Path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(250_000_000)
    assert "has 250 MB; at most 200 MB are read" in refusal(path)


def test_a_file_stuffed_with_empty_entries_takes_no_time(tmp_path: Path):
    path = tmp_path / "stuffed.wav"
    files.write(path, music(0.2), TAGS, "wav")
    with path.open("r+b") as file:
        file.truncate(190_000_000)  # 24 million chunks without a name and without content
    started = time.process_time()
    assert files.probe(path).duration_s == 0.2
    assert time.process_time() - started < 5.0


def test_an_mp3_that_does_not_count_its_frames_is_read_to_its_end(tmp_path: Path):
    path = tmp_path / "old.mp3"
    files.write(path, music(4), files.Tags(), "mp3")
    content = path.read_bytes()
    second_frame = content.index(b"\xff\xfb", content.index(b"Info"))
    path.write_bytes(content[second_frame:])
    assert files.read(path).shape[1] == pytest.approx(4 * RATE_HZ, abs=3 * 1152)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX special files")
def test_special_files_and_links_are_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is not a regular file" in refusal(tmp_path / "pipe.wav")
    files.write(tmp_path / "real.wav", music(0.1), TAGS, "wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "real.wav")
    assert "can't be opened" in refusal(tmp_path / "link.wav")
    assert "can't be opened" in refusal(tmp_path)
    assert "can't be opened" in refusal(tmp_path / "missing.wav")
    assert "can't be opened" in refusal(tmp_path / ("x" * 300))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short file of every format."""
    folder = tmp_path_factory.mktemp("whole")
    for format in files.FORMATS:
        files.write(folder / format, music(0.2), TAGS, format)
    return folder


Damage = Callable[[bytes], bytes]


def _overwritten(place: float, junk: bytes) -> Damage:
    def damage(content: bytes) -> bytes:
        start = int(place * len(content))
        return content[:start] + junk + content[start + len(junk) :]

    return damage


def _cut(place: float, junk: bytes) -> Damage:
    return lambda content: content[: int(place * len(content))] + junk


def _doubled(place: float, junk: bytes) -> Damage:
    return lambda content: content[: int(place * len(content))] + junk + content


places = st.floats(0, 1) | st.floats(0, 0.02)  # headers are short and matter most
damages = st.builds(
    lambda make, place, junk: make(place, junk),
    st.sampled_from([_overwritten, _cut, _doubled]),
    places,
    st.binary(max_size=40),
)


@pytest.mark.parametrize("format", files.FORMATS)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(damage=damages)
def test_damage_of_any_kind_gives_finite_audio_or_the_typed_error(
    tmp_path: Path, whole: Path, format: str, damage: Damage
):
    path = tmp_path / f"damaged.{format}"
    path.write_bytes(damage((whole / format).read_bytes()))
    try:
        audio, tags = files.read(path), files.read_tags(path)
    except AudioUnreadable:
        return
    assert audio.shape[0] == 2
    assert np.isfinite(audio).all()
    assert len(tags.title) <= 200
