"""The autoencoder against upstream's numbers: audio to latents, latents to audio, whole and tiled.

Stored audio has 16 bits, so half a unit in their last place is the storage's error, not ours.
"""

from __future__ import annotations

import numpy as np
import pytest
from diffusers import AutoencoderOobleck

from engine.renderers.acestep.latents import SAMPLES_PER_FRAME, Codec
from tests.acestep.golden import TINY, Case, each

LATENT_LIMIT, AUDIO_LIMIT, STORAGE_STEP = 1e-5, 1e-5, 2.0**-11

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")


@pytest.fixture(scope="module", params=[True, False], ids=["channels_last", "channels_first"])
def codec(request: pytest.FixtureRequest) -> Codec:
    autoencoder = AutoencoderOobleck.from_pretrained(TINY / "vae").float()
    return Codec(autoencoder, channels_last=request.param)


def stored_limit(audio: np.ndarray) -> float:
    """What storing this audio with 16 bits may have cost, and what we may differ by."""
    return float(np.abs(audio).max()) * STORAGE_STEP + AUDIO_LIMIT


@each("vae")
def test_the_golden_numbers_of_upstream_come_out(codec: Codec, case: Case):
    tensors = case.tensors
    assert tensors.keys() & {"mean", "audio", "audio_tiled"}, "a case of a kind nobody compares"
    if "mean" in tensors:
        latents = codec.encode(tensors["audio"][0].float().numpy())
        assert latents.shape == tensors["mean"][0].T.shape
        assert (latents - tensors["mean"][0].T).abs().max() < LATENT_LIMIT
        return
    latents = tensors["latents"][0].T
    whole = codec.decode(latents)
    assert whole.shape == (2, len(latents) * SAMPLES_PER_FRAME)
    if "audio" in tensors:
        stored = tensors["audio"][0].float().numpy()
        assert np.abs(whole - stored).max() < stored_limit(stored)
    if "audio_tiled" in tensors:
        stored = tensors["audio_tiled"][0].float().numpy()
        tiled = codec.decode(latents, tile=case.facts["chunk_size"])
        assert np.abs(tiled - stored).max() < stored_limit(stored)
        assert np.abs(tiled - whole).max() < AUDIO_LIMIT
        assert np.abs(tiled).max() == pytest.approx(case.facts["peak"], abs=AUDIO_LIMIT)
