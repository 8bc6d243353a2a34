"""Having a set rendered: asking for it, and watching its job until it is finished.

Knows the toolbox and patience. Nothing of files, and of music only that it takes a while.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from dj_agent.answers import Job
from dj_agent.toolbox import QueueFull, Toolbox, ToolFailed
from dj_agent.trouble import Trouble

POLL_S = 1.0
"""How long one question about the job waits for its end."""
QUEUE_PAUSE_S = 2.0


class Audience(Protocol):
    """Whoever watches a set being made."""

    def hear(self, job: Job) -> None:
        """The job as it is now; a report may leave out tracks that an earlier one had."""

    def wait(self, reason: str) -> None:
        """Why nothing has begun yet."""


class Interrupted(Trouble):
    """Somebody pressed Ctrl-C. `message` says why the job could not be stopped, or nothing."""


class Rendering:
    """One rendering of a set."""

    def __init__(self, toolbox: Toolbox, audience: Audience) -> None:
        self._toolbox = toolbox
        self._audience = audience
        self._job_id: str | None = None

    async def run(self, plan: str) -> Job:
        """The set's job once it is finished, well or not.

        Raises `ToolFailed` if the studio refuses or is gone, and `Interrupted` once the job is
        stopped because this was cancelled (Ctrl-C).
        """
        try:
            job = await self._ask(plan)
            while not job.finished:
                self._hear(job)
                job = await self._toolbox.job(job.job_id, POLL_S)
        except asyncio.CancelledError:
            if task := asyncio.current_task():
                task.uncancel()
            raise Interrupted(await self._stop()) from None
        self._hear(job)
        return job

    async def _ask(self, plan: str) -> Job:
        while True:
            try:
                return await self._toolbox.render_set(plan, self._hear)
            except QueueFull:
                self._audience.wait("the studio's queue is full")
                await asyncio.sleep(QUEUE_PAUSE_S)

    def _hear(self, job: Job) -> None:
        self._job_id = job.job_id
        self._audience.hear(job)

    async def _stop(self) -> str:
        """Stop the job, if there is one by now; what went wrong with that, or nothing."""
        try:
            if self._job_id is not None:
                await self._toolbox.cancel(self._job_id)
        except ToolFailed as error:
            return error.message
        return ""
