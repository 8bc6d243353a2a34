"""Reading audio files that anybody may have made: any format, rate and channel count that
libsndfile knows, to float32 stereo at 48 000 Hz.

Nothing is believed of a file but what was decoded: the header is checked before anything else, the
audio comes in pieces, and a file that ends early is refused. Knows nothing about which files may
be read; that is `engine.paths`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ, downmix
from engine.audio.containers import flac, mp3, ogg, riff
from engine.audio.tags import Tags, tags_of
from engine.errors import AudioUnreadable
from engine.text import one_line

MAX_DURATION_S = 30 * 60.0
MAX_BYTES = 200_000_000
MAX_CHANNELS = 16
MIN_RATE_HZ, MAX_RATE_HZ = 2_000, 768_000

_MAX_SAMPLES = int(MAX_DURATION_S * SAMPLE_RATE_HZ)
_MISSING_S = 0.1  # gapless MP3 lengths may be off by a few frames of 26 ms
_MISSING_FROM_OGG_S = 0.5  # the last pages of an edited one may count samples that don't exist
_LOUDEST = 16.0  # 24 dB over full scale; a float file's bit errors reach 1e38
_TAGS_IN = {
    b"fLaC": flac.tags_in,
    b"OggS": ogg.tags_in,
    b"RIFF": riff.tags_in,
    b"ID3\x03": mp3.tags_in,
    b"ID3\x04": mp3.tags_in,
}
# The formats whose decoders take the end of the file for the end of the audio.
_CUT_OFF = {b"OggS": ogg.is_cut_off, b"RIFF": riff.is_cut_off, b"FORM": riff.is_cut_off}
_NAMES = {"wavex": "wav", "rf64": "wav"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file's header says."""

    duration_s: float
    sample_rate_hz: int
    channels: int
    format: str
    """`flac`, `wav`, `mp3`, `ogg`, `opus`, `aiff`, …"""
    tags: Tags

    @property
    def title(self) -> str:
        return self.tags.title


@dataclass(frozen=True, slots=True)
class _Opened:
    name: str
    sound: soundfile.SoundFile
    format: str
    tags: Tags
    length_is_known: bool

    @property
    def duration_s(self) -> float:
        return self.sound.frames / self.sound.samplerate


def probe(path: Path) -> Probe:
    """What the file's header says, without decoding. Raises `AudioUnreadable` as `read` does."""
    with _opened(path) as file:
        return Probe(
            duration_s=file.duration_s,
            sample_rate_hz=file.sound.samplerate,
            channels=file.sound.channels,
            format=file.format,
            tags=file.tags,
        )


def read_tags(path: Path) -> Tags:
    """The file's tags; empty ones if it has none. Raises `AudioUnreadable` as `read` does."""
    with _opened(path) as file:
        return file.tags


def read(path: Path) -> NDArray[np.float32]:
    """The whole file as float32 of shape [2, n] at 48 000 Hz.

    Mono goes to both sides, more than two channels are folded down (`engine.audio.downmix`), and
    other rates are converted without delay. Values that are no numbers become silence. The length
    of an MP3 that doesn't count its frames is a guess; if its bit rate varies, its end may be lost.

    Raises `AudioUnreadable` for whatever isn't audio, is damaged or ends early, is longer than 30
    minutes or larger than 200 MB. `path` must come from `engine.paths.readable`.
    """
    with _opened(path) as file:
        audio = np.zeros((2, _samples(file)), dtype=np.float32)
        position = 0
        for block in _blocks(file):
            audio[:, position : position + block.shape[1]] = block
            position += block.shape[1]
    return audio if position == audio.shape[1] else np.ascontiguousarray(audio[:, :position])


def read_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """The same as `read` gives, about a second at a time; raises what `read` does, when it comes
    to it."""
    with _opened(path) as file:
        yield from _blocks(file)


def _samples(file: _Opened) -> int:
    """What the header promises, at 48 000 Hz."""
    return min(round(file.sound.frames * SAMPLE_RATE_HZ / file.sound.samplerate), _MAX_SAMPLES)


def _blocks(file: _Opened) -> Iterator[NDArray[np.float32]]:
    """As many samples as the header promises, or as there are if it only guesses."""
    length, position = _samples(file), 0
    for piece in _resampled(_stereo(file), file.sound.samplerate):
        if position < length:
            yield piece[: length - position].T
        position += len(piece)
        if position > _MAX_SAMPLES:
            raise AudioUnreadable(f"{file.name} {_too_long(position / SAMPLE_RATE_HZ)}.")
    missing_s = _MISSING_FROM_OGG_S if file.sound.format == "OGG" else _MISSING_S
    missing = length - position
    if position and missing <= missing_s * SAMPLE_RATE_HZ:
        yield np.zeros((2, max(0, missing)), np.float32)
    elif file.length_is_known or not position:
        raise AudioUnreadable(
            f"{file.name} is damaged: it should last {file.duration_s:.1f} s but ends after "
            f"{position / SAMPLE_RATE_HZ:.1f} s; get it again."
        )


def _stereo(file: _Opened) -> Iterator[NDArray[np.float32]]:
    """The decoded audio in pieces of a second, each of shape [n, 2], at the file's own rate."""
    fold = downmix.matrix(file.sound.channels, file.format)
    while True:
        piece = file.sound.read(file.sound.samplerate, dtype="float32", always_2d=True)
        if not len(piece):
            return
        piece = np.nan_to_num(piece, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        yield np.clip(piece, -_LOUDEST, _LOUDEST) @ fold


def _resampled(
    pieces: Iterator[NDArray[np.float32]], rate_hz: int
) -> Iterator[NDArray[np.float32]]:
    if rate_hz == SAMPLE_RATE_HZ:
        yield from pieces
        return
    stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 2, dtype="float32", quality="HQ")
    for piece in pieces:
        yield stream.resample_chunk(piece)
    yield stream.resample_chunk(np.zeros((0, 2), dtype=np.float32), last=True)


@contextmanager
def _opened(path: Path) -> Generator[_Opened]:
    """The file, its header checked. Raises `AudioUnreadable`, also for what the block runs into."""
    name = f"'{one_line(path.name, 80)}'"
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            size = _size(name, stream)
            magic = stream.read(4)
            if magic in _CUT_OFF and _CUT_OFF[magic](stream, size):
                raise AudioUnreadable(f"{name} is damaged: its end is missing; get it again.")
            stream.seek(0)
            tags = _TAGS_IN[magic](stream) if magic in _TAGS_IN else Tags()
            counts_frames = mp3.states_its_length(stream)
            stream.seek(0)
            with soundfile.SoundFile(stream) as sound:
                file = _Opened(
                    name=name,
                    sound=sound,
                    format=_format(sound),
                    tags=tags if tags != Tags() else tags_of(sound.copy_metadata()),
                    length_is_known=counts_frames or sound.format != "MP3",
                )
                _check(file)
                yield file
    except soundfile.LibsndfileError as error:
        raise AudioUnreadable(
            f"{name} is damaged or not audio ({_reason(error)}); use FLAC, WAV, MP3, OGG, Opus "
            "or AIFF."
        ) from None
    except OSError as error:
        raise AudioUnreadable(f"{name} can't be opened: {error.strerror}.") from error


def _reason(error: soundfile.LibsndfileError) -> str:
    return error.error_string.removeprefix("Error : ").rstrip(".")


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a FIFO's other end, and without following a link that took the
    place of a file that was checked."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _size(name: str, stream: BinaryIO) -> int:
    """The file's size in bytes. Raises `AudioUnreadable` if it is too large or no regular file."""
    facts = os.fstat(stream.fileno())
    if not stat.S_ISREG(facts.st_mode):
        problem = "is not a regular file"
    elif not facts.st_size:
        problem = "is empty"
    elif facts.st_size > MAX_BYTES:
        problem = f"has {facts.st_size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read"
    else:
        return facts.st_size
    raise AudioUnreadable(f"{name} {problem}; give another audio file.")


def _check(file: _Opened) -> None:
    """Raises `AudioUnreadable` for a header that no music has."""
    sound = file.sound
    if not MIN_RATE_HZ <= sound.samplerate <= MAX_RATE_HZ:
        problem = f"claims {sound.samplerate} Hz; {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz are read"
    elif not 1 <= sound.channels <= MAX_CHANNELS:
        problem = f"has {sound.channels} channels; at most {MAX_CHANNELS} are read"
    elif sound.frames <= 0:
        problem = "holds no sound"
    elif file.length_is_known and file.duration_s > MAX_DURATION_S:
        problem = _too_long(file.duration_s)
    else:
        return
    raise AudioUnreadable(f"{file.name} {problem}; give another audio file.")


def _too_long(duration_s: float) -> str:
    return f"lasts {duration_s / 60:.1f} minutes; at most {MAX_DURATION_S / 60:.0f} are read"


def _format(sound: soundfile.SoundFile) -> str:
    name = sound.subtype if sound.subtype == "OPUS" else sound.format
    return _NAMES.get(name.lower(), name.lower())
