"""Playing a setlist: every slot becomes a track in the set's folder.

Knows the order of things: what is there already is kept, the rest is asked for through the
toolbox, watched, and put into the folder as it comes. Knows nothing about music: whatever the
setlist leaves open, the studio chooses and says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from dj_agent.answers import Job, Track
from dj_agent.asking import LOOK_UP, Request, requests_of
from dj_agent.folder import SetFolder, name_for
from dj_agent.record import SetRecord, SlotRecord
from dj_agent.setlist import Setlist
from dj_agent.toolbox import QueueFull, Toolbox, ToolFailed

AT_ONCE = 8
"""Jobs asked for ahead: the queue never runs dry, and leaves room for other people's."""
POLL_S = 1.0
"""How long one question about a job waits for its end."""
QUEUE_PAUSE_S = 2.0

Ending = Literal["done", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Moment:
    """How far a slot is: what is being done, how much of it (0 to 1), and the seconds left."""

    stage: str
    progress: float = 0.0
    eta_s: float | None = None


class _NoSource(Exception):
    """What a slot is made of isn't there. `message` says which and why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Audience(Protocol):
    """Whoever watches a set being made."""

    def under_way(self, slot: SlotRecord, moment: Moment) -> None: ...

    def finished(self, slot: SlotRecord) -> None: ...


def opening(setlist: Setlist, folder: SetFolder, renderer: str) -> SetRecord:
    """The record to begin with: slots whose track an earlier run left in the folder are done.

    A track is kept if the same renderer was asked for it with the same arguments, wherever in the
    set it stood, and what it is made of is kept too; its file gets the name of its new place.
    Raises `OSError`.
    """
    before = folder.read()
    comparable = before is not None and before.renderer == renderer
    left = [slot for slot in before.slots if folder.holds(slot)] if before and comparable else []
    slots: list[SlotRecord] = []
    names: dict[str, str] = {}
    for number, (slot, request) in enumerate(
        zip(setlist.slots, requests_of(setlist), strict=True), 1
    ):
        record = SlotRecord(
            slot=number,
            title=slot.title,
            tool=request.tool,
            asked=_as_far_as_known(request, slots),
            made_of=request.made_of,
        )
        asked = (record.tool, record.asked)
        old = next((one for one in left if (one.tool, one.asked) == asked), None)
        if old and old.track and old.file:
            left.remove(old)
            title = slot.title or old.track.title
            names[old.file] = name_for(number, title, old.file)
            kept = {"slot": number, "title": title, "file": names[old.file], "reused": True}
            record = old.model_copy(update={**kept, "made_of": request.made_of})
        slots.append(record)
    folder.rename(names)
    return SetRecord(
        title=setlist.title,
        renderer=renderer,
        not_used_yet=setlist.not_used_yet,
        setlist=setlist.model_dump(mode="json", exclude_none=True),
        slots=tuple(slots),
    ).timed()


def _as_far_as_known(request: Request, before: Sequence[SlotRecord]) -> dict[str, Any]:
    """The arguments, with the track of the slot that this is made of if it is there."""
    source = before[request.made_of - 1] if request.made_of else None
    return _of(source, request.arguments) if source else request.arguments


def _of(source: SlotRecord, asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "track": source.track.id} if source.track else asked


class Performance:
    """One playing of a set. `record` is how far it is; `trouble` is why it had to stop, if so."""

    def __init__(
        self, opening: SetRecord, toolbox: Toolbox, folder: SetFolder, audience: Audience
    ) -> None:
        self.record = opening
        self.trouble: str | None = None
        self._toolbox = toolbox
        self._folder = folder
        self._audience = audience
        self._room = asyncio.Semaphore(AT_ONCE)
        self._turn = asyncio.Lock()
        self._jobs: dict[int, str] = {}
        self._over = {slot.slot: asyncio.Event() for slot in opening.slots}

    async def run(self) -> Ending:
        """Make every slot that isn't done; a slot that fails doesn't stop the others.

        Being cancelled (Ctrl-C) stops the jobs, leaves a record to go on from, and returns.
        """
        self._write()
        try:
            async with asyncio.TaskGroup() as group:
                for slot in self.record.slots:
                    if slot.status == "done":
                        self._over[slot.slot].set()
                        self._audience.finished(slot)
                    else:
                        group.create_task(self._fill(slot))
        except asyncio.CancelledError:
            if task := asyncio.current_task():
                task.uncancel()
            await self._stop()
            return "interrupted"
        return "done" if self.record.done and not self.trouble else "failed"

    async def _fill(self, slot: SlotRecord) -> None:
        try:
            if slot.tool == LOOK_UP:
                await self._keep(slot, await self._toolbox.track(slot.asked["track"]))
                return
            if slot.made_of is not None:
                slot = await self._after_its_source(slot, slot.made_of)
                self.record = self.record.with_slot(slot)
            async with self._room:
                job = await self._make(slot)
            await self._settle(slot, job)
        except (ToolFailed, _NoSource) as error:
            self._finish(slot, status="failed", error=error.message)

    async def _after_its_source(self, slot: SlotRecord, number: int) -> SlotRecord:
        """The slot with the track of slot `number` among its arguments, once that is there.

        Raises `_NoSource` if it never will be.
        """
        self._audience.under_way(slot, Moment(f"waiting for slot {number}"))
        await self._over[number].wait()
        source = self.record.slots[number - 1]
        if source.status != "done" or source.track is None:
            raise _NoSource(f"slot {number} ({source.name}), which it is made of, wasn't made.")
        if source.reused:
            try:
                await self._toolbox.track(source.track.id)
            except ToolFailed:
                raise _NoSource(
                    f"the track of slot {number} ({source.name}), which it is made of, is no "
                    f"longer in the library; delete {source.file} and play the set again."
                ) from None
        return slot.model_copy(update={"asked": _of(source, slot.asked)})

    async def _make(self, slot: SlotRecord) -> Job:
        """Ask for the slot's track and watch its job until it is finished."""

        def news(job: Job) -> None:
            self._jobs[slot.slot] = job.job_id
            stage = "waiting" if job.status == "queued" else job.stage
            self._audience.under_way(slot, Moment(stage, job.progress, job.eta_s))

        job = await self._ask(slot, news)
        while not job.finished:
            news(job)
            job = await self._toolbox.job(job.job_id, POLL_S)
        return job

    async def _ask(self, slot: SlotRecord, news: Callable[[Job], None]) -> Job:
        """Ask once the slots before have been asked for, so that the queue has the set's order."""
        await self._turn.acquire()
        with ExitStack() as turn:
            turn.callback(self._turn.release)

            def accepted(job: Job) -> None:
                turn.close()
                news(job)

            while True:
                try:
                    return await self._toolbox.make(slot.tool, slot.asked, accepted)
                except QueueFull:
                    self._audience.under_way(slot, Moment("the queue is full"))
                    await asyncio.sleep(QUEUE_PAUSE_S)

    async def _settle(self, slot: SlotRecord, job: Job) -> None:
        """Write down how the slot's job ended."""
        if job.status == "done" and job.tracks:
            track = job.tracks[0]
            await self._keep(slot, track, message=job.message, warnings=job.warnings)
        else:
            status = "cancelled" if job.status == "cancelled" else "failed"
            self._finish(slot, status=status, error=job.error.message if job.error else job.message)

    async def _keep(self, slot: SlotRecord, track: Track, **facts: Any) -> None:
        """Put the track into the folder."""
        source = Path(track.path or "")
        if not source.is_file():
            reason = f"the file of {track.id} isn't on this computer: {track.path}."
            self._finish(slot, status="failed", track=track, error=reason)
            return
        title = slot.title or track.title
        name = name_for(slot.slot, title, source.name)
        try:
            await asyncio.to_thread(self._folder.add, source, name)
        except OSError as error:
            reason = f"it can't be put into {self._folder.path}: {error.strerror}."
            self._finish(slot, status="failed", track=track, error=reason)
            return
        self._finish(slot, status="done", title=title, track=track, file=name, **facts)

    def _finish(self, slot: SlotRecord, **news: Any) -> None:
        self._jobs.pop(slot.slot, None)
        slot = slot.model_copy(update=news)
        self.record = self.record.with_slot(slot)
        self._write()
        self._over[slot.slot].set()
        self._audience.finished(slot)

    def _write(self) -> None:
        try:
            self._folder.write(self.record)
        except OSError as error:
            self.trouble = f"{self._folder.path} can't be written: {error.strerror}."

    async def _stop(self) -> None:
        """Cancel what isn't finished; keep what got finished in the meantime."""
        for number, job_id in list(self._jobs.items()):
            slot = self.record.slots[number - 1]
            try:
                job = await self._toolbox.cancel(job_id)
                if job.status == "done":
                    await self._settle(slot, job)
                else:
                    self._finish(slot, status="cancelled")
            except ToolFailed as error:
                self.trouble = error.message
