"""Plans: what a request comes to for the model, before any tensor.

Which of upstream's tasks, in which words, over which stretches of a source. Knows requests,
checkpoints and what is known of a track; neither audio nor latents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.errors import InvalidRequest, Unsupported
from engine.fields import MAX_SEED, MIN_WINDOW_S, PartName, Quality
from engine.renderers.acestep.checkpoints import Ability, Checkpoint, able
from engine.renderers.acestep.words import Task, Words, sung
from engine.renderers.protocol import Source
from engine.requests import (
    Adapter,
    AddPartsRequest,
    CoverRequest,
    ExtendRequest,
    GenerateRequest,
    RenderRequest,
    RepaintRequest,
    Turn,
)
from engine.results import Track

USUAL_DURATION_S = 60.0
"""Where nobody says how long, and no language model plans it."""
MOST_STEPS: dict[str, int] = {"turbo": 8, "sft": 100, "base": 100}
_SHARE_OF_STEPS: dict[Quality, float] = {"draft": 0.5, "standard": 1.0, "best": 1.5}
_NAMELESS = "music"
_USUAL_STRENGTH = 0.5
"""Upstream's default: how much a window may leave what was there, where nobody says."""
_FIXED = Turn(seed=0, variance=1.0)
"""For what has no seed: it always comes out the same."""
_FARTHEST_START = 0.7
"""The share of steps that an edit of the greatest similarity leaves out."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of the result where something new is made."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of the model.

    The result lasts `duration_s`, of which the source's sound begins at `source_at_s`. With
    `stretches` the rest of it is kept. `follow` is the share of steps in which a source is
    followed, `strength` how much a stretch may leave what was there.
    """

    task: Task
    words: Words
    duration_s: float
    steps: int
    source_at_s: float = 0.0
    stretches: tuple[Stretch, ...] = ()
    follow: float = 1.0
    strength: float = 1.0
    turns: tuple[Turn, ...] = ()
    """Whose noise it starts from, the first take's first."""
    adapters: tuple[Adapter, ...] = ()
    parts: tuple[PartName, ...] = ()
    """What to add, one at a time, or all at once to complete; or the one to extract."""
    edits: Words | None = None
    """For a flow edit: the words that describe the source."""
    warnings: tuple[str, ...] = ()

    @property
    def of_a_source(self) -> bool:
        """Whether there is a track that is made into another."""
        return self.task != "text2music" or self.edits is not None

    @property
    def skipped(self) -> float:
        """The share of steps that an edit leaves out."""
        return _FARTHEST_START * self.follow


def plan_for(request: RenderRequest, source: Source | None, checkpoint: Checkpoint) -> Plan:
    """What the request comes to on a checkpoint that has its ability (see `require`).

    Raises `Unsupported` for a task without its track, `InvalidRequest` for a stretch that is too
    short.
    """
    plan = _planned(request, source, _steps(request.quality, checkpoint))
    if isinstance(request, GenerateRequest):
        return replace(plan, turns=request.turns, adapters=request.adapter)
    plan = replace(plan, turns=(Turn(seed=request.seed or 0, variance=1.0),))
    return replace(plan, adapters=request.adapter) if isinstance(request, CoverRequest) else plan


def _planned(request: RenderRequest, source: Source | None, steps: int) -> Plan:
    if isinstance(request, GenerateRequest):
        return _generate(request, steps)
    if source is None:
        raise Unsupported("track: this task needs one.", field="track")
    match request:
        case CoverRequest():
            return _cover(request, source, steps)
        case RepaintRequest():
            return _repaint(request, source, steps)
        case ExtendRequest():
            return _extend(request, source, steps)
        case AddPartsRequest():
            return _add_parts(request, source, steps)


def plan_to_extract(part: PartName, source: Source, checkpoint: Checkpoint) -> Plan:
    """How to take a part out of a source, on a checkpoint that can."""
    words, steps = _known(source.track, source.duration_s), _steps("standard", checkpoint)
    return Plan("extract", words, source.duration_s, steps, turns=(_FIXED,), parts=(part,))


def turned(plan: Plan, number: int) -> Plan:
    """The plan with a chance of its own, for one of several parts; the first has the plan's."""
    *before, last = plan.turns
    seed = (last.seed + number) % (MAX_SEED + 1)
    return replace(plan, turns=(*before, last.model_copy(update={"seed": seed})))


def ability_of(request: RenderRequest) -> Ability:
    if isinstance(request, CoverRequest) and request.mode == "edit":
        return "edit"
    if isinstance(request, AddPartsRequest) and request.mode == "accompany":
        return "complete"
    return request.task


def require(ability: Ability, checkpoint: Checkpoint) -> None:
    """Raise `Unsupported` if the checkpoint can't do this, naming one that can."""
    if ability not in checkpoint.abilities:
        other = able(ability)[0]
        raise Unsupported(
            f"task: {checkpoint.name} can't {ability.replace('_', ' ')}; {other} can: fetch it "
            f"with `dj-agent models get {other}`.",
            field="task",
        )


def _steps(quality: Quality, checkpoint: Checkpoint) -> int:
    wanted = round(checkpoint.steps * _SHARE_OF_STEPS[quality])
    return min(wanted, MOST_STEPS[checkpoint.variant])


def _generate(request: GenerateRequest, steps: int) -> Plan:
    duration_s = request.duration_s or USUAL_DURATION_S
    lyrics = "" if request.instrumental else request.lyrics
    words = Words(
        request.caption, sung(lyrics), request.language, request.bpm, request.key,
        request.time_signature, duration_s,
    )  # fmt: skip
    said = ()
    if request.duration_s is None:
        said = (f"duration_s: {USUAL_DURATION_S:g} s were chosen; nobody said how long.",)
    return Plan("text2music", words, duration_s, steps, warnings=said)


def _cover(request: CoverRequest, source: Source, steps: int) -> Plan:
    duration_s = source.track.duration_s
    words = replace(
        _known(source.track, duration_s),
        caption=request.caption, lyrics=sung(request.lyrics), language=request.language,
    )  # fmt: skip
    plan = Plan("cover", words, duration_s, steps, follow=request.similarity)
    if request.mode == "remix":
        return replace(plan, task="cover-nofsq")
    if request.mode == "cover":
        return plan
    old = _known(source.track, duration_s)
    said = ()
    if old.caption == _NAMELESS:
        said = ("track: nothing is known of its words, so the edit starts from 'music'.",)
    return replace(plan, task="text2music", edits=old, warnings=said)


def _repaint(request: RepaintRequest, source: Source, steps: int) -> Plan:
    duration_s = source.track.duration_s
    stretches = tuple(Stretch(one.start_s, one.end_s) for one in request.windows)
    return Plan(
        "repaint",
        _retold(request.caption, request.lyrics, source.track, duration_s),
        duration_s,
        steps,
        stretches=stretches,
        strength=request.strength,
    )


def _extend(request: ExtendRequest, source: Source, steps: int) -> Plan:
    before_s = request.seconds if request.side == "start" else 0.0
    length_s = source.track.duration_s
    duration_s = length_s + request.seconds
    stretch = Stretch(0.0, before_s) if before_s else Stretch(length_s, duration_s)
    words = _retold(request.caption, request.lyrics, source.track, duration_s)
    return Plan(
        "repaint", words, duration_s, steps, source_at_s=before_s, stretches=(stretch,),
    )  # fmt: skip


def _add_parts(request: AddPartsRequest, source: Source, steps: int) -> Plan:
    plan = Plan(
        "lego",
        _retold(request.caption, "", source.track, source.duration_s),
        source.duration_s,
        steps,
        stretches=_stretches(request, source.duration_s),
        strength=_USUAL_STRENGTH,
        parts=request.parts,
    )
    if request.mode == "layer":
        return plan
    said = "track: the whole mix was made anew from it, so it isn't in there sample by sample."
    return replace(plan, task="complete", strength=1.0, warnings=(said,))


def _stretches(request: AddPartsRequest, length_s: float) -> tuple[Stretch, ...]:
    """The asked stretch, if one is."""
    if request.start_s is None and request.end_s is None:
        return ()
    start_s = request.start_s or 0.0
    end_s = min(request.end_s or length_s, length_s)
    if end_s - start_s < MIN_WINDOW_S:
        raise InvalidRequest(
            f"start_s: the parts would play from {start_s:g} to {end_s:g} s; give a stretch of "
            f"{MIN_WINDOW_S:g} s or more within the track.",
            field="start_s",
        )
    return (Stretch(start_s, end_s),)


def _retold(caption: str, lyrics: str, track: Track, duration_s: float) -> Words:
    """The track's own words, with what is newly said in their place."""
    known = _known(track, duration_s)
    return replace(
        known, caption=caption or known.caption, lyrics=sung(lyrics) if lyrics else known.lyrics
    )


def _known(track: Track, duration_s: float) -> Words:
    """What is known of a track, as words; measured values before planned ones."""
    asked: dict[str, Any] = track.recipe.request if track.recipe else {}
    facts = [one for one in (track.measured, track.made) if one]
    bpm = next((one.bpm for one in facts if one.bpm), None)
    return Words(
        caption=str(asked.get("caption") or _NAMELESS),
        lyrics=sung(str(asked.get("lyrics") or "")),
        language=str(asked.get("language") or "unknown"),
        bpm=round(bpm) if bpm else None,
        key=next((one.key for one in facts if one.key), None),
        time_signature=track.made.time_signature if track.made else None,
        duration_s=duration_s,
    )
