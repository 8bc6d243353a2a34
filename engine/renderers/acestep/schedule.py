"""Schedules: the moments of time at which the model is asked which way the music lies.

Time runs from 1 (noise) to 0 (music). Plain numbers, no tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.errors import InvalidRequest

Times = tuple[float, ...]

TURBO_STEPS = 8
MOST_TURBO_STEPS, MOST_STEPS = 20, 200
"""Turbo was distilled for times of its own; upstream takes at most 20 of them (since `6761951`)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`times` fall from at most 1 to 0; there is one step from each to the next.

    `sde_times` are where steps of the stochastic solver go: upstream's base models use unshifted
    ones there, its turbo models the same.
    """

    times: Times
    sde_times: Times

    @property
    def steps(self) -> int:
        return len(self.times) - 1

    def starting_near(self, time: float) -> Schedule:
        """From the step whose time is nearest to `time` on."""
        first = min(range(self.steps), key=lambda step: abs(self.times[step] - time))
        return replace(self, times=self.times[first:], sde_times=self.sde_times[first:])


def base_schedule(steps: int, shift: float) -> Schedule:
    """For base and sft models: even times, bent towards noise by `shift` (1: not at all)."""
    even = [1.0 - step / steps for step in range(steps + 1)]
    return Schedule(tuple(_shifted(time, shift) for time in even), tuple(even))


def turbo_schedule(steps: int, shift: float) -> Schedule:
    """For turbo models, the same times; their last step goes straight to the music."""
    times = base_schedule(steps, shift).times
    return Schedule(times, times)


def custom_schedule(times: Sequence[float], *, turbo: bool) -> Schedule:
    """Times that somebody wrote; a last 0 may be left out. A turbo model takes the nearest of those
    it was distilled for.

    Raises `InvalidRequest` where they don't fall from at most 1 to at least 0.
    """
    written = [float(time) for time in times]
    while written and written[-1] == 0.0:
        written.pop()
    falls = all(after < before for before, after in pairwise(written))
    most = MOST_TURBO_STEPS if turbo else MOST_STEPS
    if not written or not falls or written[0] > 1.0 or written[-1] < 0.0 or len(written) > most:
        raise InvalidRequest(
            f"timesteps: give 1 to {most} numbers that fall from at most 1 to more than 0.",
            field="timesteps",
        )
    if turbo:
        written = [min(TURBO_TIMES, key=lambda own: abs(own - time)) for time in written]
    full = (*written, 0.0)
    unshifted = tuple(1.0 - step / len(written) for step in range(len(full)))
    return Schedule(full, full if turbo else unshifted)


def _shifted(time: float, shift: float) -> float:
    return shift * time / (1.0 + (shift - 1.0) * time)


TURBO_TIMES: Times = tuple(
    sorted(
        {
            round(_shifted(1.0 - step / TURBO_STEPS, shift), 12)
            for shift in (1.0, 2.0, 3.0)
            for step in range(TURBO_STEPS)
        },
        reverse=True,
    )
)
"""The twenty times turbo was distilled for: eight steps at shifts 1, 2 and 3."""
