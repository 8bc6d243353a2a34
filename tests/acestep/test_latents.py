"""Audio to latents and back at any length: what tiles change, and what stops them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_oobleck import AutoencoderOobleck

from engine.errors import Cancelled
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.latents import (
    SAMPLES_PER_FRAME,
    SOUNDING_CONTEXT,
    Codec,
    tiles,
    whole_frames,
)  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def random_autoencoder(listening: int = 128) -> AutoencoderOobleck:
    """Of the real one's shape in time, but thin; unlike the golden one, nothing in it is nought.

    A frame that it hears has half as many numbers as `listening` says.
    """
    torch.manual_seed(3)
    return AutoencoderOobleck(
        encoder_hidden_size=listening, downsampling_ratios=[2, 4, 4, 6, 10],
        channel_multiples=[1, 1, 1, 1, 1], decoder_channels=4, decoder_input_channels=64,
        audio_channels=2, sampling_rate=48000,
    ).eval()  # fmt: skip


@pytest.fixture
def codec() -> Codec:
    return Codec(random_autoencoder())


def latents(frames: int) -> torch.Tensor:
    return torch.randn(frames, 64, generator=torch.Generator().manual_seed(frames))


def sound(samples: int) -> np.ndarray:
    return np.random.default_rng(samples).normal(0.0, 0.3, (2, samples)).astype(np.float32)


@pytest.mark.parametrize("frames", [1, 21, 22, 23, 99, 100, 101, 750, 751, 2999])
@pytest.mark.parametrize(("longest", "context"), [(21, 10), (22, 10), (100, 0), (750, 50)])
def test_tiles_keep_every_frame_once_and_hear_their_surroundings(
    frames: int, longest: int, context: int
):
    planned = list(tiles(frames, longest, context))
    assert planned[0].first == planned[0].start == 0
    assert planned[-1].last == planned[-1].stop == frames
    assert all(one.last == next_one.first for one, next_one in pairwise(planned))
    for one in planned:
        assert one.stop - one.start <= longest
        assert one.first - one.start == min(context, one.first)
        assert one.stop - one.last == min(context, frames - one.last)


def test_a_tile_that_is_all_context_is_refused():
    with pytest.raises(ValueError, match="no room"):
        list(tiles(100, 20, 10))


def test_no_frame_is_heard_further_away_than_the_context(codec: Codec):
    changed = latents(40)
    whole = codec.decode(changed)
    changed[20] += 1.0
    moved = np.flatnonzero(np.abs(codec.decode(changed) - whole).max(axis=0))
    assert moved.min() >= (20 - SOUNDING_CONTEXT) * SAMPLES_PER_FRAME
    assert moved.max() < (21 + SOUNDING_CONTEXT) * SAMPLES_PER_FRAME
    # and the context is not longer than it has to be, by more than a frame
    assert moved.min() < (22 - SOUNDING_CONTEXT) * SAMPLES_PER_FRAME


@pytest.mark.parametrize("tile", [24, 32, 45])
def test_tiles_change_the_sound_by_rounding_errors_only(codec: Codec, tile: int):
    whole = codec.decode(latents(61))
    assert whole.shape == (2, 61 * SAMPLES_PER_FRAME)
    assert whole.dtype == np.float32
    assert np.abs(codec.decode(latents(61), tile=tile) - whole).max() < 1e-5


def test_tiles_change_the_latents_by_rounding_errors_only():
    codec = Codec(random_autoencoder(listening=16))
    audio = sound(131 * SAMPLES_PER_FRAME + 777)
    whole = codec.encode(audio)
    assert whole.shape == (131, 8)
    assert (codec.encode(audio, tile=110) - whole).abs().max() < 1e-5


def test_the_same_sound_has_the_same_latents_each_time_whatever_was_drawn(codec: Codec):
    audio = sound(9600)
    first = codec.encode(audio)
    torch.manual_seed(99)
    assert torch.equal(codec.encode(audio), first)


def test_both_layouts_and_diffusers_own_give_the_same_numbers():
    plain = random_autoencoder()
    audio, given = sound(8 * SAMPLES_PER_FRAME), latents(8)
    with torch.inference_mode():
        mean = plain.encode(torch.from_numpy(audio)[None]).latent_dist.mean[0].T
        heard = plain.decode(given.T[None]).sample[0].numpy()
    for channels_last in (True, False):
        codec = Codec(random_autoencoder(), channels_last=channels_last)
        assert (codec.encode(audio) - mean).abs().max() < 1e-5
        assert np.abs(codec.decode(given) - heard).max() < 1e-5


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (1920, 1), (1921, 2), (0, 1), (5760, 3)])
def test_silence_fills_the_last_frame(codec: Codec, samples: int, frames: int):
    filled = whole_frames(sound(samples))
    assert filled.shape == (2, frames * SAMPLES_PER_FRAME)
    assert np.array_equal(filled[:, :samples], sound(samples))
    assert not filled[:, samples:].any()
    assert codec.encode(filled).shape == (frames, 64)


def test_the_shortest_sound_has_one_frame(codec: Codec):
    assert codec.encode(sound(7)).shape == (1, 64)


def test_each_tile_is_told_of_and_the_next_one_can_be_stopped(codec: Codec):
    told: list[tuple[int, int]] = []
    codec.decode(latents(30), tile=24, watch=Watch(stepped=lambda *step: told.append(step)))
    assert told == [(done, 8) for done in range(1, 9)]
    told.clear()
    watch = Watch(lambda *step: told.append(step), lambda: len(told) == 2)
    with pytest.raises(Cancelled):
        codec.decode(latents(30), tile=24, watch=watch)
    assert len(told) == 2
    with pytest.raises(Cancelled):
        codec.encode(sound(9600), watch=Watch(cancelled=lambda: True))
