"""The ACE-Step renderer: the right checkpoint in memory, and takes made with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.audio import SAMPLE_RATE_HZ
from engine.errors import OutOfMemory
from engine.fields import PartName
from engine.hardware import Hardware, release
from engine.renderers.acestep.bars import on_bar_lines
from engine.renderers.acestep.checkpoints import Ability, Checkpoint
from engine.renderers.acestep.checkpoints import able as checkpoints_for
from engine.renderers.acestep.crew import Crew
from engine.renderers.acestep.denoise import Watch
from engine.renderers.acestep.finding import Found, described
from engine.renderers.acestep.ladder import first_attempt
from engine.renderers.acestep.parts import layered
from engine.renderers.acestep.placing import Audio
from engine.renderers.acestep.plan import (
    Plan,
    ability_of,
    plan_for,
    plan_to_extract,
    require,
    turned,
)
from engine.renderers.acestep.reference import excerpts
from engine.renderers.acestep.run import Run
from engine.renderers.acestep.tiers import Tier, tier_of
from engine.renderers.protocol import Cancelled, Progress, Rendered, Source, Sources
from engine.requests import RenderRequest
from engine.results import Made, MadeBy

_SILENT_REFERENCE = "reference: it is silent, so there was nothing to sound like."


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
            run = Run(crew, self._hardware, Watch(None, cancelled), progress)
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
        run = Run(crew, self._hardware, Watch(None, cancelled), progress)
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
    field = "track" if plan.of_a_source else "duration_s"
    if plan.duration_s > tier.longest_s:
        raise OutOfMemory(
            f"{field}: {plan.duration_s:.0f} s is more than {hardware.name} "
            f"({hardware.total_gb:.0f} GB usable) can make at once; ask for at most "
            f"{tier.longest_s} s.",
            field=field,
        )
