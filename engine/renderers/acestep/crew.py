"""The crew: a checkpoint's models, and who of them is on the device while others wait elsewhere."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.hardware import Hardware, release
from engine.renderers.acestep.adapters import Adapters
from engine.renderers.acestep.eight_bits import squeeze
from engine.renderers.acestep.finding import Found, described
from engine.renderers.acestep.ladder import Attempt
from engine.renderers.acestep.latents import Codec
from engine.renderers.acestep.loading import Models, load
from engine.renderers.acestep.pages import let_go
from engine.renderers.acestep.tiers import Part, Tier
from engine.requests import Adapter

_AT_REST = "cpu"
_SQUEEZED = (
    "The model's weights are kept in 8 bits, because they don't fit as they are; it sounds a "
    "little different from the whole one."
)


class Crew:
    """`models` and the `codec` over their autoencoder, on a device with so much room."""

    def __init__(self, found: Found, hardware: Hardware, tier: Tier, adapters: Path) -> None:
        """Load the checkpoint; `adapters` is the folder of those. Raises `ModelUnusable`."""
        self.found, self._hardware = found, hardware
        squeezed = tier.weights(xl=described(found).xl) == "8 bits"
        start = _AT_REST if tier.parked or squeezed else hardware.device
        self.models: Models = load(found, device=start, dtype=getattr(torch, hardware.dtype))
        self.dtype = f"{hardware.dtype}, weights int8" if squeezed else hardware.dtype
        """What is computed in, and what the transformer's weights are kept in, if that differs."""
        self.said = (_SQUEEZED,) if squeezed else ()
        if squeezed:
            squeeze(self.models.transformer)
        self.codec = Codec(self.models.vae, channels_last=hardware.channels_last)
        self._adapters = Adapters(self.models.transformer, adapters)
        self.timbre: tuple[bytes, Tensor] | None = None
        """The last reference that was heard, by a digest of its sound, and its latents."""

    def wear(self, adapters: Sequence[Adapter]) -> None:
        """Exactly these; all others are let go. Raises what `Adapters.use` raises."""
        scales = {one.name: one.scale for one in adapters}
        self._adapters.use(scales)
        for name in self._adapters.scales.keys() - scales.keys():
            self._adapters.unload(name)

    @contextmanager
    def on_duty(self, part: Part, attempt: Attempt) -> Generator[None]:
        """Have this part on the device; if it is to be parked, it goes again."""
        aside = part == "autoencoder" and attempt.autoencoder_on_cpu
        self._move(part, _AT_REST if aside else self._hardware.device)
        try:
            yield
        finally:
            if part in attempt.parked:
                self._move(part, _AT_REST)
                release(self._hardware.device)
            if self._hardware.kind == "cpu":
                for module in self._modules(part):
                    let_go((*module.parameters(), *module.buffers()))

    def _move(self, part: Part, device: str) -> None:
        if part == "autoencoder":
            self.codec.to(device)
        else:
            for module in self._modules(part):
                module.to(device)

    def _modules(self, part: Part) -> Iterator[nn.Module]:
        models = self.models
        modules: dict[Part, tuple[nn.Module | None, ...]] = {
            "autoencoder": (models.vae,),
            "decoder": (models.transformer,),
            "text encoder": (
                models.text_encoder, models.encoder, models.audio_tokenizer, models.detokenizer,
            ),
        }  # fmt: skip
        return (module for module in modules[part] if module is not None)
