"""The file formats that are written: who encodes them, how well, and what keeps their tags."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from engine.audio.containers import flac, mp3, ogg, riff


@dataclass(frozen=True, slots=True)
class Format:
    """`major`, `subtype`, `compression` and `bitrate_mode` are libsndfile's."""

    major: str
    subtype: str
    container: ModuleType
    """One of `engine.audio.containers`."""
    compression: float | None = None
    """0 is the best quality, 1 the smallest file; None is the encoder's default."""
    bitrate_mode: str | None = None


# 24 bits keep all that float32 music holds, so nothing is dithered. The lossy rates are where each
# codec is held to be transparent: MP3 320, Vorbis about 260 and Opus about 190 kbit/s.
BY_NAME = {
    "flac": Format("FLAC", "PCM_24", flac),
    "wav": Format("WAV", "PCM_24", riff),
    "mp3": Format("MP3", "MPEG_LAYER_III", mp3, compression=0.0, bitrate_mode="CONSTANT"),
    "ogg": Format("OGG", "VORBIS", ogg, compression=0.2),
    "opus": Format("OGG", "OPUS", ogg, compression=0.64),
}
