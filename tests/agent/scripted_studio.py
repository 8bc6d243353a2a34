"""A studio that does what a test tells it to: a real MCP server, no engine behind it.

A slot's caption says how it goes: `fails` (the set is made without it), `retimed`, `stuck` (the job
never ends by itself), `interrupts` (Ctrl-C is pressed while its track is made), `collapses` (the
job fails), `stopped` (somebody else cancels it), `vanishes` (the set's folder isn't on this
computer); any other is made at one look at the job. A brief says how planning goes.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from engine.sets.plan import SetPlan, Slot

Answer = dict[str, Any]

PLANNED: list[Answer] = [
    {
        "slot": 1, "title": "Doors", "caption": 'warm "deep" house\\dub', "style": "deep house",
        "bpm": 118.5, "key": "A minor", "key_camelot": "8A", "bars": 88, "duration_s": 178.228,
        "energy": 0.35, "transition": {"type": "echo_out", "bars": 16},
    },
    {
        "slot": 2, "title": "Rain", "caption": "jazz waltz", "bpm": 132.0, "key": "E minor",
        "time_signature": "3/4", "bars": 96, "duration_s": 130.909, "seed": 7, "locked": True,
        "lyrics": '[Verse]\n"""Rain""" on the \\ roof\n\n[Chorus]\nand "again"',
    },
    {"slot": 3, "title": "Asleep", "caption": "ambient", "duration_s": 150.0, "energy": 0.1},
]  # fmt: skip
"""The slots of every plan."""


@dataclass
class ScriptedJob:
    job_id: str
    plan: SetPlan
    text: str
    status: str = "queued"
    at: int = 0
    """The slot, from 0, that is made at the next look."""
    reported: bool = False
    tracks: list[Answer] = field(default_factory=list)
    set_made: Answer | None = None

    @property
    def slot(self) -> Slot | None:
        return self.plan.slots[self.at] if self.at < len(self.plan.slots) else None


@dataclass
class ScriptedStudio:
    """Remembers what was asked of it. `refusals` are what it says to the next calls for a set."""

    folder: Path
    refusals: list[str] = field(default_factory=list)
    extra: Mapping[str, bytes] = field(default_factory=dict)
    """Files that are in every set besides the usual ones."""
    wordy: bool = False
    """Whether it waits for a while with the first answer, and tells how far things are."""
    jobs: list[ScriptedJob] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    """Captions of tracks that were made and not found again."""
    plans: list[Answer] = field(default_factory=list)
    wishes: list[Answer] = field(default_factory=list)
    looks: int = 0
    opened_with: list[Mapping[str, str]] = field(default_factory=list)
    readable: list[Path] = field(default_factory=list)

    @asynccontextmanager
    async def open_app(
        self, environ: Mapping[str, str], extra_media_dirs: Sequence[Path] = ()
    ) -> AsyncGenerator[MCPServer]:
        self.opened_with.append(dict(environ))
        self.readable += extra_media_dirs
        yield self.server()

    def server(self) -> MCPServer:
        server: MCPServer[Any] = MCPServer("scripted studio", log_level="CRITICAL")
        for tool in (
            self.plan_set, self.render_set, self.get_job, self.cancel_job, self.studio_status,
        ):  # fmt: skip
            server.add_tool(tool)
        return server

    async def plan_set(
        self, brief: str, minutes: float | None = None, arc: str | None = None
    ) -> Answer:
        self.wishes.append({"brief": brief, "minutes": minutes, "arc": arc})
        if "nonsense" in brief:
            raise ToolError("brief: there is no music in it; say a style.")
        slots = [{**PLANNED[0], "key": "H minor"}] if "strange" in brief else PLANNED
        return {
            "message": "Planned.", "plan_id": "set_1", "title": "Doors and Rain", "minutes": 7.5,
            "arc": arc or "wave", "slots": slots,
            "notes": ["The brief names no tempo; \x1b[31mdeep house is played at 118 to 124."],
        }  # fmt: skip

    async def render_set(self, plan: str, context: Context[Any, Any]) -> Answer:
        if self.refusals:
            raise ToolError(self.refusals.pop(0))
        self.plans.append(json.loads(plan))
        twin = next((job for job in self.jobs if job.text == plan and job.status == "done"), None)
        if twin:
            return _told(twin)
        job = ScriptedJob(f"job_{len(self.jobs) + 1}", SetPlan.model_validate_json(plan), plan)
        self.jobs.append(job)
        if self.wordy:
            words = f"{job.job_id} track 1 of {len(job.plan.slots)}: warming up 4%, about 90 s left"
            await context.report_progress(0.04, 1.0, words)
            await anyio.sleep(0.05)
            signal.raise_signal(signal.SIGINT)
            await anyio.sleep_forever()
        return _told(job)

    async def get_job(self, job_id: str, wait_s: float) -> Answer:
        job = self._job(job_id)
        self.looks += 1
        caption = job.slot.caption if job.slot else ""
        if "interrupts" in caption:
            signal.raise_signal(signal.SIGINT)
            await anyio.sleep_forever()
        for word, status in (("collapses", "failed"), ("stopped", "cancelled")):
            if word in caption:
                job.status = status
                return _told(job)
        if "stuck" in caption:
            with anyio.move_on_after(wait_s):
                await anyio.sleep_forever()
        elif job.status == "queued":
            job.status = "running"
        elif job.slot:
            self._make(job, job.slot)
        else:
            self._mix(job)
        return _told(job)

    async def cancel_job(self, job_id: str) -> Answer:
        job = self._job(job_id)
        if "immortal" in job.text:
            raise ToolError("The studio can't stop it.")
        if job.status != "done":
            job.status = "cancelled"
        return _told(job)

    async def studio_status(self) -> Answer:
        return {"message": "Ready.", "renderers": [
            {"name": "sketch", "ready": True, "note": "A composer and a synthesiser."},
            {"name": "acestep", "ready": False, "note": "Get it with `dj-agent models get turbo`."},
        ]}  # fmt: skip

    def _job(self, job_id: str) -> ScriptedJob:
        return next(job for job in self.jobs if job.job_id == job_id)

    def _make(self, job: ScriptedJob, slot: Slot) -> None:
        job.at += 1
        if "fails" in slot.caption or slot.kind == "track":
            return
        if slot.caption not in self.rendered:
            self.rendered.append(slot.caption)
        title = slot.title or slot.caption.title()
        job.tracks.append(
            {
                "id": f"trk_{job.at}",
                "title": title,
                "duration_s": slot.duration_s or 180.0,
                "bpm": slot.bpm or 120.0,
                "key": slot.key or "A minor",
                "path": "/x.flac",
            }
        )

    def _mix(self, job: ScriptedJob) -> None:
        """Put a set into the studio's library and end the job well."""
        folder = self.folder / "sets" / hashlib.sha256(job.text.encode()).hexdigest()[:8]
        files = {f"{job.plan.title}.flac": f"mix of {job.text}".encode()}
        for number, slot in enumerate(job.plan.slots, 1):
            if "fails" not in slot.caption:
                name = f"tracks/{number:02d} - {slot.title or slot.caption.title()}.flac"
                files[name] = f"fLaC {slot.caption}".encode()
        uri = f"file://localhost{quote(str(folder))}/"
        files |= {
            f"{job.plan.title}.m3u8": b"#EXTM3U",
            "rekordbox.xml": f'<TRACK Location="{uri}tracks/01.flac"/>'.encode(),
            "report.html": b"<html>",
            **self.extra,
        }
        vanishes = any("vanishes" in slot.caption for slot in job.plan.slots)
        for name, content in {} if vanishes else files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        job.status = "done"
        job.set_made = {
            "folder": str(folder), "mix": str(folder / f"{job.plan.title}.flac"),
            "files": list(files), "duration_s": 452.4, "loudness_lufs": -14.02,
            "true_peak_dbtp": -1.04, "energy_agreement": 0.9,
            "slots": _slots(job.plan), "transitions": _transitions(job.plan),
            "notes": ["The arc is a wave."],
        }  # fmt: skip


def _slots(plan: SetPlan) -> list[Answer]:
    told: list[Answer] = []
    for number, slot in enumerate(plan.slots, 1):
        one: Answer = {"slot": number, "title": slot.title or slot.caption.title()}
        if "fails" in slot.caption:
            why = ["The renderer lost its drumsticks."]
            told.append(one | {"decision": "failed", "warnings": why})
            continue
        decision = "retimed" if "retimed" in slot.caption else "accepted"
        one |= {
            "decision": "given" if slot.kind == "track" else decision,
            "start_s": 150.0 * (number - 1), "bpm": slot.bpm or 120.0,
            "key": slot.key or "A minor", "loudness_lufs": -14.0,
        }  # fmt: skip
        if "choir" in slot.caption:
            one["warnings"] = ["caption: the sketch renderer has no choir."]
        told.append(one)
    return told


def _transitions(plan: SetPlan) -> list[Answer]:
    numbers = [n for n, slot in enumerate(plan.slots, 1) if "fails" not in slot.caption]
    return [
        {
            "from_slot": before,
            "to_slot": after,
            "type": "echo_out",
            "bars": 16,
            "start_s": 140.0 * before,
            "beat_error_ms": 0.84,
            "key_relation": "adjacent",
            "why": "They go together.",
        }
        for before, after in pairwise(numbers)
    ]


def _told(job: ScriptedJob) -> Answer:
    count = len(job.plan.slots)
    answer: Answer = {
        "job_id": job.job_id, "status": job.status, "title": job.plan.title, "renderer": "sketch",
        "progress": 0.7 * job.at / count, "message": f"{job.status}.", "tracks": job.tracks,
        "warnings": [],
    }  # fmt: skip
    if job.status == "running":
        making = f"track {job.at + 1} of {count}: mixing down"
        answer |= {"stage": making if job.slot else "mixing", "eta_s": 90.0}
    if job.status == "failed":
        answer["error"] = {"code": "render_failed", "message": "The renderer lost its drumsticks."}
    if job.set_made:
        answer["set_made"] = job.set_made
    return answer
