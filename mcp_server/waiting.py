"""Waiting for a job: not longer than the client does, and telling it how far things are.

A job outlives the call that waits for it; whoever stops waiting only detaches.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import anyio
from anyio.to_thread import run_sync

from engine import Job, Settings
from mcp_server.tool import Call, Report

REPORT_EVERY_S = 2.0
MAX_MESSAGE = 200
"""Claude Code shows this many characters of a progress message."""

PATIENCE_S = 45.0
"""Most clients give up after 60 seconds, whatever progress they hear of."""
# Clients whose own limit is known to be longer. Claude Code gives up after 5 minutes without
# progress over HTTP, after 30 over stdio.
PATIENT_CLIENTS_S = {"claude-code": 240.0}

_FIRST_LOOK_S, _LAST_LOOK_S, _SLOWING = 0.05, 0.5, 1.25
_ALIVE = 1e-4
"""How much progress rises when there is nothing to report but that the job lives."""


def patience_s(settings: Settings, client: str | None) -> float:
    """How long one call may wait, by the client's name; a wait that somebody set is kept."""
    if settings.wait_s is not None:
        return settings.wait_s
    return PATIENT_CLIENTS_S.get(client or "", PATIENCE_S)


async def watch(call: Call, job: Job, wait_s: float) -> Job:
    """The job once it is finished, or as it is after `wait_s` seconds."""
    deadline = time.monotonic() + wait_s
    reporter = Reporter(call.report)
    pause = _FIRST_LOOK_S
    while not job.finished and (left := deadline - time.monotonic()) > 0:
        await reporter.tell(job, time.monotonic())
        await anyio.sleep(min(pause, left))
        pause = min(pause * _SLOWING, _LAST_LOOK_S)
        await run_sync(call.studio.tend)
        job = await run_sync(call.studio.job, job.id)
    return job


@dataclass(slots=True)
class Reporter:
    """Passes a job's progress on, at most every `REPORT_EVERY_S` seconds and strictly rising."""

    report: Report
    _last_at: float = float("-inf")
    _last: float = -_ALIVE

    async def tell(self, job: Job, now: float) -> None:
        """Report the job as it is at `now` seconds, unless the last report is too recent."""
        if now - self._last_at < REPORT_EVERY_S:
            return
        self._last_at = now
        self._last = max(job.progress, self._last + _ALIVE)
        await self.report(self._last, line(job))


def line(job: Job) -> str:
    """The job in one line, like `job_ab12 rendering 45 %, about 40 s left`."""
    words = f"{job.id} {job.stage or job.status} {job.progress:.0%}"
    if job.eta_s is not None:
        words += f", about {job.eta_s:.0f} s left"
    return words[:MAX_MESSAGE]
