"""Latents: 25 frames a second of 64 numbers each, which stand for stereo at 48 kHz.

Both ways through diffusers' `AutoencoderOobleck`, whatever the length, in tiles that hear more to
each side than they give, as upstream does. Encoding takes the mean and draws nothing, so one sound
always has one set of latents. Levels stay as they are. Knows nothing of devices or memory: how long
a tile may be is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_oobleck import AutoencoderOobleck
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.frames import SAMPLES_PER_FRAME
from engine.renderers.acestep.oobleck import lay_out

LISTENING_TILE, LISTENING_CONTEXT = 750, 50
"""Frames: upstream listens to 30 s at a time, of which 2 s on each side are context."""
SOUNDING_TILE, SOUNDING_CONTEXT = 512, 10
"""Frames. Upstream's tile; its context of 64 is more than the network can hear, which is 9: 3 in
the first convolution, 1 in the first upsampling, 3.9 in the ten dilated samples a frame after it,
and 0.97 in all that follows."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Frames [start, stop) are computed, and [first, last) of them kept."""

    start: int
    first: int
    last: int
    stop: int


def tiles(frames: int, longest: int, context: int) -> Iterator[Tile]:
    """Tiles of at most `longest` frames whose kept parts follow each other without a gap.

    All is one tile where that fits. Raises `ValueError` where context would leave nothing to keep.
    """
    if frames <= longest:
        yield Tile(0, 0, frames, frames)
        return
    kept = longest - 2 * context
    if kept < 1:
        raise ValueError(f"A tile of {longest} frames has no room beside 2 × {context} of context.")
    for first in range(0, frames, kept):
        last = min(first + kept, frames)
        yield Tile(max(0, first - context), first, last, min(last + context, frames))


def whole_frames(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """The audio [2, n] with silence after it up to a whole number of frames, at least one."""
    frames = max(1, -(-audio.shape[1] // SAMPLES_PER_FRAME))
    return np.pad(audio, ((0, 0), (0, frames * SAMPLES_PER_FRAME - audio.shape[1])))


class Codec:
    """Audio to latents and back with `autoencoder`, on its device and in its dtype.

    The network given is laid out anew, `channels_last` or not (see `oobleck`); `to` moves it.
    """

    def __init__(self, autoencoder: AutoencoderOobleck, *, channels_last: bool = True) -> None:
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self._autoencoder = lay_out(autoencoder, channels_last)

    def to(self, device: str) -> None:
        """Where to compute from now on."""
        self._autoencoder.to(device)

    @torch.inference_mode()
    def encode(
        self, audio: NDArray[np.float32], tile: int = LISTENING_TILE, watch: Watch | None = None
    ) -> Tensor:
        """The mean of the latents, float32 [frames, 64], of stereo float32 [2, n] at 48 kHz.

        As many frames as are full, and at least one; what comes after the last full one is heard,
        as upstream has it. Use `whole_frames` first where every sample must have its frame. `tile`
        is in frames. `watch` is told of tiles; raises `Cancelled` between two.
        """
        sound = torch.from_numpy(np.ascontiguousarray(audio, dtype=np.float32))
        sound = pad(sound, (0, max(0, SAMPLES_PER_FRAME - sound.shape[1])))
        frames = sound.shape[1] // SAMPLES_PER_FRAME
        parts = []
        for one in _watched(list(tiles(frames, tile, LISTENING_CONTEXT)), watch):
            # The rest after the last full frame belongs to whoever has that frame.
            end = sound.shape[1] if one.stop == frames else one.stop * SAMPLES_PER_FRAME
            piece = self._here(sound[None, :, one.start * SAMPLES_PER_FRAME : end])
            mean = self._autoencoder.encode(piece).latent_dist.mean[0, :, 0].float()
            parts.append(mean[:, one.first - one.start : one.last - one.start])
        return torch.cat(parts, dim=1).transpose(0, 1).contiguous()

    @torch.inference_mode()
    def decode(
        self, latents: Tensor, tile: int = SOUNDING_TILE, watch: Watch | None = None
    ) -> NDArray[np.float32]:
        """Stereo float32 [2, frames * 1920] at 48 kHz of latents [frames, 64].

        `tile` is in frames; a shorter one takes less memory and more time, and changes the sound by
        rounding errors. `watch` is told of tiles; raises `Cancelled` between two.
        """
        frames = len(latents)
        audio = np.empty((2, frames * SAMPLES_PER_FRAME), np.float32)
        for one in _watched(list(tiles(frames, tile, SOUNDING_CONTEXT)), watch):
            piece = self._here(latents[None, one.start : one.stop].transpose(1, 2))
            sound = self._autoencoder.decode(piece).sample[0, :, 0]
            kept = slice(
                (one.first - one.start) * SAMPLES_PER_FRAME,
                (one.last - one.start) * SAMPLES_PER_FRAME,
            )
            place = slice(one.first * SAMPLES_PER_FRAME, one.last * SAMPLES_PER_FRAME)
            audio[:, place] = sound[:, kept].float().cpu().numpy()
        return audio

    def _here(self, tensor: Tensor) -> Tensor:
        """[1, channels, length] as the network takes it."""
        here = tensor.unsqueeze(2).to(self._autoencoder.device, self._autoencoder.dtype)
        return here.contiguous(memory_format=self._layout)


def _watched(planned: list[Tile], watch: Watch | None) -> Iterator[Tile]:
    """The tiles, one after the other, as long as nobody says stop."""
    watch = watch or Watch()
    for done, tile in enumerate(planned):
        watch.check()
        yield tile
        watch.tell(done + 1, len(planned))
