"""The ACE-Step renderer: a checkpoint in memory, and takes made with it.

Stages: the source is heard, the words are read, noise becomes latents, latents become sound. Each
is tried again in smaller steps where memory runs out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.splice import Patch, ramp, splice
from engine.audio.windows import Window
from engine.errors import OutOfMemory
from engine.hardware import Hardware, release
from engine.renderers.acestep.bars import on_bar_lines
from engine.renderers.acestep.checkpoints import Ability, Checkpoint
from engine.renderers.acestep.checkpoints import able as checkpoints_for
from engine.renderers.acestep.crew import Crew
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.finding import Found, described
from engine.renderers.acestep.frames import samples_in
from engine.renderers.acestep.keeping import hold_of
from engine.renderers.acestep.ladder import Attempt, Stage, climb, first_attempt
from engine.renderers.acestep.latents import whole_frames
from engine.renderers.acestep.parts import layered
from engine.renderers.acestep.plan import (
    Plan,
    ability_of,
    plan_for,
    plan_to_extract,
    require,
    turned,
)
from engine.renderers.acestep.reference import excerpts
from engine.renderers.acestep.take import Ready, make, prepare
from engine.renderers.acestep.tiers import Tier, tier_of
from engine.renderers.protocol import Cancelled, Progress, Rendered, Source, Sources
from engine.requests import PartName, RenderRequest
from engine.results import Made, MadeBy

Audio = NDArray[np.float32]
Done = TypeVar("Done")

_PEAK = np.float32(10.0 ** (-1.0 / 20.0))
"""Where upstream puts the highest sample of what it makes (-1 dBFS)."""
_SILENT = 1e-6
_SILENT_REFERENCE = "reference: it is silent, so there was nothing to sound like."
_LEAST_SEAM_S = 0.01
"""A stretch that leaves nothing of what was there still isn't cut in."""
_HEARD, _READ, _DENOISED = 0.1, 0.15, 0.6
"""The share of the work that is done after these stages, on a processor."""


class AceStepRenderer:
    """The checkpoints on one device, one of them in memory: loaded when it is first needed, kept
    until another one is."""

    def __init__(
        self, checkpoints: Sequence[Found], hardware: Hardware, revision: str, adapters: Path
    ) -> None:
        """`adapters` is the folder of those, whether there are any or not."""
        self._checkpoints, self._hardware, self._revision = checkpoints, hardware, revision
        self._adapters, self._tier = adapters, tier_of(hardware)
        self._crew: Crew | None = None

    def render(
        self,
        request: RenderRequest,
        sources: Sources,
        progress: Progress,
        cancelled: Cancelled,
    ) -> Rendered:
        """Make one take. Raises `Unsupported`, `ModelUnusable`, `OutOfMemory`, `Cancelled`."""
        crew = self._crew_for(ability_of(request), progress)
        request, settled = on_bar_lines(request, sources.track)
        plan = plan_for(request, sources.track, crew.models.checkpoint)
        check_length(plan, self._tier, self._hardware)
        like = excerpts(sources.reference.audio) if sources.reference else None
        unheard = (_SILENT_REFERENCE,) if sources.reference and like is None else ()
        crew.wear(plan.adapters)

        def take(plan: Plan, source: Source | None, number: int, progress: Progress) -> Audio:
            run = _Run(crew, self._hardware, Watch(None, cancelled), progress)
            return run.take(turned(plan, number), source, like, first_attempt(self._tier))

        if plan.task == "lego" and sources.track:
            audio, said = layered(plan, sources.track, take, progress)
        else:
            audio, said = take(plan, sources.track, 0, progress), unheard
        made = _made(plan, sources.track, audio)
        warnings = (*plan.warnings, *crew.said, *settled, *said)
        return Rendered(audio, self._made_by(crew), made, warnings)

    def extract(
        self, part: PartName, source: Source, progress: Progress, cancelled: Cancelled
    ) -> Rendered:
        """One part of a mix by itself, as the model hears it; always the same.

        Raises what `render` raises.
        """
        crew = self._crew_for("extract", progress)
        plan = plan_to_extract(part, source, crew.models.checkpoint)
        check_length(plan, self._tier, self._hardware)
        crew.wear(())
        run = _Run(crew, self._hardware, Watch(None, cancelled), progress)
        audio = run.take(plan, source, None, first_attempt(self._tier))
        return Rendered(audio, self._made_by(crew), _made(plan, None, audio), crew.said)

    def _crew_for(self, ability: Ability, progress: Progress) -> Crew:
        """The first checkpoint that can do it. Raises `Unsupported`, naming one that could."""
        able = [found for found in self._checkpoints if ability in described(found).abilities]
        require(ability, described(able[0] if able else self._checkpoints[0]))
        found = next(filter(self._fits, able), None)
        if found is None:
            raise too_large(described(able[0]), ability, self._hardware)
        if self._crew is None or self._crew.found != found:
            self._crew = None  # before the next one is loaded: two may not fit
            release(self._hardware.device)
            progress("loading", 0.0)
            self._crew = Crew(found, self._hardware, self._tier, self._adapters)
        return self._crew

    def _fits(self, found: Found) -> bool:
        return self._tier.weights(xl=described(found).xl) != "none"

    def _made_by(self, crew: Crew) -> MadeBy:
        return MadeBy(
            renderer="acestep",
            revision=self._revision,
            checkpoint=crew.models.checkpoint.name,
            device=self._hardware.device,
            dtype=crew.dtype,
        )


def _made(plan: Plan, source: Source | None, audio: Audio) -> Made:
    """What was set out to be made: what is known of it, and the parts known to play."""
    before = source.track.made.parts if plan.parts and source and source.track.made else ()
    return Made(
        duration_s=audio.shape[1] / SAMPLE_RATE_HZ,
        bpm=plan.words.bpm,
        key=plan.words.key,
        parts=tuple(sorted({*before, *plan.parts})),
    )


def too_large(checkpoint: Checkpoint, ability: Ability, hardware: Hardware) -> OutOfMemory:
    """What to say of a checkpoint that doesn't fit in any form."""
    smaller = checkpoints_for(ability)[0]
    return OutOfMemory(
        f"{checkpoint.name} needs more memory than {hardware.name} has "
        f"({hardware.total_gb:.0f} GB usable); {smaller} takes less: fetch it with "
        f"`dj-agent models get {smaller}`."
    )


def check_length(plan: Plan, tier: Tier, hardware: Hardware) -> None:
    """Raise `OutOfMemory` for more music than a device of this tier can hold."""
    if plan.duration_s > tier.longest_s:
        raise OutOfMemory(
            f"duration_s: {plan.duration_s:.0f} s is more than {hardware.name} "
            f"({hardware.total_gb:.0f} GB usable) can make at once; ask for at most "
            f"{tier.longest_s} s.",
            field="duration_s",
        )


class _Run:
    """One take on its way through the stages."""

    def __init__(self, crew: Crew, hardware: Hardware, watch: Watch, progress: Progress) -> None:
        self._crew, self._hardware = crew, hardware
        self._watch, self._progress = watch, progress

    def take(
        self, plan: Plan, source: Source | None, like: Audio | None, attempt: Attempt
    ) -> Audio:
        """The sound of a take, float32 [2, n], perhaps of a source and like something else."""
        placed = laid_out(source.audio, plan) if source else None
        heard, attempt = self._heard(placed, attempt)
        timbre, attempt = self._timbre(like, attempt)
        self._progress("reading", _HEARD)
        with self._crew.on_duty("text encoder", attempt):
            ready = prepare(self._crew.models, plan, heard, timbre)
        latents, attempt = self._climb(
            "denoise", attempt, lambda how: self._denoise(ready, plan, how)
        )
        audio, _ = self._climb("decode", attempt, lambda how: self._sound(latents, how))
        audio = np.ascontiguousarray(audio[:, : samples_in(plan.duration_s)])
        return finished(audio, placed, plan)

    def _climb(
        self, stage: Stage, attempt: Attempt, made: Callable[[Attempt], Done]
    ) -> tuple[Done, Attempt]:
        return climb(attempt, self._hardware, stage, made)

    def _heard(self, audio: Audio | None, attempt: Attempt) -> tuple[Tensor | None, Attempt]:
        """Latents of what there is to hear, [1, frames, 64]."""
        if audio is None:
            return None, attempt
        return self._climb("encode", attempt, lambda how: self._listen(audio, how))

    def _timbre(self, like: Audio | None, attempt: Attempt) -> tuple[list[Tensor], Attempt]:
        """Latents of a reference; those of the last one are kept, because takes share them."""
        if like is None:
            return [], attempt
        digest = hashlib.sha256(like.tobytes()).digest()
        if self._crew.timbre is None or self._crew.timbre[0] != digest:
            latents, attempt = self._climb("encode", attempt, lambda how: self._listen(like, how))
            self._crew.timbre = (digest, latents)
        return [self._crew.timbre[1]], attempt

    def _listen(self, audio: Audio, attempt: Attempt) -> Tensor:
        with self._crew.on_duty("autoencoder", attempt):
            watch = self._told("listening", 0.0, _HEARD)
            tile = attempt.listening_tile
            return self._crew.codec.encode(whole_frames(audio), tile, watch).unsqueeze(0)

    def _denoise(self, ready: Ready, plan: Plan, attempt: Attempt) -> Tensor:
        with self._crew.on_duty("decoder", attempt):
            watch = self._told("denoising", _READ, _DENOISED)
            return make(self._crew.models, ready, plan, watch)

    def _sound(self, latents: Tensor, attempt: Attempt) -> Audio:
        with self._crew.on_duty("autoencoder", attempt):
            watch = self._told("decoding", _DENOISED, 1.0)
            return self._crew.codec.decode(latents, attempt.sounding_tile, watch)

    def _told(self, stage: str, start: float, end: float) -> Watch:
        """Progress of a stage as progress of the whole."""
        return Watch(
            lambda done, total: self._progress(stage, start + (end - start) * done / total),
            self._watch.cancelled,
        )


def finished(audio: Audio, source: Audio | None, plan: Plan) -> Audio:
    """What the model made, at its level and in its place."""
    if plan.task == "lego":
        return audio  # whoever lays it over the source brings it to a level
    if plan.task == "extract":
        return audio if np.abs(audio).max() <= _PEAK else at_level(audio)
    if source is None or not plan.stretches:
        return at_level(audio)
    return kept(source, audio, plan)


def laid_out(audio: Audio, plan: Plan) -> Audio:
    """The source where it sounds in the result, silence elsewhere: [2, n] of the whole length."""
    before = samples_in(plan.source_at_s)
    placed = np.zeros((2, samples_in(plan.duration_s)), np.float32)
    fits = min(audio.shape[1], placed.shape[1] - before)
    placed[:, before : before + fits] = audio[:, :fits]
    return placed


def kept(source: Audio, made: Audio, plan: Plan) -> Audio:
    """The source, bit for bit, but for the plan's stretches and a seam beside each of their
    edges."""
    seam_s = max(_LEAST_SEAM_S, hold_of("balanced", plan.strength).seam_s)
    seam, length = samples_in(seam_s), source.shape[1]
    patches = []
    for one in plan.stretches:
        start, end = samples_in(one.start_s), samples_in(one.end_s)
        if length - end > seam:
            end += seam  # so that the seam comes after the stretch
        else:
            end = length
        lead = seam if start else 0
        patches.append(Patch(Window(start, end), made[:, start - lead : end]))
    return splice(source, patches, seam_s, match=False, fade=ramp)


def at_level(audio: Audio) -> Audio:
    """Its highest sample at -1 dBFS, as upstream has it; silence stays silent."""
    highest = float(np.abs(audio).max(initial=0.0))
    return audio if highest < _SILENT else audio * (_PEAK / np.float32(highest))
